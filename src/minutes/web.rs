//! The page of the minutes: write, look, lock, and follow the signing.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::actions::{self, CONCLUSION, MinutesError};
use super::store::{self, Text};
use super::{MinutesState, urls};
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::lights::{self, Badge};
use crate::meetings::rules::Presence;
use crate::meetings::store::{Item, Meeting, Participant};
use crate::meetings::{self, MeetingId};
use crate::signing::{self, DocumentId, DocumentState, Status};
use crate::voting;
use crate::voting::web::result::{ResultView, result_view};
use crate::web::{self, App, Form, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/minutes", get(show))
        .route("/meetings/{meeting}/minutes/preview", get(preview))
        .route("/meetings/{meeting}/minutes/texts/{part}", post(save))
        .route("/meetings/{meeting}/minutes/locking", post(lock))
}

impl From<MinutesError> for web::Error {
    fn from(error: MinutesError) -> Self {
        match error {
            MinutesError::NotFound => Self::NotFound,
            MinutesError::Locked => Self::Conflict("minutes-locked-already".into()),
            MinutesError::Stale { .. } => Self::Conflict("minutes-stale".into()),
            MinutesError::TooLong => Self::Invalid("minutes-too-long".into()),
            MinutesError::NoSigners => Self::Conflict("minutes-no-signers".into()),
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

#[derive(Template)]
#[template(path = "minutes/minutes.html")]
struct MinutesPage {
    chrome: Chrome,
    meeting: Meeting,
    people: Vec<Participant>,
    presence: Presence,
    parts: Vec<Part>,
    conclusion: Option<Text>,
    is_draft: bool,
    may_write: bool,
    signing: Option<SigningView>,
    stale: Option<StaleText>,
}

struct Part {
    number: usize,
    item: Item,
    text: Option<Text>,
    results: Vec<(String, ResultView)>,
}

struct SigningView {
    status: Status,
    is_complete: bool,
    file: String,
    public: String,
    light: Option<Badge>,
}

/// Two people's versions of one text, side by side.
struct StaleText {
    part: String,
    theirs: Text,
    ours: String,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&load(&mut tx, chrome, &actor, id, None).await?)
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    id: MeetingId,
    stale: Option<StaleText>,
) -> Result<MinutesPage, web::Error> {
    let (meeting, standing, minutes) = actions::find(tx, actor, id).await?;
    let people = meetings::store::participants(tx, id).await?;
    let presence = Presence::count(people.iter().map(|one| (one.role, one.member, &one.attendance)));
    let texts = store::texts(tx, minutes.id).await?;
    let is_draft = minutes.state == MinutesState::Draft;
    let signing = match minutes.document_id {
        Some(document) => signing_view(tx, document).await?,
        None => None,
    };
    Ok(MinutesPage {
        parts: parts(tx, &chrome, id, &texts).await?,
        conclusion: texts.iter().find(|text| text.part == CONCLUSION).cloned(),
        may_write: is_draft && standing.is_organiser,
        chrome: chrome.at(Section::Meetings),
        meeting,
        people,
        presence,
        is_draft,
        signing,
        stale,
    })
}

async fn signing_view(tx: &mut Tx, document: DocumentId) -> Result<Option<SigningView>, web::Error> {
    let Some(status) = signing::status(tx, document).await? else { return Ok(None) };
    Ok(Some(SigningView {
        is_complete: status.state == DocumentState::Complete,
        file: signing::urls::file(document),
        public: signing::urls::public(&status.code),
        light: lights::badge_of(tx, status.sha256).await?,
        status,
    }))
}

async fn parts(tx: &mut Tx, chrome: &Chrome, id: MeetingId, texts: &[Text]) -> Result<Vec<Part>, web::Error> {
    let votes = voting::store::votes_of(tx, id).await?;
    let results = voting::store::results_of(tx, id).await?;
    let items = meetings::store::items(tx, id).await?.into_iter().zip(1..);
    let parts = items.map(|(item, number)| {
        let of_item = votes.iter().filter(|vote| vote.item == item.id).filter_map(|vote| {
            let (_, result) = results.iter().find(|(of, _)| *of == vote.id)?;
            Some((vote.question.clone(), result_view(chrome.lang(), vote, result.clone())))
        });
        let part = item.id.to_string();
        Part {
            number,
            results: of_item.collect(),
            text: texts.iter().find(|text| text.part == part).cloned(),
            item,
        }
    });
    Ok(parts.collect())
}

#[derive(Debug, Deserialize)]
struct TextForm {
    text: String,
    version: i64,
}

/// Saves one text: for a script that saves while one types, answered with the
/// new version; for a form, with the page.
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
    match actions::save(&mut tx, &actor, id, &part, &form.text, form.version, now).await {
        Ok(version) => {
            tx.commit().await?;
            if is_script {
                return Ok(Json(json!({ "version": version })).into_response());
            }
            Ok(Redirect::to(&urls::minutes(id)).into_response())
        }
        Err(MinutesError::Stale { theirs, ours }) if !is_script => {
            drop(tx);
            let mut tx = app.db.read().await?;
            let stale = StaleText { part, theirs: *theirs, ours };
            let page = web::page(&load(&mut tx, chrome, &actor, id, Some(stale)).await?)?;
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
