//! Recipients, and what was sent to them.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::exchange::Body;
use crate::identity::{OrganisationId, PersonId};
use crate::outgoing::rules::{Kind, Priority};
use crate::outgoing::{DispatchId, DispatchState, OutgoingId, RecipientId};
use crate::sql;
use crate::storage::Hash;

/// The recipients the system serves: an organisation, or an address.
pub async fn recipients(
    tx: &mut Tx,
    of: OutgoingId,
) -> Result<Vec<(Option<OrganisationId>, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT organisation_id, address FROM outgoing_recipient WHERE outgoing_id = $1 ORDER BY id"
        as (Option<OrganisationId>, String), of)
}

pub async fn replace_recipients(
    tx: &mut Tx,
    of: OutgoingId,
    organisations: &[OrganisationId],
    addresses: &[String],
) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM outgoing_recipient WHERE outgoing_id = $1", of)?;
    for organisation in organisations {
        sql!(tx => execute
            "INSERT INTO outgoing_recipient (id, outgoing_id, organisation_id, address) VALUES ($1, $2, $3, '')
             ON CONFLICT DO NOTHING", RecipientId::new(), of, *organisation)?;
    }
    for address in addresses {
        sql!(tx => execute
            "INSERT INTO outgoing_recipient (id, outgoing_id, organisation_id, address) VALUES ($1, $2, NULL, $3)",
            RecipientId::new(), of, address.as_str())?;
    }
    Ok(())
}

/// Sends to an organisation, once.
pub async fn insert_dispatch(
    tx: &mut Tx,
    of: OutgoingId,
    to: OrganisationId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO dispatch (id, outgoing_id, organisation_id, state, reason, sent_at)
         VALUES ($1, $2, $3, 'sent', '', $4) ON CONFLICT (outgoing_id, organisation_id) DO NOTHING",
        DispatchId::new(), of, to, now)?;
    Ok(made == 1)
}

/// A dispatch as the sender sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DispatchLine {
    pub name: String,
    pub state: DispatchState,
    pub reason: String,
    pub sent_at: Timestamp,
    pub answered_at: Option<Timestamp>,
    /// The document its receiver answered with.
    pub answer_id: Option<OutgoingId>,
}

pub async fn dispatches_of(tx: &mut Tx, of: OutgoingId) -> Result<Vec<DispatchLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT organisation.name, state, reason, sent_at, answered_at, answer_id FROM dispatch
         JOIN organisation ON organisation.id = dispatch.organisation_id
         WHERE outgoing_id = $1 ORDER BY dispatch.id" as DispatchLine, of)
}

/// A dispatch as its recipient sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DispatchRow {
    pub id: DispatchId,
    pub outgoing_id: OutgoingId,
    pub state: DispatchState,
    pub reason: String,
    pub sent_at: Timestamp,
    pub sender_id: OrganisationId,
    pub sender: String,
    pub drafter_id: PersonId,
    pub kind: Kind,
    pub subject: String,
    pub priority: Priority,
    pub number: i64,
    pub symbol: String,
    pub day: Timestamp,
    pub signer: String,
    pub signer_position: String,
    pub sha256: Hash,
    pub size: i64,
}

/// What was sent to an organisation, the newest first.
pub async fn dispatches_to(
    tx: &mut Tx,
    organisation: OrganisationId,
    limit: i64,
) -> Result<Vec<DispatchRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.outgoing_id, d.state, d.reason, d.sent_at, sender.id AS sender_id, sender.name AS sender, o.drafter_id,
                o.kind, o.subject, o.priority, n.number, o.symbol, n.day, signer.full_name AS signer,
                signer.position AS signer_position, s.sha256, s.size
         FROM dispatch d JOIN outgoing_document o ON o.id = d.outgoing_id
         JOIN organisation sender ON sender.id = o.organisation_id JOIN person signer ON signer.id = o.signer_id
         JOIN register_number n ON n.id = o.number_id JOIN signing_document s ON s.id = o.document_id
         WHERE d.organisation_id = $1 ORDER BY d.sent_at DESC, d.id DESC LIMIT $2" as DispatchRow, organisation, limit)
}

pub async fn dispatch(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: DispatchId,
) -> Result<Option<DispatchRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT d.id, d.outgoing_id, d.state, d.reason, d.sent_at, sender.id AS sender_id, sender.name AS sender, o.drafter_id,
                o.kind, o.subject, o.priority, n.number, o.symbol, n.day, signer.full_name AS signer,
                signer.position AS signer_position, s.sha256, s.size
         FROM dispatch d JOIN outgoing_document o ON o.id = d.outgoing_id
         JOIN organisation sender ON sender.id = o.organisation_id JOIN person signer ON signer.id = o.signer_id
         JOIN register_number n ON n.id = o.number_id JOIN signing_document s ON s.id = o.document_id
         WHERE d.organisation_id = $1 AND d.id = $2" as DispatchRow, organisation, id)
}

/// Writes an answer down. False: it was accepted, refused or recalled already.
/// What was accepted may still be sent back until somebody works on it.
pub async fn answer(
    tx: &mut Tx,
    id: DispatchId,
    state: DispatchState,
    reason: &str,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE dispatch SET state = $2, reason = $3, answered_at = $4
         WHERE id = $1 AND (state IN ('sent', 'received') OR ($2 = 'refused' AND state IN ('accepted', 'assigned')))",
        id, state, reason, now)?;
    Ok(changed == 1)
}

/// Writes down how far the receiver has come with what it accepted. What was
/// recalled or refused stays so.
pub async fn advance(
    tx: &mut Tx,
    id: DispatchId,
    state: DispatchState,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE dispatch SET state = $2, answered_at = $3
         WHERE id = $1 AND state <> $2 AND state IN ('accepted', 'assigned', 'processing', 'completed')",
        id, state, now)?;
    Ok(())
}

pub async fn recall_dispatches(
    tx: &mut Tx,
    of: OutgoingId,
    reason: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE dispatch SET state = 'recalled', reason = $2, answered_at = $3
         WHERE outgoing_id = $1 AND state <> 'refused'", of, reason, now)?;
    Ok(())
}

/// The bodies a document goes to by the exchange.
pub async fn bodies_of(tx: &mut Tx, of: OutgoingId) -> Result<Vec<Body>, db::Error> {
    sql!(tx => fetch_all
        "SELECT code, name FROM outgoing_body WHERE outgoing_id = $1 ORDER BY name, code" as Body, of)
}

pub async fn replace_bodies(tx: &mut Tx, of: OutgoingId, bodies: &[Body]) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM outgoing_body WHERE outgoing_id = $1", of)?;
    for body in bodies {
        sql!(tx => execute
            "INSERT INTO outgoing_body (outgoing_id, code, name) VALUES ($1, $2, $3)",
            of, body.code.as_str(), body.name.as_str())?;
    }
    Ok(())
}
