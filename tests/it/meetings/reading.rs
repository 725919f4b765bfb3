//! Who may see what of a meeting.

use super::add_paper;
use crate::harness::meeting::Meeting;
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// Status of a page for each of these people.
async fn statuses(app: &TestApp, people: &[&str], path: &str) -> Vec<(String, u16)> {
    let mut found = Vec::new();
    for login in people {
        found.push(((*login).to_owned(), app.sign_in(login).await.get(path).await.status));
    }
    found
}

fn all_are(found: &[(String, u16)], status: u16) {
    assert!(found.iter().all(|(_, found)| *found == status), "{found:?}");
}

async fn preview(meeting: &mut Meeting, app: &TestApp, login: &str) -> String {
    let path = meeting.path(&format!("preview?person={}", app.person(login).await));
    let page = meeting.secretary.get(&path).await;
    assert_eq!(page.status, 200);
    page.visible_text()
}

/// The page of a participant without the parts that only an own page has.
async fn agenda_of(browser: &mut Browser, meeting: &Meeting) -> String {
    let page = browser.get(&meeting.page()).await.visible_text();
    agenda_part(&page)
}

fn agenda_part(page: &str) -> String {
    page.split_once("Chương trình").expect("an agenda").1.trim().to_owned()
}

on_both! {
    async fn a_draft_is_not_there_for_those_it_will_invite(app) {
        let mut meeting = app.meeting().draft().await;
        let paper = add_paper(&app, &mut meeting, "Tờ trình").await;
        let invited = ["delegate1", "guest"];
        all_are(&statuses(&app, &invited, &meeting.page()).await, 404);
        all_are(&statuses(&app, &invited, &meeting.path("events")).await, 404);
        all_are(&statuses(&app, &invited, &paper.page()).await, 404);
        for login in invited {
            let list = app.sign_in(login).await.get("/meetings").await.visible_text();
            assert!(!list.contains("Họp thường kỳ"), "{login}: {list}");
        }
        all_are(&statuses(&app, &["chair", "secretary"], &paper.page()).await, 200);
    }

    async fn whoever_is_not_invited_finds_no_meeting(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Tờ trình").await;
        let others = ["clerk", "admin", "stranger"];
        all_are(&statuses(&app, &others, &meeting.page()).await, 404);
        all_are(&statuses(&app, &others, &paper.page()).await, 404);
        all_are(&statuses(&app, &others, &format!("{}/file", paper.page())).await, 404);
    }

    async fn guests_read_only_what_is_opened_to_guests(app) {
        let mut meeting = app.meeting().published().await;
        let closed = add_paper(&app, &mut meeting, "Cho thành viên").await;
        let open = add_paper(&app, &mut meeting, "Cho mọi người").await;
        let rule = format!("items/{}/papers/{}", meeting.items[0], open.id);
        meeting.act(&rule, &[("guests", "on"), ("download", "on")]).await;
        all_are(&statuses(&app, &["guest"], &closed.page()).await, 404);
        all_are(&statuses(&app, &["guest"], &open.page()).await, 200);
        all_are(&statuses(&app, &["delegate1", "chair"], &closed.page()).await, 200);
        let agenda = agenda_of(&mut app.sign_in("guest").await, &meeting).await;
        assert!(agenda.contains("Cho mọi người") && !agenda.contains("Cho thành viên"), "{agenda}");
    }

    async fn a_rule_for_one_person_is_stronger_than_the_role(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Hồ sơ nhân sự").await;
        let form = format!("papers/{}/exceptions", paper.id);
        let (delegate, guest) =
            (app.person("delegate1").await.to_string(), app.person("guest").await.to_string());
        meeting.act(&form, &[("person", &delegate)]).await;
        meeting.act(&form, &[("person", &guest), ("read", "on")]).await;
        all_are(&statuses(&app, &["delegate1"], &paper.page()).await, 404);
        all_are(&statuses(&app, &["guest", "delegate2"], &paper.page()).await, 200);
        let copy = format!("{}/copy", paper.page());
        all_are(&statuses(&app, &["delegate2"], &copy).await, 200);
        assert_ne!(app.sign_in("guest").await.get(&copy).await.status, 200, "read, not taken away");
        let original = format!("{}/file", paper.page());
        all_are(&statuses(&app, &["chair", "secretary"], &original).await, 200);
        all_are(&statuses(&app, &["delegate2", "guest"], &original).await, 404);
    }

    async fn a_paper_taken_off_the_agenda_is_read_no_more(app) {
        let mut meeting = app.meeting().published().await;
        let removed = add_paper(&app, &mut meeting, "Bỏ tài liệu").await;
        meeting.act(&format!("items/{}/papers/{}/removal", meeting.items[0], removed.id), &[]).await;
        all_are(&statuses(&app, &["delegate1"], &removed.page()).await, 404);
        let with_item = add_paper(&app, &mut meeting, "Bỏ cả nội dung").await;
        meeting.act(&format!("items/{}/removal", meeting.items[0]), &[]).await;
        all_are(&statuses(&app, &["delegate1"], &with_item.page()).await, 404);
    }

    async fn whoever_is_no_longer_invited_reads_no_more(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Tờ trình").await;
        let people = [("chair", "chair"), ("secretary", "secretary"), ("delegate2", "delegate")];
        meeting.invite(&app, &people).await;
        all_are(&statuses(&app, &["delegate1"], &paper.page()).await, 404);
        all_are(&statuses(&app, &["delegate1"], &meeting.page()).await, 404);
        all_are(&statuses(&app, &["delegate2"], &paper.page()).await, 200);
    }

    async fn a_new_version_is_told_to_those_who_may_read_it(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Hồ sơ nhân sự").await;
        let path = meeting.path(&format!("papers/{}/versions", paper.id));
        let file = crate::harness::pdf::pdf(&["Bản hai"]);
        assert_eq!(meeting.secretary.upload(&path, "ban-hai.pdf", &file, &[]).await.status, 303);
        let told = app.sign_in("delegate1").await.get("/notices").await.visible_text();
        assert!(told.contains("Tài liệu đã thay đổi: Hồ sơ nhân sự"), "{told}");
        let guest = app.sign_in("guest").await.get("/notices").await.visible_text();
        assert!(!guest.contains("Hồ sơ nhân sự"), "{guest}");
        app.run_jobs().await;
        let agenda = agenda_of(&mut app.sign_in("delegate1").await, &meeting).await;
        assert!(agenda.contains("1 trang, bản 2"), "{agenda}");
    }

    async fn the_preview_shows_exactly_what_its_person_will_see(app) {
        let mut meeting = app.meeting().draft().await;
        let open = add_paper(&app, &mut meeting, "Cho mọi người").await;
        let closed = add_paper(&app, &mut meeting, "Cho thành viên").await;
        meeting.act(&format!("items/{}/papers/{}", meeting.items[0], open.id), &[("guests", "on")]).await;
        let delegate = app.person("delegate1").await.to_string();
        meeting.act(&format!("papers/{}/exceptions", closed.id), &[("person", &delegate)]).await;
        let mut before = Vec::new();
        for login in ["delegate1", "delegate2", "guest"] {
            before.push((login, preview(&mut meeting, &app, login).await));
        }
        meeting.act("publication", &[]).await;
        for (login, before) in before {
            assert!(before.contains("Đang xem như"), "{before}");
            assert_eq!(agenda_part(&before), agenda_of(&mut app.sign_in(login).await, &meeting).await, "{login}");
        }
    }

    async fn a_delegate_does_no_organisers_act(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Tờ trình").await;
        let item = meeting.items[0];
        let delegate2 = app.person("delegate2").await;
        let mut delegate = app.sign_in("delegate1").await;
        let basics = app.basics("Tôi đổi tên");
        let item_text = item.to_string();
        let clerk = app.person("clerk").await.to_string();
        let delegate2_text = delegate2.to_string();
        let forms: Vec<(String, Vec<(&str, &str)>)> = vec![
            ("preparation".into(), [basics.as_slice(), &[("version", "1")]].concat()),
            ("participants".into(), vec![]),
            ("items".into(), vec![("title", "Thêm")]),
            (format!("items/{item}"), vec![("title", "Đổi")]),
            (format!("items/{item}/removal"), vec![]),
            ("agenda-order".into(), vec![("order", "")]),
            ("publication".into(), vec![]),
            ("cancellation".into(), vec![]),
            ("copies".into(), vec![("starts_at", "2026-12-24T08:00")]),
            (format!("items/{item}/papers/{}", paper.id), vec![]),
            (format!("items/{item}/papers/{}/removal", paper.id), vec![]),
            (format!("papers/{}/exceptions", paper.id), vec![("person", &delegate2_text), ("read", "on")]),
            (format!("attendance/{delegate2}"), vec![("attendance", "absent")]),
            (format!("attendance/{delegate2}/substitute"), vec![("substitute", &clerk)]),
            ("opening".into(), vec![]),
            ("current-item".into(), vec![("item", &item_text)]),
            ("closing".into(), vec![]),
            ("votes".into(), vec![("item", &item_text), ("question", "Hỏi?")]),
        ];
        for (form, fields) in forms {
            let answer = delegate.post(&meeting.path(&form), &fields).await;
            assert_eq!(answer.status, 403, "{form}: {}", answer.visible_text());
        }
        for page in ["preparation", "cockpit", "attendance", "copy", &format!("preview?person={delegate2}")] {
            assert_eq!(delegate.get(&meeting.path(page)).await.status, 403, "{page}");
        }
        for path in ["papers".to_owned(), format!("papers/{}/versions", paper.id)] {
            let file = crate::harness::pdf::pdf(&["Của tôi"]);
            assert_eq!(delegate.upload(&meeting.path(&path), "a.pdf", &file, &[]).await.status, 403, "{path}");
        }
    }
}
