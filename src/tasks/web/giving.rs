//! The form of a new task, and the conclusions of a meeting with what became of each.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::state_badge;
use crate::clock::Timestamp;
use crate::conclusions::{self, ConclusionId};
use crate::db::Tx;
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, OrgRole, Section, UnitId};
use crate::incoming::{self, IncomingId};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::tasks::actions::{self, GiveError, TaskError, sees_all};
use crate::tasks::rules::{Rhythm, Source};
use crate::tasks::store::{self, Scope};
use crate::tasks::{NewTask, TaskId, urls, working_days};
use crate::web::{self, App, Form, Now, Path, Query, StateBadge};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/tasks/new", get(show_new).post(give))
        .route("/meetings/{meeting}/tasks", get(show_conclusions).post(give_conclusions))
}

/// What the form holds, as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    title: String,
    details: String,
    lead: String,
    co: Vec<String>,
    person: String,
    days: String,
    due: String,
    rhythm: String,
    after: String,
    steps: String,
    meeting: String,
    conclusion: String,
    document: String,
}

impl Typed {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "title" => typed.title = value,
                "details" => typed.details = value,
                "lead" => typed.lead = value,
                "co" => typed.co.push(value),
                "person" => typed.person = value,
                "days" => typed.days = value,
                "due" => typed.due = value,
                "rhythm" => typed.rhythm = value,
                "after" => typed.after = value,
                "steps" => typed.steps = value,
                "meeting" => typed.meeting = value,
                "conclusion" => typed.conclusion = value,
                "document" => typed.document = value,
                _ => {}
            }
        }
        typed
    }

    /// It comes from what somebody decided, who may give it to any unit they named.
    fn has_source(&self) -> bool {
        !self.conclusion.is_empty() || !self.document.is_empty()
    }

    /// The form filled with a conclusion of a meeting.
    fn of_conclusion(meeting: MeetingId, point: &conclusions::store::Conclusion) -> Self {
        let typed = Self {
            title: point.text.lines().next().unwrap_or_default().to_owned(),
            details: point.text.clone(),
            lead: point.lead_unit.map(|unit| unit.to_string()).unwrap_or_default(),
            co: point.co_units.iter().map(ToString::to_string).collect(),
            meeting: meeting.to_string(),
            conclusion: point.id.to_string(),
            ..Self::default()
        };
        typed.due_on(point.deadline)
    }

    /// The form filled with a direction.
    fn of_document(document: &incoming::store::Document) -> Self {
        let typed = Self {
            title: document.subject.clone(),
            details: document.direction.clone(),
            lead: document.lead_unit_id.map(|unit| unit.to_string()).unwrap_or_default(),
            document: document.id.to_string(),
            ..Self::default()
        };
        typed.due_on(document.deadline)
    }

    fn due_on(self, deadline: Option<Timestamp>) -> Self {
        match deadline {
            Some(deadline) => {
                let due = deadline.for_input().split('T').next().unwrap_or_default().to_owned();
                Self { due, days: String::new(), ..self }
            }
            None => Self { days: "5".to_owned(), ..self },
        }
    }

    fn helps(&self, unit: &Unit) -> bool {
        self.co.contains(&unit.id.to_string())
    }
}

#[derive(Template)]
#[template(path = "tasks/new.html")]
struct NewPage {
    chrome: Chrome,
    typed: Typed,
    source: Option<String>,
    units: Vec<Unit>,
    people: Vec<Person>,
    others: Vec<(TaskId, String)>,
    rhythms: Vec<(&'static str, String)>,
    problem: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct NewQuery {
    meeting: Option<MeetingId>,
    conclusion: Option<ConclusionId>,
    document: Option<IncomingId>,
}

async fn show_new(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(query): Query<NewQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let mut typed = Typed::default().due_on(None);
    if let Some((meeting, conclusion)) = query.meeting.zip(query.conclusion) {
        let (_, point) = actions::conclusion_of(&mut tx, &actor, meeting, conclusion).await?;
        typed = Typed::of_conclusion(meeting, &point);
    }
    if let Some(document) = query.document {
        typed = Typed::of_document(&actions::document_of(&mut tx, &actor, document).await?.0);
    }
    web::page(&new_page(&mut tx, chrome, &actor, typed, None).await?)
}

async fn new_page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    typed: Typed,
    problem: Option<String>,
) -> Result<NewPage, web::Error> {
    let sees_all = sees_all(tx, actor).await?;
    let own_unit = meetings::store::unit_of(tx, actor.person).await?;
    if !sees_all && !actor.is(OrgRole::UnitAdmin) && !typed.has_source() {
        return Err(GiveError::NotGiver.into());
    }
    let (source, is_decided) = source_of(tx, &chrome, actor, &typed).await?;
    let is_reachable = |unit: &UnitId| sees_all || is_decided || *unit == own_unit;
    let units = identity::store::units(tx, actor.organisation).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let people = identity::actions::sorted_by_name(people);
    let scope = Scope { unit: (!sees_all).then_some(own_unit), ..Scope::default() };
    let open = store::lines(tx, actor.organisation, scope).await?;
    let rhythm = |one: &Rhythm| (one.as_str(), chrome.t(&format!("task-rhythm-{}", one.as_str())));
    Ok(NewPage {
        people: people.into_iter().filter(|one| one.active && is_reachable(&one.unit_id)).collect(),
        units: units.into_iter().filter(|unit| is_reachable(&unit.id)).collect(),
        others: open.into_iter().map(|line| (line.id, line.title)).collect(),
        rhythms: Rhythm::ALL.iter().map(rhythm).collect(),
        chrome: chrome.at(Section::Tasks),
        typed,
        source,
        problem,
    })
}

/// Where a task comes from, in words, and whether the person may give it to any unit by that.
async fn source_of(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    typed: &Typed,
) -> Result<(Option<String>, bool), web::Error> {
    if let Ok(document) = typed.document.parse() {
        let (document, directs) = actions::document_of(tx, actor, document).await?;
        return Ok((Some(chrome.t1("task-from-document", "source", document.subject)), directs));
    }
    let Ok(meeting) = typed.meeting.parse() else { return Ok((None, false)) };
    let (meeting, _) = meetings::actions::find(tx, actor, meeting).await?;
    Ok((Some(chrome.t1("task-from", "source", meeting.title)), !typed.conclusion.is_empty()))
}

/// Gives the task, or shows the form again with what was typed and why not.
async fn give(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let typed = Typed::of(fields);
    let mut tx = app.db.write().await?;
    match give_typed(&mut tx, &actor, &typed, now).await {
        Ok(task) => {
            tx.commit().await?;
            app.bell.notify_one();
            Ok(Redirect::to(&urls::task(task)).into_response())
        }
        Err(GiveError::Task(error)) if let Some(key) = problem(&error) => {
            drop(tx);
            let mut tx = app.db.read().await?;
            let problem = Some(chrome.t(key));
            let page = web::page(&new_page(&mut tx, chrome, &actor, typed, problem).await?)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// What can be mended in the form.
fn problem(error: &TaskError) -> Option<&'static str> {
    match error {
        TaskError::Text => Some("task-text"),
        TaskError::Due => Some("task-due-bad"),
        TaskError::Closed => Some("task-due-closed"),
        TaskError::Person => Some("task-person-gone"),
        _ => None,
    }
}

async fn give_typed(tx: &mut Tx, actor: &Actor, typed: &Typed, now: Timestamp) -> Result<TaskId, GiveError> {
    let missing = |_| TaskError::NotFound;
    let lead_unit = typed.lead.parse().map_err(missing)?;
    let co_units = typed.co.iter().map(|unit| unit.parse().map_err(missing)).collect::<Result<_, _>>()?;
    let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let new = NewTask {
        title: typed.title.clone(),
        details: typed.details.clone(),
        source: Source::Hand,
        source_title: String::new(),
        source_link: String::new(),
        conclusion: None,
        lead_unit,
        co_units,
        person: optional(&typed.person).map(|id| id.parse().map_err(missing)).transpose()?,
        due_at: due_at(tx, actor, typed, now).await?,
        rhythm: typed.rhythm.parse().unwrap_or(Rhythm::Once),
        after: optional(&typed.after).map(|id| id.parse().map_err(missing)).transpose()?,
        steps: typed.steps.lines().map(str::to_owned).collect(),
    };
    give_from_source(tx, actor, typed, new, now).await
}

/// Gives it by the right its source gives, or by that of who thought of it.
async fn give_from_source(
    tx: &mut Tx,
    actor: &Actor,
    typed: &Typed,
    mut new: NewTask,
    now: Timestamp,
) -> Result<TaskId, GiveError> {
    if let Ok(document) = typed.document.parse() {
        let (document, directs) = actions::document_of(tx, actor, document).await?;
        new.source = Source::Document;
        new.source_title = document.subject;
        new.source_link = incoming::urls::document(document.id);
        return match directs {
            true => crate::tasks::give(tx, actor, new, now).await,
            false => actions::give_by_hand(tx, actor, new, now).await,
        };
    }
    let Ok(conclusion) = typed.conclusion.parse::<ConclusionId>() else {
        return actions::give_by_hand(tx, actor, new, now).await;
    };
    let meeting: MeetingId = typed.meeting.parse().map_err(|_| TaskError::NotFound)?;
    let (meeting, _) = actions::conclusion_of(tx, actor, meeting, conclusion).await?;
    new.source = Source::Conclusion;
    new.source_title = meeting.title;
    new.source_link = conclusions::urls::notice(meeting.id);
    new.conclusion = Some(conclusion);
    crate::tasks::give(tx, actor, new, now).await
}

/// A day from the calendar, or so many working days from today.
async fn due_at(tx: &mut Tx, actor: &Actor, typed: &Typed, now: Timestamp) -> Result<Timestamp, TaskError> {
    let days = working_days(tx, actor.organisation).await?;
    if typed.due.is_empty() {
        let count = typed.days.parse().map_err(|_| TaskError::Due)?;
        return days.after(now, count).ok_or(TaskError::Due);
    }
    let day = typed.due.parse().map_err(|_| TaskError::Due)?;
    days.end_of_worked(day).ok_or(TaskError::Closed)
}

#[derive(Template)]
#[template(path = "tasks/meeting.html")]
struct MeetingPage {
    chrome: Chrome,
    meeting: Meeting,
    points: Vec<PointView>,
    /// Conclusions that can be given with one press.
    ready: usize,
}

/// A conclusion and its task.
struct PointView {
    number: usize,
    id: ConclusionId,
    text: String,
    lead: Option<String>,
    deadline: Option<Timestamp>,
    task: Option<(String, StateBadge)>,
    is_ready: bool,
}

async fn show_conclusions(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let (meeting, standing) = meetings::actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(web::Error::NotFound);
    }
    let points = match conclusions::store::notice(&mut tx, id).await? {
        Some(notice) => conclusions::store::conclusions(&mut tx, notice.id).await?,
        None => Vec::new(),
    };
    let given = store::of_conclusions(&mut tx, id).await?;
    let units = identity::store::units(&mut tx, actor.organisation).await?;
    let view = |(number, point): (usize, conclusions::store::Conclusion)| {
        let task = given.iter().find(|(of, ..)| *of == point.id);
        let lead = point.lead_unit.and_then(|lead| units.iter().find(|unit| unit.id == lead));
        PointView {
            number,
            id: point.id,
            is_ready: task.is_none() && lead.is_some() && point.deadline.is_some_and(|at| at > now),
            text: point.text,
            lead: lead.map(|unit| unit.name.clone()),
            deadline: point.deadline,
            task: task.map(|(_, task, state)| (urls::task(*task), state_badge(&chrome, *state))),
        }
    };
    let points: Vec<PointView> = (1..).zip(points).map(view).collect();
    let ready = points.iter().filter(|point| point.is_ready).count();
    web::page(&MeetingPage { chrome: chrome.at(Section::Tasks), meeting, points, ready })
}

/// Gives the conclusions that were ticked: all or none.
async fn give_conclusions(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    meetings::actions::find(&mut tx, &actor, id).await?;
    for (_, conclusion) in fields.iter().filter(|(name, _)| name == "conclusion") {
        let conclusion = conclusion.parse().map_err(|_| web::Error::NotFound)?;
        actions::give_conclusion(&mut tx, &actor, id, conclusion, now).await?;
    }
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::of_meeting(id)))
}
