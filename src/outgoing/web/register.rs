//! The register of outgoing documents: choosing a part of it, and printing that.

use axum::Router;
use axum::extract::State as Service;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use crate::identity::{Actor, Chrome, Section};
use crate::outgoing::book;
use crate::registers::SeriesKind;
use crate::registers::web::shelf::{self, BookQuery, Shelf, YearQuery};
use crate::web::{self, App, Now, Query};

const SHELF: Shelf = Shelf {
    kind: SeriesKind::Outgoing,
    home: "/outgoing",
    home_name: "outgoing",
    heading: "outgoing-register-of",
    section: Section::Outgoing,
};

pub(super) fn router() -> Router<App> {
    Router::new().route("/outgoing/register", get(show)).route("/outgoing/register/print", get(print))
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<YearQuery>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(book::READERS)?;
    let mut tx = app.db.read().await?;
    shelf::show(&mut tx, (chrome, &actor), (SHELF, &query), title, now).await
}

/// "Văn bản đi: QĐ"; where all kinds share one series it has no code.
fn title(chrome: &Chrome, code: &str) -> String {
    let name = chrome.t("register-outgoing");
    if code.is_empty() { name } else { format!("{name}: {code}") }
}

/// The chosen part as PDF.
async fn print(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<BookQuery>,
) -> Result<Response, web::Error> {
    actor.must_be(book::READERS)?;
    let (part, code) = query.part(now)?;
    let pdf = book::print(&app, &actor, (part, code.as_deref()), now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
