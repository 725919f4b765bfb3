//! Authority to sign in somebody's place: within its days, its kinds, and the giver's word.

use ecabinet::signing::urls;

use super::{act, decision, draft_for, out_for_signature, sealed_office};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use crate::signing::PIN;

const FORM: &str = "/signing/delegations";

/// The clerk writes down that the chair lets the secretary sign decisions this week.
async fn recorded(app: &TestApp, changed: &[(&str, &str)]) -> Answer {
    let (giver, holder) = (app.person("chair").await.to_string(), app.person("secretary").await.to_string());
    let mut fields = vec![
        ("giver", giver.as_str()),
        ("holder", &holder),
        ("basis", "Quyết định 15/QĐ-UBND ngày 20/11/2026"),
        ("scope", "Chỉnh trang hẻm, ngõ"),
        ("kinds", "decision"),
        ("from", "2026-11-23"),
        ("until", "2026-11-27"),
    ];
    for (name, value) in changed {
        fields.retain(|(kept, _)| kept != name);
        fields.push((*name, *value));
    }
    app.sign_in("clerk").await.post(FORM, &fields).await
}

/// Where the one delegation is confirmed or ended.
async fn url_of(app: &TestApp, login: &str, part: &str) -> String {
    let page = app.sign_in(login).await.get(FORM).await.text();
    let found =
        page.split("action=\"").map(|rest| rest.split('"').next().unwrap()).find(|url| url.ends_with(part));
    found.unwrap_or_else(|| panic!("no {part} in {page}")).to_owned()
}

/// A draft that the secretary is to sign "TUQ.".
async fn drafted(app: &TestApp) -> String {
    let mut drafter = app.sign_in("drafter").await;
    draft_for(app, &mut drafter, &decision(app, "Nguyễn Văn secretary"), ("secretary", "tuq")).await
}

async fn brought_to_signer(app: &TestApp, page: &str) {
    assert_eq!(act(app, "drafter", page, "submit", "").await, 303);
    assert_eq!(act(app, "head", page, "approve_content", "").await, 303);
    assert_eq!(act(app, "clerk", page, "approve_format", "Mẫu thử, chấp nhận").await, 303);
}

on_both! {
    async fn what_is_signed_by_delegation_needs_one_that_its_giver_confirmed(app) {
        let app = sealed_office(app).await;
        let page = drafted(&app).await;
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 409);
        assert_eq!(recorded(&app, &[]).await.status, 303);
        assert!(app.sign_in("chair").await.get("/notices").await.visible_text().contains("Xin xác nhận ủy quyền ký"));
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 409, "its giver has not said so");
        let confirmation = url_of(&app, "chair", "/confirmation").await;
        for (login, status) in [("secretary", 409), ("drafter", 404), ("stranger", 404), ("chair", 303), ("chair", 409)] {
            assert_eq!(app.sign_in(login).await.post(&confirmation, &[]).await.status, status, "{login}");
        }
        brought_to_signer(&app, &page).await;
        let document = out_for_signature(&app, &page).await;
        let mut secretary = app.sign_in("secretary").await;
        let step = secretary.get(&urls::step(document, 1)).await.visible_text();
        assert!(step.contains("Ký thừa ủy quyền của Nguyễn Văn chair"), "{step}");
        assert_eq!(secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await.status, 303);
    }

    async fn a_delegation_that_ran_out_or_was_ended_signs_nothing_more(app) {
        let app = sealed_office(app).await;
        assert_eq!(recorded(&app, &[]).await.status, 303);
        let confirmation = url_of(&app, "chair", "/confirmation").await;
        assert_eq!(app.sign_in("chair").await.post(&confirmation, &[]).await.status, 303);
        let page = drafted(&app).await;
        brought_to_signer(&app, &page).await;
        let document = out_for_signature(&app, &page).await;
        // Past midnight of the last day.
        app.app.clock.advance(5 * 86_400);
        let mut secretary = app.sign_in("secretary").await;
        let late = secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert!(late.status == 409 && late.visible_text().contains("không còn hiệu lực"), "{}", late.visible_text());
        // The next one is ended by its giver before its time.
        let more = [("from", "2026-11-28"), ("until", "2026-12-31")];
        assert_eq!(recorded(&app, &more).await.status, 303);
        let confirmation = url_of(&app, "chair", "/confirmation").await;
        assert_eq!(app.sign_in("chair").await.post(&confirmation, &[]).await.status, 303);
        let second = drafted(&app).await;
        brought_to_signer(&app, &second).await;
        let document = out_for_signature(&app, &second).await;
        let end = url_of(&app, "chair", "/end").await;
        assert_eq!(app.sign_in("head").await.post(&end, &[]).await.status, 404);
        assert_eq!(app.sign_in("chair").await.post(&end, &[]).await.status, 303);
        let ended = secretary.post(&urls::signatures(document, 1), &[("pin", PIN)]).await;
        assert!(ended.status == 409 && ended.visible_text().contains("không còn hiệu lực"));
    }

    async fn a_delegation_has_a_paper_a_matter_days_and_two_people(app) {
        let app = sealed_office(app).await;
        let chair = app.person("chair").await.to_string();
        for (wrong, said) in [
            ([("basis", " ")], "Hãy ghi văn bản ủy quyền"),
            ([("scope", "")], "Hãy ghi văn bản ủy quyền"),
            ([("holder", chair.as_str())], "hai người khác nhau"),
            ([("until", "2026-11-22")], "Hãy chọn ngày"),
            ([("until", "2028-01-01")], "dài nhất một năm"),
            ([("from", "")], "Hãy chọn ngày"),
        ] {
            let answer = recorded(&app, &wrong).await;
            assert!(answer.status == 422 && answer.visible_text().contains(said), "{wrong:?}: {}", answer.visible_text());
        }
        let stranger = app.person("stranger").await.to_string();
        assert_eq!(recorded(&app, &[("holder", &stranger)]).await.status, 404);
        assert_eq!(app.sign_in("drafter").await.post(FORM, &[]).await.status, 404);
        // Only for reports: it does not cover a decision.
        assert_eq!(recorded(&app, &[("kinds", "report")]).await.status, 303);
        let confirmation = url_of(&app, "chair", "/confirmation").await;
        assert_eq!(app.sign_in("chair").await.post(&confirmation, &[]).await.status, 303);
        let page = drafted(&app).await;
        assert_eq!(act(&app, "drafter", &page, "submit", "").await, 409);
        // Whoever signs by it does not hand it on.
        let (secretary, head) = (app.person("secretary").await.to_string(), app.person("head").await.to_string());
        let on = recorded(&app, &[("giver", secretary.as_str()), ("holder", &head)]).await;
        assert!(on.status == 422 && on.visible_text().contains("không ủy quyền lại"), "{}", on.visible_text());
    }
}
