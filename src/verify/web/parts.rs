//! What stands below the page of a file: its states, pictures of their
//! pages, and the report.

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::case::Case;
use super::{Desk, refusal};
use crate::identity::Actor;
use crate::identity::actions::log;
use crate::papers::DrawError;
use crate::papers::web::attachment;
use crate::verify::report::{Kind, Report};
use crate::verify::store;
use crate::web::{self, App, Now, Path};

/// Width of the pictures that stand side by side.
const WIDTH: u32 = 900;

#[derive(Deserialize)]
pub(super) struct Revision {
    revision: usize,
}

/// The file as it was once saved, byte for byte.
pub(super) async fn revision(
    Path(asked): Path<Revision>,
    case: Case,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
) -> Result<Response, web::Error> {
    if !case.may_download {
        return Err(web::Error::NotFound);
    }
    let end = end_of(&app, &desk, &case, asked.revision).await?;
    let file = tokio::fs::File::open(case.file()?.path()).await.map_err(web::Error::internal)?;
    let name = format!("{}-{}.pdf", case.title.trim_end_matches(".pdf"), asked.revision);
    let headers = [
        (CONTENT_TYPE, "application/pdf".to_owned()),
        (CONTENT_LENGTH, end.to_string()),
        (CONTENT_DISPOSITION, attachment(&name)),
        // Whatever is in the file, it acts for nobody.
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file.take(end)))).into_response())
}

#[derive(Deserialize)]
pub(super) struct Page {
    revision: usize,
    page: i64,
}

/// A page as it looked in one state of the file.
pub(super) async fn picture(
    Path(asked): Path<Page>,
    case: Case,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
) -> Result<Response, web::Error> {
    let end = end_of(&app, &desk, &case, asked.revision).await?;
    let drawn = app.renderer.picture_at(case.file()?.path(), end, asked.page, WIDTH).await;
    let drawn = drawn.map_err(|error| match error {
        DrawError::Undrawn => web::Error::NotFound,
        DrawError::Storage(error) => error.into(),
        DrawError::Start(error) => web::Error::internal(error),
    })?;
    let media_type = if drawn.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" };
    Ok(([(CONTENT_TYPE, media_type), (CACHE_CONTROL, "private, max-age=1800")], drawn).into_response())
}

async fn end_of(app: &App, desk: &Desk, case: &Case, revision: usize) -> Result<u64, web::Error> {
    let ends = desk.ends(app, case).await?;
    let end = revision.checked_sub(1).and_then(|at| ends.get(at)).ok_or(web::Error::NotFound)?;
    u64::try_from(*end).map_err(web::Error::internal)
}

#[derive(Deserialize)]
pub(super) struct Form {
    form: String,
}

/// The report, from a judgement made now.
pub(super) async fn report(
    Path(asked): Path<Form>,
    case: Case,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
) -> Result<Response, web::Error> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.ending() == asked.form).ok_or(web::Error::NotFound)?;
    let (grounds, mut judged) = desk.judge(&app, case.file()?, now).await?;
    judged.report.file = case.title.clone();
    let report = Report::new(judged.report, &grounds);
    let paper = desk.paper(&app).await?;
    let made = tokio::task::spawn_blocking(move || paper.write(&report, kind, now.to_jiff())).await;
    let made = made.map_err(web::Error::internal)?.map_err(web::Error::internal)?;
    let name = format!("{}.report.{}", case.title.trim_end_matches(".pdf"), kind.ending());
    let headers = [(CONTENT_TYPE, kind.media_type().to_owned()), (CONTENT_DISPOSITION, attachment(&name))];
    Ok((headers, made).into_response())
}

/// Puts the report of now aside, to compare later ones with.
pub(super) async fn put_aside(
    actor: Actor,
    case: Case,
    Now(now): Now,
    State(app): State<App>,
    Extension(desk): Extension<Desk>,
) -> Result<Redirect, web::Error> {
    if !case.belongs_to(&actor) {
        return Err(web::Error::NotFound);
    }
    let (grounds, mut judged) = desk.judge(&app, case.file()?, now).await?;
    judged.report.file = case.title.clone();
    let report = Report::new(judged.report, &grounds).to_json();
    let mut tx = app.db.write().await?;
    store::put_report(&mut tx, case.hash, &report, actor.person, now).await?;
    let details = serde_json::json!({ "sha256": case.hash.to_string() });
    log(&mut tx, &actor, "verdict_report_kept", format!("file:{}", case.hash), details, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&case.base))
}

impl From<crate::verify::bench::BenchError> for web::Error {
    fn from(error: crate::verify::bench::BenchError) -> Self {
        refusal(error)
    }
}
