//! What a person sees of a meeting.

use crate::db::Tx;
use crate::identity::{Chrome, PersonId};
use crate::lights::{Badge, Light};
use crate::meetings::MeetingId;
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{self, MeetingRole, PaperRule, Presence};
use crate::meetings::store::{self, AgendaPaper, Item, Meeting, Participant};
use crate::papers::PaperId;
use crate::voting::rules::VoteState;
use crate::voting::store::{self as votes, Vote};
use crate::voting::web::result::{ResultView, result_view};
use crate::voting::web::sheet::{self, Sheet};
use crate::web::Lang;

/// A meeting as one person may see it.
pub struct RoomView {
    pub meeting: Meeting,
    pub room: Option<String>,
    pub chair: Option<String>,
    /// The one who looks, if invited.
    pub me: Option<Participant>,
    /// The video conference; empty: none.
    pub online_url: String,
    pub presence: Presence,
    pub needed: i64,
    pub has_quorum: bool,
    pub quorum_width: i64,
    pub items: Vec<ItemView>,
    /// The ballots the person holds in the votes that are open.
    pub sheet: Option<Sheet>,
}

/// Who is there, and whether that is enough.
pub struct Quorum {
    pub presence: Presence,
    pub needed: i64,
    pub has_quorum: bool,
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
    let me = store::participant(tx, meeting.id, person).await?;
    let Quorum { presence, needed, has_quorum } = quorum(tx, &meeting).await?;
    let rooms = store::rooms(tx, meeting.organisation_id).await?;
    let readable = if as_if_announced {
        readable_once_announced(tx, &meeting, person).await?
    } else {
        store::readable_papers(tx, meeting.id, person).await?
    };
    let all_votes = votes::votes_of(tx, meeting.id).await?;
    let mut items = agenda(tx, chrome.lang(), &meeting, &all_votes).await?;
    put_papers(tx, &mut items, meeting.id, person, &readable).await?;
    let sheet = sheet::load(tx, chrome, &all_votes, me.as_ref()).await?;
    let total = presence.total_members;
    Ok(RoomView {
        room: rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name),
        online_url: store::plan(tx, meeting.id).await?.online_url,
        chair: store::chair_name(tx, meeting.id).await?,
        needed,
        has_quorum,
        quorum_width: if total > 0 { presence.present_members * 100 / total } else { 0 },
        me,
        presence,
        items,
        sheet,
        meeting,
    })
}

async fn readable_once_announced(
    tx: &mut Tx,
    meeting: &Meeting,
    person: PersonId,
) -> Result<Vec<PaperId>, MeetingError> {
    let people = store::participants(tx, meeting.id).await?;
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

/// Who is there, and whether that is enough.
pub async fn quorum(tx: &mut Tx, meeting: &Meeting) -> Result<Quorum, MeetingError> {
    let presence = store::presence(tx, meeting.id).await?;
    let rule = store::meeting_type(tx, meeting.type_id).await?.terms.quorum;
    let total = presence.total_members;
    Ok(Quorum {
        presence,
        needed: rule.least(total),
        has_quorum: rule.is_reached(presence.present_members, total),
    })
}

/// The agenda with its votes, as all see it; without papers, which differ.
pub async fn agenda(
    tx: &mut Tx,
    lang: Lang,
    meeting: &Meeting,
    all_votes: &[Vote],
) -> Result<Vec<ItemView>, MeetingError> {
    let results = votes::results_of(tx, meeting.id).await?;
    let items = store::items(tx, meeting.id).await?.into_iter().zip(1..);
    let line = |vote: &Vote| VoteLine {
        is_prepared: vote.state == VoteState::Prepared,
        is_open: vote.state == VoteState::Open,
        result: results
            .iter()
            .find(|(of, _)| *of == vote.id)
            .map(|(_, result)| result_view(lang, vote, result.clone())),
        vote: vote.clone(),
    };
    let views = items.map(|(item, number)| ItemView {
        number,
        is_current: meeting.current_item_id == Some(item.id),
        is_done: item.ended_at.is_some(),
        papers: Vec::new(),
        votes: all_votes.iter().filter(|vote| vote.item == item.id).map(line).collect(),
        item,
    });
    Ok(views.collect())
}

/// Adds the papers that a person may read.
async fn put_papers(
    tx: &mut Tx,
    items: &mut [ItemView],
    meeting: MeetingId,
    person: PersonId,
    readable: &[PaperId],
) -> Result<(), MeetingError> {
    let papers = store::agenda_papers(tx, meeting, person).await?;
    for paper in papers.into_iter().filter(|paper| readable.contains(&paper.paper_id)) {
        if let Some(item) = items.iter_mut().find(|item| item.item.id == paper.item_id) {
            item.papers.push(PaperLine { is_new: paper.opened_at.is_none(), paper });
        }
    }
    Ok(())
}
