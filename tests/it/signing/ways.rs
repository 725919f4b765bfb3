//! Signatures that come from elsewhere: one rule for what is accepted, and
//! everything else refused in words, on record, with nothing lost.

use std::process::Command;

use ecabinet::signing::rules::{Deviation, Way};
use ecabinet::signing::{DocumentId, DocumentState, StepState, urls};
use ecabinet::{signing, sql};
use openssl::x509::X509;
use pades::authority::{Authority, Issued, KeyKind, Subject, Terms};
use pades::pdf::Source;
use pades::sign::{
    Appearance, Font, Note, NoteTarget, Permission, Place, SignOptions, Signer, reserve_signature,
    sign as append_signature,
};

use super::{PIN, open, practising, status};
use crate::harness::{Browser, TestApp, left_out, noon};
use crate::on_both;

/// A certificate with its key, as on a token that the test holds.
pub fn issued(name: &str, serial: u64) -> Issued {
    let pem = |name: &str| std::fs::read(format!("{}/certs-dev/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let authority = Authority::from_pem(&pem("sub-ca.cert.pem"), &pem("sub-ca.key.pem"), &[]).unwrap();
    let subject = Subject { common_name: name.into(), ..Subject::default() };
    let terms = Terms {
        not_before: noon().plus_seconds(-86_400).to_jiff(),
        not_after: noon().plus_seconds(90 * 86_400).to_jiff(),
        serial,
        key: KeyKind::Rsa2048,
    };
    authority.issue_person(&subject, &terms).unwrap()
}

/// The administrator binds a certificate to a person.
pub async fn bind(app: &TestApp, login: &str, certificate: &X509) -> crate::harness::Answer {
    bind_to(app, &app.person(login).await.to_string(), certificate).await
}

/// The administrator binds a certificate to a holder as the form names it.
pub async fn bind_to(app: &TestApp, holder: &str, certificate: &X509) -> crate::harness::Answer {
    let pem = certificate.to_pem().unwrap();
    let mut admin = app.sign_in("admin").await;
    admin.upload(&urls::certificates(), "cert.pem", &pem, &[("holder", holder)]).await
}

/// A document under way, the secretary with a certificate of her own, and her file taken away.
struct Errand {
    document: DocumentId,
    secretary: Browser,
    key: Issued,
    given: Vec<u8>,
    returns: String,
}

impl Errand {
    async fn new(app: &TestApp) -> Self {
        let key = issued("Nguyễn Văn secretary", 11);
        assert_eq!(bind(app, "secretary", &key.certificate).await.status, 303);
        Self::of(app, key).await
    }

    async fn of(app: &TestApp, key: Issued) -> Self {
        let (document, _) = open(app).await;
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&urls::errands(document, 1), &[]).await.status, 303);
        let page = secretary.get(&urls::step(document, 1)).await.text();
        let link = |part: &str| {
            let from = page.split("/signing/acts/").find(|rest| rest[32..].starts_with(part)).unwrap();
            format!("/signing/acts/{}{part}", &from[..32])
        };
        let (file, returns) = (link("/file"), link("/returns"));
        let answer = secretary.get(&file).await;
        assert_eq!(answer.status, 200);
        Self { document, secretary, key, given: answer.body, returns }
    }

    /// What a program makes that fills in the field that is there.
    fn signed(&self) -> Vec<u8> {
        self.signed_with(&SignOptions { field: Some("Signature1".into()), ..SignOptions::default() })
    }

    fn signed_with(&self, options: &SignOptions) -> Vec<u8> {
        sign(&self.given, &self.key, options)
    }

    /// Brings a file back, and gives status and text of what the page says.
    async fn brings(&mut self, file: &[u8]) -> (u16, String) {
        let answer = self.secretary.upload(&self.returns, "da-ky.pdf", file, &[]).await;
        (answer.status, answer.visible_text())
    }

    /// The file is refused, the page says why, the record keeps it, and the step still waits.
    async fn is_refused(&mut self, app: &TestApp, file: &[u8], deviation: Deviation, words: &str) {
        let before = status(app, self.document).await;
        let (code, said) = self.brings(file).await;
        assert!(code == 422 && said.contains(words), "{code} {said}");
        let after = status(app, self.document).await;
        assert_eq!((after.steps[0].state, after.sha256), (StepState::Waiting, before.sha256));
        let mut tx = app.app.db.read().await.unwrap();
        let kept = signing::refusals(&mut tx, self.document).await.unwrap();
        let last = kept.last().unwrap();
        assert_eq!((last.number, last.way, last.deviation), (1, Way::BroughtBack, deviation));
    }
}

pub fn sign(pdf: &[u8], key: &Issued, options: &SignOptions) -> Vec<u8> {
    append_signature(pdf, options, &key.signer(), None, noon().to_jiff()).unwrap().onto(pdf)
}

/// A file in memory.
struct Whole(Vec<u8>);

impl Source for Whole {
    fn length(&self) -> usize {
        self.0.len()
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> std::io::Result<()> {
        into.copy_from_slice(&self.0[offset..offset + into.len()]);
        Ok(())
    }
}

/// Words put on the page along with the signature.
fn stamp() -> Note {
    let font = "static/node_modules/@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf";
    let font = Font(std::fs::read(format!("{}/{font}", env!("CARGO_MANIFEST_DIR"))).unwrap());
    let place = Place { page: 1, rectangle: [200.0, 500.0, 200.0, 20.0] };
    Note { target: NoteTarget::Page(place), text: "đã sửa".into(), size: 12.0, font }
}

fn elsewhere() -> SignOptions {
    let rectangle = [300.0, 600.0, 180.0, 70.0];
    let appearance = Appearance { page: 1, rectangle, ..Appearance::default() };
    SignOptions { appearance: Some(appearance), ..SignOptions::default() }
}

on_both! {
    async fn a_file_signed_elsewhere_is_accepted_and_the_next_signer_goes_on(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let signed = errand.signed();
        assert_eq!(errand.brings(&signed).await.0, 303);
        let now = status(&app, errand.document).await;
        assert_eq!(now.steps[0].state, StepState::Signed);
        assert_eq!(app.app.storage.read(now.sha256).await.unwrap(), signed);
        let mut chair = app.sign_in("chair").await;
        let done = chair.post(&urls::signatures(errand.document, 2), &[("pin", PIN)]).await;
        assert_eq!(done.status, 303, "{}", done.visible_text());
        assert_eq!(status(&app, errand.document).await.state, DocumentState::Complete);
        let mut tx = app.app.db.read().await.unwrap();
        let ways = sql!(tx => fetch_all
            "SELECT way FROM signature_step WHERE document_id = $1 ORDER BY number" as (Way,), errand.document);
        assert_eq!(ways.unwrap(), [(Way::BroughtBack,), (Way::KeptKey,)]);
    }

    async fn a_file_that_is_not_the_one_handed_out_is_refused(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let mut changed = errand.given.clone();
        let at = changed.windows(3).position(|three| three == b"595").unwrap();
        changed[at + 2] = b'6';
        let words = "không bắt đầu bằng đúng tệp đã giao";
        let changed = sign(&changed, &errand.key, &SignOptions { field: Some("Signature1".into()), ..SignOptions::default() });
        errand.is_refused(&app, &changed, Deviation::ChangedBytes, words).await;
        errand.is_refused(&app, b"%PDF-1.7 none", Deviation::ChangedBytes, words).await;
        let given = errand.given.clone();
        errand.is_refused(&app, &given, Deviation::NoSignature, "chưa có thêm chữ ký nào").await;
        let page = errand.secretary.get(&urls::step(errand.document, 1)).await.visible_text();
        assert!(page.contains("Các lần nộp không được chấp nhận"), "{page}");
        // Nothing is lost: the right file is still taken.
        let signed = errand.signed();
        assert_eq!(errand.brings(&signed).await.0, 303);
    }

    async fn another_certificate_than_the_bound_one_is_refused(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        // The very name of the secretary proves nothing.
        let forged = issued("Nguyễn Văn secretary", 12);
        let file = sign(&errand.given, &forged, &SignOptions { field: Some("Signature1".into()), ..SignOptions::default() });
        errand.is_refused(&app, &file, Deviation::WrongCertificate, "gắn với bạn").await;
        // Nor does the certificate of somebody who signs another step.
        assert_eq!(bind(&app, "chair", &forged.certificate).await.status, 303);
        errand.is_refused(&app, &file, Deviation::WrongCertificate, "gắn với bạn").await;
    }

    async fn a_signature_of_the_right_person_for_another_step_is_refused(app) {
        let app = practising(app).await;
        let other = Errand::new(&app).await;
        let mut errand = Errand::of(&app, other.key.clone()).await;
        // Both documents have the same bytes; what was handed out of each is still its own.
        let words = "không bắt đầu bằng đúng tệp đã giao";
        errand.is_refused(&app, &other.signed(), Deviation::ChangedBytes, words).await;
    }

    async fn a_signature_outside_its_box_is_refused(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let file = errand.signed_with(&elsewhere());
        errand.is_refused(&app, &file, Deviation::WrongPlace, "ô dành cho bạn").await;
        let unseen = errand.signed_with(&SignOptions::default());
        errand.is_refused(&app, &unseen, Deviation::WrongPlace, "ô dành cho bạn").await;
    }

    async fn more_than_the_signature_is_refused(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let twice = sign(&errand.signed(), &errand.key, &SignOptions::default());
        errand.is_refused(&app, &twice, Deviation::ExtraRevision, "nhiều hơn một chữ ký mới").await;
        let place = Place { page: 1, rectangle: [10.0, 10.0, 50.0, 50.0] };
        let more = reserve_signature(&Whole(errand.given.clone()), place, b"more").unwrap();
        let field = || SignOptions { field: Some("Signature1".into()), ..SignOptions::default() };
        let file = sign(&[errand.given.clone(), more.appended].concat(), &errand.key, &field());
        errand.is_refused(&app, &file, Deviation::ExtraRevision, "thay đổi khác ngoài chữ ký").await;
        let file = errand.signed_with(&SignOptions { notes: vec![stamp()], ..field() });
        errand.is_refused(&app, &file, Deviation::OtherChanges, "Nội dung tệp bị thay đổi").await;
        let file = errand.signed_with(&SignOptions { certify: Some(Permission::Forms), ..field() });
        errand.is_refused(&app, &file, Deviation::LocksDocument, "khóa văn bản").await;
        let mut broken = errand.signed();
        let at = errand.given.len() + broken[errand.given.len()..].windows(3).position(|w| w == b"/M ").unwrap();
        broken[at + 8] = b'9';
        errand.is_refused(&app, &broken, Deviation::InvalidSignature, "Chữ ký không đúng").await;
    }

    async fn a_file_sent_twice_counts_once(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let signed = errand.signed();
        assert_eq!(errand.brings(&signed).await.0, 303);
        let (code, said) = errand.brings(&signed).await;
        assert!(code == 409 && said.contains("đã ký rồi"), "{code} {said}");
        assert_eq!(app.sign_in("chair").await.upload(&errand.returns, "a.pdf", &signed, &[]).await.status, 404);
    }

    async fn what_is_away_is_too_late_once_the_document_went_on(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let signed = errand.signed();
        let kept = errand.secretary.post(&urls::signatures(errand.document, 1), &[("pin", PIN)]).await;
        assert_eq!(kept.status, 303);
        assert_eq!(errand.brings(&signed).await.0, 409);
        let mut late = Errand::of(&app, errand.key.clone()).await;
        app.app.clock.advance(8 * 86_400);
        let mut again = app.sign_in("secretary").await;
        let answer = again.upload(&late.returns, "a.pdf", &late.signed(), &[]).await;
        assert!(answer.status == 409 && answer.visible_text().contains("quá hạn"), "{}", answer.visible_text());
        late.secretary = again;
    }

    async fn an_ended_binding_signs_nothing_more(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let signed = errand.signed();
        let mut admin = app.sign_in("admin").await;
        let page = admin.get(&urls::certificates()).await;
        assert!(page.visible_text().contains("Nguyễn Văn secretary"), "{}", page.visible_text());
        let end = page.text().split("action=\"").find(|rest| rest.contains("/end\"")).unwrap().to_owned();
        let end = end.split('"').next().unwrap().to_owned();
        assert_eq!(app.sign_in("stranger").await.post(&end, &[("because", "lost")]).await.status, 404);
        assert_eq!(errand.secretary.post(&end, &[("because", "lost")]).await.status, 403);
        assert_eq!(admin.post(&end, &[("because", "lost")]).await.status, 303);
        errand.is_refused(&app, &signed, Deviation::WrongCertificate, "gắn với bạn").await;
        assert!(errand.secretary.get("/notices").await.visible_text().contains("ngừng dùng"));
        let again = bind(&app, "secretary", &errand.key.certificate).await;
        assert!(again.status == 422 && again.visible_text().contains("báo mất"), "{}", again.visible_text());
    }

    async fn a_certificate_has_one_holder_and_its_end_is_told_in_time(app) {
        let app = practising(app).await;
        let key = issued("Nguyễn Văn secretary", 21);
        assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
        let taken = bind(&app, "chair", &key.certificate).await;
        assert!(taken.status == 422 && taken.visible_text().contains("đang gắn với người khác"));
        let garbage = {
            let holder = app.person("chair").await.to_string();
            let mut admin = app.sign_in("admin").await;
            admin.upload(&urls::certificates(), "a.pem", b"nothing", &[("holder", &holder)]).await
        };
        assert!(garbage.visible_text().contains("không có chứng thư"), "{}", garbage.visible_text());
        app.run_jobs().await;
        assert!(!app.sign_in("secretary").await.get("/notices").await.visible_text().contains("hết hạn"));
        app.app.clock.advance(31 * 86_400);
        app.run_jobs().await;
        app.run_jobs().await;
        let mut secretary = app.sign_in("secretary").await;
        let notices = secretary.get("/notices").await.visible_text();
        assert_eq!(notices.matches("hết hạn ngày").count(), 1, "{notices}");
        let home = secretary.get("/").await.visible_text();
        assert!(home.contains("Chứng thư của bạn hết hạn ngày"), "{home}");
        assert!(secretary.get(&urls::own_certificates()).await.visible_text().contains("Còn 59 ngày"));
    }

    async fn a_document_sent_back_is_signed_no_more_and_all_are_told(app) {
        let app = practising(app).await;
        let (document, _) = open(&app).await;
        let mut secretary = app.sign_in("secretary").await;
        let mut chair = app.sign_in("chair").await;
        let back = urls::refusals(document, 2);
        assert_eq!(chair.post(&back, &[("reason", "Sai số liệu")]).await.status, 409);
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
        assert_eq!(secretary.post(&back, &[("reason", "Sai")]).await.status, 404);
        assert_eq!(chair.post(&back, &[("reason", "  ")]).await.status, 422);
        let signed = status(&app, document).await.sha256;
        assert_eq!(chair.post(&back, &[("reason", "Sai số liệu ở mục 2")]).await.status, 303);
        let now = status(&app, document).await;
        assert_eq!((now.state, now.sha256), (DocumentState::Returned, signed));
        assert!(secretary.get("/notices").await.visible_text().contains("Trả lại, chưa ký"));
        let page = secretary.get(&urls::step(document, 1)).await.visible_text();
        assert!(page.contains("Sai số liệu ở mục 2"), "{page}");
        let late = chair.post(&urls::signatures(document, 2), &[("pin", PIN)]).await;
        assert!(late.status == 409 && late.visible_text().contains("đã được trả lại"), "{}", late.visible_text());
        assert!(chair.get("/signing").await.visible_text().contains("Không có văn bản nào"));
        assert_eq!(chair.post(&back, &[("reason", "Lần nữa")]).await.status, 409);
    }

    async fn many_are_signed_with_one_pin_and_each_has_its_outcome(app) {
        let app = practising(app).await;
        let mut steps = Vec::new();
        for _ in 0..3 {
            steps.push(open(&app).await.0);
        }
        let mut secretary = app.sign_in("secretary").await;
        let names: Vec<String> = steps.iter().map(|document| format!("{document}.1")).collect();
        let review = secretary.get(&format!("/signing/review?step={}&step={}", names[0], names[1])).await;
        assert!(review.visible_text().contains("2 văn bản"), "{}", review.visible_text());
        assert!(review.visible_text().contains("Đúng tệp người soạn trình"));
        let form = |pin: &'static str| {
            names.iter().map(|name| ("step", name.as_str())).chain([("pin", pin)]).collect::<Vec<_>>()
        };
        let wrong = secretary.post("/signing/batches", &form("111111")).await.visible_text();
        assert!(wrong.contains("Còn 4 lần") && wrong.contains("Đã ký 0 trong 3"), "{wrong}");
        // One of them goes back meanwhile.
        assert_eq!(secretary.post(&urls::refusals(steps[1], 1), &[("reason", "Thiếu phụ lục")]).await.status, 303);
        let done = secretary.post("/signing/batches", &form(PIN)).await.visible_text();
        assert!(done.contains("Đã ký 2 trong 3 văn bản") && done.contains("đã được trả lại"), "{done}");
        for (document, state) in steps.iter().zip([StepState::Signed, StepState::Waiting, StepState::Signed]) {
            assert_eq!(status(&app, *document).await.steps[0].state, state);
        }
        // Nobody signs by naming another's step, nor learns that it is there.
        let mut chair = app.sign_in("chair").await;
        let other = chair.post("/signing/batches", &[("step", names[1].as_str()), ("pin", PIN)]).await;
        assert!(!other.visible_text().contains("Biên bản giao ban"), "{}", other.visible_text());
        assert!(chair.get("/signing/review").await.visible_text().contains("2 văn bản"));
    }

    async fn a_value_of_another_key_or_for_another_person_becomes_no_signature(app) {
        let app = practising(app).await;
        let key = issued("Nguyễn Văn secretary", 41);
        assert_eq!(bind(&app, "secretary", &key.certificate).await.status, 303);
        let (document, _) = open(&app).await;
        let name = format!("{document}.1");
        let mut secretary = app.sign_in("secretary").await;
        let batch: serde_json::Value =
            serde_json::from_slice(&secretary.post("/signing/acts", &[("step", &name)]).await.body).unwrap();
        let act = &batch["acts"][0];
        let values = format!("/signing/acts/{}/values", act["id"].as_str().unwrap().replace('-', ""));
        let message = hex::decode(act["message"].as_str().unwrap()).unwrap();
        let algorithm = serde_json::from_value(act["algorithm"].clone()).unwrap();
        let value = |key: &Issued| hex::encode(key.signer().sign(&message, algorithm).unwrap());
        let foreign = value(&issued("Nguyễn Văn secretary", 42));
        let refused = secretary.post(&values, &[("value", &foreign)]).await;
        assert!(refused.text().contains("gắn với bạn"), "{}", refused.text());
        let own = value(&key);
        assert_eq!(app.sign_in("chair").await.post(&values, &[("value", &own)]).await.status, 404);
        assert_eq!(status(&app, document).await.steps[0].state, StepState::Waiting);
        let signed = secretary.post(&values, &[("value", &own)]).await;
        assert!(signed.text().contains("\"is_signed\":true"), "{}", signed.text());
        assert!(!secretary.post(&values, &[("value", &own)]).await.text().contains("\"is_signed\":true"));
        let mut tx = app.app.db.read().await.unwrap();
        let kept = signing::refusals(&mut tx, document).await.unwrap();
        assert_eq!(kept.iter().map(|row| row.deviation).collect::<Vec<_>>(), [Deviation::WrongCertificate]);
    }

    async fn what_pyhanko_signs_is_accepted(app) {
        let Ok(pyhanko) = std::env::var("ECABINET_TEST_PYHANKO") else {
            return left_out("signing by pyHanko", "ECABINET_TEST_PYHANKO is not set");
        };
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("in.pdf"), &errand.given).unwrap();
        std::fs::write(path("key.p12"), errand.key.to_pkcs12("key", "1234").unwrap()).unwrap();
        std::fs::write(path("pass"), "1234").unwrap();
        let arguments = ["sign", "addsig", "--field", "Signature1", "--use-pades", "pkcs12", "--passfile", "pass"];
        let signed = Command::new(pyhanko)
            .args(arguments)
            .args(["in.pdf", "out.pdf", "key.p12"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        let (code, said) = errand.brings(&std::fs::read(path("out.pdf")).unwrap()).await;
        assert_eq!(code, 303, "{said}");
    }

    async fn what_our_own_command_signs_is_accepted(app) {
        let app = practising(app).await;
        let mut errand = Errand::new(&app).await;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("in.pdf"), &errand.given).unwrap();
        std::fs::write(path("key.p12"), errand.key.to_pkcs12("key", "1234").unwrap()).unwrap();
        let signed = Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .args(["sign", "in.pdf", "-o", "out.pdf", "--pkcs12", "key.p12", "--passphrase-env", "PASS"])
            .args(["--field", "Signature1"])
            .env("PASS", "1234")
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(signed.status.success(), "{}", String::from_utf8_lossy(&signed.stderr));
        let (code, said) = errand.brings(&std::fs::read(path("out.pdf")).unwrap()).await;
        assert_eq!(code, 303, "{said}");
    }
}
