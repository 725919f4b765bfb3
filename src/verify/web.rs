//! The page where anyone checks a PDF, and the page behind the code on a
//! signed paper.

use std::net::SocketAddr;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use pades::verify::FileReport;

use super::api;
use super::bench::{self, Bench, BenchError};
use super::throttle::Throttle;
use super::verdict::VerdictView;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::identity::{Chrome, Section};
use crate::signing::web::{Disposition, pdf_response};
use crate::signing::{self, Document, DocumentState};
use crate::storage::Incoming;
use crate::web::{self, App, Message, Now, Path};

const MIB: u64 = 1024 * 1024;
/// What a form may hold besides the file.
const FORM_EXTRA: u64 = MIB;
/// Longest file name shown.
const LONGEST_NAME: usize = 120;

pub fn router(config: &Config) -> Router<App> {
    let limit = usize::try_from(limit(config) + FORM_EXTRA).unwrap_or(usize::MAX);
    Router::new()
        .route("/verify", get(form).post(check))
        .route("/d/{code}", get(public))
        .route("/d/{code}/file", get(public_file))
        .route("/api/v1/verify", post(api::verify))
        .route("/api/v1/openapi.json", get(api::description))
        .layer(DefaultBodyLimit::max(limit))
        .layer(Extension(Desk::default()))
}

/// What bounds the work done for strangers; shared by all of their requests.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk {
    bench: Bench,
    throttle: Throttle,
}

/// Where a request comes from; without a socket, as in tests, from nowhere.
pub(super) type Peer = Option<Extension<ConnectInfo<SocketAddr>>>;

impl Desk {
    pub(super) fn admit(&self, peer: &Peer, now: Timestamp) -> Result<(), web::Error> {
        let address = peer.as_ref().map(|Extension(ConnectInfo(address))| address.ip().to_string());
        if self.throttle.admits(&address.unwrap_or_default(), now) {
            Ok(())
        } else {
            Err(web::Error::TooMany("verify-too-many".into()))
        }
    }

    /// Judges a file that has arrived whole.
    pub(super) async fn judge(
        &self,
        app: &App,
        file: &Incoming,
        now: Timestamp,
    ) -> Result<FileReport, web::Error> {
        let seat = self.bench.seat().await.map_err(refusal)?;
        let bytes = tokio::fs::read(file.path()).await.map_err(web::Error::internal)?;
        bench::judge(seat, Bytes::from(bytes), Arc::clone(&app.anchors), now).await.map_err(refusal)
    }
}

fn refusal(error: BenchError) -> web::Error {
    match error {
        BenchError::Busy => web::Error::TooMany("verify-busy".into()),
        BenchError::TooLong => web::Error::Invalid("verify-too-long".into()),
        BenchError::Broken => web::Error::internal(error),
    }
}

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

#[derive(Template)]
#[template(path = "verify/verdict.html")]
struct VerdictPage {
    chrome: Chrome,
    /// File name, size and when it was checked; or the title of a document.
    about: String,
    verdict: VerdictView,
    /// The signed file, when it is ours to give.
    download: Option<String>,
}

async fn check(
    chrome: Chrome,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    peer: Peer,
    form: Multipart,
) -> Result<Response, web::Error> {
    desk.admit(&peer, now)?;
    let chrome = chrome.at(Section::Verify);
    let Some((name, file)) = receive(&app, form).await? else {
        let problem = Some(chrome.t("verify-no-file"));
        let page = web::page(&FormPage { chrome, problem })?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let report = desk.judge(&app, &file, now).await?;
    let verdict = VerdictView::new(&report, chrome.lang());
    let about = format!("{name}, {}", checked(&chrome, file.size(), now));
    Ok(web::page(&VerdictPage { chrome, about, verdict, download: None })?.into_response())
}

/// Takes the file out of the form, into the scratch folder; it goes away with
/// the request. `None`: no file was chosen.
async fn receive(app: &App, mut form: Multipart) -> Result<Option<(String, Incoming)>, web::Error> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(&app.config),
        _ => web::Error::Invalid("error-form".into()),
    };
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        if field.name() != Some("file") {
            continue;
        }
        let name: String = field.file_name().unwrap_or_default().chars().take(LONGEST_NAME).collect();
        let mut file = app.storage.incoming(limit(&app.config)).await?;
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            take(&app.config, &mut file, &chunk).await?;
        }
        file.finish().await?;
        return Ok((file.size() > 0).then_some((name, file)));
    }
    Ok(None)
}

/// Adds bytes to a file on its way in.
pub(super) async fn take(config: &Config, file: &mut Incoming, chunk: &[u8]) -> Result<(), web::Error> {
    match file.write(chunk).await {
        Err(crate::storage::Error::TooLarge { .. }) => Err(too_large(config)),
        done => Ok(done?),
    }
}

fn checked(chrome: &Chrome, bytes: u64, now: Timestamp) -> String {
    chrome.t2("verify-checked", "kib", bytes.div_ceil(1024), "time", now.date_time())
}

#[derive(Template)]
#[template(path = "verify/unfinished.html")]
struct UnfinishedPage {
    chrome: Chrome,
    title: String,
}

/// What the QR on a paper leads to: the verdict on the file we hold, now.
async fn public(
    chrome: Chrome,
    Path(code): Path<String>,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
    peer: Peer,
) -> Result<Html<String>, web::Error> {
    desk.admit(&peer, now)?;
    let document = by_code(&app, &code).await?;
    if document.state == DocumentState::Signing {
        return web::page(&UnfinishedPage { chrome, title: document.title });
    }
    let copy = app.storage.copy_to_scratch(document.sha256).await?;
    let report = desk.judge(&app, &copy, now).await?;
    let verdict = VerdictView::new(&report, chrome.lang());
    let about = format!("{}, {}", document.title, checked(&chrome, copy.size(), now));
    let download = Some(signing::urls::public_file(&code));
    web::page(&VerdictPage { chrome, about, verdict, download })
}

/// The signed file. One that is still being signed is nobody's but its signers'.
async fn public_file(Path(code): Path<String>, State(app): State<App>) -> Result<Response, web::Error> {
    let document = by_code(&app, &code).await?;
    if document.state == DocumentState::Signing {
        return Err(web::Error::NotFound);
    }
    pdf_response(&app.storage, document.sha256, &document.title, Disposition::Attachment).await
}

async fn by_code(app: &App, code: &str) -> Result<Document, web::Error> {
    let mut tx = app.db.read().await?;
    signing::document_by_code(&mut tx, code).await?.ok_or(web::Error::NotFound)
}
