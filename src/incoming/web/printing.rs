//! What is printed of incoming documents: their registers, and the routing slip.

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::identity::Actor;
use crate::incoming::{IncomingId, book, slip};
use crate::registers::PartQuery;
use crate::web::{self, App, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incoming/register/print", get(register))
        .route("/incoming/register/transfers", get(transfers))
        .route("/incoming/{incoming}/slip", get(routing_slip))
}

/// A part of the register.
async fn register(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<PartQuery>,
) -> Result<Response, web::Error> {
    Ok(pdf(book::print(&app, &actor, query.part(now)?, now).await?))
}

/// A part of the book of transfers.
async fn transfers(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<PartQuery>,
) -> Result<Response, web::Error> {
    Ok(pdf(book::transfers(&app, &actor, query.part(now)?, now).await?))
}

/// The routing slip of one document.
async fn routing_slip(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    Ok(pdf(slip::print(&app, &actor, id, now).await?))
}

fn pdf(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response()
}
