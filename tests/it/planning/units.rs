//! Units that are asked to name people.

use crate::harness::meeting::{EVERYONE, Meeting};
use crate::harness::{Browser, TestApp};
use crate::on_both;

async fn unit_of(app: &TestApp, login: &str) -> String {
    let person = app.person(login).await;
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::meetings::store::unit_of(&mut tx, person).await.unwrap().to_string()
}

/// Asks the unit of economy for two guests, by this evening.
async fn ask(app: &TestApp, meeting: &mut Meeting) -> String {
    let unit = unit_of(app, "head").await;
    let form = [
        ("unit", &*unit),
        ("places", "2"),
        ("role", "guest"),
        ("due_at", "2026-11-23T17:00"),
        ("note", "Người nắm số liệu đầu tư công"),
    ];
    meeting.act("unit-invitations", &form).await;
    meeting.path(&format!("unit-invitations/{unit}/people"))
}

async fn name(app: &TestApp, browser: &mut Browser, path: &str, people: &[&str]) -> u16 {
    let mut fields = Vec::new();
    for login in people {
        fields.push(("person".to_owned(), app.person(login).await.to_string()));
    }
    browser.post(path, &crate::harness::meeting::as_fields(&fields)).await.status
}

on_both! {
    async fn the_units_administrator_names_people_and_they_are_invited(app) {
        let mut meeting = app.meeting().published().await;
        let path = ask(&app, &mut meeting).await;
        let mut head = app.sign_in("head").await;
        assert!(head.get("/notices").await.visible_text().contains("Đề nghị đơn vị cử người dự: Họp thường kỳ"));
        assert!(head.get("/").await.visible_text().contains("Cử người dự: Họp thường kỳ"));
        let page = head.get("/unit").await.visible_text();
        assert!(page.contains("Cử 2 người, trước 17:00, 23/11/2026"), "{page}");
        assert!(page.contains("Người nắm số liệu đầu tư công"), "{page}");
        assert_eq!(head.get(&meeting.page()).await.status, 404, "asked is not invited");
        assert_eq!(name(&app, &mut head, &path, &["drafter"]).await, 303);
        let named = app.participant(meeting.id, "drafter").await.unwrap();
        assert!(!named.member);
        assert!(app.sign_in("drafter").await.get("/notices").await.visible_text().contains("Giấy mời: Họp thường kỳ"));
        let answers = meeting.path("answers");
        let page = meeting.secretary.get(&answers).await.visible_text();
        assert!(page.contains("Đã cử người") && page.contains("Nguyễn Văn drafter"), "{page}");
        // A second list replaces the first.
        assert_eq!(name(&app, &mut head, &path, &["expert", "head"]).await, 303);
        assert!(app.participant(meeting.id, "drafter").await.is_none());
        assert!(app.participant(meeting.id, "expert").await.is_some());
        assert!(app.sign_in("drafter").await.get("/notices").await.visible_text().contains("không còn trong thành phần mời"));
    }

    async fn only_its_own_administrator_names_people_of_the_unit_and_no_more_than_asked(app) {
        let mut meeting = app.meeting().published().await;
        let path = ask(&app, &mut meeting).await;
        let mut head = app.sign_in("head").await;
        assert_eq!(name(&app, &mut app.sign_in("drafter").await, &path, &["expert"]).await, 404);
        assert_eq!(name(&app, &mut meeting.secretary, &path, &["expert"]).await, 404);
        assert_eq!(name(&app, &mut head, &path, &["clerk"]).await, 404, "of another unit");
        assert_eq!(name(&app, &mut head, &path, &[]).await, 422);
        assert_eq!(name(&app, &mut head, &path, &["head", "drafter", "expert"]).await, 422);
        let mut list = EVERYONE.to_vec();
        list.push(("expert", "delegate"));
        meeting.invite(&app, &list).await;
        assert_eq!(name(&app, &mut head, &path, &["expert"]).await, 404, "invited anyway");
        assert!(!head.get("/unit").await.visible_text().contains("Nguyễn Văn expert"));
        let other = meeting.path(&format!("unit-invitations/{}/people", unit_of(&app, "clerk").await));
        assert_eq!(name(&app, &mut head, &other, &["expert"]).await, 404, "that unit was not asked");
    }

    async fn names_are_taken_until_they_are_due(app) {
        let mut meeting = app.meeting().published().await;
        let path = ask(&app, &mut meeting).await;
        app.app.clock.advance(6 * 3600);
        let mut head = app.sign_in("head").await;
        assert_eq!(name(&app, &mut head, &path, &["expert"]).await, 409);
        assert!(head.get("/unit").await.visible_text().contains("Đã hết hạn cử người"));
        let answers = meeting.path("answers");
        assert!(meeting.secretary.get(&answers).await.visible_text().contains("Quá hạn cử người"));
    }

    async fn a_unit_asked_in_a_draft_hears_of_it_when_the_meeting_is_announced(app) {
        let mut meeting = app.meeting().draft().await;
        let path = ask(&app, &mut meeting).await;
        let mut head = app.sign_in("head").await;
        assert!(!head.get("/notices").await.visible_text().contains("Đề nghị đơn vị"));
        assert_eq!(name(&app, &mut head, &path, &["expert"]).await, 404);
        meeting.act("publication", &[]).await;
        assert!(head.get("/notices").await.visible_text().contains("Đề nghị đơn vị"));
        assert_eq!(name(&app, &mut head, &path, &["expert"]).await, 303);
    }

    async fn what_a_unit_cannot_be_asked_is_refused(app) {
        let mut meeting = app.meeting().published().await;
        let unit = unit_of(&app, "head").await;
        let path = meeting.path("unit-invitations");
        for (places, role, due) in [
            ("0", "guest", "2026-11-23T17:00"), ("101", "guest", "2026-11-23T17:00"),
            ("1", "chair", "2026-11-23T17:00"), ("1", "guest", "2026-11-23T11:00"),
            ("1", "guest", "2026-11-24T09:00"), ("1", "guest", "mai"),
        ] {
            let form = [("unit", &*unit), ("places", places), ("role", role), ("due_at", due)];
            assert_eq!(meeting.secretary.post(&path, &form).await.status, 422, "{places} {role} {due}");
        }
        let foreign = unit_of(&app, "stranger").await;
        let form = [("unit", &*foreign), ("places", "1"), ("role", "guest"), ("due_at", "2026-11-23T17:00")];
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 404);
        assert_eq!(app.sign_in("delegate1").await.post(&path, &form).await.status, 403);
        ask(&app, &mut meeting).await;
        let removal = format!("unit-invitations/{unit}/removal");
        meeting.act(&removal, &[]).await;
        let path = meeting.path(&removal);
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 404);
    }
}
