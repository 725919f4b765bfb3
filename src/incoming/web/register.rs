//! The register of a year.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use super::Row;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::incoming::store;
use crate::web::{self, App, Now, Query};

pub(super) fn router() -> Router<App> {
    Router::new().route("/incoming/register", get(show))
}

/// Who reads the register.
pub(super) const READERS: &[OrgRole] = &[OrgRole::Clerk, OrgRole::Auditor];
/// Lines of the register on one page.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "incoming/register.html")]
struct RegisterPage {
    chrome: Chrome,
    year: i64,
    years: Vec<i64>,
    rows: Vec<Row>,
    /// The number above which the next page begins.
    next: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
struct RegisterQuery {
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
    actor.must_be(READERS)?;
    let mut tx = app.db.read().await?;
    let this_year = i64::from(now.in_office().year());
    let year = query.year.unwrap_or(this_year);
    let before = query.before.unwrap_or(i64::MAX);
    let lines = store::register_page(&mut tx, actor.organisation, year, (before, PAGE)).await?;
    let is_full = lines.len() == usize::try_from(PAGE).unwrap_or(0);
    let next = lines.last().filter(|_| is_full).and_then(|line| line.arrival_number);
    let mut years = store::years(&mut tx, actor.organisation).await?;
    if !years.contains(&this_year) {
        years.insert(0, this_year);
    }
    let rows = lines.into_iter().map(|line| Row::of(&chrome, line, now)).collect();
    web::page(&RegisterPage { chrome: chrome.at(Section::Incoming), year, years, rows, next })
}
