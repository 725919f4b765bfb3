//! SQL on uses of keys that their owners are asked about on a page of the service.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::signing::rules::ServiceRefusal;
use crate::signing::{AuthorisationId, DocumentId};
use crate::sql;
use crate::storage::Hash;

/// How long an answer can be looked at again.
const KEPT_SECONDS: i64 = 86_400;

/// One question to the owner of a key.
#[derive(Clone, sqlx::FromRow)]
pub struct Authorisation {
    pub id: AuthorisationId,
    pub person_id: PersonId,
    pub service: String,
    /// SHA-256 of the secret that the browser brings back.
    pub state_sha256: Hash,
    /// `None`: the browser has come back.
    pub verifier: Option<String>,
    pub credential: String,
    pub hash_algorithm: String,
    pub sign_algorithm: String,
    pub asked_at: Timestamp,
    pub expires_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Why nothing was signed.
    pub why: Option<ServiceRefusal>,
}

/// A document it is about.
#[derive(Clone, sqlx::FromRow)]
pub struct AskedStep {
    pub document_id: DocumentId,
    pub number: i64,
    /// The newest bytes when it was laid out; `None`: it could not be.
    pub base_sha256: Option<Hash>,
    pub prepared: Option<String>,
    /// The service takes no more at once.
    pub is_left: bool,
}

impl AskedStep {
    pub fn name(&self) -> (DocumentId, i64) {
        (self.document_id, self.number)
    }
}

/// Keeps a question, and drops those that nobody asks for any more.
pub async fn insert(tx: &mut Tx, asked: &Authorisation, steps: &[AskedStep]) -> Result<(), db::Error> {
    let last = asked.asked_at.plus_seconds(-KEPT_SECONDS);
    sql!(tx => execute
        "DELETE FROM remote_authorisation_step WHERE authorisation_id IN
                (SELECT id FROM remote_authorisation WHERE expires_at < $1)", last)?;
    sql!(tx => execute "DELETE FROM remote_authorisation WHERE expires_at < $1", last)?;
    sql!(tx => execute
        "INSERT INTO remote_authorisation (id, person_id, service, state_sha256, verifier, credential, hash_algorithm,
                                           sign_algorithm, asked_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        asked.id, asked.person_id, asked.service.as_str(), asked.state_sha256, asked.verifier.as_deref(),
        asked.credential.as_str(), asked.hash_algorithm.as_str(), asked.sign_algorithm.as_str(), asked.asked_at,
        asked.expires_at)?;
    for (place, step) in (0_i64..).zip(steps) {
        sql!(tx => execute
            "INSERT INTO remote_authorisation_step (authorisation_id, place, document_id, number, base_sha256, prepared,
                                                    is_left)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            asked.id, place, step.document_id, step.number, step.base_sha256, step.prepared.as_deref(), step.is_left)?;
    }
    Ok(())
}

/// The question that a person was asked by a service and that has this secret.
pub async fn find(
    tx: &mut Tx,
    state: Hash,
    (person, service): (PersonId, &str),
) -> Result<Option<Authorisation>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, person_id, service, state_sha256, verifier, credential, hash_algorithm, sign_algorithm, asked_at,
                expires_at, ended_at, why
         FROM remote_authorisation WHERE state_sha256 = $1 AND person_id = $2 AND service = $3" as Authorisation,
        state, person, service)
}

/// The documents in question, in the order in which they were chosen.
pub async fn steps(tx: &mut Tx, id: AuthorisationId) -> Result<Vec<AskedStep>, db::Error> {
    sql!(tx => fetch_all
        "SELECT document_id, number, base_sha256, prepared, is_left
         FROM remote_authorisation_step WHERE authorisation_id = $1 ORDER BY place" as AskedStep, id)
}

/// Takes the answer. False: it was taken before, or comes too late.
pub async fn take(tx: &mut Tx, id: AuthorisationId, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE remote_authorisation SET taken_at = $2, verifier = NULL
         WHERE id = $1 AND taken_at IS NULL AND expires_at > $2", id, now)?;
    Ok(changed == 1)
}

/// Keeps that all that follows from an answer has followed.
pub async fn end(
    tx: &mut Tx,
    id: AuthorisationId,
    why: Option<ServiceRefusal>,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE remote_authorisation SET ended_at = $2, why = $3
         WHERE id = $1 AND taken_at IS NOT NULL AND ended_at IS NULL", id, now, why)?;
    Ok(())
}
