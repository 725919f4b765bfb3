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
    fn from(&self) -> Timestamp {
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
}

/// The sums, a line for each month, unit or person.
pub async fn rows(tx: &mut Tx, cut: Cut, by: By) -> Result<Vec<Row>, db::Error> {
    match by {
        By::Month => month_rows(tx, cut).await,
        By::Unit => unit_rows(tx, cut).await,
        By::Person => person_rows(tx, cut).await,
    }
}

fn row<T>(line: impl Fn(T) -> LineKey) -> impl Fn((T, Indicator, i64, i64)) -> Row {
    move |(of, indicator, part, whole)| Row { line: line(of), indicator, part, whole }
}

async fn month_rows(tx: &mut Tx, cut: Cut) -> Result<Vec<Row>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT month, indicator, CAST(sum(part) AS BIGINT), CAST(sum(whole) AS BIGINT) FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND ($4 IS NULL OR unit_id = $4)
           AND ($5 IS NULL OR person_id = $5)
         GROUP BY month, indicator" as (Timestamp, Indicator, i64, i64),
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person)?;
    Ok(rows.into_iter().map(row(LineKey::Month)).collect())
}

async fn unit_rows(tx: &mut Tx, cut: Cut) -> Result<Vec<Row>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT unit_id, indicator, CAST(sum(part) AS BIGINT), CAST(sum(whole) AS BIGINT) FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND ($4 IS NULL OR unit_id = $4)
           AND ($5 IS NULL OR person_id = $5)
         GROUP BY unit_id, indicator" as (UnitId, Indicator, i64, i64),
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person)?;
    Ok(rows.into_iter().map(row(LineKey::Unit)).collect())
}

async fn person_rows(tx: &mut Tx, cut: Cut) -> Result<Vec<Row>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT person_id, indicator, CAST(sum(part) AS BIGINT), CAST(sum(whole) AS BIGINT) FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND ($4 IS NULL OR unit_id = $4)
           AND ($5 IS NULL OR person_id = $5)
         GROUP BY person_id, indicator" as (PersonId, Indicator, i64, i64),
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person)?;
    Ok(rows.into_iter().map(row(LineKey::Person)).collect())
}

/// In which months somebody did something in the house.
pub async fn presence(tx: &mut Tx, cut: Cut) -> Result<Vec<(PersonId, UnitId, Timestamp)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person_id, unit_id, month FROM indicator_sum
         WHERE organisation_id = $1 AND month >= $2 AND month < $3 AND indicator = 'users_active' AND part > 0
           AND ($4 IS NULL OR unit_id = $4) AND ($5 IS NULL OR person_id = $5)" as (PersonId, UnitId, Timestamp),
        cut.organisation, cut.from(), cut.to(), cut.unit, cut.person)
}

/// Everyone who may sign in, with the moment their account was made.
pub async fn accounts(tx: &mut Tx, cut: Cut) -> Result<Vec<(PersonId, UnitId, Timestamp)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, unit_id, created_at FROM person
         WHERE organisation_id = $1 AND active AND ($2 IS NULL OR unit_id = $2) AND ($3 IS NULL OR id = $3)"
        as (PersonId, UnitId, Timestamp), cut.organisation, cut.unit, cut.person)
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
                incoming_document.subject AS letter, task.title AS task, slip.title AS slip, meeting.title AS meeting
         FROM (SELECT subject_id, person_id, unit_id, part, whole, at, reasons FROM indicator_fact
               WHERE organisation_id = $1 AND indicator = $2 AND at >= $3 AND at < $4
                 AND ($5 IS NULL OR unit_id = $5) AND ($6 IS NULL OR person_id = $6)
               ORDER BY CASE WHEN part < whole THEN 0 ELSE 1 END, at DESC, subject_id, person_id
               LIMIT $7 OFFSET $8) fact
         JOIN person ON person.id = fact.person_id JOIN unit ON unit.id = fact.unit_id
         LEFT JOIN outgoing_document ON outgoing_document.id = fact.subject_id
         LEFT JOIN register_number ON register_number.id = fact.subject_id
         LEFT JOIN incoming_document ON incoming_document.id = fact.subject_id
         LEFT JOIN task ON task.id = fact.subject_id
         LEFT JOIN slip ON slip.id = fact.subject_id
         LEFT JOIN meeting ON meeting.id = fact.subject_id
         ORDER BY CASE WHEN fact.part < fact.whole THEN 0 ELSE 1 END, fact.at DESC, fact.subject_id, fact.person_id"
        as FactLine,
        cut.organisation, indicator, cut.from(), cut.to(), cut.unit, cut.person, limit, skip)
}
