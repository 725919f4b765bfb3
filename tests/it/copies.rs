//! Copies: asked for, signed for, numbered, sealed, through the router.

mod extract;
mod measured;
mod refused;

use std::future::poll_fn;
use std::pin::pin;
use std::process::Command;
use std::task::Poll;

use ecabinet::copies::rules::State;
use ecabinet::copies::store::{self, Copy};
use pades::verify::{Context, Verdict};

use crate::cli::root;
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::on_both;
use crate::outgoing::{issued, sealed_office, text_of};
use crate::signing::{PIN, set_up, timestamp_server};

/// The office with a seal and a head who signs copies.
pub async fn office(app: TestApp) -> TestApp {
    let app = sealed_office(app).await;
    let head = app.person("chair").await.to_string();
    let named = app.sign_in("admin").await.post("/copies/settings/head", &[("person", &head)]).await;
    assert_eq!(named.status, 303, "{}", named.visible_text());
    app
}

/// Asks for a copy of what lies at `page`.
pub async fn ask(app: &TestApp, browser: &mut Browser, page: &str, more: &[(&str, &str)]) -> Answer {
    let signer = app.person("chair").await.to_string();
    let mut fields =
        vec![("signer", signer.as_str()), ("recipient", "Sở Nội vụ"), ("purpose", "Thẩm định hồ sơ")];
    fields.extend(more);
    browser.post(&format!("{page}/copies"), &fields).await
}

/// A request that was taken; gives the page of the copy.
pub async fn asked(app: &TestApp, login: &str, page: &str, more: &[(&str, &str)]) -> String {
    let mut browser = app.sign_in(login).await;
    let answer = ask(app, &mut browser, page, more).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    answer.location()
}

pub async fn act(app: &TestApp, login: &str, copy: &str, act: &str, note: &str) -> Answer {
    let mut browser = app.sign_in(login).await;
    browser.post(&format!("{copy}/acts"), &[("act", act), ("note", note)]).await
}

/// Brings a copy that was asked for to its seal; gives its bytes.
pub async fn finished(app: &TestApp, copy: &str) -> Vec<u8> {
    assert_eq!(act(app, "chair", copy, "approve", "").await.status, 303);
    let mut clerk = app.sign_in("clerk").await;
    let numbered = clerk.post(&format!("{copy}/number"), &[]).await;
    assert_eq!(numbered.status, 303, "{}", numbered.visible_text());
    let sealed = clerk.post(&format!("{copy}/seals"), &[("pin", PIN)]).await;
    assert_eq!(sealed.status, 303, "{}", sealed.visible_text());
    clerk.get(&format!("{copy}/file")).await.body.to_vec()
}

pub async fn row(app: &TestApp, copy: &str) -> Copy {
    let id = copy.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    store::copy(&mut tx, app.organisation, id).await.unwrap().unwrap()
}

/// Drops what is done after so many steps, as the end of a process does; `None`: it was not finished.
async fn cut_off<T>(steps: usize, work: impl Future<Output = T>) -> Option<T> {
    let (mut work, mut left) = (pin!(work), steps);
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        work.as_mut().poll(context).map(Some)
    })
    .await
}

/// So many good signatures, for every judge there is, and a sound file.
pub fn judge(app: &TestApp, bytes: &[u8], signatures: usize) {
    let report = pades::verify::verify(bytes, &Context::new(&app.app.anchors, noon().to_jiff())).unwrap();
    assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, signatures), "{report:#?}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ban-sao.pdf");
    std::fs::write(&path, bytes).unwrap();
    if let Ok(output) = Command::new("pdfsig").arg("-nocert").arg(&path).output() {
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said.matches("Signature is Valid").count(), signatures, "{said}");
    }
    if let Ok(program) = std::env::var("ECABINET_TEST_PYHANKO") {
        let trusted = root("certs-dev/root.cert.pem");
        let arguments = ["sign", "validate", "--no-revocation-check", "--trust-replace", "--trust"];
        let seen = Command::new(program).args(arguments).arg(trusted).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&seen.stdout).into_owned();
        assert_eq!(said.matches(":INTACT:TRUSTED").count(), signatures, "{said}");
    }
    if let Ok(output) = Command::new("qpdf").arg("--check").arg(&path).output() {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

/// The words of a PDF, one space between.
pub fn words(bytes: &[u8]) -> String {
    text_of(bytes).split_whitespace().collect::<Vec<_>>().join(" ")
}

on_both! {
    async fn a_copy_goes_from_its_request_to_its_seal(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let source = app.sign_in("drafter").await.get(&format!("{page}/file")).await.body;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert_eq!(asked(&app, "drafter", &page, &[("form", "copy_true")]).await, copy, "sent twice, asked once");
        assert_eq!(act(&app, "drafter", &copy, "approve", "").await.status, 403, "not one's own");
        assert_eq!(act(&app, "clerk", &copy, "approve", "").await.status, 403);
        let mut chair = app.sign_in("chair").await;
        assert!(chair.get("/").await.visible_text().contains("Sao y 01/QĐ-UBND"), "it waits for the head");
        let bytes = finished(&app, &copy).await;
        assert!(bytes.starts_with(&source), "what was signed is not rewritten");
        judge(&app, &bytes, 3);
        let text = words(&bytes);
        for line in ["Sao y; 01/SY-UBND", "UBND phường An Hải", "23/11/2026 12:00:00 +07:00"] {
            assert!(text.contains(line), "{line} is missing: {text}");
        }
        let mut drafter = app.sign_in("drafter").await;
        assert!(drafter.get("/notices").await.visible_text().contains("Bản sao đã đóng dấu"));
        let shown = drafter.get(&copy).await.visible_text();
        for part in ["01/SY-UBND", "Bản sao đã xong", "Sở Nội vụ", "Thẩm định hồ sơ", "Nguyễn Văn chair, Thẩm quyền của mình"] {
            assert!(shown.contains(part), "{part} is missing: {shown}");
        }
        let version = row(&app, &copy).await.version_id.unwrap();
        let verdict = drafter.get(&format!("/papers/{version}/verdict")).await;
        assert!(verdict.status == 200 && verdict.visible_text().contains("3"), "{}", verdict.visible_text());
        assert_eq!(drafter.get(&format!("/papers/{version}/file")).await.body, bytes, "their readers take it as it is");
    }

    async fn who_reads_the_source_sees_its_copies_and_opens_only_their_own(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        finished(&app, &copy).await;
        let mut member = app.sign_in("delegate1").await;
        let listed = member.get(&format!("{page}/copies")).await;
        assert!(listed.visible_text().contains("01/SY-UBND") && !listed.text().contains(&copy), "{}", listed.text());
        for path in ["", "/file", "/source", "/copies"] {
            assert_eq!(member.get(&format!("{copy}{path}")).await.status, 404, "{path}");
            assert_eq!(app.sign_in("stranger").await.get(&format!("{copy}{path}")).await.status, 404, "{path}");
        }
        let mut stranger = app.sign_in("stranger").await;
        let fields = [("act", "cancel"), ("note", "x"), ("pin", PIN), ("form", "copy_true")];
        for path in ["/acts", "/number", "/seals", "/copies"] {
            assert_eq!(stranger.post(&format!("{copy}{path}"), &fields).await.status, 404, "{path}");
        }
        assert_eq!(stranger.post(&format!("{page}/copies"), &fields).await.status, 404);
        assert!(app.sign_in("drafter").await.get("/copies").await.text().contains(&copy));
        assert!(!member.get("/copies").await.text().contains(&copy));
    }

    async fn a_copy_of_a_copy_has_every_signature_and_its_own_series(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let first = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        let mut drafter = app.sign_in("drafter").await;
        assert!(ask(&app, &mut drafter, &first, &[("form", "copy_of_copy")]).await.visible_text().contains("chưa đóng dấu"));
        let source = finished(&app, &first).await;
        let wrong = ask(&app, &mut drafter, &first, &[("form", "copy_true")]).await;
        assert!(wrong.status == 422 && wrong.visible_text().contains("sao lục làm từ bản sao y"), "{}", wrong.visible_text());
        let second = asked(&app, "drafter", &first, &[("form", "copy_of_copy")]).await;
        let bytes = finished(&app, &second).await;
        assert!(bytes.starts_with(&source));
        judge(&app, &bytes, 4);
        assert!(words(&bytes).contains("Sao lục; 01/SL-UBND") && words(&bytes).contains("Sao y; 01/SY-UBND"));
        let again = ask(&app, &mut drafter, &second, &[("form", "copy_of_copy")]).await;
        assert!(again.status == 422 && again.visible_text().contains("Chỉ sao lục từ bản sao y"), "{}", again.visible_text());
    }

    async fn a_number_stays_in_the_register_when_its_copy_is_cancelled(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert_eq!(act(&app, "chair", &copy, "approve", "").await.status, 303);
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.post(&format!("{copy}/number"), &[]).await.status, 303);
        assert_eq!(clerk.post(&format!("{copy}/number"), &[]).await.status, 409, "a stale page is told");
        assert_eq!(act(&app, "drafter", &copy, "cancel", "Thôi").await.status, 403, "the clerk's now");
        assert_eq!(act(&app, "clerk", &copy, "cancel", "").await.status, 422, "a reason is asked for");
        assert_eq!(act(&app, "clerk", &copy, "cancel", "Không cần nữa").await.status, 303);
        assert_eq!(clerk.post(&format!("{copy}/seals"), &[("pin", PIN)]).await.status, 409);
        let next = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert!(words(&finished(&app, &next).await).contains("Sao y; 02/SY-UBND"));
        let book = clerk.get("/copies/register/print?year=2026&code=SY").await;
        assert_eq!(book.status, 200, "{}", book.visible_text());
        let text = words(&book.body);
        for part in ["Đã hủy: Không", "02/SY-UBND", "01/QĐ-UBND", "Sở Nội vụ", "Nguyễn Văn"] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        assert!(clerk.get("/copies/register").await.visible_text().contains("Sao y (SY)"));
        assert_eq!(app.sign_in("drafter").await.get("/copies/register/print?year=2026").await.status, 403);
    }

    async fn two_clerks_who_seal_at_once_make_one_copy(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert_eq!(act(&app, "chair", &copy, "approve", "").await.status, 303);
        let (mut one, mut other) = (app.sign_in("clerk").await, app.sign_in("clerk").await);
        assert_eq!(one.post(&format!("{copy}/number"), &[]).await.status, 303);
        assert_eq!(one.post(&format!("{copy}/seals"), &[("pin", "000000")]).await.status, 422, "a wrong PIN");
        let path = format!("{copy}/seals");
        let (first, second) = tokio::join!(one.post(&path, &[("pin", PIN)]), other.post(&path, &[("pin", PIN)]));
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        judge(&app, &one.get(&format!("{copy}/file")).await.body, 3);
    }

    async fn a_seal_that_is_cut_off_anywhere_leaves_the_copy_as_it_was_or_whole(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert_eq!(act(&app, "chair", &copy, "approve", "").await.status, 303);
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.post(&format!("{copy}/number"), &[]).await.status, 303);
        let (path, subject) = (format!("{copy}/seals"), format!("copy:{}", copy.rsplit('/').next().unwrap()));
        for steps in (0..).map(|power| 1 << power) {
            let answer = cut_off(steps, clerk.post(&path, &[("pin", PIN)])).await;
            let sealed = app.acts_on(&subject).await.iter().filter(|act| *act == "copy_sealed").count();
            let is_sealed = row(&app, &copy).await.state == State::Sealed;
            assert_eq!(sealed, usize::from(is_sealed), "after {steps} steps");
            if is_sealed {
                assert!(answer.is_none_or(|answer| answer.status == 303));
                break;
            }
            assert!(answer.is_none(), "it was answered and did nothing");
            assert_eq!(clerk.get(&format!("{copy}/file")).await.status, 409, "there is no file of it yet");
        }
        judge(&app, &clerk.get(&format!("{copy}/file")).await.body, 3);
    }

    async fn those_the_head_lets_sign_copies_do_so_until_their_leave_ends(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let head = app.person("head").await.to_string();
        let fields = [
            ("person", head.as_str()), ("capacity", "tl"), ("basis", "Quy chế làm việc"), ("from", "2026-11-01"),
            ("until", "2026-12-31"),
        ];
        let mut drafter = app.sign_in("drafter").await;
        assert_eq!(drafter.get("/copies/settings").await.status, 403);
        assert_eq!(drafter.post("/copies/signers", &fields).await.status, 403);
        let mut chair = app.sign_in("chair").await;
        let wrong = chair.post("/copies/signers", &[fields[0], fields[1], fields[2], fields[3], ("until", "2026-10-01")]).await;
        assert!(wrong.status == 422 && wrong.text().contains("Quy chế làm việc"), "what was typed comes back");
        assert_eq!(chair.post("/copies/signers", &fields).await.status, 303);
        let signer = [("form", "copy_true"), ("signer", head.as_str())];
        let mut form = signer.to_vec();
        form.extend([("recipient", "Sở Nội vụ"), ("purpose", "Lưu")]);
        let asked = drafter.post(&format!("{page}/copies"), &form).await;
        assert_eq!(asked.status, 303, "{}", asked.visible_text());
        let copy = asked.location();
        assert_eq!(act(&app, "head", &copy, "approve", "").await.status, 303);
        assert!(drafter.get(&copy).await.visible_text().contains("Nguyễn Văn head, TL. (thừa lệnh)"));
        let late = drafter.post(&format!("{page}/copies"), &form).await.location();
        let shown = chair.get("/copies/settings").await.text();
        let end = shown.split("action=\"").find(|part| part.starts_with("/copies/signers/")).unwrap();
        let end = end.split('"').next().unwrap();
        assert_eq!(app.sign_in("stranger").await.post(end, &[]).await.status, 404);
        assert_eq!(chair.post(end, &[]).await.status, 303);
        assert_eq!(chair.post(end, &[]).await.status, 409, "once");
        let refused = act(&app, "head", &late, "approve", "").await;
        assert!(refused.status == 409 && refused.visible_text().contains("không được giao ký bản sao"), "{}", refused.visible_text());
        assert_eq!(act(&app, "head", &late, "return", "Hết hạn giao ký").await.status, 303);
        assert!(drafter.get(&late).await.visible_text().contains("Hết hạn giao ký"));
    }

    async fn a_copy_without_a_trusted_time_says_so_and_gets_one_later(app) {
        use crate::signing::Mood;
        use std::sync::atomic::Ordering;
        let (address, mood) = timestamp_server().await;
        let app = office(set_up(app, |config| config.timestamp_url = address)).await;
        let page = issued(&app).await;
        let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        mood.store(Mood::Fails as u8, Ordering::SeqCst);
        let before = finished(&app, &copy).await;
        let words = "Chữ ký của cơ quan chưa có dấu thời gian";
        let mut drafter = app.sign_in("drafter").await;
        assert!(drafter.get(&copy).await.visible_text().contains(words));
        mood.store(Mood::Answers as u8, Ordering::SeqCst);
        app.app.clock.advance(60);
        app.run_jobs().await;
        assert!(!drafter.get(&copy).await.visible_text().contains(words));
        let after = drafter.get(&format!("{copy}/file")).await.body;
        assert!(after.starts_with(&before) && after.len() > before.len());
    }
}

#[tokio::test]
async fn the_verdict_on_a_copy_tells_every_signature_in_its_order() {
    let app = TestApp::new(crate::harness::Database::Sqlite).await.unwrap();
    let app = office(app).await;
    let page = issued(&app).await;
    let copy = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ban-sao.pdf");
    std::fs::write(&path, finished(&app, &copy).await).unwrap();
    let trusted = root("certs-dev/root.cert.pem");
    let output = Command::new(env!("CARGO_BIN_EXE_ecabinet"))
        .args(["verify", "--offline", "--at", "2026-11-23T06:00:00Z", "--trust"])
        .arg(trusted)
        .arg(&path)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let chair = said.find("Nguyễn Văn chair").unwrap();
    assert!(said[chair..].matches("UBND phường An Hải").count() >= 2, "{said}");
}
