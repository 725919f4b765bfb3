//! Handing out a PDF.

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::identity::rules::fold;
use crate::identity::{Actor, OrgRole};
use crate::signing::{DocumentId, actions, store};
use crate::storage::{Hash, Storage};
use crate::web::{self, App, Path};

/// What a browser does with a file.
#[derive(Clone, Copy, Debug)]
pub enum Disposition {
    Inline,
    Attachment,
}

/// The newest bytes of a document, for its signers and the office's secretary.
pub(super) async fn show(
    Path(document): Path<DocumentId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let found = store::document(&mut tx, document).await?.ok_or(web::Error::NotFound)?;
    let is_secretary = actor.is(OrgRole::Secretary);
    if !actions::may_read(&mut tx, &actor, &found, is_secretary).await? {
        return Err(web::Error::NotFound);
    }
    drop(tx);
    pdf_response(&app.storage, found.sha256, &found.title, Disposition::Inline).await
}

/// Streams a PDF under a title.
pub async fn pdf_response(
    storage: &Storage,
    hash: Hash,
    title: &str,
    disposition: Disposition,
) -> Result<Response, web::Error> {
    let word = match disposition {
        Disposition::Inline => "inline",
        Disposition::Attachment => "attachment",
    };
    // RFC 6266: a plain name for old programs, the real one beside it.
    let plain = fold(title).replace(' ', "-");
    let real = utf8_percent_encode(title, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("{word}; filename=\"{plain}.pdf\"; filename*=UTF-8''{real}.pdf"),
        ),
    ];
    Ok((headers, Body::from_stream(storage.stream(hash).await?)).into_response())
}
