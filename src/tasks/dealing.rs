//! Dealing with a task: taking it, reporting, judging, handing it on.

use serde_json::json;

use super::TaskId;
use super::actions::{TaskError, bounded, claim, colleague, doers, log, tell};
use super::giving::{check_due, give_next};
use super::reminder::{JOB, queue_moments};
use super::rules::{Act, is_late};
use super::settings::working_days;
use super::store::{self, Done, Task};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrgRole, PersonId};
use crate::jobs;
use crate::meetings::agenda::{self, ItemDetails};
use crate::meetings::{self, MeetingId};
use crate::papers::{self, PaperId, Upload};

/// What a form says about one act.
#[derive(Clone, Debug)]
pub struct Doing {
    pub act: Act,
    pub text: String,
    /// The deadline asked for, or given.
    pub due_at: Option<Timestamp>,
    /// In hundredths; `None`: as before.
    pub progress: Option<i64>,
    /// The file of a report.
    pub upload: Option<Upload>,
    /// The version of the task the form was made from.
    pub version: i64,
}

/// Does one act, if the state and the person's part allow it.
pub async fn deal(
    tx: &mut Tx,
    actor: &Actor,
    id: TaskId,
    doing: Doing,
    now: Timestamp,
) -> Result<(), TaskError> {
    let (mut task, part) = claim(tx, actor, id).await?;
    if task.version != doing.version {
        return Err(TaskError::Stale);
    }
    if !part.may(doing.act) {
        return Err(TaskError::NotYours);
    }
    let next = task.state.after(doing.act).ok_or(TaskError::NotNow)?;
    let text = bounded(&doing.text)?;
    if doing.act.wants_text() && text.is_empty() {
        return Err(TaskError::Text);
    }
    change(tx, actor, &mut task, &doing, now).await?;
    task.state = next;
    if !store::save(tx, &task, now).await? {
        return Err(TaskError::Stale);
    }
    let paper = match &doing.upload {
        Some(upload) => Some(keep_file(tx, actor, &task, upload, now).await?),
        None => None,
    };
    let due_at = match doing.act {
        Act::AskExtension => task.wanted_due_at,
        Act::GrantExtension => Some(task.due_at),
        _ => None,
    };
    let done = Done { act: doing.act.as_str().to_owned(), person: Some(actor.person), text, due_at, paper };
    store::insert_act(tx, id, &done, now).await?;
    tell_of(tx, actor, &task, doing.act, now).await?;
    log(tx, actor, &format!("task_{}", doing.act.as_str()), id, json!({ "state": task.state }), now).await
}

/// What an act changes besides the state.
async fn change(
    tx: &mut Tx,
    actor: &Actor,
    task: &mut Task,
    doing: &Doing,
    now: Timestamp,
) -> Result<(), TaskError> {
    let days = working_days(tx, actor.organisation).await?;
    match doing.act {
        Act::Accept => {
            task.person_id.get_or_insert(actor.person);
        }
        Act::Progress => task.progress = doing.progress.unwrap_or(task.progress).clamp(0, 100),
        Act::Report => {
            must_not_wait(tx, task).await?;
            task.progress = 100;
        }
        Act::AskExtension => {
            let wanted = doing.due_at.filter(|wanted| *wanted > task.due_at).ok_or(TaskError::Due)?;
            check_due(wanted, &days, now)?;
            task.wanted_due_at = Some(wanted);
        }
        Act::GrantExtension => {
            let granted = doing.due_at.or(task.wanted_due_at).ok_or(TaskError::Due)?;
            check_due(granted, &days, now)?;
            task.due_at = granted;
            task.wanted_due_at = None;
            task.escalated_at = None;
            queue_moments(tx, task, &days, now).await?;
        }
        Act::RefuseExtension | Act::Cancel => task.wanted_due_at = None,
        Act::Approve => give_next(tx, task, &days, now).await?,
        // Its deadline may have passed while it lay with its judge.
        Act::Return => jobs::queue(tx, JOB, &task.id, now).await?,
    }
    Ok(())
}

/// The task before it is done.
async fn must_not_wait(tx: &mut Tx, task: &Task) -> Result<(), TaskError> {
    let Some(before) = task.after_id else { return Ok(()) };
    let before = store::task(tx, task.organisation_id, before).await?;
    if before.is_some_and(|before| before.state.is_open()) { Err(TaskError::Waits) } else { Ok(()) }
}

/// Whose turn it is now hears of it.
async fn tell_of(tx: &mut Tx, actor: &Actor, task: &Task, act: Act, now: Timestamp) -> Result<(), TaskError> {
    let what = match act {
        Act::Accept | Act::Progress => return Ok(()),
        Act::Report => "Báo cáo kết quả việc",
        Act::AskExtension => "Xin gia hạn",
        Act::Approve => "Đã duyệt kết quả",
        Act::Return => "Trả lại để làm tiếp",
        Act::GrantExtension => "Đã gia hạn",
        Act::RefuseExtension => "Không gia hạn",
        Act::Cancel => "Việc đã hủy",
    };
    let mut people = if act.is_of_the_doer() { vec![task.giver_id] } else { doers(tx, task).await? };
    people.retain(|person| *person != actor.person);
    Ok(tell(tx, task, &people, what, now).await?)
}

async fn keep_file(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
    upload: &Upload,
    now: Timestamp,
) -> Result<PaperId, TaskError> {
    let paper = papers::actions::add_paper(tx, actor, upload, &upload.title, now).await?;
    let readers = readers(tx, task).await?;
    papers::actions::set_readers(tx, paper, &readers).await?;
    Ok(paper)
}

/// Who may read the files of a task: all who may see the task.
async fn readers(tx: &mut Tx, task: &Task) -> Result<Vec<(PersonId, bool)>, db::Error> {
    let mut people = vec![task.giver_id];
    people.extend(task.person_id);
    people.extend(meetings::store::people_of_unit(tx, task.lead_unit_id).await?);
    for (unit, _) in store::co_units(tx, task.id).await? {
        people.extend(meetings::store::people_of_unit(tx, unit).await?);
    }
    people.extend(store::leaders(tx, task.organisation_id).await?.into_iter().map(|(person, ..)| person));
    let roles = identity::store::all_roles(tx, task.organisation_id).await?;
    people.extend(roles.iter().filter(|(_, role)| *role == OrgRole::Secretary).map(|(person, _)| *person));
    people.sort_unstable();
    people.dedup();
    Ok(people.into_iter().map(|person| (person, true)).collect())
}

/// Gives a task to somebody else to do; the deadline stays.
pub async fn hand_over(
    tx: &mut Tx,
    actor: &Actor,
    id: TaskId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), TaskError> {
    let (mut task, part) = claim(tx, actor, id).await?;
    if !part.may_hand_over() {
        return Err(TaskError::NotYours);
    }
    if !task.state.is_open() {
        return Err(TaskError::NotNow);
    }
    let new = colleague(tx, actor.organisation, person).await?;
    if task.person_id == Some(new.id) {
        return Ok(());
    }
    task.person_id = Some(new.id);
    if !store::save(tx, &task, now).await? {
        return Err(TaskError::Stale);
    }
    let readers = readers(tx, &task).await?;
    for paper in store::papers(tx, id).await? {
        papers::actions::set_readers(tx, paper, &readers).await?;
    }
    let done = Done {
        act: "hand_over".to_owned(),
        person: Some(actor.person),
        text: new.full_name,
        ..Done::default()
    };
    store::insert_act(tx, id, &done, now).await?;
    tell(tx, &task, &[new.id], "Việc được giao", now).await?;
    log(tx, actor, "task_handed_over", id, json!({ "person": person.to_string() }), now).await
}

/// Hands over everything a person holds, as far as the actor may.
pub async fn hand_over_all(
    tx: &mut Tx,
    actor: &Actor,
    (from, to): (PersonId, PersonId),
    now: Timestamp,
) -> Result<usize, TaskError> {
    // The id comes from a form.
    identity::store::person(tx, actor.organisation, from).await?.ok_or(TaskError::NotFound)?;
    let mut handed = 0;
    for (task, ..) in store::of_person(tx, from).await? {
        match hand_over(tx, actor, task, to, now).await {
            Ok(()) => handed += 1,
            Err(TaskError::NotYours | TaskError::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if handed == 0 { Err(TaskError::NotYours) } else { Ok(handed) }
}

/// Puts a late task on the agenda of a meeting that is being prepared.
pub async fn follow_up(
    tx: &mut Tx,
    actor: &Actor,
    id: TaskId,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), TaskError> {
    let (task, _) = claim(tx, actor, id).await?;
    if !is_late(task.state, task.due_at, now) {
        return Err(TaskError::NotLate);
    }
    let title: String = format!("Việc quá hạn: {}", task.title).chars().take(500).collect();
    let item = ItemDetails {
        title,
        presenter: String::new(),
        minutes_allotted: 10,
        recurring: false,
        unit: Some(task.lead_unit_id),
    };
    agenda::add_item(tx, actor, meeting, item, now).await?;
    let (found, _) = meetings::actions::find(tx, actor, meeting).await?;
    let done = Done {
        act: "follow_up".to_owned(),
        person: Some(actor.person),
        text: found.title,
        ..Done::default()
    };
    store::insert_act(tx, id, &done, now).await?;
    log(tx, actor, "task_followed_up", id, json!({ "meeting": meeting.to_string() }), now).await
}
