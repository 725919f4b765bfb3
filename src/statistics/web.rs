//! The page of the figures, and the same as files.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::actions::{self, Question, Table};
use super::export::{self, ExportError};
use super::rules::{By, Line, Measure};
use super::urls;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Unit;
use crate::identity::{self, Actor, Chrome, Section};
use crate::meetings;
use crate::meetings::store::MeetingType;
use crate::web::{self, App, Now, Query};

const DAY: i64 = 86_400;
/// Minutes signed within so many days are in good time.
const GOOD_TIME: i64 = 3;

pub fn router() -> Router<App> {
    Router::new()
        .route("/statistics", get(show))
        .route("/statistics/table.csv", get(csv))
        .route("/statistics/table.xlsx", get(xlsx))
}

impl From<ExportError> for web::Error {
    fn from(error: ExportError) -> Self {
        Self::internal(error)
    }
}

/// What the form asks; what is missing or unreadable is left at its default.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    by: Option<String>,
    from: Option<String>,
    to: Option<String>,
    kind: Option<String>,
    unit: Option<String>,
}

impl Asked {
    /// From the first of January to today, by member, unless asked otherwise.
    fn question(&self, now: Timestamp) -> Question {
        let today = now.day().0;
        let year = now.for_input().split('-').next().unwrap_or_default().to_owned();
        let day = |typed: &Option<String>| {
            typed.as_deref().and_then(|day| Timestamp::from_input(&format!("{day}T00:00")))
        };
        let first = Timestamp::from_input(&format!("{year}-01-01T00:00"));
        Question {
            by: self.by.as_deref().and_then(|by| by.parse().ok()).unwrap_or(By::Member),
            from: day(&self.from).or(first).unwrap_or(today),
            to: day(&self.to).unwrap_or(today).plus_seconds(DAY),
            kind: self.kind.as_deref().and_then(|kind| kind.parse().ok()),
            unit: self.unit.as_deref().and_then(|unit| unit.parse().ok()),
        }
    }
}

#[derive(Template)]
#[template(path = "statistics/statistics.html")]
struct StatisticsPage {
    chrome: Chrome,
    table: Table,
    good_time: i64,
    kinds: Vec<MeetingType>,
    units: Vec<Unit>,
    from: String,
    to: String,
    kind: String,
    unit: String,
    by: &'static str,
    per_meeting: bool,
    cuts: Vec<Cut>,
    csv: String,
    xlsx: String,
}

/// The same question with other lines.
struct Cut {
    word: String,
    address: String,
    is_current: bool,
}

impl StatisticsPage {
    fn days_of(&self, line: &Line) -> String {
        self.table.days_of(line).map(|days| days.to_string()).unwrap_or_default()
    }
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, web::Error> {
    let question = asked.question(now);
    let mut tx = app.db.read().await?;
    let table = actions::count(&mut tx, &actor, question).await?;
    let query = query_of(question, question.by);
    let cut = |by: &By| Cut {
        word: chrome.t(&format!("statistics-by-{}", by.as_str())),
        address: urls::page(&query_of(question, *by)),
        is_current: *by == question.by,
    };
    let cuts = By::ALL.iter().map(cut).collect();
    web::page(&StatisticsPage {
        chrome: chrome.at(Section::Statistics),
        good_time: GOOD_TIME,
        kinds: meetings::store::types(&mut tx, actor.organisation).await?,
        units: units(&mut tx, &actor).await?,
        from: day(question.from),
        to: day(question.to.plus_seconds(-1)),
        kind: question.kind.map(|kind| kind.to_string()).unwrap_or_default(),
        unit: question.unit.map(|unit| unit.to_string()).unwrap_or_default(),
        by: question.by.as_str(),
        per_meeting: question.by == By::Meeting,
        cuts,
        csv: urls::file("csv", &query),
        xlsx: urls::file("xlsx", &query),
        table,
    })
}

async fn units(tx: &mut Tx, actor: &Actor) -> Result<Vec<Unit>, web::Error> {
    Ok(identity::store::units(tx, actor.organisation).await?)
}

/// The question as the query of an address. Ids and days need no encoding.
fn query_of(question: Question, by: By) -> String {
    let mut query =
        format!("by={}&from={}&to={}", by.as_str(), day(question.from), day(question.to.plus_seconds(-1)));
    if let Some(kind) = question.kind {
        query.push_str(&format!("&kind={kind}"));
    }
    if let Some(unit) = question.unit {
        query.push_str(&format!("&unit={unit}"));
    }
    query
}

fn day(at: Timestamp) -> String {
    at.for_input().split('T').next().unwrap_or_default().to_owned()
}

async fn csv(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let table = actions::count(&mut tx, &actor, asked.question(now)).await?;
    Ok(file("csv", "text/csv; charset=utf-8", export::csv(&table, chrome.lang())?))
}

async fn xlsx(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let table = actions::count(&mut tx, &actor, asked.question(now)).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(file("xlsx", kind, export::xlsx(&table, chrome.lang(), now)?))
}

fn file(form: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"thong-ke.{form}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes)
        .into_response()
}
