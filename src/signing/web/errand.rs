//! A file that is taken away, signed with a program of the signer's own, and
//! brought back.

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::file::{Disposition, pdf_response};
use super::step::{self, refusal};
use crate::clock::Timestamp;
use crate::identity::{Actor, Chrome};
use crate::signing::rules::ActState;
use crate::signing::signature::SignError;
use crate::signing::store::{self, acts as rows};
use crate::signing::{ActId, Desk, DocumentId, acts, signature, urls};
use crate::storage::Incoming;
use crate::web::{self, App, Now, Part, Parts, Path};

pub(super) fn router() -> Router<App> {
    let returns = Router::new()
        .route("/signing/acts/{act}/returns", post(take_back))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(returns)
        .route("/signing/{document}/{number}/errands", post(hand_out))
        .route("/signing/acts/{act}/file", get(file))
}

async fn hand_out(
    chrome: Chrome,
    Path((document, number)): Path<(DocumentId, i64)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    match acts::hand_out(&Desk::of(&app), &actor, document, number, now).await {
        Ok(_) => Ok(Redirect::to(&urls::step(document, number)).into_response()),
        Err(error) => {
            let (status, problem) = refusal(error)?;
            let page = step::page(chrome, &actor, &app, (document, number), Some(problem), now).await?;
            Ok((status, page).into_response())
        }
    }
}

/// The bytes handed out, for whoever they were handed to.
async fn file(Path(act): Path<ActId>, actor: Actor, State(app): State<App>) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let act = rows::find(&mut tx, act).await?;
    let is_own = |act: &rows::Act| act.person_id == actor.person && act.state == ActState::Open;
    // What was prepared for a token has no field: whoever signs it by hand would sign in the wrong place.
    let act = act.filter(|act| is_own(act) && act.field.is_some()).ok_or(web::Error::NotFound)?;
    let found = store::document(&mut tx, act.document_id).await?.ok_or(web::Error::NotFound)?;
    drop(tx);
    pdf_response(&app.storage, act.given_sha256, &found.title, Disposition::Attachment).await
}

async fn take_back(
    chrome: Chrome,
    Path(act): Path<ActId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let found = rows::find(&mut tx, act).await?.filter(|found| found.person_id == actor.person);
    let step = found.map(|act| (act.document_id, act.number)).ok_or(web::Error::NotFound)?;
    drop(tx);
    let returned = receive(&app, form, "file").await?;
    match accepted(&app, &actor, act, &returned, now).await {
        Ok(()) => Ok(Redirect::to(&urls::step(step.0, step.1)).into_response()),
        Err(error) => {
            let (status, problem) = refusal(error)?;
            let page = step::page(chrome, &actor, &app, step, Some(problem), now).await?;
            Ok((status, page).into_response())
        }
    }
}

async fn accepted(
    app: &App,
    actor: &Actor,
    act: ActId,
    returned: &Incoming,
    now: Timestamp,
) -> Result<(), SignError> {
    let made = acts::take_back(&Desk::of(app), actor, act, returned, now).await?;
    let mut tx = app.db.write().await?;
    signature::record(&mut tx, actor, &made, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(())
}

/// The file in a field of a form, on the scratch disk.
pub(super) async fn receive(app: &App, mut form: Parts, name: &str) -> Result<Incoming, web::Error> {
    while let Some(part) = form.next().await? {
        if part.name() == name {
            return taken(app, part).await;
        }
    }
    Err(web::Error::Invalid("errand-no-file".into()))
}

async fn taken(app: &App, mut part: Part<'_>) -> Result<Incoming, web::Error> {
    let limit = app.config.upload_limit_mib.saturating_mul(1 << 20);
    let mut incoming = app.storage.incoming(limit).await?;
    while let Some(chunk) = part.chunk().await? {
        incoming.write(&chunk).await?;
    }
    incoming.finish().await?;
    if incoming.size() == 0 { Err(web::Error::Invalid("errand-no-file".into())) } else { Ok(incoming) }
}
