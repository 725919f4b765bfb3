//! What is never copied, and what is asked before.

use ecabinet::copies::rules::State;
use pades::sign::{Permission, Pkcs12Signer, SignOptions, sign};

use super::measured::scan;
use super::{act, ask, asked, finished, judge, office, row, words};
use crate::harness::pdf::pdf;
use crate::harness::{TestApp, noon};
use crate::incoming::{TYPED, act as act_on_incoming, brought};
use crate::on_both;
use crate::outgoing::{following, issued};
use crate::signing::PIN;
use crate::signing::ways::issued as certificate;
use crate::verify::altered;

/// A file signed by somebody of the test authority.
pub fn signed(file: &[u8], options: &SignOptions) -> Vec<u8> {
    let key = certificate("Trần Thị Bình", 71).to_pkcs12("Bình", PIN).unwrap();
    let signer = Pkcs12Signer::open(&key, PIN).unwrap();
    sign(file, options, &signer, None, noon().to_jiff()).unwrap().onto(file)
}

/// A file that came in and was registered; gives its page.
pub async fn registered(app: &TestApp, file: &[u8]) -> String {
    let mut clerk = app.sign_in("clerk").await;
    let id = brought(&mut clerk, "cong-van.pdf", file).await;
    let mut fields = TYPED.to_vec();
    fields.push(("looked", "yes"));
    fields.push(("no_twin", "yes"));
    let answer = act_on_incoming(app, &mut clerk, id, "registration", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    format!("/incoming/{id}")
}

/// A refusal in words; nothing is kept, and what was typed comes back.
async fn refused(app: &TestApp, login: &str, page: &str, more: &[(&str, &str)], said: &str) {
    let mut browser = app.sign_in(login).await;
    let answer = ask(app, &mut browser, page, more).await;
    assert!(
        answer.status == 422 && answer.visible_text().contains(said),
        "{said}: {}",
        answer.visible_text()
    );
}

/// What a clerk says of a paper, and asks for.
fn paper<'a>(signer: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("symbol", "12/QĐ-UBND"),
        ("dated_on", "2019-05-06"),
        ("issuer", "UBND quận Sơn Trà"),
        ("subject", "Giao đất"),
        ("recipient", "Ông Lê Văn A"),
        ("purpose", "Bổ sung hồ sơ"),
        ("form", "copy_true"),
        ("signer", signer),
    ];
    fields.extend(more);
    fields
}

on_both! {
    async fn nobody_signs_copies_before_a_head_is_named(app) {
        let app = crate::outgoing::sealed_office(app).await;
        let page = issued(&app).await;
        let shown = app.sign_in("drafter").await.get(&format!("{page}/copies")).await.visible_text();
        assert!(shown.contains("Chưa có ai được ký bản sao") && !shown.contains("Gửi đề nghị"), "{shown}");
        refused(&app, "drafter", &page, &[("form", "copy_true")], "Chưa có ai được ký bản sao").await;
        let head = app.person("chair").await.to_string();
        let named = app.sign_in("chair").await.post("/copies/settings/head", &[("person", &head)]).await;
        assert_eq!(named.status, 403, "the administrator names the head");
    }

    async fn what_is_not_said_whole_is_asked_for_again(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        for (more, said) in [
            (vec![("form", "copy_of_copy")], "sao lục làm từ bản sao y"),
            (vec![("form", "nothing")], "chọn đúng hình thức"),
            (vec![("form", "copy_true"), ("purpose", " ")], "sao cho ai"),
            (vec![("form", "copy_true"), ("recipient", "Gửi Tối mật")], "Không sao văn bản Mật"),
            (vec![("form", "copy_true"), ("signer", "018f0000000070008000000000000000")], "không được giao ký"),
            (vec![("form", "copy_extract"), ("pages", "1")], "Trang cần trích không đúng"),
        ] {
            let mut browser = app.sign_in("drafter").await;
            let signer = app.person("chair").await.to_string();
            let mut fields: Vec<(&str, &str)> = more.clone();
            for (name, value) in [("signer", signer.as_str()), ("recipient", "Sở Nội vụ"), ("purpose", "Lưu")] {
                if !fields.iter().any(|(given, _)| *given == name) {
                    fields.push((name, value));
                }
            }
            let answer = browser.post(&format!("{page}/copies"), &fields).await;
            assert!(answer.status == 422 && answer.visible_text().contains(said), "{said}: {}", answer.visible_text());
        }
    }

    async fn what_was_recalled_or_replaced_is_not_copied_any_more(app) {
        let app = office(app).await;
        let page = issued(&app).await;
        let id = page.rsplit('/').next().unwrap().to_owned();
        let waiting = asked(&app, "drafter", &page, &[("form", "copy_true")]).await;
        assert_eq!(following::related(&app, "replaces", &id).await, 303);
        refused(&app, "drafter", &page, &[("form", "copy_true")], "đã được thay thế").await;
        let late = act(&app, "chair", &waiting, "approve", "").await;
        assert!(late.status == 409 && late.visible_text().contains("đã được thay thế"), "{}", late.visible_text());
        assert_eq!(act(&app, "drafter", &waiting, "cancel", "Đã thay thế").await.status, 303);
        assert_eq!(row(&app, &waiting).await.state, State::Cancelled);
        let mut clerk = app.sign_in("clerk").await;
        let recalled = clerk.post(&format!("{page}/acts"), &[("act", "recall"), ("note", "Sai")]).await;
        assert_eq!(recalled.status, 303, "{}", recalled.visible_text());
        refused(&app, "drafter", &page, &[("form", "copy_true")], "đã bị thu hồi").await;
    }

    async fn a_file_that_its_signer_locked_is_refused_with_the_way_out(app) {
        let app = office(app).await;
        let options = SignOptions { certify: Some(Permission::Nothing), ..SignOptions::default() };
        let page = registered(&app, &signed(&pdf(&["Công văn"]), &options)).await;
        refused(&app, "clerk", &page, &[("form", "copy_true"), ("looked", "on")], "Hãy in ra giấy").await;
    }

    async fn what_nobody_vouches_for_is_copied_by_who_says_that_they_looked(app) {
        let app = office(app).await;
        let page = registered(&app, &pdf(&["Công văn"])).await;
        refused(&app, "clerk", &page, &[("form", "copy_true")], "Chưa có ai xác minh").await;
        let copy = asked(&app, "clerk", &page, &[("form", "copy_true"), ("looked", "on")]).await;
        assert!(app.sign_in("chair").await.get(&copy).await.visible_text().contains("xác nhận đã xem, đối chiếu"));
        let bytes = finished(&app, &copy).await;
        judge(&app, &bytes, 1);
        assert!(words(&bytes).contains("Sao y; 01/SY-UBND"));
    }

    async fn a_broken_signature_is_never_copied(app) {
        let app = office(app).await;
        // The door keeps such a file out; here it broke afterwards, or the clerk scanned it.
        let file = altered(&signed(&pdf(&["Công văn"]), &SignOptions::default()));
        let signer = app.person("chair").await.to_string();
        let mut clerk = app.sign_in("clerk").await;
        let answer = clerk.upload("/copies/scans", "a.pdf", &file, &paper(&signer, &[("looked", "on")])).await;
        assert!(answer.status == 422 && answer.visible_text().contains("Chữ ký số trên văn bản bị hỏng"), "{}", answer.visible_text());
    }

    async fn a_clerk_may_say_that_what_came_in_is_a_copy(app) {
        let app = office(app).await;
        let page = registered(&app, &signed(&pdf(&["Bản sao y"]), &SignOptions::default())).await;
        let form = app.sign_in("clerk").await.get(&format!("{page}/copies")).await.text();
        assert!(form.contains("name=\"is_copy\""), "{form}");
        let is_copy = [("form", "copy_of_copy"), ("is_copy", "on")];
        refused(&app, "clerk", &page, &[("form", "copy_true"), ("is_copy", "on")], "sao lục làm từ bản sao y").await;
        let copy = asked(&app, "clerk", &page, &is_copy).await;
        let bytes = finished(&app, &copy).await;
        judge(&app, &bytes, 2);
        assert!(words(&bytes).contains("Sao lục; 01/SL-UBND"));
    }

    async fn a_paper_is_scanned_compared_and_warned_about(app) {
        let app = office(app).await;
        let signer = app.person("chair").await.to_string();
        let mut drafter = app.sign_in("drafter").await;
        assert_eq!(drafter.get("/copies/scans").await.status, 403);
        assert_eq!(drafter.upload("/copies/scans", "a.pdf", &pdf(&["Quyết định"]), &paper(&signer, &[])).await.status, 403);
        let mut clerk = app.sign_in("clerk").await;
        let unseen = clerk.upload("/copies/scans", "a.pdf", &pdf(&["Quyết định"]), &paper(&signer, &[])).await;
        assert!(unseen.status == 422 && unseen.text().contains("UBND quận Sơn Trà"), "what was typed comes back");
        let fields = paper(&signer, &[("looked", "on"), ("dated_on", "2026-11-24")]);
        let ahead = clerk.upload("/copies/scans", "a.pdf", &pdf(&["Quyết định"]), &fields).await;
        assert!(ahead.status == 422 && ahead.visible_text().contains("không sau hôm nay"), "{}", ahead.visible_text());
        let coarse = scan(100, [210.0, 148.0]);
        let answer = clerk.upload("/copies/scans", "quet.pdf", &coarse, &paper(&signer, &[("looked", "on")])).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        let shown = app.sign_in("chair").await.get(&answer.location()).await.visible_text();
        assert!(shown.contains("dưới 200 dpi") && shown.contains("không đúng khổ A4"), "{shown}");
        let fine = scan(200, [210.0, 297.0]);
        let answer = clerk.upload("/copies/scans", "quet.pdf", &fine, &paper(&signer, &[("looked", "on")])).await;
        let copy = answer.location();
        let shown = clerk.get(&copy).await.visible_text();
        assert!(!shown.contains("dưới 200 dpi") && !shown.contains("khổ A4"), "{shown}");
        let bytes = finished(&app, &copy).await;
        judge(&app, &bytes, 1);
        assert!(bytes.starts_with(&fine) && words(&bytes).contains("Sao y; 01/SY-UBND"));
    }
}
