//! Other units' comments on a draft.

use ecabinet::outgoing::ConsultationId;
use ecabinet::outgoing::store::{self, Consultation};
use ecabinet::papers::VersionId;

use super::{act, decision, draft, sealed_office};
use crate::harness::pdf::pdf;
use crate::harness::{Answer, Browser, ECONOMY, TestApp};
use crate::on_both;

async fn asked(app: &TestApp, page: &str) -> Vec<Consultation> {
    let mut tx = app.app.db.read().await.unwrap();
    store::consultations_of(&mut tx, page.rsplit('/').next().unwrap().parse().unwrap()).await.unwrap()
}

/// The units of the office: the Office, then Economy.
async fn units(app: &TestApp) -> [String; 2] {
    let mut tx = app.app.db.read().await.unwrap();
    let units = ecabinet::identity::store::units(&mut tx, app.organisation).await.unwrap();
    let named = |is_economy: bool| {
        units.iter().find(|unit| (unit.name == ECONOMY) == is_economy).unwrap().id.to_string()
    };
    [named(false), named(true)]
}

/// A draft about which Economy was asked; its head speaks for it.
async fn consulted(app: &TestApp) -> (String, ConsultationId) {
    let mut secretary = app.sign_in("secretary").await;
    let page = draft(app, &mut secretary, &decision(app, "Nguyễn Văn chair")).await;
    let unit = units(app).await[1].clone();
    let fields = [("unit", unit.as_str()), ("due", "2026-11-27"), ("question", "Góp ý Điều 1")];
    let answer = secretary.post(&format!("{page}/consultations"), &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    let found = asked(app, &page).await;
    assert_eq!(found.len(), 1);
    (page, found[0].id)
}

/// Comments as a person does, on the page they have before them.
async fn say(app: &TestApp, login: &str, id: ConsultationId, (words, file): (&str, &[u8])) -> Answer {
    let mut browser = app.sign_in(login).await;
    let page = browser.get(&path(id, "")).await.text();
    let version = page.split("name=\"version\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let version = version.map_or_else(|| VersionId::new().to_string(), str::to_owned);
    said_of(&mut browser, id, &version, (words, file)).await
}

async fn said_of(
    browser: &mut Browser,
    id: ConsultationId,
    version: &str,
    (words, file): (&str, &[u8]),
) -> Answer {
    let name = if file.is_empty() { "" } else { "kem-theo.pdf" };
    let fields = [("comment", words), ("version", version)];
    browser.upload(&path(id, "/comment"), name, file, &fields).await
}

fn path(id: ConsultationId, part: &str) -> String {
    format!("/outgoing/consultations/{id}{part}")
}

on_both! {
    async fn a_unit_comments_and_the_drafter_answers_before_the_draft_goes_on(app) {
        let app = sealed_office(app).await;
        let (page, id) = consulted(&app).await;
        let mut head = app.sign_in("head").await;
        assert!(head.get("/").await.visible_text().contains("Góp ý dự thảo"));
        assert!(head.get("/notices").await.visible_text().contains("Xin ý kiến: Ban hành Kế hoạch"));
        let expert = app.person("expert").await.to_string();
        assert_eq!(app.sign_in("expert").await.get(&path(id, "")).await.status, 404, "nobody asked them");
        assert_eq!(head.post(&path(id, "/assignment"), &[("person", &expert)]).await.status, 303);
        let mut expert = app.sign_in("expert").await;
        let shown = expert.get(&path(id, "")).await;
        assert!(shown.visible_text().contains("Góp ý Điều 1") && shown.visible_text().contains("23:59, 27/11/2026"));
        let version = shown.text().split("/papers/").nth(1).unwrap().split(['?', '"']).next().unwrap().to_owned();
        assert_eq!(expert.get(&format!("/papers/{version}")).await.status, 200, "they read what they comment on");
        let file = pdf(&["Bảng kinh phí"]);
        let answer = say(&app, "expert", id, ("Bổ sung kinh phí tại Điều 1", &file)).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        assert_eq!(expert.get(&path(id, "/file")).await.status, 200);
        let mut drafter = app.sign_in("secretary").await;
        let shown = drafter.get(&page).await.visible_text();
        assert!(shown.contains("Bổ sung kinh phí tại Điều 1") && shown.contains("Nguyễn Văn expert"), "{shown}");
        let fields = [("act", "submit"), ("note", "")];
        let early = drafter.post(&format!("{page}/acts"), &fields).await;
        assert!(early.status == 409 && early.visible_text().contains("chưa được trả lời"), "{}", early.visible_text());
        assert_eq!(drafter.post(&path(id, "/reply"), &[("reply", " ")]).await.status, 422);
        assert_eq!(drafter.post(&path(id, "/reply"), &[("reply", "Đã bổ sung khoản 2")]).await.status, 303);
        assert_eq!(drafter.post(&path(id, "/reply"), &[("reply", "Lần hai")]).await.status, 409, "once");
        assert_eq!(drafter.post(&format!("{page}/acts"), &fields).await.status, 303);
        let told = expert.get(&path(id, "")).await.visible_text();
        assert!(told.contains("Đã giải trình") && told.contains("Đã bổ sung khoản 2"), "{told}");
    }

    async fn a_comment_stays_with_the_edition_it_was_made_on(app) {
        let app = sealed_office(app).await;
        let (page, id) = consulted(&app).await;
        let mut head = app.sign_in("head").await;
        let open = head.get(&path(id, "")).await.text();
        let seen = open.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        // A new file comes while the unit reads the old one.
        let mut drafter = app.sign_in("secretary").await;
        let file = decision(&app, "Nguyễn Văn chair");
        let revised = drafter.upload(&format!("{page}/editions"), "lan-2.pdf", &file, &[("seen", "1")]).await;
        assert_eq!(revised.status, 303, "{}", revised.visible_text());
        let foreign = said_of(&mut head, id, &VersionId::new().to_string(), ("Của tệp khác", b"")).await;
        assert_eq!(foreign.status, 404);
        let said = said_of(&mut head, id, &seen, ("Thiếu căn cứ", b"")).await;
        assert_eq!(said.status, 303, "{}", said.visible_text());
        let kept = asked(&app, &page).await.remove(0);
        assert_eq!((kept.commented_edition, kept.version_id.unwrap().to_string()), (Some(1), seen.clone()));
        let again = said_of(&mut head, id, &seen, ("Nói thêm", b"")).await;
        assert!(again.status == 409 && again.visible_text().contains("Đơn vị đã góp ý rồi"), "{}", again.visible_text());
        let unit = units(&app).await[1].clone();
        let fields = [("unit", unit.as_str()), ("due", "2026-11-30")];
        assert_eq!(drafter.post(&format!("{page}/consultations"), &fields).await.status, 303, "the new edition, anew");
        assert_eq!(asked(&app, &page).await.len(), 2);
        assert_eq!(drafter.post(&format!("{page}/consultations"), &fields).await.status, 303);
        assert_eq!(asked(&app, &page).await.len(), 2, "asked once about an edition");
    }

    async fn a_silent_unit_is_reminded_once_and_then_called_late(app) {
        let mut app = sealed_office(app).await;
        let (page, id) = consulted(&app).await;
        let told = async |app: &TestApp, login: &str, words: &str| {
            let text = app.sign_in(login).await.get("/notices").await.visible_text();
            text.matches(words).count()
        };
        for (time, soon, late) in [("2026-11-26T23:58", 0, 0), ("2026-11-27T00:01", 1, 0), ("2026-11-28T08:00", 1, 1)] {
            app.app.clock = ecabinet::clock::Clock::fixed(ecabinet::clock::Timestamp::from_input(time).unwrap());
            app.run_jobs().await;
            app.run_jobs().await;
            assert_eq!(told(&app, "head", "Sắp hết hạn góp ý (Phòng Kinh tế)").await, soon, "{time}");
            assert_eq!(told(&app, "head", "Quá hạn góp ý (Phòng Kinh tế)").await, late, "{time}");
        }
        assert_eq!(told(&app, "secretary", "Quá hạn góp ý (Phòng Kinh tế)").await, 1, "the drafter hears of it");
        assert!(app.sign_in("secretary").await.get(&page).await.visible_text().contains("Quá hạn, chưa góp ý"));
        assert_eq!(say(&app, "head", id, ("Thống nhất", b"")).await.status, 303);
        assert!(app.sign_in("secretary").await.get(&page).await.visible_text().contains("Góp ý sau hạn"));
    }

    async fn only_the_unit_that_was_asked_comments_and_only_the_drafter_asks(app) {
        let app = sealed_office(app).await;
        let (page, id) = consulted(&app).await;
        let [office, economy] = units(&app).await;
        for (login, status) in [("delegate1", 404), ("stranger", 404), ("drafter", 404), ("clerk", 403)] {
            assert_eq!(say(&app, login, id, ("Chen vào", b"")).await.status, status, "{login}");
        }
        let ask = format!("{page}/consultations");
        let mut drafter = app.sign_in("secretary").await;
        assert_eq!(app.sign_in("clerk").await.post(&ask, &[("unit", &office), ("due", "2026-11-27")]).await.status, 403);
        let mut tx = app.app.db.read().await.unwrap();
        let foreign = ecabinet::identity::store::units(&mut tx, app.other).await.unwrap()[0].id.to_string();
        drop(tx);
        for (unit, due, words) in [
            (foreign.as_str(), "2026-11-27", "ít nhất một đơn vị"),
            ("", "2026-11-27", "ít nhất một đơn vị"),
            (economy.as_str(), "2026-11-20", "Hạn góp ý"),
            (economy.as_str(), "thứ sáu", "Hạn góp ý"),
        ] {
            let refused = drafter.post(&ask, &[("unit", unit), ("due", due)]).await;
            assert!(refused.status == 422 && refused.visible_text().contains(words), "{unit} {due}");
        }
        assert_eq!(act(&app, "secretary", &page, "cancel", "Thôi").await, 303);
        let late = say(&app, "head", id, ("Muộn", b"")).await;
        assert_eq!(late.status, 409, "{}", late.visible_text());
    }
}
