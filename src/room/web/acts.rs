//! What those who run the meeting do to it.

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::{ItemId, MeetingId, conduct, session, topic, urls};
use crate::speaking::floor;
use crate::voting;
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/opening", post(start))
        .route("/meetings/{meeting}/pause", post(pause))
        .route("/meetings/{meeting}/adjournment", post(adjourn))
        .route("/meetings/{meeting}/resumption", post(resume))
        .route("/meetings/{meeting}/closing", post(close))
        .route("/meetings/{meeting}/current-item", post(go_to))
        .route("/meetings/{meeting}/conductor", post(take_over))
        .route("/meetings/{meeting}/deputies", post(name_deputy))
}

async fn start(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    session::start(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, id))
}

async fn pause(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let has_open_votes = has_open_votes(&mut tx, &actor, id).await?;
    session::pause(&mut tx, &actor, id, has_open_votes, now).await?;
    floor::halt(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, id))
}

#[derive(Debug, Deserialize)]
struct AdjournForm {
    until: String,
}

async fn adjourn(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<AdjournForm>,
) -> Result<Redirect, web::Error> {
    let until = Timestamp::from_input(&form.until).ok_or(MeetingError::AdjournTime)?;
    let mut tx = app.db.write().await?;
    let has_open_votes = has_open_votes(&mut tx, &actor, id).await?;
    session::adjourn(&mut tx, &actor, id, until, has_open_votes, now).await?;
    floor::clear(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, id))
}

async fn resume(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    session::resume(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, id))
}

async fn close(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let has_open_votes = has_open_votes(&mut tx, &actor, id).await?;
    floor::clear(&mut tx, &actor, id, now).await?;
    session::close(&mut tx, &actor, id, has_open_votes, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(back(&app, id))
}

/// Whether a vote runs. The meeting is held first: none may open between the
/// question and what follows from its answer.
async fn has_open_votes(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<bool, MeetingError> {
    actions::claim(tx, actor, id).await?;
    Ok(voting::actions::has_open_votes(tx, id).await?)
}

#[derive(Debug, Deserialize)]
struct ItemForm {
    item: ItemId,
    /// The present item on the screen the button was pressed on.
    seen: Option<ItemId>,
}

async fn go_to(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ItemForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    if conduct::go_to(&mut tx, &actor, id, form.item, form.seen, now).await? {
        floor::clear(&mut tx, &actor, id, now).await?;
    }
    tx.commit().await?;
    Ok(back(&app, id))
}

async fn take_over(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    session::take_over(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::cockpit(id)))
}

#[derive(Debug, Deserialize)]
struct DeputyForm {
    person: PersonId,
    /// Absent: the person is a deputy no more.
    deputy: Option<String>,
}

async fn name_deputy(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<DeputyForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    session::set_deputy(&mut tx, &actor, id, form.person, form.deputy.is_some(), now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::attendance(id)))
}

fn back(app: &App, id: MeetingId) -> Redirect {
    app.live.changed(topic(id));
    Redirect::to(&urls::meeting(id))
}
