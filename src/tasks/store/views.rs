//! SQL on many tasks at once: lists, figures, what waits for a person.

use crate::clock::Timestamp;
use crate::conclusions::ConclusionId;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::meetings::MeetingId;
use crate::sql;
use crate::tasks::TaskId;
use crate::tasks::rules::{Source, State};

/// A task in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: TaskId,
    pub title: String,
    pub source: Source,
    pub source_title: String,
    pub lead_unit_id: UnitId,
    pub unit: String,
    pub person_id: Option<PersonId>,
    pub holder: Option<String>,
    /// The holder signs in no more: somebody else must take it.
    pub is_orphan: bool,
    pub due_at: Timestamp,
    pub state: State,
    pub progress: i64,
    pub ended_at: Option<Timestamp>,
}

/// Which tasks a list holds. What is `None` does not narrow it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scope {
    pub person: Option<PersonId>,
    /// Leads or helps.
    pub unit: Option<UnitId>,
    pub giver: Option<PersonId>,
    /// With tasks that ended since then.
    pub ended_since: Option<Timestamp>,
    /// Only what was due before.
    pub due_before: Option<Timestamp>,
    /// Only what waits for its judge.
    pub is_judged: bool,
}

/// Most lines of one list: an old tablet has to draw them.
pub const MOST: i64 = 200;

/// The tasks of a scope, the most urgent first; what has ended comes last. What
/// is open counts as ended at the end of time: so the index has it in one range.
pub async fn lines(tx: &mut Tx, organisation: OrganisationId, scope: Scope) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT task.id, task.title, task.source, task.source_title, task.lead_unit_id, unit.name AS unit,
                task.person_id, person.full_name AS holder, coalesce(NOT person.active, FALSE) AS is_orphan,
                task.due_at, task.state, task.progress, task.ended_at
         FROM task JOIN unit ON unit.id = task.lead_unit_id LEFT JOIN person ON person.id = task.person_id
         WHERE task.organisation_id = $1
           AND coalesce(task.ended_at, 9223372036854775807) >= $2
           AND ($3 IS NULL OR task.person_id = $3)
           AND ($4 IS NULL OR task.lead_unit_id = $4
                OR EXISTS (SELECT task_id FROM task_unit WHERE task_unit.task_id = task.id AND unit_id = $4))
           AND ($5 IS NULL OR task.giver_id = $5)
           AND ($6 IS NULL OR task.due_at < $6)
           AND (NOT $7 OR task.state IN ('reported', 'extension_requested'))
         ORDER BY CASE WHEN task.ended_at IS NULL THEN 0 ELSE 1 END, task.due_at, task.id LIMIT $8" as Line,
        organisation, scope.ended_since.unwrap_or(Timestamp::from_micros(i64::MAX)), scope.person, scope.unit,
        scope.giver, scope.due_before, scope.is_judged, MOST)
}

/// Open tasks of a person, for those who take their place.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Vec<(TaskId, String, UnitId)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, title, lead_unit_id FROM task WHERE person_id = $1 AND ended_at IS NULL ORDER BY due_at, id"
        as (TaskId, String, UnitId), person)
}

/// How a unit stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnitFigures {
    pub unit_id: UnitId,
    pub name: String,
    pub open: i64,
    pub late: i64,
    /// Done since the day asked for, and of these in time.
    pub done: i64,
    pub in_time: i64,
}

/// Every unit that leads a task, those with the most late ones first.
pub async fn unit_figures(
    tx: &mut Tx,
    organisation: OrganisationId,
    since: Timestamp,
    now: Timestamp,
) -> Result<Vec<UnitFigures>, db::Error> {
    sql!(tx => fetch_all
        "SELECT unit.id AS unit_id, unit.name, led.open, led.late, led.done, led.in_time
         FROM (SELECT lead_unit_id,
                      count(CASE WHEN ended_at IS NULL THEN 1 END) AS open,
                      count(CASE WHEN ended_at IS NULL AND state <> 'reported' AND due_at < $3 THEN 1 END) AS late,
                      count(CASE WHEN state = 'approved_done' THEN 1 END) AS done,
                      count(CASE WHEN state = 'approved_done' AND ended_at <= due_at THEN 1 END) AS in_time
               FROM task WHERE organisation_id = $1 AND coalesce(ended_at, 9223372036854775807) >= $2
               GROUP BY lead_unit_id) led
         JOIN unit ON unit.id = led.lead_unit_id
         ORDER BY led.late DESC, led.open DESC, unit.position, unit.id" as UnitFigures, organisation, since, now)
}

/// How a scope stands: its open tasks, and of these the late ones, those due
/// soon, and those that wait for their judge.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Counts {
    pub open: i64,
    pub late: i64,
    pub soon: i64,
    pub judged: i64,
}

/// Counts all of a scope, also what a list is too short for. Soon: from `now`
/// to `until`.
pub async fn counts(
    tx: &mut Tx,
    organisation: OrganisationId,
    scope: Scope,
    (now, until): (Timestamp, Timestamp),
) -> Result<Counts, db::Error> {
    sql!(tx => fetch_one
        "SELECT count(task.id) AS open,
                count(CASE WHEN task.due_at < $6 AND task.state <> 'reported' THEN 1 END) AS late,
                count(CASE WHEN task.due_at >= $6 AND task.due_at < $7 THEN 1 END) AS soon,
                count(CASE WHEN task.state IN ('reported', 'extension_requested') THEN 1 END) AS judged
         FROM task
         WHERE task.organisation_id = $1 AND task.ended_at IS NULL
           AND ($2 IS NULL OR task.person_id = $2)
           AND ($3 IS NULL OR task.lead_unit_id = $3
                OR EXISTS (SELECT task_id FROM task_unit WHERE task_unit.task_id = task.id AND unit_id = $3))
           AND ($4 IS NULL OR task.giver_id = $4)
           AND ($5 IS NULL OR task.due_at < $5)" as Counts,
        organisation, scope.person, scope.unit, scope.giver, scope.due_before, now, until)
}

/// A person who left and still holds tasks.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Retired {
    pub person_id: PersonId,
    pub full_name: String,
    pub unit_id: UnitId,
    pub tasks: i64,
}

pub async fn retired_holders(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Retired>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person.id AS person_id, person.full_name, person.unit_id, count(task.id) AS tasks
         FROM task JOIN person ON person.id = task.person_id
         WHERE task.organisation_id = $1 AND task.ended_at IS NULL AND NOT person.active
         GROUP BY person.id, person.full_name, person.unit_id ORDER BY person.full_name" as Retired, organisation)
}

/// A task that waits for one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    pub id: TaskId,
    pub title: String,
    pub due_at: Timestamp,
    pub state: State,
}

/// What waits for a person: tasks they hold, and those of theirs that somebody
/// reported or wants longer for.
pub async fn waiting_for(tx: &mut Tx, person: PersonId) -> Result<Vec<Waiting>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, title, due_at, state FROM task
         WHERE ended_at IS NULL
           AND ((person_id = $1 AND state IN ('new', 'accepted', 'in_progress', 'returned'))
                OR (giver_id = $1 AND state IN ('reported', 'extension_requested')))
         ORDER BY due_at, id LIMIT 50" as Waiting, person)
}

/// What became of each conclusion of a meeting's notice.
pub async fn of_conclusions(
    tx: &mut Tx,
    meeting: MeetingId,
) -> Result<Vec<(ConclusionId, TaskId, State)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT conclusion.id, task.id, task.state FROM task
         JOIN conclusion ON conclusion.id = task.conclusion_id
         JOIN conclusion_notice ON conclusion_notice.id = conclusion.notice_id
         WHERE conclusion_notice.meeting_id = $1" as (ConclusionId, TaskId, State), meeting)
}
