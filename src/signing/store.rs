//! SQL on documents, their steps, and the keys that sign them.

use super::rules::{DocumentState, Level, StepState, Turn, points, thousandths};
use super::{DocumentId, Step};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;
use crate::storage::Hash;

/// A document as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Document {
    pub id: DocumentId,
    pub organisation_id: OrganisationId,
    pub title: String,
    pub code: String,
    pub original_sha256: Hash,
    pub sha256: Hash,
    pub size: i64,
    pub state: DocumentState,
    pub link: String,
}

pub(super) async fn insert_document(
    tx: &mut Tx,
    document: &Document,
    steps: &[Step],
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO signing_document (id, organisation_id, title, code, original_sha256, sha256, size, state,
                                       link, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        document.id, document.organisation_id, document.title.as_str(), document.code.as_str(),
        document.original_sha256, document.sha256, document.size, document.state, document.link.as_str(), now)?;
    for (number, step) in (1_i64..).zip(steps) {
        let [x, y, width, height] = step.area.map(thousandths);
        sql!(tx => execute
            "INSERT INTO signature_step (document_id, number, person_id, capacity, page, box_x, box_y, box_width,
                                         box_height, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            document.id, number, step.person, step.capacity.as_str(), step.page, x, y, width, height,
            StepState::Waiting)?;
    }
    Ok(())
}

pub(super) async fn document(tx: &mut Tx, id: DocumentId) -> Result<Option<Document>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, title, code, original_sha256, sha256, size, state, link
         FROM signing_document WHERE id = $1" as Document, id)
}

/// The document behind the code on a page.
pub async fn document_by_code(tx: &mut Tx, code: &str) -> Result<Option<Document>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, title, code, original_sha256, sha256, size, state, link
         FROM signing_document WHERE code = $1" as Document, code)
}

#[derive(Debug, sqlx::FromRow)]
struct TurnRow {
    number: i64,
    person_id: PersonId,
    state: StepState,
}

/// All steps of a document, in their order.
pub(super) async fn turns(tx: &mut Tx, document: DocumentId) -> Result<Vec<Turn>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT number, person_id, state FROM signature_step WHERE document_id = $1 ORDER BY number" as TurnRow,
        document)?;
    let turn = |row: TurnRow| Turn { number: row.number, person: row.person_id, state: row.state };
    Ok(rows.into_iter().map(turn).collect())
}

#[derive(Debug, sqlx::FromRow)]
struct StepRow {
    person_id: PersonId,
    capacity: String,
    page: i64,
    box_x: i64,
    box_y: i64,
    box_width: i64,
    box_height: i64,
}

/// Whose place on the page a step is.
pub(super) async fn step(tx: &mut Tx, document: DocumentId, number: i64) -> Result<Option<Step>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT person_id, capacity, page, box_x, box_y, box_width, box_height FROM signature_step
         WHERE document_id = $1 AND number = $2" as StepRow, document, number)?;
    Ok(row.map(|row| Step {
        person: row.person_id,
        capacity: row.capacity,
        page: row.page,
        area: [row.box_x, row.box_y, row.box_width, row.box_height].map(points),
    }))
}

/// How far a document has come.
#[derive(Clone, Debug)]
pub struct Status {
    pub state: DocumentState,
    /// The newest bytes.
    pub sha256: Hash,
    pub size: i64,
    pub code: String,
    pub steps: Vec<StepStatus>,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepStatus {
    pub number: i64,
    #[sqlx(rename = "person_id")]
    pub person: PersonId,
    pub full_name: String,
    pub capacity: String,
    pub state: StepState,
    pub level: Option<Level>,
    pub signed_at: Option<Timestamp>,
}

/// How far a document has come; `None` when there is no such document.
pub async fn status(tx: &mut Tx, id: DocumentId) -> Result<Option<Status>, db::Error> {
    let Some(found) = document(tx, id).await? else { return Ok(None) };
    let steps = sql!(tx => fetch_all
        "SELECT signature_step.number, signature_step.person_id, person.full_name, signature_step.capacity,
                signature_step.state, signature_step.level, signature_step.signed_at
         FROM signature_step JOIN person ON person.id = signature_step.person_id
         WHERE signature_step.document_id = $1 ORDER BY signature_step.number" as StepStatus, id)?;
    let Document { state, sha256, size, code, .. } = found;
    Ok(Some(Status { state, sha256, size, code, steps }))
}

/// Puts new bytes in the place of those they were made from. False: others
/// were faster, and nothing changed.
///
/// The write also holds the row until `tx` ends, so of two who sign the same
/// bytes the second finds them replaced.
pub(super) async fn advance(
    tx: &mut Tx,
    id: DocumentId,
    base: Hash,
    next: Hash,
    size: i64,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_document SET sha256 = $3, size = $4 WHERE id = $1 AND sha256 = $2", id, base, next, size)?;
    Ok(changed == 1)
}

/// Sets a waiting step signed. False: it was signed already.
pub(super) async fn mark_signed(
    tx: &mut Tx,
    document: DocumentId,
    number: i64,
    level: Level,
    bytes: Hash,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signature_step SET state = $3, level = $4, sha256 = $5, signed_at = $6
         WHERE document_id = $1 AND number = $2 AND state = $7",
        document, number, StepState::Signed, level, bytes, now, StepState::Waiting)?;
    Ok(changed == 1)
}

/// Sets a document complete when no step waits any more.
pub(super) async fn complete_if_signed(
    tx: &mut Tx,
    id: DocumentId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signing_document SET state = $2, completed_at = $3
         WHERE id = $1 AND state = $4 AND NOT EXISTS
               (SELECT number FROM signature_step WHERE document_id = $1 AND state = $5)",
        id, DocumentState::Complete, now, DocumentState::Signing, StepState::Waiting)?;
    Ok(changed == 1)
}
