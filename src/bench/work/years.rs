//! Three years of tasks and slips, written down at once, with the entries of
//! the log and the notices that their acts would have left.

use std::fmt;

use serde_json::json;

use crate::audit::{self, Act};
use crate::bench::BenchError;
use crate::bench::office::{CHAIR, Office, SECRETARY};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{PersonId, UnitId};
use crate::meetings::store::unit_of;
use crate::notices::NoticeId;
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

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} tasks and {} slips in three years", self.tasks, self.slips)
    }
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

impl Open {
    pub async fn of(tx: &mut Tx, office: &Office) -> Result<Self, db::Error> {
        let tasks = sql!(tx => fetch_all
            "SELECT id FROM task WHERE organisation_id = $1 AND ended_at IS NULL" as (TaskId,), office.id)?;
        let slips = sql!(tx => fetch_all
            "SELECT id FROM slip WHERE organisation_id = $1 AND state = 'collecting'" as (SlipId,), office.id)?;
        Ok(Self {
            tasks: tasks.into_iter().map(|(id,)| id).collect(),
            slips: slips.into_iter().map(|(id,)| id).collect(),
        })
    }
}

/// Fills the office.
pub(super) async fn fill(app: &App, office: &Office, size: Size, now: Timestamp) -> Result<(), BenchError> {
    for start in (0..size.tasks).step_by(BATCH) {
        let mut tx = app.db.write().await?;
        let unit = unit_of(&mut tx, office.person(SECRETARY)?).await?;
        let tasks: Result<Vec<Task>, BenchError> = (start..(start + BATCH).min(size.tasks))
            .map(|number| Task::new(office, (number, size.tasks), now))
            .collect();
        put_tasks(&mut tx, office, unit, &tasks?).await?;
        tx.commit().await?;
        if start % 50_000 == 0 {
            tracing::info!(tasks = start, "Filling the office");
        }
    }
    for start in (0..size.slips).step_by(BATCH) {
        let mut tx = app.db.write().await?;
        let slips: Vec<Slip> = (start..(start + BATCH).min(size.slips))
            .map(|number| Slip::new((number, size.slips), now))
            .collect();
        put_slips(&mut tx, office, &slips).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The moment the `number`-th of `all` began, evenly over the years.
fn begun((number, all): (usize, usize), now: Timestamp) -> Timestamp {
    let back = i64::try_from(all - number).unwrap_or_default() * SPAN / i64::try_from(all).unwrap_or(1);
    now.plus_seconds(-back)
}

struct Task {
    id: TaskId,
    person: PersonId,
    given: Timestamp,
    due: Timestamp,
    /// When it was reported and accepted, if it was.
    ended: Option<Timestamp>,
}

impl Task {
    fn new(office: &Office, of: (usize, usize), now: Timestamp) -> Result<Self, BenchError> {
        let given = begun(of, now);
        let is_late = of.0.is_multiple_of(9);
        let reported = given.plus_seconds(if is_late { WORK + DAY } else { WORK - DAY });
        Ok(Self {
            id: TaskId::new(),
            person: office.person(of.0 % office.people.len())?,
            given,
            due: given.plus_seconds(WORK),
            ended: (reported < now).then_some(reported),
        })
    }

    fn state(&self) -> &'static str {
        if self.ended.is_some() { "approved_done" } else { "in_progress" }
    }
}

async fn put_tasks(tx: &mut Tx, office: &Office, unit: UnitId, tasks: &[Task]) -> Result<(), BenchError> {
    let giver = office.person(SECRETARY)?;
    sql!(tx => insert
        "INSERT INTO task (id, organisation_id, title, details, source, source_title, source_link, lead_unit_id,
                           person_id, giver_id, given_at, due_at, state, progress, rhythm, version, ended_at) "
        of tasks,
        |task| task.id, office.id, "Rà soát các tuyến hẻm trên địa bàn", "", "hand", "", "", unit, task.person, giver,
        task.given, task.due, task.state(), 0_i64, "once", 1_i64, task.ended)?;
    let done: Vec<&Task> = tasks.iter().filter(|task| task.ended.is_some()).collect();
    sql!(tx => insert
        "INSERT INTO task_act (task_id, number, act, person_id, at, text) " of done,
        |task| task.id, 1_i64, "report", task.person, task.ended, "")?;
    // Told when it was given; who holds an open one has not looked yet.
    sql!(tx => insert
        "INSERT INTO notice (id, person_id, subject, link, created_at, read_at) " of tasks,
        |task| NoticeId::new(), task.person, "Việc được giao: Rà soát các tuyến hẻm", "/tasks", task.given, task.ended)?;
    let given = tasks
        .iter()
        .map(|task| (act(office, (giver, "task_given"), format!("task:{}", task.id)), task.given));
    let ended = tasks.iter().filter_map(|task| {
        Some((act(office, (giver, "task_approve"), format!("task:{}", task.id)), task.ended?))
    });
    Ok(audit::record_all(tx, office.id.into(), given.chain(ended)).await?)
}

struct Slip {
    id: SlipId,
    number: usize,
    sent: Timestamp,
    deadline: Timestamp,
    is_closed: bool,
}

impl Slip {
    fn new(of: (usize, usize), now: Timestamp) -> Self {
        let sent = begun(of, now);
        let deadline = sent.plus_seconds(COLLECTING);
        Self { id: SlipId::new(), number: of.0, sent, deadline, is_closed: deadline < now }
    }

    /// The member in this place, and when the answer came; one of each slip is silent.
    fn member(&self, office: &Office, position: usize) -> Result<Member, BenchError> {
        Ok(Member {
            slip: self.id,
            person: office.person((self.number + position) % office.people.len())?,
            position: i64::try_from(position)?,
            answered: (self.is_closed && position > 0).then(|| self.sent.plus_seconds(DAY)),
        })
    }
}

struct Member {
    slip: SlipId,
    person: PersonId,
    position: i64,
    answered: Option<Timestamp>,
}

async fn put_slips(tx: &mut Tx, office: &Office, slips: &[Slip]) -> Result<(), BenchError> {
    let (drafter, approver) = (office.person(SECRETARY)?, office.person(CHAIR)?);
    sql!(tx => insert
        "INSERT INTO slip (id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state,
                           reason, deadline, unanswered, is_signed, hours_before, hours_after, version, created_at,
                           sent_at, closed_at) "
        of slips,
        |slip| slip.id, office.id, office.kind.id, "Điều chỉnh kế hoạch vốn", "", drafter, drafter, approver,
        if slip.is_closed { "closed" } else { "collecting" }, "", slip.deadline, "not_counted", false, 24_i64, 24_i64,
        1_i64, slip.sent, slip.sent, slip.is_closed.then_some(slip.deadline))?;
    let members: Result<Vec<Member>, BenchError> =
        slips.iter().flat_map(|slip| (0..MEMBERS).map(|position| slip.member(office, position))).collect();
    let members = members?;
    sql!(tx => insert
        "INSERT INTO slip_member (slip_id, person_id, position, state, version, answered_at) " of members,
        |member| member.slip, member.person, member.position,
        if member.answered.is_some() { "answered" } else { "pending" }, 1_i64, member.answered)?;
    let sent = slips
        .iter()
        .map(|slip| (act(office, (drafter, "slip_sent"), format!("slip:{}", slip.id)), slip.sent));
    Ok(audit::record_all(tx, office.id.into(), sent).await?)
}

fn act<'a>(office: &Office, (actor, act): (PersonId, &'a str), subject: String) -> Act<'a> {
    Act { chain: office.id.into(), actor: Some(actor.into()), act, subject, details: json!({}) }
}
