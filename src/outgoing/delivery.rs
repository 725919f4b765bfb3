//! What one organisation of the installation sent to another, as the recipient
//! reads and answers it.

use serde_json::json;

use super::actions::OutgoingError;
use super::store::{self, DispatchRow};
use super::{DispatchId, DispatchState, OutgoingId, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, OrganisationId};
use crate::notices::{self, Tidings};
use crate::storage::Hash;

/// Most that a desk shows.
const LISTED: i64 = 200;

/// A document that another organisation sent.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub id: DispatchId,
    pub outgoing: OutgoingId,
    pub state: DispatchState,
    /// Why it was refused or recalled; empty otherwise.
    pub reason: String,
    pub sent_at: Timestamp,
    pub sender: OrganisationId,
    pub sender_name: String,
    /// "Quyết định".
    pub kind: &'static str,
    /// The kind's word in the database: "decision".
    pub kind_word: &'static str,
    pub subject: String,
    /// "normal", "urgent", "very_urgent" or "express".
    pub priority: &'static str,
    pub number: i64,
    /// "QĐ-UBND".
    pub symbol: String,
    pub day: Timestamp,
    pub signer: String,
    pub signer_position: String,
    /// The issued bytes: the same file in the one storage.
    pub sha256: Hash,
    pub size: i64,
    /// Title, hash and size of each attachment.
    pub attachments: Vec<(String, Hash, i64)>,
}

/// What was sent to the actor's organisation, the newest first. For its clerks.
pub async fn dispatches_for(tx: &mut Tx, actor: &Actor) -> Result<Vec<Dispatch>, OutgoingError> {
    must_be_clerk(actor)?;
    let mut found = Vec::new();
    for row in store::dispatches_to(tx, actor.organisation, LISTED).await? {
        found.push(with_attachments(tx, row).await?);
    }
    Ok(found)
}

/// One of them.
pub async fn dispatch(tx: &mut Tx, actor: &Actor, id: DispatchId) -> Result<Option<Dispatch>, OutgoingError> {
    must_be_clerk(actor)?;
    match store::dispatch(tx, actor.organisation, id).await? {
        Some(row) => Ok(Some(with_attachments(tx, row).await?)),
        None => Ok(None),
    }
}

async fn with_attachments(tx: &mut Tx, row: DispatchRow) -> Result<Dispatch, OutgoingError> {
    let attachments = store::attachments(tx, row.outgoing_id).await?;
    let attachment = |one: store::Attachment| {
        let (hash, size) = one.newest();
        (one.title, hash, size)
    };
    Ok(Dispatch {
        id: row.id,
        outgoing: row.outgoing_id,
        state: row.state,
        reason: row.reason,
        sent_at: row.sent_at,
        sender: row.sender_id,
        sender_name: row.sender,
        kind: row.kind.legal_name(),
        kind_word: row.kind.as_str(),
        subject: row.subject,
        priority: row.priority.as_str(),
        number: row.number,
        symbol: row.symbol,
        day: row.day,
        signer: row.signer,
        signer_position: row.signer_position,
        sha256: row.sha256,
        size: row.size,
        attachments: attachments.into_iter().map(attachment).collect(),
    })
}

/// What the recipient says to the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DispatchAnswer {
    /// It lies before the clerk.
    Received,
    /// It has its arrival number.
    Accepted,
    Refused {
        reason: String,
    },
}

/// Answers a dispatch and tells the sender's drafter. One that was refused or
/// recalled takes no other answer; one that was accepted may be sent back.
pub async fn answer_dispatch(
    tx: &mut Tx,
    actor: &Actor,
    id: DispatchId,
    answer: &DispatchAnswer,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    must_be_clerk(actor)?;
    let row = store::dispatch(tx, actor.organisation, id).await?.ok_or(OutgoingError::NotFound)?;
    let (state, reason) = match answer {
        DispatchAnswer::Received => (DispatchState::Received, String::new()),
        DispatchAnswer::Accepted => (DispatchState::Accepted, String::new()),
        DispatchAnswer::Refused { reason } => {
            (DispatchState::Refused, clean_line(reason).ok_or(OutgoingError::Reason)?)
        }
    };
    if !store::answer(tx, id, state, &reason, now).await? {
        return Err(OutgoingError::NotNow);
    }
    let details = json!({ "state": state, "reason": reason });
    identity::actions::log(tx, actor, "dispatch_answered", format!("dispatch:{id}"), details, now).await?;
    match state {
        DispatchState::Accepted | DispatchState::Refused => {
            tell_sender(tx, actor, &row, (state, &reason), now).await
        }
        DispatchState::Sent
        | DispatchState::Received
        | DispatchState::Assigned
        | DispatchState::Processing
        | DispatchState::Completed
        | DispatchState::Recalled => Ok(()),
    }
}

/// Writes down how far the receiver has come, for the sender to read.
pub async fn follow_dispatch(
    tx: &mut Tx,
    id: DispatchId,
    state: DispatchState,
    now: Timestamp,
) -> Result<(), db::Error> {
    store::advance(tx, id, state, now).await
}

async fn tell_sender(
    tx: &mut Tx,
    actor: &Actor,
    row: &DispatchRow,
    (state, reason): (DispatchState, &str),
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let Some(drafter) = identity::store::person(tx, row.sender_id, row.drafter_id).await? else {
        return Ok(());
    };
    let recipient = identity::store::organisation(tx, actor.organisation).await?.name;
    let subject = match state {
        DispatchState::Refused => format!("{recipient} từ chối tiếp nhận: {reason}"),
        _ => format!("{recipient} đã tiếp nhận: {}", row.subject),
    };
    let link = urls::document(row.outgoing_id);
    let tidings = Tidings { organisation: row.sender_id, subject: &subject, link: &link, body: &row.subject };
    Ok(notices::actions::tell(tx, drafter.id, &drafter.email, &tidings, now).await?)
}

fn must_be_clerk(actor: &Actor) -> Result<(), OutgoingError> {
    if actor.is(OrgRole::Clerk) { Ok(()) } else { Err(OutgoingError::NotYours) }
}
