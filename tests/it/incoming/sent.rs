//! From one organisation of the installation to another, and back.

use ecabinet::incoming::IncomingId;
use ecabinet::incoming::rules::{Origin, State};
use ecabinet::incoming::store::{self, Document};

use crate::harness::{Browser, TestApp};
use crate::on_both;
use crate::outgoing::{issued, sealed_office};

/// The document at the neighbour's door, and the neighbour's clerk.
pub async fn taken(app: &TestApp) -> (Browser, IncomingId) {
    let mut neighbour = app.sign_in("stranger").await;
    let desk = neighbour.get("/incoming").await.text();
    let path = desk.split("action=\"").find(|rest| rest.starts_with("/incoming/dispatches/")).unwrap();
    let path = path.split('"').next().unwrap().to_owned();
    let answer = neighbour.post(&path, &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
    let again = neighbour.post(&path, &[]).await;
    assert_eq!(again.location(), answer.location(), "taken twice, it is there once");
    (neighbour, answer.location().strip_prefix("/incoming/").unwrap().parse().unwrap())
}

pub async fn theirs(app: &TestApp, id: IncomingId) -> Document {
    let mut tx = app.app.db.read().await.unwrap();
    store::document(&mut tx, app.other, id).await.unwrap().unwrap()
}

on_both! {
    async fn what_is_sent_arrives_judged_and_its_sender_reads_that_it_was_accepted(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let (mut neighbour, id) = taken(&app).await;
        let document = theirs(&app, id).await;
        assert_eq!((document.origin, document.state), (Origin::Dispatch, State::Verified));
        assert_eq!(document.symbol, "01/QĐ-UBND");
        let bytes = app.sign_in("delegate1").await.get(&format!("{page}/file")).await.body;
        let stored = app.app.storage.read(document.sha256).await.unwrap();
        assert_eq!(stored.as_ref(), bytes.as_slice(), "the very bytes that were issued");
        let version = document.version.to_string();
        let fields = [
            ("symbol", document.symbol.as_str()), ("dated_on", "2026-11-23"), ("sender", &document.sender),
            ("subject", &document.subject), ("version", &version),
        ];
        let answer = neighbour.post(&format!("/incoming/{id}/registration"), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.visible_text());
        assert_eq!(theirs(&app, id).await.arrival_number, Some(1), "each organisation numbers for itself");
        let notices = app.sign_in("drafter").await.get("/notices").await.visible_text();
        assert!(notices.contains("UBND phường Sơn Trà đã tiếp nhận"), "{notices}");
        assert_eq!(app.sign_in("clerk").await.get(&format!("/incoming/{id}")).await.status, 404, "not the sender's");
    }

    async fn a_refusal_at_the_door_goes_back_to_the_sender_with_its_reason(app) {
        let app = sealed_office(app).await;
        issued(&app).await;
        let (mut neighbour, id) = taken(&app).await;
        let version = theirs(&app, id).await.version.to_string();
        let fields = [("reason", "Không thuộc thẩm quyền"), ("version", version.as_str())];
        assert_eq!(neighbour.post(&format!("/incoming/{id}/return"), &fields).await.status, 303);
        assert_eq!(theirs(&app, id).await.state, State::Refused);
        let notices = app.sign_in("drafter").await.get("/notices").await.visible_text();
        assert!(notices.contains("từ chối tiếp nhận: Không thuộc thẩm quyền"), "{notices}");
    }

    async fn what_is_sent_back_after_it_was_registered_is_told_to_its_sender_too(app) {
        let app = sealed_office(app).await;
        let page = issued(&app).await;
        let (mut neighbour, id) = taken(&app).await;
        let Document { symbol, sender, subject, version, .. } = theirs(&app, id).await;
        let version = version.to_string();
        let fields = [
            ("symbol", symbol.as_str()), ("dated_on", "2026-11-23"), ("sender", &sender), ("subject", &subject),
            ("version", &version),
        ];
        assert_eq!(neighbour.post(&format!("/incoming/{id}/registration"), &fields).await.status, 303);
        let version = theirs(&app, id).await.version.to_string();
        let back = [("reason", "Sai thẩm quyền"), ("version", version.as_str())];
        assert_eq!(neighbour.post(&format!("/incoming/{id}/return"), &back).await.status, 303);
        assert_eq!((theirs(&app, id).await.state, theirs(&app, id).await.arrival_number), (State::Returned, Some(1)));
        let shown = app.sign_in("drafter").await.get(&page).await.visible_text();
        assert!(shown.contains("Từ chối tiếp nhận") && shown.contains("Sai thẩm quyền"), "{shown}");
    }
}
