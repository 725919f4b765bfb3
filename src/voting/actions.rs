//! What people do about votes.

mod body;
mod casting;
mod preparing;
mod proxies;
mod recording;

use serde_json::json;

use super::record::SecretBallotEntry;
use super::rules::{self, DecidedBy, Mandate, Outcome, Tally, Used, VoteKind, VoteState};
use super::secret::actions::BoxError;
use super::store::{self, Vote, VoteResult};
use super::{VoteId, secret};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, PersonId};
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::MeetingState;
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::signing::signature::SignError;

pub use self::body::{Body, Turnout, Viewers, seat, turnout};
pub(super) use self::casting::way;
pub use self::casting::{Answer, SignedAnswer, ballots_to_sign, cast, cast_signed, enter_by_hand};
pub use self::preparing::{Question, prepare, repeat};
pub use self::proxies::{give_proxy, take_back_proxy};
pub use self::recording::{export, record_to_sign, sign_record};

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
    #[error("the mandate is not this person's to use now")]
    NotYourMandate,
    #[error("a ballot was cast and may not be changed")]
    AlreadyVoted,
    #[error("the member's own ballot stands")]
    OwnBallotStands,
    #[error("a choice is missing or is none of the options")]
    Choice,
    #[error("the ballots of a secret vote come in another way")]
    Secret,
    #[error("the rule asks for signed ballots")]
    Unsigned,
    #[error("only the chair or the secretary runs a vote")]
    NotConducting,
    #[error("the meeting is not under way")]
    NotUnderWay,
    #[error("the session is interrupted")]
    Interrupted,
    #[error("a question is needed")]
    Question,
    #[error("the rule of the body says otherwise about secret votes")]
    Secrecy,
    #[error("the paper was replaced or withdrawn after the vote was prepared")]
    StaleDraft,
    #[error("a reason is needed")]
    Reason,
    #[error("only a vote that is over is repeated")]
    NotOver,
    #[error("the rule does not let this person hold the mandate")]
    NoProxy,
    #[error("not every mandate there has approved")]
    NotUnanimous,
    #[error("the record cannot be read: {0}")]
    Record(String),
    #[error(transparent)]
    Sign(#[from] SignError),
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Box(#[from] BoxError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a vote in a meeting the actor may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<(Vote, Meeting), VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let (meeting, _) = meetings::actions::find(tx, actor, vote.meeting).await?;
    Ok((vote, meeting))
}

/// As [`meetings::actions::claim`], for those who run the meeting, while it may be changed.
async fn claim_editable(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<Meeting, VoteError> {
    let (meeting, standing) = meetings::actions::claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if !meeting.state.is_editable() {
        return Err(VoteError::NotUnderWay);
    }
    Ok(meeting)
}

/// Opens the sheet a vote is on while the meeting is under way.
pub async fn open(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<Vote, VoteError> {
    let votes = must_conduct(tx, actor, id).await?;
    let vote = votes.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    // One sheet at a time: a member's screen shows one.
    let all = store::votes_of(tx, vote.meeting).await?;
    if all.iter().any(|other| other.sheet != vote.sheet && other.state == VoteState::Open) {
        return Err(VoteError::AnotherOpen);
    }
    if vote.state != VoteState::Prepared {
        return Err(VoteError::NotOpen);
    }
    let prepared: Vec<&Vote> = votes.iter().filter(|vote| vote.state == VoteState::Prepared).collect();
    for vote in &prepared {
        refuse_stale_draft(tx, vote).await?;
    }
    store::open(tx, vote.sheet, now).await?;
    for vote in prepared {
        let details = match vote.kind {
            VoteKind::Open => json!({}),
            VoteKind::Secret => json!({ "key": secret::actions::open_box(tx, vote.id).await? }),
        };
        log(tx, actor, "vote_opened", vote.id, details, now).await?;
    }
    Ok(vote)
}

/// Approval is for exact bytes: a paper that was replaced or withdrawn after
/// the question was written is not what the question is about.
async fn refuse_stale_draft(tx: &mut Tx, vote: &Vote) -> Result<(), VoteError> {
    let Some(version) = vote.paper_version else { return Ok(()) };
    match store::draft(tx, vote.meeting, version).await? {
        Some(draft) if draft.is_current() => Ok(()),
        _ => Err(VoteError::StaleDraft),
    }
}

/// Holds the meeting and the sheet of a vote, for those who run the meeting.
async fn must_conduct(tx: &mut Tx, actor: &Actor, id: VoteId) -> Result<Vec<Vote>, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    let (meeting, standing) = meetings::actions::claim(tx, actor, vote.meeting).await?;
    if !standing.may_conduct() {
        return Err(VoteError::NotConducting);
    }
    if meeting.state != MeetingState::InProgress {
        return Err(VoteError::NotUnderWay);
    }
    Ok(store::claim(tx, id).await?)
}

/// Takes a vote off the table, with the reason. A sheet that is open goes as
/// a whole, for it was shown as one.
pub async fn cancel(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    reason: &str,
    now: Timestamp,
) -> Result<Vote, VoteError> {
    let vote = store::vote(tx, id).await?.ok_or(VoteError::NotFound)?;
    claim_editable(tx, actor, vote.meeting).await?;
    let reason = clean_line(reason).ok_or(VoteError::Reason)?;
    let sheet = store::claim(tx, id).await?;
    let vote = sheet.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    let goes = |other: &&Vote| match vote.state {
        VoteState::Open => other.state == VoteState::Open,
        VoteState::Prepared => other.id == id,
        VoteState::Published | VoteState::Cancelled => false,
    };
    let going: Vec<&Vote> = sheet.iter().filter(goes).collect();
    if going.is_empty() {
        return Err(VoteError::NotOpen);
    }
    for vote in going {
        store::cancel(tx, vote.id, &reason, now).await?;
        if vote.kind == VoteKind::Secret && vote.state == VoteState::Open {
            secret::actions::discard(tx, vote.id, now).await?;
        }
        log(tx, actor, "vote_cancelled", vote.id, json!({ "reason": reason }), now).await?;
    }
    Ok(vote)
}

/// Closes the sheet a vote is on and publishes its results, in one act:
/// nobody can know the outcome while a ballot may still change.
pub async fn close(tx: &mut Tx, actor: &Actor, id: VoteId, now: Timestamp) -> Result<Vote, VoteError> {
    end(tx, actor, id, Ending::Count, now).await
}

/// "Thông qua nhất trí": closes an open vote as unanimous, and only when it
/// is: every mandate there was used, and every ballot approves.
pub async fn close_as_unanimous(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    now: Timestamp,
) -> Result<Vote, VoteError> {
    end(tx, actor, id, Ending::Unanimous, now).await
}

/// What the chair declares when closing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Count,
    Unanimous,
}

async fn end(
    tx: &mut Tx,
    actor: &Actor,
    id: VoteId,
    ending: Ending,
    now: Timestamp,
) -> Result<Vote, VoteError> {
    let votes = must_conduct(tx, actor, id).await?;
    let vote = votes.iter().find(|vote| vote.id == id).cloned().ok_or(VoteError::NotFound)?;
    if vote.state != VoteState::Open {
        return Err(VoteError::NotOpen);
    }
    let body = Body::load(tx, vote.meeting).await?;
    for vote in votes.iter().filter(|vote| vote.state == VoteState::Open) {
        let mut counted = match vote.kind {
            VoteKind::Open => count(tx, vote, &body).await?,
            VoteKind::Secret => count_secret(tx, actor, vote, &body, now).await?,
        };
        if ending == Ending::Unanimous {
            counted.declare_unanimous(vote.kind)?;
        }
        publish(tx, actor, vote, &counted, now).await?;
    }
    Ok(vote)
}

/// A vote that takes no more ballots: what it came to, and what of.
#[derive(Clone, Debug)]
pub struct Counted {
    pub result: VoteResult,
    pub mandates: Vec<Mandate>,
    /// The ballots of a secret vote, sorted by code; those of an open one are in its table.
    pub secret: Vec<SecretBallotEntry>,
    pub chair: Option<PersonId>,
}

impl Counted {
    fn declare_unanimous(&mut self, kind: VoteKind) -> Result<(), VoteError> {
        let is_adopted = kind == VoteKind::Open && self.result.outcome == Outcome::Adopted;
        if !is_adopted || !self.result.tally.is_unanimous() {
            return Err(VoteError::NotUnanimous);
        }
        self.result.decided_by = DecidedBy::Unanimous;
        Ok(())
    }
}

/// Counts the ballots of an open vote by its rule.
async fn count(tx: &mut Tx, vote: &Vote, body: &Body) -> Result<Counted, VoteError> {
    let ballots = store::ballots_of(tx, vote.id).await?;
    let used: Vec<Used> = ballots
        .iter()
        .map(|ballot| Used { member: ballot.member_id, way: ballot.way, cast_by: ballot.cast_by })
        .collect();
    let mandates = rules::settled(body.mandates(&vote.terms), &used);
    let tally = Tally::count(&vote.terms, &mandates, ballots.iter().map(|ballot| ballot.choice.as_str()));
    let of_chair = ballots.iter().find(|ballot| Some(ballot.member_id) == body.chair());
    let chair = of_chair.and_then(|ballot| vote.terms.meaning(&ballot.choice));
    let (outcome, decided_by) = tally.decide(&vote.terms, chair);
    let result = VoteResult { tally, outcome, decided_by };
    Ok(Counted { result, mandates, secret: Vec::new(), chair: body.chair() })
}

/// Opens the box of a secret vote, counts, and publishes the ballots by their codes.
async fn count_secret(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    body: &Body,
    now: Timestamp,
) -> Result<Counted, VoteError> {
    let opened = secret::actions::count(tx, vote, body, now).await?;
    log(tx, actor, "secret_ballots_published", vote.id, opened.details, now).await?;
    let ballots = secret::store::ballots(tx, vote.id).await?;
    let entry = |ballot: secret::rules::Ballot| SecretBallotEntry {
        code: ballot.code.as_str().to_owned(),
        choice: ballot.choice,
    };
    // Ballots that fit no papers are nobody's word: they stand on the page, not in the count.
    let is_void = opened.result.outcome == Outcome::Void;
    let secret = ballots.into_iter().filter(|_| !is_void).map(entry).collect();
    Ok(Counted { result: opened.result, mandates: opened.mandates, secret, chair: body.chair() })
}

/// Ends a vote with its result and writes its record.
async fn publish(
    tx: &mut Tx,
    actor: &Actor,
    vote: &Vote,
    counted: &Counted,
    now: Timestamp,
) -> Result<(), VoteError> {
    let result = &counted.result;
    store::publish(tx, vote.id, result, &counted.mandates, now).await?;
    recording::keep(tx, actor, vote, counted, now).await?;
    let tally = &result.tally;
    let counts: serde_json::Map<String, serde_json::Value> =
        tally.counts.iter().map(|count| (count.choice.clone(), json!(count.ballots))).collect();
    let details = json!({
        "total_members": tally.total_members, "present": tally.present, "proxies": tally.proxies,
        "voted": tally.voted, "invalid": tally.invalid, "not_voting": tally.not_voting, "counts": counts,
        "outcome": result.outcome, "decided_by": result.decided_by,
    });
    log(tx, actor, "vote_published", vote.id, details, now).await
}

/// True when a vote of the meeting still takes ballots.
pub async fn has_open_votes(tx: &mut Tx, meeting: MeetingId) -> Result<bool, db::Error> {
    store::has_open(tx, meeting).await
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    vote: VoteId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), VoteError> {
    Ok(identity::actions::log(tx, actor, act, format!("vote:{vote}"), details, now).await?)
}
