//! What a person sees of a meeting.

use crate::db::Tx;
use crate::identity::{Chrome, PersonId};
use crate::lights::{Badge, Light};
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{self, MeetingRole, PaperRule, Presence};
use crate::meetings::store::{self, AgendaPaper, Item, Meeting, Participant};
use crate::papers::PaperId;
use crate::voting::rules::{Choice, VoteState};
use crate::voting::store::{self as votes, Vote};
use crate::voting::web::{ResultView, result_view, rule_text};

/// A meeting as one person may see it.
pub struct RoomView {
    pub meeting: Meeting,
    pub room: Option<String>,
    pub chair: Option<String>,
    pub people: Vec<Participant>,
    pub presence: Presence,
    pub needed: i64,
    pub has_quorum: bool,
    pub quorum_width: i64,
    pub items: Vec<ItemView>,
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

/// The ballot a person holds in a vote that is open.
pub struct Sheet {
    pub vote: Vote,
    pub draft: Option<DraftLine>,
    pub rule: String,
    pub choices: Vec<ChoiceButton>,
    /// Why the person cannot vote; the sheet is shown all the same.
    pub hindrance: Option<String>,
    pub has_voted: bool,
}

pub struct DraftLine {
    pub title: String,
    pub number: i64,
    pub hash: String,
    pub url: String,
}

pub struct ChoiceButton {
    pub value: &'static str,
    pub label: String,
    pub icon: &'static str,
    pub class: &'static str,
    pub is_chosen: bool,
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
    let sheet = match all_votes.into_iter().find(|vote| vote.state == VoteState::Open) {
        Some(vote) => sheet(tx, chrome, vote, people.iter().find(|one| one.person_id == person)).await?,
        None => None,
    };
    let total = presence.total_members;
    Ok(RoomView {
        room: rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name),
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
                .map(|(_, result)| result_view(chrome, result.clone())),
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

/// The ballot sheet of an open vote. Whoever is not a member has none; a
/// member who cannot vote right now sees why.
async fn sheet(
    tx: &mut Tx,
    chrome: &Chrome,
    vote: Vote,
    voter: Option<&Participant>,
) -> Result<Option<Sheet>, MeetingError> {
    let Some(voter) = voter.filter(|voter| voter.member) else { return Ok(None) };
    let chosen = votes::ballot_of(tx, vote.id, voter.person_id).await?;
    let draft = match vote.paper_version {
        Some(version) => votes::draft(tx, version).await?.map(|(title, number, hash)| DraftLine {
            title,
            number,
            hash: hash.chars().take(16).collect(),
            url: crate::papers::urls::reader(version),
        }),
        None => None,
    };
    let hindrance = if !voter.attendance.is_there() {
        Some(chrome.t("vote-not-present"))
    } else if chosen.is_some() && !vote.terms.change_allowed {
        Some(chrome.t("vote-already-cast"))
    } else {
        None
    };
    let rule = rule_text(chrome.lang(), &vote);
    Ok(Some(Sheet {
        rule,
        choices: buttons(chrome, chosen),
        has_voted: chosen.is_some(),
        draft,
        hindrance,
        vote,
    }))
}

fn buttons(chrome: &Chrome, chosen: Option<Choice>) -> Vec<ChoiceButton> {
    let looks = [
        (Choice::Approve, "check", "choice-button--for"),
        (Choice::Reject, "cross", "choice-button--against"),
        (Choice::Abstain, "minus", "choice-button--other"),
    ];
    let buttons = looks.into_iter().map(|(choice, icon, class)| ChoiceButton {
        value: choice.as_str(),
        label: chrome.t(&format!("choice-{}", choice.as_str())),
        icon,
        class,
        is_chosen: chosen == Some(choice),
    });
    buttons.collect()
}
