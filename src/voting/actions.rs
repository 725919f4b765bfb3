//! What people do about votes.

use serde_json::json;

use super::VoteId;
use super::rules::{Choice, Tally, VoteState};
use super::store::{self, Vote, VoteResult};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor};
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{MeetingRole, MeetingState, Presence};
use crate::meetings::{self, ItemId, MeetingId};
use crate::papers::VersionId;

#[derive(Debug, thiserror::Error)]
pub enum VoteError {
    #[error("there is no such vote for this person")]
    NotFound,
    #[error("the vote takes no ballots now")]
    NotOpen,
    #[error("another vote is open")]
    AnotherOpen,
    #[error("only members of the body vote")]
    NotAMember,
    #[error("only those who are present vote")]
    NotPresent,
    #[error("a ballot was cast and may not be changed")]
    AlreadyVoted,
    #[error("only the chair or the secretary runs a vote")]
    NotConducting,
    #[error("the meeting is not under way")]
    NotUnderWay,
    #[error("a question is needed")]
    Question,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a vote in a meeting the actor may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<Vote, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    meetings::actions::find(tx, actor, vote.meeting).await?;
    Ok(vote)
}

/// What is put to the vote.
#[derive(Clone, Debug)]
pub struct Question {
    pub item: ItemId,
    pub text: String,
    /// The exact draft voted on, if there is one.
    pub paper_version: Option<VersionId>,
}

/// Writes a vote down for later, with the body's rule as it is now.
pub async fn prepare(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    question: Question,
    now: Timestamp,
) -> Result<VoteId, VoteError> {
    let (meeting, standing) = meetings::actions::claim(tx, actor, meeting).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if !meeting.state.is_editable() {
        return Err(VoteError::NotUnderWay);
    }
    let items = meetings::store::items(tx, meeting.id).await?;
    let papers = meetings::store::agenda_papers(tx, meeting.id, actor.person).await?;
    let is_on_agenda = items.iter().any(|item| item.id == question.item);
    let is_its_paper =
        |version| papers.iter().any(|paper| paper.version_id == version && paper.item_id == question.item);
    if !is_on_agenda || question.paper_version.is_some_and(|version| !is_its_paper(version)) {
        return Err(VoteError::NotFound);
    }
    let kind = meetings::store::meeting_type(tx, meeting.type_id).await?;
    let vote = Vote {
        id: VoteId::new(),
        meeting: meeting.id,
        item: question.item,
        paper_version: question.paper_version,
        question: clean_line(&question.text).ok_or(VoteError::Question)?,
        state: VoteState::Prepared,
        terms: kind.terms,
        opened_at: None,
        closed_at: None,
    };
    store::insert_vote(tx, &vote).await?;
    log(tx, actor, "vote_prepared", vote.id, json!({ "question": vote.question }), now).await?;
    Ok(vote.id)
}

/// Opens a vote while the meeting is under way.
pub async fn open(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<Vote, VoteError> {
    let vote = must_conduct(tx, actor, id).await?;
    // One at a time: a member's sheet shows one question.
    let votes = store::votes_of(tx, vote.meeting).await?;
    if votes.iter().any(|other| other.id != id && other.state == VoteState::Open) {
        return Err(VoteError::AnotherOpen);
    }
    if !store::open(tx, id, now).await? {
        return Err(VoteError::NotOpen);
    }
    log(tx, actor, "vote_opened", id, json!({}), now).await?;
    Ok(vote)
}

async fn must_conduct(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<Vote, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let (meeting, standing) = meetings::actions::claim(tx, actor, vote.meeting).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if meeting.state != MeetingState::InProgress {
        return Err(VoteError::NotUnderWay);
    }
    Ok(vote)
}

/// Casts the actor's ballot, or changes it where the rule allows.
pub async fn cast(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    choice: Choice,
    now: Timestamp,
) -> Result<Vote, VoteError> {
    find(tx, actor, id).await?;
    let vote = store::claim_open(tx, id).await?.ok_or(VoteError::NotOpen)?;
    let voter = meetings::store::participant(tx, vote.meeting, actor.person).await?;
    let voter = voter.filter(|voter| voter.member).ok_or(VoteError::NotAMember)?;
    if !voter.attendance.is_there() {
        return Err(VoteError::NotPresent);
    }
    if !store::put_ballot(tx, id, actor.person, choice, vote.terms.change_allowed, now).await? {
        return Err(VoteError::AlreadyVoted);
    }
    log(tx, actor, "ballot_cast", id, json!({ "choice": choice }), now).await?;
    Ok(vote)
}

/// Closes a vote and publishes its result, in one act: nobody can know the
/// outcome while a ballot may still change.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    now: Timestamp,
) -> Result<(Vote, VoteResult), VoteError> {
    must_conduct(tx, actor, id).await?;
    let vote = store::claim_open(tx, id).await?.ok_or(VoteError::NotOpen)?;
    let people = meetings::store::participants(tx, vote.meeting).await?;
    let presence =
        Presence::count(people.iter().map(|person| (person.role, person.member, &person.attendance)));
    let ballots = store::ballots(tx, id).await?;
    let choices: Vec<Choice> = ballots.iter().map(|ballot| ballot.choice).collect();
    let chair = people.iter().find(|person| person.role == MeetingRole::Chair).map(|person| person.person_id);
    let chair_choice =
        ballots.iter().find(|ballot| Some(ballot.person_id) == chair).map(|ballot| ballot.choice);
    let tally = Tally::count(presence.total_members, presence.present_members, &choices);
    let (outcome, decided_by) = tally.decide(&vote.terms, chair_choice);
    let result = VoteResult { tally, outcome, decided_by };
    store::publish(tx, id, &result, now).await?;
    let details = json!({
        "total_members": tally.total_members, "present": tally.present, "voted": tally.voted,
        "approve": tally.approve, "reject": tally.reject, "abstain": tally.abstain,
        "not_voting": tally.not_voting, "outcome": outcome, "decided_by": decided_by,
    });
    log(tx, actor, "vote_published", id, details, now).await?;
    Ok((vote, result))
}

/// True when a vote of the meeting still takes ballots.
pub async fn has_open_votes(tx: &mut Tx, meeting: MeetingId) -> Result<bool, db::Error> {
    Ok(store::votes_of(tx, meeting).await?.iter().any(|vote| vote.state == VoteState::Open))
}

async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    vote: VoteId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), VoteError> {
    Ok(identity::actions::log(tx, actor, act, format!("vote:{vote}"), details, now).await?)
}
