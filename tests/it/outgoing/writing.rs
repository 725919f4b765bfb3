//! Drafts that are written in a form and laid out by the system.

use std::process::Command;

use ecabinet::exchange;
use ecabinet::outgoing::store;

use super::{approve, issue_signed, out_for_signature, sealed_office, sign};
use crate::harness::pdf::pdf;
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

/// Brings a draft that is laid out well to its issue, and gives the words on its pages.
async fn issued_words(app: &TestApp, page: &str) -> Option<String> {
    approve(app, page).await;
    must_be_laid_out_well(app, page).await;
    sign(app, page).await;
    issue_signed(app, page).await;
    words(&file(app, page).await)
}

async fn file(app: &TestApp, page: &str) -> Vec<u8> {
    app.sign_in("clerk").await.get(&format!("{page}/file")).await.body.to_vec()
}

on_both! {
    async fn a_written_decision_goes_all_the_way(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let rests_on = [
            ("issuer", "Chủ tịch Ủy ban nhân dân phường An Hải"),
            ("bases", "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;\nTheo đề nghị của Văn phòng"),
            ("body", BODY),
        ];
        let answer = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &rests_on).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let Some(words) = issued_words(&app, &answer.location()).await else { return };
        for part in [
            "ỦY BAN NHÂN DÂN PHƯỜNG AN HẢI", "QUYẾT ĐỊNH", "Chỉnh trang hẻm, ngõ",
            "CHỦ TỊCH ỦY BAN NHÂN DÂN PHƯỜNG AN HẢI", "năm 2025;", "Theo đề nghị của Văn phòng.", "thi hành./.",
            "TM. ỦY BAN NHÂN DÂN", "Nguyễn Văn chair", "- UBND phường Sơn Trà;", "- Các tổ dân phố;", "- Lưu: VT.",
        ] {
            assert!(words.contains(part), "{part}: {words}");
        }
    }

    async fn a_written_letter_has_its_subject_under_its_number(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let long = "Phường đề nghị Sở phối hợp kiểm tra ".repeat(30);
        let body = format!("{long}từng hẻm.\nĐề nghị Sở trả lời trước ngày 30 tháng 11.");
        let words_typed = [("addressees", "Sở Xây dựng thành phố Đà Nẵng"), ("body", &*body)];
        let answer = written(&app, &mut drafter, ("official_letter", "UBND-KT"), &words_typed).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let Some(words) = issued_words(&app, &answer.location()).await else { return };
        for part in ["V/v Chỉnh trang hẻm, ngõ", "Kính gửi: Sở Xây dựng thành phố Đà Nẵng", "kiểm tra từng hẻm.", "tháng 11./.", "- Như trên;"] {
            assert!(words.contains(part), "{part}: {words}");
        }
        assert!(!words.contains("CÔNG VĂN"), "a letter bears no name of its kind: {words}");
    }

    async fn a_leader_changes_the_words_and_it_goes_round_again(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("body", BODY)]).await.location();
        let editions = format!("{page}/editions");
        let other_words = [("seen", "1"), ("body", "Điều 1. Hoãn Kế hoạch."), ("authority", "CHỦ TỊCH")];
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.upload(&editions, "", b"", &other_words).await.status, 403, "it is not with the chair yet");
        approve(&app, &page).await;
        let mut head = app.sign_in("head").await;
        assert_eq!(head.upload(&editions, "", b"", &other_words).await.status, 403, "nor with the head any more");
        assert_eq!(drafter.upload(&editions, "", b"", &other_words).await.status, 403);
        assert!(chair.get(&page).await.text().contains("Điều 1. Ban hành Kế hoạch chỉnh trang"), "to begin with");
        assert_eq!(chair.upload(&editions, "", b"", &other_words).await.status, 303);
        let shown = drafter.get(&page).await.visible_text();
        assert!(shown.contains("Nguyễn Văn chair đã sửa dự thảo"), "{shown}");
        assert!(drafter.get("/notices").await.visible_text().contains("Lãnh đạo đã sửa dự thảo"));
        assert_eq!(chair.get("/signing").await.visible_text().matches("Chỉnh trang hẻm").count(), 0, "nothing to sign");
        if let Some(words) = issued_words(&app, &page).await {
            assert!(words.contains("Hoãn Kế hoạch./.") && !words.contains("Ban hành Kế hoạch chỉnh trang"), "{words}");
        }
    }

    async fn a_refused_form_comes_back_as_it_was_typed(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let has = |answer: &Answer, parts: &[&str]| {
            for part in parts {
                assert!(answer.text().contains(part), "{part}: {}", answer.visible_text());
            }
        };
        let typed = [("body", BODY), ("authority", "TM. ỦY BAN NHÂN DÂN"), ("addresses", "không phải địa chỉ")];
        let refused = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &typed).await;
        assert_eq!(refused.status, 422);
        has(&refused, &[
            "data-problem", "Điều 1. Ban hành Kế hoạch chỉnh trang", ">TM. ỦY BAN NHÂN DÂN", "value=\"QĐ-UBND\"",
            "value=\"Chỉnh trang hẻm, ngõ\"", "value=\"decision\" selected", ">không phải địa chỉ</textarea>",
        ]);
        assert_eq!(refused.text().matches(" checked>").count(), 1, "the neighbour it goes to");

        let fields = [("subject", "Chỉnh trang hẻm"), ("body", BODY)];
        let refused = drafter.upload("/outgoing/draft", "virus.exe", b"MZ", &fields).await;
        assert_eq!(refused.status, 422);
        has(&refused, &["Tệp cần được chọn lại.", "value=\"Chỉnh trang hẻm\"", "Điều 1. Ban hành Kế hoạch"]);

        let page = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("body", BODY)]).await.location();
        let stale = [("version", "0"), ("subject", "Sửa ở máy thứ hai"), ("symbol", "QĐ")];
        let refused = drafter.post(&format!("{page}/details"), &stale).await;
        assert!(refused.status == 422 || refused.status == 409, "{}", refused.status);
        has(&refused, &["value=\"Sửa ở máy thứ hai\"", "value=\"QĐ\"", "data-problem"]);
    }

    async fn a_body_that_is_served_here_is_called_by_its_own_name(app) {
        let app = sealed_office(app).await;
        let mut tx = app.app.db.write().await.unwrap();
        let directory = "code,name,old_code\nH17.28,Ubnd Phường Sơn Trà,\nG01,Bộ Công an,\n";
        assert_eq!(exchange::bodies::import(&mut tx, directory.as_bytes()).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let mut drafter = app.sign_in("drafter").await;
        let typed = [("bodies", "H17.28\nG01"), ("body", BODY)];
        let answer = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &typed).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let Some(words) = words(&file(&app, &answer.location()).await) else { return };
        assert_eq!(words.matches("- UBND phường Sơn Trà;").count(), 1, "{words}");
        assert!(words.contains("- Bộ Công an;"), "{words}");
        assert!(!words.contains("Ubnd"), "{words}");
    }

    async fn words_have_an_end(app) {
        let app = sealed_office(app).await;
        let endless = "a".repeat(3 << 20);
        let answer = app.sign_in("drafter").await.upload("/outgoing/draft", "", b"", &[("body", &endless)]).await;
        assert_eq!(answer.status, 422);
    }

    async fn what_was_written_is_there_for_the_next_edition(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("body", BODY)]).await.location();
        let shown = drafter.get(&page).await.text();
        assert!(shown.contains("Điều 2. Các đơn vị, cá nhân có liên quan chịu trách nhiệm thi hành.</textarea>"));
        let nothing = drafter.upload(&format!("{page}/editions"), "", b"", &[("seen", "1"), ("body", " ")]).await;
        assert!(nothing.status == 422 && nothing.visible_text().contains("hoặc viết nội dung"));
        let secret = drafter.upload(&format!("{page}/editions"), "", b"", &[("seen", "1"), ("body", "TUYỆT MẬT\nĐiều 1.")]).await;
        assert_eq!(secret.status, 422);
        let changed = [("seen", "1"), ("body", "Điều 1. Hoãn Kế hoạch."), ("authority", "KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH")];
        assert_eq!(drafter.upload(&format!("{page}/editions"), "", b"", &changed).await.status, 303);
        let shown = drafter.get(&page).await.text();
        assert!(shown.contains(">Điều 1. Hoãn Kế hoạch.</textarea>") && shown.contains(">KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH</textarea>"));

        let stale = drafter.upload(&format!("{page}/editions"), "", b"", &changed).await;
        assert!(stale.status == 409 && stale.text().contains(">Điều 1. Hoãn Kế hoạch.</textarea>"), "{}", stale.status);
        let file = pdf(&["Bản sửa trong Word"]);
        let brought = drafter.upload(&format!("{page}/editions"), "sua.pdf", &file, &[("seen", "2")]).await;
        assert_eq!(brought.status, 303, "{}", brought.visible_text());
        assert!(!drafter.get(&page).await.text().contains("Hoãn Kế hoạch"), "those words are not of this edition");
    }

    async fn changed_fields_stand_on_a_draft_of_words_too(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = written(&app, &mut drafter, ("decision", "QĐ-UBND"), &[("body", BODY)]).await.location();
        let (head, chair) = (app.person("head").await.to_string(), app.person("chair").await.to_string());
        let mut fields = vec![
            ("version", "1"), ("kind", "decision"), ("symbol", "QĐ-KTHT"), ("priority", "normal"), ("checker", &*head),
            ("subject", "Chỉnh trang hẻm, ngõ"), ("signer", &*chair), ("capacity", "tm"), ("copies", "5"),
        ];
        assert_eq!(drafter.post(&format!("{page}/details"), &fields).await.status, 303);
        if let Some(words) = words(&drafter.get(&format!("{page}/file")).await.body) {
            assert!(words.contains("/QĐ-KTHT") && !words.contains("Sơn Trà"), "{words}");
        }
        assert!(drafter.get(&page).await.text().contains("name=\"seen\" value=\"2\""), "an edition of its own");
        fields[0] = ("version", "2");
        fields.push(("answer_by", "2026-12-24"));
        assert_eq!(drafter.post(&format!("{page}/details"), &fields).await.status, 303);
        assert!(drafter.get(&page).await.text().contains("name=\"seen\" value=\"2\""), "nothing on it changed");
    }
}
