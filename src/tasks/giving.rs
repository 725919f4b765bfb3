//! Giving tasks.

use serde_json::json;

use super::TaskId;
use super::actions::{TaskError, bounded, colleague, doers, is_leader, log, tell};
use super::reminder::queue_moments;
use super::rules::{Rhythm, Source, State, WorkingDays};
use super::settings::working_days;
use super::store::{self, Done, Task};
use crate::clock::Timestamp;
use crate::conclusions::{self, ConclusionId};
use crate::db::{self, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole, PersonId, UnitId};
use crate::incoming::{self, IncomingId};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};

#[derive(Debug, thiserror::Error)]
pub enum GiveError {
    #[error("this person gives no tasks to that unit")]
    NotGiver,
    #[error("the conclusion is given already")]
    Given,
    #[error("the conclusion has no unit or no deadline")]
    Incomplete,
    #[error(transparent)]
    Task(#[from] TaskError),
}

impl From<db::Error> for GiveError {
    fn from(error: db::Error) -> Self {
        Self::Task(error.into())
    }
}

/// A task as it is given.
#[derive(Clone, Debug)]
pub struct NewTask {
    pub title: String,
    pub details: String,
    pub source: Source,
    /// Where it comes from, in words, and the page that tells more.
    pub source_title: String,
    pub source_link: String,
    pub conclusion: Option<ConclusionId>,
    pub lead_unit: UnitId,
    pub co_units: Vec<UnitId>,
    pub person: Option<PersonId>,
    pub due_at: Timestamp,
    pub rhythm: Rhythm,
    /// Must be done before this one can be reported.
    pub after: Option<TaskId>,
    pub steps: Vec<String>,
}

/// Gives tasks to the whole office, or (an administrator of a unit) to their own.
pub async fn may_give(tx: &mut Tx, actor: &Actor, unit: UnitId) -> Result<bool, db::Error> {
    if actor.is(OrgRole::Secretary) || is_leader(tx, actor).await? {
        return Ok(true);
    }
    Ok(actor.is(OrgRole::UnitAdmin) && meetings::store::unit_of(tx, actor.person).await? == unit)
}

/// Gives a task that somebody thought of.
pub async fn give_by_hand(
    tx: &mut Tx,
    actor: &Actor,
    new: NewTask,
    now: Timestamp,
) -> Result<TaskId, GiveError> {
    if !may_give(tx, actor, new.lead_unit).await? {
        return Err(GiveError::NotGiver);
    }
    give(tx, actor, new, now).await
}

/// Gives a conclusion to the unit it names, by the deadline it names.
pub async fn give_conclusion(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    conclusion: ConclusionId,
    now: Timestamp,
) -> Result<TaskId, GiveError> {
    let (meeting, point) = conclusion_of(tx, actor, meeting, conclusion).await?;
    let (lead, due_at) = point.lead_unit.zip(point.deadline).ok_or(GiveError::Incomplete)?;
    let mut lines = point.text.lines();
    let title: String = lines.next().unwrap_or_default().chars().take(500).collect();
    let new = NewTask {
        title,
        details: point.text.clone(),
        source: Source::Conclusion,
        source_title: meeting.title.clone(),
        source_link: conclusions::urls::notice(meeting.id),
        conclusion: Some(conclusion),
        lead_unit: lead,
        co_units: point.co_units,
        person: None,
        due_at,
        rhythm: Rhythm::Once,
        after: None,
        steps: Vec::new(),
    };
    give(tx, actor, new, now).await
}

/// A conclusion for someone who runs its meeting.
pub async fn conclusion_of(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    conclusion: ConclusionId,
) -> Result<(Meeting, conclusions::store::Conclusion), GiveError> {
    let (meeting, standing) = meetings::actions::find(tx, actor, meeting).await.map_err(TaskError::from)?;
    if !standing.may_conduct() {
        return Err(GiveError::NotGiver);
    }
    let notice = conclusions::store::notice(tx, meeting.id).await?.ok_or(TaskError::NotFound)?;
    let points = conclusions::store::conclusions(tx, notice.id).await?;
    let point = points.into_iter().find(|point| point.id == conclusion).ok_or(TaskError::NotFound)?;
    Ok((meeting, point))
}

/// A document that was directed, for whoever directed it or heads a unit it
/// was directed to; and whether they may give it to any unit.
pub async fn document_of(
    tx: &mut Tx,
    actor: &Actor,
    document: IncomingId,
) -> Result<(incoming::store::Document, bool), GiveError> {
    let found = incoming::actions::find(tx, actor, document).await.map_err(|_| TaskError::NotFound)?;
    let standing = found.standing;
    if found.document.directed_at.is_none() || !(standing.is_leader || standing.heads.is_some()) {
        return Err(GiveError::NotGiver);
    }
    Ok((found.document, standing.is_leader))
}

/// Gives a task. The caller has judged who gives; here it is judged what.
pub async fn give(tx: &mut Tx, actor: &Actor, new: NewTask, now: Timestamp) -> Result<TaskId, GiveError> {
    let days = working_days(tx, actor.organisation).await?;
    let task = checked(tx, actor, &new, &days, now).await?;
    if !store::insert(tx, &task, new.conclusion, None).await? {
        return Err(GiveError::Given);
    }
    for unit in new.co_units.iter().filter(|unit| **unit != new.lead_unit) {
        store::insert_unit(tx, task.id, *unit).await?;
    }
    for text in new.steps.iter().filter_map(|text| clean_line(text)) {
        store::insert_step(tx, task.id, &text).await?;
    }
    let details = json!({ "title": task.title, "unit": task.lead_unit_id, "due_at": task.due_at });
    begin(tx, &task, Some(actor.person), &days, now).await?;
    log(tx, actor, "task_given", task.id, details, now).await?;
    Ok(task.id)
}

async fn checked(
    tx: &mut Tx,
    actor: &Actor,
    new: &NewTask,
    days: &WorkingDays,
    now: Timestamp,
) -> Result<Task, TaskError> {
    must_be_ours(tx, actor, new).await?;
    match check_due(new.due_at, days, now) {
        // What a chair or a leader decided stands, also on a day off.
        Err(TaskError::Closed) if new.source != Source::Hand => {}
        judged => judged?,
    }
    Ok(Task {
        id: TaskId::new(),
        organisation_id: actor.organisation,
        title: clean_line(&new.title).ok_or(TaskError::Text)?,
        details: bounded(&new.details)?,
        source: new.source,
        source_title: clean_line(&new.source_title).unwrap_or_default(),
        source_link: new.source_link.clone(),
        lead_unit_id: new.lead_unit,
        person_id: new.person,
        giver_id: actor.person,
        given_at: now,
        due_at: new.due_at,
        state: State::New,
        progress: 0,
        wanted_due_at: None,
        after_id: new.after,
        rhythm: new.rhythm,
        version: 1,
        escalated_at: None,
    })
}

/// The ids come from a form or from another feature: all are of this organisation.
async fn must_be_ours(tx: &mut Tx, actor: &Actor, new: &NewTask) -> Result<(), TaskError> {
    let units = identity::store::units(tx, actor.organisation).await?;
    let is_ours = |id: &UnitId| units.iter().any(|unit| unit.id == *id);
    if !is_ours(&new.lead_unit) || !new.co_units.iter().all(is_ours) {
        return Err(TaskError::NotFound);
    }
    if let Some(person) = new.person {
        colleague(tx, actor.organisation, person).await?;
    }
    if let Some(before) = new.after {
        store::task(tx, actor.organisation, before).await?.ok_or(TaskError::NotFound)?;
    }
    Ok(())
}

/// A deadline lies ahead, on a day on which somebody works.
pub(super) fn check_due(due_at: Timestamp, days: &WorkingDays, now: Timestamp) -> Result<(), TaskError> {
    const THREE_YEARS: i64 = 3 * 366 * 86_400;
    if due_at <= now || due_at.seconds_since(now) > THREE_YEARS {
        return Err(TaskError::Due);
    }
    if days.is_worked(due_at.in_office().date()) { Ok(()) } else { Err(TaskError::Closed) }
}

/// Writes the first line of a task's story, queues its reminders, tells its people.
async fn begin(
    tx: &mut Tx,
    task: &Task,
    giver: Option<PersonId>,
    days: &WorkingDays,
    now: Timestamp,
) -> Result<(), TaskError> {
    let first = Done { act: "give".to_owned(), person: giver, due_at: Some(task.due_at), ..Done::default() };
    store::insert_act(tx, task.id, &first, now).await?;
    queue_moments(tx, task, days, now).await?;
    let doers = doers(tx, task).await?;
    Ok(tell(tx, task, &doers, "Việc được giao", now).await?)
}

/// Who holds a task, unless they have left.
async fn holder_still_here(tx: &mut Tx, task: &Task) -> Result<Option<PersonId>, db::Error> {
    let Some(holder) = task.person_id else { return Ok(None) };
    let found = identity::store::person(tx, task.organisation_id, holder).await?;
    Ok(found.filter(|found| found.active).map(|found| found.id))
}

/// Gives the next in a row of recurring tasks, once.
pub(super) async fn give_next(
    tx: &mut Tx,
    task: &Task,
    days: &WorkingDays,
    now: Timestamp,
) -> Result<(), TaskError> {
    let Some(mut due_at) = days.next_in_row(task.due_at, task.rhythm) else { return Ok(()) };
    // After a long pause the row goes on from today; the days between are past.
    while due_at <= now {
        let Some(later) = days.next_in_row(due_at, task.rhythm) else { return Ok(()) };
        due_at = later;
    }
    let next = Task {
        id: TaskId::new(),
        source: Source::Recurring,
        person_id: holder_still_here(tx, task).await?,
        given_at: now,
        due_at,
        state: State::New,
        progress: 0,
        wanted_due_at: None,
        after_id: None,
        version: 1,
        escalated_at: None,
        ..task.clone()
    };
    if !store::insert(tx, &next, None, Some(task.id)).await? {
        return Ok(());
    }
    for (unit, _) in store::co_units(tx, task.id).await? {
        store::insert_unit(tx, next.id, unit).await?;
    }
    for step in store::steps(tx, task.id).await? {
        store::insert_step(tx, next.id, &step.text).await?;
    }
    begin(tx, &next, None, days, now).await
}
