//! What came by the exchange.

use super::RejectionId;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::exchange::MessageId;
use crate::exchange::rules::{Business, MessageState};
use crate::identity::OrganisationId;
use crate::sql;
use crate::storage::Hash;

/// A document that came, as it is kept first.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    pub id: MessageId,
    pub organisation: OrganisationId,
    pub business: Business,
    pub sender: (&'a str, &'a str),
    pub document_id: &'a str,
    pub symbol: &'a str,
    pub dated_on: Option<Timestamp>,
    pub kind: &'a str,
    pub subject: &'a str,
    /// Name and position.
    pub signer: (&'a str, &'a str),
    pub priority: i64,
    pub remark: &'a str,
    pub answers: Option<&'a str>,
    pub sha256: Hash,
}

/// Keeps a message. False: the very same bytes are there already.
pub async fn insert_message(tx: &mut Tx, new: &NewMessage<'_>, now: Timestamp) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO exchange_message (id, organisation_id, business, sender_code, sender_name, document_id, symbol,
                                       dated_on, kind, subject, signer_name, signer_position, priority, remark, answers,
                                       sha256, arrived_at, state, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 'waiting', '')
         ON CONFLICT (organisation_id, sha256) DO NOTHING",
        new.id, new.organisation, new.business, new.sender.0, new.sender.1, new.document_id, new.symbol, new.dated_on,
        new.kind, new.subject, new.signer.0, new.signer.1, new.priority, new.remark, new.answers, new.sha256, now)?;
    Ok(made == 1)
}

pub async fn insert_file(
    tx: &mut Tx,
    of: MessageId,
    position: i64,
    (name, sha256): (&str, Hash),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_message_file (message_id, position, name, sha256) VALUES ($1, $2, $3, $4)",
        of, position, name, sha256)?;
    Ok(())
}

/// Names and hashes of a message's files, in its order.
pub async fn files(tx: &mut Tx, of: MessageId) -> Result<Vec<(String, Hash)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT name, sha256 FROM exchange_message_file WHERE message_id = $1 ORDER BY position" as (String, Hash), of)
}

/// A message as the clerk reads it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MessageRow {
    pub id: MessageId,
    pub business: Business,
    pub sender_code: String,
    pub sender_name: String,
    pub document_id: String,
    pub symbol: String,
    pub dated_on: Option<Timestamp>,
    pub kind: String,
    pub subject: String,
    pub signer_name: String,
    pub signer_position: String,
    pub priority: i64,
    pub remark: String,
    pub answers: Option<String>,
    pub arrived_at: Timestamp,
    pub state: MessageState,
    pub taken_as: Option<String>,
    pub reason: String,
    pub recall_asked_at: Option<Timestamp>,
}

/// The messages of a state, the oldest first.
pub async fn messages(
    tx: &mut Tx,
    organisation: OrganisationId,
    state: MessageState,
    limit: i64,
) -> Result<Vec<MessageRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, business, sender_code, sender_name, document_id, symbol, dated_on, kind, subject, signer_name,
                signer_position, priority, remark, answers, arrived_at, state, taken_as, reason, recall_asked_at
         FROM exchange_message WHERE organisation_id = $1 AND state = $2 ORDER BY arrived_at, id LIMIT $3" as MessageRow,
        organisation, state, limit)
}

pub async fn message(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MessageId,
) -> Result<Option<MessageRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, business, sender_code, sender_name, document_id, symbol, dated_on, kind, subject, signer_name,
                signer_position, priority, remark, answers, arrived_at, state, taken_as, reason, recall_asked_at
         FROM exchange_message WHERE organisation_id = $1 AND id = $2" as MessageRow, organisation, id)
}

/// The message that became a document of ours.
pub async fn message_taken_as(
    tx: &mut Tx,
    organisation: OrganisationId,
    taken_as: &str,
) -> Result<Option<MessageRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, business, sender_code, sender_name, document_id, symbol, dated_on, kind, subject, signer_name,
                signer_position, priority, remark, answers, arrived_at, state, taken_as, reason, recall_asked_at
         FROM exchange_message WHERE organisation_id = $1 AND taken_as = $2" as MessageRow, organisation, taken_as)
}

/// The newest message with a sender's document.
pub async fn known_document(
    tx: &mut Tx,
    organisation: OrganisationId,
    (sender, document_id): (&str, &str),
) -> Result<Option<MessageRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, business, sender_code, sender_name, document_id, symbol, dated_on, kind, subject, signer_name,
                signer_position, priority, remark, answers, arrived_at, state, taken_as, reason, recall_asked_at
         FROM exchange_message WHERE organisation_id = $1 AND sender_code = $2 AND document_id = $3
         ORDER BY id DESC LIMIT 1" as MessageRow, organisation, sender, document_id)
}

/// Ends a message's waiting. False: somebody ended it already.
pub async fn set_state(
    tx: &mut Tx,
    id: MessageId,
    state: MessageState,
    (taken_as, reason): (Option<&str>, &str),
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE exchange_message SET state = $2, taken_as = $3, reason = $4 WHERE id = $1 AND state = 'waiting'",
        id, state, taken_as, reason)?;
    Ok(changed == 1)
}

/// Its sender wants a document back that was taken. False: that is known.
pub async fn ask_back(tx: &mut Tx, id: MessageId, reason: &str, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE exchange_message SET recall_asked_at = $2, reason = $3 WHERE id = $1 AND recall_asked_at IS NULL",
        id, now, reason)?;
    Ok(changed == 1)
}

/// A message that could not be taken.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Rejection {
    pub file_name: String,
    pub reason: String,
    pub rejected_at: Timestamp,
}

pub async fn insert_rejection(
    tx: &mut Tx,
    organisation: OrganisationId,
    (file_name, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_rejection (id, organisation_id, file_name, reason, rejected_at) VALUES ($1, $2, $3, $4, $5)",
        RejectionId::new(), organisation, file_name, reason, now)?;
    Ok(())
}

/// What could not be taken since a moment, the newest first.
pub async fn rejections(
    tx: &mut Tx,
    organisation: OrganisationId,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Rejection>, db::Error> {
    sql!(tx => fetch_all
        "SELECT file_name, reason, rejected_at FROM exchange_rejection
         WHERE organisation_id = $1 AND rejected_at >= $2 ORDER BY rejected_at DESC, id DESC LIMIT $3" as Rejection,
        organisation, since, limit)
}
