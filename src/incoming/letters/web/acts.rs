//! Forms: what is done with a letter.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use serde::Deserialize;

use super::{Kept, load};
use crate::identity::{Actor, Chrome};
use crate::incoming::letters::actions::{self, Choice, LetterError};
use crate::incoming::{LetterId, door, urls};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incoming/letters/{letter}/arrival", post(take))
        .route("/incoming/letters/{letter}/putting-aside", post(put_aside))
        .route("/incoming/letters/{letter}/taking-up", post(take_up))
}

/// A document is made of the letter. `attachment` may stand many times.
async fn take(
    Path(id): Path<LetterId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let choice = choice_of(&fields);
    match actions::make_document(&app, &actor, id, &choice, now).await {
        Ok(document) => {
            app.bell.notify_one();
            door::judge(&app, &actor, document, now).await?;
            Ok(Redirect::to(&urls::document(document)).into_response())
        }
        Err(error) => refused(&app, (chrome, &actor, id), error, Kept { choice, ..Kept::default() }).await,
    }
}

fn choice_of(fields: &[(String, String)]) -> Choice {
    let all = |name: &'static str| {
        let found = fields.iter().filter(move |(key, _)| key == name);
        found.filter_map(|(_, value)| value.parse().ok())
    };
    Choice {
        document: all("document").next(),
        attachments: all("attachment").collect(),
        seen: all("version").next().unwrap_or_default(),
    }
}

#[derive(Debug, Deserialize)]
struct ReasonForm {
    reason: String,
    version: i64,
}

async fn put_aside(
    Path(id): Path<LetterId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ReasonForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    match actions::put_aside(&mut tx, &actor, id, (&form.reason, form.version), now).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::desk()).into_response())
        }
        Err(error) => {
            drop(tx);
            let kept = Kept { reason: form.reason, ..Kept::default() };
            refused(&app, (chrome, &actor, id), error, kept).await
        }
    }
}

#[derive(Debug, Deserialize)]
struct TakeUpForm {
    version: i64,
}

async fn take_up(
    Path(id): Path<LetterId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<TakeUpForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    match actions::take_up(&mut tx, &actor, id, form.version, now).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::letter(id)).into_response())
        }
        Err(error) => {
            drop(tx);
            refused(&app, (chrome, &actor, id), error, Kept::default()).await
        }
    }
}

/// The letter with what was chosen or typed, and why it was refused.
async fn refused(
    app: &App,
    (chrome, actor, id): (Chrome, &Actor, LetterId),
    error: LetterError,
    mut kept: Kept,
) -> Result<Response, web::Error> {
    let file = match &error {
        LetterError::File { name, .. } => format!("{name}: "),
        _ => String::new(),
    };
    let (status, message) = web::Error::from(error).of_form()?;
    kept.problem = Some(format!("{file}{}", message.text(chrome.lang())));
    let mut tx = app.db.read().await?;
    let page = load(&mut tx, chrome, actor, id, kept).await?;
    Ok((status, web::page(&page)?).into_response())
}
