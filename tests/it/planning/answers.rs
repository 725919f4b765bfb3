//! What invited people answer.

use ecabinet::meetings::rules::Attendance;

use crate::harness::TestApp;
use crate::on_both;

/// Sets from where members of the committee may send substitutes.
async fn allow_substitutes(app: &TestApp, from: &str) {
    let kind: ecabinet::meetings::MeetingTypeId = app.committee.parse().unwrap();
    let mut tx = app.app.db.write().await.unwrap();
    let rules = ecabinet::meetings::store::planning_rules(&mut tx, kind).await.unwrap();
    let rules = ecabinet::meetings::rules::PlanningRules { substitutes: from.parse().unwrap(), ..rules };
    ecabinet::meetings::store::set_planning_rules(&mut tx, kind, rules).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn two_taps_lead_from_the_notice_to_an_answer(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        assert!(delegate.get("/").await.visible_text().contains("Trả lời giấy mời: Họp thường kỳ tháng 11"));
        let notices = delegate.get("/notices").await.text();
        let mut forms = notices.split("action=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        let reading = forms.find(|form| form.ends_with("/reading")).unwrap().to_owned();
        let opened = delegate.post(&reading, &[]).await;
        assert_eq!(opened.location(), meeting.path("answer"), "the first tap");
        assert!(delegate.get(&opened.location()).await.visible_text().contains("Bạn có dự họp không?"));
        let answered = delegate.post(&meeting.path("answers"), &[("answer", "accepted")]).await;
        assert_eq!(answered.location(), meeting.path("answer"), "the second tap");
        assert!(delegate.get(&answered.location()).await.visible_text().contains("Sẽ dự"));
        assert!(!delegate.get("/").await.visible_text().contains("Trả lời giấy mời"));
        let path = meeting.path("answers");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("1 Sẽ dự 0 Không dự 0 Cử người dự thay 5 Chưa trả lời"), "{page}");
        assert!(app.acts_on(&format!("meeting:{}", meeting.id)).await.contains(&"invitation_answered".to_owned()));
    }

    async fn whoever_declines_says_why_and_is_excused_until_they_think_again(app) {
        let meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate2").await;
        let path = meeting.path("answers");
        assert_eq!(delegate.post(&path, &[("answer", "declined"), ("reason", " ")]).await.status, 422);
        assert_eq!(delegate.post(&path, &[("answer", "declined"), ("reason", "Đi công tác")]).await.status, 303);
        let me = app.participant(meeting.id, "delegate2").await.unwrap();
        assert_eq!((me.attendance, me.absence_reason.as_str()), (Attendance::AbsentExcused, "Đi công tác"));
        assert_eq!(delegate.post(&path, &[("answer", "accepted")]).await.status, 303);
        let me = app.participant(meeting.id, "delegate2").await.unwrap();
        assert_eq!((me.attendance, me.absence_reason.as_str()), (Attendance::NotChecked, ""));
        assert_eq!(delegate.post(&path, &[("answer", "substituted")]).await.status, 422);
    }

    async fn another_time_asks_everyone_again_but_another_title_does_not(app) {
        let mut meeting = app.meeting().published().await;
        let path = meeting.path("answers");
        let (mut comes, mut declines) = (app.sign_in("delegate1").await, app.sign_in("delegate2").await);
        assert_eq!(comes.post(&path, &[("answer", "accepted")]).await.status, 303);
        assert_eq!(declines.post(&path, &[("answer", "declined"), ("reason", "Đi công tác")]).await.status, 303);
        let form = meeting.path("preparation");
        let mut renamed = app.basics("Họp chuyên đề").to_vec();
        renamed.push(("version", "1"));
        assert_eq!(meeting.secretary.post(&form, &renamed).await.status, 303);
        assert!(comes.get(&meeting.path("answer")).await.visible_text().contains("Sẽ dự"));
        let mut moved = app.basics("Họp chuyên đề").to_vec();
        (moved[3].1, moved[4].1) = ("2026-11-24T09:00", "2026-11-24T12:00");
        moved.push(("version", "2"));
        assert_eq!(meeting.secretary.post(&form, &moved).await.status, 303);
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("0 Sẽ dự 0 Không dự 0 Cử người dự thay 6 Chưa trả lời"), "{page}");
        let excused = app.participant(meeting.id, "delegate2").await.unwrap();
        assert_eq!((excused.attendance, excused.absence_reason.as_str()), (Attendance::NotChecked, ""));
        assert!(comes.get("/").await.visible_text().contains("Trả lời giấy mời: Họp chuyên đề"));
    }

    async fn answers_are_for_the_invited_and_end_when_the_meeting_begins(app) {
        let mut meeting = app.meeting().published().await;
        let path = meeting.path("answers");
        let mut clerk = app.sign_in("clerk").await;
        assert_eq!(clerk.post(&path, &[("answer", "accepted")]).await.status, 404);
        assert_eq!(clerk.get(&meeting.path("answer")).await.status, 404);
        let mut delegate = app.sign_in("delegate3").await;
        assert_eq!(delegate.get(&path).await.status, 403, "who answered what is for those who run it");
        let draft = app.meeting().draft().await;
        assert_eq!(delegate.get(&draft.path("answer")).await.status, 404);
        meeting.act("opening", &[]).await;
        assert_eq!(delegate.post(&path, &[("answer", "accepted")]).await.status, 409);
        assert!(delegate.get(&meeting.path("answer")).await.visible_text().contains("không nhận trả lời nữa"));
    }

    async fn a_substitute_is_sent_by_the_rule_and_both_see_it(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let path = meeting.path("substitutes");
        let (clerk, expert) = (app.person("clerk").await.to_string(), app.person("expert").await.to_string());
        let send = |person: &str| vec![("substitute", person.to_owned()), ("reason", "Bận".to_owned())];
        let fields = |form: &[(&'static str, String)]| {
            form.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect::<Vec<_>>()
        };
        let (to_clerk, to_expert) = (fields(&send(&clerk)), fields(&send(&expert)));
        let (to_clerk, to_expert) =
            (crate::harness::meeting::as_fields(&to_clerk), crate::harness::meeting::as_fields(&to_expert));
        allow_substitutes(&app, "none").await;
        assert_eq!(delegate.post(&path, &to_clerk).await.status, 409);
        assert!(!delegate.get(&meeting.path("answer")).await.visible_text().contains("Người dự thay"));
        allow_substitutes(&app, "unit").await;
        assert_eq!(delegate.post(&path, &to_expert).await.status, 409, "of another unit");
        assert_eq!(delegate.post(&path, &[("substitute", &*clerk), ("reason", "")]).await.status, 422);
        assert_eq!(delegate.post(&path, &to_clerk).await.status, 303);
        assert_eq!(delegate.post(&path, &to_clerk).await.status, 404, "nobody is sent twice");
        let sent = app.participant(meeting.id, "clerk").await.unwrap();
        assert_eq!(sent.substitute_for, Some(app.person("delegate1").await));
        assert!(!sent.member, "the mandate stays the member's");
        assert!(app.participant(meeting.id, "delegate1").await.unwrap().member);
        assert!(delegate.get(&meeting.path("answer")).await.visible_text().contains("Người dự thay: Nguyễn Văn clerk"));
        assert!(app.sign_in("clerk").await.get("/notices").await.visible_text().contains("Giấy mời"));
        let path = meeting.path("answers");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert!(page.contains("Dự thay Nguyễn Văn delegate1"), "{page}");
    }

    async fn the_secretarys_own_substitution_keeps_the_same_rule(app) {
        let mut meeting = app.meeting().published().await;
        allow_substitutes(&app, "unit").await;
        let path = meeting.path(&format!("attendance/{}/substitute", app.person("delegate1").await));
        let expert = app.person("expert").await.to_string();
        let clerk = app.person("clerk").await.to_string();
        assert_eq!(meeting.secretary.post(&path, &[("substitute", &*expert)]).await.status, 409);
        assert_eq!(meeting.secretary.post(&path, &[("substitute", &*clerk)]).await.status, 303);
        let path = meeting.path("answers");
        assert!(meeting.secretary.get(&path).await.visible_text().contains("1 Cử người dự thay"));
    }

    async fn a_refused_substitute_is_told_and_the_member_is_asked_again(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let clerk = app.person("clerk").await.to_string();
        let sent = [("substitute", &*clerk), ("reason", "Bận")];
        assert_eq!(delegate.post(&meeting.path("substitutes"), &sent).await.status, 303);
        let path = meeting.path(&format!("substitutes/{clerk}/refusal"));
        assert_eq!(delegate.post(&path, &[("reason", "Tôi đổi ý")]).await.status, 403);
        assert_eq!(meeting.secretary.post(&path, &[("reason", "")]).await.status, 422);
        assert_eq!(meeting.secretary.post(&path, &[("reason", "Không đúng thành phần")]).await.status, 303);
        assert!(app.participant(meeting.id, "clerk").await.is_none());
        assert_eq!(app.participant(meeting.id, "delegate1").await.unwrap().attendance, Attendance::NotChecked);
        assert!(app.sign_in("clerk").await.get("/notices").await.visible_text().contains("không còn trong thành phần mời"));
        assert!(delegate.get("/notices").await.visible_text().contains("Người dự thay không được chấp nhận"));
        assert!(delegate.get("/").await.visible_text().contains("Trả lời giấy mời"));
        assert_eq!(meeting.secretary.post(&path, &[("reason", "Lần nữa")]).await.status, 404);
    }

    async fn who_comes_after_all_takes_the_substitute_back(app) {
        let meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let clerk = app.person("clerk").await.to_string();
        let sent = [("substitute", &*clerk), ("reason", "Bận")];
        assert_eq!(delegate.post(&meeting.path("substitutes"), &sent).await.status, 303);
        assert_eq!(delegate.post(&meeting.path("answers"), &[("answer", "accepted")]).await.status, 303);
        assert!(app.participant(meeting.id, "clerk").await.is_none());
    }

    async fn the_secretary_sees_who_has_not_read(app) {
        let mut meeting = app.meeting().published().await;
        let item = meeting.items[0].to_string();
        let (path, file) = (meeting.path("papers"), crate::harness::pdf::pdf(&["Tờ trình"]));
        meeting.secretary.upload(&path, "to-trinh.pdf", &file, &[("item", &item)]).await;
        let path = meeting.path("answers");
        let page = meeting.secretary.get(&path).await.visible_text();
        assert_eq!(page.matches("1 chưa đọc").count(), 5, "{page}");
    }
}
