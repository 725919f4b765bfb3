//! Answering a draft, and answering the answers.

use serde_json::json;

use super::rules::{Decision, Kind, is_open};
use super::store::{self, Circulation, Comment, Member, Part};
use super::{CirculationId, CommentId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_text;
use crate::identity::{self, Actor};
use crate::meetings::actions::{MeetingError, Standing};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::minutes::actions::MinutesError;
use crate::minutes::merge::{Merge, merge};
use crate::minutes::store::Edit;
use crate::{jobs, minutes, storage};

/// Longest comment, in characters; a proposal may be as long as a part.
const LONGEST_COMMENT: usize = 5_000;
const LONGEST_PROPOSAL: usize = 50_000;
/// Most comments one member makes on one draft.
const MOST_COMMENTS: i64 = 200;

#[derive(Debug, thiserror::Error)]
pub enum CirculationError {
    #[error("there is no such draft for this person")]
    NotFound,
    #[error("members need an hour at least, and not more than two months")]
    Deadline,
    #[error("nobody is there to be asked")]
    Nobody,
    #[error("the draft is before the members already")]
    Open,
    #[error("answers no longer come in")]
    Closed,
    #[error("the minutes are locked")]
    Locked,
    #[error("the draft changed meanwhile")]
    Stale,
    #[error("a text is missing or too long")]
    Text,
    #[error("the comment was answered already")]
    Decided,
    #[error("a rejection says why")]
    NoAnswer,
    #[error("the words it is about were changed meanwhile")]
    Overlap,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Minutes(#[from] MinutesError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What one person may see of the newest draft that went out.
#[derive(Debug)]
pub struct View {
    pub meeting: Meeting,
    pub standing: Standing,
    pub circulation: Option<Circulation>,
    pub parts: Vec<Part>,
    /// For those who run the meeting, everyone; for a member, themselves.
    pub members: Vec<Member>,
    pub comments: Vec<Comment>,
}

/// Finds the newest draft that went out: those who run the meeting see all of
/// it, a member what concerns them.
pub async fn find(tx: &mut Tx, actor: &Actor, meeting: MeetingId) -> Result<View, CirculationError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await?;
    let circulation = store::newest(tx, meeting.id).await?;
    let (mut parts, mut members, mut comments) = (Vec::new(), Vec::new(), Vec::new());
    if let Some(circulation) = &circulation {
        parts = store::parts(tx, circulation.id).await?;
        members = store::members(tx, circulation.id).await?;
        comments = store::comments(tx, circulation.id).await?;
    }
    if !standing.is_organiser {
        let is_asked = members.iter().any(|one| one.person_id == actor.person);
        if !is_asked && !standing.is_chair() {
            return Err(CirculationError::NotFound);
        }
        members.retain(|one| one.person_id == actor.person);
        comments.retain(|one| one.person_id == actor.person);
    }
    Ok(View { meeting, standing, circulation, parts, members, comments })
}

pub(super) async fn find_as_organiser(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
) -> Result<(Meeting, Standing), CirculationError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await?;
    if standing.is_organiser { Ok((meeting, standing)) } else { Err(MeetingError::NotOrganiser.into()) }
}

/// Agrees to the whole draft.
pub async fn agree(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), CirculationError> {
    let circulation = claim_open(tx, actor, meeting, now).await?;
    if !store::agree(tx, circulation.id, actor.person, now).await? {
        return Err(CirculationError::NotFound);
    }
    log(tx, actor, "circulation_agreed", circulation.id, json!({}), now).await
}

/// Says something on one part, or words it anew.
pub async fn comment(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    (part, kind, text): (&str, Kind, &str),
    now: Timestamp,
) -> Result<CommentId, CirculationError> {
    let circulation = claim_open(tx, actor, meeting, now).await?;
    let members = store::members(tx, circulation.id).await?;
    let me = members.iter().find(|one| one.person_id == actor.person).ok_or(CirculationError::NotFound)?;
    let parts = store::parts(tx, circulation.id).await?;
    let sent = parts.iter().find(|sent| sent.part == part).ok_or(CirculationError::NotFound)?;
    let text = clean_text(text).trim_end().to_owned();
    let longest = if kind == Kind::Proposal { LONGEST_PROPOSAL } else { LONGEST_COMMENT };
    // A proposal that changes nothing says nothing.
    let says_nothing = kind == Kind::Proposal && text == sent.text.trim_end();
    if text.is_empty() || says_nothing || text.chars().count() > longest || me.comments >= MOST_COMMENTS {
        return Err(CirculationError::Text);
    }
    let comment = Comment {
        id: CommentId::new(),
        person_id: actor.person,
        full_name: String::new(),
        part: part.to_owned(),
        kind,
        text,
        created_at: now,
        decision: Decision::Waiting,
        answer: String::new(),
    };
    store::insert_comment(tx, circulation.id, &comment).await?;
    let details = json!({ "comment": comment.id.to_string(), "kind": kind.as_str() });
    log(tx, actor, "circulation_commented", circulation.id, details, now).await?;
    Ok(comment.id)
}

/// What a secretary makes of a comment.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub decision: Decision,
    /// Puts an accepted proposal into the draft.
    pub applies: bool,
    pub answer: String,
}

/// Accepts or rejects a comment, once. The member is told by the page; a
/// proposal that is to go into the draft is merged over the words it was made on.
pub async fn decide(
    tx: &mut Tx,
    actor: &Actor,
    (meeting, comment): (MeetingId, CommentId),
    verdict: Verdict,
    now: Timestamp,
) -> Result<(), CirculationError> {
    find_as_organiser(tx, actor, meeting).await?;
    let circulation = store::newest(tx, meeting).await?.ok_or(CirculationError::NotFound)?;
    let circulation = store::claim(tx, circulation.id).await?.ok_or(CirculationError::NotFound)?;
    let comments = store::comments(tx, circulation.id).await?;
    let comment = comments.into_iter().find(|one| one.id == comment).ok_or(CirculationError::NotFound)?;
    let answer = clean_text(&verdict.answer).trim().to_owned();
    if answer.chars().count() > LONGEST_COMMENT || verdict.decision == Decision::Waiting {
        return Err(CirculationError::Text);
    }
    if verdict.decision == Decision::Rejected && answer.is_empty() {
        return Err(CirculationError::NoAnswer);
    }
    if !store::decide(tx, comment.id, verdict.decision, &answer, (actor.person, now)).await? {
        return Err(CirculationError::Decided);
    }
    if verdict.decision == Decision::Accepted && verdict.applies && comment.kind == Kind::Proposal {
        apply(tx, actor, meeting, (&circulation, &comment), now).await?;
    }
    let details = json!({ "comment": comment.id.to_string(), "decision": verdict.decision.as_str() });
    log(tx, actor, "circulation_answered", circulation.id, details, now).await
}

/// Merges a proposal into the draft as it stands now.
async fn apply(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    (circulation, proposal): (&Circulation, &Comment),
    now: Timestamp,
) -> Result<(), CirculationError> {
    let parts = store::parts(tx, circulation.id).await?;
    let sent = parts.iter().find(|sent| sent.part == proposal.part).ok_or(CirculationError::NotFound)?;
    let texts = minutes::store::texts(tx, circulation.minutes_id).await?;
    let stands = texts.iter().find(|text| text.part == proposal.part).ok_or(CirculationError::NotFound)?;
    let Merge::Clean(merged) = merge(&sent.text, &proposal.text, &stands.text) else {
        return Err(CirculationError::Overlap);
    };
    let edit = Edit { part: &proposal.part, text: &merged, version: stands.version };
    minutes::actions::save(tx, actor, meeting, edit, now).await?;
    Ok(())
}

/// Ends the answering before the deadline.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), CirculationError> {
    find_as_organiser(tx, actor, meeting).await?;
    let circulation = claim_open(tx, actor, meeting, now).await?;
    store::close(tx, circulation.id, now).await?;
    log(tx, actor, "circulation_closed", circulation.id, json!({}), now).await
}

/// Reminds those who have not answered, now.
pub async fn remind(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<usize, CirculationError> {
    find_as_organiser(tx, actor, meeting).await?;
    let circulation = claim_open(tx, actor, meeting, now).await?;
    let told = super::remind(tx, circulation.id, now).await?;
    log(tx, actor, "circulation_reminded", circulation.id, json!({ "members": told }), now).await?;
    Ok(told)
}

/// Holds the newest draft that went out, while answers come in.
async fn claim_open(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<Circulation, CirculationError> {
    let view = find(tx, actor, meeting).await?;
    let newest = view.circulation.ok_or(CirculationError::NotFound)?;
    let held = store::claim(tx, newest.id).await?.ok_or(CirculationError::NotFound)?;
    let draft = minutes::store::claim_draft(tx, meeting).await?;
    if draft.is_none_or(|draft| draft.id != held.minutes_id) {
        return Err(CirculationError::Locked);
    }
    if is_open(held.deadline, held.closed_at, now) { Ok(held) } else { Err(CirculationError::Closed) }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    circulation: CirculationId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), CirculationError> {
    let subject = format!("circulation:{circulation}");
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
