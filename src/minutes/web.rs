//! The page of the minutes: write, look, lock, and follow the signing.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::actions::{self, MinutesError};
use super::page::{self, StaleText};
use super::store::Edit;
use super::{correction, urls};
use crate::identity::{Actor, Chrome};
use crate::meetings::{self, MeetingId};
use crate::web::{self, App, Form, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/minutes", get(show))
        .route("/meetings/{meeting}/minutes/preview", get(preview))
        .route("/meetings/{meeting}/minutes/texts/{part}", post(save))
        .route("/meetings/{meeting}/minutes/locking", post(lock))
        .route("/meetings/{meeting}/minutes/corrections", post(correct))
}

impl From<MinutesError> for web::Error {
    fn from(error: MinutesError) -> Self {
        match error {
            MinutesError::NotFound => Self::NotFound,
            MinutesError::Locked => Self::Conflict("minutes-locked-already".into()),
            MinutesError::Stale { .. } => Self::Conflict("minutes-stale".into()),
            MinutesError::TooLong => Self::Invalid("minutes-too-long".into()),
            MinutesError::NoSigners => Self::Conflict("minutes-no-signers".into()),
            MinutesError::NotSigned => Self::Conflict("minutes-not-signed".into()),
            MinutesError::NoReason => Self::Invalid("minutes-no-reason".into()),
            MinutesError::Meeting(error) => error.into(),
            MinutesError::Typeset(error) => Self::internal(error),
            MinutesError::Task(error) => Self::internal(error),
            MinutesError::Random(error) => Self::internal(error),
            MinutesError::Storage(error) => error.into(),
            MinutesError::Job(error) => error.into(),
            MinutesError::Db(error) => error.into(),
        }
    }
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&page::load(&mut tx, chrome, &actor, id, None).await?)
}

#[derive(Debug, Deserialize)]
struct TextForm {
    text: String,
    version: i64,
}

/// Saves one text: for a script that saves while one types, answered with what
/// stands now and the version to type on from; for a form, with the page.
async fn save(
    Path((id, part)): Path<(MeetingId, String)>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    headers: HeaderMap,
    Form(form): Form<TextForm>,
) -> Result<Response, web::Error> {
    let is_script = headers.get(header::ACCEPT).is_some_and(|accept| accept == "application/json");
    let mut tx = app.db.write().await?;
    let edit = Edit { part: &part, text: &form.text, version: form.version };
    match actions::save(&mut tx, &actor, id, edit, now).await {
        Ok(saved) => {
            tx.commit().await?;
            if is_script {
                let answer = json!({ "version": saved.version, "base": saved.base, "text": saved.text });
                return Ok(Json(answer).into_response());
            }
            Ok(Redirect::to(&urls::minutes(id)).into_response())
        }
        Err(MinutesError::Stale { theirs, ours, both }) if !is_script => {
            drop(tx);
            let mut tx = app.db.read().await?;
            let stale = StaleText { part, theirs: *theirs, ours, both };
            let page = web::page(&page::load(&mut tx, chrome, &actor, id, Some(stale)).await?)?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn preview(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let pdf = actions::preview(&app, &actor, id, now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

async fn lock(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    actions::lock(&app, &actor, id, now).await?;
    app.bell.notify_one();
    app.live.changed(meetings::topic(id));
    Ok(Redirect::to(&urls::minutes(id)))
}

#[derive(Debug, Deserialize)]
struct CorrectionForm {
    #[serde(default)]
    reason: String,
}

async fn correct(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CorrectionForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    correction::open(&mut tx, &actor, id, &form.reason, now).await?;
    tx.commit().await?;
    app.live.changed(meetings::topic(id));
    Ok(Redirect::to(&urls::minutes(id)))
}
