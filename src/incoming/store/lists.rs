//! SQL for the desks and the register.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::incoming::IncomingId;
use crate::incoming::rules::{Priority, State};
use crate::lights::Light;
use crate::registers::Part;
use crate::registers::printing::MOST_LINES;
use crate::sql;

/// A document as a list shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: IncomingId,
    pub state: State,
    pub symbol: String,
    pub dated_on: Option<Timestamp>,
    pub sender: String,
    pub subject: String,
    pub priority: Priority,
    pub arrival_number: Option<i64>,
    pub arrived_at: Timestamp,
    pub registered_at: Option<Timestamp>,
    pub directed_at: Option<Timestamp>,
    pub deadline: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub verdict: Option<Light>,
    pub lead_unit: Option<String>,
}

/// What waits for the clerks: at the door, to be presented, to be filed. The
/// urgent first, then what waits longest.
pub async fn of_clerk(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.state, d.symbol, d.dated_on, d.sender, d.subject, d.priority, d.arrival_number, d.arrived_at,
                d.registered_at, d.directed_at, d.deadline, d.completed_at, d.verdict, unit.name AS lead_unit
         FROM incoming_document d LEFT JOIN unit ON unit.id = d.lead_unit_id
         WHERE d.organisation_id = $1
           AND d.state IN ('arrived', 'verified', 'registered', 'completed', 'info_only')
         ORDER BY d.priority DESC, d.arrived_at, d.id LIMIT 300" as Line, organisation)
}

/// What lies before a leader, and what they directed and is not done.
pub async fn of_leader(tx: &mut Tx, leader: PersonId) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.state, d.symbol, d.dated_on, d.sender, d.subject, d.priority, d.arrival_number, d.arrived_at,
                d.registered_at, d.directed_at, d.deadline, d.completed_at, d.verdict, unit.name AS lead_unit
         FROM incoming_document d LEFT JOIN unit ON unit.id = d.lead_unit_id
         WHERE d.presented_to = $1 AND d.state IN ('presented', 'directed', 'assigned', 'in_progress')
         ORDER BY d.priority DESC, coalesce(d.deadline, d.arrived_at), d.id LIMIT 300" as Line, leader)
}

/// What a unit leads or helps with; `true` beside what it has given to nobody yet.
pub async fn of_unit(tx: &mut Tx, unit: UnitId) -> Result<Vec<(Line, bool)>, db::Error> {
    let lines = sql!(tx => fetch_all
        "SELECT d.id, d.state, d.symbol, d.dated_on, d.sender, d.subject, d.priority, d.arrival_number, d.arrived_at,
                d.registered_at, d.directed_at, d.deadline, d.completed_at, d.verdict, unit.name AS lead_unit
         FROM incoming_unit JOIN incoming_document d ON d.id = incoming_unit.document_id
         LEFT JOIN unit ON unit.id = d.lead_unit_id
         WHERE incoming_unit.unit_id = $1 AND d.state IN ('directed', 'assigned', 'in_progress')
         ORDER BY d.priority DESC, coalesce(d.deadline, d.arrived_at), d.id LIMIT 300" as Line, unit)?;
    let open = sql!(tx => fetch_all
        "SELECT document_id FROM incoming_unit WHERE unit_id = $1 AND assigned_at IS NULL" as (IncomingId,), unit)?;
    Ok(lines
        .into_iter()
        .map(|line| {
            let is_open = open.iter().any(|(id,)| *id == line.id);
            (line, is_open)
        })
        .collect())
}

/// What a person has to work on.
pub async fn assigned_to(tx: &mut Tx, person: PersonId) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.state, d.symbol, d.dated_on, d.sender, d.subject, d.priority, d.arrival_number, d.arrived_at,
                d.registered_at, d.directed_at, d.deadline, d.completed_at, d.verdict, unit.name AS lead_unit
         FROM incoming_assignment JOIN incoming_document d ON d.id = incoming_assignment.document_id
         LEFT JOIN unit ON unit.id = d.lead_unit_id
         WHERE incoming_assignment.person_id = $1 AND incoming_assignment.done_at IS NULL
           AND d.state IN ('directed', 'assigned', 'in_progress')
         ORDER BY d.priority DESC, coalesce(d.deadline, d.arrived_at), d.id LIMIT 300" as Line, person)
}

/// The years from the first registration to the last, the latest first.
pub async fn years(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<i64>, db::Error> {
    // One search each in the index; a list of distinct years would read all of it.
    let (first, last) = sql!(tx => fetch_one
        "SELECT (SELECT min(arrival_year) FROM incoming_document WHERE organisation_id = $1),
                (SELECT max(arrival_year) FROM incoming_document WHERE organisation_id = $1)"
        as (Option<i64>, Option<i64>), organisation)?;
    Ok(first.zip(last).map(|(first, last)| (first..=last).rev().collect()).unwrap_or_default())
}

/// A page of a year's register, downwards from the number before `before`.
pub async fn register_page(
    tx: &mut Tx,
    organisation: OrganisationId,
    year: i64,
    (before, limit): (i64, i64),
) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.id, d.state, d.symbol, d.dated_on, d.sender, d.subject, d.priority, d.arrival_number, d.arrived_at,
                d.registered_at, d.directed_at, d.deadline, d.completed_at, d.verdict, unit.name AS lead_unit
         FROM incoming_document d LEFT JOIN unit ON unit.id = d.lead_unit_id
         WHERE d.organisation_id = $1 AND d.arrival_year = $2 AND d.arrival_number < $3
         ORDER BY d.arrival_number DESC LIMIT $4" as Line, organisation, year, before, limit)
}

/// A line of the printed register.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BookLine {
    pub state: State,
    pub arrival_number: i64,
    pub registered_at: Timestamp,
    pub sender: String,
    pub symbol: String,
    pub dated_on: Option<Timestamp>,
    pub subject: String,
    pub lead_unit: Option<String>,
    pub leader: Option<String>,
    pub presented_at: Option<Timestamp>,
    pub directed_at: Option<Timestamp>,
    pub note: String,
}

/// A part of the register, in the order of its numbers; one line more than a
/// printing holds, to tell that there are more.
pub async fn book(
    tx: &mut Tx,
    organisation: OrganisationId,
    (part, (from, to)): (Part, (Timestamp, Timestamp)),
) -> Result<Vec<BookLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.state, d.arrival_number, d.registered_at, d.sender, d.symbol, d.dated_on, d.subject,
                unit.name AS lead_unit, person.full_name AS leader, d.presented_at, d.directed_at,
                coalesce(n.note, '') AS note
         FROM incoming_document d LEFT JOIN register_number n ON n.id = d.number_id
         LEFT JOIN unit ON unit.id = d.lead_unit_id LEFT JOIN person ON person.id = d.presented_to
         WHERE d.organisation_id = $1 AND d.arrival_year = $2 AND d.arrival_number >= $3 AND d.arrival_number <= $4
           AND d.registered_at >= $5 AND d.registered_at < $6
         ORDER BY d.arrival_number LIMIT $7" as BookLine,
        organisation, part.year, part.first, part.last, from, to, MOST_LINES + 1)
}

/// A line of the book of transfers: what a unit was given.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TransferLine {
    pub directed_at: Timestamp,
    pub arrival_number: i64,
    pub unit: String,
    pub is_lead: bool,
    /// When the unit said who works on it.
    pub assigned_at: Option<Timestamp>,
    /// Somebody has to act on the document.
    pub has_lead: bool,
}

/// What was given to units in the time of a part; limited as [`book`] is.
pub async fn transfers(
    tx: &mut Tx,
    organisation: OrganisationId,
    (part, (from, to)): (Part, (Timestamp, Timestamp)),
) -> Result<Vec<TransferLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT d.directed_at, d.arrival_number, unit.name AS unit, named.is_lead, named.assigned_at,
                d.lead_unit_id IS NOT NULL AS has_lead
         FROM incoming_document d JOIN incoming_unit named ON named.document_id = d.id
         JOIN unit ON unit.id = named.unit_id
         WHERE d.organisation_id = $1 AND d.arrival_year = $2 AND d.arrival_number >= $3 AND d.arrival_number <= $4
           AND d.directed_at >= $5 AND d.directed_at < $6
         ORDER BY d.directed_at, d.arrival_number, named.is_lead DESC, unit.position LIMIT $7" as TransferLine,
        organisation, part.year, part.first, part.last, from, to, MOST_LINES + 1)
}
