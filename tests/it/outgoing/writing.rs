//! Drafts that are written in a form and laid out by the system.

use std::process::Command;

use ecabinet::outgoing::store;

use super::{approve, issue_signed, out_for_signature, sealed_office, sign};
use crate::harness::{Answer, Browser, TestApp};
use crate::on_both;

const BODY: &str = "QUYẾT ĐỊNH:\nĐiều 1. Ban hành Kế hoạch chỉnh trang hẻm, ngõ trên địa bàn phường.\n\
    Điều 2. Các đơn vị, cá nhân có liên quan chịu trách nhiệm thi hành.";

async fn written(app: &TestApp, drafter: &mut Browser, kind: (&str, &str), words: &[(&str, &str)]) -> Answer {
    let (checker, signer) = (app.person("head").await.to_string(), app.person("chair").await.to_string());
    let other = app.other.to_string();
    let mut fields = vec![
        ("kind", kind.0),
        ("symbol", kind.1),
        ("priority", "normal"),
        ("subject", "Chỉnh trang hẻm, ngõ"),
        ("checker", &checker),
        ("signer", &signer),
        ("capacity", "tm"),
        ("copies", "5"),
        ("organisation", &other),
        ("others", "Các tổ dân phố;"),
        ("authority", "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"),
    ];
    fields.extend(words);
    // A file field that was left alone.
    drafter.upload("/outgoing/draft", "", b"", &fields).await
}

/// The words on the pages; `None`: poppler is not installed here.
fn words(pdf: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("draft.pdf");
    std::fs::write(&path, pdf).unwrap();
    let output = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the check of the layout found worth a refusal, once it was accepted.
async fn must_be_laid_out_well(app: &TestApp, page: &str) {
    let document = out_for_signature(app, page).await;
    let mut tx = app.app.db.read().await.unwrap();
    let edition = store::edition(&mut tx, document).await.unwrap().unwrap();
    drop(tx);
    let findings = app.sign_in("secretary").await.get(&format!("{page}/format")).await.visible_text();
    assert_eq!(edition.blocking, 0, "{findings}");
}

async fn file(app: &TestApp, page: &str) -> Vec<u8> {
    app.sign_in("clerk").await.get(&format!("{page}/file")).await.body.to_vec()
}

on_both! {
    async fn a_written_decision_goes_all_the_way(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let bases = "Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;";
        let answer = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("bases", bases), ("body", BODY)]).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let page = answer.location();
        approve(&app, &page).await;
        must_be_laid_out_well(&app, &page).await;
        sign(&app, &page).await;
        issue_signed(&app, &page).await;
        let Some(words) = words(&file(&app, &page).await) else { return };
        for part in [
            "ỦY BAN NHÂN DÂN PHƯỜNG AN HẢI", "QUYẾT ĐỊNH", "Chỉnh trang hẻm, ngõ", "năm 2025;", "thi hành./.",
            "TM. ỦY BAN NHÂN DÂN", "Nguyễn Văn chair", "- UBND phường Sơn Trà;", "- Các tổ dân phố;", "- Lưu: VT.",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
    }

    async fn a_written_letter_has_its_subject_under_its_number(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let words_typed = [("addressees", "Sở Xây dựng thành phố Đà Nẵng"), ("body", "Phường đề nghị Sở phối hợp kiểm tra.")];
        let answer = written(&app, &mut drafter, ("official_letter", "UBND-KT"), &words_typed).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let page = answer.location();
        approve(&app, &page).await;
        must_be_laid_out_well(&app, &page).await;
        sign(&app, &page).await;
        issue_signed(&app, &page).await;
        let Some(words) = words(&file(&app, &page).await) else { return };
        for part in ["V/v Chỉnh trang hẻm, ngõ", "Kính gửi: Sở Xây dựng thành phố Đà Nẵng", "kiểm tra./.", "- Như trên;"] {
            assert!(words.contains(part), "{part}: {words}");
        }
        assert!(!words.contains("CÔNG VĂN"), "a letter bears no name of its kind: {words}");
    }

    async fn what_was_written_is_there_for_the_next_edition(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("body", BODY)]).await.location();
        let shown = drafter.get(&page).await.text();
        assert!(shown.contains("Điều 2. Các đơn vị, cá nhân có liên quan chịu trách nhiệm thi hành.</textarea>"));
        let nothing = drafter.upload(&format!("{page}/editions"), "", b"", &[("body", " ")]).await;
        assert!(nothing.status == 422 && nothing.visible_text().contains("hoặc viết nội dung"));
        let secret = drafter.upload(&format!("{page}/editions"), "", b"", &[("body", "TUYỆT MẬT\nĐiều 1.")]).await;
        assert_eq!(secret.status, 422);
        let changed = [("body", "Điều 1. Hoãn Kế hoạch."), ("authority", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH")];
        assert_eq!(drafter.upload(&format!("{page}/editions"), "", b"", &changed).await.status, 303);
        let shown = drafter.get(&page).await.text();
        assert!(shown.contains(">Điều 1. Hoãn Kế hoạch.</textarea>") && shown.contains(">KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH</textarea>"));
    }
}
