//! Three years of tasks and slips, written down at once, with the entries of
//! the log that their acts would have left.

use serde_json::json;

use crate::audit::{self, Act};
use crate::bench::BenchError;
use crate::bench::office::{CHAIR, Office, SECRETARY};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::store::unit_of;
use crate::slips::SlipId;
use crate::sql;
use crate::tasks::TaskId;
use crate::web::App;

const DAY: i64 = 86_400;
const SPAN: i64 = 3 * 365 * DAY;
/// Written in one transaction.
const BATCH: usize = 1_000;
/// A task is given so long before it is due; a slip is open so long.
const WORK: i64 = 7 * DAY;
const COLLECTING: i64 = 4 * DAY;
const MEMBERS: usize = 8;

/// How much is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    pub tasks: usize,
    pub slips: usize,
}

/// What was promised; a debug build makes a hundredth, to see that it works.
pub(super) fn size() -> Size {
    if cfg!(debug_assertions) {
        Size { tasks: 3_000, slips: 300 }
    } else {
        Size { tasks: 300_000, slips: 30_000 }
    }
}

/// What is not over yet.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub tasks: Vec<TaskId>,
    pub slips: Vec<SlipId>,
}

/// Fills the office; gives what is open.
pub(super) async fn fill(app: &App, office: &Office, size: Size, now: Timestamp) -> Result<Open, BenchError> {
    let mut open = Open::default();
    for start in (0..size.tasks).step_by(BATCH) {
        let mut tx = app.db.write().await?;
        for number in start..(start + BATCH).min(size.tasks) {
            open.tasks.extend(task(&mut tx, office, (number, size.tasks), now).await?);
        }
        tx.commit().await?;
        if start % 50_000 == 0 {
            tracing::info!(tasks = start, "Filling the office");
        }
    }
    for start in (0..size.slips).step_by(BATCH) {
        let mut tx = app.db.write().await?;
        for number in start..(start + BATCH).min(size.slips) {
            open.slips.extend(slip(&mut tx, office, (number, size.slips), now).await?);
        }
        tx.commit().await?;
    }
    Ok(open)
}

/// The moment the `number`-th of `all` began, evenly over the years.
fn begun((number, all): (usize, usize), now: Timestamp) -> Timestamp {
    let back = i64::try_from(all - number).unwrap_or_default() * SPAN / i64::try_from(all).unwrap_or(1);
    now.plus_seconds(-back)
}

async fn task(
    tx: &mut Tx,
    office: &Office,
    of: (usize, usize),
    now: Timestamp,
) -> Result<Option<TaskId>, BenchError> {
    let (id, given) = (TaskId::new(), begun(of, now));
    let (giver, person) = (office.person(SECRETARY)?, office.person(of.0 % office.people.len())?);
    let unit = unit_of(tx, person).await?;
    let is_late = of.0.is_multiple_of(9);
    let reported = given.plus_seconds(if is_late { WORK + DAY } else { WORK - DAY });
    let is_done = reported < now;
    sql!(tx => execute
        "INSERT INTO task (id, organisation_id, title, details, source, source_title, source_link, lead_unit_id,
                           person_id, giver_id, given_at, due_at, state, progress, rhythm, version, ended_at)
         VALUES ($1, $2, 'Rà soát các tuyến hẻm trên địa bàn', '', 'hand', '', '', $3, $4, $5, $6, $7, $8, 0, 'once',
                 1, $9)",
        id, office.id, unit, person, giver, given, given.plus_seconds(WORK),
        if is_done { "approved_done" } else { "in_progress" }, is_done.then_some(reported))?;
    log(tx, office, (giver, "task_given"), format!("task:{id}"), given).await?;
    if is_done {
        sql!(tx => execute
            "INSERT INTO task_act (task_id, number, act, person_id, at, text) VALUES ($1, 1, 'report', $2, $3, '')",
            id, person, reported)?;
        log(tx, office, (giver, "task_approve"), format!("task:{id}"), reported).await?;
    }
    Ok((!is_done).then_some(id))
}

async fn slip(
    tx: &mut Tx,
    office: &Office,
    of: (usize, usize),
    now: Timestamp,
) -> Result<Option<SlipId>, BenchError> {
    let (id, sent) = (SlipId::new(), begun(of, now));
    let (drafter, deadline) = (office.person(SECRETARY)?, sent.plus_seconds(COLLECTING));
    let is_closed = deadline < now;
    sql!(tx => execute
        "INSERT INTO slip (id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state,
                           reason, deadline, unanswered, is_signed, hours_before, hours_after, version, created_at,
                           sent_at, closed_at)
         VALUES ($1, $2, $3, 'Điều chỉnh kế hoạch vốn', '', $4, $4, $5, $6, '', $7, 'not_counted', $8, 24, 24, 1, $9,
                 $9, $10)",
        id, office.id, office.kind.id, drafter, office.person(CHAIR)?,
        if is_closed { "closed" } else { "collecting" }, deadline, false, sent, is_closed.then_some(deadline))?;
    for position in 0..MEMBERS {
        let member = office.person((of.0 + position) % office.people.len())?;
        let answered = (is_closed && position > 0).then(|| sent.plus_seconds(DAY));
        sql!(tx => execute
            "INSERT INTO slip_member (slip_id, person_id, position, state, version, answered_at)
             VALUES ($1, $2, $3, $4, 1, $5)",
            id, member, i64::try_from(position).unwrap_or_default(),
            if answered.is_some() { "answered" } else { "pending" }, answered)?;
    }
    log(tx, office, (drafter, "slip_sent"), format!("slip:{id}"), sent).await?;
    Ok((!is_closed).then_some(id))
}

async fn log(
    tx: &mut Tx,
    office: &Office,
    (actor, act): (PersonId, &str),
    subject: String,
    at: Timestamp,
) -> Result<(), db::Error> {
    let act = Act { chain: office.id.into(), actor: Some(actor.into()), act, subject, details: json!({}) };
    audit::record(tx, act, at).await
}
