//! The page where anyone checks a PDF, the page behind the code on a signed
//! paper, and the verdict on the papers of the office.

mod case;
mod desk;
mod page;
mod parts;
mod trust;

use std::net::SocketAddr;

use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

pub(super) use self::desk::{Desk, refusal};
use super::{api, urls};
use crate::config::Config;
use crate::identity::{Chrome, Section};
use crate::signing::web::{Disposition, pdf_response};
use crate::signing::{self, Document, DocumentState};
use crate::storage::Incoming;
use crate::web::{self, App, Message, Now, Parts, Path};

const MIB: u64 = 1024 * 1024;
/// What a form may hold besides the file.
const FORM_EXTRA: u64 = MIB;
/// Longest file name shown.
const LONGEST_NAME: usize = 120;

pub fn router(config: &Config) -> Router<App> {
    let limit = usize::try_from(limit(config) + FORM_EXTRA).unwrap_or(usize::MAX);
    Router::new()
        .route("/verify", get(form).post(check))
        .route("/verify/kept/{kept}", get(page::show))
        .route("/verify/kept/{kept}/revisions/{revision}", get(parts::revision))
        .route("/verify/kept/{kept}/revisions/{revision}/pages/{page}", get(parts::picture))
        .route("/verify/kept/{kept}/reports/{form}", get(parts::report))
        .route("/d/{code}", get(page::show))
        .route("/d/{code}/file", get(public_file))
        .route("/d/{code}/revisions/{revision}", get(parts::revision))
        .route("/d/{code}/revisions/{revision}/pages/{page}", get(parts::picture))
        .route("/d/{code}/reports", post(parts::put_aside))
        .route("/d/{code}/reports/{form}", get(parts::report))
        .route("/papers/{version}/verdict", get(page::show))
        .route("/papers/{version}/verdict/revisions/{revision}", get(parts::revision))
        .route("/papers/{version}/verdict/revisions/{revision}/pages/{page}", get(parts::picture))
        .route("/papers/{version}/verdict/reports", post(parts::put_aside))
        .route("/papers/{version}/verdict/reports/{form}", get(parts::report))
        .route("/api/v1/verify", post(api::verify))
        .merge(trust::router())
        .layer(DefaultBodyLimit::max(limit))
        .layer(Extension(Desk::default()))
}

/// Where a request comes from; without a socket, as in tests, from nowhere.
pub(super) type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

/// Largest file taken, in bytes.
pub(super) fn limit(config: &Config) -> u64 {
    config.upload_limit_mib.saturating_mul(MIB)
}

pub(super) fn too_large(config: &Config) -> web::Error {
    web::Error::TooLarge(Message::with("verify-too-large", "limit", config.upload_limit_mib))
}

#[derive(Template)]
#[template(path = "verify/form.html")]
struct FormPage {
    chrome: Chrome,
    problem: Option<String>,
}

async fn form(chrome: Chrome) -> Result<Html<String>, web::Error> {
    web::page(&FormPage { chrome: chrome.at(Section::Verify), problem: None })
}

async fn check(
    chrome: Chrome,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    peer: Peer,
    form: Parts,
) -> Result<Response, web::Error> {
    desk.admit(&peer, now)?;
    let chrome = chrome.at(Section::Verify);
    let Some(sent) = receive(&app, form).await? else {
        let problem = Some(chrome.t("verify-no-file"));
        let page = web::page(&FormPage { chrome, problem })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if !sent.keep {
        return Ok(page::passing(chrome, &app, &desk, &sent.file, &sent.name, now).await?.into_response());
    }
    match desk.shelf.keep(sent.file, sent.name, &app.clock).map_err(web::Error::internal)? {
        Some(secret) => Ok(Redirect::to(&urls::kept(&secret)).into_response()),
        None => Err(web::Error::TooMany("verify-no-room".into())),
    }
}

/// What a visitor sent.
struct Sent {
    name: String,
    file: Incoming,
    /// They asked to have it kept for a while.
    keep: bool,
}

/// Takes the file out of the form, into the scratch folder; it goes away with
/// the request unless it is kept. `None`: no file was chosen.
async fn receive(app: &App, mut form: Parts) -> Result<Option<Sent>, web::Error> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(&app.config),
        _ => error.into(),
    };
    let (mut sent, mut keep) = (None, false);
    while let Some(mut part) = form.next().await.map_err(broken)? {
        match part.name() {
            "keep" => keep = true,
            "file" if sent.is_none() => {
                let name: String = part.file_name().chars().take(LONGEST_NAME).collect();
                let mut file = app.storage.incoming(limit(&app.config)).await?;
                while let Some(chunk) = part.chunk().await.map_err(broken)? {
                    take(&app.config, &mut file, &chunk).await?;
                }
                file.finish().await?;
                sent = (file.size() > 0).then_some((name, file));
            }
            _ => {}
        }
    }
    Ok(sent.map(|(name, file)| Sent { name, file, keep }))
}

/// Adds bytes to a file on its way in.
pub(super) async fn take(config: &Config, file: &mut Incoming, chunk: &[u8]) -> Result<(), web::Error> {
    match file.write(chunk).await {
        Err(crate::storage::Error::TooLarge { .. }) => Err(too_large(config)),
        done => Ok(done?),
    }
}

/// The signed file. One that is still being signed is nobody's but its signers'.
async fn public_file(Path(code): Path<String>, State(app): State<App>) -> Result<Response, web::Error> {
    let document = by_code(&app, &code).await?;
    if document.state != DocumentState::Complete {
        return Err(web::Error::NotFound);
    }
    pdf_response(&app.storage, document.sha256, &document.title, Disposition::Attachment).await
}

pub(super) async fn by_code(app: &App, code: &str) -> Result<Document, web::Error> {
    // Codes are hexadecimal; PostgreSQL takes offence at some other signs.
    if !code.bytes().all(|sign| sign.is_ascii_hexdigit()) {
        return Err(web::Error::NotFound);
    }
    let mut tx = app.db.read().await?;
    signing::document_by_code(&mut tx, code).await?.ok_or(web::Error::NotFound)
}
