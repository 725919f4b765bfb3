//! SQL on documents, their steps, and the keys that sign them.

pub(super) mod accounts;
pub(super) mod acts;
pub(super) mod authorisations;
pub(super) mod bound;
pub(super) mod delegations;
pub(super) mod policy;

use super::rules::{DocumentState, Level, MOST_WRONG_PINS, StepState, Turn, Way, points, thousandths};
use super::{DocumentId, Step};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::lights::Light;
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
    /// Who opened it; `None` before this was kept.
    pub opened_by: Option<PersonId>,
    /// Its title does not leave the house.
    pub is_discreet: bool,
}

pub(super) async fn insert_document(
    tx: &mut Tx,
    document: &Document,
    steps: &[Step],
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO signing_document (id, organisation_id, title, code, original_sha256, sha256, size, state,
                                       link, opened_by, is_discreet, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        document.id, document.organisation_id, document.title.as_str(), document.code.as_str(),
        document.original_sha256, document.sha256, document.size, document.state, document.link.as_str(),
        document.opened_by, document.is_discreet, now)?;
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
        "SELECT id, organisation_id, title, code, original_sha256, sha256, size, state, link, opened_by,
                is_discreet
         FROM signing_document WHERE id = $1" as Document, id)
}

/// The document behind the code on a page.
pub async fn document_by_code(tx: &mut Tx, code: &str) -> Result<Option<Document>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, title, code, original_sha256, sha256, size, state, link, opened_by,
                is_discreet
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

#[derive(Debug, sqlx::FromRow)]
struct AreaRow {
    box_x: i64,
    box_y: i64,
    box_width: i64,
    box_height: i64,
}

/// The boxes of the other steps on a page.
pub(super) async fn other_areas(
    tx: &mut Tx,
    document: DocumentId,
    (number, page): (i64, i64),
) -> Result<Vec<[f64; 4]>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT box_x, box_y, box_width, box_height FROM signature_step
         WHERE document_id = $1 AND number <> $2 AND page = $3" as AreaRow, document, number, page)?;
    let area = |row: AreaRow| [row.box_x, row.box_y, row.box_width, row.box_height].map(points);
    Ok(rows.into_iter().map(area).collect())
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
        "UPDATE signing_document SET sha256 = $3, size = $4 WHERE id = $1 AND sha256 = $2 AND state <> $5",
        id, base, next, size, DocumentState::Returned)?;
    Ok(changed == 1)
}

/// What is written down of a step that was signed.
#[derive(Clone, Debug)]
pub(super) struct SignedStep {
    pub level: Level,
    pub bytes: Hash,
    pub way: Way,
    /// SHA-256 of the certificate.
    pub certificate: Hash,
}

/// Sets a waiting step signed. False: it was signed already.
pub(super) async fn mark_signed(
    tx: &mut Tx,
    document: DocumentId,
    number: i64,
    signed: &SignedStep,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE signature_step SET state = $3, level = $4, sha256 = $5, signed_at = $6, way = $7,
                                   certificate_sha256 = $8
         WHERE document_id = $1 AND number = $2 AND state = $9",
        document, number, StepState::Signed, signed.level, signed.bytes, now, signed.way, signed.certificate,
        StepState::Waiting)?;
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

/// A person's key as it lies in the database.
#[derive(sqlx::FromRow)]
pub(super) struct KeyRow {
    pub pkcs12: Vec<u8>,
    pub certificate: Vec<u8>,
    pub image: Vec<u8>,
    pub test: bool,
    pub wrong_pins: i64,
}

pub(super) async fn key(tx: &mut Tx, person: PersonId) -> Result<Option<KeyRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT pkcs12, certificate, image, test, wrong_pins FROM signing_key WHERE person_id = $1" as KeyRow,
        person)
}

pub(super) async fn replace_key(
    tx: &mut Tx,
    person: PersonId,
    key: &KeyRow,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO signing_key (person_id, pkcs12, certificate, image, test, wrong_pins, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (person_id) DO UPDATE
         SET pkcs12 = excluded.pkcs12, certificate = excluded.certificate, image = excluded.image,
             test = excluded.test, wrong_pins = excluded.wrong_pins, created_at = excluded.created_at",
        person, key.pkcs12.as_slice(), key.certificate.as_slice(), key.image.as_slice(), key.test,
        key.wrong_pins, now)?;
    Ok(())
}

pub(super) async fn has_test_keys(tx: &mut Tx) -> Result<bool, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(person_id) FROM signing_key WHERE test = $1" as (i64,), true)?;
    Ok(count > 0)
}

/// Counts a PIN that is about to be tried, and tells the how many-th it is
/// since the last right one. `None`: the key is locked, or there is none.
pub(super) async fn count_pin(tx: &mut Tx, person: PersonId) -> Result<Option<i64>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE signing_key SET wrong_pins = wrong_pins + 1 WHERE person_id = $1 AND wrong_pins < $2
         RETURNING wrong_pins" as (i64,), person, MOST_WRONG_PINS)?;
    Ok(row.map(|(tries,)| tries))
}

pub(super) async fn forget_wrong_pins(tx: &mut Tx, person: PersonId) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute "UPDATE signing_key SET wrong_pins = 0 WHERE person_id = $1", person)?;
    Ok(changed == 1)
}

/// The keys of an organisation, with their holders.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct HolderRow {
    pub person_id: PersonId,
    pub full_name: String,
    pub certificate: Vec<u8>,
    pub wrong_pins: i64,
}

pub(super) async fn keys_of(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<HolderRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT signing_key.person_id, person.full_name, signing_key.certificate, signing_key.wrong_pins
         FROM signing_key JOIN person ON person.id = signing_key.person_id
         WHERE person.organisation_id = $1 ORDER BY person.folded_name, person.id" as HolderRow, organisation)
}

/// A line of the queue.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct QueueRow {
    pub document_id: DocumentId,
    pub number: i64,
    pub title: String,
    pub capacity: String,
    pub created_at: Timestamp,
    pub signed_at: Option<Timestamp>,
    pub level: Option<Level>,
    /// What the signatures of the newest bytes came to.
    pub light: Option<Light>,
}

/// Steps that wait for a person now: everyone before has signed.
pub async fn waiting_for(tx: &mut Tx, person: PersonId) -> Result<Vec<QueueRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT own.document_id, own.number, signing_document.title, own.capacity, signing_document.created_at,
                own.signed_at, own.level, light.verdict AS light
         FROM signature_step AS own JOIN signing_document ON signing_document.id = own.document_id
         LEFT JOIN light ON light.sha256 = signing_document.sha256
         WHERE own.person_id = $1 AND own.state = $2 AND signing_document.state = $3 AND NOT EXISTS
               (SELECT earlier.number FROM signature_step AS earlier
                WHERE earlier.document_id = own.document_id AND earlier.number < own.number AND earlier.state = $2)
         ORDER BY signing_document.created_at, own.document_id" as QueueRow,
        person, StepState::Waiting, DocumentState::Signing)
}

/// What a person signed last.
pub(super) async fn signed_by(tx: &mut Tx, person: PersonId) -> Result<Vec<QueueRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT own.document_id, own.number, signing_document.title, own.capacity, signing_document.created_at,
                own.signed_at, own.level, light.verdict AS light
         FROM signature_step AS own JOIN signing_document ON signing_document.id = own.document_id
         LEFT JOIN light ON light.sha256 = signing_document.sha256
         WHERE own.person_id = $1 AND own.state = $2
         ORDER BY own.signed_at DESC, own.document_id LIMIT 20" as QueueRow, person, StepState::Signed)
}

/// True while a signature of the document, a person's or the organisation's, lacks a trusted time.
pub(super) async fn lacks_timestamp(tx: &mut Tx, document: DocumentId) -> Result<bool, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT (SELECT count(number) FROM signature_step WHERE document_id = $1 AND level = $2)
              + (SELECT count(id) FROM signing_document WHERE id = $1 AND seal_level = $2)" as (i64,),
        document, Level::Bb)?;
    Ok(count > 0)
}

/// Raises every signature of a document: a document timestamp covers them all.
pub(super) async fn mark_stamped(tx: &mut Tx, document: DocumentId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE signature_step SET level = $2 WHERE document_id = $1 AND level = $3",
        document, Level::Bt, Level::Bb)?;
    sql!(tx => execute
        "UPDATE signing_document SET seal_level = $2 WHERE id = $1 AND seal_level = $3",
        document, Level::Bt, Level::Bb)?;
    Ok(())
}
