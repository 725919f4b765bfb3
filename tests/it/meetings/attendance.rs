//! Who is there.

use ecabinet::meetings::rules::Attendance;

use super::add_paper;
use crate::harness::TestApp;
use crate::harness::meeting::Meeting;
use crate::on_both;

async fn attendance(app: &TestApp, meeting: &Meeting, login: &str) -> Attendance {
    app.participant(meeting.id, login).await.unwrap().attendance
}

/// Sends `member`'s seat to `substitute`.
async fn send_substitute(app: &TestApp, meeting: &mut Meeting, member: &str, substitute: &str) -> u16 {
    let path = meeting.path(&format!("attendance/{}/substitute", app.person(member).await));
    let substitute = app.person(substitute).await.to_string();
    meeting.secretary.post(&path, &[("substitute", &substitute), ("reason", "Đi công tác")]).await.status
}

on_both! {
    async fn a_participant_checks_in(app) {
        let meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let done = delegate.post(&meeting.path("check-ins"), &[]).await;
        assert_eq!((done.status, done.location()), (303, meeting.page()));
        let page = delegate.get(&meeting.page()).await.visible_text();
        assert!(page.contains("Bạn đã điểm danh lúc 12:00"), "{page}");
        assert!(page.contains("1/6 có mặt"), "{page}");
    }

    async fn the_first_check_in_counts(app) {
        let meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        delegate.post(&meeting.path("check-ins"), &[]).await;
        app.app.clock.advance(600);
        delegate.post(&meeting.path("check-ins"), &[]).await;
        assert!(delegate.get(&meeting.page()).await.visible_text().contains("lúc 12:00"));
    }

    async fn nobody_checks_in_to_a_draft_or_an_ended_meeting(app) {
        let draft = app.meeting().draft().await;
        assert_eq!(app.sign_in("chair").await.post(&draft.path("check-ins"), &[]).await.status, 409);
        let mut meeting = app.meeting().under_way().await;
        meeting.act("closing", &[]).await;
        assert_eq!(app.sign_in("guest").await.post(&meeting.path("check-ins"), &[]).await.status, 409);
    }

    async fn the_secretary_notes_presence_excuses_and_leaving(app) {
        let mut meeting = app.meeting().published().await;
        meeting.note(&app, "delegate1", "present").await;
        let absent = format!("attendance/{}", app.person("delegate2").await);
        meeting.act(&absent, &[("attendance", "absent_excused"), ("reason", "Ốm <b>nặng</b>")]).await;
        meeting.note(&app, "delegate3", "present").await;
        meeting.note(&app, "delegate3", "left_early").await;
        let list = meeting.secretary.get(&meeting.path("attendance")).await;
        let text = list.visible_text();
        assert!(text.contains("1/6 thành viên có mặt"), "{text}");
        assert!(text.contains("Vắng có lý do") && text.contains("Về sớm"), "{text}");
        assert!(list.text().contains("Ốm &#60;b&#62;nặng"), "the reason is shown as text");
    }

    async fn a_substitute_takes_part_without_the_members_vote(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting, "Tờ trình").await;
        assert_eq!(send_substitute(&app, &mut meeting, "delegate1", "clerk").await, 303);
        assert_eq!(attendance(&app, &meeting, "delegate1").await, Attendance::AbsentExcused);
        let clerk = app.participant(meeting.id, "clerk").await.unwrap();
        assert!(!clerk.member);
        let mut browser = app.sign_in("clerk").await;
        assert_eq!(browser.get(&meeting.page()).await.status, 200);
        assert_eq!(browser.get(&paper.page()).await.status, 200, "and reads what the members read");
        assert!(browser.get("/notices").await.visible_text().contains("Giấy mời"), "and is told");
    }

    async fn saving_the_participants_again_gives_a_substitute_no_vote(app) {
        let mut meeting = app.meeting().published().await;
        assert_eq!(send_substitute(&app, &mut meeting, "delegate1", "clerk").await, 303);
        let people =
            [("chair", "chair"), ("secretary", "secretary"), ("delegate1", "delegate"), ("clerk", "delegate")];
        meeting.invite(&app, &people).await;
        assert!(!app.participant(meeting.id, "clerk").await.unwrap().member);
    }

    async fn a_substitute_must_be_free_and_of_the_house_and_for_a_member(app) {
        let mut meeting = app.meeting().published().await;
        for (member, substitute) in [
            ("delegate1", "delegate2"),
            ("delegate1", "delegate1"),
            ("delegate1", "stranger"),
            ("guest", "clerk"),
            ("admin", "clerk"),
        ] {
            let status = send_substitute(&app, &mut meeting, member, substitute).await;
            assert_eq!(status, 404, "{substitute} for {member}");
        }
    }

    async fn ending_makes_absent_who_never_came(app) {
        let mut meeting = app.meeting().published().await;
        meeting.note(&app, "delegate1", "present").await;
        meeting.note(&app, "delegate2", "absent_excused").await;
        meeting.act("opening", &[]).await;
        meeting.act("closing", &[]).await;
        assert_eq!(attendance(&app, &meeting, "delegate1").await, Attendance::Present);
        assert_eq!(attendance(&app, &meeting, "delegate2").await, Attendance::AbsentExcused);
        assert_eq!(attendance(&app, &meeting, "delegate3").await, Attendance::Absent);
        let path = meeting.path("closing");
        assert_eq!(meeting.secretary.post(&path, &[]).await.status, 409, "it ends once");
    }

    async fn a_member_who_came_stays_a_member_while_the_meeting_is_held(app) {
        let mut meeting = app.meeting().under_way().await;
        let path = meeting.path("participants");
        for people in [
            vec![("chair", "chair"), ("secretary", "secretary")],
            vec![("chair", "chair"), ("secretary", "secretary"), ("delegate1", "guest")],
        ] {
            let form = crate::harness::meeting::participants_form(&app, &people).await;
            let fields = crate::harness::meeting::as_fields(&form);
            assert_eq!(meeting.secretary.post(&path, &fields).await.status, 409);
        }
        assert!(app.participant(meeting.id, "delegate1").await.unwrap().member);
    }
}
