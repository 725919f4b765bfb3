//! Reading a paper: the page, its pictures, its words, its file.

mod taking;

use askama::Template;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::actions::{self, PaperError, Reading};
use super::renderer::DrawError;
use super::search::{self, Hit};
use super::store::{self, PageSize, Version};
use super::words::Word;
use super::{State as VersionState, Upload, UploadError, VersionId, rules, urls};
use crate::clock::Timestamp;
use crate::db::Db;
use crate::identity::rules::fold;
use crate::identity::{Actor, Chrome};
use crate::lights::{self, Badge};
use crate::web::{self, App, Message, Now, Part, Path, Query, is_inner_path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/papers/{version}", get(reader))
        .route("/papers/{version}/pages/{page}", get(picture))
        .route("/papers/{version}/text", get(text))
        .route("/papers/{version}/search", get(find))
        .route("/papers/{version}/downloads", get(taking::downloads))
        .route("/papers/{version}/copy", get(taking::copy))
        .route("/papers/{version}/file", get(taking::original))
}

/// What a version never changes may stay in the browser, but in no cache shared by others.
const KEPT: &str = "private, max-age=31536000, immutable";
/// Not for whoever signs in next at this device.
const SESSION: &str = "Cookie";
/// Pages searched and hits listed at most: more than anyone goes through.
const MOST_PAGES_FOUND: i64 = 300;
const MOST_HITS: usize = 500;

/// Loads a version for someone who may read it; for others it is not there.
async fn opened(db: &Db, actor: &Actor, version: VersionId) -> Result<(Version, Reading), web::Error> {
    let mut tx = db.read().await?;
    actions::open(&mut tx, actor, version).await?.ok_or(web::Error::NotFound)
}

#[derive(Template)]
#[template(path = "papers/reader.html")]
struct ReaderPage {
    chrome: Chrome,
    version: Version,
    pages: Vec<PageLine>,
    text_url: String,
    search_url: String,
    /// Where the reader's own notes are kept, and shown as a page.
    annotations_url: String,
    notes_url: String,
    /// Where it can be taken away; `None`: not by this person.
    download_url: Option<String>,
    /// What its signatures came to, and where that is told in full.
    badge: Option<Badge>,
    verdict_url: String,
    back: String,
    previous: Option<String>,
    next: Option<String>,
}

struct PageLine {
    size: PageSize,
    /// With `{w}` where the width goes.
    source: String,
    plain_source: String,
}

#[derive(Template)]
#[template(path = "papers/waiting.html")]
struct WaitingPage {
    chrome: Chrome,
    version: Version,
    download_url: Option<String>,
    back: String,
    is_deriving: bool,
}

/// Where the reader leads on to: paths of the page that linked to it.
#[derive(Debug, Default, Deserialize)]
struct Neighbours {
    back: Option<String>,
    previous: Option<String>,
    next: Option<String>,
}

async fn reader(
    Path(id): Path<VersionId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Query(neighbours): Query<Neighbours>,
) -> Result<Html<String>, web::Error> {
    let (version, reading) = opened(&db, &actor, id).await?;
    note_opening(&db, &actor, id, now).await?;
    let inner = |path: Option<String>| path.filter(|path| is_inner_path(path));
    let back = inner(neighbours.back).unwrap_or_else(|| "/".to_owned());
    let download_url = reading.may_download.then(|| urls::downloads(id));
    if version.state != VersionState::Ready {
        let is_deriving = version.state == VersionState::Deriving;
        return web::page(&WaitingPage { chrome, version, download_url, back, is_deriving });
    }
    let mut tx = db.read().await?;
    let sizes = store::page_sizes(&mut tx, id).await?;
    let badge = lights::badge_of(&mut tx, version.sha256).await?;
    web::page(&ReaderPage {
        chrome,
        pages: sizes.into_iter().map(|size| page_line(id, size)).collect(),
        text_url: urls::text(id),
        search_url: urls::search(id),
        annotations_url: urls::annotations(id),
        notes_url: urls::notes(id),
        badge,
        verdict_url: urls::verdict(id),
        version,
        download_url,
        back,
        previous: inner(neighbours.previous),
        next: inner(neighbours.next),
    })
}

fn page_line(version: VersionId, size: PageSize) -> PageLine {
    PageLine {
        size,
        source: urls::page_image_template(version, size.page),
        plain_source: urls::page_image(version, size.page, 960),
    }
}

async fn note_opening(db: &Db, actor: &Actor, version: VersionId, now: Timestamp) -> Result<(), web::Error> {
    let mut tx = db.read().await?;
    if store::has_opened(&mut tx, version, actor.person).await? {
        return Ok(());
    }
    drop(tx);
    let mut tx = db.write().await?;
    store::note_opening(&mut tx, version, actor.person, now).await?;
    Ok(tx.commit().await?)
}

#[derive(Debug, Default, Deserialize)]
struct Width {
    w: Option<u32>,
}

async fn picture(
    Path((id, page)): Path<(VersionId, i64)>,
    actor: Actor,
    State(app): State<App>,
    Query(asked): Query<Width>,
) -> Result<Response, web::Error> {
    let (version, _) = opened(&app.db, &actor, id).await?;
    if page < 1 || page > version.pages {
        return Err(web::Error::NotFound);
    }
    let width = rules::drawn_width(asked.w.unwrap_or_default());
    let drawn = app
        .renderer
        .picture(&app.storage, version.sha256, page, width)
        .await
        .map_err(|error| drawing_refusal(error, "papers-page-undrawn"))?;
    if width > rules::THUMBNAIL {
        app.renderer.draw_ahead(&app.storage, version.sha256, page, width, version.pages);
    }
    let media_type = if drawn.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(([(CONTENT_TYPE, media_type), (CACHE_CONTROL, KEPT), (VARY, SESSION)], drawn).into_response())
}

/// What a person is told when a page or copy could not be drawn; `words`, when the file is at fault.
fn drawing_refusal(error: DrawError, words: &'static str) -> web::Error {
    match error {
        DrawError::Undrawn => web::Error::Conflict(words.into()),
        DrawError::Storage(error) => error.into(),
        DrawError::Start(error) => web::Error::internal(error),
    }
}

#[derive(Debug, Default, Deserialize)]
struct PageNumber {
    page: Option<i64>,
}

/// The words of a page, as they were kept: `{"words": […]}`.
async fn text(
    Path(id): Path<VersionId>,
    actor: Actor,
    State(db): State<Db>,
    Query(asked): Query<PageNumber>,
) -> Result<Response, web::Error> {
    opened(&db, &actor, id).await?;
    let mut tx = db.read().await?;
    let words = store::words_of(&mut tx, id, asked.page.unwrap_or(1)).await?.ok_or(web::Error::NotFound)?;
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, KEPT), (VARY, SESSION)];
    Ok((headers, format!("{{\"words\":{words}}}")).into_response())
}

#[derive(Debug, Default, Deserialize)]
struct Sought {
    q: Option<String>,
}

#[derive(Debug, Serialize)]
struct Hits {
    hits: Vec<Hit>,
}

async fn find(
    Path(id): Path<VersionId>,
    actor: Actor,
    State(db): State<Db>,
    Query(asked): Query<Sought>,
) -> Result<Json<Hits>, web::Error> {
    opened(&db, &actor, id).await?;
    let sought = fold(&asked.q.unwrap_or_default());
    if sought.is_empty() {
        return Ok(Json(Hits { hits: Vec::new() }));
    }
    let mut tx = db.read().await?;
    let pages = store::pages_with(&mut tx, id, &sought, MOST_PAGES_FOUND).await?;
    let mut hits = Vec::new();
    for (page, words) in pages {
        let words: Vec<Word> = serde_json::from_str(&words).map_err(web::Error::internal)?;
        hits.extend(search::hits(page, &words, &sought));
        if hits.len() >= MOST_HITS {
            break;
        }
    }
    hits.truncate(MOST_HITS);
    Ok(Json(Hits { hits }))
}

/// What RFC 5987 lets stand as it is.
const ATTRIBUTE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// `Content-Disposition` for a file with any name.
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "-._ ".contains(letter) { letter } else { '_' })
        .collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTRIBUTE))
}

/// Takes the file of a form, or says why not.
pub async fn receive(app: &App, part: &mut Part<'_>) -> Result<Upload, web::Error> {
    let name = part.file_name().to_owned();
    actions::read_upload(app, &name, part).await.map_err(upload_refusal)
}

/// What a person is told whose file was not taken.
pub fn upload_refusal(error: UploadError) -> web::Error {
    match error {
        UploadError::Empty => web::Error::Invalid("upload-empty".into()),
        UploadError::TooLarge { limit_mib } => {
            web::Error::TooLarge(Message::with("upload-too-large", "limit", limit_mib))
        }
        UploadError::BrokenOff => web::Error::Invalid("upload-broken-off".into()),
        UploadError::NotADocument => web::Error::Invalid("upload-not-a-document".into()),
        UploadError::Truncated => web::Error::Invalid("upload-truncated".into()),
        UploadError::Unreadable => web::Error::Invalid("upload-unreadable".into()),
        UploadError::NeedsPassword => web::Error::Invalid("upload-needs-password".into()),
        UploadError::Classified(marking) => {
            web::Error::Invalid(Message::with("upload-classified", "marking", marking.as_str()))
        }
        UploadError::Bomb => web::Error::Invalid("upload-bomb".into()),
        UploadError::NoConverter => web::Error::Invalid("upload-no-converter".into()),
        UploadError::NotConverted => web::Error::Invalid("upload-not-converted".into()),
        UploadError::Storage(error) => error.into(),
        UploadError::Examine(error) => web::Error::internal(error),
    }
}

/// What a person is told whose paper was not taken.
pub fn paper_refusal(error: PaperError) -> web::Error {
    match error {
        PaperError::NotFound => web::Error::NotFound,
        PaperError::Title => web::Error::Invalid("paper-title".into()),
        PaperError::Classified(marking) => {
            web::Error::Invalid(Message::with("upload-classified", "marking", marking.as_str()))
        }
        PaperError::Db(error) => error.into(),
        PaperError::Jobs(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::attachment;

    #[test]
    fn any_name_makes_a_safe_header() {
        assert_eq!(
            attachment("Tờ \"trình\"; số 1.pdf"),
            "attachment; filename=\"T_ _tr_nh__ s_ 1.pdf\"; \
             filename*=UTF-8''T%E1%BB%9D%20%22tr%C3%ACnh%22%3B%20s%E1%BB%91%201.pdf"
        );
    }
}
