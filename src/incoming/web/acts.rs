//! Forms: what is done with a document.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::page::{Kept, answered};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, PersonId};
use crate::incoming::actions::IncomingError;
use crate::incoming::door::{self, Registration};
use crate::incoming::rules::Typed;
use crate::incoming::store::Direction;
use crate::incoming::{IncomingId, answering, directing, sent, store, urls, working};
use crate::outgoing::DispatchId;
use crate::papers;
use crate::web::{self, App, Form, Now, Parts, Path};

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/incoming/arrivals", post(arrive))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/incoming/{incoming}/verdict", post(judge))
        .route("/incoming/{incoming}/registration", post(register))
        .route("/incoming/{incoming}/return", post(send_back))
        .route("/incoming/{incoming}/presentation", post(present))
        .route("/incoming/{incoming}/direction", post(direct))
        .route("/incoming/{incoming}/information", post(inform))
        .route("/incoming/{incoming}/assignment", post(assign))
        .route("/incoming/{incoming}/reports", post(report))
        .route("/incoming/{incoming}/answers", post(answer))
        .route("/incoming/{incoming}/reopening", post(reopen))
        .route("/incoming/{incoming}/recall", post(recall))
        .route("/incoming/dispatches/{dispatch}/arrival", post(take))
}

/// Each file of the form becomes an arrival. One file leads to its page, for
/// it is registered next; several lead to the desk.
async fn arrive(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    // Refused before a long upload is read, not after.
    door::must_be_clerk(&actor)?;
    let mut arrived = Vec::new();
    while let Some(mut part) = form.next().await? {
        if part.name() != "file" {
            continue;
        }
        let upload = papers::web::receive(&app, &mut part).await?;
        let said = door::read_particulars(&app, &upload).await?;
        let mut tx = app.db.write().await?;
        let id = door::arrive(&mut tx, &actor, (&upload, &said), now).await?;
        tx.commit().await?;
        app.bell.notify_one();
        door::judge(&app, &actor, id, now).await?;
        arrived.push(id);
    }
    match arrived.as_slice() {
        [] => Err(web::Error::Invalid("error-form".into())),
        [one] => Ok(Redirect::to(&urls::document(*one))),
        _ => Ok(Redirect::to(&urls::desk())),
    }
}

/// What another organisation sent comes to the door.
async fn take(
    Path(dispatch): Path<DispatchId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    door::must_be_clerk(&actor)?;
    let mut tx = app.db.write().await?;
    let id = sent::take(&mut tx, &actor, dispatch, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    door::judge(&app, &actor, id, now).await?;
    Ok(Redirect::to(&urls::document(id)))
}

#[derive(Debug, Deserialize)]
struct RecallForm {
    version: i64,
}

async fn recall(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RecallForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = sent::recall(&mut tx, &actor, id, form.version, now).await;
    answered(&app, tx, (chrome, &actor, id), done, Kept::default()).await
}

/// For what stands at the door unjudged because the service stopped meanwhile.
async fn judge(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    door::judge(&app, &actor, id, now).await?;
    Ok(Redirect::to(&urls::document(id)))
}

#[derive(Debug, Deserialize)]
struct RegisterForm {
    symbol: String,
    dated_on: String,
    sender: String,
    subject: String,
    #[serde(default)]
    signer_name: String,
    #[serde(default)]
    signer_position: String,
    #[serde(default)]
    priority: i64,
    #[serde(default)]
    leader: String,
    looked: Option<String>,
    no_twin: Option<String>,
    version: i64,
}

async fn register(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RegisterForm>,
) -> Result<Response, web::Error> {
    let leader: Option<PersonId> = form.leader.parse().ok();
    let asked = Registration {
        typed: Typed {
            symbol: form.symbol,
            dated_on: form.dated_on,
            sender: form.sender,
            subject: form.subject,
            signer_name: form.signer_name,
            signer_position: form.signer_position,
            priority: form.priority,
        },
        leader,
        has_looked: form.looked.is_some(),
        is_no_twin: form.no_twin.is_some(),
        seen: form.version,
    };
    let mut tx = app.db.write().await?;
    let done = door::register(&mut tx, &actor, id, &asked, now).await;
    let kept = Kept { typed: Some(asked.typed), leader, ..Kept::default() };
    answered(&app, tx, (chrome, &actor, id), done.map(drop), kept).await
}

#[derive(Debug, Deserialize)]
struct ReasonForm {
    reason: String,
    version: i64,
}

async fn send_back(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = door::send_back(&mut tx, &actor, id, (&form.reason, form.version), now).await;
    let kept = Kept { reason: form.reason, ..Kept::default() };
    answered(&app, tx, (chrome, &actor, id), done, kept).await
}

#[derive(Debug, Deserialize)]
struct PresentForm {
    leader: PersonId,
    #[serde(default)]
    text: String,
    version: i64,
}

async fn present(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PresentForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let asked = (form.leader, form.text.as_str(), form.version);
    let done = directing::present(&mut tx, &actor, id, asked, now).await;
    let kept = Kept { leader: Some(form.leader), text: form.text, ..Kept::default() };
    answered(&app, tx, (chrome, &actor, id), done, kept).await
}

/// `help` may stand many times: the units that help.
async fn direct(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let (direction, seen) = direction_of(&fields)?;
    let mut tx = app.db.write().await?;
    let done = directing::direct(&mut tx, &actor, id, (direction.clone(), seen), now).await;
    directed(&app, tx, (chrome, &actor, id), done, direction).await
}

async fn inform(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let (direction, seen) = direction_of(&fields)?;
    let mut tx = app.db.write().await?;
    let done = directing::inform(&mut tx, &actor, id, (direction.clone(), seen), now).await;
    directed(&app, tx, (chrome, &actor, id), done, direction).await
}

/// After a direction the leader sees the next document that waits.
async fn directed(
    app: &App,
    mut tx: Tx,
    (chrome, actor, id): (Chrome, &Actor, IncomingId),
    done: Result<(), IncomingError>,
    direction: Direction,
) -> Result<Response, web::Error> {
    if done.is_err() {
        let kept = Kept { text: direction.text.clone(), direction: Some(direction), ..Kept::default() };
        return answered(app, tx, (chrome, actor, id), done, kept).await;
    }
    let waiting = store::of_leader(&mut tx, actor.person).await?;
    let next = waiting.iter().find(|line| line.state == crate::incoming::rules::State::Presented);
    let next = next.map_or_else(urls::desk, |line| urls::document(line.id));
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&format!("{next}?done={id}")).into_response())
}

fn direction_of(fields: &[(String, String)]) -> Result<(Direction, i64), IncomingError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let unit = |value: &str| value.parse().map_err(|_| IncomingError::NotFound);
    let day = match field("deadline") {
        Some("other") => Some(field("deadline_other").ok_or(IncomingError::Deadline)?),
        chosen => chosen,
    };
    let end_of_day = |day: &str| {
        let day = day.split('T').next().unwrap_or(day);
        Timestamp::from_input(&format!("{day}T23:59")).ok_or(IncomingError::Deadline)
    };
    let help = fields.iter().filter(|(name, value)| name == "help" && !value.is_empty());
    let direction = Direction {
        lead: field("lead").map(unit).transpose()?,
        help: help.map(|(_, value)| unit(value)).collect::<Result<_, _>>()?,
        deadline: day.map(end_of_day).transpose()?,
        text: field("text").unwrap_or_default().to_owned(),
    };
    Ok((direction, field("version").and_then(|version| version.parse().ok()).unwrap_or_default()))
}

/// `person` may stand many times.
async fn assign(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let mut people: Vec<PersonId> = Vec::new();
    let (mut text, mut seen) = (String::new(), 0);
    for (name, value) in fields {
        match name.as_str() {
            "person" => people.push(value.parse().map_err(|_| web::Error::NotFound)?),
            "text" => text = value,
            "version" => seen = value.parse().unwrap_or_default(),
            _ => {}
        }
    }
    let mut tx = app.db.write().await?;
    let done = working::assign(&mut tx, &actor, id, (&people, &text, seen), now).await;
    answered(&app, tx, (chrome, &actor, id), done, Kept { text, people, ..Kept::default() }).await
}

#[derive(Debug, Deserialize)]
struct ReportForm {
    text: String,
    done: Option<String>,
    version: i64,
}

async fn report(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReportForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let said = (form.text.as_str(), form.done.is_some(), form.version);
    let done = working::report(&mut tx, &actor, id, said, now).await;
    answered(&app, tx, (chrome, &actor, id), done, Kept { text: form.text, ..Kept::default() }).await
}

/// Leads to the form of an outgoing document that answers this one.
async fn answer(
    Path(id): Path<IncomingId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let form = answering::start(&mut tx, &actor, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&form))
}

async fn reopen(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = working::reopen(&mut tx, &actor, id, (&form.reason, form.version), now).await;
    let kept = Kept { reason: form.reason, ..Kept::default() };
    answered(&app, tx, (chrome, &actor, id), done, kept).await
}
