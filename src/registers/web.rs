//! The registers of an office: its series, their numbers, and numbers kept free.

pub mod shelf;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, RegisterError};
use super::printing::{MOST_LINES, PrintError};
use super::rules::{NumberState, SeriesKind, printed};
use super::store::{self, BookLine, Series};
use super::{NumberId, SeriesId, urls};
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::web::{self, App, Form, Lang, Message, Now, Path, Query};

/// Those who keep the registers, and those who may look into them.
const READERS: &[OrgRole] = &[OrgRole::Clerk, OrgRole::SystemAdmin, OrgRole::Archivist, OrgRole::Auditor];
/// Lines of a page.
const PAGE: i64 = 100;

pub fn router() -> Router<App> {
    Router::new()
        .route("/registers", get(list))
        .route("/registers/scheme", post(choose))
        .route("/registers/reservations", post(reserve))
        .route("/registers/reservations/{reservation}/cancellation", post(cancel))
        .route("/registers/numbers/{number}/note", post(note))
        .route("/registers/{register}", get(show))
}

impl From<RegisterError> for web::Error {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::NotClerk | RegisterError::NotAdmin => {
                Self::Forbidden("error-not-your-role".into())
            }
            RegisterError::NotFound => Self::NotFound,
            RegisterError::BeforeTheLast => Self::Conflict("register-before-the-last".into()),
            RegisterError::Ahead => Self::Invalid("register-ahead".into()),
            RegisterError::Taken => Self::Conflict("register-taken".into()),
            RegisterError::OtherSeries => Self::Conflict("register-other-series".into()),
            RegisterError::Reason => Self::Invalid("register-reason-missing".into()),
            RegisterError::Note => Self::Invalid("register-note-too-long".into()),
            RegisterError::Db(error) => error.into(),
        }
    }
}

impl From<PrintError> for web::Error {
    fn from(error: PrintError) -> Self {
        match error {
            PrintError::TooLong => {
                Self::Invalid(Message::with("register-print-too-long", "most", MOST_LINES))
            }
            PrintError::Part => Self::Invalid("register-print-part-wrong".into()),
            PrintError::Typeset(error) => Self::internal(error),
            PrintError::Task(error) => Self::internal(error),
        }
    }
}

#[derive(Template)]
#[template(path = "registers/list.html")]
struct ListPage {
    chrome: Chrome,
    series: Vec<SeriesLine>,
    may_reserve: bool,
    may_choose: bool,
    is_by_type: bool,
}

/// A series as people call it.
struct SeriesLine {
    name: String,
    year: i64,
    last: String,
    link: String,
}

impl SeriesLine {
    fn new(series: &Series, lang: Lang) -> Self {
        Self {
            name: name(series, lang),
            year: series.year,
            last: printed(series.last_number),
            link: urls::series(series.id),
        }
    }
}

fn name(series: &Series, lang: Lang) -> String {
    let kind = match series.kind {
        SeriesKind::Outgoing => lang.t("register-outgoing"),
        SeriesKind::Incoming => lang.t("register-incoming"),
        SeriesKind::Copy => lang.t("register-copy"),
    };
    if series.code.is_empty() { kind } else { format!("{kind}: {}", series.code) }
}

async fn list(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(READERS)?;
    let mut tx = app.db.read().await?;
    let series = store::series(&mut tx, actor.organisation).await?;
    let is_by_type = store::is_by_type(&mut tx, actor.organisation).await?;
    let lang = chrome.lang();
    web::page(&ListPage {
        chrome: chrome.at(Section::Registers),
        series: series.iter().map(|one| SeriesLine::new(one, lang)).collect(),
        may_reserve: actor.is(OrgRole::Clerk),
        may_choose: actor.is(OrgRole::SystemAdmin),
        is_by_type,
    })
}

#[derive(Template)]
#[template(path = "registers/series.html")]
struct SeriesPage {
    chrome: Chrome,
    name: String,
    year: i64,
    lines: Vec<Line>,
    keeps: bool,
    /// Where older numbers are.
    older: Option<String>,
}

/// A number as the page shows it.
struct Line {
    entry: BookLine,
    number: String,
}

impl Line {
    fn is_reserved(&self) -> bool {
        self.entry.state == NumberState::Reserved
    }

    fn is_cancelled(&self) -> bool {
        self.entry.state == NumberState::Cancelled
    }
}

#[derive(Debug, Default, Deserialize)]
struct PageQuery {
    before: Option<i64>,
}

async fn show(
    Path(id): Path<SeriesId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(query): Query<PageQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let series = store::series_by_id(&mut tx, actor.organisation, id).await?.ok_or(web::Error::NotFound)?;
    actor.must_be(READERS)?;
    let book = store::book(&mut tx, id, query.before.unwrap_or(i64::MAX), PAGE).await?;
    let last = book.last().map(|line| line.number).filter(|number| *number > 1);
    let older = last.map(|number| format!("{}?before={number}", urls::series(id)));
    let lang = chrome.lang();
    web::page(&SeriesPage {
        chrome: chrome.at(Section::Registers),
        name: name(&series, lang),
        year: series.year,
        lines: book.into_iter().map(|entry| Line { number: printed(entry.number), entry }).collect(),
        keeps: actor.is(OrgRole::Clerk),
        older,
    })
}

#[derive(Debug, Deserialize)]
struct ReservationForm {
    kind: SeriesKind,
    #[serde(default)]
    code: String,
    reason: String,
}

async fn reserve(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReservationForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::reserve(&mut tx, &actor, (form.kind, form.code.trim()), &form.reason, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::registers()))
}

#[derive(Debug, Deserialize)]
struct CancelForm {
    reason: String,
}

async fn cancel(
    Path(number): Path<NumberId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CancelForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let series = actions::cancel(&mut tx, &actor, number, &form.reason, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::series(series)))
}

#[derive(Debug, Deserialize)]
struct NoteForm {
    #[serde(default)]
    note: String,
}

async fn note(
    Path(number): Path<NumberId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<NoteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let series = actions::note(&mut tx, &actor, number, &form.note, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::series(series)))
}

#[derive(Debug, Deserialize)]
struct SchemeForm {
    by_type: bool,
}

async fn choose(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SchemeForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::choose_scheme(&mut tx, &actor, form.by_type, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::registers()))
}
