//! What leaves the system: a file as a package, and lists on paper.

use axum::body::Body;
use axum::extract::State as Service;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::files::store::{self, Of};
use crate::files::{WorkFileId, actions, export, metadata, printing};
use crate::identity::Actor;
use crate::incoming::IncomingId;
use crate::outgoing::OutgoingId;
use crate::papers;
use crate::web::{self, App, Now, Path, Query};

/// The whole file as a ZIP; that it left is on record before its first byte does.
pub(super) async fn export(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let export = export::gather(&mut tx, &actor, id).await?;
    drop(tx);
    let contents = printing::contents(&app, &actor, (&export.file, &export.papers), now).await?;
    let mut tx = app.db.write().await?;
    export::record(&mut tx, &actor, (id, &export), now).await?;
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, papers::web::attachment(&export.name())),
    ];
    Ok((headers, Body::from_stream(export.package(&app, contents))).into_response())
}

/// The table of contents alone, for anyone who may see the file.
pub(super) async fn contents(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let (file, _) = actions::find(&mut tx, &actor, id).await?;
    let papers = store::contents(&mut tx, id).await?;
    drop(tx);
    Ok(pdf(printing::contents(&app, &actor, (&file, &papers), now).await?))
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct YearQuery {
    year: Option<i64>,
}

/// The list of a year.
pub(super) async fn list(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<YearQuery>,
) -> Result<Response, web::Error> {
    let year = query.year.unwrap_or_else(|| i64::from(now.in_office().year()));
    Ok(pdf(printing::list(&app, &actor, year, now).await?))
}

/// The metadata of an outgoing document.
pub(super) async fn of_outgoing(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    metadata_of(&app, &actor, Of::Outgoing(id)).await
}

/// The metadata of an incoming document.
pub(super) async fn of_incoming(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    metadata_of(&app, &actor, Of::Incoming(id)).await
}

async fn metadata_of(app: &App, actor: &Actor, of: Of) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let (name, xml) = metadata::of_one(&mut tx, actor, of).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/xml; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, papers::web::attachment(&format!("{}.xml", name.replace('/', "-")))),
    ];
    Ok((headers, xml).into_response())
}

fn pdf(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}
