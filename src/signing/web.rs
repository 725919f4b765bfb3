//! The queue, the form of one step, the signed file, and the keys.

mod batch;
mod bindings;
mod desktop;
mod errand;
mod file;
mod keys;
mod policy;
mod service;
mod step;
mod ways;

use askama::Template;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};

pub use self::desktop::uploads;
pub use self::file::{Disposition, pdf_response};
use super::rules::Level;
use super::store::{self, QueueRow};
use super::{stamps, urls};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::lights::{Badge, Light};
use crate::web::{self, App, Lang};

pub fn router() -> Router<App> {
    Router::new()
        .merge(batch::router())
        .merge(bindings::router())
        .merge(desktop::router())
        .merge(errand::router())
        .merge(policy::router())
        .merge(service::router())
        .route("/signing", get(queue))
        .route("/signing/keys", get(keys::list))
        .route("/signing/keys/{person}/unlocking", post(keys::unlock))
        .route("/signing/documents/{document}/file", get(file::show))
        .route("/signing/{document}/{number}", get(step::show))
        .route("/signing/{document}/{number}/signatures", post(step::sign))
        .route("/signing/{document}/{number}/refusals", post(step::send_back))
}

/// The built-in timestamp authority: only in a test office. It is asked by
/// programs, so it stands outside the guard against foreign posts.
pub fn test_authority(is_test_office: bool) -> Router<App> {
    if is_test_office { Router::new().route("/test-authority/timestamp", post(stamp)) } else { Router::new() }
}

async fn stamp(State(app): State<App>, request: Bytes) -> Response {
    match stamps::answer_test_request(&request, &app.clock) {
        Ok(answer) => ([(header::CONTENT_TYPE, "application/timestamp-reply")], answer).into_response(),
        Err(_) => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[derive(Template)]
#[template(path = "signing/queue.html")]
struct QueuePage {
    chrome: Chrome,
    waiting: Vec<Line>,
    signed: Vec<Line>,
    /// Where the administrator finds the keys.
    keys_url: Option<String>,
    /// Where the administrator says who may sign by which way.
    policy_url: Option<String>,
    /// Where the administrator finds the certificates, and others their own.
    certificates_url: String,
}

/// A document in the queue.
struct Line {
    /// As the form of many names it.
    step: String,
    title: String,
    url: String,
    capacity: String,
    since: String,
    has_time: bool,
    light: Option<Badge>,
}

impl Line {
    fn new(row: QueueRow, lang: Lang) -> Self {
        Self {
            step: format!("{}.{}", row.document_id, row.number),
            url: urls::step(row.document_id, row.number),
            capacity: capacity(&row.capacity, lang),
            since: row.signed_at.unwrap_or(row.created_at).date_time(),
            has_time: row.level == Some(Level::Bt),
            light: row.light.and_then(Light::badge),
            title: row.title,
        }
    }
}

async fn queue(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let lang = chrome.lang();
    let lines = |rows: Vec<QueueRow>| rows.into_iter().map(|row| Line::new(row, lang)).collect();
    let waiting = lines(store::waiting_for(&mut tx, actor.person).await?);
    let signed = lines(store::signed_by(&mut tx, actor.person).await?);
    let is_admin = actor.is(OrgRole::SystemAdmin);
    let (keys_url, policy_url) = (is_admin.then(urls::keys), is_admin.then(urls::policy));
    let certificates_url = if is_admin { urls::certificates() } else { urls::own_certificates() };
    let chrome = chrome.at(Section::Signing);
    web::page(&QueuePage { chrome, waiting, signed, keys_url, policy_url, certificates_url })
}

/// In which capacity somebody signs, as people say it.
fn capacity(word: &str, lang: Lang) -> String {
    match word {
        "secretary" => lang.t("capacity-secretary"),
        "chair" => lang.t("capacity-chair"),
        "signer" => lang.t("capacity-signer"),
        other => other.to_owned(),
    }
}

fn day(moment: Timestamp) -> String {
    moment.date()
}
