//! The agent's own page, on which the PIN is typed.

use std::sync::Arc;

use askama::Template;
use axum::extract::{self, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use super::Desk;
use super::batch::{self, Batch};
use crate::storage::Hash;
use crate::web::Lang;

/// Own style, no script at all, and no frame around it: nobody lays another page over the PIN.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

#[derive(Template)]
#[template(path = "agent/pin.html")]
struct PinPage {
    lang: &'static str,
    title: String,
    asked_by: String,
    look: String,
    pin: String,
    pin_hint: String,
    sign: String,
    documents: Vec<Line>,
    /// Nothing to type any more: what became of it.
    said: Option<String>,
}

struct Line {
    title: String,
    digest: String,
}

#[expect(clippy::disallowed_types, reason = "our own extractors need the service, which is not here")]
pub(super) async fn show(
    State(desk): State<Arc<Desk>>,
    extract::Path(name): extract::Path<String>,
    headers: HeaderMap,
) -> Response {
    if !desk.is_named(headers.get(header::HOST).and_then(|host| host.to_str().ok())) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let lang = spoken(&headers);
    let page = desk.batches.look(&name, |batch| asking(batch, lang));
    answer(&page.unwrap_or_else(|| saying(lang, "agent-over", &[])))
}

#[derive(Deserialize)]
pub(super) struct PinForm {
    pin: String,
}

/// Takes the PIN and signs. A batch gets one PIN: a wrong one ends it, and
/// whoever wants to try again begins again on the office's page.
#[expect(clippy::disallowed_types, reason = "our own extractors need the service, which is not here")]
pub(super) async fn sign(
    State(desk): State<Arc<Desk>>,
    extract::Path(name): extract::Path<String>,
    headers: HeaderMap,
    extract::Form(form): extract::Form<PinForm>,
) -> Response {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // Another site's form must not try PINs here.
    if !desk.is_named(text(header::HOST)) || text(header::ORIGIN) != Some(desk.own_origin().as_str()) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let lang = spoken(&headers);
    let Some(batch) = desk.batches.take(&name) else { return answer(&saying(lang, "agent-over", &[])) };
    let count = batch.documents.len().to_string();
    let work = move || {
        let opened = batch::open(&desk, &batch, &form.pin);
        (batch, opened)
    };
    let Ok((batch, opened)) = tokio::task::spawn_blocking(work).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match opened {
        Ok(signer) => {
            tokio::task::spawn_blocking(move || batch::run(batch, &signer));
            answer(&saying(lang, "agent-signing", &[("count", &count)]))
        }
        Err(why) => {
            // Not awaited: the page that asked may be slow, and the person here wants to know.
            tokio::spawn(batch::fail(batch, why));
            answer(&saying(lang, &format!("agent-{why}"), &[]))
        }
    }
}

pub(super) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("../../static/css/agent.css")).into_response()
}

fn asking(batch: &Batch, lang: Lang) -> PinPage {
    let line = |document: &batch::Document| Line {
        title: document.title.clone(),
        digest: Hash::of(&document.message).short(),
    };
    let count = batch.documents.len().to_string();
    PinPage {
        asked_by: lang.t_with("agent-asked-by", &[("origin", &batch.origin)]),
        title: lang.t_with("agent-title", &[("count", &count)]),
        documents: batch.documents.iter().map(line).collect(),
        ..frame(lang)
    }
}

fn saying(lang: Lang, key: &str, gaps: &[(&'static str, &str)]) -> PinPage {
    PinPage { said: Some(lang.t_with(key, gaps)), ..frame(lang) }
}

/// What stands on every page.
fn frame(lang: Lang) -> PinPage {
    PinPage {
        lang: lang.code(),
        title: lang.t("agent"),
        asked_by: String::new(),
        look: lang.t("agent-look"),
        pin: lang.t("pin"),
        pin_hint: lang.t("agent-pin-hint"),
        sign: lang.t("agent-sign"),
        documents: Vec::new(),
        said: None,
    }
}

fn spoken(headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Lang::from_code(wanted.and_then(|wanted| wanted.get(..2)))
}

fn answer(page: &PinPage) -> Response {
    let Ok(text) = page.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
        // Without a referrer a browser would call the origin of our own form "null".
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (headers, Html(text)).into_response()
}
