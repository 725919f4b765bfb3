//! The room itself: its screen, its code, its seats, and who came.

use ecabinet::meetings::rules::Attendance;
use ecabinet::meetings::rules::check_in_code::code;
use ecabinet::meetings::store::{self, Seat};

use crate::harness::TestApp;
use crate::harness::meeting::Meeting;
use crate::on_both;

async fn seats_in_the_room(app: &TestApp, labels: &[&str]) {
    let room = app.room.parse().unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    for (column_number, label) in (1..).zip(labels) {
        let seat = Seat { label: (*label).to_owned(), row_number: 1, column_number };
        assert!(store::insert_seat(&mut tx, room, &seat).await.unwrap());
        assert!(!store::insert_seat(&mut tx, room, &seat).await.unwrap(), "once");
    }
    tx.commit().await.unwrap();
}

async fn seat_of(app: &TestApp, meeting: &Meeting, login: &str) -> Option<String> {
    app.participant(meeting.id, login).await.unwrap().seat
}

/// The code on the screen at this moment.
async fn shown_code(app: &TestApp, meeting: &mut Meeting) -> String {
    let picture = meeting.secretary.get(&meeting.path("check-in-code")).await;
    assert_eq!((picture.status, picture.headers["content-type"].to_str().unwrap()), (200, "image/svg+xml"));
    let mut tx = app.app.db.read().await.unwrap();
    let secret = store::check_in_secret(&mut tx, meeting.id).await.unwrap().unwrap();
    code(&secret, meeting.id, app.app.clock.now()).unwrap()
}

on_both! {
    async fn whoever_reads_the_code_in_the_room_is_present(app) {
        let mut meeting = app.meeting().published().await;
        let code = shown_code(&app, &mut meeting).await;
        let mut delegate = app.sign_in("delegate1").await;
        let page = delegate.get(&meeting.path(&format!("arrival?code={code}"))).await;
        assert!(page.text().contains("data-sends-itself") && page.text().contains(&code));
        let came = delegate.post(&meeting.path("check-ins"), &[("code", &code)]).await;
        assert_eq!((came.status, came.location()), (303, meeting.page()));
        assert_eq!(app.participant(meeting.id, "delegate1").await.unwrap().attendance, Attendance::Present);
        let again = delegate.get(&meeting.path(&format!("arrival?code={code}"))).await;
        assert!(again.visible_text().contains("đã được ghi nhận có mặt"), "{}", again.visible_text());
    }

    async fn a_photograph_of_the_code_is_worth_nothing_after_two_minutes(app) {
        let mut meeting = app.meeting().published().await;
        let code = shown_code(&app, &mut meeting).await;
        let mut delegate = app.sign_in("delegate1").await;
        app.app.clock.advance(120);
        let late = delegate.post(&meeting.path("check-ins"), &[("code", &code)]).await;
        assert_eq!(late.status, 409);
        assert!(late.visible_text().contains("Mã điểm danh đã đổi"), "{}", late.visible_text());
        assert_eq!(app.participant(meeting.id, "delegate1").await.unwrap().attendance, Attendance::NotChecked);
    }

    async fn a_code_is_of_one_meeting_and_shown_to_those_who_run_it(app) {
        let mut meeting = app.meeting().published().await;
        let mut other = app.meeting().published().await;
        let code = shown_code(&app, &mut meeting).await;
        shown_code(&app, &mut other).await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.post(&other.path("check-ins"), &[("code", &code)]).await.status, 409);
        assert_eq!(delegate.get(&meeting.path("check-in-code")).await.status, 403);
        let mut uninvited = app.sign_in("clerk").await;
        assert_eq!(uninvited.post(&meeting.path("check-ins"), &[("code", &code)]).await.status, 404);
        assert_eq!(uninvited.get(&meeting.path("arrival?code=1")).await.status, 404);
    }

    async fn who_comes_after_the_start_is_late_and_counts(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate1", "not_checked").await;
        app.app.clock.advance(300);
        // The first time a person came stays; only who had not come is late.
        let guest = app.person("guest").await;
        meeting.act(&format!("attendance/{guest}"), &[("attendance", "present")]).await;
        let page = meeting.secretary.get(&meeting.path("attendance")).await.visible_text();
        assert!(page.contains("Đến muộn: 1") && page.contains("Có mặt: 5"), "{page}");
    }

    async fn the_list_is_searched_without_marks_and_saved_as_a_table(app) {
        let mut meeting = app.meeting().under_way().await;
        let delegate = app.person("delegate2").await;
        let reason = [("attendance", "absent_excused"), ("reason", "=1+1")];
        meeting.act(&format!("attendance/{delegate}"), &reason).await;
        let found = meeting.secretary.get(&meeting.path("attendance?q=DELEGATE3")).await.visible_text();
        assert!(found.contains("delegate3") && !found.contains("delegate4"), "{found}");
        let table = meeting.secretary.get(&meeting.path("attendance.csv")).await.text();
        assert!(table.contains("Vắng có lý do") && table.contains("'=1+1"), "{table}");
        let mut member = app.sign_in("delegate1").await;
        for page in ["attendance.csv", "seating", "hall"] {
            assert_eq!(member.get(&meeting.path(page)).await.status, 403, "{page}");
        }
    }

    async fn everyone_is_seated_in_order_and_nobody_on_another(app) {
        seats_in_the_room(&app, &["A1", "A2", "A3"]).await;
        let mut meeting = app.meeting().published().await;
        let delegate = app.person("delegate2").await;
        meeting.act(&format!("attendance/{delegate}/seat"), &[("seat", "A2")]).await;
        meeting.act("seating", &[]).await;
        assert_eq!(seat_of(&app, &meeting, "chair").await.as_deref(), Some("A1"));
        assert_eq!(seat_of(&app, &meeting, "secretary").await.as_deref(), Some("A3"));
        assert_eq!(seat_of(&app, &meeting, "delegate2").await.as_deref(), Some("A2"));
        let chair = app.person("chair").await;
        meeting.act(&format!("attendance/{chair}/seat"), &[("seat", "A2")]).await;
        assert_eq!(seat_of(&app, &meeting, "delegate2").await, None, "whoever sat there stands up");
        meeting.act(&format!("attendance/{chair}/seat"), &[("seat", "")]).await;
        assert_eq!(seat_of(&app, &meeting, "chair").await, None);
        let path = meeting.path(&format!("attendance/{chair}/seat"));
        assert_eq!(meeting.secretary.post(&path, &[("seat", "Z9")]).await.status, 404);
        let clerk = app.person("clerk").await;
        let path = meeting.path(&format!("attendance/{clerk}/seat"));
        assert_eq!(meeting.secretary.post(&path, &[("seat", "A1")]).await.status, 404);
    }

    async fn the_plan_says_the_state_in_words_and_in_shapes(app) {
        seats_in_the_room(&app, &["A1", "A2"]).await;
        let mut meeting = app.meeting().under_way().await;
        meeting.act("seating", &[]).await;
        let plan = meeting.secretary.get(&meeting.path("seating")).await.text();
        assert!(plan.contains("icons.svg#check") && plan.contains(", Có mặt"), "the chair is there");
        assert!(plan.contains("icons.svg#ring") && plan.contains(", Chưa điểm danh"), "the secretary is not");
    }

    async fn the_hall_shows_the_code_before_and_no_control_ever(app) {
        let mut meeting = app.meeting().published().await;
        let before = meeting.secretary.get(&meeting.path("hall")).await.text();
        assert!(before.contains("/check-in-code") && before.contains("0/6 có mặt"), "the code and the count");
        let main = before.split_once("<main").unwrap().1.split_once("</main>").unwrap().0;
        assert!(!main.contains("<form") && !main.contains("<button"), "{main}");
    }

    async fn the_hall_counts_the_ballots_of_a_running_vote_and_names_nobody(app) {
        let mut vote = app.open_vote("Thông qua kế hoạch?").await;
        app.sign_in("delegate1").await.post(&vote.path("ballots"), &[("choice", "approve")]).await;
        let hall = vote.meeting.path("hall");
        let running = vote.meeting.secretary.get(&hall).await.visible_text();
        assert!(running.contains("Đã nhận 1/6 phiếu") && running.contains("Thông qua kế hoạch?"), "{running}");
        assert!(!running.contains("delegate") && !running.contains("Tán thành"), "{running}");
        let path = vote.path("closure");
        vote.meeting.secretary.post(&path, &[]).await;
        let closed = vote.meeting.secretary.get(&hall).await.visible_text();
        assert!(closed.contains("Không thông qua") && closed.contains("Tán thành"), "{closed}");
        assert!(!closed.contains("delegate"), "{closed}");
    }

    async fn the_hall_says_that_the_meeting_rests_and_until_when(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.act("pause", &[]).await;
        let hall = meeting.path("hall");
        assert!(meeting.secretary.get(&hall).await.visible_text().contains("đang tạm nghỉ"));
        meeting.act("adjournment", &[("until", "2030-01-05T08:00")]).await;
        let page = meeting.secretary.get(&hall).await.visible_text();
        assert!(page.contains("họp lại lúc 08:00, 05/01/2030"), "{page}");
        let member = app.sign_in("delegate1").await.get(&meeting.page()).await.visible_text();
        assert!(member.contains("họp lại lúc 08:00, 05/01/2030"), "{member}");
    }

    async fn a_tap_on_a_stale_screen_does_not_lead_the_meeting_back(app) {
        let mut meeting = app.meeting().under_way().await;
        let (first, second) = (meeting.items[0].to_string(), meeting.items[1].to_string());
        let mut chair = app.sign_in("chair").await;
        meeting.act("current-item", &[("item", &second), ("seen", &first)]).await;
        let same = chair.post(&meeting.path("current-item"), &[("item", &second), ("seen", &first)]).await;
        assert_eq!(same.status, 303, "both wanted the same");
        let back = chair.post(&meeting.path("current-item"), &[("item", &first), ("seen", &first)]).await;
        assert_eq!(back.status, 409);
        assert!(back.visible_text().contains("Người khác vừa chuyển nội dung"), "{}", back.visible_text());
        let meant = chair.post(&meeting.path("current-item"), &[("item", &first), ("seen", &second)]).await;
        assert_eq!(meant.status, 303);
    }
}
