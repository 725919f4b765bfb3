//! What the worker of the browser asks, and the page it shows when nothing
//! else is on the device.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;

use super::actions::{self, Keepable};
use crate::identity::{Chrome, PersonId, SessionState};
use crate::web::{self, App, Now};
use crate::{meetings, papers};

pub fn router() -> Router<App> {
    Router::new().route("/offline", get(page)).route("/offline/standing", get(standing))
}

#[derive(Template)]
#[template(path = "offline/page.html")]
struct OfflinePage {
    chrome: Chrome,
}

/// Kept by the browser for everyone alike, so it names nobody.
async fn page(mut chrome: Chrome) -> Result<Html<String>, web::Error> {
    chrome.person = None;
    chrome.nav.clear();
    chrome.unread = 0;
    web::page(&OfflinePage { chrome })
}

/// Who the browser belongs to, and what it may keep.
#[derive(Debug, Default, Serialize)]
struct Standing {
    /// `in`, `expired`, `out`; `revoked`: somebody ended the session, so the device forgets everything.
    state: &'static str,
    person: Option<PersonId>,
    meetings: Vec<MeetingLine>,
    papers: Vec<PaperLine>,
}

#[derive(Debug, Serialize)]
struct MeetingLine {
    url: String,
    title: String,
    /// Milliseconds, as scripts count.
    until: i64,
}

#[derive(Debug, Serialize)]
struct PaperLine {
    url: String,
    title: String,
    pages: i64,
    meeting: String,
    until: i64,
}

async fn standing(
    session: SessionState,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Json<Standing>, web::Error> {
    let actor = match session {
        SessionState::In(actor) => actor,
        SessionState::Expired => return Ok(Json(Standing { state: "expired", ..Standing::default() })),
        SessionState::Revoked => return Ok(Json(Standing { state: "revoked", ..Standing::default() })),
        SessionState::Out => return Ok(Json(Standing { state: "out", ..Standing::default() })),
    };
    let mut tx = app.db.read().await?;
    let keepable = actions::standing(&mut tx, &actor, now).await?;
    Ok(Json(told(actor.person, keepable)))
}

fn told(person: PersonId, keepable: Keepable) -> Standing {
    let meetings = keepable.meetings.into_iter().map(|one| MeetingLine {
        url: meetings::urls::meeting(one.meeting),
        title: one.title,
        until: one.until.as_micros() / 1000,
    });
    let papers = keepable.papers.into_iter().map(|one| PaperLine {
        url: papers::urls::reader(one.version),
        title: one.title,
        pages: one.pages,
        meeting: meetings::urls::meeting(one.meeting),
        until: one.until.as_micros() / 1000,
    });
    Standing { state: "in", person: Some(person), meetings: meetings.collect(), papers: papers.collect() }
}
