//! The register of copies: choosing a part of it, and printing that.

use axum::Router;
use axum::extract::State as Service;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::copies::actions::READERS;
use crate::copies::book;
use crate::copies::rules::Form;
use crate::identity::{Actor, Chrome, Section};
use crate::registers::SeriesKind;
use crate::registers::web::shelf::{self, BookQuery, Shelf, YearQuery};
use crate::web::{self, App, Now, Query};

const SHELF: Shelf = Shelf {
    kind: SeriesKind::Copy,
    home: "/copies",
    home_name: "copies",
    heading: "copy-register-of",
    section: Section::Outgoing,
};

pub(super) fn router() -> Router<App> {
    Router::new().route("/copies/register", get(show)).route("/copies/register/print", get(print))
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
    shelf::show(&mut tx, (chrome, &actor), (SHELF, &query), title, now).await
}

/// "Sao y (SY)".
fn title(_: &Chrome, code: &str) -> String {
    let form = Form::ALL.iter().find(|form| form.code() == code).map_or("", |form| form.legal_name());
    format!("{form} ({code})")
}

/// The chosen part as PDF.
async fn print(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<BookQuery>,
) -> Result<Response, web::Error> {
    actor.must_be(READERS)?;
    let (part, code) = query.part(now)?;
    let pdf = book::print(&app, &actor, (part, code.as_deref()), now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
