//! Signing with keys at a remote service.

use std::path::Path;
use std::process::Command;

use ecabinet::app;
use ecabinet::config::{ServiceName, SigningService};
use ecabinet::signing::rules::{Deviation, Way};
use ecabinet::signing::{self, DocumentId, StepState, urls};
use ecabinet::sql;
use pades::verify::{Context, Verdict};

use super::provider::{ACCOUNT, Mood, Provider, SECRET, SERVICE_PIN};
use super::ways::{bind, issued};
use super::{PIN, open, open_pdf, pdf_with, practising, set_up, status};
use crate::harness::server::has_program;
use crate::harness::{Browser, Database, PASSWORD, TestApp, left_out, noon};
use crate::on_both;

pub fn batches(service: &str) -> String {
    urls::service_batches(&ServiceName::try_from(service.to_owned()).unwrap())
}

/// An office with the service, three documents for the secretary, and her certificate bound.
pub struct Desk {
    pub app: TestApp,
    pub provider: Provider,
    pub documents: Vec<DocumentId>,
    opened: usize,
    pub secretary: Browser,
}

impl Desk {
    async fn new(app: TestApp, most: usize) -> Self {
        Self::of(app, most, Provider::settings).await
    }

    pub async fn of(app: TestApp, most: usize, settings: impl FnOnce(&Provider) -> SigningService) -> Self {
        let key = issued("Nguyễn Văn secretary", 81);
        let provider = Provider::start(&key, most).await;
        let settings = settings(&provider);
        let app = practising(set_up(app, |config| config.remote_signing = vec![settings])).await;
        assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
        let secretary = app.sign_in("secretary").await;
        let mut desk = Self { app, provider, documents: Vec::new(), opened: 0, secretary };
        desk.open_three().await;
        desk
    }

    pub async fn open_three(&mut self) {
        self.documents.clear();
        for _ in 0..3 {
            self.open_one().await;
        }
    }

    /// No two have the same bytes: what signs the one would sign the other too.
    async fn open_one(&mut self) {
        self.opened += 1;
        let pdf = pdf_with(&self.opened.to_string());
        self.documents.push(open_pdf(&self.app, pdf).await.0);
    }

    /// Signs all three; gives status and text of the outcomes.
    pub async fn signs_as(&mut self, account: &str, pin: &str, code: &str) -> (u16, String) {
        let names: Vec<String> = self.documents.iter().map(|document| format!("{document}.1")).collect();
        let steps = names.iter().map(|name| ("step", name.as_str()));
        let fields: Vec<_> = steps.chain([("account", account), ("pin", pin), ("code", code)]).collect();
        let answer = self.secretary.post(&batches("thu"), &fields).await;
        (answer.status, answer.visible_text())
    }

    /// Signs all three with all that is right; gives the text of the outcomes.
    async fn signs(&mut self) -> String {
        let code = self.provider.code();
        self.signs_as(ACCOUNT, SERVICE_PIN, &code).await.1
    }

    pub async fn states(&self) -> Vec<StepState> {
        let mut states = Vec::new();
        for document in &self.documents {
            states.push(status(&self.app, *document).await.steps[0].state);
        }
        states
    }

    /// Nothing was signed, and the page says why.
    async fn signs_nothing(&mut self, words: &str) {
        let code = self.provider.code();
        self.signs_nothing_as((ACCOUNT, SERVICE_PIN, &code), words).await;
    }

    async fn signs_nothing_as(&mut self, (account, pin, code): (&str, &str, &str), words: &str) {
        let mut before = Vec::new();
        for document in &self.documents {
            before.push(status(&self.app, *document).await.sha256);
        }
        let (code, said) = self.signs_as(account, pin, code).await;
        assert!(code == 200 && said.contains(words) && said.contains("Đã ký 0 trong 3"), "{said}");
        assert_eq!(self.states().await, [StepState::Waiting; 3]);
        for (document, bytes) in self.documents.iter().zip(before) {
            assert_eq!(status(&self.app, *document).await.sha256, bytes);
        }
    }

    /// Why signatures of a document were refused, oldest first.
    pub async fn refusals(&self, document: DocumentId) -> Vec<(Way, Deviation)> {
        let mut tx = self.app.app.db.read().await.unwrap();
        let kept = signing::refusals(&mut tx, document).await.unwrap();
        kept.iter().map(|row| (row.way, row.deviation)).collect()
    }
}

on_both! {
    async fn many_documents_are_signed_by_one_authorisation(app) {
        let mut desk = Desk::new(app, 10).await;
        let step = desk.secretary.get(&urls::step(desk.documents[0], 1)).await.text();
        let review = urls::review(&[(desk.documents[0], 1)]);
        assert!(step.contains(&review), "{step}");
        assert!(desk.secretary.get(&review).await.visible_text().contains("Ký từ xa bằng Dịch vụ thử"));
        let said = desk.signs().await;
        assert!(said.contains("Đã ký 3 trong 3 văn bản"), "{said}");
        assert_eq!(desk.states().await, [StepState::Signed; 3]);
        let calls = ["credentials/authorize", "signatures/signHash"].map(|call| desk.provider.times(call));
        assert_eq!(calls, [1, 1]);
        let mut tx = desk.app.app.db.read().await.unwrap();
        for document in &desk.documents {
            let (way,) = sql!(tx => fetch_one
                "SELECT way FROM signature_step WHERE document_id = $1 AND number = 1" as (Way,), *document).unwrap();
            assert_eq!(way, Way::Remote);
        }
        drop(tx);
        let now = status(&desk.app, desk.documents[1]).await;
        let file = desk.app.app.storage.read(now.sha256).await.unwrap();
        // The service gave the issuer's certificate along, so the file needs nothing else to be judged.
        let report = pades::verify::verify(&file, &Context::new(&desk.app.app.anchors, noon().to_jiff())).unwrap();
        assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 1), "{report:?}");
        // The next signer goes on.
        let chair = desk.app.sign_in("chair").await.post(&urls::signatures(desk.documents[1], 2), &[("pin", PIN)]).await;
        assert_eq!(chair.status, 303, "{}", chair.visible_text());
    }

    async fn hashes_go_to_the_service_and_nothing_of_a_document(app) {
        let mut desk = Desk::new(app, 10).await;
        assert!(desk.signs().await.contains("Đã ký 3 trong 3"));
        let heard = desk.provider.kept().heard.concat();
        assert!(heard.contains(ACCOUNT) && !heard.contains("Biên bản") && !heard.contains("%PDF"), "{heard}");
        assert!(!heard.contains(&desk.documents[0].to_string()));
        assert!(desk.provider.kept().heard.iter().all(|body| body.len() < 2000), "{heard}");
        // The account is remembered; nothing else of what was typed is.
        let next = open(&desk.app).await.0;
        let review = desk.secretary.get(&urls::review(&[(next, 1)])).await.text();
        assert!(review.contains(&format!("value=\"{ACCOUNT}\"")) && !review.contains(SERVICE_PIN), "{review}");
    }

    async fn a_wrong_pin_or_code_signs_nothing_and_is_not_tried_again(app) {
        let mut desk = Desk::new(app, 10).await;
        let code = desk.provider.code();
        desk.signs_nothing_as((ACCOUNT, "0000", &code), "Mã PIN của dịch vụ chưa đúng").await;
        assert_eq!(desk.provider.times("credentials/authorize"), 1);
        desk.signs_nothing_as((ACCOUNT, SERVICE_PIN, "999999"), "OTP) chưa đúng").await;
        let calls = ["credentials/authorize", "signatures/signHash"].map(|call| desk.provider.times(call));
        assert_eq!(calls, [2, 0]);
        // What nobody typed is not tried at all.
        desk.signs_nothing_as((ACCOUNT, SERVICE_PIN, ""), "mà bạn chưa nhập").await;
        let (status, said) = desk.signs_as("", SERVICE_PIN, &code).await;
        assert!(status == 422 && said.contains("tên tài khoản"), "{status} {said}");
        desk.signs_nothing_as(("000", SERVICE_PIN, &code), "từ chối").await;
        assert_eq!(desk.provider.times("credentials/authorize"), 2);
        // A code is good once, also for a second press of the button.
        assert!(desk.signs_as(ACCOUNT, SERVICE_PIN, &code).await.1.contains("Đã ký 3 trong 3"));
        desk.open_three().await;
        desk.signs_nothing_as((ACCOUNT, SERVICE_PIN, &code), "OTP) chưa đúng").await;
        let log = desk.app.sign_in("admin").await.get("/audit").await.visible_text();
        assert!(log.contains("Dịch vụ ký từ xa không ký"), "{log}");
    }

    async fn a_service_that_fails_leaves_nothing_half_signed_and_another_try_succeeds(app) {
        let mut desk = Desk::new(app, 10).await;
        let unreachable = "Dịch vụ ký từ xa không trả lời";
        let unreadable = "trả lời không đúng quy cách";
        for (mood, words) in [
            (Mood::Dies, unreachable),
            (Mood::Floods, unreachable),
            (Mood::Talks, unreadable),
            (Mood::Forgets, unreadable),
            (Mood::Mumbles, unreadable),
            (Mood::Hangs, unreachable),
        ] {
            desk.provider.kept().mood = mood;
            desk.signs_nothing(words).await;
        }
        assert_eq!(desk.provider.times("signatures/signHash"), 6, "each was asked once");
        desk.provider.kept().mood = Mood::Signs;
        assert!(desk.signs().await.contains("Đã ký 3 trong 3"));
    }

    async fn a_signature_of_another_key_or_of_another_document_is_refused_and_on_record(app) {
        let mut desk = Desk::new(app, 10).await;
        let before = desk.documents.clone();
        assert!(desk.signs().await.contains("Đã ký 3 trong 3"));
        desk.open_three().await;
        for mood in [Mood::Replays, Mood::Swaps, Mood::Mistakes] {
            desk.provider.kept().mood = mood;
            desk.signs_nothing("gắn với bạn").await;
        }
        assert_eq!(desk.refusals(desk.documents[0]).await, [(Way::Remote, Deviation::WrongCertificate); 3]);
        assert!(desk.refusals(before[0]).await.is_empty());
        // One that is wrong does not spoil the others.
        desk.provider.kept().mood = Mood::MistakesOnce;
        let said = desk.signs().await;
        assert!(said.contains("Đã ký 2 trong 3") && said.contains("văn bản còn chờ"), "{said}");
        desk.provider.kept().mood = Mood::Signs;
        let said = desk.signs().await;
        assert!(said.contains("Đã ký 1 trong 3") && said.contains("đã ký rồi"), "{said}");
        assert_eq!(desk.states().await, [StepState::Signed; 3]);
    }

    async fn more_than_the_service_signs_at_once_waits(app) {
        let mut desk = Desk::new(app, 2).await;
        let first = desk.documents[0];
        // One of the three was signed by another way meanwhile.
        assert_eq!(desk.secretary.post(&urls::signatures(first, 1), &[("pin", PIN)]).await.status, 303);
        let said = desk.signs().await;
        assert!(said.contains("Đã ký 2 trong 3") && said.contains("đã ký rồi"), "{said}");
        desk.open_three().await;
        let said = desk.signs().await;
        assert!(said.contains("Đã ký 2 trong 3") && said.contains("vẫn chờ bạn ký"), "{said}");
        assert_eq!(desk.states().await, [StepState::Signed, StepState::Signed, StepState::Waiting]);
        // A step named twice is one step.
        let name = format!("{}.1", desk.documents[2]);
        let code = desk.provider.code();
        let fields = [("step", name.as_str()), ("step", &name), ("account", ACCOUNT), ("pin", SERVICE_PIN), ("code", &code)];
        assert!(desk.secretary.post(&batches("thu"), &fields).await.visible_text().contains("Đã ký 1 trong 1"));
    }

    async fn a_key_the_service_asks_about_itself_takes_no_pin_of_ours(app) {
        let mut desk = Desk::new(app, 10).await;
        desk.provider.kept().mode = "implicit";
        assert!(desk.signs_as(ACCOUNT, SERVICE_PIN, "").await.1.contains("Đã ký 3 trong 3"));
        assert!(!desk.provider.kept().heard.concat().contains(SERVICE_PIN));
    }

    async fn a_key_that_is_not_bound_or_disabled_or_a_way_that_is_closed_signs_nothing(app) {
        let mut desk = Desk::new(app, 10).await;
        desk.provider.kept().status = "disabled";
        desk.signs_nothing("đang bị khóa hoặc tạm ngừng").await;
        desk.provider.kept().status = "enabled";
        desk.provider.kept().mode = "oauth2code";
        desk.signs_nothing("trên trang riêng của họ").await;
        desk.provider.kept().key = issued("Nguyễn Văn secretary", 82);
        desk.signs_nothing("chứng thư đã gắn với bạn").await;
        assert_eq!(desk.provider.times("credentials/authorize"), 0);
        let open = ["leader.token", "secretary.token", "member.kept_key", "clerk.hsm"].map(|way| ("open", way));
        assert_eq!(desk.app.sign_in("admin").await.post(&urls::policy(), &open).await.status, 303);
        let review = urls::review(&[(desk.documents[0], 1)]);
        assert!(!desk.secretary.get(&urls::step(desk.documents[0], 1)).await.text().contains(&review));
        assert!(!desk.secretary.get(&review).await.visible_text().contains("Ký từ xa"));
        let mut stranger = desk.app.sign_in("stranger").await;
        assert_eq!(stranger.post(&batches("none"), &[]).await.status, 404);
        let fields = [("step", format!("{}.1", desk.documents[0])), ("account", ACCOUNT.into())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(!stranger.post(&batches("thu"), &fields).await.visible_text().contains("Biên bản"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_asks_each_service_to_be_admitted() {
    let provider = Provider::start(&issued("Nguyễn Văn secretary", 83), 1).await;
    let folder = tempfile::tempdir().unwrap();
    let line = async |secret: &str| {
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, format!("[[remote_signing]]\n{}", provider.settings_text(secret))).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ecabinet"));
        command.args(["check", "--config"]).arg(file).current_dir(folder.path());
        let said = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let said = String::from_utf8(said.stdout).unwrap();
        said.lines().find(|line| line.contains("remote signing")).unwrap().to_owned()
    };
    let works = "ok      remote signing: Dịch vụ thử: Máy chủ thử[2J admits this installation";
    assert_eq!(line(SECRET).await, works);
    let refused = line("other").await;
    assert!(refused.starts_with("FAILS") && refused.contains("invalid_client"), "{refused}");
}

/// The office on loopback, a real browser, and behind the office the service.
#[tokio::test(flavor = "multi_thread")]
async fn five_documents_are_signed_from_a_browser_by_two_codes() {
    let browser = std::env::var("ECABINET_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    if !has_program(&browser) || !has_program("node") {
        return left_out("remote signing in a browser", "chromium or node is missing");
    }
    let mut desk = Desk::new(TestApp::new(Database::Sqlite).await.unwrap(), 3).await;
    for _ in 0..2 {
        desk.open_one().await;
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let office = format!("http://{}", listener.local_addr().unwrap());
    let router = app::router(desk.app.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journey").join("service");
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/service.mjs"));
    command.args([&office, PASSWORD]).arg(out).args([ACCOUNT, SERVICE_PIN]);
    command.args([desk.provider.code(), desk.provider.code()]);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)].concat();
    assert!(done.status.success(), "{said}");
    println!("{said}");
    assert_eq!(desk.states().await, [StepState::Signed; 5]);
}
