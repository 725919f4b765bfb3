//! Taking a paper away: a copy with one's name on it, or the exact bytes.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt;

use super::{attachment, drawing_refusal, opened};
use crate::identity::{Actor, Chrome};
use crate::papers::store::Version;
use crate::papers::{VersionId, actions, rules, urls};
use crate::web::{self, App, Now, Path};

#[derive(Template)]
#[template(path = "papers/downloads.html")]
struct DownloadsPage {
    chrome: Chrome,
    title: String,
    number: i64,
    reader_url: String,
    copy_url: String,
    /// `None`: not for this person.
    file_url: Option<String>,
    verdict_url: String,
    hash: String,
}

/// What may be taken away, and what each is good for.
pub(super) async fn downloads(
    Path(id): Path<VersionId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let (version, reading) = opened(&app.db, &actor, id).await?;
    if !reading.may_download {
        return Err(web::Error::NotFound);
    }
    web::page(&DownloadsPage {
        chrome,
        hash: version.sha256.to_string(),
        title: version.title,
        number: version.number,
        reader_url: urls::reader(id),
        copy_url: urls::reading_copy(id),
        file_url: reading.may_take_original.then(|| urls::file(id)),
        verdict_url: urls::verdict(id),
    })
}

/// The exact bytes that were stored.
pub(super) async fn original(
    Path(id): Path<VersionId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let (version, reading) = opened(&app.db, &actor, id).await?;
    if !reading.may_take_original {
        return Err(web::Error::NotFound);
    }
    note(&app, &actor, &version, "paper_original_taken", now).await?;
    let name = rules::pdf_name(&version.file_name);
    answer(&app, &version, &name, Bytes::new()).await
}

/// The same pages with the reader's name and the time over them.
///
/// The stored bytes come first, as they lie, and the watermark after them, so
/// that a long scan is neither held in memory nor written anew.
pub(super) async fn copy(
    Path(id): Path<VersionId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let (version, reading) = opened(&app.db, &actor, id).await?;
    if !reading.may_download {
        return Err(web::Error::NotFound);
    }
    let (across, foot) = (format!("{} {}", actor.full_name, now.date_time()), words(&chrome, &actor, now));
    let file = app.renderer.copy(&app.storage, version.sha256).await?;
    let file = file.get().ok_or(web::Error::NotFound)?;
    let tail = app
        .renderer
        .watermark(file.path(), &across, &foot, now)
        .await
        .map_err(|error| drawing_refusal(error, "paper-copy-unmade"))?;
    note(&app, &actor, &version, "paper_copy_taken", now).await?;
    let name = rules::copy_name(&version.file_name);
    answer(&app, &version, &name, tail).await
}

fn words(chrome: &Chrome, actor: &Actor, now: crate::clock::Timestamp) -> String {
    chrome.t2("paper-copy-foot", "name", &actor.full_name, "time", now.date_time())
}

/// Who took what is on record before the first byte leaves.
async fn note(
    app: &App,
    actor: &Actor,
    version: &Version,
    act: &str,
    now: crate::clock::Timestamp,
) -> Result<(), web::Error> {
    let mut tx = app.db.write().await?;
    actions::note_taking(&mut tx, actor, version, act, now).await?;
    Ok(tx.commit().await?)
}

async fn answer(app: &App, version: &Version, name: &str, tail: Bytes) -> Result<Response, web::Error> {
    let bytes = app.storage.stream(version.sha256).await?;
    let length = u64::try_from(version.size).unwrap_or_default() + tail.len() as u64;
    let after = futures_util::stream::iter((!tail.is_empty()).then_some(Ok(tail)));
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (CONTENT_DISPOSITION, attachment(name)),
        // Whatever is in the file, it acts for nobody.
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, Body::from_stream(bytes.chain(after))).into_response())
}
