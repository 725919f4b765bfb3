//! Reminding of deadlines, and telling the leaders of what stays late.

use super::actions::{TaskError, doers, tell};
use super::giving::give_next;
use super::rules::{Moment, Rhythm, WorkingDays, is_late};
use super::settings::working_days;
use super::store::{self, Done, Task};
use super::{TaskId, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, OrgRole, PersonId};
use crate::jobs;
use crate::notices::{self, Tidings};

/// The kind of job that reminds; its payload is the task's id.
pub const JOB: &str = "task_reminder";
/// Few enough that nobody who writes waits long for them.
const TOGETHER: i64 = 30;

/// Queues a job for every moment of the task's deadline that is still to come.
pub(super) async fn queue_moments(
    tx: &mut Tx,
    task: &Task,
    days: &WorkingDays,
    now: Timestamp,
) -> Result<(), TaskError> {
    let reminders = store::reminders(tx, task.organisation_id).await?;
    for (_, at) in reminders.moments(task.due_at, days).into_iter().filter(|(_, at)| *at > now) {
        jobs::queue_at(tx, JOB, &task.id, at, now).await?;
    }
    Ok(())
}

/// Tells what is due about one task. May run any number of times, and late: each moment of
/// a deadline is told once, and of several that passed unseen only the last.
pub async fn run(tx: &mut Tx, id: TaskId, now: Timestamp) -> Result<(), TaskError> {
    let Some(task) = store::claim(tx, id).await? else { return Ok(()) };
    if !task.state.is_open() {
        return Ok(());
    }
    let days = working_days(tx, task.organisation_id).await?;
    let reminders = store::reminders(tx, task.organisation_id).await?;
    let mut latest = None;
    for (moment, at) in reminders.moments(task.due_at, &days) {
        // What is reported may come back, and is then told to the leaders after all.
        let is_idle = moment == Moment::Escalation && !is_late(task.state, task.due_at, now);
        if at <= now && !is_idle && store::note_reminder(tx, &task, moment, now).await? {
            match moment {
                Moment::Escalation => escalate(tx, &task, now).await?,
                Moment::Due if task.rhythm != Rhythm::Once => {
                    give_next(tx, &task, &days, now).await?;
                    latest = Some(moment);
                }
                Moment::Before | Moment::Due | Moment::After => latest = Some(moment),
            }
        }
    }
    match latest {
        Some(moment) => remind(tx, &task, moment, now).await,
        None => Ok(()),
    }
}

/// As [`run`], and of more that are due, in one transaction: a commit for each
/// would keep the disk from everyone else.
pub async fn run_with_others(tx: &mut Tx, id: TaskId, now: Timestamp) -> Result<(), TaskError> {
    run(tx, id, now).await?;
    for other in jobs::take_due(tx, JOB, TOGETHER, now).await? {
        run(tx, other, now).await?;
    }
    Ok(())
}

async fn remind(tx: &mut Tx, task: &Task, moment: Moment, now: Timestamp) -> Result<(), TaskError> {
    let what = match moment {
        Moment::Before => "Sắp đến hạn",
        Moment::Due => "Đến hạn",
        Moment::After | Moment::Escalation => "Quá hạn",
    };
    // What is reported waits for its judge, who is reminded instead.
    let mut people = if task.state.awaits_judge() { Vec::new() } else { doers(tx, task).await? };
    if moment != Moment::Before || people.is_empty() {
        people.push(task.giver_id);
    }
    Ok(tell(tx, task, &people, what, now).await?)
}

/// The leaders hear of a task that stayed late; without leaders, who gave it.
async fn escalate(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<(), TaskError> {
    let leaders = store::leaders(tx, task.organisation_id).await?;
    let mut people: Vec<PersonId> = leaders.into_iter().map(|(person, ..)| person).collect();
    if people.is_empty() {
        people.push(task.giver_id);
    }
    let escalated = Task { escalated_at: Some(now), ..task.clone() };
    store::save(tx, &escalated, now).await?;
    store::insert_act(tx, task.id, &Done { act: "escalate".to_owned(), ..Done::default() }, now).await?;
    Ok(tell(tx, task, &people, "Báo cáo lãnh đạo việc quá hạn", now).await?)
}

/// Somebody left the office: those who may hand over what they held are told.
/// Runs as a job; told twice is no harm, told never would be.
pub async fn retired(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<(), TaskError> {
    let held = store::of_person(tx, person).await?;
    let Some((first, ..)) = held.first() else { return Ok(()) };
    let Some(task) = store::claim(tx, *first).await? else { return Ok(()) };
    let organisation = task.organisation_id;
    let gone = identity::store::person(tx, organisation, person).await?;
    let Some(gone) = gone.filter(|gone| !gone.active) else { return Ok(()) };
    let roles = identity::store::all_roles(tx, organisation).await?;
    let everyone = identity::store::people(tx, organisation).await?;
    let subject = format!("Cần bàn giao {} việc của {}", held.len(), gone.full_name);
    let link = urls::overview();
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &subject };
    for one in everyone.iter().filter(|one| one.active) {
        let heads = one.unit_id == gone.unit_id && roles.contains(&(one.id, OrgRole::UnitAdmin));
        if heads || roles.contains(&(one.id, OrgRole::Secretary)) {
            notices::actions::tell(tx, one.id, &one.email, &tidings, now).await?;
        }
    }
    Ok(())
}
