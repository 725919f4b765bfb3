//! What leaves by the exchange: bodies, postings, deliveries.

mod messages;

pub use self::messages::{
    MessageRow, NewMessage, Rejection, ask_back, files, insert_file as insert_message_file, insert_message,
    insert_rejection, known_document, message, message_taken_as, messages, rejections, set_state,
};
use super::bodies::Body;
use super::rules::{DeliveryState, PostingKind, PostingState, Report};
use super::{PostingId, RejectionId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::sql;
use crate::storage::Hash;

/// Adds a body to the directory, or renames it.
pub async fn put_body(
    tx: &mut Tx,
    code: &str,
    old_code: &str,
    (name, folded): (&str, &str),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_body (code, old_code, name, folded_name) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE
         SET old_code = excluded.old_code, name = excluded.name, folded_name = excluded.folded_name",
        code, old_code, name, folded)?;
    Ok(())
}

pub async fn has_bodies(tx: &mut Tx) -> Result<bool, db::Error> {
    Ok(sql!(tx => fetch_optional "SELECT code FROM exchange_body LIMIT 1" as (String,))?.is_some())
}

/// The body of a code, an older code or a whole name; of two with one name, none.
pub async fn body(tx: &mut Tx, code: &str, folded: &str) -> Result<Option<Body>, db::Error> {
    let mut found = sql!(tx => fetch_all
        "SELECT code, name FROM exchange_body WHERE code = $1 OR old_code = $1 OR folded_name = $2
         ORDER BY code LIMIT 2" as Body, code, folded)?;
    Ok(if found.len() == 1 { found.pop() } else { None })
}

/// Bodies whose name holds a text.
pub async fn bodies_like(tx: &mut Tx, folded: &str, limit: i64) -> Result<Vec<Body>, db::Error> {
    let pattern = format!("%{}%", folded.replace(['%', '_', '\\'], " "));
    sql!(tx => fetch_all
        "SELECT code, name FROM exchange_body WHERE folded_name LIKE $1 ORDER BY LENGTH(name), code LIMIT $2" as Body,
        pattern, limit)
}

/// A message that is to leave.
#[derive(Clone, Debug)]
pub struct NewPosting<'a> {
    pub id: PostingId,
    pub organisation: OrganisationId,
    pub kind: PostingKind,
    pub about: &'a str,
    pub document_id: &'a str,
    pub content: &'a str,
}

pub async fn insert_posting(tx: &mut Tx, new: &NewPosting<'_>, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_posting (id, organisation_id, kind, about, document_id, content, state, queued_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7)",
        new.id, new.organisation, new.kind, new.about, new.document_id, new.content, now)?;
    Ok(())
}

/// A file of a posting, in its place.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PostedFile {
    pub content_id: String,
    pub name: String,
    pub sha256: Hash,
}

pub async fn insert_file(
    tx: &mut Tx,
    of: PostingId,
    position: i64,
    file: &PostedFile,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_posting_file (posting_id, position, content_id, name, sha256) VALUES ($1, $2, $3, $4, $5)",
        of, position, file.content_id.as_str(), file.name.as_str(), file.sha256)?;
    Ok(())
}

pub async fn posted_files(tx: &mut Tx, of: PostingId) -> Result<Vec<PostedFile>, db::Error> {
    sql!(tx => fetch_all
        "SELECT content_id, name, sha256 FROM exchange_posting_file WHERE posting_id = $1 ORDER BY position"
        as PostedFile, of)
}

/// A posting as it is written to the folder.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PostingRow {
    pub id: PostingId,
    pub organisation_id: OrganisationId,
    pub content: String,
    pub queued_at: Timestamp,
}

/// Marks a posting as being written, unless it has left or was cancelled.
pub async fn claim_posting(tx: &mut Tx, id: PostingId) -> Result<Option<PostingRow>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE exchange_posting SET state = 'writing' WHERE id = $1 AND state IN ('queued', 'writing')
         RETURNING id, organisation_id, content, queued_at" as PostingRow, id)
}

/// It lies in the folder; its deliveries are on their way.
pub async fn mark_sent(tx: &mut Tx, id: PostingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE exchange_posting SET state = 'sent', sent_at = $2 WHERE id = $1 AND state = 'writing'", id, now)?;
    sql!(tx => execute
        "UPDATE exchange_delivery SET state = 'sent', changed_at = $2 WHERE posting_id = $1 AND state = 'queued'",
        id, now)?;
    Ok(())
}

/// Keeps a posting from leaving. False: it has left, or may have.
pub async fn cancel_posting(tx: &mut Tx, id: PostingId) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE exchange_posting SET state = 'cancelled' WHERE id = $1 AND state = 'queued'", id)?;
    Ok(changed == 1)
}

/// The documents posted about a matter: ids, states, and what messages call them.
pub async fn documents_about(
    tx: &mut Tx,
    organisation: OrganisationId,
    about: &str,
) -> Result<Vec<(PostingId, PostingState, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, state, document_id FROM exchange_posting
         WHERE organisation_id = $1 AND about = $2 AND kind = 'document' ORDER BY id"
        as (PostingId, PostingState, String), organisation, about)
}

/// The posting that a document's name in messages belongs to, and what it is about.
pub async fn posting_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    document_id: &str,
) -> Result<Option<(PostingId, String)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, about FROM exchange_posting WHERE organisation_id = $1 AND document_id = $2 AND kind = 'document'
         ORDER BY id DESC LIMIT 1" as (PostingId, String), organisation, document_id)
}

pub async fn insert_delivery(tx: &mut Tx, of: PostingId, to: &Body, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO exchange_delivery (posting_id, body_code, body_name, state, reason, changed_at)
         VALUES ($1, $2, $3, 'queued', '', $4) ON CONFLICT DO NOTHING", of, to.code.as_str(), to.name.as_str(), now)?;
    Ok(())
}

/// A delivery as its sender sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct DeliveryRow {
    pub body_code: String,
    pub body_name: String,
    pub state: DeliveryState,
    pub reason: String,
    pub changed_at: Timestamp,
}

pub async fn deliveries_of(tx: &mut Tx, of: PostingId) -> Result<Vec<DeliveryRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT body_code, body_name, state, reason, changed_at FROM exchange_delivery WHERE posting_id = $1
         ORDER BY body_name, body_code" as DeliveryRow, of)
}

pub async fn set_delivery(
    tx: &mut Tx,
    (of, body): (PostingId, &str),
    (state, reason): (DeliveryState, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE exchange_delivery SET state = $3, reason = $4, changed_at = $5 WHERE posting_id = $1 AND body_code = $2",
        of, body, state, reason, now)?;
    Ok(())
}

/// Writes down what a body told. False: it told the same before.
pub async fn insert_report(
    tx: &mut Tx,
    (of, body): (PostingId, &str),
    (report, reason): (Report, &str),
    now: Timestamp,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO exchange_report (posting_id, body_code, report, reason, reported_at)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING", of, body, report, reason, now)?;
    Ok(made == 1)
}
