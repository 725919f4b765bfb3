//! Asking to speak, the chair's acts on the queue, and who spoke.

mod form;
mod speakers;

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, Reply, SpeechError, Wish};
use super::floor::{self, Place};
use super::rules::{Act, AnswerWay, SpeechKind};
use super::{RequestId, urls};
use crate::clock::Timestamp;
use crate::identity::{Actor, PersonId};
use crate::meetings::{self, ItemId, MeetingId, desk_topic, topic};
use crate::web::{self, App, Form, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/speech-requests", get(form::show).post(ask))
        .route("/speech-requests/{request}/withdrawal", post(withdraw))
        .route("/speech-requests/{request}/call", post(call))
        .route("/speech-requests/{request}/pause", post(pause))
        .route("/speech-requests/{request}/resumption", post(resume))
        .route("/speech-requests/{request}/extra-minute", post(extend))
        .route("/speech-requests/{request}/ending", post(end))
        .route("/speech-requests/{request}/pass", post(skip))
        .route("/speech-requests/{request}/return", post(put_back))
        .route("/speech-requests/{request}/place", post(move_to))
        .route("/speech-requests/{request}/answer", post(reply))
        .merge(speakers::router())
}

impl From<SpeechError> for web::Error {
    fn from(error: SpeechError) -> Self {
        match error {
            SpeechError::NotFound => Self::NotFound,
            SpeechError::OnlyMembers => Self::Forbidden("speech-only-members".into()),
            SpeechError::NotConducting => Self::Forbidden("meeting-not-organiser".into()),
            SpeechError::NotNow => Self::Conflict("speech-not-now".into()),
            SpeechError::NotUnderWay => Self::Conflict("speech-not-under-way".into()),
            SpeechError::AlreadyAsked => Self::Conflict("speech-already-asked".into()),
            SpeechError::FloorTaken => Self::Conflict("speech-floor-taken".into()),
            SpeechError::Overtaken => Self::Conflict("speech-overtaken".into()),
            SpeechError::Topic => Self::Invalid("speech-topic-long".into()),
            SpeechError::Addressee => Self::Invalid("speech-addressee-missing".into()),
            SpeechError::Answer => Self::Invalid("speech-answer-bad".into()),
            SpeechError::Meeting(error) => error.into(),
            SpeechError::Db(error) => error.into(),
        }
    }
}

#[derive(Debug, Deserialize)]
struct AskForm {
    speech: Option<SpeechKind>,
    item: Option<ItemId>,
    topic: Option<String>,
    addressee: Option<PersonId>,
    person: Option<PersonId>,
}

async fn ask(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<AskForm>,
) -> Result<Redirect, web::Error> {
    let kind = form.speech.unwrap_or(SpeechKind::Speech);
    let wish = Wish {
        kind,
        item: form.item,
        topic: form.topic.unwrap_or_default(),
        addressee: form.addressee,
        person: form.person,
    };
    let mut tx = app.db.write().await?;
    actions::ask(&mut tx, &actor, id, wish, now).await?;
    tx.commit().await?;
    // A request at the end of the queue changes no other member's screen.
    app.live.changed(if kind == SpeechKind::PointOfOrder { topic(id) } else { desk_topic(id) });
    Ok(Redirect::to(&meetings::urls::meeting(id)))
}

async fn withdraw(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let request = actions::withdraw(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, request.meeting_id))
}

async fn call(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::Call, now).await
}

async fn pause(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::Pause, now).await
}

async fn resume(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::Resume, now).await
}

async fn end(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::End, now).await
}

async fn skip(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::Skip, now).await
}

async fn put_back(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    act(&app, &actor, id, Act::PutBack, now).await
}

async fn act(
    app: &App,
    actor: &Actor,
    id: RequestId,
    act: Act,
    now: Timestamp,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let request = floor::act(&mut tx, actor, id, act, now).await?;
    tx.commit().await?;
    Ok(back(app, request.meeting_id))
}

async fn extend(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let request = floor::extend(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(back(&app, request.meeting_id))
}

#[derive(Debug, Deserialize)]
struct PlaceForm {
    to: Place,
}

async fn move_to(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PlaceForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let request = floor::move_to(&mut tx, &actor, id, form.to, now).await?;
    tx.commit().await?;
    Ok(back(&app, request.meeting_id))
}

#[derive(Debug, Deserialize)]
struct ReplyForm {
    way: AnswerWay,
    due_at: Option<String>,
    text: Option<String>,
}

async fn reply(
    Path(id): Path<RequestId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReplyForm>,
) -> Result<Redirect, web::Error> {
    let due_at = form.due_at.as_deref().and_then(Timestamp::from_date_input);
    let reply = Reply { way: form.way, due_at, text: form.text.unwrap_or_default() };
    let mut tx = app.db.write().await?;
    let request = actions::reply(&mut tx, &actor, id, reply, now).await?;
    tx.commit().await?;
    app.live.changed(topic(request.meeting_id));
    Ok(Redirect::to(&urls::speakers(request.meeting_id)))
}

fn back(app: &App, meeting: MeetingId) -> Redirect {
    app.live.changed(topic(meeting));
    Redirect::to(&meetings::urls::meeting(meeting))
}
