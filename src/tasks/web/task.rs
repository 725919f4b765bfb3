//! The page of one task.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{DueWords, due_words, state_badge};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, OrgRole, PersonId, Section};
use crate::meetings::store::MeetingLine;
use crate::meetings::{self, MeetingId};
use crate::papers;
use crate::tasks::actions::{self, Doing, TaskError};
use crate::tasks::rules::{Act, Part, is_late};
use crate::tasks::store::{self, ActLine, Step, Task};
use crate::tasks::{StepId, TaskId, urls, working_days};
use crate::web::{self, App, Form, Now, Parts, Path, StateBadge};

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/tasks/{task}/reports", post(report))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/tasks/{task}", get(show))
        .route("/tasks/{task}/acts", post(act))
        .route("/tasks/{task}/steps", post(add_step))
        .route("/tasks/{task}/steps/{step}", post(mark_step))
        .route("/tasks/{task}/holder", post(hand_over))
        .route("/tasks/{task}/follow-ups", post(follow_up))
}

#[derive(Template)]
#[template(path = "tasks/task.html")]
struct TaskPage {
    chrome: Chrome,
    task: Task,
    badge: StateBadge,
    due: DueWords,
    lead: String,
    co_units: String,
    holder: Option<Person>,
    giver: String,
    rhythm: Option<String>,
    wanted: Option<String>,
    before: Option<(String, String, bool)>,
    steps: Vec<Step>,
    acts: Vec<ActView>,
    may: Vec<Act>,
    may_plan: bool,
    may_mark: bool,
    may_hand_over: bool,
    people: Vec<Person>,
    /// Meetings being prepared that could take it up.
    meetings: Vec<MeetingLine>,
    /// The first day of the calendar that can be asked for.
    soonest: String,
}

impl TaskPage {
    fn may(&self, act: &str) -> bool {
        self.may.iter().any(|one| one.as_str() == act)
    }
}

/// One line of the task's story.
struct ActView {
    words: String,
    act: ActLine,
    class: &'static str,
    icon: &'static str,
}

async fn show(
    Path(id): Path<TaskId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let (task, part) = actions::find(&mut tx, &actor, id).await?;
    web::page(&page(&mut tx, chrome, &actor, (task, part), now).await?)
}

async fn page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    (task, part): (Task, Part),
    now: Timestamp,
) -> Result<TaskPage, web::Error> {
    let people = identity::store::people(tx, actor.organisation).await?;
    let name = |id: PersonId| people.iter().find(|one| one.id == id).map(|one| one.full_name.clone());
    let is_open = task.state.is_open();
    let acts = store::acts(tx, task.id).await?;
    let late = is_late(task.state, task.due_at, now);
    let (lead, co_units) = units_of(tx, &task).await?;
    let may_hand_over = part.may_hand_over() && is_open;
    Ok(TaskPage {
        badge: state_badge(&chrome, task.state),
        due: due_words(&chrome, task.state, task.due_at, now),
        lead,
        co_units,
        giver: name(task.giver_id).unwrap_or_default(),
        holder: task.person_id.and_then(|id| people.iter().find(|one| one.id == id).cloned()),
        rhythm: rhythm(&chrome, &task),
        wanted: task.wanted_due_at.map(Timestamp::date),
        before: before(tx, actor, &task).await?,
        steps: store::steps(tx, task.id).await?,
        acts: acts.into_iter().map(|act| act_view(&chrome, act)).collect(),
        may: possible(part, &task),
        may_plan: is_open && (part.does || part.heads || part.judges),
        may_mark: is_open && (part.does || part.heads || part.belongs),
        may_hand_over,
        people: if may_hand_over { hands(people, &task) } else { Vec::new() },
        meetings: if late { takers(tx, actor, now).await? } else { Vec::new() },
        soonest: now.day().1.for_input().split('T').next().unwrap_or_default().to_owned(),
        chrome: chrome.at(Section::Tasks),
        task,
    })
}

/// The unit that leads, and those that help, by name.
async fn units_of(tx: &mut Tx, task: &Task) -> Result<(String, String), web::Error> {
    let units = identity::store::units(tx, task.organisation_id).await?;
    let lead = units.into_iter().find(|unit| unit.id == task.lead_unit_id).map(|unit| unit.name);
    let helping = store::co_units(tx, task.id).await?.into_iter().map(|(_, name)| name);
    Ok((lead.unwrap_or_default(), helping.collect::<Vec<_>>().join(", ")))
}

fn possible(part: Part, task: &Task) -> Vec<Act> {
    let is_possible = |act: &Act| part.may(*act) && task.state.after(*act).is_some();
    Act::ALL.iter().copied().filter(is_possible).collect()
}

fn rhythm(chrome: &Chrome, task: &Task) -> Option<String> {
    let word = task.rhythm.as_str();
    (word != "once").then(|| chrome.t(&format!("task-rhythm-{word}")))
}

/// Those of the unit first, then everyone else.
fn hands(people: Vec<Person>, task: &Task) -> Vec<Person> {
    let active = people.into_iter().filter(|one| one.active && Some(one.id) != task.person_id).collect();
    let mut sorted = identity::actions::sorted_by_name(active);
    sorted.sort_by_key(|one| one.unit_id != task.lead_unit_id);
    sorted
}

/// The task that must be done first: its title, its page, and whether it is.
async fn before(
    tx: &mut Tx,
    actor: &Actor,
    task: &Task,
) -> Result<Option<(String, String, bool)>, web::Error> {
    let Some(before) = task.after_id else { return Ok(None) };
    let before = store::task(tx, actor.organisation, before).await?;
    Ok(before.map(|one| (one.title, urls::task(one.id), !one.state.is_open())))
}

async fn takers(tx: &mut Tx, actor: &Actor, now: Timestamp) -> Result<Vec<MeetingLine>, web::Error> {
    if !actor.is(OrgRole::Secretary) {
        return Ok(Vec::new());
    }
    let coming = meetings::store::upcoming(tx, actor.organisation, actor.person, true, now, "").await?;
    Ok(coming.into_iter().filter(|one| one.state.is_editable()).collect())
}

fn act_view(chrome: &Chrome, act: ActLine) -> ActView {
    let (class, icon) = match act.act.as_str() {
        "approve" | "grant_extension" => ("timeline__good", "good"),
        "return" | "refuse_extension" | "escalate" | "cancel" => ("timeline__bad", "warn"),
        _ => ("", "dot"),
    };
    ActView { words: chrome.t(&format!("task-act-{}", act.act.replace('_', "-"))), act, class, icon }
}

async fn done(app: &App, tx: Tx, id: TaskId) -> Result<Redirect, web::Error> {
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::task(id)))
}

#[derive(Debug, Deserialize)]
struct ActForm {
    act: String,
    version: i64,
    #[serde(default)]
    text: String,
    #[serde(default)]
    due: String,
}

async fn act(
    Path(id): Path<TaskId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ActForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    let act: Act = form.act.parse().map_err(|_| TaskError::NotNow)?;
    let due_at = match form.due.parse() {
        Ok(day) => {
            let days = working_days(&mut tx, actor.organisation).await?;
            Some(days.end_of_worked(day).ok_or(TaskError::Closed)?)
        }
        Err(_) => None,
    };
    let due_at = due_at.filter(|_| act.wants_due());
    let doing = Doing { act, text: form.text, due_at, progress: None, upload: None, version: form.version };
    actions::deal(&mut tx, &actor, id, doing, now).await?;
    done(&app, tx, id).await
}

/// Progress or the final report, with or without a file.
async fn report(
    Path(id): Path<TaskId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Redirect, web::Error> {
    // Refuses before a long upload is read, not after.
    let mut tx = app.db.read().await?;
    let (_, part) = actions::find(&mut tx, &actor, id).await?;
    drop(tx);
    if !part.may(Act::Report) {
        return Err(TaskError::NotYours.into());
    }
    let doing = read_report(&app, form).await?;
    let mut tx = app.db.write().await?;
    actions::deal(&mut tx, &actor, id, doing, now).await?;
    done(&app, tx, id).await
}

async fn read_report(app: &App, mut form: Parts) -> Result<Doing, web::Error> {
    let (text, act) = (String::new(), Act::Report);
    let mut doing = Doing { act, text, due_at: None, progress: None, upload: None, version: 0 };
    while let Some(mut part) = form.next().await? {
        let name = part.name().to_owned();
        if name == "file" {
            if !part.file_name().is_empty() {
                doing.upload = Some(papers::web::receive(app, &mut part).await?);
            }
            continue;
        }
        let value = part.text().await?;
        match name.as_str() {
            "act" if value == Act::Progress.as_str() => doing.act = Act::Progress,
            "text" => doing.text = value,
            "progress" => doing.progress = value.parse().ok(),
            "version" => doing.version = value.parse().unwrap_or_default(),
            _ => {}
        }
    }
    Ok(doing)
}

#[derive(Debug, Deserialize)]
struct StepForm {
    text: String,
}

async fn add_step(
    Path(id): Path<TaskId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<StepForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::add_step(&mut tx, &actor, id, &form.text, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct MarkForm {
    done: Option<String>,
}

async fn mark_step(
    Path((id, step)): Path<(TaskId, StepId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<MarkForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::mark_step(&mut tx, &actor, (id, step), form.done.is_some(), now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct HolderForm {
    person: PersonId,
}

async fn hand_over(
    Path(id): Path<TaskId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<HolderForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::hand_over(&mut tx, &actor, id, form.person, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct FollowUpForm {
    meeting: MeetingId,
}

async fn follow_up(
    Path(id): Path<TaskId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<FollowUpForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::follow_up(&mut tx, &actor, id, form.meeting, now).await?;
    done(&app, tx, id).await
}
