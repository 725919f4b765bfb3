//! The clerk's desk: what is to number, to seal and to issue, several at once.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::list::Row;
use super::sentence;
use crate::clock::Timestamp;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::outgoing::actions::{self, OutgoingError};
use crate::outgoing::rules::State;
use crate::outgoing::{OutgoingId, desk, seal, sealing, urls};
use crate::registers::NumberId;
use crate::web::{self, App, Form, Now, Path};

/// Most documents of one batch.
const MOST: usize = 200;

#[derive(Template)]
#[template(path = "outgoing/desk.html")]
struct DeskPage {
    chrome: Chrome,
    to_number: Vec<Row>,
    to_seal: Vec<Row>,
    to_issue: Vec<Row>,
    /// A device holds the key of the seal; the clerk's password stands in its PIN's place.
    is_in_module: bool,
    /// What came of the batch just sent.
    outcomes: Vec<Outcome>,
}

/// What came of one document.
struct Outcome {
    title: String,
    /// `None`: done.
    problem: Option<String>,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    page(&app, chrome, &actor, Vec::new()).await
}

async fn page(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    outcomes: Vec<Outcome>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Clerk])?;
    let lang = chrome.lang();
    let mut tx = app.db.read().await?;
    let is_in_module = seal::is_in_module(&mut tx, app, actor.organisation).await?;
    let mut rows = Vec::new();
    for state in [State::Signed, State::Numbered, State::Sealed] {
        let lines = actions::list(&mut tx, actor, Some(state)).await?;
        rows.push(lines.into_iter().map(|line| Row::new(line, lang)).collect::<Vec<_>>());
    }
    let mut rows = rows.into_iter();
    let mut next = || rows.next().unwrap_or_default();
    web::page(&DeskPage {
        chrome: chrome.at(Section::Outgoing),
        to_number: next(),
        to_seal: next(),
        to_issue: next(),
        is_in_module,
        outcomes,
    })
}

/// The documents a batch names: `document` stands once for each.
fn chosen(fields: &[(String, String)]) -> Result<Vec<OutgoingId>, web::Error> {
    let named = fields.iter().filter(|(name, _)| name == "document");
    let ids: Result<Vec<OutgoingId>, _> = named.map(|(_, id)| id.parse()).collect();
    match ids {
        Ok(ids) if (1..=MOST).contains(&ids.len()) => Ok(ids),
        _ => Err(web::Error::Invalid("outgoing-none-chosen".into())),
    }
}

/// One document alone goes back to its page; a batch is told document by document.
async fn told(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    outcomes: Vec<(OutgoingId, Result<(), OutgoingError>)>,
) -> Result<Response, web::Error> {
    app.bell.notify_one();
    let mut told = Vec::new();
    let is_single = outcomes.len() == 1;
    for (id, outcome) in outcomes {
        if is_single {
            outcome?;
            return Ok(Redirect::to(&urls::document(id)).into_response());
        }
        let mut tx = app.db.read().await?;
        let title = actions::find(&mut tx, actor, id).await.map(|found| found.subject).unwrap_or_default();
        told.push(Outcome { title, problem: outcome.err().map(|error| sentence(error, chrome.lang())) });
    }
    Ok(page(app, chrome, actor, told).await?.into_response())
}

pub(super) async fn number(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let mut outcomes = Vec::new();
    for id in chosen(&fields)? {
        outcomes.push((id, number_in_turn(&app, &actor, id, None, now).await));
    }
    told(&app, chrome, &actor, outcomes).await
}

#[derive(Debug, Deserialize)]
pub(super) struct NumberForm {
    /// Empty: the next one.
    #[serde(default)]
    reserved: String,
}

pub(super) async fn number_one(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, web::Error> {
    // What is no number of ours is refused, and the next one not taken for it.
    let reserved = match form.reserved.as_str() {
        "" => None,
        chosen => Some(chosen.parse().map_err(|_| web::Error::NotFound)?),
    };
    number_in_turn(&app, &actor, id, reserved, now).await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(id)))
}

async fn number_in_turn(
    app: &App,
    actor: &Actor,
    id: OutgoingId,
    reserved: Option<NumberId>,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let mut tx = app.db.write().await?;
    desk::number(&mut tx, actor, id, reserved, now).await?;
    Ok(tx.commit().await?)
}

/// Seals with one PIN or password. A wrong one stops before the first document.
pub(super) async fn seal(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    actor.must_be(&[OrgRole::Clerk])?;
    let ids = chosen(&fields)?;
    let secret = fields.iter().find(|(name, _)| name == "pin").map(|(_, secret)| secret.clone());
    let open = sealing::open(&app, &actor, secret.unwrap_or_default(), now).await?;
    let mut outcomes = Vec::new();
    for id in ids {
        outcomes.push((id, sealing::seal(&app, &actor, &open, id, now).await));
    }
    told(&app, chrome, &actor, outcomes).await
}

pub(super) async fn issue(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let mut outcomes = Vec::new();
    for id in chosen(&fields)? {
        outcomes.push((id, issue_in_turn(&app, &actor, id, now).await));
    }
    told(&app, chrome, &actor, outcomes).await
}

async fn issue_in_turn(
    app: &App,
    actor: &Actor,
    id: OutgoingId,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    let mut tx = app.db.write().await?;
    desk::issue(&mut tx, actor, id, now).await?;
    Ok(tx.commit().await?)
}
