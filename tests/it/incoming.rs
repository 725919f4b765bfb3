//! Incoming documents: from the door, over the leader's desk, to the file.

mod door;
pub mod letters;
pub mod sent;

use std::process::Command;

use ecabinet::incoming::IncomingId;
use ecabinet::incoming::rules::State;
use ecabinet::incoming::store::{self, Document};

use crate::files::{opened, put};
use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, ECONOMY, TestApp};
use crate::on_both;

pub const SUBJECT: &str = "V/v phòng, chống bão số 13";

/// What a clerk types when registering.
pub const TYPED: [(&str, &str); 4] = [
    ("symbol", "452/UBND-VX"),
    ("dated_on", "2026-11-20"),
    ("sender", "UBND thành phố Đà Nẵng"),
    ("subject", SUBJECT),
];

/// Brings a file to the door; gives the id of what stands there.
pub async fn brought(clerk: &mut Browser, name: &str, file: &[u8]) -> IncomingId {
    let answer = clerk.upload("/incoming/arrivals", name, file, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    answer.location().strip_prefix("/incoming/").unwrap().parse().unwrap()
}

pub async fn read(app: &TestApp, id: IncomingId) -> Document {
    let mut tx = app.app.db.read().await.unwrap();
    store::document(&mut tx, app.organisation, id).await.unwrap().unwrap()
}

/// Does something with a document, on a page that is fresh.
pub async fn act(
    app: &TestApp,
    browser: &mut Browser,
    id: IncomingId,
    noun: &str,
    fields: &[(&str, &str)],
) -> Answer {
    let version = read(app, id).await.version.to_string();
    let mut fields = fields.to_vec();
    fields.push(("version", &version));
    browser.post(&format!("/incoming/{id}/{noun}"), &fields).await
}

async fn unit(app: &TestApp, name: &str) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    let units = ecabinet::identity::store::units(&mut tx, app.organisation).await.unwrap();
    units.iter().find(|unit| unit.name == name).unwrap().id.to_string()
}

/// A document before the chair, as a clerk registered it.
async fn presented(app: &TestApp, clerk: &mut Browser) -> IncomingId {
    let id = brought(clerk, "cong-van.pdf", &pdf(&["Công văn về phòng chống bão"])).await;
    let chair = app.person("chair").await.to_string();
    let mut fields = TYPED.to_vec();
    fields.push(("leader", &chair));
    let answer = act(app, clerk, id, "registration", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    id
}

/// The same with the Economy unit leading until Friday.
pub async fn directed(app: &TestApp, clerk: &mut Browser) -> IncomingId {
    let id = presented(app, clerk).await;
    let (mut chair, lead) = (app.sign_in("chair").await, unit(app, ECONOMY).await);
    let fields = [("lead", lead.as_str()), ("deadline", "2026-11-27"), ("text", "Tham mưu trong tuần")];
    assert_eq!(act(app, &mut chair, id, "direction", &fields).await.status, 303);
    id
}

on_both! {
    async fn a_document_goes_from_the_door_to_its_file(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let document = read(&app, id).await;
        assert_eq!((document.arrival_number, document.arrival_year), (Some(1), Some(2026)));
        assert_eq!((document.state, document.subject.as_str()), (State::Directed, SUBJECT));
        assert_eq!(document.deadline.unwrap().date_time(), "23:59, 27/11/2026");
        let (mut head, expert) = (app.sign_in("head").await, app.person("expert").await.to_string());
        assert!(head.get("/incoming").await.visible_text().contains("Chờ phân công người xử lý"));
        assert_eq!(act(&app, &mut head, id, "assignment", &[("person", &expert)]).await.status, 303);
        let mut expert = app.sign_in("expert").await;
        let home = expert.get("/").await.visible_text();
        assert!(home.contains(&format!("Xử lý văn bản đến: {SUBJECT}")) && home.contains("27/11/2026"), "{home}");
        let said = [("text", "Đã rà soát phương án")];
        assert_eq!(act(&app, &mut expert, id, "reports", &said).await.status, 303);
        assert_eq!(read(&app, id).await.state, State::InProgress);
        let done = [("text", "Đã ban hành phương án"), ("done", "yes")];
        assert_eq!(act(&app, &mut expert, id, "reports", &done).await.status, 303);
        let file = opened(&mut clerk, "01.2026/VP").await;
        assert_eq!(put(&mut clerk, &format!("/incoming/{id}"), &file).await.status, 303);
        let filed = read(&app, id).await;
        assert_eq!((filed.state, filed.file_code.as_str()), (State::Filed, "01.2026/VP"));
        let slip = clerk.get(&format!("/incoming/{id}")).await.visible_text();
        for part in [
            "Đã vào hồ sơ", "Tham mưu trong tuần", "Đã rà soát phương án", "Đã ban hành phương án", ECONOMY,
            "Nguyễn Văn expert", "Nguyễn Văn chair", "Xong đúng hạn 27/11/2026", "Đạt Giải quyết đúng hạn",
            "Đạt Vào sổ trong ngày", "452/UBND-VX", "Không có chữ ký số",
        ] {
            assert!(slip.contains(part), "{part} is missing: {slip}");
        }
        let mut chair = app.sign_in("chair").await;
        let after = act(&app, &mut chair, id, "reopening", &[("reason", "Xem lại")]).await;
        assert!(after.status == 409 && after.visible_text().contains("đã vào hồ sơ nên không thay đổi được nữa"));
    }

    async fn the_file_is_never_written_on(app) {
        let mut clerk = app.sign_in("clerk").await;
        let file = pdf(&["Công văn về phòng chống bão"]);
        let id = directed(&app, &mut clerk).await;
        let stored = app.app.storage.read(read(&app, id).await.sha256).await.unwrap();
        assert_eq!(stored.as_ref(), file.as_slice());
    }

    async fn a_leader_sees_the_next_document_after_a_direction(app) {
        let mut clerk = app.sign_in("clerk").await;
        let first = presented(&app, &mut clerk).await;
        let second = brought(&mut clerk, "khac.pdf", &pdf(&["Công văn khác"])).await;
        let chair = app.person("chair").await.to_string();
        let mut fields = TYPED.to_vec();
        fields[0].1 = "7/BC-STC";
        fields.push(("leader", &chair));
        assert_eq!(act(&app, &mut clerk, second, "registration", &fields).await.status, 303);
        let (mut chair, lead) = (app.sign_in("chair").await, unit(&app, ECONOMY).await);
        let desk = chair.get("/incoming").await.visible_text();
        assert!(desk.contains("Chờ tôi chỉ đạo 2"), "{desk}");
        let answer = act(&app, &mut chair, first, "direction", &[("lead", &lead), ("deadline", "")]).await;
        assert_eq!(answer.location(), format!("/incoming/{second}?done={first}"));
        let next = chair.get(&answer.location()).await.visible_text();
        assert!(next.contains(&format!("Đã chuyển: {SUBJECT}")) && next.contains("5 ngày làm việc Thứ Hai, 30/11/2026"), "{next}");
        let last = act(&app, &mut chair, second, "information", &[("help", &lead)]).await;
        assert_eq!(last.location(), format!("/incoming?done={second}"));
        assert_eq!(read(&app, second).await.state, State::InfoOnly);
    }

    async fn only_those_it_concerns_know_of_a_document(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let version = read(&app, id).await.version_id;
        let page = format!("/incoming/{id}");
        for (login, status) in [("clerk", 200), ("chair", 200), ("head", 200), ("expert", 404), ("delegate1", 404), ("secretary", 404), ("stranger", 404)] {
            let mut browser = app.sign_in(login).await;
            assert_eq!(browser.get(&page).await.status, status, "{login}");
            assert_eq!(browser.get(&format!("/papers/{version}")).await.status, status, "{login} reads the file");
        }
    }

    async fn what_is_not_ones_turn_is_refused_in_words(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let lead = unit(&app, ECONOMY).await;
        let (mut head, mut chair) = (app.sign_in("head").await, app.sign_in("chair").await);
        let refused = act(&app, &mut head, id, "direction", &[("lead", &lead)]).await;
        assert!(refused.status == 403 && refused.text().contains("Việc này của người khác"));
        let file = opened(&mut chair, "01/LĐ").await;
        assert_eq!(put(&mut chair, &format!("/incoming/{id}"), &file).await.status, 403);
        assert_eq!(act(&app, &mut head, id, "return", &[("reason", "Sai nơi nhận")]).await.status, 403);
        let nobody = act(&app, &mut head, id, "assignment", &[]).await;
        assert!(nobody.status == 422 && nobody.visible_text().contains("Hãy chọn ít nhất một người"));
        let elsewhere = app.person("delegate1").await.to_string();
        assert_eq!(act(&app, &mut head, id, "assignment", &[("person", &elsewhere)]).await.status, 404);
        let past = [("lead", lead.as_str()), ("deadline", "2026-11-20")];
        let past = act(&app, &mut chair, id, "direction", &past).await;
        assert!(past.status == 422 && past.visible_text().contains("Thời hạn không đúng hoặc đã qua"));
        let early = act(&app, &mut chair, id, "reopening", &[("reason", "Chưa xong")]).await;
        assert!(early.status == 409 && early.visible_text().contains("đang chờ đơn vị phân công"));
        assert_eq!(read(&app, id).await.state, State::Directed);
    }

    async fn a_form_from_an_older_page_keeps_what_was_typed(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let (mut head, expert) = (app.sign_in("head").await, app.person("expert").await.to_string());
        assert_eq!(act(&app, &mut head, id, "assignment", &[("person", &expert)]).await.status, 303);
        let old = read(&app, id).await.version.to_string();
        let mut expert = app.sign_in("expert").await;
        assert_eq!(act(&app, &mut expert, id, "reports", &[("text", "Lần một")]).await.status, 303);
        let path = format!("/incoming/{id}/reports");
        let late = expert.post(&path, &[("text", "Gõ rất lâu mới xong"), ("version", &old)]).await;
        assert_eq!(late.status, 409);
        let text = late.text();
        assert!(text.contains("Người khác vừa thay đổi") && text.contains("Gõ rất lâu mới xong</textarea>"));
    }

    async fn a_leader_may_find_that_it_is_not_done(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let (mut head, person) = (app.sign_in("head").await, app.person("head").await.to_string());
        assert_eq!(act(&app, &mut head, id, "assignment", &[("person", &person)]).await.status, 303);
        let done = [("text", "Xong"), ("done", "yes")];
        assert_eq!(act(&app, &mut head, id, "reports", &done).await.status, 303);
        let mut chair = app.sign_in("chair").await;
        assert_eq!(act(&app, &mut chair, id, "reopening", &[("reason", "")]).await.status, 422);
        assert_eq!(act(&app, &mut chair, id, "reopening", &[("reason", "Thiếu số liệu")]).await.status, 303);
        let document = read(&app, id).await;
        assert_eq!((document.state, document.completed_at), (State::InProgress, None));
        assert!(head.get("/").await.visible_text().contains("Xử lý văn bản đến"));
        assert_eq!(act(&app, &mut head, id, "reports", &done).await.status, 303);
    }

    async fn a_unit_that_helps_names_its_people_and_reports_without_moving_the_document(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = presented(&app, &mut clerk).await;
        let (lead, help) = (unit(&app, "Văn phòng").await, unit(&app, ECONOMY).await);
        let mut chair = app.sign_in("chair").await;
        let fields = [("lead", lead.as_str()), ("help", help.as_str()), ("help", lead.as_str()), ("deadline", "")];
        assert_eq!(act(&app, &mut chair, id, "direction", &fields).await.status, 303);
        let (mut head, expert) = (app.sign_in("head").await, app.person("expert").await.to_string());
        assert_eq!(act(&app, &mut head, id, "assignment", &[("person", &expert)]).await.status, 303);
        let mut expert = app.sign_in("expert").await;
        let part = [("text", "Đã gửi số liệu"), ("done", "yes")];
        assert_eq!(act(&app, &mut expert, id, "reports", &part).await.status, 303);
        assert_eq!(read(&app, id).await.state, State::Directed, "the lead unit has not begun");
        assert!(!expert.get("/").await.visible_text().contains("Xử lý văn bản đến"), "their part is done");
        let slip = chair.get(&format!("/incoming/{id}")).await.visible_text();
        assert!(slip.contains("Nguyễn Văn expert Đã xong"), "{slip}");
        // No one administers this unit, so each of its people speaks for it.
        let mut delegate = app.sign_in("delegate1").await;
        assert!(delegate.get("/incoming").await.visible_text().contains("Chờ phân công người xử lý"));
    }

    async fn a_registered_document_can_be_sent_back_and_keeps_its_number(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = presented(&app, &mut clerk).await;
        let empty = act(&app, &mut clerk, id, "return", &[("reason", " ")]).await;
        assert!(empty.status == 422 && empty.visible_text().contains("Hãy ghi lý do"));
        assert_eq!(act(&app, &mut clerk, id, "return", &[("reason", "Gửi nhầm")]).await.status, 303);
        let document = read(&app, id).await;
        assert_eq!((document.state, document.arrival_number), (State::Returned, Some(1)));
        let next = brought(&mut clerk, "khac.pdf", &pdf(&["Công văn khác"])).await;
        let mut fields = TYPED.to_vec();
        fields[0].1 = "9/UBND-VX";
        assert_eq!(act(&app, &mut clerk, next, "registration", &fields).await.status, 303);
        assert_eq!(read(&app, next).await.arrival_number, Some(2));
    }

    async fn the_register_lists_a_year_to_those_who_keep_it(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        app.run_jobs().await;
        let register = clerk.get("/incoming/register?year=2026").await;
        assert!(register.visible_text().contains("452/UBND-VX · 20/11/2026 · UBND thành phố Đà Nẵng"), "{}", register.visible_text());
        assert!(!clerk.get("/incoming/register?year=2025").await.text().contains(&id.to_string()));
        let mut head = app.sign_in("head").await;
        assert_eq!(head.get("/incoming/register").await.status, 403, "others search");
    }

    async fn the_register_is_printed_across_in_the_columns_of_the_decree(app) {
        let mut clerk = app.sign_in("clerk").await;
        directed(&app, &mut clerk).await;
        crate::registers::remark(&app, "incoming", "Photo").await;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.get("/incoming/register/print?year=2026").await.status, 403);
        let printed = clerk.get("/incoming/register/print?year=2026").await;
        assert_eq!(printed.status, 200, "{}", printed.visible_text());
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("so.pdf");
        std::fs::write(&path, &printed.body).unwrap();
        let Ok(text) = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() else { return };
        let text = String::from_utf8_lossy(&text.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN", "Năm: 2026", "Từ số 1 đến số 1", "452/UBND-VX", "20/11/2026", "Photo",
            "Bản in từ hệ thống", "(1) (2) (3) (4) (5) (6) (7) (8) (9) (10)",
        ] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        let info = Command::new("pdfinfo").arg(&path).output().unwrap();
        let info = String::from_utf8_lossy(&info.stdout).into_owned();
        assert!(info.contains("841.89 x 595.276"), "{info}");
    }
}
