//! Written opinion slips: from the draft to the report.

mod eight;
mod following;

use std::process::Command;

use ecabinet::signing::keys;
use ecabinet::slips::SlipId;
use ecabinet::slips::rules::{MemberState, State};
use ecabinet::slips::store::{self, Member, Slip};

use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::on_both;
use crate::signing::{PIN, practising};

const DAY: i64 = 86_400;
const MEMBERS: [&str; 4] = ["delegate1", "delegate2", "delegate3", "delegate4"];

/// The fields of a draft that asks these people, until Thursday evening.
async fn draft_form(app: &TestApp, members: &[&str]) -> Vec<(String, String)> {
    let person = async |login: &str| app.person(login).await.to_string();
    let mut fields = vec![
        ("title".to_owned(), "Điều chỉnh kế hoạch <vốn>".to_owned()),
        ("body".to_owned(), app.committee.clone()),
        ("statement".to_owned(), "Theo Tờ trình số 15.".to_owned()),
        ("questions".to_owned(), "Đồng ý điều chỉnh?\nĐồng ý thời điểm?".to_owned()),
        ("deadline".to_owned(), "2026-11-26T17:00".to_owned()),
        ("adviser".to_owned(), person("secretary").await),
        ("approver".to_owned(), person("chair").await),
    ];
    for login in members {
        fields.push(("member".to_owned(), person(login).await));
    }
    fields
}

async fn post(browser: &mut Browser, path: &str, form: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

async fn drafted(app: &TestApp, members: &[&str]) -> SlipId {
    let mut drafter = app.sign_in("drafter").await;
    let made = post(&mut drafter, "/slips/new", &draft_form(app, members).await).await;
    assert_eq!(made.status, 303, "{}", made.visible_text());
    made.location().rsplit('/').next().unwrap().parse().unwrap()
}

async fn slip(app: &TestApp, id: SlipId) -> Slip {
    let mut tx = app.app.db.read().await.unwrap();
    store::slip(&mut tx, app.organisation, id).await.unwrap().unwrap()
}

async fn member(app: &TestApp, id: SlipId, login: &str) -> Member {
    let person = app.person(login).await;
    let mut tx = app.app.db.read().await.unwrap();
    store::members(&mut tx, id).await.unwrap().into_iter().find(|one| one.person_id == person).unwrap()
}

async fn act(app: &TestApp, id: SlipId, login: &str, act: &str, reason: &str) -> u16 {
    let version = slip(app, id).await.version.to_string();
    let fields = [("act", act), ("version", version.as_str()), ("reason", reason)];
    app.sign_in(login).await.post(&format!("/slips/{id}/acts"), &fields).await.status
}

/// A slip before its members.
async fn sent(app: &TestApp, members: &[&str]) -> SlipId {
    let id = drafted(app, members).await;
    for (login, what) in [("drafter", "submit"), ("chair", "approve"), ("secretary", "send")] {
        assert_eq!(act(app, id, login, what, "").await, 303, "{what}");
    }
    id
}

/// The member's form: the same choice and words for every question.
async fn answer_form(
    app: &TestApp,
    id: SlipId,
    choice: &str,
    text: &str,
    version: i64,
) -> Vec<(String, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut fields = vec![("version".to_owned(), version.to_string())];
    for question in store::questions(&mut tx, id).await.unwrap() {
        fields.push((format!("choice-{}", question.id), choice.to_owned()));
        fields.push((format!("text-{}", question.id), text.to_owned()));
    }
    fields
}

/// Answers as this person sees the slip now; `pin`: signs too.
async fn answer(
    app: &TestApp,
    id: SlipId,
    (login, row): (&str, &str),
    choice: &str,
    text: &str,
    pin: &str,
) -> Answer {
    let mut browser = app.sign_in(login).await;
    assert_eq!(browser.get(&format!("/slips/{id}")).await.status, 200, "{login}");
    let mut form = answer_form(app, id, choice, text, member(app, id, row).await.version).await;
    if !pin.is_empty() {
        form.push(("how".to_owned(), "sign".to_owned()));
        form.push(("pin".to_owned(), pin.to_owned()));
    }
    post(&mut browser, &format!("/slips/{id}/answers"), &form).await
}

async fn told(app: &TestApp, login: &str, words: &str) -> i64 {
    let person = app.person(login).await;
    let mut tx = app.app.db.read().await.unwrap();
    let (count,) = ecabinet::sql!(tx => fetch_one
        "SELECT count(id) FROM notice WHERE person_id = $1 AND subject LIKE '%' || $2 || '%'" as (i64,), person, words)
    .unwrap();
    count
}

async fn wait(app: &TestApp, seconds: i64) {
    app.app.clock.advance(seconds);
    app.run_jobs().await;
}

/// The committee signs its slips, and these people have keys.
async fn signing(app: TestApp, people: &[&str]) -> TestApp {
    let app = practising(app).await;
    for login in people {
        let person = app.person(login).await;
        let mut tx = app.app.db.write().await.unwrap();
        keys::issue_test_key(&mut tx, app.organisation, person, PIN, noon()).await.unwrap();
        tx.commit().await.unwrap();
    }
    set_rule(&app, &[("unanswered", "not_counted"), ("signed", "on")]).await;
    app
}

async fn set_rule(app: &TestApp, rule: &[(&str, &str)]) {
    let mut fields = vec![("body", app.committee.as_str()), ("hours_before", "24"), ("hours_after", "24")];
    fields.extend(rule);
    assert_eq!(app.sign_in("secretary").await.post("/slips/rules", &fields).await.status, 303);
}

on_both! {
    async fn a_slip_goes_from_draft_to_report_and_one_member_changes_the_answer_before_signing(app) {
        let app = signing(app, &MEMBERS).await;
        let id = sent(&app, &MEMBERS).await;
        assert_eq!(told(&app, "delegate1", "Lấy ý kiến: Điều chỉnh").await, 1);
        assert!(app.sign_in("delegate1").await.get("/").await.visible_text().contains("Trả lời phiếu: Điều chỉnh"));

        let kept = answer(&app, id, ("delegate1", "delegate1"), "disagree", "Chưa đủ căn cứ", "").await;
        assert_eq!(kept.status, 303, "{}", kept.visible_text());
        assert_eq!(member(&app, id, "delegate1").await.state, MemberState::Answered);
        let signed = answer(&app, id, ("delegate1", "delegate1"), "agree", "Đã xem phụ lục", PIN).await;
        assert_eq!(signed.status, 303, "{}", signed.visible_text());
        assert_eq!(member(&app, id, "delegate1").await.state, MemberState::Signed);
        let again = answer(&app, id, ("delegate1", "delegate1"), "other", "Đổi ý", PIN).await;
        assert_eq!(again.status, 409);
        assert!(again.visible_text().contains("Phiếu đã ký"), "{}", again.visible_text());

        let wrong = answer(&app, id, ("delegate2", "delegate2"), "other", "Đề nghị làm sau Tết", "000000").await;
        assert_eq!(wrong.status, 422, "{}", wrong.visible_text());
        assert!(wrong.visible_text().contains("Ý kiến đã được lưu nhưng chưa ký"), "{}", wrong.visible_text());
        assert!(wrong.text().contains("Đề nghị làm sau Tết"), "what was typed is there");
        assert_eq!(member(&app, id, "delegate2").await.state, MemberState::Answered, "the answer is kept");
        let queue = app.sign_in("delegate2").await.get("/signing").await.visible_text();
        assert!(!queue.contains("Phiếu ý kiến"), "nothing waits after a wrong PIN: {queue}");
        wait(&app, 4 * DAY).await;
        let late = answer(&app, id, ("delegate2", "delegate2"), "other", "Đề nghị làm sau Tết", PIN).await;
        assert_eq!(late.status, 303, "{}", late.visible_text());

        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&format!("/slips/{id}/closing"), &[]).await.status, 303);
        let after = answer(&app, id, ("delegate3", "delegate3"), "agree", "", PIN).await;
        assert_eq!(after.status, 409);
        assert!(after.visible_text().contains("không nhận trả lời nữa"), "{}", after.visible_text());

        let mut tx = app.app.db.read().await.unwrap();
        let question = store::questions(&mut tx, id).await.unwrap()[0].id.to_string();
        drop(tx);
        let person = app.person("delegate2").await.to_string();
        let response = [("member", person.as_str()), ("question", &question), ("text", "Tiếp thu, lùi sang quý II")];
        assert_eq!(secretary.post(&format!("/slips/{id}/responses"), &response).await.status, 303);
        let office = secretary.get(&format!("/slips/{id}")).await.visible_text();
        for words in ["Đã thu 2/4 phiếu", "Đề nghị làm sau Tết", "Tiếp thu, lùi sang quý II", "Sau hạn"] {
            assert!(office.contains(words), "{words}: {office}");
        }
        let table = secretary.get(&format!("/slips/{id}/table.csv")).await.text();
        assert_eq!(table.lines().count(), 1 + 2 * 4, "{table}");
        assert!(table.contains("Đồng ý") && table.contains("Không trả lời"), "{table}");
        let made = secretary.post(&format!("/slips/{id}/report"), &[]).await;
        assert_eq!(made.status, 303, "{}", made.visible_text());
        assert_eq!(slip(&app, id).await.state, State::Reported);
        let mut delegate = app.sign_in("delegate1").await;
        let report = delegate.get(&format!("/slips/{id}/report")).await;
        judge_text(&report.body, &["BÁO CÁO", "Gửi 4 phiếu", "2 phiếu không trả lời", "lùi sang quý II"]);
        assert_eq!(secretary.post(&format!("/slips/{id}/responses"), &response).await.status, 409, "reported");
        let own = member(&app, id, "delegate1").await.document_id.unwrap();
        let page = delegate.get(&ecabinet::signing::urls::file(own)).await;
        judge_text(&page.body, &["PHIẾU LẤY Ý KIẾN", "[X] Đồng ý", "Đã xem phụ lục"]);
        judge_signature(&page.body);
    }

    async fn an_answer_stands_until_the_slip_is_closed_and_nothing_is_left_open(app) {
        let id = sent(&app, &MEMBERS).await;
        let empty = answer(&app, id, ("delegate1", "delegate1"), "", "", "").await;
        assert_eq!(empty.status, 422);
        let mute = answer(&app, id, ("delegate1", "delegate1"), "other", " ", "").await;
        assert_eq!(mute.status, 422, "'other' says something");
        assert_eq!(member(&app, id, "delegate1").await.state, MemberState::Opened);
        for (choice, text) in [("agree", ""), ("other", "<b>Xem lại</b>")] {
            assert_eq!(answer(&app, id, ("delegate1", "delegate1"), choice, text, "").await.status, 303);
        }
        let office = app.sign_in("secretary").await.get(&format!("/slips/{id}")).await.text();
        assert!(office.contains("&#60;b&#62;Xem lại"), "escaped");
        assert!(!app.sign_in("delegate2").await.get(&format!("/slips/{id}")).await.text().contains("Xem lại"));
    }

    async fn two_devices_do_not_overrule_each_other(app) {
        let id = sent(&app, &MEMBERS).await;
        let form = answer_form(&app, id, "agree", "", member(&app, id, "delegate1").await.version).await;
        let path = format!("/slips/{id}/answers");
        assert_eq!(post(&mut app.sign_in("delegate1").await, &path, &form).await.status, 303);
        let other = answer_form(&app, id, "disagree", "", 1).await;
        let late = post(&mut app.sign_in("delegate1").await, &path, &other).await;
        assert_eq!(late.status, 409);
        assert!(late.visible_text().contains("thiết bị khác"), "{}", late.visible_text());
        let mut tx = app.app.db.read().await.unwrap();
        let stands = store::answers(&mut tx, id).await.unwrap();
        assert!(stands.iter().all(|one| one.choice.as_str() == "agree"), "{stands:?}");
    }

    async fn a_substitute_answers_and_the_member_is_told_so(app) {
        let id = sent(&app, &MEMBERS).await;
        let (member_id, expert) = (app.person("delegate4").await.to_string(), app.person("expert").await.to_string());
        let path = format!("/slips/{id}/substitutes");
        let form = [("member", member_id.as_str()), ("substitute", expert.as_str())];
        assert_eq!(app.sign_in("delegate1").await.post(&path, &form).await.status, 403);
        assert_eq!(app.sign_in("secretary").await.post(&path, &form).await.status, 303);
        let twice = [("member", app.person("delegate3").await.to_string()), ("substitute", expert.clone())];
        let twice = [("member", twice[0].1.as_str()), ("substitute", twice[1].1.as_str())];
        assert_eq!(app.sign_in("secretary").await.post(&path, &twice).await.status, 409, "one person answers once");
        let refused = answer(&app, id, ("delegate4", "delegate4"), "agree", "", "").await;
        assert_eq!(refused.status, 409);
        let page = app.sign_in("delegate4").await.get(&format!("/slips/{id}")).await.visible_text();
        assert!(page.contains("đã chuyển cho Nguyễn Văn expert"), "{page}");
        assert_eq!(answer(&app, id, ("expert", "delegate4"), "agree", "", "").await.status, 303);
        assert_eq!(member(&app, id, "delegate4").await.state, MemberState::Answered);
    }

    async fn the_silent_and_the_adviser_are_reminded_once_and_again_after_an_extension(app) {
        let id = sent(&app, &MEMBERS).await;
        assert_eq!(answer(&app, id, ("delegate1", "delegate1"), "agree", "", "").await.status, 303);
        wait(&app, 2 * DAY + 6 * 3600).await;
        assert_eq!(told(&app, "delegate2", "Sắp hết hạn").await, 1);
        assert_eq!(told(&app, "delegate1", "Sắp hết hạn").await, 0, "who answered is left alone");
        assert_eq!(told(&app, "secretary", "3 thành viên chưa trả lời").await, 1);
        let path = format!("/slips/{id}/deadline");
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&path, &[("deadline", "2026-11-26T09:00")]).await.status, 422, "not shorter");
        assert_eq!(secretary.post(&path, &[("deadline", "2026-11-30T17:00")]).await.status, 303);
        assert_eq!(told(&app, "delegate2", "Gia hạn").await, 1);
        wait(&app, 2 * DAY).await;
        assert_eq!(told(&app, "delegate2", "Đến hạn").await, 0, "the old deadline is gone");
        for (seconds, words) in [(2 * DAY, "Sắp hết hạn"), (DAY, "Đến hạn"), (DAY, "Quá hạn")] {
            wait(&app, seconds).await;
            let expected = if words == "Sắp hết hạn" { 2 } else { 1 };
            assert_eq!(told(&app, "delegate2", words).await, expected, "{words}");
        }
        assert_eq!(app.sign_in("secretary").await.post(&format!("/slips/{id}/reminders"), &[]).await.status, 303);
        assert_eq!(told(&app, "delegate2", "Nhắc trả lời").await, 1);
    }

    async fn nothing_goes_out_unapproved_or_asking_nobody(app) {
        let id = drafted(&app, &[]).await;
        assert_eq!(act(&app, id, "drafter", "send", "").await, 409);
        assert_eq!(act(&app, id, "drafter", "submit", "").await, 422, "nobody is asked");
        let mut form = draft_form(&app, &MEMBERS).await;
        form.push(("version".to_owned(), "1".to_owned()));
        let mut drafter = app.sign_in("drafter").await;
        assert_eq!(post(&mut drafter, &format!("/slips/{id}/draft"), &form).await.status, 303);
        assert_eq!(post(&mut drafter, &format!("/slips/{id}/draft"), &form).await.status, 409, "stale");
        assert_eq!(drafter.upload(&format!("/slips/{id}/papers"), "to-trinh.pdf", &pdf(&["Tờ trình"]), &[]).await.status, 303);
        assert_eq!(act(&app, id, "drafter", "submit", "").await, 303);
        assert_eq!(act(&app, id, "drafter", "approve", "").await, 403, "the approver approves");
        assert_eq!(act(&app, id, "chair", "return", "").await, 422, "a return says why");
        assert_eq!(act(&app, id, "chair", "return", "Bổ sung căn cứ").await, 303);
        assert!(drafter.get(&format!("/slips/{id}")).await.visible_text().contains("Bổ sung căn cứ"));
        assert_eq!(app.sign_in("delegate1").await.get(&format!("/slips/{id}")).await.status, 404, "not sent yet");
        for (login, what) in [("drafter", "submit"), ("chair", "approve"), ("drafter", "send")] {
            assert_eq!(act(&app, id, login, what, "").await, 303, "{what}");
        }
        app.run_jobs().await;
        let page = app.sign_in("delegate1").await.get(&format!("/slips/{id}")).await.text();
        let reader = page.split("href=\"/papers/").nth(1).unwrap().split(['?', '"']).next().unwrap();
        assert_eq!(app.sign_in("delegate1").await.get(&format!("/papers/{reader}")).await.status, 200);
        assert_eq!(app.sign_in("delegate5").await.get(&format!("/papers/{reader}")).await.status, 404);
        assert_eq!(act(&app, id, "secretary", "cancel", "Đưa ra phiên họp").await, 303);
        assert_eq!(told(&app, "delegate1", "Dừng lấy ý kiến").await, 1);
        for bad in ["2026-11-20T08:00", "2027-11-20T08:00", "mai"] {
            let mut form = draft_form(&app, &MEMBERS).await;
            form[4].1 = bad.to_owned();
            assert_eq!(post(&mut app.sign_in("drafter").await, "/slips/new", &form).await.status, 422, "{bad}");
        }
    }

    async fn where_silence_agrees_the_report_says_so(app) {
        set_rule(&app, &[("unanswered", "agrees")]).await;
        let id = sent(&app, &MEMBERS).await;
        assert_eq!(answer(&app, id, ("delegate1", "delegate1"), "disagree", "", "").await.status, 303);
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&format!("/slips/{id}/closing"), &[]).await.status, 303);
        assert_eq!(secretary.post(&format!("/slips/{id}/report"), &[]).await.status, 303);
        let report = secretary.get(&format!("/slips/{id}/report")).await.body;
        judge_text(&report, &["3 (75%)", "được tính là đồng ý"]);
        assert_eq!(app.sign_in("delegate1").await.get("/slips/rules").await.status, 403);
    }
}

/// A program of others finds these words in the PDF.
fn judge_text(pdf: &[u8], words: &[&str]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let seen = Command::new("pdftotext").arg(file.path()).arg("-").output().unwrap();
    let text = String::from_utf8_lossy(&seen.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    for word in words {
        assert!(text.contains(word), "{word}: {text}");
    }
}

fn judge_signature(pdf: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let seen = Command::new("pdfsig").arg("-nocert").arg(file.path()).output().unwrap();
    let said = String::from_utf8_lossy(&seen.stdout).into_owned();
    assert_eq!(said.matches("Signature is Valid").count(), 1, "{said}");
}
