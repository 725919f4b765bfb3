//! The desktop program of the Government's authority: it comes without a
//! session, with a secret for one file, and is held to the rules of every way.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use axum::http::{Method, Request, header};
use ecabinet::signing::rules::{Deviation, Way};
use ecabinet::signing::{DocumentId, DocumentState, StepState, urls};
use ecabinet::sql;
use ecabinet::{app, signing};
use pades::authority::Issued;
use pades::sign::{Appearance, SignOptions};
use pades::trust::ValidationData;
use pades::verify::{Context, Verdict};

use super::ways::{bind, issued, sign};
use super::{PIN, open, practising, set_up, status};
use crate::harness::server::has_program;
use crate::harness::{Answer, Browser, Database, PASSWORD, TestApp, left_out, noon};
use crate::on_both;

/// What the page gives to the program, and the program itself.
struct Program {
    document: DocumentId,
    secretary: Browser,
    key: Issued,
    file_url: String,
    upload_url: String,
    state_url: String,
}

/// Left, bottom, width and height of a signature near the secretary's box.
const NEAR: [f64; 4] = [50.0, 90.0, 190.0, 85.0];

impl Program {
    async fn new(app: &TestApp) -> Self {
        let key = issued("Nguyễn Văn secretary", 51);
        assert_eq!(bind(app, "secretary", &key.certificate).await.status, 303);
        let (document, _) = open(app).await;
        Self::of(app, document, key).await
    }

    async fn of(app: &TestApp, document: DocumentId, key: Issued) -> Self {
        let mut secretary = app.sign_in("secretary").await;
        let given = secretary.post(&urls::desktop_acts(document, 1), &[]).await;
        let given: serde_json::Value = serde_json::from_slice(&given.body).unwrap();
        let request = &given["offer"]["request"];
        assert_eq!(request["JWTToken"], "");
        let path = |url: &serde_json::Value| {
            url.as_str().unwrap().strip_prefix("http://office.test").unwrap().to_owned()
        };
        Self {
            document,
            secretary,
            key,
            file_url: path(&request["FileName"]),
            upload_url: path(&request["FileUploadHandler"]),
            state_url: given["offer"]["state_url"].as_str().unwrap().to_owned(),
        }
    }

    /// The program asks without cookie or origin.
    async fn fetches(&self, app: &TestApp) -> Answer {
        let request = Request::builder().uri(&self.file_url).header(header::HOST, "office.test");
        app.browser().send(request.body(Body::empty()).unwrap()).await
    }

    /// What its user makes of the file, with the signature placed by hand.
    async fn signed_at(&self, app: &TestApp, rectangle: [f64; 4]) -> Vec<u8> {
        let given = self.fetches(app).await;
        assert_eq!(given.status, 200, "{}", given.visible_text());
        sign(&given.body, &self.key, &at(rectangle))
    }

    async fn brings(&self, app: &TestApp, file: &[u8]) -> (bool, String) {
        brings(app, &self.upload_url, file).await
    }

    /// Not taken, the program's user is told why, it is on record, and the page waiting for it learns it.
    async fn is_refused(&mut self, app: &TestApp, file: &[u8], deviation: Deviation, words: &str) {
        let before = status(app, self.document).await;
        let (is_taken, said) = self.brings(app, file).await;
        assert!(!is_taken && said.contains(words), "{is_taken} {said}");
        assert_eq!(status(app, self.document).await.sha256, before.sha256);
        let standing = self.secretary.get(&self.state_url).await.text();
        assert!(standing.contains(words), "{standing}");
        self.is_on_record(app, deviation).await;
    }

    async fn is_on_record(&self, app: &TestApp, deviation: Deviation) {
        let mut tx = app.app.db.read().await.unwrap();
        let kept = signing::refusals(&mut tx, self.document).await.unwrap();
        let last = kept.last().unwrap();
        assert_eq!((last.number, last.way, last.deviation), (1, Way::Desktop, deviation));
    }
}

fn at(rectangle: [f64; 4]) -> SignOptions {
    let appearance = Appearance { page: 1, rectangle, ..Appearance::default() };
    SignOptions { appearance: Some(appearance), ..SignOptions::default() }
}

/// An upload as the program makes it; gives what it tells its user.
async fn brings(app: &TestApp, url: &str, file: &[u8]) -> (bool, String) {
    const HEAD: &str = "--edge\r\nContent-Disposition: form-data; name=\"uploadfile\"; filename=\"van-ban.pdf\"\r\n\
                        Content-Type: application/pdf\r\n\r\n";
    let body = [HEAD.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
    let request = Request::builder()
        .method(Method::POST)
        .uri(url)
        .header(header::HOST, "office.test")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(Body::from(body))
        .unwrap();
    let answer = app.browser().send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert!(told["FileName"].is_string() && told["FileServer"].is_string());
    (told["Status"].as_bool().unwrap(), told["Message"].as_str().unwrap().to_owned())
}

on_both! {
    async fn a_file_the_program_signed_is_accepted_and_the_next_signer_goes_on(app) {
        let app = practising(app).await;
        let mut program = Program::new(&app).await;
        let signed = program.signed_at(&app, NEAR).await;
        assert!(program.secretary.get(&program.state_url).await.text().contains("\"open\""));
        assert_eq!(program.brings(&app, &signed).await, (true, String::new()));
        let now = status(&app, program.document).await;
        assert_eq!((now.steps[0].state, app.app.storage.read(now.sha256).await.unwrap().to_vec()), (StepState::Signed, signed));
        assert!(program.secretary.get(&program.state_url).await.text().contains("\"accepted\""));
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.get(&program.state_url).await.status, 404);
        let done = chair.post(&urls::signatures(program.document, 2), &[("pin", PIN)]).await;
        assert_eq!(done.status, 303, "{}", done.visible_text());
        assert_eq!(status(&app, program.document).await.state, DocumentState::Complete);
        let mut tx = app.app.db.read().await.unwrap();
        let ways = sql!(tx => fetch_all
            "SELECT way FROM signature_step WHERE document_id = $1 ORDER BY number" as (Way,), program.document);
        assert_eq!(ways.unwrap(), [(Way::Desktop,), (Way::KeptKey,)]);
    }

    async fn the_same_file_again_is_the_same_upload_and_another_is_a_replay(app) {
        let app = practising(app).await;
        let mut program = Program::new(&app).await;
        let signed = program.signed_at(&app, NEAR).await;
        let other = program.signed_at(&app, [55.0, 95.0, 180.0, 75.0]).await;
        assert_eq!(program.brings(&app, &signed).await, (true, String::new()));
        assert_eq!(program.brings(&app, &signed).await, (true, String::new()));
        let sealed = status(&app, program.document).await.sha256;
        let (is_taken, said) = program.brings(&app, &other).await;
        assert!(!is_taken && said.contains("dùng lại"), "{said}");
        program.is_on_record(&app, Deviation::ReplayedAddress).await;
        assert_eq!(status(&app, program.document).await.sha256, sealed);
        // The file is no more to be had there, either.
        assert_eq!(program.fetches(&app).await.status, 422);
        let page = program.secretary.get(&urls::step(program.document, 1)).await.visible_text();
        assert!(page.contains("dùng lại để gửi một tệp khác"), "{page}");
    }

    async fn two_uploads_at_once_count_once(app) {
        let app = practising(app).await;
        let program = Program::new(&app).await;
        let signed = program.signed_at(&app, NEAR).await;
        let (one, other) = tokio::join!(program.brings(&app, &signed), program.brings(&app, &signed));
        assert_eq!((one, other), ((true, String::new()), (true, String::new())));
        let mut tx = app.app.db.read().await.unwrap();
        let (count,) = sql!(tx => fetch_one
            "SELECT count(number) FROM signature_step WHERE document_id = $1 AND state = 'signed'" as (i64,),
            program.document).unwrap();
        assert_eq!((count, signing::refusals(&mut tx, program.document).await.unwrap().len()), (1, 0));
    }

    async fn a_forged_address_takes_and_gives_nothing(app) {
        let app = practising(app).await;
        let mut program = Program::new(&app).await;
        let signed = program.signed_at(&app, NEAR).await;
        let parts: Vec<&str> = program.upload_url.split('/').collect();
        let forged = program.upload_url.replace(parts[4], &"0".repeat(48));
        let (is_taken, said) = brings(&app, &forged, &signed).await;
        assert!(!is_taken && said.contains("địa chỉ giả"), "{said}");
        program.is_on_record(&app, Deviation::ForgedAddress).await;
        let unknown = program.upload_url.replace(parts[3], &signing::ActId::new().to_string());
        let (is_taken, said) = brings(&app, &unknown, &signed).await;
        assert!(!is_taken && said.contains("Địa chỉ nộp tệp không đúng"), "{said}");
        let file = program.file_url.replace(parts[4], &"f".repeat(48));
        let request = Request::builder().uri(&file).header(header::HOST, "office.test");
        assert_eq!(app.browser().send(request.body(Body::empty()).unwrap()).await.status, 422);
        // The secret of one step opens no other.
        let (second, _) = open(&app).await;
        let other = Program::of(&app, second, issued("Nguyễn Văn secretary", 52)).await;
        let crossed = program.upload_url.replace(parts[4], other.upload_url.split('/').nth(4).unwrap());
        assert!(!brings(&app, &crossed, &signed).await.0);
        assert_eq!(status(&app, program.document).await.steps[0].state, StepState::Waiting);
        assert_eq!(program.brings(&app, &signed).await, (true, String::new()));
        let standing = program.secretary.get(&program.state_url).await.text();
        assert!(standing.contains("\"accepted\""), "{standing}");
    }

    async fn an_address_whose_time_is_over_or_that_was_replaced_takes_nothing(app) {
        let app = practising(app).await;
        let program = Program::new(&app).await;
        let signed = program.signed_at(&app, NEAR).await;
        let mut newer = Program::of(&app, program.document, issued("Nguyễn Văn secretary", 51)).await;
        let (is_taken, said) = program.brings(&app, &signed).await;
        assert!(!is_taken && said.contains("hết hạn"), "{said}");
        program.is_on_record(&app, Deviation::ExpiredAddress).await;
        app.app.clock.advance(15 * 60);
        newer.key = program.key.clone();
        newer.is_refused(&app, &signed, Deviation::ExpiredAddress, "hết hạn").await;
        assert_eq!(newer.fetches(&app).await.status, 422);
        assert!(newer.secretary.get(&newer.state_url).await.text().contains("\"over\""));
    }

    async fn what_is_not_the_file_with_the_right_signature_is_refused(app) {
        let app = practising(app).await;
        let mut program = Program::new(&app).await;
        let given = program.fetches(&app).await.body;
        let mut changed = given.clone();
        let from = changed.windows(3).position(|three| three == b"595").unwrap();
        changed[from + 2] = b'6';
        let changed = sign(&changed, &program.key, &at(NEAR));
        program.is_refused(&app, &changed, Deviation::ChangedBytes, "không bắt đầu bằng đúng tệp").await;
        program.is_refused(&app, &given, Deviation::NoSignature, "chưa có thêm chữ ký").await;
        let foreign = sign(&given, &issued("Nguyễn Văn secretary", 53), &at(NEAR));
        program.is_refused(&app, &foreign, Deviation::WrongCertificate, "gắn với bạn").await;
        let once = sign(&given, &program.key, &at(NEAR));
        let twice = sign(&once, &program.key, &SignOptions::default());
        program.is_refused(&app, &twice, Deviation::ExtraRevision, "nhiều hơn một chữ ký").await;
        assert_eq!(program.brings(&app, &once).await, (true, String::new()));
    }

    async fn a_signature_put_where_it_would_pass_for_anothers_is_refused(app) {
        let app = practising(app).await;
        let mut program = Program::new(&app).await;
        let given = program.fetches(&app).await.body;
        // On the chair's box, far from any, over the whole page, and nowhere.
        for rectangle in [[330.0, 100.0, 180.0, 70.0], [60.0, 600.0, 180.0, 70.0], [0.0, 0.0, 595.0, 842.0]] {
            let file = sign(&given, &program.key, &at(rectangle));
            program.is_refused(&app, &file, Deviation::WrongPlace, "ô dành cho bạn").await;
        }
        let unseen = sign(&given, &program.key, &SignOptions::default());
        program.is_refused(&app, &unseen, Deviation::WrongPlace, "ô dành cho bạn").await;
    }

    async fn whoever_has_no_certificate_here_is_offered_no_program(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        assert!(!secretary.get(&urls::step(document, 1)).await.text().contains("data-desktop"));
        let given = secretary.post(&urls::desktop_acts(document, 1), &[]).await.text();
        assert!(given.contains("Chưa có chứng thư"), "{given}");
        assert_eq!(app.sign_in("stranger").await.post(&urls::desktop_acts(document, 1), &[]).await.status, 404);
    }
}

/// The office on loopback, a real browser, and a program of the tests that
/// speaks as the real one is described.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_signs_from_a_browser_and_the_page_learns_it_without_its_word() {
    let browser = std::env::var("ECABINET_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    if !has_program(&browser) || !has_program("node") || !has_program("openssl") {
        return left_out("the desktop program in a browser", "chromium, node or openssl is missing");
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let office = format!("http://{}", listener.local_addr().unwrap());
    // Free now, and taken by the program in a moment.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let app = set_up(practising(TestApp::new(Database::Sqlite).await.unwrap()).await, |config| {
        config.public_url = office.clone();
        config.desktop_port = port;
    });
    let (own, other) = (issued("Nguyễn Văn secretary", 54), issued("Nguyễn Văn secretary", 55));
    assert_eq!(bind(&app, "secretary", &own.certificate).await.status, 303);
    // On the first the program's user goes wrong, the second is signed.
    let (wrong, document) = (open(&app).await.0, open(&app).await.0);
    let router = app::router(app.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let folder = tempfile::tempdir().unwrap();
    for (name, key) in [("own.p12", &own), ("other.p12", &other)] {
        std::fs::write(folder.path().join(name), key.to_pkcs12("key", "1234").unwrap()).unwrap();
    }
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journey").join("desktop");
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/desktop.mjs"));
    command.args([&office, PASSWORD]).arg(out).arg(port.to_string()).arg(env!("CARGO_BIN_EXE_ecabinet"));
    command.arg(folder.path());
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)].concat();
    assert!(done.status.success(), "{said}");
    println!("{said}");
    let now = status(&app, document).await;
    let mut context = Context::new(&app.app.anchors, noon().to_jiff());
    let issuer = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/sub-ca.cert.pem")).unwrap();
    let evidence = [ValidationData::from_bytes(&issuer).unwrap()];
    context.evidence = &evidence;
    let report = pades::verify::verify(&app.app.storage.read(now.sha256).await.unwrap(), &context).unwrap();
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 1), "{report:?}");
    let mut tx = app.app.db.read().await.unwrap();
    let refused: Vec<_> =
        signing::refusals(&mut tx, wrong).await.unwrap().iter().map(|row| row.deviation).collect();
    assert_eq!(refused, [Deviation::WrongCertificate]);
}
