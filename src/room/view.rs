//! What a person sees of a meeting.

use crate::db::Tx;
use crate::identity::{Chrome, PersonId};
use crate::lights::{Badge, Light};
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{self, MeetingRole, PaperRule, Presence};
use crate::meetings::store::{self, AgendaPaper, Item, Meeting, Participant};
use crate::papers::PaperId;
use crate::voting::rules::VoteState;
use crate::voting::store::{self as votes, Vote};
use crate::voting::web::result::{ResultView, result_view};
use crate::voting::web::sheet::{self, Sheet};

/// A meeting as one person may see it.
pub struct RoomView {
    pub meeting: Meeting,
    pub room: Option<String>,
    pub chair: Option<String>,
    /// The video conference; empty: none.
    pub online_url: String,
    pub people: Vec<Participant>,
    pub presence: Presence,
    pub needed: i64,
    pub has_quorum: bool,
    pub quorum_width: i64,
    pub items: Vec<ItemView>,
    /// The ballots the person holds in the votes that are open.
    pub sheet: Option<Sheet>,
}

pub struct ItemView {
    pub number: usize,
    pub item: Item,
    pub is_current: bool,
    pub is_done: bool,
    pub papers: Vec<PaperLine>,
    pub votes: Vec<VoteLine>,
}

pub struct PaperLine {
    pub paper: AgendaPaper,
    /// This version was not opened by this person yet.
    pub is_new: bool,
}

impl PaperLine {
    /// What its signatures came to, if it has any.
    pub fn badge(&self) -> Option<Badge> {
        self.paper.light.and_then(Light::badge)
    }
}

pub struct VoteLine {
    pub vote: Vote,
    pub is_prepared: bool,
    pub is_open: bool,
    pub result: Option<ResultView>,
}

/// Loads the view of `person`. `as_if_announced` shows a draft as it will
/// look once it is published.
pub async fn load(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: Meeting,
    person: PersonId,
    as_if_announced: bool,
) -> Result<RoomView, MeetingError> {
    let people = store::participants(tx, meeting.id).await?;
    let presence = Presence::count(people.iter().map(|one| (one.role, one.member, &one.attendance)));
    let kind = store::meeting_type(tx, meeting.type_id).await?;
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    let readable = if as_if_announced {
        readable_once_announced(tx, &meeting, &people, person).await?
    } else {
        store::readable_papers(tx, meeting.id, person).await?
    };
    let all_votes = votes::votes_of(tx, meeting.id).await?;
    let items = items(tx, chrome, &meeting, person, &readable, &all_votes).await?;
    let sheet = sheet::load(tx, chrome, &all_votes, &people, person).await?;
    let total = presence.total_members;
    Ok(RoomView {
        room: rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name),
        online_url: store::plan(tx, meeting.id).await?.online_url,
        chair: people.iter().find(|one| one.role == MeetingRole::Chair).map(|one| one.full_name.clone()),
        needed: kind.terms.quorum.least(total),
        has_quorum: kind.terms.quorum.is_reached(presence.present_members, total),
        quorum_width: if total > 0 { presence.present_members * 100 / total } else { 0 },
        people,
        presence,
        items,
        sheet,
        meeting,
    })
}

async fn readable_once_announced(
    tx: &mut Tx,
    meeting: &Meeting,
    people: &[Participant],
    person: PersonId,
) -> Result<Vec<PaperId>, MeetingError> {
    let exceptions = store::exceptions(tx, meeting.id).await?;
    let roles: Vec<(PersonId, MeetingRole)> = people.iter().map(|one| (one.person_id, one.role)).collect();
    let papers = store::agenda_papers(tx, meeting.id, person).await?;
    let readable = papers.into_iter().filter(|paper| {
        let rule = PaperRule {
            paper: paper.paper_id,
            guests_may_read: paper.guests_may_read,
            may_download: paper.may_download,
        };
        rules::readers(true, &roles, rule, &exceptions).iter().any(|(reader, _)| *reader == person)
    });
    Ok(readable.map(|paper| paper.paper_id).collect())
}

async fn items(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: &Meeting,
    person: PersonId,
    readable: &[PaperId],
    all_votes: &[Vote],
) -> Result<Vec<ItemView>, MeetingError> {
    let papers = store::agenda_papers(tx, meeting.id, person).await?;
    let results = votes::results_of(tx, meeting.id).await?;
    let items = store::items(tx, meeting.id).await?.into_iter().zip(1..);
    let views = items.map(|(item, number)| {
        let visible =
            papers.iter().filter(|paper| paper.item_id == item.id && readable.contains(&paper.paper_id));
        let lines =
            visible.map(|paper| PaperLine { is_new: paper.opened_at.is_none(), paper: paper.clone() });
        let item_votes = all_votes.iter().filter(|vote| vote.item == item.id).map(|vote| VoteLine {
            is_prepared: vote.state == VoteState::Prepared,
            is_open: vote.state == VoteState::Open,
            result: results
                .iter()
                .find(|(of, _)| *of == vote.id)
                .map(|(_, result)| result_view(chrome.lang(), vote, result.clone())),
            vote: vote.clone(),
        });
        ItemView {
            number,
            is_current: meeting.current_item_id == Some(item.id),
            is_done: item.ended_at.is_some(),
            papers: lines.collect(),
            votes: item_votes.collect(),
            item,
        }
    });
    Ok(views.collect())
}
