//! The main pages of an office with years of work behind it.

use std::time::Instant;

use reqwest::StatusCode;

use super::archive::{self, DELEGATES_EACH, MEETINGS, PAPERS_EACH};
use super::ground::{Ground, wait_for_jobs};
use super::office::{self, Office, SECRETARY};
use super::report::{Goal, Row, Times};
use super::server::Server;
use super::{BenchError, Measured, pdf};
use crate::meetings::{MeetingId, urls};
use crate::papers::{self, Upload, VersionId};
use crate::signing::actions::{NewDocument, open_document};
use crate::signing::{self, Step, new_code};
use crate::web::App;

const PEOPLE: usize = 200;
const REQUESTS: usize = 200;
/// Pages of the paper whose reader is measured.
const LONG: usize = 100;
/// Documents that wait for the delegate's signature.
const TO_SIGN: usize = 50;
/// Milliseconds within which 95 of 100 requests are answered.
const GOAL: f64 = 50.0;

/// The delegate is invited to every 20th meeting.
const DELEGATE: usize = 2;

/// A page, and who opens it.
pub(super) struct Visit {
    pub what: &'static str,
    pub by: usize,
    pub path: String,
}

pub(super) async fn measure(ground: &Ground) -> Measured {
    let app = ground.open().await?;
    let database = app.db.kind();
    let began = Instant::now();
    let (meeting, paper) = fill(&app).await?;
    let filled_in = began.elapsed().as_secs();
    let sessions = [
        (SECRETARY, office::sign_in(&app, SECRETARY).await?),
        (DELEGATE, office::sign_in(&app, DELEGATE).await?),
    ];
    let server = Server::start(ground.config()).await?;
    wait_for_jobs(&app.db).await?;
    let mut rows = Vec::new();
    for visit in visits(meeting, paper) {
        let session = sessions.iter().find(|(by, _)| *by == visit.by).map(|(_, session)| session.as_str());
        rows.push(row(&server, &visit, session.unwrap_or_default(), GOAL).await?);
    }
    let held = server.memory().await?;
    rows.push(Row::new(
        "memory of the service afterwards",
        "MiB",
        &[("now", held.resident), ("peak", held.peak)],
    ));
    server.stop().await?;
    let notes = vec![
        format!(
            "{database}: {MEETINGS} meetings, {} papers, filled in {filled_in} s",
            MEETINGS * PAPERS_EACH
        ),
        format!("{PEOPLE} people, {} invited to each meeting; each may read its papers", DELEGATES_EACH + 2),
        format!("{REQUESTS} requests a page, one after the other, signed in, over HTTP on the loopback"),
    ];
    Ok((rows, notes))
}

fn visits(meeting: MeetingId, paper: VersionId) -> Vec<Visit> {
    let visit = |what, by, path: &str| Visit { what, by, path: path.to_owned() };
    let cockpit = format!("{}/cockpit", urls::meeting(meeting));
    vec![
        visit("home", DELEGATE, "/"),
        visit("meetings to come, of a delegate", DELEGATE, "/meetings"),
        visit("meetings to come, all", SECRETARY, "/meetings"),
        visit("past meetings, of a delegate", DELEGATE, "/meetings?when=past"),
        visit("past meetings, all", SECRETARY, "/meetings?when=past"),
        visit("search that finds one, of a delegate", DELEGATE, "/meetings?when=past&q=s%E1%BB%91%2097%20v"),
        visit("search that finds much, all", SECRETARY, "/meetings?when=past&q=ngan%20sach"),
        visit("search that finds nothing, all", SECRETARY, "/meetings?when=past&q=khong%20co"),
        visit("meeting", DELEGATE, &urls::meeting(meeting)),
        visit("preparation", SECRETARY, &urls::preparation(meeting)),
        visit("attendance", SECRETARY, &urls::attendance(meeting)),
        visit("cockpit", SECRETARY, &cockpit),
        visit("reader, paper of 100 pages", DELEGATE, &papers::urls::reader(paper)),
        visit("signing queue", DELEGATE, &signing::urls::queue()),
        visit("people", SECRETARY, "/people"),
        visit("verify form", DELEGATE, "/verify"),
    ]
}

/// Fills the office; gives the meeting under way and a long paper of it.
async fn fill(app: &App) -> Result<(MeetingId, VersionId), BenchError> {
    let now = app.clock.now();
    let office = office::make(app, PEOPLE, now).await?;
    let short = take(app, 1).await?;
    let meeting = archive::fill(app, &office, &short, now).await?;
    let long = take(app, LONG).await?;
    let paper = archive::put_long_paper(app, &office, meeting.id, &long).await?;
    fill_queue(app, &office, &short).await?;
    Ok((meeting.id, paper))
}

/// Brings a PDF in by the door every upload passes.
async fn take(app: &App, pages: usize) -> Result<Upload, BenchError> {
    let pdf = pdf::text(pages)?;
    let bytes = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(pdf.into())));
    Ok(papers::actions::read_upload(app, "Tờ trình.pdf", bytes).await?)
}

async fn fill_queue(app: &App, office: &Office, upload: &Upload) -> Result<(), BenchError> {
    let secretary = office.actor(SECRETARY)?;
    let mut tx = app.db.write().await?;
    for number in 0..TO_SIGN {
        let area = [60.0, 60.0, 200.0, 60.0];
        let step = Step { person: office.person(DELEGATE)?, capacity: "chair".to_owned(), page: 1, area };
        let new = NewDocument {
            title: &format!("Biên bản số {number}"),
            code: &new_code()?,
            link: "/meetings",
            original: upload.hash,
            size: upload.size,
            is_discreet: false,
            steps: vec![step],
        };
        open_document(&mut tx, &secretary, new, app.clock.now()).await?;
    }
    Ok(tx.commit().await?)
}

/// Asks for a page again and again.
pub(super) async fn row(server: &Server, visit: &Visit, session: &str, goal: f64) -> Result<Row, BenchError> {
    let mut times = Vec::new();
    let mut length = 0;
    for _ in 0..REQUESTS {
        let began = Instant::now();
        let answer = server.get(&visit.path, session).send().await?;
        let status = answer.status();
        length = answer.bytes().await?.len();
        times.push(began.elapsed());
        if status != StatusCode::OK {
            return Err(BenchError(format!("{} answered {status}", visit.path)));
        }
    }
    let times: Times = times.into_iter().collect();
    let values = [("p50", times.median()), ("p95", times.quantile(0.95)), ("max", times.max())];
    tracing::info!(page = visit.what, bytes = length, "Measured");
    Ok(Row::new(visit.what, "ms", &values).aims_at(Goal::AtMost("p95", goal)))
}
