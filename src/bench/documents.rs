//! A million documents in the registers: the pages that show them, search, the
//! sign queue, fifty signatures at once, and a document that goes to two hundred.

mod archive;
mod token;

use std::path::Path;
use std::time::Instant;

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use self::archive::{Archive, SIZE, YEARS};
use super::ground::{Ground, wait_for_jobs};
use super::office::{self, CHAIR, Office, SECRETARY};
use super::pages::{Visit, row};
use super::report::{Goal, Row};
use super::server::Server;
use super::{BenchError, Measured, pdf};
use crate::identity;
use crate::identity::OrgRole;
use crate::outgoing::OutgoingId;
use crate::papers::{self, Upload};
use crate::signing::actions::{NewDocument, open_document};
use crate::signing::{self, DocumentId, Step, new_code};
use crate::web::App;

const PEOPLE: usize = 200;
/// Văn thư of the office.
const CLERK: usize = 2;
/// Somebody without a part in most documents.
const EXPERT: usize = 3;
/// Documents of one batch; twice as many wait for the chair's signature.
const TO_SIGN: usize = 50;
const RECIPIENTS: usize = 200;
/// Milliseconds within which 95 of 100 requests are answered.
const PAGE_GOAL: f64 = 200.0;
/// Seconds for the batch of signatures.
const SIGNING_GOAL: f64 = 2.0;
/// Seconds until a document that is issued is accepted for all its recipients.
const ISSUING_GOAL: f64 = 1.0;
const PIN: &str = "135790";

pub(super) async fn measure(ground: &Ground) -> Measured {
    let app = ground.open().await?;
    let database = app.db.kind();
    let office = office::make(&app, PEOPLE, app.clock.now()).await?;
    let upload = furnish(&app, &office).await?;
    let began = Instant::now();
    let archive = Archive { office: &office, file: upload.hash, now: app.clock.now() };
    let sealed = archive.fill(&app).await?;
    let filled_in = began.elapsed().as_secs();
    let to_sign = fill_queue(&app, &office, &upload).await?;
    let for_token = fill_queue(&app, &office, &upload).await?;
    let token = token::give(&app, &office).await?;
    let mut sessions = Vec::new();
    for person in [CHAIR, SECRETARY, CLERK, EXPERT] {
        sessions.push((person, office::sign_in(&app, person).await?));
    }
    let session =
        |by: usize| sessions.iter().find(|(one, _)| *one == by).map_or("", |(_, session)| session.as_str());
    // The keys are of the test authority, which an office has to allow.
    let allowed = [("ECABINET_TEST_AUTHORITY", Path::new("true"))];
    let server = Server::start_with(ground.config(), &allowed).await?;
    wait_for_jobs(&app.db).await?;
    let mut rows = Vec::new();
    for visit in visits(&archive) {
        rows.push(row(&server, &visit, session(visit.by), PAGE_GOAL).await?);
    }
    rows.push(sign_all(&server, session(CHAIR), &to_sign).await?);
    rows.push(token::sign_all(&server, session(CHAIR), &for_token, &token).await?);
    rows.push(issue(&server, session(CLERK), sealed).await?);
    server.stop().await?;
    let notes = vec![
        format!(
            "{database}: {SIZE} documents in {YEARS} years, half of them incoming, filled in {filled_in} s"
        ),
        "each page 200 times, one request after the other, signed in, over HTTP on the loopback".to_owned(),
        format!("the batch: {TO_SIGN} PDFs of one page, P-256 keys, no timestamps"),
        format!("issued: to {RECIPIENTS} addresses; the time until the clerk is answered"),
    ];
    Ok((rows, notes))
}

/// A clerk, keys, and the file that every document has.
async fn furnish(app: &App, office: &Office) -> Result<Upload, BenchError> {
    let mut tx = app.db.write().await?;
    identity::store::add_role(&mut tx, office.person(CLERK)?, OrgRole::Clerk).await?;
    signing::keys::issue_test_key(&mut tx, office.id, office.person(CHAIR)?, PIN, app.clock.now()).await?;
    tx.commit().await?;
    let bytes = pdf::text(1)?;
    let bytes = futures_util::stream::once(std::future::ready(Ok::<_, std::io::Error>(bytes.into())));
    Ok(papers::actions::read_upload(app, "Công văn.pdf", bytes).await?)
}

async fn fill_queue(app: &App, office: &Office, upload: &Upload) -> Result<Vec<DocumentId>, BenchError> {
    let secretary = office.actor(SECRETARY)?;
    let mut tx = app.db.write().await?;
    let mut documents = Vec::new();
    for number in 0..TO_SIGN {
        let area = [60.0, 60.0, 200.0, 60.0];
        let step = Step { person: office.person(CHAIR)?, capacity: "chair".to_owned(), page: 1, area };
        let new = NewDocument {
            title: &format!("Quyết định số {number}"),
            code: &new_code()?,
            link: "/outgoing",
            original: upload.hash,
            size: upload.size,
            is_discreet: false,
            steps: vec![step],
        };
        documents.push(open_document(&mut tx, &secretary, new, app.clock.now()).await?);
    }
    tx.commit().await?;
    Ok(documents)
}

fn visits(archive: &Archive<'_>) -> Vec<Visit> {
    let visit = |what, by, path: String| Visit { what, by, path };
    let search = |words: &str| format!("/search?q={words}");
    let (symbol, year) = archive.symbol_and_year(SIZE / 3);
    vec![
        visit("register of incoming documents", CLERK, format!("/incoming/register?year={year}")),
        visit("register, numbers of all series", CLERK, "/registers".to_owned()),
        visit("outgoing documents, newest", CLERK, "/outgoing".to_owned()),
        visit("outgoing documents, of an expert", EXPERT, "/outgoing".to_owned()),
        visit("outgoing documents, one state", CLERK, "/outgoing?state=sealed".to_owned()),
        visit("the clerk's desk, outgoing", CLERK, "/outgoing/desk".to_owned()),
        visit("the clerk's desk, incoming", CLERK, "/incoming".to_owned()),
        visit("sign queue, 100 wait", CHAIR, "/signing".to_owned()),
        visit("search, a word of every document, with marks", CLERK, search("k%E1%BA%BF%20ho%E1%BA%A1ch")),
        visit("search, the same without marks", CLERK, search("ke%20hoach")),
        visit("search, the same, of an expert", EXPERT, search("ke%20hoach")),
        visit("search, number and symbol", CLERK, search(&symbol)),
        visit("search, four words", CLERK, search("chinh%20trang%20do%20thi")),
        visit("search, four words together", CLERK, search("%22chinh%20trang%20do%20thi%22")),
        visit("search, words that never meet", CLERK, search("giao%20quoc")),
        visit("search, nothing", CLERK, search("khongcotunay")),
        visit(
            "search, four words in a month long ago",
            CLERK,
            format!("{}&from={year}-03-01&to={year}-03-31", search("chinh%20trang%20do%20thi")),
        ),
    ]
}

/// The chair signs all that waits with one PIN.
async fn sign_all(server: &Server, session: &str, documents: &[DocumentId]) -> Result<Row, BenchError> {
    let steps: String = documents.iter().map(|document| format!("step={document}.1&")).collect();
    let began = Instant::now();
    let request = server.post("/signing/batches", session);
    let answer = request
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("{steps}pin={PIN}"))
        .send()
        .await?;
    let (status, page) = (answer.status(), answer.text().await?);
    let took = began.elapsed().as_secs_f64();
    if status != StatusCode::OK || !page.contains(&format!("{TO_SIGN} trong {TO_SIGN}")) {
        return Err(BenchError(format!("the batch answered {status}")));
    }
    let what = format!("{TO_SIGN} documents signed in a batch with a kept key");
    Ok(Row::new(what, "s", &[("took", took)]).aims_at(Goal::AtMost("took", SIGNING_GOAL)))
}

async fn issue(server: &Server, session: &str, sealed: OutgoingId) -> Result<Row, BenchError> {
    let began = Instant::now();
    let request = server.post("/outgoing/desk/issues", session);
    let answer = request
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(format!("document={sealed}"))
        .send()
        .await?;
    let took = began.elapsed().as_secs_f64();
    if answer.status() != StatusCode::SEE_OTHER {
        return Err(BenchError(format!("issuing answered {}", answer.status())));
    }
    let what = format!("a document issued to {RECIPIENTS} recipients");
    Ok(Row::new(what, "s", &[("took", took)]).aims_at(Goal::AtMost("took", ISSUING_GOAL)))
}
