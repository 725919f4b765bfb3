//! The verdict, for anyone: the page, the JSON, and the code on a paper.

use axum::body::Body;
use axum::http::{Method, header};
use ecabinet::signing::urls;
use serde_json::Value;

use crate::harness::{Browser, TestApp};
use crate::on_both;
use crate::signing::{PIN, open, practising, signed_by_both, small_pdf, status};

async fn signed_file(app: &TestApp) -> Vec<u8> {
    let (document, _) = signed_by_both(app).await;
    app.app.storage.read(status(app, document).await.sha256).await.unwrap().to_vec()
}

/// The file with one letter of what was signed exchanged.
pub fn altered(file: &[u8]) -> Vec<u8> {
    let at = file.windows(8).position(|window| window == b"/MediaBo").unwrap() + 11;
    let mut altered = file.to_vec();
    let place = altered[at..].iter().position(|byte| *byte == b'5').unwrap() + at;
    altered[place] = b'6';
    altered
}

async fn verdict_json(browser: &mut Browser, file: Vec<u8>) -> Value {
    let request = browser
        .request(Method::POST, "/api/v1/verify?name=a.pdf")
        .header(header::CONTENT_TYPE, "application/pdf")
        .body(Body::from(file))
        .unwrap();
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap()
}

on_both! {
    async fn anyone_gets_a_verdict_without_signing_in(app) {
        let app = practising(app).await;
        let file = signed_file(&app).await;
        let mut browser = app.browser();
        assert!(browser.get("/verify").await.visible_text().contains("không lưu lại"));
        let good = browser.upload("/verify", "tốt.pdf", &file, &[]).await;
        let text = good.visible_text();
        assert_eq!(good.status, 200);
        for part in [
            "Hợp lệ",
            "tốt.pdf",
            "CHỨNG THƯ THỬ NGHIỆM",
            "Nguyễn Văn secretary",
            "Nguyễn Văn chair",
            "Tổ chức cấp chứng thư (CA)",
            "Cơ quan, đơn vị quản lý UBND phường An Hải",
            "12:00:00 23/11/2026 (+07:00), theo dấu thời gian",
            "Trong thời hạn",
            "từ 12:00:00 22/11/2026",
        ] {
            assert!(text.contains(part), "{part} is missing: {text}");
        }
        assert!(text.contains("Chưa kiểm tra: chứng thư có bị thu hồi"), "a light without its limit: {text}");
        let bad = browser.upload("/verify", "sửa.pdf", &altered(&file), &[]).await.visible_text();
        assert!(bad.contains("Không hợp lệ") && bad.contains("Không nguyên vẹn"), "{bad}");
        let plain = browser.upload("/verify", "trơn.pdf", &small_pdf(), &[]).await.visible_text();
        assert!(plain.contains("Không có chữ ký số"), "{plain}");
        let garbage = browser.upload("/verify", "ảnh.pdf", b"no PDF at all", &[]).await.visible_text();
        assert!(garbage.contains("Đây không phải là tệp PDF"), "{garbage}");
    }

    async fn the_code_on_a_paper_leads_to_the_file_once_all_have_signed(app) {
        let app = practising(app).await;
        let (document, code) = open(&app).await;
        let mut stranger = app.browser();
        let early = stranger.get(&urls::public(&code)).await;
        assert!(early.visible_text().contains("Chưa ký xong"), "{}", early.visible_text());
        assert_eq!(stranger.get(&urls::public_file(&code)).await.status, 404);
        for (login, number) in [("secretary", 1), ("chair", 2)] {
            let path = urls::signatures(document, number);
            assert_eq!(app.sign_in(login).await.post(&path, &[("pin", PIN)]).await.status, 303);
        }
        let page = stranger.get(&urls::public(&code)).await;
        assert!(page.visible_text().contains("Hợp lệ") && page.visible_text().contains("Tải văn bản đã ký"));
        let file = stranger.get(&urls::public_file(&code)).await;
        let stored = app.app.storage.read(status(&app, document).await.sha256).await.unwrap();
        assert_eq!((file.status, file.body.as_slice()), (200, stored.as_ref()));
        assert_eq!(stranger.get("/d/no-such-code").await.status, 404);
    }
}

#[tokio::test]
async fn the_json_is_as_promised() {
    let app = practising(sqlite().await).await;
    let file = signed_file(&app).await;
    let mut browser = app.browser();
    let report = verdict_json(&mut browser, file.clone()).await;
    assert_eq!((&report["file"], &report["verdict"]), (&"a.pdf".into(), &"valid".into()), "{report}");
    assert_eq!(report["size"], file.len());
    assert!(report["error"].is_null() && report["sentence"]["vi"].is_string());
    let signature = &report["signatures"][0];
    for key in [
        "field",
        "kind",
        "sub_filter",
        "indication",
        "sub_indication",
        "intact",
        "coverage",
        "changes_after",
        "docmdp",
        "level",
        "signer",
        "signing_time",
        "time_source",
        "digest_algorithm",
        "signature_algorithm",
        "messages",
    ] {
        assert!(signature.get(key).is_some(), "{key} is missing: {signature}");
    }
    assert_eq!(signature["indication"], "TOTAL-PASSED");
    assert_eq!((&signature["level"], &signature["time_source"]), (&"B-T".into(), &"timestamp".into()));
    assert_eq!(verdict_json(&mut browser, altered(&file)).await["verdict"], "invalid");
    assert_eq!(verdict_json(&mut browser, small_pdf()).await["verdict"], "unsigned");
    let garbage = verdict_json(&mut browser, b"garbage".to_vec()).await;
    assert_eq!((&garbage["verdict"], &garbage["error"]["code"]), (&"unreadable".into(), &"not-a-pdf".into()));
    let description: Value = serde_json::from_slice(&browser.get("/api/v1/openapi.json").await.body).unwrap();
    assert!(description["paths"]["/api/v1/verify"]["post"].is_object());
}

#[tokio::test]
async fn an_office_that_does_not_practise_trusts_no_test_certificate() {
    let practice = practising(sqlite().await).await;
    let file = signed_file(&practice).await;
    let real = sqlite().await;
    let page = real.browser().upload("/verify", "a.pdf", &file, &[]).await.visible_text();
    assert!(page.contains("Chưa kết luận được") && page.contains("CHỨNG THƯ THỬ NGHIỆM"), "{page}");
}

#[tokio::test]
async fn too_large_too_many_and_nothing_are_refused_in_words() {
    let app = sqlite().await;
    let mut browser = app.browser();
    let large = browser.upload("/verify", "a.pdf", &vec![b' '; 8 * 1024 * 1024 + 1], &[]).await;
    assert_eq!(large.status, 413);
    assert!(large.visible_text().contains("lớn hơn 8 MiB"), "{}", large.visible_text());
    let empty = browser.upload("/verify", "", b"", &[]).await;
    assert_eq!(empty.status, 422);
    assert!(empty.visible_text().contains("Chưa chọn tệp"), "{}", empty.visible_text());
    for _ in 0..28 {
        assert_eq!(browser.upload("/verify", "a.pdf", b"x", &[]).await.status, 200);
    }
    let refused = browser.upload("/verify", "a.pdf", b"x", &[]).await;
    assert_eq!(refused.status, 429);
    app.app.clock.advance(60);
    assert_eq!(browser.upload("/verify", "a.pdf", b"x", &[]).await.status, 200);
}

#[tokio::test]
async fn a_checked_file_is_not_kept() {
    let app = sqlite().await;
    app.browser().upload("/verify", "a.pdf", &small_pdf(), &[]).await;
    let kept = app.app.storage.read(ecabinet::storage::Hash::of(&small_pdf())).await;
    assert!(kept.is_err());
    assert_eq!(std::fs::read_dir(&app.app.config.scratch).unwrap().count(), 0);
}

async fn sqlite() -> TestApp {
    TestApp::new(crate::harness::Database::Sqlite).await.unwrap()
}
