//! Files dropped on an agenda, and who may read them.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use super::preparation::done;
use crate::identity::{Actor, PersonId};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::agenda;
use crate::meetings::rules::{PaperException, PaperRule};
use crate::meetings::{ItemId, MeetingId};
use crate::papers::{self, PaperId};
use crate::web::{self, App, Form, Now, Parts, Path};

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/meetings/{meeting}/papers", post(add))
        .route("/meetings/{meeting}/papers/{paper}/versions", post(replace))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/meetings/{meeting}/items/{item}/papers/{paper}", post(set_rule))
        .route("/meetings/{meeting}/items/{item}/papers/{paper}/removal", post(remove))
        .route("/meetings/{meeting}/papers/{paper}/exceptions", post(set_exception))
}

/// Each file of the form becomes a paper: of the item named before it, or of
/// a new item of its own.
async fn add(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    must_prepare(&app, &actor, id).await?;
    let mut item: Option<ItemId> = None;
    while let Some(mut part) = form.next().await? {
        match part.name() {
            "item" => item = part.text().await?.parse().ok(),
            "file" => {
                let upload = papers::web::receive(&app, &mut part).await?;
                let mut tx = app.db.write().await?;
                agenda::add_paper(&mut tx, &actor, id, item, &upload, now).await?;
                tx.commit().await?;
            }
            _ => {}
        }
    }
    let tx = app.db.read().await?;
    done(&app, tx, id).await
}

async fn replace(
    Path((id, paper)): Path<(MeetingId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    must_prepare(&app, &actor, id).await?;
    while let Some(mut part) = form.next().await? {
        if part.name() == "file" {
            let upload = papers::web::receive(&app, &mut part).await?;
            let mut tx = app.db.write().await?;
            agenda::replace_paper(&mut tx, &actor, id, paper, &upload, now).await?;
            return done(&app, tx, id).await;
        }
    }
    Err(web::Error::Invalid("error-form".into()))
}

/// Refuses before a long upload is read, not after.
async fn must_prepare(app: &App, actor: &Actor, id: MeetingId) -> Result<(), web::Error> {
    let mut tx = app.db.read().await?;
    let (_, standing) = actions::find(&mut tx, actor, id).await?;
    if standing.is_organiser { Ok(()) } else { Err(MeetingError::NotOrganiser.into()) }
}

#[derive(Debug, Deserialize)]
struct RuleForm {
    guests: Option<String>,
    download: Option<String>,
}

async fn set_rule(
    Path((id, item, paper)): Path<(MeetingId, ItemId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RuleForm>,
) -> Result<Redirect, web::Error> {
    let rule =
        PaperRule { paper, guests_may_read: form.guests.is_some(), may_download: form.download.is_some() };
    let mut tx = app.db.write().await?;
    agenda::set_paper_rule(&mut tx, &actor, id, item, rule, now).await?;
    done(&app, tx, id).await
}

async fn remove(
    Path((id, item, paper)): Path<(MeetingId, ItemId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    agenda::remove_paper(&mut tx, &actor, id, item, paper, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct ExceptionForm {
    person: PersonId,
    read: Option<String>,
    download: Option<String>,
}

async fn set_exception(
    Path((id, paper)): Path<(MeetingId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ExceptionForm>,
) -> Result<Redirect, web::Error> {
    let own = PaperException {
        paper,
        person: form.person,
        may_read: form.read.is_some(),
        may_download: form.download.is_some(),
    };
    let mut tx = app.db.write().await?;
    agenda::set_paper_exception(&mut tx, &actor, id, own, now).await?;
    done(&app, tx, id).await
}
