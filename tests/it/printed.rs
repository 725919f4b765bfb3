//! The registers and slips of annex IV on paper, as a reader finds them.

use std::process::Command;

use ecabinet::registers::printing::MOST_LINES;
use ecabinet::registers::store::{self as numbers, Entry, Key};
use ecabinet::registers::{NumberId, NumberState, SeriesKind};

use crate::harness::{ECONOMY, TestApp, noon};
use crate::incoming::{act as act_on_incoming, directed};
use crate::on_both;
use crate::outgoing::{issued, sealed_office, text_of};
use crate::registers::remark;

/// The words of a PDF, one space between.
fn words(pdf: &[u8]) -> String {
    text_of(pdf).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is missing: {text}");
    }
}

/// The size of the first page, as `pdfinfo` tells it.
fn page_size(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("so.pdf");
    std::fs::write(&path, pdf).unwrap();
    let told = Command::new("pdfinfo").arg(path).output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    told.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap().trim().to_owned()
}

/// Keeps so many numbers free in the series of notices.
async fn reserve(app: &TestApp, count: i64) {
    let clerk = app.person("clerk").await;
    let mut tx = app.app.db.write().await.unwrap();
    let day = noon().day().0;
    let key = Key { organisation: app.organisation, kind: SeriesKind::Outgoing, code: "TB", year: 2026 };
    let (series, _) = numbers::claim(&mut tx, key).await.unwrap();
    for _ in 0..count {
        let entry = Entry {
            id: NumberId::new(),
            series,
            number: numbers::advance(&mut tx, series, day).await.unwrap(),
            state: NumberState::Reserved,
            day,
            holder: None,
            subject: String::new(),
            link: String::new(),
            reason: "Giữ cho phòng".into(),
        };
        assert!(numbers::insert(&mut tx, &entry, clerk, noon()).await.unwrap());
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn the_register_of_outgoing_documents_is_printed_in_the_columns_of_the_decree(app) {
        let app = sealed_office(app).await;
        issued(&app).await;
        reserve(&app, 2).await;
        remark(&app, "outgoing", "Fax").await;
        let mut clerk = app.sign_in("clerk").await;
        let printed = clerk.get("/outgoing/register/print?year=2026").await;
        assert_eq!(printed.status, 200, "{}", printed.visible_text());
        let text = words(&printed.body);
        holds(&text, &[
            "SỔ ĐĂNG KÝ VĂN BẢN ĐI", "Năm: 2026", "Từ ngày 01/01/2026 đến ngày 31/12/2026", "23/11/2026", "Quyết định:",
            "chair", "drafter", "UBND phường Sơn Trà", "Các tổ dân phố", ECONOMY, "(1) (2) (3) (4) (5) (6) (7) (8)",
            "02/TB", "Lấy số trước: Giữ cho phòng", "Fax", "Bản in từ hệ thống",
        ]);
        assert_eq!(text.matches("Lấy số trước:").count(), 2, "{text}");
        assert_eq!(page_size(&printed.body), "841.89 x 595.276 pts (A4)");
    }

    async fn a_part_of_the_register_is_printed_alone(app) {
        let app = sealed_office(app).await;
        issued(&app).await;
        reserve(&app, 3).await;
        let mut clerk = app.sign_in("clerk").await;
        let page = clerk.get("/outgoing/register").await.visible_text();
        holds(&page, &["Sổ đăng ký văn bản đi năm 2026", "Tháng 11", "Văn bản đi: TB 03"]);
        let print = |part: &str| format!("/outgoing/register/print?year=2026&{part}");
        let notices = words(&clerk.get(&print("month=11&code=TB&first=2&last=3")).await.body);
        holds(&notices, &["Từ ngày 01/11/2026 đến ngày 30/11/2026", "02/TB", "03/TB"]);
        assert!(!notices.contains("01/TB") && !notices.contains("Quyết định"), "{notices}");
        let october = words(&clerk.get(&print("month=10")).await.body);
        assert!(!october.contains("/TB") && !october.contains("Quyết định"), "{october}");
        for wrong in ["month=13", "first=9&last=7", "first=x"] {
            let refused = clerk.get(&print(wrong)).await;
            assert!(refused.status == 422 && refused.visible_text().contains("không đọc được"), "{wrong}");
        }
        for login in ["drafter", "chair"] {
            let mut browser = app.sign_in(login).await;
            assert_eq!(browser.get(&print("")).await.status, 403, "{login}");
            assert_eq!(browser.get("/outgoing/register").await.status, 403, "{login}");
        }
    }

    async fn more_lines_than_one_printing_holds_are_refused_in_words(app) {
        reserve(&app, MOST_LINES + 1).await;
        let mut clerk = app.sign_in("clerk").await;
        let refused = clerk.get("/outgoing/register/print?year=2026&month=11").await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("Hãy chọn một tháng hoặc một khoảng số"), "{}", refused.visible_text());
        let part = clerk.get("/outgoing/register/print?year=2026&month=11&first=990").await;
        holds(&words(&part.body), &["990/TB", &format!("{}/TB", MOST_LINES + 1)]);
    }

    async fn what_units_were_given_is_printed_with_when_they_took_it_up(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let book = "/incoming/register/transfers?year=2026&month=11";
        let before = words(&clerk.get(book).await.body);
        holds(&before, &["SỔ CHUYỂN GIAO VĂN BẢN ĐẾN", ECONOMY, "Đơn vị chủ trì", "(1) (2) (3) (4) (5)", "Bản in từ hệ thống"]);
        assert!(!before.contains("Đã nhận"), "{before}");
        let (mut head, expert) = (app.sign_in("head").await, app.person("expert").await.to_string());
        assert_eq!(act_on_incoming(&app, &mut head, id, "assignment", &[("person", &expert)]).await.status, 303);
        let after = clerk.get(book).await.body;
        holds(&words(&after), &["Đã nhận trên hệ thống 12:00, 23/11/2026"]);
        assert_eq!(page_size(&after), "841.89 x 595.276 pts (A4)");
        assert_eq!(head.get(book).await.status, 403);
    }

    async fn the_routing_slip_tells_who_said_what(app) {
        let mut clerk = app.sign_in("clerk").await;
        let id = directed(&app, &mut clerk).await;
        let (mut head, expert) = (app.sign_in("head").await, app.person("expert").await.to_string());
        assert_eq!(act_on_incoming(&app, &mut head, id, "assignment", &[("person", &expert)]).await.status, 303);
        let slip = format!("/incoming/{id}/slip");
        let printed = clerk.get(&slip).await;
        assert_eq!(printed.status, 200, "{}", printed.visible_text());
        let is_line = |line: &str| line.trim() == "Tham mưu trong tuần";
        assert!(text_of(&printed.body).lines().any(is_line), "a direction keeps its lines");
        let text = words(&printed.body);
        holds(&text, &[
            "PHIẾU GIẢI QUYẾT VĂN BẢN ĐẾN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ngày 23 tháng 11 năm 2026", "452/UBND-VX",
            "20/11/2026", "UBND thành phố Đà Nẵng", "Tham mưu trong tuần", "Nguyễn Văn chair", "Nguyễn Văn expert",
            "Bản in từ hệ thống",
        ]);
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part} is missing: {text}"));
        assert!(at("Ý kiến của lãnh đạo cơ quan") < at("Tham mưu trong tuần"), "{text}");
        assert!(at("Tham mưu trong tuần") < at("Ý kiến của lãnh đạo đơn vị"), "{text}");
        assert!(at("Ý kiến của lãnh đạo đơn vị") < at("Phân công"), "{text}");
        assert!(at("Phân công") < at("Ý kiến đề xuất của người giải quyết"), "{text}");
        assert_eq!(page_size(&printed.body), "595.276 x 841.89 pts (A4)");
        for (login, status) in [("chair", 200), ("expert", 200), ("delegate1", 404), ("stranger", 404)] {
            assert_eq!(app.sign_in(login).await.get(&slip).await.status, status, "{login}");
        }
        let early = crate::incoming::brought(&mut clerk, "khac.pdf", &crate::harness::pdf::pdf(&["Chưa vào sổ"])).await;
        assert_eq!(clerk.get(&format!("/incoming/{early}/slip")).await.status, 409, "it is not registered yet");
    }
}
