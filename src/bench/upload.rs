//! A very large paper on its way in.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Body, StatusCode};
use tokio_util::io::ReaderStream;

use super::ground::{Ground, wait_for_jobs};
use super::office::{self, Office, SECRETARY, put_item, put_meeting};
use super::report::{Goal, Row};
use super::server::{Server, with_children_watched};
use super::{BenchError, Measured, pdf};
use crate::meetings::rules::{MeetingRole, MeetingState};
use crate::meetings::store::agenda_papers;
use crate::meetings::{ItemId, MeetingId, urls};
use crate::web::App;

/// Scanned pages; 48 of them are 501 MB.
const PAGES: usize = 48;
/// MiB the service may hold beyond what it holds when idle.
const GOAL: f64 = 64.0;
const BOUNDARY: &str = "a-boundary-that-no-noise-contains";
/// Bytes the sender reads from its file at once.
const CHUNK: usize = 256 * 1024;

pub(super) async fn measure(ground: &Ground) -> Measured {
    let path = ground.folder().join("scan.pdf");
    let size = make_file(path.clone()).await?;
    let app = ground.open().await?;
    let office = office::make(&app, 3, app.clock.now()).await?;
    let (meeting, item) = put_draft(&app, &office).await?;
    let session = office::sign_in(&app, SECRETARY).await?;

    let server = Server::start(ground.config()).await?;
    let idle = server.memory().await?.resident;
    let began = Instant::now();
    let sending = send(&server, &session, (meeting, item), &path);
    let (sent, inspecting) = with_children_watched(server.pid(), sending).await;
    sent?;
    let seconds = began.elapsed().as_secs_f64();
    let began = Instant::now();
    let (derived, deriving) = with_children_watched(server.pid(), wait_for_jobs(&app.db)).await;
    derived?;
    let derived_in = began.elapsed().as_secs_f64();
    let peak = server.memory().await?.peak;
    server.stop().await?;
    check(&app, &office, meeting, size).await?;

    #[expect(clippy::cast_precision_loss, reason = "500 MB")]
    let megabytes = size as f64 / 1e6;
    let memory = [("idle", idle), ("peak", peak), ("above idle", peak - idle)];
    let rows = vec![
        Row::new("the upload", "MB/s", &[("rate", megabytes / seconds)]),
        Row::new("  from the first byte to the answer", "s", &[("took", seconds)]),
        Row::new("memory of the service", "MiB", &memory).aims_at(Goal::AtMost("above idle", GOAL)),
        Row::new("peak of the process that checks the PDF", "MiB", &[("peak", inspecting)]),
        Row::new("peak of the processes that read and draw it", "MiB", &[("peak", deriving)]),
        Row::new("words and small pictures of its pages", "s", &[("took", derived_in)]),
    ];
    Ok((rows, notes(&app, megabytes)))
}

fn notes(app: &App, megabytes: f64) -> Vec<String> {
    vec![
        format!("{}: one file of {megabytes:.0} MB, {PAGES} scanned pages, not compressed", app.db.kind()),
        "sent by the page's form; hashed, checked, stored and synced before the answer".to_owned(),
    ]
}

async fn make_file(path: PathBuf) -> Result<usize, BenchError> {
    let made = tokio::task::spawn_blocking(move || pdf::scan(BufWriter::new(File::create(path)?), PAGES));
    Ok(made.await??)
}

async fn put_draft(app: &App, office: &Office) -> Result<(MeetingId, ItemId), BenchError> {
    let people =
        [(office.person(SECRETARY)?, MeetingRole::Secretary), (office.person(2)?, MeetingRole::Delegate)];
    let mut tx = app.db.write().await?;
    let what = ("Phiên họp thường kỳ".to_owned(), MeetingState::Draft);
    let starts_at = app.clock.now().plus_seconds(86_400);
    let meeting = put_meeting(&mut tx, office, what, starts_at, &people).await?;
    let item = put_item(&mut tx, meeting.id, "Quy hoạch", 0).await?;
    tx.commit().await?;
    Ok((meeting.id, item))
}

/// Sends the file as a browser would.
async fn send(
    server: &Server,
    session: &str,
    (meeting, item): (MeetingId, ItemId),
    path: &Path,
) -> Result<(), BenchError> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"item\"\r\n\r\n{item}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"Quy hoach.pdf\"\r\n\
         Content-Type: application/pdf\r\n\r\n"
    );
    let part = |text: String| stream::once(std::future::ready(Ok::<_, std::io::Error>(Bytes::from(text))));
    let file = ReaderStream::with_capacity(tokio::fs::File::open(path).await?, CHUNK);
    let body = part(head).chain(file).chain(part(format!("\r\n--{BOUNDARY}--\r\n")));
    let request = server
        .post(&format!("{}/papers", urls::meeting(meeting)), session)
        .header(CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::wrap_stream(body));
    match request.send().await?.status() {
        StatusCode::SEE_OTHER => Ok(()),
        status => Err(BenchError(format!("the upload was answered with {status}"))),
    }
}

/// Nothing is measured that did not arrive whole and readable.
async fn check(app: &App, office: &Office, meeting: MeetingId, size: usize) -> Result<(), BenchError> {
    let mut tx = app.db.read().await?;
    let papers = agenda_papers(&mut tx, meeting, office.person(SECRETARY)?).await?;
    let version = papers.first().ok_or_else(|| BenchError("the paper is not there".to_owned()))?.version_id;
    let kept = crate::papers::version(&mut tx, office.id, version).await?;
    match kept {
        Some(kept) if i64::try_from(size)? == kept.size && kept.pages == i64::try_from(PAGES)? => Ok(()),
        _ => Err(BenchError("the paper is not what was sent".to_owned())),
    }
}
