//! The notice of a meeting's conclusions.

use std::process::Command;

use ecabinet::conclusions::store::{self, Conclusion, Notice};
use ecabinet::signing::{self, urls};

use crate::harness::meeting::Meeting;
use crate::harness::{Browser, TestApp};
use crate::minutes::{colleague, over, words_of, write};
use crate::on_both;
use crate::signing::{PIN, practising};

/// A meeting whose conclusion has two points, with the draft of its notice.
pub async fn drafted(app: &TestApp) -> Meeting {
    let mut meeting = over(app).await;
    let mut secretary = colleague(app).await;
    let said = "1. Giao Văn phòng hoàn thiện quy chế.\n- Thống nhất 1.200 ha đất.";
    write(&mut secretary, &meeting, "conclusion", said, 1).await;
    meeting.act("conclusions", &[]).await;
    meeting
}

pub async fn read(app: &TestApp, meeting: &Meeting) -> (Notice, Vec<Conclusion>) {
    let mut tx = app.app.db.read().await.unwrap();
    let notice = store::notice(&mut tx, meeting.id).await.unwrap().unwrap();
    let conclusions = store::conclusions(&mut tx, notice.id).await.unwrap();
    (notice, conclusions)
}

async fn a_unit(app: &TestApp) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::identity::store::units(&mut tx, app.organisation).await.unwrap()[0].id.to_string()
}

/// The fields of the notice's own texts, as they stand.
fn frame(notice: &Notice) -> Vec<(&'static str, String)> {
    vec![
        ("subject", notice.subject.clone()),
        ("opening", notice.opening.clone()),
        ("closing", notice.closing.clone()),
        ("capacity", notice.capacity.clone()),
        ("recipients", notice.recipients.clone()),
        ("signer", notice.signer_id.to_string()),
        ("version", notice.version.to_string()),
    ]
}

async fn send(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) -> u16 {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await.status
}

on_both! {
    async fn a_notice_is_drafted_from_the_conclusion_a_row_for_each_point(app) {
        let meeting = drafted(&app).await;
        let (notice, conclusions) = read(&app, &meeting).await;
        let texts: Vec<&str> = conclusions.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["Giao Văn phòng hoàn thiện quy chế.", "Thống nhất 1.200 ha đất."]);
        assert!(notice.subject.starts_with("Kết luận của Chuyên viên tại"), "{}", notice.subject);
        assert_eq!(notice.signer_id, app.person("chair").await);
        let mut secretary = colleague(&app).await;
        assert_eq!(secretary.post(&meeting.path("conclusions"), &[]).await.status, 409, "one notice");
        let other = app.meeting().published().await;
        assert_eq!(secretary.post(&other.path("conclusions"), &[]).await.status, 409, "not over");
    }

    async fn a_conclusion_gets_its_units_and_its_deadline(app) {
        let meeting = drafted(&app).await;
        let (_, conclusions) = read(&app, &meeting).await;
        let (mut secretary, unit) = (colleague(&app).await, a_unit(&app).await);
        let path = meeting.path(&format!("conclusions/points/{}", conclusions[0].id));
        let fields = [("text", "Giao <b>Văn phòng</b>"), ("lead", &unit), ("co", &unit), ("deadline", "2026-12-15"), ("version", "1")];
        assert_eq!(secretary.post(&path, &fields).await.status, 303);
        let (_, saved) = read(&app, &meeting).await;
        assert_eq!(saved[0].lead_unit.unwrap().to_string(), unit);
        assert_eq!(saved[0].co_units, [], "who leads does not help itself");
        assert_eq!(saved[0].deadline.unwrap().date_time(), "23:59, 15/12/2026");
        let wrong = [
            ([("text", "x"), ("deadline", "mai"), ("version", "2")], 422),
            ([("text", " "), ("deadline", ""), ("version", "2")], 422),
        ];
        for (fields, status) in wrong {
            assert_eq!(secretary.post(&path, &fields).await.status, status, "{fields:?}");
        }
        let foreign = ecabinet::identity::UnitId::new().to_string();
        let refused = secretary.post(&path, &[("text", "x"), ("lead", &foreign), ("version", "2")]).await;
        assert_eq!(refused.status, 404, "a unit of nobody");
        let page = secretary.get(&meeting.path("conclusions")).await.text();
        assert!(!page.contains("<b>Văn phòng</b>"), "escaped");
    }

    async fn two_who_save_the_same_conclusion_keep_both_texts(app) {
        let meeting = drafted(&app).await;
        let (_, conclusions) = read(&app, &meeting).await;
        let (mut one, mut other) = (colleague(&app).await, colleague(&app).await);
        let path = meeting.path(&format!("conclusions/points/{}", conclusions[0].id));
        assert_eq!(one.post(&path, &[("text", "Bản của người thứ nhất"), ("version", "1")]).await.status, 303);
        let late = other.post(&path, &[("text", "Bản của người thứ hai"), ("version", "1")]).await;
        assert_eq!(late.status, 409);
        let page = late.text();
        assert!(page.contains("Bản của người thứ nhất") && page.contains("Bản của người thứ hai"), "{page}");
        assert_eq!(read(&app, &meeting).await.1[0].text, "Bản của người thứ nhất");
        let (notice, _) = read(&app, &meeting).await;
        let path = meeting.path("conclusions/frame");
        let mut fields = frame(&notice);
        fields[0].1 = "Trích yếu một".into();
        assert_eq!(send(&mut one, &path, &fields).await, 303);
        fields[0].1 = "Trích yếu hai".into();
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let late = other.post(&path, &fields).await;
        assert_eq!(late.status, 409);
        assert!(late.text().contains("Trích yếu hai"), "what was typed comes back");
    }

    async fn a_locked_notice_is_signed_and_has_room_for_number_and_date(app) {
        let app = practising(app).await;
        let mut meeting = drafted(&app).await;
        meeting.act("conclusions/locking", &[]).await;
        let (notice, _) = read(&app, &meeting).await;
        let document = notice.document_id.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let spaces = store::spaces(&mut tx, notice.id).await.unwrap();
        drop(tx);
        let names: Vec<&str> = spaces.iter().map(|space| space.0.as_str()).collect();
        assert_eq!(names, ["number", "date"]);
        assert!(spaces.iter().all(|space| space.1 == 1 && space.4 > 100_000 && space.5 > 15_000), "{spaces:?}");

        let mut chair = app.sign_in("chair").await;
        let queue = chair.get("/signing").await.visible_text();
        assert!(queue.contains("Thông báo kết luận:") && queue.contains("Người ký"), "{queue}");
        assert_eq!(chair.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
        let mut member = app.sign_in("delegate1").await;
        let page = member.get(&meeting.path("conclusions")).await.visible_text();
        assert!(page.contains("Chưa cấp số") && page.contains("Kiểm tra chữ ký") && page.contains("1.200 ha"), "{page}");

        let mut tx = app.app.db.read().await.unwrap();
        let code = signing::status(&mut tx, document).await.unwrap().unwrap().code;
        drop(tx);
        judge(&app.browser().get(&urls::public_file(&code)).await.body);
    }

    async fn after_locking_nothing_changes_any_more(app) {
        let mut meeting = drafted(&app).await;
        let (notice, conclusions) = read(&app, &meeting).await;
        meeting.act("conclusions/locking", &[]).await;
        let point = format!("conclusions/points/{}", conclusions[0].id);
        let forms = [
            (point.clone(), vec![("text", "x".to_owned()), ("version", "1".to_owned())]),
            (format!("{point}/removal"), vec![]),
            ("conclusions/points".to_owned(), vec![("text", "x".to_owned())]),
            ("conclusions/frame".to_owned(), frame(&notice)),
            ("conclusions/locking".to_owned(), vec![]),
        ];
        for (form, fields) in forms {
            let path = meeting.path(&form);
            assert_eq!(send(&mut meeting.secretary, &path, &fields).await, 409, "{form}");
        }
        assert_eq!(read(&app, &meeting).await.1.len(), 2);
    }

    async fn a_notice_without_conclusions_is_not_locked(app) {
        let mut meeting = drafted(&app).await;
        for conclusion in read(&app, &meeting).await.1 {
            meeting.act(&format!("conclusions/points/{}/removal", conclusion.id), &[]).await;
        }
        let path = meeting.path("conclusions/locking");
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 409);
        meeting.act("conclusions/points", &[("text", "Thống nhất.")]).await;
        meeting.act("conclusions/locking", &[]).await;
    }

    async fn a_draft_is_for_those_who_run_the_meeting(app) {
        let meeting = drafted(&app).await;
        let (_, conclusions) = read(&app, &meeting).await;
        let mut member = app.sign_in("delegate1").await;
        let page = member.get(&meeting.path("conclusions")).await;
        assert_eq!(page.status, 200);
        assert!(page.visible_text().contains("Chưa có thông báo kết luận"), "{}", page.visible_text());
        assert_eq!(member.get(&meeting.path("conclusions/preview")).await.status, 404);
        let mut chair = app.sign_in("chair").await;
        assert!(chair.get(&meeting.path("conclusions")).await.visible_text().contains("1.200 ha đất"));
        assert_eq!(chair.get(&meeting.path("conclusions/preview")).await.status, 200);
        let point = meeting.path(&format!("conclusions/points/{}", conclusions[0].id));
        for (login, status) in [("delegate1", 403), ("chair", 403), ("clerk", 404), ("stranger", 404)] {
            let mut browser = app.sign_in(login).await;
            let answer = browser.post(&point, &[("text", "x"), ("version", "1")]).await;
            assert_eq!(answer.status, status, "{login}");
        }
        let other = app.meeting().published().await;
        let crossed = other.path(&format!("conclusions/points/{}", conclusions[0].id));
        assert_eq!(colleague(&app).await.post(&crossed, &[("text", "x"), ("version", "1")]).await.status, 404);
    }

    async fn minutes_and_notices_are_found_by_a_title_without_marks(app) {
        let mut meeting = drafted(&app).await;
        let mut member = app.sign_in("delegate1").await;
        assert!(member.get("/conclusions").await.visible_text().contains("Chưa có biên bản"));
        meeting.act("conclusions/locking", &[]).await;
        meeting.act("minutes/locking", &[]).await;
        let found = member.get("/conclusions?q=hop%20thuong%20ky").await.visible_text();
        assert!(found.contains("Họp thường kỳ tháng 11") && found.contains("Chờ ký"), "{found}");
        assert!(member.get("/conclusions?q=khong%20co").await.visible_text().contains("Chưa có biên bản"));
        for login in ["clerk", "stranger"] {
            let page = app.sign_in(login).await.get("/conclusions").await.visible_text();
            assert!(!page.contains("Họp thường kỳ"), "{login}: {page}");
        }
    }
}

/// The signature holds for programs that are not ours, and the file is sound.
fn judge(pdf: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    if let Ok(seen) = Command::new("pdfsig").arg("-nocert").arg(file.path()).output() {
        let said = String::from_utf8_lossy(&seen.stdout).into_owned();
        assert_eq!(said.matches("Signature is Valid").count(), 1, "{said}");
    }
    if let Ok(sound) = Command::new("qpdf").arg("--check").arg(file.path()).output() {
        assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stderr));
    }
    if let Ok(program) = std::env::var("ECABINET_TEST_PYHANKO") {
        let trusted = concat!(env!("CARGO_MANIFEST_DIR"), "/certs-dev/root.cert.pem");
        let arguments = ["sign", "validate", "--no-revocation-check", "--trust-replace", "--trust", trusted];
        let seen = Command::new(program).args(arguments).arg(file.path()).output().unwrap();
        let said = String::from_utf8_lossy(&seen.stdout).into_owned();
        assert!(said.contains(":INTACT:TRUSTED"), "{said}{}", String::from_utf8_lossy(&seen.stderr));
    }
    if let Some(words) = words_of(pdf) {
        for part in ["THÔNG BÁO", "Kết luận của Chuyên viên", "1. Giao Văn phòng", "2. Thống nhất 1.200 ha"]
        {
            assert!(words.contains(part), "{part} is missing: {words}");
        }
        assert!(!words.contains("Số:"), "the number is the register's");
    }
}
