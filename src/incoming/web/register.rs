//! The register of a year, and the search in all of them.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::Row;
use crate::db::Tx;
use crate::identity::rules::fold;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::incoming::book;
use crate::incoming::desk::headed;
use crate::incoming::store::{self, Line, Search};
use crate::web::{self, App, Now, Query};

pub(super) fn router() -> Router<App> {
    Router::new().route("/incoming/register", get(show)).route("/incoming/register/print", get(print))
}

/// Lines of the register on one page, and of what a search finds.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "incoming/register.html")]
struct RegisterPage {
    chrome: Chrome,
    search: String,
    year: i64,
    years: Vec<i64>,
    rows: Vec<Row>,
    /// The number above which the next page begins.
    next: Option<i64>,
    /// Clerks and auditors read the register; others search what concerns them.
    reads_register: bool,
}

/// What this person may know of and that holds the words.
async fn search(tx: &mut Tx, actor: &Actor, folded: String) -> Result<Vec<Line>, web::Error> {
    let search = Search {
        organisation: actor.organisation,
        person: actor.person,
        heads: headed(tx, actor).await?,
        sees_all: actor.is(OrgRole::Clerk) || actor.is(OrgRole::Auditor),
        folded,
    };
    Ok(store::found(tx, &search, PAGE).await?)
}

/// The whole year as PDF.
async fn print(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<RegisterQuery>,
) -> Result<Response, web::Error> {
    let year = query.year.unwrap_or_else(|| i64::from(now.in_office().year()));
    let pdf = book::print(&app, &actor, year, now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

#[derive(Debug, Default, Deserialize)]
struct RegisterQuery {
    #[serde(default)]
    q: String,
    year: Option<i64>,
    before: Option<i64>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<RegisterQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let reads_register = actor.is(OrgRole::Clerk) || actor.is(OrgRole::Auditor);
    let this_year = i64::from(now.in_office().year());
    let year = query.year.unwrap_or(this_year);
    let folded = fold(&query.q);
    let is_listed = folded.is_empty() && reads_register;
    let lines = if is_listed {
        let before = query.before.unwrap_or(i64::MAX);
        store::register_page(&mut tx, actor.organisation, year, (before, PAGE)).await?
    } else {
        search(&mut tx, &actor, folded).await?
    };
    let is_full = is_listed && lines.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = lines.last().filter(|_| is_full).and_then(|line| line.arrival_number);
    let mut years = store::years(&mut tx, actor.organisation).await?;
    if !years.contains(&this_year) {
        years.insert(0, this_year);
    }
    let rows = lines.into_iter().map(|line| Row::of(&chrome, line, now)).collect();
    web::page(&RegisterPage {
        chrome: chrome.at(Section::Incoming),
        search: query.q,
        year,
        years,
        rows,
        next,
        reads_register,
    })
}
