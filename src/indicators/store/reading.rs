//! SQL that reads the figures, and what lies behind them.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::indicators::rules::{By, Indicator, Months};
use crate::sql;

/// Whose figures, and of which months.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub organisation: OrganisationId,
    pub months: Months,
    pub unit: Option<UnitId>,
    pub person: Option<PersonId>,
}

impl Cut {
    pub fn from(&self) -> Timestamp {
        self.months.first.start()
    }

    /// The first moment that no longer counts.
    pub fn to(&self) -> Timestamp {
        self.months.last.plus(1).start()
    }
}

/// A figure of one line.
#[derive(Clone, Debug)]
pub struct Row {
    pub line: LineKey,
    pub indicator: Indicator,
    pub part: i64,
    pub whole: i64,
}

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineKey {
    /// By its first moment.
    Month(Timestamp),
    Unit(UnitId),
    Person(PersonId),
    Organisation(OrganisationId),
}

/// The sums, a line for each month, unit or person, or one for the whole.
pub async fn rows(tx: &mut Tx, cut: Cut, by: By) -> Result<Vec<Row>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT CASE WHEN $6 = 'month' THEN month END AS month_of, CASE WHEN $6 = 'unit' THEN unit_id END AS unit_of,
                CASE WHEN $6 = 'person' THEN person_id END AS person_of, indicator, CAST(sum(part) AS BIGINT) AS part,
                CAST(sum(whole) AS BIGINT) AS whole
         FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND ($4 IS NULL OR unit_id = $4)
           AND ($5 IS NULL OR person_id = $5)
         GROUP BY 1, 2, 3, 4" as SumRow,
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person, by.as_str())?;
    Ok(rows.into_iter().map(|row| row.of(cut.organisation)).collect())
}

#[derive(sqlx::FromRow)]
struct SumRow {
    month_of: Option<Timestamp>,
    unit_of: Option<UnitId>,
    person_of: Option<PersonId>,
    indicator: Indicator,
    part: i64,
    whole: i64,
}

impl SumRow {
    fn of(self, organisation: OrganisationId) -> Row {
        let line = self.month_of.map(LineKey::Month).or(self.unit_of.map(LineKey::Unit));
        let line = line.or(self.person_of.map(LineKey::Person));
        let line = line.unwrap_or(LineKey::Organisation(organisation));
        Row { line, indicator: self.indicator, part: self.part, whole: self.whole }
    }
}

/// Incoming documents and tasks that are late now.
pub async fn overdue(tx: &mut Tx, cut: Cut, now: Timestamp) -> Result<(i64, i64), db::Error> {
    let (documents,) = sql!(tx => fetch_one
        "SELECT count(id) FROM incoming_document
         WHERE organisation_id = $1 AND state IN ('registered', 'presented', 'directed', 'assigned', 'in_progress')
           AND deadline < $2 AND ($3 IS NULL OR lead_unit_id = $3)" as (i64,), cut.organisation, now, cut.unit)?;
    let (tasks,) = sql!(tx => fetch_one
        "SELECT count(id) FROM task
         WHERE organisation_id = $1 AND ended_at IS NULL AND due_at < $2 AND state <> 'reported'
           AND ($3 IS NULL OR lead_unit_id = $3) AND ($4 IS NULL OR person_id = $4)" as (i64,),
        cut.organisation, now, cut.unit, cut.person)?;
    Ok((documents, tasks))
}

/// What an organisation set for itself.
pub async fn targets(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<(Indicator, i64)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT indicator, percent FROM indicator_target WHERE organisation_id = $1" as (Indicator, i64), organisation)
}

/// A fact, with what its subject is called.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FactLine {
    pub subject_id: Uuid,
    pub person: String,
    pub unit: String,
    pub part: i64,
    pub whole: i64,
    pub at: Timestamp,
    pub reasons: String,
    pub document: Option<String>,
    pub number: Option<String>,
    pub letter: Option<String>,
    pub file: Option<String>,
    pub task: Option<String>,
    pub slip: Option<String>,
    pub meeting: Option<String>,
}

/// What an indicator's figure is made of: what falls short of it first, then
/// the newest. By the moment, not by the month: as the index has them.
pub async fn facts(
    tx: &mut Tx,
    cut: Cut,
    indicator: Indicator,
    (skip, limit): (i64, i64),
) -> Result<Vec<FactLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT fact.subject_id, person.full_name AS person, unit.name AS unit, fact.part, fact.whole, fact.at,
                fact.reasons, outgoing_document.subject AS document, register_number.reason AS number,
                incoming_document.subject AS letter, work_file.title AS file, task.title AS task, slip.title AS slip,
                meeting.title AS meeting
         FROM (SELECT subject_id, person_id, unit_id, part, whole, at, reasons FROM indicator_fact
               WHERE organisation_id = $1 AND indicator = $2 AND at >= $3 AND at < $4
                 AND ($5 IS NULL OR unit_id = $5) AND ($6 IS NULL OR person_id = $6)
               ORDER BY CASE WHEN part < whole THEN 0 ELSE 1 END, at DESC, subject_id, person_id
               LIMIT $7 OFFSET $8) fact
         JOIN person ON person.id = fact.person_id JOIN unit ON unit.id = fact.unit_id
         LEFT JOIN outgoing_document ON outgoing_document.id = fact.subject_id
         LEFT JOIN register_number ON register_number.id = fact.subject_id
         LEFT JOIN incoming_document ON incoming_document.id = fact.subject_id
         LEFT JOIN work_file ON work_file.id = fact.subject_id
         LEFT JOIN task ON task.id = fact.subject_id
         LEFT JOIN slip ON slip.id = fact.subject_id
         LEFT JOIN meeting ON meeting.id = fact.subject_id
         ORDER BY CASE WHEN fact.part < fact.whole THEN 0 ELSE 1 END, fact.at DESC, fact.subject_id, fact.person_id"
        as FactLine,
        cut.organisation, indicator, cut.from(), cut.to(), cut.unit, cut.person, limit, skip)
}
