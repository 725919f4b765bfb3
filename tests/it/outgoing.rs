//! Outgoing documents: from the draft to the file, through the router.

mod answering;
pub mod archiving;
mod consulting;
mod delegation;
mod exchanging;
pub mod following;
pub mod hsm;
mod measured;
mod remote;
mod stamping;
mod writing;

use std::process::Command;

use ecabinet::outgoing::{self, DispatchAnswer, DispatchState, store};
use ecabinet::signing::{DocumentId, urls};
use pades::verify::{Context, Verdict};
use typeset::{Block, Letterhead, Making, NamedDocument, NumberLine, PlaceLine, Signer};

use crate::files::{opened, put};
use crate::harness::{Browser, TestApp, noon};
use crate::on_both;
use crate::registers::actor;
use crate::signing::{PIN, practising};

/// A decision set by the decree, its number and date still to come.
pub fn decision(app: &TestApp, signer: &str) -> Vec<u8> {
    decision_of(app, signer, 1)
}

/// The same with so many paragraphs.
pub fn decision_of(app: &TestApp, signer: &str, paragraphs: usize) -> Vec<u8> {
    let paragraph =
        "Điều 1. Ban hành kèm theo Quyết định này Kế hoạch chỉnh trang hẻm, ngõ trên địa bàn phường./.";
    let form = NamedDocument {
        banner: None,
        letterhead: Letterhead {
            parent_body: Some("Ủy ban nhân dân thành phố Đà Nẵng".into()),
            issuing_body: "Ủy ban nhân dân phường An Hải".into(),
            number_line: Some(NumberLine { number: None, symbol: "QĐ-UBND".into() }),
            place_line: Some(PlaceLine { place: "An Hải".into(), date: None }),
        },
        type_name: "Quyết định".into(),
        subject: "Ban hành Kế hoạch chỉnh trang hẻm, ngõ".into(),
        issuer: None,
        addressees: Vec::new(),
        bases: vec!["Căn cứ Luật Tổ chức chính quyền địa phương".into()],
        body: vec![Block::Paragraph(paragraph.into()); paragraphs],
        signer: Signer {
            capacity: vec!["TM. ỦY BAN NHÂN DÂN".into(), "CHỦ TỊCH".into()],
            name: signer.into(),
        },
        recipients: vec!["Như Điều 1".into(), "Lưu: VT".into()],
        verify_url: None,
    };
    let making =
        Making { ident: "outgoing".into(), made_at: noon().to_jiff(), author: "UBND phường".into() };
    app.app.typesetter.document(&form, &making).unwrap().pdf
}

/// The office with a seal, and the neighbour with a clerk.
pub async fn sealed_office(app: TestApp) -> TestApp {
    let app = practising(app).await;
    let mut tx = app.app.db.write().await.unwrap();
    outgoing::issue_test_seal(&mut tx, app.organisation, PIN, noon()).await.unwrap();
    let stranger = ecabinet::identity::store::credentials(&mut tx, "stranger").await.unwrap().unwrap().id;
    ecabinet::identity::store::add_role(&mut tx, stranger, ecabinet::identity::OrgRole::Clerk).await.unwrap();
    tx.commit().await.unwrap();
    app
}

async fn draft(app: &TestApp, browser: &mut Browser, file: &[u8]) -> String {
    draft_for(app, browser, file, ("chair", "tm")).await
}

/// A draft for a signer in a capacity.
async fn draft_for(
    app: &TestApp,
    browser: &mut Browser,
    file: &[u8],
    (signer, capacity): (&str, &str),
) -> String {
    let (checker, signer) = (app.person("head").await.to_string(), app.person(signer).await.to_string());
    let other = app.other.to_string();
    let fields = [
        ("kind", "decision"),
        ("symbol", "QĐ-UBND"),
        ("priority", "urgent"),
        ("subject", "Ban hành Kế hoạch chỉnh trang hẻm, ngõ"),
        ("checker", &checker),
        ("signer", &signer),
        ("capacity", capacity),
        ("copies", "5"),
        ("organisation", &other),
        ("addresses", "so-xd@danang.example"),
        ("others", "Các tổ dân phố"),
        ("answer_by", "2026-12-04"),
    ];
    let answer = browser.upload("/outgoing/draft", "quyet-dinh.pdf", file, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    answer.location().to_owned()
}

async fn act(app: &TestApp, login: &str, page: &str, act: &str, note: &str) -> u16 {
    let mut browser = app.sign_in(login).await;
    browser.post(&format!("{page}/acts"), &[("act", act), ("note", note)]).await.status
}

/// A draft that has come to its signer.
async fn to_sign(app: &TestApp) -> String {
    let mut drafter = app.sign_in("drafter").await;
    let page = draft(app, &mut drafter, &decision(app, "Nguyễn Văn chair")).await;
    approve(app, &page).await;
    page
}

/// Brings a draft through its checks to its signer.
async fn approve(app: &TestApp, page: &str) {
    assert_eq!(act(app, "drafter", page, "submit", "").await, 303);
    assert_eq!(act(app, "head", page, "approve_content", "").await, 303);
    let format = app.sign_in("secretary").await.get(&format!("{page}/format")).await;
    assert_eq!(format.status, 200, "{}", format.visible_text());
    let mut secretary = app.sign_in("secretary").await;
    let fields = [("act", "approve_format"), ("note", "Mẫu thử, chấp nhận")];
    let answer = secretary.post(&format!("{page}/acts"), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
}

/// What the signer's queue calls a document.
async fn out_for_signature(app: &TestApp, page: &str) -> DocumentId {
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    store::outgoing(&mut tx, app.organisation, id).await.unwrap().unwrap().document_id.unwrap()
}

async fn sign(app: &TestApp, page: &str) {
    let document = out_for_signature(app, page).await;
    let mut chair = app.sign_in("chair").await;
    assert_eq!(chair.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
}

async fn number(app: &TestApp, page: &str) {
    let mut clerk = app.sign_in("clerk").await;
    assert_eq!(clerk.post(&format!("{page}/number"), &[("reserved", "")]).await.status, 303);
}

/// A document signed, numbered, sealed and issued by the clerk.
pub async fn issued(app: &TestApp) -> String {
    let page = to_sign(app).await;
    sign(app, &page).await;
    issue_signed(app, &page).await;
    page
}

/// Number, seal and issue of what its signer signed.
async fn issue_signed(app: &TestApp, page: &str) {
    number(app, page).await;
    let id = page.rsplit('/').next().unwrap();
    let mut clerk = app.sign_in("clerk").await;
    let wrong = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", "000000")]).await;
    assert_eq!(wrong.status, 422, "{}", wrong.visible_text());
    let sealed = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await;
    assert_eq!(sealed.status, 303, "{}", sealed.visible_text());
    assert_eq!(clerk.post("/outgoing/desk/issues", &[("document", id)]).await.status, 303);
}

on_both! {
    async fn a_document_goes_from_draft_to_file_by_the_correct_procedure(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        app.run_jobs().await;
        let mut drafter = app.sign_in("drafter").await;
        assert!(drafter.get("/").await.text().contains(&page), "it waits to be laid in a file");
        let file = opened(&mut drafter, "12/KTHT").await;
        assert_eq!(put(&mut drafter, &page, &file).await.status, 303);
        assert!(!drafter.get("/").await.visible_text().contains("chỉnh trang hẻm"));
        let mut member = app.sign_in("delegate1").await;
        let shown = member.get(&page).await.visible_text();
        assert!(shown.contains("01/QĐ-UBND") && shown.contains("đúng quy trình"), "{shown}");
        let bytes = member.get(&format!("{page}/file")).await.body;
        judge(&app, &bytes);
        let text = text_of(&bytes);
        let line: String = text.split_whitespace().collect();
        assert!(line.contains("Số:01/QĐ-UBND") && line.contains("ngày23tháng11năm2026"), "{text}");
        let mut tx = app.app.db.read().await.unwrap();
        let series = ecabinet::registers::store::series(&mut tx, app.organisation).await.unwrap();
        assert_eq!((series[0].code.as_str(), series[0].last_number), ("QĐ", 1));
    }

    async fn what_its_signer_sends_back_is_a_draft_again_with_the_reason(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        let document = out_for_signature(&app, &page).await;
        let mut chair = app.sign_in("chair").await;
        let back = urls::refusals(document, 1);
        assert_eq!(chair.post(&back, &[("reason", "Thiếu căn cứ tại Điều 1")]).await.status, 303);
        app.run_jobs().await;
        let mut drafter = app.sign_in("drafter").await;
        let shown = drafter.get(&page).await.visible_text();
        assert!(shown.contains("Thiếu căn cứ tại Điều 1"), "{shown}");
        assert!(drafter.get("/notices").await.visible_text().contains("Trả lại dự thảo"));
        assert!(chair.get("/signing").await.visible_text().contains("Không có văn bản nào"));
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 303);
    }

    async fn what_was_sent_back_can_be_taken_back_before_the_job_has_run(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        let document = out_for_signature(&app, &page).await;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&urls::refusals(document, 1), &[("reason", "Sai")]).await.status, 303);
        assert_eq!(act(&app, "drafter", &page, "withdraw", "").await, 303);
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 303);
        app.run_jobs().await;
        // The late job found nothing that waits for this signature.
        assert_eq!(act(&app, "head", &page, "approve_content", "").await, 303);
    }

    async fn the_neighbour_gets_it_and_answers_once(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let mut neighbour = actor(&app, "clerk").await;
        neighbour.organisation = app.other;
        neighbour.person = app.person("stranger").await;
        let mut tx = app.app.db.write().await.unwrap();
        let sent = outgoing::dispatches_for(&mut tx, &neighbour).await.unwrap();
        assert_eq!((sent.len(), sent[0].number, sent[0].kind, sent[0].priority), (1, 1, "Quyết định", "urgent"));
        assert_eq!(sent[0].state, DispatchState::Sent);
        let refusal = DispatchAnswer::Refused { reason: "Gửi nhầm nơi".into() };
        outgoing::answer_dispatch(&mut tx, &neighbour, sent[0].id, &refusal, noon()).await.unwrap();
        let again = outgoing::answer_dispatch(&mut tx, &neighbour, sent[0].id, &DispatchAnswer::Accepted, noon()).await;
        assert!(again.is_err(), "an answer stands");
        let own = actor(&app, "clerk").await;
        assert_eq!(outgoing::dispatches_for(&mut tx, &own).await.unwrap().len(), 0);
        assert!(outgoing::dispatch(&mut tx, &own, sent[0].id).await.unwrap().is_none());
        tx.commit().await.unwrap();
        let shown = app.sign_in("drafter").await.get(&page).await.visible_text();
        assert!(shown.contains("Từ chối tiếp nhận") && shown.contains("Gửi nhầm nơi"), "{shown}");
    }

    async fn returned_and_withdrawn_drafts_leave_the_sign_queue(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        assert!(app.sign_in("chair").await.get("/signing").await.visible_text().contains("chỉnh trang"));
        assert_eq!(act(&app, "chair", &page, "return", "").await, 422, "a reason is asked for");
        assert_eq!(act(&app, "chair", &page, "return", "Sửa Điều 1").await, 303);
        let queue = app.sign_in("chair").await.get("/signing").await.visible_text();
        assert!(!queue.contains("chỉnh trang"), "{queue}");
        let shown = app.sign_in("drafter").await.get(&page).await.visible_text();
        assert!(shown.contains("trả lại: Sửa Điều 1") && shown.contains("Dự thảo"), "{shown}");
        let mut drafter = app.sign_in("drafter").await;
        let file = decision(&app, "Nguyễn Văn chair");
        let revised = drafter.upload(&format!("{page}/editions"), "lan-2.pdf", &file, &[("seen", "1")]).await;
        assert_eq!(revised.status, 303, "{}", revised.visible_text());
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 303);
        let shown = drafter.get(&page).await.visible_text();
        assert!(shown.contains("Sửa Điều 1") && !shown.contains("trả lại: Sửa"), "only in its course: {shown}");
    }

    async fn each_step_is_one_persons_and_the_rest_are_refused(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = draft(&app, &mut drafter, &decision(&app, "Nguyễn Văn chair")).await;
        for (login, status) in [("head", 403), ("clerk", 403), ("delegate1", 404), ("stranger", 404)] {
            assert_eq!(act(&app, login, &page, "submit", "").await, status, "{login}");
        }
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 303);
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 409, "once");
        assert_eq!(act(&app, "drafter", &page, "approve_content", "").await, 403, "not one's own");
        assert_eq!(act(&app, "head", &page, "approve_format", "x").await, 409, "not yet");
        assert_eq!(drafter.get("/outgoing/desk").await.status, 403);
        for path in ["", "/file", "/format"] {
            assert_eq!(app.sign_in("stranger").await.get(&format!("{page}{path}")).await.status, 404);
        }
    }

    async fn a_file_without_blanks_does_not_reach_its_signer(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = draft(&app, &mut drafter, &crate::harness::pdf::pdf(&["Quyết định"])).await;
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 303);
        assert_eq!(act(&app, "head", &page, "approve_content", "").await, 303);
        assert_eq!(act(&app, "secretary", &page, "approve_format", "").await, 422, "findings want a reason");
        assert_eq!(act(&app, "secretary", &page, "approve_format", "Vẫn duyệt").await, 409);
        let shown = app.sign_in("secretary").await.get(&format!("{page}/format")).await.visible_text();
        assert!(shown.contains("chưa chừa chỗ"), "{shown}");
    }

    async fn a_number_whose_document_is_cancelled_stays_in_the_register(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        sign(&app, &page).await;
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.post(&format!("{page}/number"), &[]).await.status, 303);
        assert_eq!(act(&app, "drafter", &page, "cancel", "Không ban hành").await, 403, "the clerk's now");
        assert_eq!(act(&app, "clerk", &page, "cancel", "Không ban hành").await, 303);
        let mut tx = app.app.db.read().await.unwrap();
        let series = ecabinet::registers::store::series(&mut tx, app.organisation).await.unwrap()[0].id;
        drop(tx);
        let book = clerk.get(&format!("/registers/{series}")).await.visible_text();
        assert!(book.contains("Đã hủy") && book.contains("Không ban hành"), "{book}");
    }
}

/// Two signatures, the leader's first; everything after the first is what it permits.
fn judge(app: &TestApp, bytes: &[u8]) {
    let context = Context::new(&app.app.anchors, noon().to_jiff());
    let report = pades::verify::verify(bytes, &context).unwrap();
    assert_eq!(report.verdict, Verdict::Valid, "{report:#?}");
    assert_eq!(report.signatures.len(), 2);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issued.pdf");
    std::fs::write(&path, bytes).unwrap();
    if let Ok(output) = Command::new("pdfsig").arg("-nocert").arg(&path).output() {
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said.matches("Signature is Valid").count(), 2, "{said}");
        assert!(said.find("Nguyễn Văn chair") < said.find("UBND phường An Hải"), "{said}");
    }
    if let Ok(program) = std::env::var("ECABINET_TEST_PYHANKO") {
        let trusted = concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/root.cert.pem");
        let arguments = ["sign", "validate", "--no-revocation-check", "--trust-replace", "--trust", trusted];
        let seen = Command::new(program).args(arguments).arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&seen.stdout).into_owned();
        assert_eq!(said.matches(":INTACT:TRUSTED").count(), 2, "{said}");
    }
}

pub fn text_of(bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("issued.pdf");
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}
