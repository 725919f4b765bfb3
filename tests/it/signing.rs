//! Signing in turn: the order, the PIN, the races, and the trusted time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use ecabinet::identity::{Actor, OrgRole};
use ecabinet::signing::rules::Level;
use ecabinet::signing::signature::{self, SignError};
use ecabinet::signing::{
    self, Desk, DocumentId, DocumentState, NewDocument, Status, Step, StepState, keys, urls,
};
use ecabinet::storage::Hash;
use ecabinet::{sql, verify};
use pades::verify::{Context, Verdict};

use crate::harness::{TestApp, noon};
use crate::on_both;

mod codes;
mod consent;
mod desktop;
mod long_paper;
mod policy;
pub mod provider;
pub mod service;
pub mod token;
pub mod ways;

pub const PIN: &str = "246810";

/// A PDF of one empty page.
pub fn small_pdf() -> Vec<u8> {
    pdf_with("null")
}

/// A PDF of one empty page and another object.
fn pdf_with(other: &str) -> Vec<u8> {
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
        other,
    ];
    let mut pdf = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = pdf.len();
    let trailer = "trailer\n<< /Size 5 /Root 1 0 R /ID [<00112233> <00112233>] >>";
    pdf.extend(format!("xref\n0 5\n{table}{trailer}\nstartxref\n{start}\n%%EOF\n").bytes());
    pdf
}

/// The office with other settings.
pub fn set_up(mut test: TestApp, change: impl FnOnce(&mut ecabinet::config::Config)) -> TestApp {
    let mut config = (*test.app.config).clone();
    change(&mut config);
    let roots = verify::configured(&config).unwrap();
    test.app.anchors = Arc::new(roots.iter().cloned().collect());
    test.app.roots = Arc::new(roots);
    test.app.config = Arc::new(config);
    test
}

/// The office as one that practises: with test keys for secretary and chair.
pub async fn practising(test: TestApp) -> TestApp {
    let test = set_up(test, |config| config.test_authority = true);
    issue_keys(&test).await;
    test
}

async fn issue_keys(test: &TestApp) {
    for login in ["secretary", "chair"] {
        let person = test.person(login).await;
        let mut tx = test.app.db.write().await.unwrap();
        keys::issue_test_key(&mut tx, test.organisation, person, PIN, noon()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn actor(test: &TestApp, login: &str) -> Actor {
    Actor {
        person: test.person(login).await,
        organisation: test.organisation,
        full_name: format!("Nguyễn Văn {login}"),
        position: "Chuyên viên".into(),
        roles: vec![OrgRole::Secretary],
        session: Vec::new(),
    }
}

/// Opens a document that the secretary signs first, then the chair.
pub async fn open(test: &TestApp) -> (DocumentId, String) {
    open_pdf(test, small_pdf()).await
}

async fn open_pdf(test: &TestApp, pdf: Vec<u8>) -> (DocumentId, String) {
    let original = test.app.storage.put(pdf.clone()).await.unwrap();
    let code = signing::new_code().unwrap();
    let mut steps = Vec::new();
    for (login, left) in [("secretary", 60.0), ("chair", 330.0)] {
        let person = test.person(login).await;
        steps.push(Step { person, capacity: login.into(), page: 1, area: [left, 100.0, 180.0, 70.0] });
    }
    let new = NewDocument {
        title: "Biên bản giao ban tuần 47",
        code: &code,
        link: "/meetings",
        original,
        size: pdf.len() as u64,
        is_discreet: false,
        steps,
    };
    let secretary = actor(test, "secretary").await;
    let mut tx = test.app.db.write().await.unwrap();
    let document = signing::actions::open_document(&mut tx, &secretary, new, noon()).await.unwrap();
    tx.commit().await.unwrap();
    (document, code)
}

/// Opens a document and lets both sign it.
pub async fn signed_by_both(test: &TestApp) -> (DocumentId, String) {
    let (document, code) = open(test).await;
    for (login, number) in [("secretary", 1), ("chair", 2)] {
        let mut browser = test.sign_in(login).await;
        let answer = browser.post(&urls::signatures(document, number), &[("pin", PIN)]).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
    }
    (document, code)
}

pub async fn status(test: &TestApp, document: DocumentId) -> Status {
    let mut tx = test.app.db.read().await.unwrap();
    signing::status(&mut tx, document).await.unwrap().unwrap()
}

async fn bytes_after(test: &TestApp, document: DocumentId, number: i64) -> Vec<u8> {
    let mut tx = test.app.db.read().await.unwrap();
    let (hash,) = sql!(tx => fetch_one
        "SELECT sha256 FROM signature_step WHERE document_id = $1 AND number = $2" as (Hash,), document, number)
    .unwrap();
    test.app.storage.read(hash).await.unwrap().to_vec()
}

async fn make(test: &TestApp, login: &str, document: DocumentId, number: i64) -> signature::MadeSignature {
    let actor = actor(test, login).await;
    let desk = Desk::of(&test.app);
    signature::make(&desk, &actor, document, number, PIN.into(), test.app.clock.now()).await.unwrap()
}

on_both! {
    async fn the_secretary_signs_and_then_the_chair(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let mut chair = app.sign_in("chair").await;
        assert!(secretary.get("/signing").await.visible_text().contains("1 văn bản chờ bạn ký"));
        assert!(chair.get("/signing").await.visible_text().contains("Không có văn bản nào"));
        let early = chair.post(&urls::signatures(document, 2), &[("pin", PIN)]).await;
        assert_eq!(early.status, 409);
        assert!(early.visible_text().contains("Chưa đến lượt bạn"), "{}", early.visible_text());

        let form = secretary.get(&urls::step(document, 1)).await.visible_text();
        assert!(form.contains("Có hiệu lực từ 22/11/2026 đến 22/11/2029"), "{form}");
        let done = secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert_eq!((done.status, done.location()), (303, urls::step(document, 1)));
        assert!(chair.get("/notices").await.visible_text().contains("Chờ ký: Biên bản giao ban tuần 47"));
        assert_eq!(chair.post(&urls::signatures(document, 2), &[("pin", PIN)]).await.status, 303);

        let status = status(&app, document).await;
        assert_eq!(status.state, DocumentState::Complete);
        assert!(status.steps.iter().all(|step| step.level == Some(Level::Bt)));
        assert!(secretary.get("/notices").await.visible_text().contains("Đã ký xong"));
        assert!(secretary.get("/signing").await.visible_text().contains("Bạn đã ký gần đây"));
    }

    async fn what_was_signed_before_is_never_rewritten(app) {
        let app = practising(app).await;
        let (document, _) = signed_by_both(&app).await;
        let first = bytes_after(&app, document, 1).await;
        let second = bytes_after(&app, document, 2).await;
        assert!(first.starts_with(&small_pdf()) && second.starts_with(&first));
        let at = noon().to_jiff();
        let context = Context::new(&app.app.anchors, at);
        let report = pades::verify::verify(&second, &context).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 2), "{report:?}");
    }

    async fn a_step_is_nobody_elses(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        for login in ["delegate1", "chair", "stranger"] {
            let mut other = app.sign_in(login).await;
            assert_eq!(other.get(&urls::step(document, 1)).await.status, 404, "{login}");
            assert_eq!(other.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 404, "{login}");
        }
        for (login, allowed) in [("chair", 200), ("secretary", 200), ("delegate1", 404), ("stranger", 404)] {
            assert_eq!(app.sign_in(login).await.get(&urls::file(document)).await.status, allowed, "{login}");
        }
        assert_eq!(app.browser().get(&urls::file(document)).await.status, 303);
    }

    async fn five_wrong_pins_lock_the_key_until_the_administrator_unlocks_it(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let path = urls::signatures(document, 1);
        let wrong = secretary.post(&path, &[("pin", "111111")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.visible_text().contains("Còn 4 lần"), "{}", wrong.visible_text());
        assert!(!wrong.text().contains("111111"));
        for _ in 0..4 {
            secretary.post(&path, &[("pin", "111111")]).await;
        }
        let locked = secretary.post(&path, &[("pin", PIN)]).await;
        assert_eq!(locked.status, 422);
        assert!(locked.visible_text().contains("Quản trị hệ thống có thể mở khóa"), "{}", locked.visible_text());
        let person = app.person("secretary").await;
        assert_eq!(secretary.post(&urls::unlocking(person), &[]).await.status, 403);
        assert_eq!(app.sign_in("stranger").await.post(&urls::unlocking(person), &[]).await.status, 404);
        let mut admin = app.sign_in("admin").await;
        assert!(admin.get(&urls::keys()).await.visible_text().contains("Bị khóa"));
        assert_eq!(admin.post(&urls::unlocking(person), &[]).await.status, 303);
        assert_eq!(secretary.post(&path, &[("pin", PIN)]).await.status, 303);
    }

    async fn a_right_pin_forgets_the_wrong_ones(app) {
        let app = practising(app).await;
        let (first, _) = open(&app).await;
        let (second, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        for _ in 0..4 {
            secretary.post(&urls::signatures(first, 1), &[("pin", "0")]).await;
        }
        assert_eq!(secretary.post(&urls::signatures(first, 1), &[("pin", PIN)]).await.status, 303);
        let wrong = secretary.post(&urls::signatures(second, 1), &[("pin", "0")]).await;
        assert!(wrong.visible_text().contains("Còn 4 lần"), "{}", wrong.visible_text());
    }

    async fn of_two_tabs_the_first_signs(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let one = make(&app, "secretary", document, 1).await;
        let two = make(&app, "secretary", document, 1).await;
        let secretary = actor(&app, "secretary").await;
        let mut tx = app.app.db.write().await.unwrap();
        signature::record(&mut tx, &secretary, &one, noon()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        let second = signature::record(&mut tx, &secretary, &two, noon()).await;
        assert!(matches!(second, Err(SignError::AlreadySigned)), "{second:?}");
        drop(tx);
        let answer = app.sign_in("secretary").await.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert_eq!(answer.status, 409);
        assert!(answer.visible_text().contains("đã ký rồi"), "{}", answer.visible_text());
    }

    async fn a_stop_before_the_commit_leaves_the_step_waiting(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let made = make(&app, "secretary", document, 1).await;
        let mut tx = app.app.db.write().await.unwrap();
        signature::record(&mut tx, &actor(&app, "secretary").await, &made, noon()).await.unwrap();
        drop(tx);
        let before = status(&app, document).await;
        assert_eq!((before.steps[0].state, before.sha256), (StepState::Waiting, Hash::of(&small_pdf())));
        assert!(!app.sign_in("chair").await.get("/notices").await.visible_text().contains("Chờ ký"));
        let again = app.sign_in("secretary").await.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert_eq!(again.status, 303);
        assert_eq!(status(&app, document).await.steps[0].state, StepState::Signed);
    }

    async fn an_expired_certificate_signs_nothing(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        app.app.clock.advance(4 * 365 * 86_400);
        let mut secretary = app.sign_in("secretary").await;
        let form = secretary.get(&urls::step(document, 1)).await;
        assert!(form.visible_text().contains("đã hết hạn") && !form.text().contains("name=\"pin\""));
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 422);
        assert_eq!(status(&app, document).await.steps[0].state, StepState::Waiting);
    }

    async fn a_real_office_refuses_test_keys(app) {
        issue_keys(&app).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let refused = secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("chứng thư thử nghiệm"), "{}", refused.visible_text());
        let mut tx = app.app.db.read().await.unwrap();
        assert!(signing::test_keys_present(&mut tx).await.unwrap());
        assert_eq!(app.browser().post("/test-authority/timestamp", &[]).await.status, 404);
    }

    async fn a_practising_office_stamps_for_programs(app) {
        let app = set_up(app, |config| config.test_authority = true);
        let request = axum::http::Request::post("/test-authority/timestamp").body("no request".into()).unwrap();
        let answer = app.browser().send(request).await;
        let media_type = answer.headers.get("content-type").unwrap();
        assert_eq!((answer.status, media_type.as_bytes()), (200, b"application/timestamp-reply".as_slice()));
    }

    async fn without_a_trusted_time_a_signature_says_so_and_gets_one_later(app) {
        let (address, mood) = timestamp_server().await;
        let app = practising(set_up(app, |config| {
            config.timestamp_url = address;
            config.timestamp_seconds = 1;
        })).await;
        for mute in [Mood::Garbage, Mood::WrongType, Mood::Slow, Mood::Fails] {
            mood.store(mute as u8, Ordering::SeqCst);
            let (document, _) = open(&app).await;
            let mut secretary = app.sign_in("secretary").await;
            assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
            assert_eq!(status(&app, document).await.steps[0].level, Some(Level::Bb), "{mute:?}");
            let page = secretary.get(&urls::step(document, 1)).await.visible_text();
            assert!(page.contains("chưa có dấu thời gian"), "{page}");

            mood.store(Mood::Answers as u8, Ordering::SeqCst);
            let before = bytes_after(&app, document, 1).await;
            app.app.clock.advance(60);
            app.run_jobs().await;
            let stamped = status(&app, document).await;
            assert_eq!(stamped.steps[0].level, Some(Level::Bt), "{mute:?}");
            let after = app.app.storage.read(stamped.sha256).await.unwrap();
            assert!(after.starts_with(&before) && after.len() > before.len());
        }
    }

    async fn a_timestamp_that_comes_between_costs_no_signature(app) {
        let (address, mood) = timestamp_server().await;
        mood.store(Mood::Fails as u8, Ordering::SeqCst);
        let app = practising(set_up(app, |config| config.timestamp_url = address)).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
        mood.store(Mood::Answers as u8, Ordering::SeqCst);
        let made = make(&app, "chair", document, 2).await;
        app.run_jobs().await;
        let mut tx = app.app.db.write().await.unwrap();
        let overtaken = signature::record(&mut tx, &actor(&app, "chair").await, &made, noon()).await;
        assert!(matches!(overtaken, Err(SignError::Overtaken)), "{overtaken:?}");
        drop(tx);
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&urls::signatures(document, 2), &[("pin", PIN)]).await.status, 303);
        let status = status(&app, document).await;
        let file = app.app.storage.read(status.sha256).await.unwrap();
        let at = noon().to_jiff();
        let context = Context::new(&app.app.anchors, at);
        let report = pades::verify::verify(&file, &context).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 3), "{report:?}");
    }
}

/// How the timestamp server of a test behaves.
#[derive(Clone, Copy, Debug)]
pub enum Mood {
    Answers,
    Garbage,
    WrongType,
    Slow,
    Fails,
}

/// A timestamp server on loopback, in a mood that the test sets.
pub async fn timestamp_server() -> (String, Arc<AtomicU8>) {
    let mood = Arc::new(AtomicU8::new(Mood::Answers as u8));
    let router = Router::new().route("/", post(answer)).with_state(mood.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, mood)
}

async fn answer(State(mood): State<Arc<AtomicU8>>, request: Bytes) -> Response {
    let reply = [(header::CONTENT_TYPE, "application/timestamp-reply")];
    match mood.load(Ordering::SeqCst) {
        mood if mood == Mood::Answers as u8 => (reply, real_answer(&request)).into_response(),
        mood if mood == Mood::Garbage as u8 => (reply, "no timestamp").into_response(),
        mood if mood == Mood::WrongType as u8 => real_answer(&request).into_response(),
        mood if mood == Mood::Slow as u8 => {
            tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            (reply, real_answer(&request)).into_response()
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn real_answer(request: &[u8]) -> Vec<u8> {
    let pem = |name: &str| std::fs::read(format!("{}/certs-dev/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (certificate, key) = (pem("tsa.cert.pem"), pem("tsa.key.pem"));
    let stamper = pades::authority::TestTimestampAuthority::from_pem(&certificate, &key, &[]).unwrap();
    stamper.respond(request, noon().to_jiff()).unwrap()
}
