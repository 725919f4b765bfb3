//! The page of an office's sentences.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, PhraseError};
use super::rules::GAPS;
use super::store::Phrase;
use super::{PhraseId, urls};
use crate::identity::{Actor, Chrome, Section};
use crate::web::{self, App, Form, Now, Path};

pub fn router() -> Router<App> {
    Router::new().route("/phrases", get(list).post(add)).route("/phrases/{phrase}/removal", post(remove))
}

impl From<PhraseError> for web::Error {
    fn from(error: PhraseError) -> Self {
        match error {
            PhraseError::NotFound => Self::NotFound,
            PhraseError::NotSecretary => Self::Forbidden("error-not-your-role".into()),
            PhraseError::Unusable => Self::Invalid("phrase-unusable".into()),
            PhraseError::Taken => Self::Conflict("phrase-taken".into()),
            PhraseError::Db(error) => error.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "phrases/list.html")]
struct PhrasesPage {
    chrome: Chrome,
    phrases: Vec<Phrase>,
    gaps: String,
}

async fn list(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let phrases = actions::list(&mut tx, &actor).await?;
    let gaps: Vec<String> = GAPS.iter().map(|gap| format!("{{{gap}}}")).collect();
    web::page(&PhrasesPage { chrome: chrome.at(Section::Meetings), phrases, gaps: gaps.join(", ") })
}

#[derive(Debug, Deserialize)]
struct PhraseForm {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
}

async fn add(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PhraseForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::add(&mut tx, &actor, &form.title, &form.text, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::list()))
}

async fn remove(
    Path(phrase): Path<PhraseId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::remove(&mut tx, &actor, phrase, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::list()))
}
