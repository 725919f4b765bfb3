//! SQL on tasks.

mod office;
mod views;

pub use self::office::{
    SwappedDay, delete_swapped_day, insert_swapped_day, leaders, reminders, set_leaders, set_reminders,
    swapped_days,
};
pub use self::views::{
    Counts, Line, MOST, Retired, Scope, UnitFigures, Waiting, counts, lines, of_conclusions, of_person,
    retired_holders, unit_figures, waiting_for,
};

use super::rules::{Moment, Rhythm, Source, State};
use super::{StepId, TaskId};
use crate::clock::Timestamp;
use crate::conclusions::ConclusionId;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::papers::{PaperId, VersionId};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Task {
    pub id: TaskId,
    pub organisation_id: OrganisationId,
    pub title: String,
    pub details: String,
    pub source: Source,
    pub source_title: String,
    pub source_link: String,
    pub lead_unit_id: UnitId,
    pub person_id: Option<PersonId>,
    pub giver_id: PersonId,
    pub given_at: Timestamp,
    pub due_at: Timestamp,
    pub state: State,
    pub progress: i64,
    pub wanted_due_at: Option<Timestamp>,
    pub after_id: Option<TaskId>,
    pub rhythm: Rhythm,
    pub version: i64,
    pub escalated_at: Option<Timestamp>,
}

/// Adds a task. False: its conclusion is given already, or the task before it
/// in the row has its follower.
pub async fn insert(
    tx: &mut Tx,
    task: &Task,
    conclusion: Option<ConclusionId>,
    previous: Option<TaskId>,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO task (id, organisation_id, title, details, source, source_title, source_link, conclusion_id,
                           lead_unit_id, person_id, giver_id, given_at, due_at, state, progress, after_id, rhythm,
                           previous_id, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)
         ON CONFLICT DO NOTHING",
        task.id, task.organisation_id, task.title.as_str(), task.details.as_str(), task.source,
        task.source_title.as_str(), task.source_link.as_str(), conclusion, task.lead_unit_id, task.person_id,
        task.giver_id, task.given_at, task.due_at, task.state, task.progress, task.after_id, task.rhythm,
        previous)?;
    Ok(made == 1)
}

pub async fn task(tx: &mut Tx, organisation: OrganisationId, id: TaskId) -> Result<Option<Task>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, title, details, source, source_title, source_link, lead_unit_id, person_id,
                giver_id, given_at, due_at, state, progress, wanted_due_at, after_id, rhythm, version, escalated_at
         FROM task WHERE organisation_id = $1 AND id = $2" as Task, organisation, id)
}

/// As [`task`], for a job, which acts for no organisation; held until `tx` ends.
pub async fn claim(tx: &mut Tx, id: TaskId) -> Result<Option<Task>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE task SET version = version WHERE id = $1
         RETURNING id, organisation_id, title, details, source, source_title, source_link, lead_unit_id, person_id,
                   giver_id, given_at, due_at, state, progress, wanted_due_at, after_id, rhythm, version,
                   escalated_at" as Task, id)
}

/// Saves what acts change, over the version they were decided on. False:
/// someone else acted meanwhile.
pub async fn save(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<bool, db::Error> {
    let ended_at = (!task.state.is_open()).then_some(now);
    let changed = sql!(tx => execute
        "UPDATE task SET person_id = $3, due_at = $4, state = $5, progress = $6, wanted_due_at = $7, ended_at = $8,
                escalated_at = $9, version = version + 1
         WHERE id = $1 AND version = $2",
        task.id, task.version, task.person_id, task.due_at, task.state, task.progress, task.wanted_due_at,
        ended_at, task.escalated_at)?;
    Ok(changed == 1)
}

/// What its title quotes must not leave the house.
pub async fn is_of_restricted_meeting(tx: &mut Tx, task: &Task) -> Result<bool, db::Error> {
    if task.source != Source::Conclusion {
        return Ok(false);
    }
    let row = sql!(tx => fetch_optional
        "SELECT meeting.restricted FROM task
         JOIN conclusion ON conclusion.id = task.conclusion_id
         JOIN conclusion_notice ON conclusion_notice.id = conclusion.notice_id
         JOIN meeting ON meeting.id = conclusion_notice.meeting_id
         WHERE task.id = $1" as (bool,), task.id)?;
    Ok(row.is_some_and(|(restricted,)| restricted))
}

pub async fn insert_unit(tx: &mut Tx, task: TaskId, unit: UnitId) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO task_unit (task_id, unit_id) VALUES ($1, $2) ON CONFLICT (task_id, unit_id) DO NOTHING",
        task, unit)?;
    Ok(())
}

pub async fn co_units(tx: &mut Tx, task: TaskId) -> Result<Vec<(UnitId, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT unit.id, unit.name FROM task_unit JOIN unit ON unit.id = task_unit.unit_id
         WHERE task_unit.task_id = $1 ORDER BY unit.position, unit.id" as (UnitId, String), task)
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Step {
    pub id: StepId,
    pub text: String,
    pub done_at: Option<Timestamp>,
    pub done_by: Option<String>,
}

/// Adds a step behind the others.
pub async fn insert_step(tx: &mut Tx, task: TaskId, text: &str) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO task_step (id, task_id, position, text)
         SELECT $1, $2, coalesce(max(position) + 1, 0), $3 FROM task_step WHERE task_id = $2",
        StepId::new(), task, text)?;
    Ok(())
}

pub async fn steps(tx: &mut Tx, task: TaskId) -> Result<Vec<Step>, db::Error> {
    sql!(tx => fetch_all
        "SELECT task_step.id, task_step.text, task_step.done_at, person.full_name AS done_by
         FROM task_step LEFT JOIN person ON person.id = task_step.done_by
         WHERE task_step.task_id = $1 ORDER BY task_step.position, task_step.id" as Step, task)
}

/// Marks a step done, or not done (`None`). False: it is none of this task.
pub async fn mark_step(
    tx: &mut Tx,
    task: TaskId,
    step: StepId,
    done: Option<(PersonId, Timestamp)>,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE task_step SET done_by = $3, done_at = $4 WHERE task_id = $1 AND id = $2",
        task, step, done.map(|(person, _)| person), done.map(|(_, at)| at))?;
    Ok(changed == 1)
}

/// Something that was done about a task.
#[derive(Clone, Debug, Default)]
pub struct Done {
    pub act: String,
    pub person: Option<PersonId>,
    pub text: String,
    pub due_at: Option<Timestamp>,
    pub paper: Option<PaperId>,
}

pub async fn insert_act(tx: &mut Tx, task: TaskId, done: &Done, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO task_act (task_id, number, act, person_id, at, text, due_at, paper_id)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 FROM task_act WHERE task_id = $1",
        task, done.act.as_str(), done.person, now, done.text.as_str(), done.due_at, done.paper)?;
    Ok(())
}

/// An act as the page tells it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ActLine {
    pub act: String,
    pub full_name: Option<String>,
    pub at: Timestamp,
    pub text: String,
    pub due_at: Option<Timestamp>,
    pub paper_title: Option<String>,
    pub version_id: Option<VersionId>,
}

/// The acts of a task, the latest first.
pub async fn acts(tx: &mut Tx, task: TaskId) -> Result<Vec<ActLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT task_act.act, person.full_name, task_act.at, task_act.text, task_act.due_at,
                paper.title AS paper_title,
                (SELECT id FROM paper_version WHERE paper_version.paper_id = paper.id
                 ORDER BY number DESC LIMIT 1) AS version_id
         FROM task_act LEFT JOIN person ON person.id = task_act.person_id
         LEFT JOIN paper ON paper.id = task_act.paper_id
         WHERE task_act.task_id = $1 ORDER BY task_act.number DESC" as ActLine, task)
}

/// Files of a task's reports.
pub async fn papers(tx: &mut Tx, task: TaskId) -> Result<Vec<PaperId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT paper_id FROM task_act WHERE task_id = $1 AND paper_id IS NOT NULL ORDER BY number" as (PaperId,),
        task)?;
    Ok(rows.into_iter().map(|(paper,)| paper).collect())
}

/// Notes that a moment of a deadline is told. False: it was told before.
pub async fn note_reminder(
    tx: &mut Tx,
    task: &Task,
    moment: Moment,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let noted = sql!(tx => execute
        "INSERT INTO task_reminder (task_id, due_at, moment, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (task_id, due_at, moment) DO NOTHING", task.id, task.due_at, moment, now)?;
    Ok(noted == 1)
}
