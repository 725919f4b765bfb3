//! Who asks for the floor, who gets it, and for how long.

use ecabinet::speaking::RequestId;
use ecabinet::speaking::rules::SpeechState;
use ecabinet::speaking::store::{self, Request};
use futures_util::future::join_all;

use crate::harness::meeting::Meeting;
use crate::harness::{Answer, Browser, TestApp};
use crate::on_both;

async fn ask(browser: &mut Browser, meeting: &Meeting, fields: &[(&str, &str)]) -> Answer {
    browser.post(&meeting.path("speech-requests"), fields).await
}

/// Each asks in turn; their requests in the order they are called.
async fn queue_of(app: &TestApp, meeting: &Meeting, logins: &[&str]) -> Vec<Request> {
    for login in logins {
        let asked = ask(&mut app.sign_in(login).await, meeting, &[]).await;
        assert_eq!((asked.status, asked.location()), (303, meeting.page()), "{}", asked.visible_text());
    }
    queue(app, meeting).await
}

async fn queue(app: &TestApp, meeting: &Meeting) -> Vec<Request> {
    let mut tx = app.app.db.read().await.unwrap();
    store::queue(&mut tx, meeting.items[0], 100).await.unwrap()
}

async fn names(app: &TestApp, meeting: &Meeting) -> Vec<String> {
    let logins = ["chair", "delegate1", "delegate2", "delegate3", "guest"];
    let mut known = Vec::new();
    for login in logins {
        known.push((app.person(login).await, login));
    }
    let name =
        |request: &Request| known.iter().find(|(id, _)| *id == request.person_id).unwrap().1.to_owned();
    queue(app, meeting).await.iter().map(name).collect()
}

async fn request(app: &TestApp, id: RequestId) -> Request {
    let mut tx = app.app.db.read().await.unwrap();
    store::request(&mut tx, id).await.unwrap().unwrap()
}

fn path(id: RequestId, act: &str) -> String {
    ecabinet::speaking::urls::act(id, act)
}

async fn act(browser: &mut Browser, id: RequestId, act: &str) -> Answer {
    browser.post(&path(id, act), &[]).await
}

on_both! {
    async fn a_member_asks_with_one_tap_and_sees_the_place(app) {
        let meeting = app.meeting().under_way().await;
        queue_of(&app, &meeting, &["delegate1", "delegate2"]).await;
        let mut delegate = app.sign_in("delegate2").await;
        let page = delegate.get(&meeting.page()).await.visible_text();
        assert!(page.contains("Bạn đứng thứ 2 trong danh sách phát biểu"), "{page}");
        let first = app.sign_in("delegate1").await.get(&meeting.page()).await.visible_text();
        assert!(first.contains("Bạn là người kế tiếp"), "{first}");
        let again = ask(&mut delegate, &meeting, &[]).await;
        assert_eq!(again.status, 409);
        assert!(again.visible_text().contains("Bạn đã đăng ký"), "{}", again.visible_text());
    }

    async fn a_request_taken_back_makes_room_and_may_be_made_again(app) {
        let meeting = app.meeting().under_way().await;
        let requests = queue_of(&app, &meeting, &["delegate1", "delegate2"]).await;
        let mut delegate = app.sign_in("delegate1").await;
        let mut other = app.sign_in("delegate2").await;
        assert_eq!(act(&mut other, requests[0].id, "withdrawal").await.status, 404, "not one's own");
        assert_eq!(act(&mut delegate, requests[0].id, "withdrawal").await.status, 303);
        assert_eq!(act(&mut delegate, requests[0].id, "withdrawal").await.status, 409);
        assert_eq!(names(&app, &meeting).await, ["delegate2"]);
        assert_eq!(ask(&mut delegate, &meeting, &[]).await.status, 303);
        assert_eq!(names(&app, &meeting).await, ["delegate2", "delegate1"]);
    }

    async fn a_guest_may_ask_to_speak_and_nothing_else(app) {
        let mut meeting = app.meeting().under_way().await;
        let mut guest = app.sign_in("guest").await;
        assert_eq!(ask(&mut guest, &meeting, &[]).await.status, 303);
        let chair = app.person("chair").await.to_string();
        let forms = [vec![("speech", "point_of_order")], vec![("speech", "questioning"), ("addressee", &*chair)]];
        for form in forms {
            let refused = ask(&mut guest, &meeting, &form).await;
            assert_eq!(refused.status, 403);
            assert!(refused.visible_text().contains("Chỉ thành viên"), "{}", refused.visible_text());
        }
        meeting.note(&app, "guest", "present").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        assert_eq!(guest.post(&vote.path("ballots"), &[("choice", "approve")]).await.status, 403);
    }

    async fn a_point_of_order_goes_before_all_others(app) {
        let meeting = app.meeting().under_way().await;
        queue_of(&app, &meeting, &["delegate1", "delegate2"]).await;
        let mut delegate = app.sign_in("delegate3").await;
        assert_eq!(ask(&mut delegate, &meeting, &[("speech", "point_of_order")]).await.status, 303);
        assert_eq!(names(&app, &meeting).await, ["delegate3", "delegate1", "delegate2"]);
        let own_page = app.sign_in("delegate1").await.get(&meeting.page()).await.visible_text();
        assert!(own_page.contains("Bạn đứng thứ 2"), "{own_page}");
    }

    async fn the_chair_runs_the_floor_and_the_time_is_the_servers(app) {
        let meeting = app.meeting().under_way().await;
        let first = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(act(&mut chair, first, "call").await.status, 303);
        app.app.clock.advance(100);
        assert_eq!(act(&mut chair, first, "pause").await.status, 303);
        app.app.clock.advance(500);
        assert_eq!(act(&mut chair, first, "extra-minute").await.status, 303);
        assert_eq!(act(&mut chair, first, "resumption").await.status, 303);
        app.app.clock.advance(20);
        let page = chair.get(&meeting.path("cockpit")).await.visible_text();
        assert!(page.contains("4:00"), "300 + 60 - 120 seconds are left: {page}");
        assert_eq!(act(&mut chair, first, "ending").await.status, 303);
        let done = request(&app, first).await;
        assert_eq!((done.state, done.spoken), (SpeechState::Finished, 120_000_000));
        let history = chair.get(&meeting.path("speakers")).await.visible_text();
        assert!(history.contains("2:00") && history.contains("Đã phát biểu"), "{history}");
    }

    async fn a_clock_that_jumps_back_takes_no_time_away(app) {
        let meeting = app.meeting().under_way().await;
        let first = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        act(&mut chair, first, "call").await;
        app.app.clock.advance(-3600);
        let page = chair.get(&meeting.path("cockpit")).await;
        assert!(page.visible_text().contains("5:00"), "{}", page.visible_text());
        assert_eq!(act(&mut chair, first, "ending").await.status, 303);
        assert_eq!(request(&app, first).await.spoken, 0);
    }

    async fn one_has_the_floor_and_a_second_device_is_told(app) {
        let meeting = app.meeting().under_way().await;
        let requests = queue_of(&app, &meeting, &["delegate1", "delegate2"]).await;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(act(&mut chair, requests[0].id, "call").await.status, 303);
        let taken = act(&mut chair, requests[1].id, "call").await;
        assert_eq!(taken.status, 409);
        assert!(taken.visible_text().contains("Đang có người phát biểu"), "{}", taken.visible_text());
        let stale = act(&mut chair, requests[0].id, "call").await;
        assert_eq!(stale.status, 409);
        assert!(stale.visible_text().contains("trên thiết bị khác"), "{}", stale.visible_text());
    }

    async fn of_two_devices_that_call_at_once_one_wins(app) {
        let meeting = app.meeting().under_way().await;
        let requests = queue_of(&app, &meeting, &["delegate1", "delegate2", "delegate3"]).await;
        let devices = ["chair", "secretary", "chair", "secretary"];
        let mut calls = Vec::new();
        for (device, request) in devices.into_iter().zip(requests.iter().cycle()) {
            let (mut browser, id) = (app.sign_in(device).await, request.id);
            calls.push(async move { act(&mut browser, id, "call").await.status });
        }
        let mut answers = join_all(calls).await;
        answers.sort_unstable();
        assert_eq!(answers, [303, 409, 409, 409]);
        let mut tx = app.app.db.read().await.unwrap();
        assert!(store::floor(&mut tx, meeting.id).await.unwrap().is_some());
    }

    async fn the_chair_reorders_passes_over_and_puts_back(app) {
        let meeting = app.meeting().under_way().await;
        let requests = queue_of(&app, &meeting, &["delegate1", "delegate2", "delegate3"]).await;
        let mut chair = app.sign_in("chair").await;
        for (index, to, expected) in [
            (2, "up", ["delegate1", "delegate3", "delegate2"]),
            (1, "first", ["delegate2", "delegate1", "delegate3"]),
            (1, "down", ["delegate1", "delegate2", "delegate3"]),
        ] {
            assert_eq!(chair.post(&path(requests[index].id, "place"), &[("to", to)]).await.status, 303);
            assert_eq!(names(&app, &meeting).await, expected, "{to}");
        }
        assert_eq!(act(&mut chair, requests[0].id, "pass").await.status, 303);
        assert_eq!(names(&app, &meeting).await, ["delegate2", "delegate3"]);
        assert_eq!(act(&mut chair, requests[0].id, "return").await.status, 303);
        assert_eq!(names(&app, &meeting).await, ["delegate2", "delegate3", "delegate1"]);
    }

    async fn nobody_put_back_stands_twice_in_the_queue(app) {
        let meeting = app.meeting().under_way().await;
        let first = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        act(&mut chair, first, "pass").await;
        queue_of(&app, &meeting, &["delegate1"]).await;
        assert_eq!(act(&mut chair, first, "return").await.status, 409);
        assert_eq!(queue(&app, &meeting).await.len(), 1);
    }

    async fn a_member_cannot_do_what_the_chair_does(app) {
        let meeting = app.meeting().under_way().await;
        let first = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut delegate = app.sign_in("delegate1").await;
        for what in ["call", "pause", "resumption", "ending", "pass", "return", "extra-minute"] {
            assert_eq!(act(&mut delegate, first, what).await.status, 403, "{what}");
        }
        let place = delegate.post(&path(first, "place"), &[("to", "first")]).await;
        assert_eq!(place.status, 403);
        assert_eq!(delegate.get(&meeting.path("speakers.csv")).await.status, 403);
        let for_another = app.person("delegate2").await.to_string();
        assert_eq!(ask(&mut delegate, &meeting, &[("person", &for_another)]).await.status, 403);
    }

    async fn the_secretary_writes_a_name_down_and_the_record_says_who_did(app) {
        let mut meeting = app.meeting().under_way().await;
        let person = app.person("delegate3").await.to_string();
        meeting.act("speech-requests", &[("person", &person), ("topic", "Giơ tay")]).await;
        assert_eq!(names(&app, &meeting).await, ["delegate3"]);
        let mut tx = app.app.db.read().await.unwrap();
        let (by,) = ecabinet::sql!(tx => fetch_one
            "SELECT entered_by FROM speech_request" as (Option<ecabinet::identity::PersonId>,)).unwrap();
        assert_eq!(by, Some(app.person("secretary").await));
    }

    async fn a_rest_stops_the_clock_and_the_next_item_takes_the_floor_back(app) {
        let mut meeting = app.meeting().under_way().await;
        let first = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        act(&mut chair, first, "call").await;
        app.app.clock.advance(30);
        meeting.act("pause", &[]).await;
        app.app.clock.advance(900);
        assert_eq!(act(&mut chair, first, "resumption").await.status, 409, "the meeting rests");
        let paused = request(&app, first).await;
        assert_eq!((paused.state, paused.spoken), (SpeechState::Paused, 30_000_000));
        meeting.act("resumption", &[]).await;
        let second = meeting.items[1].to_string();
        meeting.act("current-item", &[("item", &second)]).await;
        assert_eq!(request(&app, first).await.state, SpeechState::Finished);
    }

    async fn hostile_words_are_shown_as_words(app) {
        let meeting = app.meeting().under_way().await;
        let mut delegate = app.sign_in("delegate1").await;
        ask(&mut delegate, &meeting, &[("topic", "<script>alert(1)</script>")]).await;
        let mut chair = app.sign_in("chair").await;
        let first = queue(&app, &meeting).await[0].id;
        let cockpit = chair.get(&meeting.path("cockpit")).await.text();
        assert!(cockpit.contains("&#60;script&#62;") && !cockpit.contains("<script>alert"));
        act(&mut chair, first, "call").await;
        for page in ["hall", "speakers", "cockpit"] {
            let shown = chair.get(&meeting.path(page)).await.text();
            assert!(shown.contains("&#60;script&#62;") && !shown.contains("<script>alert"), "{page}");
        }
        let long = "a".repeat(501);
        let refused = ask(&mut app.sign_in("delegate2").await, &meeting, &[("topic", &long)]).await;
        assert_eq!(refused.status, 422);
    }

    async fn nobody_asks_about_what_is_over_or_has_not_come(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(ask(&mut delegate, &meeting, &[]).await.status, 409, "no item is being discussed");
        let first = meeting.items[0].to_string();
        assert_eq!(ask(&mut delegate, &meeting, &[("item", &first)]).await.status, 303, "before the meeting");
        let elsewhere = app.meeting().published().await.items[0].to_string();
        assert_eq!(ask(&mut delegate, &meeting, &[("item", &elsewhere)]).await.status, 404);
        let waiting = queue(&app, &meeting).await[0].id;
        assert_eq!(act(&mut meeting.secretary, waiting, "call").await.status, 409, "not begun");
        meeting.act("opening", &[]).await;
        for item in meeting.items.clone() {
            meeting.act("current-item", &[("item", &item.to_string())]).await;
        }
        let mut other = app.sign_in("delegate2").await;
        assert_eq!(ask(&mut other, &meeting, &[("item", &first)]).await.status, 409, "the item is over");
        meeting.act("closing", &[]).await;
        assert_eq!(ask(&mut other, &meeting, &[]).await.status, 409);
    }

    async fn a_questioning_is_answered_in_the_room_or_until_a_day(app) {
        let meeting = app.meeting().under_way().await;
        let questioned = app.person("delegate2").await.to_string();
        let mut delegate = app.sign_in("delegate1").await;
        let nobody = ask(&mut delegate, &meeting, &[("speech", "questioning")]).await;
        assert_eq!(nobody.status, 422);
        let form = [("speech", "questioning"), ("addressee", &*questioned), ("topic", "Tiến độ")];
        assert_eq!(ask(&mut delegate, &meeting, &form).await.status, 303);
        let id = queue(&app, &meeting).await[0].id;
        let mut chair = app.sign_in("chair").await;
        act(&mut chair, id, "call").await;
        act(&mut chair, id, "ending").await;
        let answer = path(id, "answer");
        let undated = chair.post(&answer, &[("way", "written")]).await;
        assert_eq!(undated.status, 422);
        assert_eq!(chair.post(&answer, &[("way", "written"), ("due_at", "2026-12-01")]).await.status, 303);
        let page = delegate.get(&meeting.path("speakers")).await.visible_text();
        assert!(page.contains("Trả lời bằng văn bản trước ngày 01/12/2026"), "{page}");
        let form = [("way", "written"), ("due_at", "2026-12-01"), ("text", "Xong trong <i>tháng</i> 12.")];
        assert_eq!(delegate.post(&answer, &form).await.status, 404, "only who was questioned answers");
        assert_eq!(app.sign_in("delegate2").await.post(&answer, &form).await.status, 303);
        let page = delegate.get(&meeting.path("speakers")).await;
        assert!(page.text().contains("&#60;i&#62;tháng"), "{}", page.visible_text());
    }

    async fn a_speech_has_no_answer(app) {
        let meeting = app.meeting().under_way().await;
        let id = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&path(id, "answer"), &[("way", "in_room"), ("text", "x")]).await.status, 404);
    }

    async fn the_times_of_all_are_a_table_without_formulas(app) {
        let meeting = app.meeting().under_way().await;
        let id = queue_of(&app, &meeting, &["delegate1"]).await[0].id;
        let mut chair = app.sign_in("chair").await;
        act(&mut chair, id, "call").await;
        app.app.clock.advance(65);
        let table = chair.get(&meeting.path("speakers.csv")).await;
        assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
        assert!(table.text().contains("1:05"), "{}", table.text());
    }

    async fn a_long_history_comes_in_pages(app) {
        let meeting = app.meeting().under_way().await;
        let person = app.person("delegate2").await;
        let mut tx = app.app.db.write().await.unwrap();
        for number in 0..120_i64 {
            ecabinet::sql!(tx => execute
                "INSERT INTO speech_request (id, meeting_id, item_id, person_id, kind, topic, state, position,
                                             allotted_seconds, spoken, asked_at, ended_at)
                 VALUES ($1, $2, $3, $4, 'speech', '', 'finished', $5, 300, 1000000, 0, $5)",
                RequestId::new(), meeting.id, meeting.items[0], person, number).unwrap();
        }
        tx.commit().await.unwrap();
        let mut chair = app.sign_in("chair").await;
        let first = chair.get(&meeting.path("speakers")).await.text();
        assert_eq!(first.matches("turns__turn").count(), 50);
        assert!(first.contains("?after=50") && first.contains("2:00"), "the total is of all");
        let last = chair.get(&meeting.path("speakers?after=100")).await.text();
        assert_eq!(last.matches("turns__turn").count(), 20);
        assert!(!last.contains("?after=150"));
    }

    async fn the_cockpit_shows_the_first_who_wait_and_how_many_more(app) {
        let meeting = app.meeting().under_way().await;
        for login in ["chair", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5"] {
            let mut browser = app.sign_in(login).await;
            for kind in ["speech", "point_of_order"] {
                assert_eq!(ask(&mut browser, &meeting, &[("speech", kind)]).await.status, 303);
            }
        }
        let page = app.sign_in("chair").await.get(&meeting.path("cockpit")).await;
        assert_eq!(page.text().matches("queue__place").count(), 8);
        assert!(page.visible_text().contains("Còn 4 người nữa"), "{}", page.visible_text());
    }
}
