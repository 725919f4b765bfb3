//! The draft of the minutes before the members.

use crate::harness::meeting::Meeting;
use crate::harness::{Browser, TestApp};
use crate::minutes::{colleague, over, text, words_of, write};
use crate::on_both;

const WORDS: &str = "Giao Văn phòng hoàn thiện.\nBáo cáo trước ngày 30.";

/// Writes the conclusion and sends the draft out for three days.
async fn sent_out(app: &TestApp) -> Meeting {
    let mut meeting = over(app).await;
    let mut secretary = colleague(app).await;
    write(&mut secretary, &meeting, "conclusion", WORDS, 1).await;
    let deadline = in_days(app, 3);
    meeting.act("circulation", &[("deadline", &deadline)]).await;
    meeting
}

fn in_days(app: &TestApp, days: i64) -> String {
    app.app.clock.now().plus_seconds(days * 86_400).for_input()
}

async fn say(member: &mut Browser, meeting: &Meeting, kind: &str, text: &str) -> u16 {
    let fields = [("part", "conclusion"), ("kind", kind), ("text", text)];
    member.post(&meeting.path("circulation/comments"), &fields).await.status
}

/// The address of the first answer a secretary can give.
async fn decision(secretary: &mut Browser, meeting: &Meeting) -> String {
    let page = secretary.get(&meeting.path("circulation")).await.text();
    let address = page
        .split("action=\"")
        .skip(1)
        .find(|rest| rest.contains("/decision\"") && rest.split('"').next().unwrap().ends_with("/decision"));
    address.unwrap().split('"').next().unwrap().to_owned()
}

on_both! {
    async fn a_member_agrees_in_two_taps_from_the_notice(app) {
        let meeting = sent_out(&app).await;
        let mut member = app.sign_in("delegate1").await;
        let list = member.get("/notices").await.text();
        let after = list.split_once("Xin ý kiến dự thảo biên bản").unwrap().0;
        let notice = after.rsplit_once("action=\"").unwrap().1.split('"').next().unwrap().to_owned();
        let led = member.post(&notice, &[]).await;
        assert_eq!((led.status, led.location()), (303, meeting.path("circulation")), "the first tap");
        let page = member.get(&led.location()).await;
        assert!(page.visible_text().contains("Đồng ý với dự thảo"), "{}", page.visible_text());
        let agreed = member.post(&meeting.path("circulation/agreement"), &[]).await;
        assert_eq!(agreed.status, 303, "the second");
        assert!(member.get(&meeting.path("circulation")).await.visible_text().contains("Bạn đã đồng ý lúc"));
        let seen = colleague(&app).await.get(&meeting.path("circulation")).await.visible_text();
        assert!(seen.contains("1/6 thành viên đồng ý"), "{seen}");
    }

    async fn a_member_sees_their_own_comments_and_the_answers_to_them(app) {
        let meeting = sent_out(&app).await;
        let (mut one, mut other) = (app.sign_in("delegate1").await, app.sign_in("delegate2").await);
        assert_eq!(say(&mut one, &meeting, "comment", "Thiếu <script>tên</script> đơn vị.").await, 303);
        let mut secretary = colleague(&app).await;
        let address = decision(&mut secretary, &meeting).await;
        let refused = secretary.post(&address, &[("decision", "rejected"), ("answer", "")]).await;
        assert_eq!(refused.status, 422, "a rejection says why");
        let done = secretary.post(&address, &[("decision", "rejected"), ("answer", "Đã có ở mục I.")]).await;
        assert_eq!(done.status, 303, "{}", done.visible_text());
        let again = secretary.post(&address, &[("decision", "accepted"), ("answer", "")]).await;
        assert_eq!(again.status, 409, "once");
        let page = one.get(&meeting.path("circulation")).await;
        assert!(page.visible_text().contains("Đã có ở mục I.") && page.visible_text().contains("Không tiếp thu"));
        assert!(!page.text().contains("<script>tên"), "escaped");
        let others = other.get(&meeting.path("circulation")).await.visible_text();
        assert!(!others.contains("đơn vị.") && !others.contains("Đã có ở mục I."), "{others}");
    }

    async fn an_accepted_proposal_is_merged_into_what_was_written_meanwhile(app) {
        let meeting = sent_out(&app).await;
        let mut member = app.sign_in("delegate1").await;
        assert_eq!(say(&mut member, &meeting, "proposal", WORDS).await, 422, "it changes nothing");
        let proposal = WORDS.replace("ngày 30", "ngày 25");
        assert_eq!(say(&mut member, &meeting, "proposal", &proposal).await, 303);
        let mut secretary = colleague(&app).await;
        write(&mut secretary, &meeting, "conclusion", &WORDS.replace("Văn phòng", "Văn phòng UBND"), 2).await;
        let address = decision(&mut secretary, &meeting).await;
        let applied = secretary.post(&address, &[("decision", "applied"), ("answer", "")]).await;
        assert_eq!(applied.status, 303, "{}", applied.visible_text());
        let stands = text(&app, meeting.id, "conclusion").await.text;
        assert_eq!(stands, "Giao Văn phòng UBND hoàn thiện.\nBáo cáo trước ngày 25.");
    }

    async fn a_proposal_on_words_that_changed_is_left_to_the_secretary(app) {
        let meeting = sent_out(&app).await;
        let mut member = app.sign_in("delegate1").await;
        say(&mut member, &meeting, "proposal", &WORDS.replace("ngày 30", "ngày 25")).await;
        let mut secretary = colleague(&app).await;
        let changed = WORDS.replace("ngày 30", "ngày 28");
        write(&mut secretary, &meeting, "conclusion", &changed, 2).await;
        let address = decision(&mut secretary, &meeting).await;
        let overlaps = secretary.post(&address, &[("decision", "applied"), ("answer", "")]).await;
        assert_eq!(overlaps.status, 409);
        assert_eq!(text(&app, meeting.id, "conclusion").await.text, changed, "nothing was overwritten");
        let page = member.get(&meeting.path("circulation")).await.visible_text();
        assert!(page.contains("Chờ thư ký trả lời"), "and it still waits: {page}");
        assert_eq!(secretary.post(&address, &[("decision", "accepted"), ("answer", "")]).await.status, 303);
    }

    async fn after_the_deadline_nobody_answers(app) {
        let meeting = sent_out(&app).await;
        let mut member = app.sign_in("delegate1").await;
        app.app.clock.advance(3 * 86_400);
        let mut member_again = app.sign_in("delegate1").await;
        let agreement = meeting.path("circulation/agreement");
        assert_eq!(member_again.post(&agreement, &[]).await.status, 409);
        assert_eq!(say(&mut member_again, &meeting, "comment", "Muộn").await, 409);
        assert!(member_again.get(&meeting.path("circulation")).await.visible_text().contains("Đã hết hạn ý kiến"));
        assert_eq!(member.post(&agreement, &[]).await.status, 303, "signed out meanwhile, led to sign in");
        let seen = colleague(&app).await.get(&meeting.path("circulation")).await.visible_text();
        assert!(seen.contains("0/6 thành viên đồng ý"), "{seen}");
    }

    async fn the_silent_are_reminded_a_day_before_the_end_and_the_others_are_not(app) {
        let meeting = sent_out(&app).await;
        let (mut agreed, mut spoke) = (app.sign_in("delegate1").await, app.sign_in("delegate2").await);
        agreed.post(&meeting.path("circulation/agreement"), &[]).await;
        say(&mut spoke, &meeting, "comment", "Cần rõ hơn.").await;
        app.run_jobs().await;
        assert_eq!(reminders(&app, "delegate3").await, 0, "not yet");
        app.app.clock.advance(2 * 86_400);
        app.run_jobs().await;
        for (login, count) in [("delegate1", 0), ("delegate2", 0), ("delegate3", 1), ("chair", 1), ("guest", 0)] {
            assert_eq!(reminders(&app, login).await, count, "{login}");
        }
    }

    async fn only_those_asked_see_the_draft_that_went_out(app) {
        let meeting = sent_out(&app).await;
        for (login, status) in [("delegate1", 200), ("chair", 200), ("guest", 404), ("clerk", 404), ("stranger", 404)] {
            let mut browser = app.sign_in(login).await;
            assert_eq!(browser.get(&meeting.path("circulation")).await.status, status, "{login}");
            let file = browser.get(&meeting.path("circulation/file")).await;
            assert_eq!(file.status, status, "{login}");
            if let Some(words) = words_of(&file.body).filter(|_| status == 200) {
                assert!(words.contains("Giao Văn phòng hoàn thiện."), "{words}");
            }
        }
        let mut member = app.sign_in("delegate1").await;
        for form in ["circulation/closure", "circulation/reminders", "circulation"] {
            let refused = member.post(&meeting.path(form), &[("deadline", &in_days(&app, 2))]).await;
            assert_eq!(refused.status, 403, "{form}");
        }
    }

    async fn a_draft_is_before_the_members_once_at_a_time_and_never_when_locked(app) {
        let mut meeting = sent_out(&app).await;
        let path = meeting.path("circulation");
        let deadline = in_days(&app, 2);
        assert_eq!(meeting.secretary.post(&path, &[("deadline", &deadline)]).await.status, 409);
        meeting.act("circulation/closure", &[]).await;
        let soon = app.app.clock.now().plus_seconds(60).for_input();
        assert_eq!(meeting.secretary.post(&path, &[("deadline", &soon)]).await.status, 422);
        assert_eq!(meeting.secretary.post(&path, &[("deadline", "mai")]).await.status, 422);
        meeting.act("circulation", &[("deadline", &deadline)]).await;
        meeting.act("minutes/locking", &[]).await;
        let mut member = app.sign_in("delegate1").await;
        assert_eq!(member.post(&meeting.path("circulation/agreement"), &[]).await.status, 409);
        assert_eq!(meeting.secretary.post(&path, &[("deadline", &deadline)]).await.status, 409);
    }
}

/// Reminders a person was given in the application.
async fn reminders(app: &TestApp, login: &str) -> i64 {
    let person = app.person(login).await;
    let mut tx = app.app.db.read().await.unwrap();
    let (count,) = ecabinet::sql!(tx => fetch_one
        "SELECT count(id) FROM notice WHERE person_id = $1 AND subject LIKE 'Nhắc cho ý kiến%'" as (i64,), person)
    .unwrap();
    count
}
