//! The register of copies: choosing a part of it, and printing that.

use askama::Template;
use axum::Router;
use axum::extract::State as Service;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::copies::actions::READERS;
use crate::copies::book;
use crate::copies::rules::Form;
use crate::identity::{Actor, Chrome, Section};
use crate::registers::{self, PartQuery, SeriesKind};
use crate::web::{self, App, Now, Query};

pub(super) fn router() -> Router<App> {
    Router::new().route("/copies/register", get(show)).route("/copies/register/print", get(print))
}

#[derive(Template)]
#[template(path = "copies/register.html")]
struct RegisterPage {
    chrome: Chrome,
    year: i64,
    years: Vec<i64>,
    series: Vec<SeriesLine>,
}

/// A series of the year: its code, the form it counts, where its numbers are, and the last of them.
struct SeriesLine {
    code: String,
    form: &'static str,
    link: String,
    last: String,
}

#[derive(Debug, Default, Deserialize)]
struct YearQuery {
    year: Option<i64>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<YearQuery>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(READERS)?;
    let mut tx = app.db.read().await?;
    let mut series = registers::store::series(&mut tx, actor.organisation).await?;
    series.retain(|one| one.kind == SeriesKind::Copy);
    let this_year = i64::from(now.in_office().year());
    let year = query.year.unwrap_or(this_year);
    let mut years: Vec<i64> = series.iter().map(|one| one.year).chain([this_year]).collect();
    years.sort_unstable_by(|one, other| other.cmp(one));
    years.dedup();
    let line = |one: registers::store::Series| SeriesLine {
        form: Form::ALL.iter().find(|form| form.code() == one.code).map_or("", |form| form.legal_name()),
        link: registers::urls::series(one.id),
        last: registers::printed(one.last_number),
        code: one.code,
    };
    let series = series.into_iter().filter(|one| one.year == year).map(line).collect();
    web::page(&RegisterPage { chrome: chrome.at(Section::Outgoing), year, years, series })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PrintQuery {
    year: Option<i64>,
    month: String,
    first: String,
    last: String,
    code: String,
}

/// The chosen part as PDF.
async fn print(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<PrintQuery>,
) -> Result<Response, web::Error> {
    actor.must_be(READERS)?;
    let PrintQuery { year, month, first, last, code } = query;
    let part = PartQuery { year, month, first, last }.part(now)?;
    let code = Some(code.as_str()).filter(|code| !code.is_empty());
    let pdf = book::print(&app, &actor, (part, code), now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
