//! Finding a task, and what a person is to it.

use serde_json::json;

use super::rules::Part;
use super::store::{self, Task};
use super::{StepId, TaskId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, OrgRole, OrganisationId, PersonId};
use crate::meetings::actions::MeetingError;
use crate::notices::{self, Manner, Tidings};
use crate::papers::PaperError;
use crate::{jobs, meetings};

pub use super::dealing::{Doing, deal, follow_up, hand_over, hand_over_all};
pub use super::giving::{GiveError, conclusion_of, document_of, give_by_hand, give_conclusion, may_give};
pub use super::settings::{SettingsError, put_swapped_day, remove_swapped_day, set_rules};

/// Longest text of one act, in characters.
const LONGEST_TEXT: usize = 10_000;
/// Most steps of one task.
const MOST_STEPS: usize = 50;

#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error("there is no such task for this person")]
    NotFound,
    #[error("this is another person's to do")]
    NotYours,
    #[error("not possible in the state the task is in")]
    NotNow,
    #[error("someone else acted meanwhile")]
    Stale,
    #[error("a text is missing or too long")]
    Text,
    #[error("the deadline lies in the past, too far, or before the present one")]
    Due,
    #[error("the office is closed on that day")]
    Closed,
    #[error("the person does not work here any more")]
    Person,
    #[error("another task must be done first")]
    Waits,
    #[error("the task is not late")]
    NotLate,
    #[error(transparent)]
    Meeting(#[from] MeetingError),
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error(transparent)]
    Job(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Finds a task this person may know of.
pub async fn find(tx: &mut Tx, actor: &Actor, id: TaskId) -> Result<(Task, Part), TaskError> {
    let task = store::task(tx, actor.organisation, id).await?.ok_or(TaskError::NotFound)?;
    let part = part(tx, actor, &task).await?;
    if part.may_see() { Ok((task, part)) } else { Err(TaskError::NotFound) }
}

/// As [`find`], and holds the task until `tx` ends.
pub(super) async fn claim(tx: &mut Tx, actor: &Actor, id: TaskId) -> Result<(Task, Part), TaskError> {
    find(tx, actor, id).await?;
    let task = store::claim(tx, id).await?.ok_or(TaskError::NotFound)?;
    let part = part(tx, actor, &task).await?;
    Ok((task, part))
}

async fn part(tx: &mut Tx, actor: &Actor, task: &Task) -> Result<Part, db::Error> {
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let helps = store::co_units(tx, task.id).await?.iter().any(|(helping, _)| *helping == unit);
    let leads = task.lead_unit_id == unit;
    Ok(Part {
        does: task.person_id == Some(actor.person) || (task.person_id.is_none() && leads),
        heads: leads && actor.is(OrgRole::UnitAdmin),
        judges: task.giver_id == actor.person || is_leader(tx, actor).await?,
        follows: actor.is(OrgRole::Secretary),
        belongs: leads || helps,
    })
}

pub async fn is_leader(tx: &mut Tx, actor: &Actor) -> Result<bool, db::Error> {
    let leaders = store::leaders(tx, actor.organisation).await?;
    Ok(leaders.iter().any(|(person, ..)| *person == actor.person))
}

/// Sees every task of the office.
pub async fn sees_all(tx: &mut Tx, actor: &Actor) -> Result<bool, db::Error> {
    Ok(actor.is(OrgRole::Secretary) || is_leader(tx, actor).await?)
}

/// Adds a step towards the task.
pub async fn add_step(
    tx: &mut Tx,
    actor: &Actor,
    id: TaskId,
    text: &str,
    now: Timestamp,
) -> Result<(), TaskError> {
    let (task, part) = claim(tx, actor, id).await?;
    if !(part.does || part.heads || part.judges) {
        return Err(TaskError::NotYours);
    }
    let text = clean_line(text).ok_or(TaskError::Text)?;
    if !task.state.is_open() || store::steps(tx, id).await?.len() >= MOST_STEPS {
        return Err(TaskError::NotNow);
    }
    store::insert_step(tx, id, &text).await?;
    log(tx, actor, "task_step_added", id, json!({ "text": text }), now).await
}

/// Marks a step done or not done.
pub async fn mark_step(
    tx: &mut Tx,
    actor: &Actor,
    (id, step): (TaskId, StepId),
    is_done: bool,
    now: Timestamp,
) -> Result<(), TaskError> {
    let (task, part) = claim(tx, actor, id).await?;
    if !(part.does || part.heads || part.belongs) {
        return Err(TaskError::NotYours);
    }
    if !task.state.is_open() {
        return Err(TaskError::NotNow);
    }
    if !store::mark_step(tx, id, step, is_done.then_some((actor.person, now))).await? {
        return Err(TaskError::NotFound);
    }
    log(tx, actor, "task_step_marked", id, json!({ "step": step.to_string(), "done": is_done }), now).await
}

/// Someone of this organisation who still works here.
pub(super) async fn colleague(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<identity::store::Person, TaskError> {
    // The id comes from a form.
    let found = identity::store::person(tx, organisation, person).await?.ok_or(TaskError::NotFound)?;
    if found.active { Ok(found) } else { Err(TaskError::Person) }
}

/// Tells people of a task once each; its mail holds the title and the deadline, no more, and of a task from a
/// restricted meeting not even those.
pub(super) async fn tell(
    tx: &mut Tx,
    task: &Task,
    people: &[PersonId],
    what: &str,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let subject = format!("{what}: {}", task.title);
    let body = format!("{}\nHạn: {}.", task.title, task.due_at.date_time());
    let link = super::urls::task(task.id);
    let organisation = task.organisation_id;
    let tidings = Tidings { organisation, subject: &subject, link: &link, body: &body };
    let is_discreet = store::is_of_restricted_meeting(tx, task).await?;
    let manner = Manner { calendar: None, is_discreet };
    let mut told = Vec::new();
    for person in people {
        let found = identity::store::person(tx, organisation, *person).await?;
        if let Some(found) = found.filter(|found| found.active && !told.contains(&found.id)) {
            notices::actions::tell_in(tx, (found.id, &found.email), &tidings, manner, now).await?;
            told.push(found.id);
        }
    }
    Ok(())
}

/// Whose turn it is to work: the holder; while there is none, or they left,
/// the administrators of the unit, and without those everyone of it.
pub(super) async fn doers(tx: &mut Tx, task: &Task) -> Result<Vec<PersonId>, db::Error> {
    if let Some(holder) = task.person_id {
        let found = identity::store::person(tx, task.organisation_id, holder).await?;
        if found.is_some_and(|found| found.active) {
            return Ok(vec![holder]);
        }
    }
    let people = meetings::store::people_of_unit(tx, task.lead_unit_id).await?;
    let roles = identity::store::all_roles(tx, task.organisation_id).await?;
    let heads = |person: &PersonId| roles.contains(&(*person, OrgRole::UnitAdmin));
    let heads: Vec<PersonId> = people.iter().copied().filter(heads).collect();
    Ok(if heads.is_empty() { people } else { heads })
}

/// A text of a form: cleaned, not too long; may be empty.
pub(super) fn bounded(text: &str) -> Result<String, TaskError> {
    let text = clean_text(text).trim().to_owned();
    if text.chars().count() <= LONGEST_TEXT { Ok(text) } else { Err(TaskError::Text) }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    task: TaskId,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), TaskError> {
    Ok(identity::actions::log(tx, actor, act, format!("task:{task}"), details, now).await?)
}
