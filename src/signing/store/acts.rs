//! SQL on steps that were handed to a key elsewhere, on what came and was
//! refused, and on documents that were sent back.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::signing::rules::{ActState, Deviation, DocumentState, StepState, Way};
use crate::signing::{ActId, DocumentId};
use crate::sql;
use crate::storage::Hash;

/// A step handed out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Act {
    pub id: ActId,
    pub document_id: DocumentId,
    pub number: i64,
    pub person_id: PersonId,
    pub way: Way,
    pub base_sha256: Hash,
    pub given_sha256: Hash,
    pub field: Option<String>,
    pub prepared: Option<String>,
    /// SHA-256 of the secret in the addresses a desktop program has.
    pub secret_sha256: Option<Hash>,
    /// The file that was accepted.
    pub returned_sha256: Option<Hash>,
    pub state: ActState,
    pub given_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Hands a step out; what was handed out of it before by the same way is closed.
pub async fn insert(tx: &mut Tx, act: &Act) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE signing_act SET state = $5, ended_at = $6
         WHERE document_id = $1 AND number = $2 AND person_id = $3 AND way = $4 AND state = $7",
        act.document_id, act.number, act.person_id, act.way, ActState::Closed, act.given_at, ActState::Open)?;
    sql!(tx => execute
        "INSERT INTO signing_act (id, document_id, number, person_id, way, base_sha256, given_sha256, field, prepared,
                                  secret_sha256, state, given_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        act.id, act.document_id, act.number, act.person_id, act.way, act.base_sha256, act.given_sha256,
        act.field.as_deref(), act.prepared.as_deref(), act.secret_sha256, act.state, act.given_at, act.expires_at)?;
    Ok(())
}

pub async fn find(tx: &mut Tx, id: ActId) -> Result<Option<Act>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, document_id, number, person_id, way, base_sha256, given_sha256, field, prepared, secret_sha256,
                returned_sha256, state, given_at, expires_at
         FROM signing_act WHERE id = $1" as Act, id)
}

/// What a person has been handed of a step and not brought back.
pub async fn open_of(
    tx: &mut Tx,
    document: DocumentId,
    number: i64,
    (person, way): (PersonId, Way),
) -> Result<Option<Act>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, document_id, number, person_id, way, base_sha256, given_sha256, field, prepared, secret_sha256,
                returned_sha256, state, given_at, expires_at
         FROM signing_act WHERE document_id = $1 AND number = $2 AND person_id = $3 AND way = $4 AND state = $5
         ORDER BY given_at DESC, id DESC LIMIT 1" as Act, document, number, person, way, ActState::Open)
}

/// Ends an open act. False: it was ended already, so what came is a replay.
pub async fn accept(tx: &mut Tx, id: ActId, returned: Hash, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_act SET state = $2, returned_sha256 = $3, ended_at = $4 WHERE id = $1 AND state = $5",
        id, ActState::Accepted, returned, now, ActState::Open)?;
    Ok(changed == 1)
}

/// A signature that was not accepted.
#[derive(Clone, Debug)]
pub struct Refused {
    pub document: DocumentId,
    pub number: i64,
    pub person: PersonId,
    pub way: Way,
    pub deviation: Deviation,
    pub detail: String,
    pub file: Option<Hash>,
}

pub async fn insert_refusal(tx: &mut Tx, refused: &Refused, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO signing_refusal (id, document_id, number, person_id, way, deviation, detail, sha256, refused_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        uuid::Uuid::now_v7(), refused.document, refused.number, refused.person, refused.way, refused.deviation,
        refused.detail.as_str(), refused.file, now)?;
    Ok(())
}

/// What was refused of a document, for its page and for the figures.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RefusalRow {
    pub number: i64,
    pub way: Way,
    pub deviation: Deviation,
    pub refused_at: Timestamp,
}

pub async fn refusals(tx: &mut Tx, document: DocumentId) -> Result<Vec<RefusalRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT number, way, deviation, refused_at FROM signing_refusal
         WHERE document_id = $1 ORDER BY refused_at, id" as RefusalRow, document)
}

/// Sends a document back. False: it is complete or was sent back already.
pub async fn send_back(
    tx: &mut Tx,
    document: DocumentId,
    (number, person): (i64, PersonId),
    reason: &str,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_document SET state = $2 WHERE id = $1 AND state = $3 AND EXISTS
               (SELECT number FROM signature_step WHERE document_id = $1 AND number = $4 AND state = $5)",
        document, DocumentState::Returned, DocumentState::Signing, number, StepState::Waiting)?;
    if changed == 1 {
        sql!(tx => execute
            "INSERT INTO signing_return (document_id, number, person_id, reason, returned_at)
             VALUES ($1, $2, $3, $4, $5)", document, number, person, reason, now)?;
    }
    Ok(changed == 1)
}

/// Who sent a document back, and why.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Return {
    pub number: i64,
    #[sqlx(rename = "person_id")]
    pub person: PersonId,
    pub full_name: String,
    pub reason: String,
    pub returned_at: Timestamp,
}

/// Why a document was sent back; `None` when it was not.
pub async fn returned(tx: &mut Tx, document: DocumentId) -> Result<Option<Return>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT signing_return.number, signing_return.person_id, person.full_name, signing_return.reason, signing_return.returned_at
         FROM signing_return JOIN person ON person.id = signing_return.person_id
         WHERE signing_return.document_id = $1" as Return, document)
}
