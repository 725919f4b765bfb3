//! The session as a whole: rest, adjournment, and who runs it.

use ecabinet::meetings::rules::MeetingState;
use ecabinet::meetings::store;

use crate::harness::TestApp;
use crate::harness::meeting::Meeting;
use crate::on_both;

async fn state(app: &TestApp, meeting: &Meeting) -> MeetingState {
    read(app, meeting).await.state
}

async fn read(app: &TestApp, meeting: &Meeting) -> store::Meeting {
    let mut tx = app.app.db.read().await.unwrap();
    store::meeting(&mut tx, app.organisation, meeting.id).await.unwrap().unwrap()
}

on_both! {
    async fn a_meeting_rests_and_goes_on(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.act("pause", &[]).await;
        assert_eq!(state(&app, &meeting).await, MeetingState::Paused);
        app.app.clock.advance(600);
        meeting.act("resumption", &[]).await;
        assert_eq!(state(&app, &meeting).await, MeetingState::InProgress);
        let mut tx = app.app.db.read().await.unwrap();
        let breaks = store::breaks(&mut tx, meeting.id).await.unwrap();
        assert_eq!(breaks.len(), 1);
        assert_eq!(breaks[0].ended_at.unwrap().seconds_since(breaks[0].started_at), 600);
    }

    async fn a_meeting_put_off_goes_on_another_day_where_it_stopped(app) {
        let mut meeting = app.meeting().under_way().await;
        let item = read(&app, &meeting).await.current_item_id;
        meeting.act("adjournment", &[("until", "2030-01-05T08:00")]).await;
        let adjourned = read(&app, &meeting).await;
        assert_eq!(adjourned.adjourned_until.unwrap().for_input(), "2030-01-05T08:00");
        app.app.clock.advance(86_400);
        meeting.secretary = app.sign_in("secretary").await;
        meeting.act("resumption", &[]).await;
        let going_on = read(&app, &meeting).await;
        assert_eq!((going_on.state, going_on.current_item_id), (MeetingState::InProgress, item));
        assert_eq!(going_on.adjourned_until, None);
    }

    async fn an_adjourned_meeting_may_be_closed_and_its_break_ends_with_it(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.act("pause", &[]).await;
        meeting.act("adjournment", &[("until", "2030-01-05T08:00")]).await;
        meeting.act("closing", &[]).await;
        assert_eq!(state(&app, &meeting).await, MeetingState::Ended);
        let mut tx = app.app.db.read().await.unwrap();
        let breaks = store::breaks(&mut tx, meeting.id).await.unwrap();
        assert_eq!(breaks.len(), 2);
        assert!(breaks.iter().all(|rest| rest.ended_at.is_some()));
    }

    async fn an_act_that_came_too_late_is_refused_in_words(app) {
        let mut meeting = app.meeting().under_way().await;
        let mut chair = app.sign_in("chair").await;
        meeting.act("pause", &[]).await;
        let late = chair.post(&meeting.path("pause"), &[]).await;
        assert_eq!(late.status, 409);
        assert!(late.visible_text().contains("người khác vừa bấm trước bạn"), "{}", late.visible_text());
        assert_eq!(chair.post(&meeting.path("opening"), &[]).await.status, 409);
        meeting.act("closing", &[]).await;
        let over = chair.post(&meeting.path("closing"), &[]).await;
        assert_eq!(over.status, 409);
        assert!(over.visible_text().contains("Cuộc họp đã kết thúc"), "{}", over.visible_text());
    }

    async fn nothing_is_put_off_to_the_past_or_over_an_open_vote(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let path = vote.meeting.path("adjournment");
        let past = vote.meeting.secretary.post(&path, &[("until", "2020-01-05T08:00")]).await;
        let nonsense = vote.meeting.secretary.post(&path, &[("until", "mai")]).await;
        assert_eq!((past.status, nonsense.status), (409, 422), "the open vote is the first reason");
        for (form, fields) in [("pause", vec![]), ("adjournment", vec![("until", "2030-01-05T08:00")])] {
            let path = vote.meeting.path(form);
            let refused = vote.meeting.secretary.post(&path, &fields).await;
            assert_eq!(refused.status, 409);
            assert!(refused.visible_text().contains("Đang mở một biểu quyết"), "{}", refused.visible_text());
        }
        let path = vote.path("closure");
        vote.meeting.secretary.post(&path, &[]).await;
        let path = vote.meeting.path("adjournment");
        let past = vote.meeting.secretary.post(&path, &[("until", "2020-01-05T08:00")]).await;
        assert_eq!(past.status, 422);
    }

    async fn nothing_is_decided_while_the_meeting_rests(app) {
        let mut meeting = app.meeting().under_way().await;
        let vote = meeting.prepared_vote(&app, "Thông qua?").await;
        meeting.act("pause", &[]).await;
        let second = meeting.items[1].to_string();
        let path = meeting.path("current-item");
        assert_eq!(meeting.secretary.post(&path, &[("item", &second)]).await.status, 409);
        assert_eq!(meeting.secretary.post(&format!("/votes/{vote}/opening"), &[]).await.status, 409);
    }

    async fn a_member_online_counts_and_votes_like_one_in_the_room(app) {
        let mut meeting = app.meeting().published().await;
        for login in ["chair", "delegate1", "delegate2"] {
            meeting.note(&app, login, "present").await;
        }
        let mut delegate = app.sign_in("delegate3").await;
        let checked_in = delegate.post(&meeting.path("check-ins"), &[("online", "yes")]).await;
        assert_eq!(checked_in.status, 303);
        let page = meeting.secretary.get(&meeting.path("attendance")).await.visible_text();
        assert!(page.contains("4/6 thành viên có mặt") && page.contains("Dự trực tuyến"), "{page}");
        meeting.act("opening", &[]).await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        assert_eq!(delegate.post(&vote.path("ballots"), &[("choice", "approve")]).await.status, 303);
    }

    async fn a_named_deputy_takes_the_meeting_over_and_the_record_says_so(app) {
        let mut meeting = app.meeting().under_way().await;
        let deputy = app.person("delegate1").await;
        let mut browser = app.sign_in("delegate1").await;
        assert_eq!(browser.post(&meeting.path("conductor"), &[]).await.status, 403);
        assert_eq!(browser.post(&meeting.path("pause"), &[]).await.status, 403);
        meeting.act("deputies", &[("person", &deputy.to_string()), ("deputy", "yes")]).await;
        assert_eq!(browser.post(&meeting.path("pause"), &[]).await.status, 403, "named is not conducting");
        let taken = browser.post(&meeting.path("conductor"), &[]).await;
        assert_eq!((taken.status, taken.location()), (303, meeting.path("cockpit")));
        assert_eq!(browser.get(&meeting.path("cockpit")).await.status, 200);
        assert_eq!(browser.post(&meeting.path("pause"), &[]).await.status, 303);
        app.app.clock.advance(60);
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&meeting.path("conductor"), &[]).await.status, 303);
        assert_eq!(browser.post(&meeting.path("resumption"), &[]).await.status, 403, "the chair is back");
        let mut tx = app.app.db.read().await.unwrap();
        let turns = store::conductors(&mut tx, meeting.id).await.unwrap();
        let persons: Vec<_> = turns.iter().map(|turn| turn.person_id).collect();
        assert_eq!(persons, [deputy, app.person("chair").await]);
        assert_eq!(turns[1].since.seconds_since(turns[0].since), 60);
    }

    async fn a_guest_cannot_be_named_deputy(app) {
        let mut meeting = app.meeting().published().await;
        let guest = app.person("guest").await.to_string();
        let path = meeting.path("deputies");
        let refused = meeting.secretary.post(&path, &[("person", &guest), ("deputy", "yes")]).await;
        assert_eq!(refused.status, 404);
    }
}
