//! Signing with keys whose owner agrees on a page of the remote service.

use std::path::Path;
use std::process::Command;

use ecabinet::signing::rules::{Deviation, Way};
use ecabinet::signing::{AuthorisationId, StepState, urls};
use ecabinet::{app, sql};
use futures_util::future::join_all;
use pades::verify::{Context, Verdict};

use super::provider::{ACCOUNT, Mood, Provider};
use super::service::{Desk, batches};
use super::{PIN, set_up, status};
use crate::harness::server::has_program;
use crate::harness::{Browser, Database, PASSWORD, TestApp, left_out, noon};
use crate::on_both;

const WAITING: [StepState; 3] = [StepState::Waiting; 3];
const SIGNED: [StepState; 3] = [StepState::Signed; 3];

/// The office with a service that has a page, and a key whose owner is asked there.
async fn office(app: TestApp, most: usize) -> Desk {
    let desk = Desk::of(app, most, Provider::settings_with_page).await;
    desk.provider.kept().mode = "oauth2code";
    desk
}

impl Desk {
    /// Presses the button for all documents; gives the page of the service.
    async fn presses(&mut self) -> String {
        let names: Vec<String> = self.documents.iter().map(|document| format!("{document}.1")).collect();
        let steps = names.iter().map(|name| ("step", name.as_str()));
        let fields: Vec<_> = steps.chain([("account", ACCOUNT)]).collect();
        let answer = self.secretary.post(&batches("thu"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        answer.location()
    }

    /// The path by which the browser comes back from the service's page.
    async fn answers(&mut self) -> String {
        let page = self.presses().await;
        path(&self.provider.visit(&page))
    }

    /// Comes back; gives what the page says, which is how each document stands.
    async fn comes_back(&mut self, path: &str) -> String {
        let answer = self.secretary.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.visible_text());
        answer.visible_text()
    }

    /// Nothing was signed, and the page says why, also when it is loaded again.
    async fn nothing_follows(&mut self, path: &str, words: &str) {
        let before = self.bytes().await;
        for _ in 0..2 {
            let said = self.comes_back(path).await;
            assert!(said.contains(words) && said.contains("Đã ký 0 trong 3"), "{said}");
        }
        assert_eq!((self.states().await.as_slice(), self.bytes().await), (WAITING.as_slice(), before));
    }

    async fn bytes(&self) -> Vec<String> {
        let mut bytes = Vec::new();
        for document in &self.documents {
            bytes.push(status(&self.app, *document).await.sha256.to_string());
        }
        bytes
    }

    /// How often the service was asked for a token and for signatures.
    fn asked(&self) -> [usize; 2] {
        ["oauth2/token", "signatures/signHash"].map(|call| self.provider.times(call))
    }
}

fn path(address: &str) -> String {
    address.strip_prefix("http://office.test").unwrap().to_owned()
}

fn judge_signature(pdf: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let seen = Command::new("pdfsig").arg("-nocert").arg(file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert_eq!(said.matches("Signature is Valid").count(), 1, "{said}");
}

on_both! {
    async fn many_documents_are_signed_after_one_answer_on_the_services_page(app) {
        let mut desk = office(app, 10).await;
        let review = desk.secretary.get(&urls::review(&[(desk.documents[0], 1)])).await;
        assert!(review.visible_text().contains("Dịch vụ có thể hỏi bạn trên trang riêng của họ"));
        let page = desk.presses().await;
        assert_eq!(desk.states().await, WAITING, "nothing is signed before the answer");
        let back = path(&desk.provider.visit(&page));
        let said = desk.comes_back(&back).await;
        assert!(said.contains("Đã ký 3 trong 3 văn bản"), "{said}");
        assert_eq!((desk.states().await.as_slice(), desk.asked()), (SIGNED.as_slice(), [1, 1]));
        assert_eq!(desk.provider.times("credentials/authorize"), 0);
        let mut tx = desk.app.app.db.read().await.unwrap();
        for document in &desk.documents {
            let (way,) = sql!(tx => fetch_one
                "SELECT way FROM signature_step WHERE document_id = $1 AND number = 1" as (Way,), *document).unwrap();
            assert_eq!(way, Way::Remote);
        }
        drop(tx);
        for document in &desk.documents {
            let file = desk.app.app.storage.read(status(&desk.app, *document).await.sha256).await.unwrap();
            let context = Context::new(&desk.app.app.anchors, noon().to_jiff());
            let report = pades::verify::verify(&file, &context).unwrap();
            assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 1), "{report:?}");
            if has_program("pdfsig") {
                judge_signature(&file);
            }
        }
        // The next signer goes on.
        let chair = desk.app.sign_in("chair").await.post(&urls::signatures(desk.documents[1], 2), &[("pin", PIN)]).await;
        assert_eq!(chair.status, 303, "{}", chair.visible_text());
    }

    async fn the_answer_is_asked_for_with_secrets_that_are_not_kept(app) {
        let mut desk = office(app, 10).await;
        let (first, second) = (desk.presses().await, desk.presses().await);
        let state = |page: &str| {
            let page = reqwest::Url::parse(page).unwrap();
            page.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
        };
        assert!(state(&first) != state(&second) && state(&first).len() == 43);
        let mut tx = desk.app.app.db.read().await.unwrap();
        let kept = sql!(tx => fetch_all
            "SELECT state_sha256, verifier FROM remote_authorisation" as (String, Option<String>)).unwrap();
        drop(tx);
        for (hash, verifier) in &kept {
            assert!(*hash != state(&first) && *hash != state(&second));
            assert!(!first.contains(verifier.as_ref().unwrap()) && !second.contains(verifier.as_ref().unwrap()));
        }
        let back = path(&desk.provider.visit(&first));
        desk.comes_back(&back).await;
        let mut tx = desk.app.app.db.read().await.unwrap();
        let (left,) = sql!(tx => fetch_one
            "SELECT COUNT(*) FROM remote_authorisation WHERE verifier IS NOT NULL" as (i64,)).unwrap();
        assert_eq!((kept.len(), left), (2, 1), "what was shown is gone");
    }

    async fn who_does_not_agree_signs_nothing_and_may_try_again(app) {
        let mut desk = office(app, 10).await;
        for (error, words) in [
            ("access_denied", "Bạn đã không đồng ý trên trang của dịch vụ"),
            ("temporarily_unavailable", "Dịch vụ ký từ xa không trả lời"),
            ("invalid_scope", "Dịch vụ ký từ xa từ chối"),
        ] {
            desk.provider.kept().declines = Some(error);
            let back = desk.answers().await;
            desk.nothing_follows(&back, words).await;
        }
        let unread = desk.answers().await;
        let (before, _) = unread.split_once('?').unwrap();
        let state = unread.split_once("state=").unwrap().1.to_owned();
        desk.nothing_follows(&format!("{before}?state={state}"), "trả lời không đúng quy cách").await;
        assert_eq!(desk.asked(), [0, 0]);
        let log = desk.app.sign_in("admin").await.get("/audit").await.visible_text();
        assert!(log.contains("Dịch vụ ký từ xa không ký"), "{log}");
        desk.provider.kept().declines = None;
        let back = desk.answers().await;
        assert!(desk.comes_back(&back).await.contains("Đã ký 3 trong 3"));
    }

    async fn an_answer_that_comes_again_says_what_became_of_it_and_signs_nothing(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        let sessions = [desk.app.sign_in("secretary").await, desk.app.sign_in("secretary").await,
            desk.app.sign_in("secretary").await, desk.app.sign_in("secretary").await];
        let at_once = sessions.into_iter().map(|mut browser| {
            let back = back.clone();
            async move { browser.get(&back).await }
        });
        let answers = join_all(at_once).await;
        let whole = answers.iter().filter(|answer| answer.visible_text().contains("Đã ký 3 trong 3")).count();
        assert!(whole >= 1 && answers.iter().all(|answer| answer.status == 200));
        let bytes = desk.bytes().await;
        for _ in 0..2 {
            let said = desk.comes_back(&back).await;
            assert!(said.contains("Đã ký 3 trong 3 văn bản"), "{said}");
        }
        assert_eq!((desk.asked(), desk.bytes().await), ([1, 1], bytes));
    }

    async fn an_answer_counts_for_nobody_but_the_person_who_was_asked(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        let unknown = "Hệ thống không chờ bạn trở lại";
        let mut others: Vec<Browser> = Vec::new();
        for login in ["chair", "admin", "stranger"] {
            others.push(desk.app.sign_in(login).await);
        }
        for other in &mut others {
            let answer = other.get(&back).await;
            let said = answer.visible_text();
            assert!(answer.status == 409 && said.contains(unknown) && !said.contains("Biên bản"), "{said}");
        }
        // Nobody signed in: to the door, and nothing is taken.
        assert_eq!(desk.app.browser().get(&back).await.status, 303);
        // A secret that nobody was given, and none at all.
        let forged = back.replace("state=", "state=A");
        for path in [forged.as_str(), back.split_once('?').unwrap().0] {
            let answer = desk.secretary.get(path).await;
            assert!(answer.status == 409 && answer.visible_text().contains(unknown), "{}", answer.visible_text());
        }
        assert_eq!((desk.states().await.as_slice(), desk.asked()), (WAITING.as_slice(), [0, 0]));
        assert!(desk.comes_back(&back).await.contains("Đã ký 3 trong 3"));
    }

    async fn an_answer_that_comes_too_late_signs_nothing(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        desk.app.app.clock.advance(10 * 60);
        desk.nothing_follows(&back, "Bạn trở lại quá muộn").await;
        assert_eq!(desk.asked(), [0, 0]);
        let again = desk.answers().await;
        desk.app.app.clock.advance(10 * 60 - 1);
        assert!(desk.comes_back(&again).await.contains("Đã ký 3 trong 3"));
    }

    async fn a_forged_code_signs_nothing_and_spends_the_answer(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        let (before, state) = (back.split_once("code=").unwrap().0, back.split_once("&state=").unwrap().1);
        let forged = format!("{before}code=doan&state={state}");
        desk.nothing_follows(&forged, "Dịch vụ ký từ xa từ chối").await;
        // The true code does not help any more.
        desk.nothing_follows(&back, "Dịch vụ ký từ xa từ chối").await;
        assert_eq!(desk.asked(), [1, 0]);
        // A code that was given for another question: the service has the proof of who asked it (RFC 7636).
        let (first, second) = (desk.answers().await, desk.answers().await);
        let code = |path: &str| path.split_once("code=").unwrap().1.split_once('&').unwrap().0.to_owned();
        let crossed = first.replace(&code(&first), &code(&second));
        desk.nothing_follows(&crossed, "Dịch vụ ký từ xa từ chối").await;
        assert_eq!(desk.asked(), [2, 0]);
    }

    async fn only_the_hashes_that_were_asked_about_are_signed(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        let mut tx = desk.app.app.db.write().await.unwrap();
        let rows = sql!(tx => fetch_all
            "SELECT authorisation_id, prepared FROM remote_authorisation_step ORDER BY place"
            as (AuthorisationId, String)).unwrap();
        for (place, other) in [(0_i64, 1), (1, 0)] {
            sql!(tx => execute
                "UPDATE remote_authorisation_step SET prepared = $3 WHERE authorisation_id = $1 AND place = $2",
                rows[0].0, place, rows[other].1.as_str()).unwrap();
        }
        tx.commit().await.unwrap();
        desk.nothing_follows(&back, "Dịch vụ ký từ xa từ chối").await;
        assert_eq!(desk.asked(), [1, 1]);
        // Values for other hashes than those sent are no signatures here.
        desk.provider.kept().mood = Mood::Swaps;
        let back = desk.answers().await;
        let said = desk.comes_back(&back).await;
        assert!(said.contains("gắn với bạn") && said.contains("Đã ký 0 trong 3"), "{said}");
        assert_eq!(desk.refusals(desk.documents[0]).await, [(Way::Remote, Deviation::WrongCertificate)]);
        // One that is wrong does not spoil the others.
        desk.provider.kept().mood = Mood::MistakesOnce;
        let back = desk.answers().await;
        let said = desk.comes_back(&back).await;
        assert!(said.contains("Đã ký 2 trong 3"), "{said}");
    }

    async fn a_service_that_fails_after_the_answer_leaves_nothing_half_signed(app) {
        let mut desk = office(app, 10).await;
        for (mood, words) in [
            (Mood::Withholds, "Dịch vụ ký từ xa không trả lời"),
            (Mood::Dies, "Dịch vụ ký từ xa không trả lời"),
            (Mood::Hangs, "Dịch vụ ký từ xa không trả lời"),
            (Mood::Forgets, "trả lời không đúng quy cách"),
        ] {
            let back = desk.answers().await;
            desk.provider.kept().mood = mood;
            desk.nothing_follows(&back, words).await;
        }
        assert_eq!(desk.asked(), [4, 3], "each was asked once");
        desk.provider.kept().mood = Mood::Signs;
        let back = desk.answers().await;
        assert!(desk.comes_back(&back).await.contains("Đã ký 3 trong 3"));
    }

    async fn a_second_press_of_the_button_signs_nothing_twice(app) {
        let mut desk = office(app, 10).await;
        let (first, second) = (desk.presses().await, desk.presses().await);
        let (first, second) = (path(&desk.provider.visit(&first)), path(&desk.provider.visit(&second)));
        assert!(desk.comes_back(&first).await.contains("Đã ký 3 trong 3"));
        let bytes = desk.bytes().await;
        let said = desk.comes_back(&second).await;
        assert!(said.contains("Đã ký 0 trong 3") && said.contains("đã ký rồi"), "{said}");
        assert_eq!((desk.asked(), desk.bytes().await), ([1, 1], bytes));
        assert!(desk.comes_back(&second).await.contains("Đã ký 3 trong 3"));
    }

    async fn what_cannot_be_signed_has_its_outcome_too(app) {
        let mut desk = office(app, 1).await;
        let first = desk.documents[0];
        assert_eq!(desk.secretary.post(&urls::signatures(first, 1), &[("pin", PIN)]).await.status, 303);
        let back = desk.answers().await;
        let said = desk.comes_back(&back).await;
        let whole = ["Đã ký 1 trong 3", "đã ký rồi", "vẫn chờ bạn ký"].iter().all(|words| said.contains(words));
        assert!(whole, "{said}");
        assert_eq!(desk.states().await, [StepState::Signed, StepState::Signed, StepState::Waiting]);
        // Signed by another way while the person was away: the answer changes nothing.
        let third = desk.documents[2];
        desk.documents = vec![third];
        let back = desk.answers().await;
        assert_eq!(desk.secretary.post(&urls::signatures(third, 1), &[("pin", PIN)]).await.status, 303);
        let said = desk.comes_back(&back).await;
        assert!(said.contains("Đã ký 0 trong 1") && said.contains("đã ký rồi"), "{said}");
        assert_eq!(desk.asked(), [1, 1]);
        // With nothing left to sign nobody is sent anywhere.
        let fields = [("step", format!("{third}.1")), ("account", ACCOUNT.to_owned())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(desk.secretary.post(&batches("thu"), &fields).await.visible_text().contains("đã ký rồi"));
    }

    async fn a_way_that_is_closed_meanwhile_signs_nothing(app) {
        let mut desk = office(app, 10).await;
        let back = desk.answers().await;
        let open = ["leader.token", "secretary.token", "member.kept_key", "clerk.hsm"].map(|way| ("open", way));
        assert_eq!(desk.app.sign_in("admin").await.post(&urls::policy(), &open).await.status, 303);
        let said = desk.comes_back(&back).await;
        assert!(said.contains("Đã ký 0 trong 3"), "{said}");
        assert_eq!((desk.states().await.as_slice(), desk.asked()), (WAITING.as_slice(), [0, 0]));
    }
}

/// Browsers hold a form against the policy of its page also where it is redirected to.
#[tokio::test]
async fn only_the_page_with_the_form_may_lead_to_the_service() {
    let app = TestApp::new(Database::Sqlite).await.unwrap();
    let mut desk = office(app, 10).await;
    let document = desk.documents[0];
    let mut policy = async |path: &str| {
        let answer = desk.secretary.get(path).await;
        answer.headers["content-security-policy"].to_str().unwrap().to_owned()
    };
    let origin = desk.provider.base.strip_suffix("/csc/v2").unwrap();
    let review = policy(&urls::review(&[(document, 1)])).await;
    assert!(review.contains(&format!("form-action 'self' {origin};")), "{review}");
    for path in [urls::step(document, 1), urls::queue(), "/account".to_owned()] {
        let elsewhere = policy(&path).await;
        assert!(
            elsewhere.contains("form-action 'self';") && !elsewhere.contains(origin),
            "{path}: {elsewhere}"
        );
    }
    // And without a page of its own nothing is let through.
    let settings = desk.provider.settings();
    let app = set_up(desk.app, |config| config.remote_signing = vec![settings]);
    let review = app.sign_in("secretary").await.get(&urls::review(&[(document, 1)])).await;
    assert!(review.headers["content-security-policy"].to_str().unwrap().contains("form-action 'self';"));
}

/// The office on loopback, a real browser that holds forms against our policy, and the service with its page.
#[tokio::test(flavor = "multi_thread")]
async fn documents_are_signed_from_a_browser_after_an_answer_on_another_site() {
    let browser = std::env::var("ECABINET_TEST_CHROMIUM").unwrap_or_else(|_| "chromium".into());
    if !has_program(&browser) || !has_program("node") {
        return left_out("agreeing on a service's page in a browser", "chromium or node is missing");
    }
    let desk = office(TestApp::new(Database::Sqlite).await.unwrap(), 10).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let office = format!("http://{}", listener.local_addr().unwrap());
    let (documents, provider) = (desk.documents, desk.provider);
    let served = set_up(desk.app, |config| config.public_url = office.clone());
    provider.kept().registered = format!("{office}/signing/services/thu/returns");
    let router = app::router(served.app.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journey").join("service-page");
    let mut command = Command::new("node");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/service-page.mjs"));
    command.args([&office, PASSWORD]).arg(out).args([ACCOUNT, &provider.base]);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let said = [String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr)].concat();
    assert!(done.status.success(), "{said}");
    println!("{said}");
    for document in documents {
        assert_eq!(status(&served, document).await.steps[0].state, StepState::Signed);
    }
}
