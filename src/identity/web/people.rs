//! The people of the organisation, and their import from CSV.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::db::Db;
use crate::identity::actions::{self, PeopleError, sorted_by_name};
use crate::identity::import::{self, ImportError, Line, Problem};
use crate::identity::rules::SHORTEST_PASSWORD;
use crate::identity::store;
use crate::identity::{Actor, Chrome, OrgRole, PersonId, Section};
use crate::web::live::person_topic;
use crate::web::{self, App, Form, Message, Now, Path};

/// Who may look after accounts.
const KEEPERS: &[OrgRole] = &[OrgRole::SystemAdmin, OrgRole::UnitAdmin];

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/people", get(list))
        .route("/people/{person}/retirement", post(retire))
        .route("/people/{person}/return", post(take_back))
        .route("/people/{person}/device-wipe", post(wipe_devices))
        .route("/people/import", get(import_form).post(import_preview))
        .route("/people/imports", post(import_commit))
}

#[derive(Template)]
#[template(path = "identity/people.html")]
struct PeoplePage {
    chrome: Chrome,
    people: Vec<PersonLine>,
}

struct PersonLine {
    id: PersonId,
    login: String,
    full_name: String,
    position: String,
    unit: String,
    roles: Vec<String>,
    active: bool,
}

async fn list(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    actor.must_be(KEEPERS)?;
    let mut tx = db.read().await?;
    let units = store::units(&mut tx, actor.organisation).await?;
    let roles = store::all_roles(&mut tx, actor.organisation).await?;
    let people = sorted_by_name(store::people(&mut tx, actor.organisation).await?);
    let lines = people.into_iter().map(|person| PersonLine {
        unit: units
            .iter()
            .find(|unit| unit.id == person.unit_id)
            .map(|unit| unit.name.clone())
            .unwrap_or_default(),
        roles: roles
            .iter()
            .filter(|(holder, _)| *holder == person.id)
            .map(|(_, role)| chrome.t(&format!("role-{}", role.as_str().replace('_', "-"))))
            .collect(),
        id: person.id,
        login: person.login,
        full_name: person.full_name,
        position: person.position,
        active: person.active,
    });
    let people = lines.collect();
    web::page(&PeoplePage { chrome: chrome.at(Section::People), people })
}

async fn retire(
    Path(person): Path<PersonId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    change_active(&app, &actor, person, false, now).await
}

async fn take_back(
    Path(person): Path<PersonId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    change_active(&app, &actor, person, true, now).await
}

async fn change_active(
    app: &App,
    actor: &Actor,
    person: PersonId,
    active: bool,
    now: crate::clock::Timestamp,
) -> Result<Redirect, web::Error> {
    actor.must_be(KEEPERS)?;
    let mut tx = app.db.write().await?;
    actions::set_active(&mut tx, actor, person, active, now).await.map_err(refusal)?;
    tx.commit().await?;
    app.live.rights_changed(person_topic(person));
    Ok(Redirect::to("/people"))
}

async fn wipe_devices(
    Path(person): Path<PersonId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    actor.must_be(KEEPERS)?;
    let mut tx = app.db.write().await?;
    actions::wipe_devices(&mut tx, &actor, person, now).await.map_err(refusal)?;
    tx.commit().await?;
    app.live.rights_changed(person_topic(person));
    Ok(Redirect::to("/people"))
}

fn refusal(error: PeopleError) -> web::Error {
    match error {
        PeopleError::NotFound => web::Error::NotFound,
        PeopleError::Oneself => web::Error::Conflict("people-not-oneself".into()),
        PeopleError::Job(error) => error.into(),
        PeopleError::Db(error) => error.into(),
    }
}

#[derive(Template)]
#[template(path = "identity/import.html")]
struct ImportPage {
    chrome: Chrome,
    csv: String,
    lines: Vec<PreviewLine>,
    refused: usize,
    shortest_password: usize,
    problem: Option<String>,
}

struct PreviewLine {
    line: Line,
    problem: Option<String>,
}

async fn import_form(chrome: Chrome, actor: Actor) -> Result<Html<String>, web::Error> {
    actor.must_be(KEEPERS)?;
    web::page(&import_page(chrome, String::new(), Vec::new(), None))
}

fn import_page(chrome: Chrome, csv: String, lines: Vec<Line>, problem: Option<String>) -> ImportPage {
    let lines: Vec<PreviewLine> = lines
        .into_iter()
        .map(|line| PreviewLine { problem: line.problem.map(|problem| chrome.t(problem_key(problem))), line })
        .collect();
    let refused = lines.iter().filter(|line| line.problem.is_some()).count();
    let chrome = chrome.at(Section::People);
    ImportPage { chrome, csv, lines, refused, shortest_password: SHORTEST_PASSWORD, problem }
}

fn problem_key(problem: Problem) -> &'static str {
    match problem {
        Problem::Columns => "import-columns",
        Problem::Login => "import-login",
        Problem::LoginTaken => "import-login-taken",
        Problem::LoginTwice => "import-login-twice",
        Problem::Name => "import-name",
        Problem::Unit => "import-unit",
        Problem::Role => "import-role",
    }
}

#[derive(Debug, Deserialize)]
struct ImportForm {
    csv: String,
    password: Option<String>,
}

async fn import_preview(
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
    Form(form): Form<ImportForm>,
) -> Result<Response, web::Error> {
    actor.must_be(KEEPERS)?;
    let mut tx = db.read().await?;
    let preview = import::preview(&mut tx, &form.csv).await;
    answer_preview(chrome, form.csv, preview)
}

fn answer_preview(
    chrome: Chrome,
    csv: String,
    preview: Result<Vec<Line>, ImportError>,
) -> Result<Response, web::Error> {
    let (status, lines, problem) = match preview {
        Ok(lines) => (StatusCode::OK, lines, None),
        Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), Some(import_refusal(error)?)),
    };
    let problem = problem.map(|problem| problem.text(chrome.lang()));
    let page = web::page(&import_page(chrome, csv, lines, problem))?;
    Ok((status, page).into_response())
}

fn import_refusal(error: ImportError) -> Result<Message, web::Error> {
    match error {
        ImportError::Csv(_) => Ok("import-not-csv".into()),
        ImportError::TooMany => Ok("import-too-many".into()),
        ImportError::Refused => Ok("import-refused".into()),
        ImportError::Password(error) => Err(web::Error::internal(error)),
        ImportError::Db(error) => Err(error.into()),
    }
}

async fn import_commit(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<ImportForm>,
) -> Result<Response, web::Error> {
    actor.must_be(KEEPERS)?;
    let password = form.password.unwrap_or_default();
    if password.chars().count() < SHORTEST_PASSWORD {
        let mut tx = db.read().await?;
        let lines = import::preview(&mut tx, &form.csv).await.unwrap_or_default();
        let problem = Message::with("password-too-short", "count", SHORTEST_PASSWORD).text(chrome.lang());
        let page = web::page(&import_page(chrome, form.csv, lines, Some(problem)))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    match import::commit(&db, &actor, &form.csv, password, now).await {
        Ok(_) => Ok(Redirect::to("/people").into_response()),
        Err(error) => answer_preview(chrome, form.csv, Err(error)),
    }
}
