//! SQL on incoming documents, the units and people at work on them, and their
//! course.

mod files;
mod lists;
mod people;

use super::rules::{Act, Origin, Particulars, Priority, State};
use super::{CourseId, IncomingId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::exchange::MessageId;
use crate::identity::rules::fold;
use crate::identity::{Actor, OrganisationId, PersonId, UnitId};
use crate::lights::Light;
use crate::outgoing::DispatchId;
use crate::papers::{PaperId, VersionId};
use crate::registers::NumberId;
use crate::sql;
use crate::storage::Hash;

pub use self::files::{attach, attachments, of_dispatch};
pub use self::lists::{
    BookLine, Line, TransferLine, assigned_to, book, of_clerk, of_leader, of_unit, register_page, transfers,
    years,
};
pub use self::people::{
    Assignment, NamedUnit, assign, assignments, mark_done, name_units, replace_assignments, units_of,
};

/// A document as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Document {
    pub id: IncomingId,
    pub organisation_id: OrganisationId,
    pub origin: Origin,
    pub dispatch_id: Option<DispatchId>,
    pub exchange_id: Option<MessageId>,
    pub paper_id: PaperId,
    pub version_id: VersionId,
    pub sha256: Hash,
    pub state: State,
    pub version: i64,
    pub brought_by: PersonId,
    pub arrived_at: Timestamp,
    pub verdict: Option<Light>,
    pub verdict_at: Option<Timestamp>,
    pub symbol: String,
    pub dated_on: Option<Timestamp>,
    pub sender: String,
    pub subject: String,
    /// Who signed it elsewhere; empty: not known.
    pub signer_name: String,
    pub signer_position: String,
    pub priority: Priority,
    pub arrival_year: Option<i64>,
    pub arrival_number: Option<i64>,
    pub registered_at: Option<Timestamp>,
    pub presented_to: Option<PersonId>,
    pub presented_at: Option<Timestamp>,
    pub directed_at: Option<Timestamp>,
    pub direction: String,
    pub lead_unit_id: Option<UnitId>,
    pub deadline: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub filed_at: Option<Timestamp>,
    pub file_code: String,
}

/// A document at the door.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    pub id: IncomingId,
    pub origin: Origin,
    pub dispatch: Option<DispatchId>,
    pub exchange: Option<MessageId>,
    pub paper: PaperId,
    pub file: VersionId,
    pub sha256: Hash,
    /// What could be read from the document or was told by its sender.
    pub symbol: &'a str,
    pub dated_on: Option<Timestamp>,
    pub sender: &'a str,
    pub subject: &'a str,
    /// Who signed it, and as what; empty: not known yet.
    pub signer: (&'a str, &'a str),
    pub priority: Priority,
}

pub async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    arrival: &Arrival<'_>,
    now: Timestamp,
) -> Result<(), db::Error> {
    let folded = fold(&format!("{} {} {}", arrival.symbol, arrival.sender, arrival.subject));
    sql!(tx => execute
        "INSERT INTO incoming_document (id, organisation_id, origin, paper_id, version_id, sha256, state, version,
                                        brought_by, arrived_at, symbol, folded_symbol, dated_on, sender,
                                        folded_sender, subject, folded_text, priority, direction, file_code,
                                        dispatch_id, signer_name, signer_position, exchange_id)
         VALUES ($1, $2, $3, $4, $5, $6, 'arrived', 1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, '', '', $17, $18,
                 $19, $20)",
        arrival.id, actor.organisation, arrival.origin, arrival.paper, arrival.file, arrival.sha256, actor.person,
        now, arrival.symbol, fold(arrival.symbol), arrival.dated_on, arrival.sender, fold(arrival.sender),
        arrival.subject, folded, arrival.priority, arrival.dispatch, arrival.signer.0, arrival.signer.1,
        arrival.exchange)?;
    Ok(())
}

pub async fn document(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: IncomingId,
) -> Result<Option<Document>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, origin, dispatch_id, exchange_id, paper_id, version_id, sha256, state, version, brought_by, arrived_at,
                verdict, verdict_at, symbol, dated_on, sender, subject, signer_name, signer_position, priority,
                arrival_year, arrival_number, registered_at, presented_to, presented_at, directed_at, direction, lead_unit_id, deadline,
                completed_at, filed_at, file_code
         FROM incoming_document WHERE id = $1 AND organisation_id = $2" as Document, id, organisation)
}

/// Reads a document that is about to change, counts the change, and holds it
/// until `tx` ends.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: IncomingId,
) -> Result<Option<Document>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE incoming_document SET version = version + 1 WHERE id = $1 AND organisation_id = $2
         RETURNING id, organisation_id, origin, dispatch_id, exchange_id, paper_id, version_id, sha256, state, version, brought_by, arrived_at,
                verdict, verdict_at, symbol, dated_on, sender, subject, signer_name, signer_position, priority,
                arrival_year, arrival_number, registered_at, presented_to, presented_at, directed_at, direction, lead_unit_id, deadline,
                completed_at, filed_at, file_code" as Document, id, organisation)
}

/// Keeps what the signatures came to, and whom the first of them names if nobody said who signed.
pub async fn keep_verdict(
    tx: &mut Tx,
    id: IncomingId,
    (verdict, signer): (Light, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document SET verdict = $2, verdict_at = $3, state = $4,
                signer_name = CASE WHEN signer_name = '' THEN $5 ELSE signer_name END
         WHERE id = $1",
        id, verdict, now, State::Verified, signer)?;
    Ok(())
}

/// The number a document is registered under.
#[derive(Clone, Copy, Debug)]
pub struct ArrivalNumber {
    pub id: NumberId,
    pub year: i64,
    pub number: i64,
}

pub async fn register(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (number, particulars): (ArrivalNumber, &Particulars),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document
         SET state = $2, arrival_year = $3, arrival_number = $4, registered_at = $5, registered_by = $6, symbol = $7,
             folded_symbol = $8, dated_on = $9, sender = $10, folded_sender = $11, subject = $12, folded_text = $13,
             priority = $14, number_id = $15, signer_name = $16, signer_position = $17
         WHERE id = $1",
        id, State::Registered, number.year, number.number, now, actor.person, particulars.symbol.as_str(),
        fold(&particulars.symbol), particulars.dated_on, particulars.sender.as_str(), fold(&particulars.sender),
        particulars.subject.as_str(), particulars.folded(), particulars.priority, number.id,
        particulars.signer_name.as_str(), particulars.signer_position.as_str())?;
    Ok(())
}

/// What was registered before, or waits at the door, and looks the same.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Twin {
    pub id: IncomingId,
    pub symbol: String,
    pub sender: String,
    pub subject: String,
    pub arrival_number: Option<i64>,
    pub arrival_year: Option<i64>,
    pub arrived_at: Timestamp,
    /// Byte for byte the same file.
    pub is_same_file: bool,
}

/// Documents with the same bytes, or the same symbol of the same sender.
pub async fn twins(
    tx: &mut Tx,
    document: &Document,
    (symbol, sender): (&str, &str),
) -> Result<Vec<Twin>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, symbol, sender, subject, arrival_number, arrival_year, arrived_at, sha256 = $3 AS is_same_file
         FROM incoming_document
         WHERE organisation_id = $1 AND id <> $2 AND state NOT IN ('refused', 'recalled')
           AND (sha256 = $3 OR (folded_symbol = $4 AND folded_sender = $5 AND folded_symbol <> ''))
         ORDER BY arrived_at LIMIT 10" as Twin,
        document.organisation_id, document.id, document.sha256, fold(symbol), fold(sender))
}

/// Sets a state that brings nothing else with it.
pub async fn set_state(tx: &mut Tx, id: IncomingId, state: State) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE incoming_document SET state = $2 WHERE id = $1", id, state)?;
    Ok(())
}

pub async fn present(tx: &mut Tx, id: IncomingId, leader: PersonId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document SET state = $2, presented_to = $3, presented_at = $4 WHERE id = $1",
        id, State::Presented, leader, now)?;
    Ok(())
}

/// What a leader said about a document.
#[derive(Clone, Debug)]
pub struct Direction {
    pub lead: Option<UnitId>,
    pub help: Vec<UnitId>,
    pub deadline: Option<Timestamp>,
    pub text: String,
}

pub async fn direct(
    tx: &mut Tx,
    id: IncomingId,
    state: State,
    direction: &Direction,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document SET state = $2, directed_at = $3, direction = $4, lead_unit_id = $5, deadline = $6
         WHERE id = $1",
        id, state, now, direction.text.as_str(), direction.lead, direction.deadline)?;
    Ok(())
}

/// `completed_at` is `None` for what is opened again.
pub async fn complete(
    tx: &mut Tx,
    id: IncomingId,
    state: State,
    completed_at: Option<Timestamp>,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document SET state = $2, completed_at = $3 WHERE id = $1", id, state, completed_at)?;
    Ok(())
}

/// The files a document lies in, and whether that ends its way.
pub async fn file(
    tx: &mut Tx,
    id: IncomingId,
    state: State,
    (files, filed_at): (&str, Option<Timestamp>),
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE incoming_document SET state = $2, filed_at = $3, file_code = $4 WHERE id = $1",
        id, state, filed_at, files)?;
    Ok(())
}

/// A line of the course.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CourseLine {
    pub act: Act,
    pub full_name: String,
    pub position: String,
    pub note: String,
    pub done_at: Timestamp,
}

pub async fn add_to_course(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    note_in_course(tx, actor.person, id, (act, note), now).await
}

/// As [`add_to_course`], for a job that writes down what a person did elsewhere.
pub async fn note_in_course(
    tx: &mut Tx,
    person: PersonId,
    id: IncomingId,
    (act, note): (Act, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO incoming_course (id, document_id, act, person_id, note, done_at) VALUES ($1, $2, $3, $4, $5, $6)",
        CourseId::new(), id, act, person, note, now)?;
    Ok(())
}

/// This very line is there already.
pub async fn is_in_course(
    tx: &mut Tx,
    id: IncomingId,
    (act, note): (Act, &str),
    at: Timestamp,
) -> Result<bool, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM incoming_course WHERE document_id = $1 AND act = $2 AND note = $3 AND done_at = $4"
        as (i64,), id, act, note, at)?;
    Ok(count > 0)
}

/// What was done with a document, the first thing first.
pub async fn course(tx: &mut Tx, id: IncomingId) -> Result<Vec<CourseLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT incoming_course.act, person.full_name, person.position, incoming_course.note, incoming_course.done_at
         FROM incoming_course JOIN person ON person.id = incoming_course.person_id
         WHERE incoming_course.document_id = $1 ORDER BY incoming_course.done_at, incoming_course.id" as CourseLine, id)
}

/// The leader this clerk's office presented a document to last.
pub async fn last_leader(tx: &mut Tx, organisation: OrganisationId) -> Result<Option<PersonId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT presented_to FROM incoming_document
         WHERE organisation_id = $1 AND presented_at IS NOT NULL ORDER BY presented_at DESC LIMIT 1" as (PersonId,),
        organisation)?;
    Ok(row.map(|(person,)| person))
}

/// How a body that sent something before is written, whatever the capitals.
pub async fn spelling_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    sender: &str,
) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT sender FROM incoming_document
         WHERE organisation_id = $1 AND folded_sender = $2 AND arrival_number IS NOT NULL AND sender <> ''
         ORDER BY registered_at DESC LIMIT 1" as (String,), organisation, fold(sender))?;
    Ok(row.map(|(sender,)| sender))
}
