//! What goes with a document, and what comes after its issue: attachments,
//! recall, replacement, correction.

use std::process::Command;

use ecabinet::incoming::rules::State;
use ecabinet::outgoing::store;
use pades::verify::{Context, Verdict};

use super::{
    act, approve, decision, draft, issue_signed, issued, out_for_signature, sealed_office, sign, to_sign,
};
use crate::harness::pdf::pdf;
use crate::harness::{TestApp, noon};
use crate::incoming::sent::{taken, theirs};
use crate::on_both;
use crate::signing::PIN;

/// The signatures that pdfsig finds good; `None`: it is not installed here.
fn good_signatures(bytes: &[u8]) -> Option<usize> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.pdf");
    std::fs::write(&path, bytes).unwrap();
    let output = Command::new("pdfsig").arg("-nocert").arg(&path).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).matches("Signature is Valid").count())
}

/// The addresses of a document's attachments, for its readers.
async fn attachments(app: &TestApp, page: &str) -> Vec<String> {
    let id = page.rsplit('/').next().unwrap().parse().unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let found = store::attachments(&mut tx, id).await.unwrap();
    found.iter().map(|one| format!("{page}/attachments/{}", one.id)).collect()
}

pub async fn related(app: &TestApp, relation: &str, to: &str) -> u16 {
    let mut drafter = app.sign_in("drafter").await;
    let (checker, signer) = (app.person("head").await.to_string(), app.person("chair").await.to_string());
    let fields = [
        ("kind", "decision"),
        ("symbol", "QĐ-UBND"),
        ("priority", "normal"),
        ("subject", "Thay Kế hoạch chỉnh trang hẻm, ngõ"),
        ("checker", &checker),
        ("signer", &signer),
        ("capacity", "tm"),
        ("copies", "5"),
        ("relation", relation),
        ("related", to),
    ];
    let file = decision(app, "Nguyễn Văn chair");
    let answer = drafter.upload("/outgoing/draft", "thay-the.pdf", &file, &fields).await;
    if answer.status == 303 {
        let page = answer.location();
        approve(app, &page).await;
        sign(app, &page).await;
        issue_signed(app, &page).await;
    }
    answer.status
}

on_both! {
    async fn every_attachment_is_sealed_by_itself(app) {
        let app = sealed_office(app).await;
        let mut drafter = app.sign_in("drafter").await;
        let page = draft(&app, &mut drafter, &decision(&app, "Nguyễn Văn chair")).await;
        for name in ["phu-luc-1.pdf", "phu-luc-2.pdf"] {
            let file = pdf(&[name]);
            assert_eq!(drafter.upload(&format!("{page}/attachments"), name, &file, &[]).await.status, 303);
        }
        let before = attachments(&app, &page).await;
        assert_eq!(before.len(), 2);
        assert_eq!(good_signatures(&drafter.get(&before[0]).await.body).unwrap_or(0), 0);
        approve(&app, &page).await;
        sign(&app, &page).await;
        issue_signed(&app, &page).await;
        for path in attachments(&app, &page).await {
            let bytes = drafter.get(&path).await.body;
            let context = Context::new(&app.app.anchors, noon().to_jiff());
            let report = pades::verify::verify(&bytes, &context).unwrap();
            assert_eq!((report.verdict, report.signatures.len()), (Verdict::Valid, 1));
            assert_eq!(good_signatures(&bytes).unwrap_or(1), 1);
        }
        let shown = drafter.get(&page).await.visible_text();
        assert!(!shown.contains("Tài liệu kèm theo chưa có chữ ký số"), "{shown}");
        let (mut neighbour, id) = taken(&app).await;
        let there = neighbour.get(&format!("/incoming/{id}")).await.visible_text();
        assert!(there.contains("phu-luc-1") && there.contains("phu-luc-2"), "{there}");
    }

    async fn what_is_recalled_is_ended_at_its_receiver_and_keeps_both_numbers(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let (mut neighbour, id) = taken(&app).await;
        assert_eq!(act(&app, "drafter", &page, "recall", "Sai căn cứ").await, 403, "the clerk's act");
        assert_eq!(act(&app, "clerk", &page, "recall", "").await, 422, "a reason is asked for");
        assert_eq!(act(&app, "clerk", &page, "recall", "Sai căn cứ").await, 303);
        let shown = app.sign_in("drafter").await.get(&page).await.visible_text();
        assert!(shown.contains("Sơn Trà Đã thu hồi") && shown.contains("Sai căn cứ"), "{shown}");
        let there = neighbour.get(&format!("/incoming/{id}")).await.visible_text();
        assert!(there.contains("Lý do: Sai căn cứ") && !there.contains("Vào sổ, lấy số đến"), "{there}");
        let late = neighbour.post(&format!("/incoming/{id}/registration"), &[
            ("symbol", "01/QĐ-UBND"), ("dated_on", "2026-11-23"), ("sender", "UBND phường An Hải"),
            ("subject", "Kế hoạch"), ("version", &theirs(&app, id).await.version.to_string()),
        ]).await;
        assert!(late.status == 409 && late.visible_text().contains("Nơi gửi đã thu hồi"), "{}", late.visible_text());
        let version = theirs(&app, id).await.version.to_string();
        assert_eq!(neighbour.post(&format!("/incoming/{id}/recall"), &[("version", &version)]).await.status, 303);
        assert_eq!(theirs(&app, id).await.state, State::Recalled);
        assert!(page_text(&app, "delegate1", &page).await.contains("01/QĐ-UBND"), "the number stays");
    }

    async fn a_replacement_and_a_correction_are_named_by_what_they_follow(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let id = page.rsplit('/').next().unwrap().to_owned();
        assert!(page_text(&app, "drafter", &page).await.contains("Soạn văn bản thay thế"));
        assert_eq!(related(&app, "replaces", &id).await, 303);
        assert_eq!(related(&app, "corrects", &id).await, 303);
        let shown = page_text(&app, "delegate1", &page).await;
        assert!(shown.contains("Đã được thay thế bằng văn bản 02/QĐ-UBND"), "{shown}");
        assert!(shown.contains("Được đính chính bằng văn bản 03/QĐ-UBND"), "{shown}");
        let draft = to_sign(&app).await;
        let unissued = draft.rsplit('/').next().unwrap();
        assert_eq!(related(&app, "replaces", unissued).await, 409, "only what was issued");
    }

    async fn nothing_is_sealed_before_it_is_signed_and_numbered(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        let id = page.rsplit('/').next().unwrap();
        let before = out_for_signature(&app, &page).await;
        let mut clerk = app.sign_in("clerk").await;
        let early = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await;
        assert!(early.status == 409 && early.visible_text().contains("không còn ở bước này"), "{}", early.visible_text());
        assert_eq!(clerk.post(&format!("{page}/number"), &[("reserved", "")]).await.status, 409, "nor numbered");
        assert_eq!(clerk.post("/outgoing/desk/issues", &[("document", id)]).await.status, 409, "nor issued");
        sign(&app, &page).await;
        let unnumbered = clerk.post("/outgoing/desk/seals", &[("document", id), ("pin", PIN)]).await;
        assert_eq!(unnumbered.status, 409);
        assert_eq!(out_for_signature(&app, &page).await, before);
        issue_signed(&app, &page).await;
    }

    async fn one_document_numbered_sealed_and_issued_by_eight_clerks_at_once_is_so_once(app) {
        let app = sealed_office(app).await;
        let page = to_sign(&app).await;
        sign(&app, &page).await;
        let id = page.rsplit('/').next().unwrap().to_owned();
        let clerk = app.sign_in("clerk").await;
        let number = format!("{page}/number");
        let acts = [
            (number.as_str(), vec![("reserved", "")]),
            ("/outgoing/desk/seals", vec![("document", id.as_str()), ("pin", PIN)]),
            ("/outgoing/desk/issues", vec![("document", id.as_str())]),
        ];
        for (path, fields) in &acts {
            let all = (0..8).map(|_| {
                let mut clerk = clerk.clone();
                async move { clerk.post(path, fields).await.status }
            });
            let mut statuses = futures_util::future::join_all(all).await;
            statuses.sort_unstable();
            assert_eq!(statuses, [303, 409, 409, 409, 409, 409, 409, 409], "{path}");
        }
        let next = to_sign(&app).await;
        sign(&app, &next).await;
        issue_signed(&app, &next).await;
        assert!(page_text(&app, "drafter", &next).await.contains("02/QĐ-UBND"), "the losers took no number");
    }

    async fn a_number_pasted_into_the_form_is_refused(app) {
        let app = sealed_office(app).await;
        let first = issued(&app).await;
        let page = to_sign(&app).await;
        sign(&app, &page).await;
        let mut tx = app.app.db.read().await.unwrap();
        let id = first.rsplit('/').next().unwrap().parse().unwrap();
        let held = store::outgoing(&mut tx, app.organisation, id).await.unwrap().unwrap().number_id.unwrap();
        drop(tx);
        let mut clerk = app.sign_in("clerk").await;
        let unknown = ecabinet::registers::NumberId::new().to_string();
        for (pasted, status) in [(held.to_string(), 409), (unknown, 404), ("1".to_owned(), 404)] {
            let answer = clerk.post(&format!("{page}/number"), &[("reserved", &pasted)]).await;
            assert_eq!(answer.status, status, "{pasted}: {}", answer.visible_text());
        }
        assert!(page_text(&app, "drafter", &page).await.contains("…/QĐ-UBND"), "it has no number yet");
    }
}

async fn page_text(app: &TestApp, login: &str, page: &str) -> String {
    app.sign_in(login).await.get(page).await.visible_text()
}
