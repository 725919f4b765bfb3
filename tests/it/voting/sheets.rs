//! Sheets, repeated and cancelled votes, and votes on papers that changed.

use ecabinet::voting::VoteId;
use ecabinet::voting::rules::{Outcome, VoteKind, VoteState};

use super::{cast, close, everyone_casts};
use crate::harness::TestApp;
use crate::harness::meeting::{MEMBERS, Meeting, Vote};
use crate::on_both;

async fn vote_of(app: &TestApp, id: VoteId) -> ecabinet::voting::store::Vote {
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::voting::store::vote(&mut tx, id).await.unwrap().unwrap()
}

/// A sheet of two questions, open.
async fn open_list(app: &TestApp) -> (Vote, VoteId) {
    let mut meeting = app.meeting().under_way().await;
    let votes = meeting.prepared_sheet(app, &["Thông qua một?", "Thông qua hai?"]).await;
    let opened = meeting.secretary.post(&format!("/votes/{}/opening", votes[0]), &[]).await;
    assert_eq!(opened.status, 303, "{}", opened.visible_text());
    (Vote { id: votes[0], meeting }, votes[1])
}

/// Uploads the meeting's one paper, or its next version.
async fn upload(meeting: &mut Meeting, form: &str, fields: &[(&str, &str)], text: &str) {
    let path = meeting.path(form);
    let file = crate::harness::pdf::pdf(&[text]);
    let sent = meeting.secretary.upload(&path, "to-trinh.pdf", &file, fields).await;
    assert_eq!(sent.status, 303, "{}", sent.visible_text());
}

async fn paper_of(app: &TestApp, meeting: &Meeting) -> ecabinet::meetings::store::AgendaPaper {
    let person = app.person("secretary").await;
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::meetings::store::agenda_papers(&mut tx, meeting.id, person).await.unwrap().remove(0)
}

/// A vote on the first version of a paper, prepared.
async fn vote_on_paper(app: &TestApp) -> Vote {
    let mut meeting = app.meeting().under_way().await;
    let item = meeting.items[0].to_string();
    upload(&mut meeting, "papers", &[("item", &item)], "Bản một").await;
    let version = paper_of(app, &meeting).await.version_id.to_string();
    let form = [("item", item.as_str()), ("question", "Thông qua dự thảo?"), ("paper_version", &version)];
    meeting.act("votes", &form).await;
    let mut tx = app.app.db.read().await.unwrap();
    let id = ecabinet::voting::store::votes_of(&mut tx, meeting.id).await.unwrap()[0].id;
    Vote { id, meeting }
}

on_both! {
    async fn a_list_is_answered_once_and_opened_and_closed_together(app) {
        let (mut vote, second) = open_list(&app).await;
        let mut delegate = app.sign_in("delegate1").await;
        let page = delegate.get(&vote.meeting.page()).await.text();
        assert!(page.contains("Thông qua một?") && page.contains("Thông qua hai?"));
        let (one, two) = (format!("choice-{}", vote.id), format!("choice-{second}"));
        let half = delegate.post(&vote.path("ballots"), &[(&one, "approve")]).await;
        assert_eq!(half.status, 422, "a sheet is sent whole");
        assert!(app.count(&vote).await.0.is_empty());
        let whole = delegate.post(&vote.path("ballots"), &[(&one, "approve"), (&two, "reject")]).await;
        assert_eq!(whole.status, 303, "{}", whole.visible_text());
        assert_eq!(close(&mut vote).await, 303);
        assert_eq!(vote_of(&app, second).await.state, VoteState::Published);
        let mut tx = app.app.db.read().await.unwrap();
        let counts = |tally: &ecabinet::voting::rules::Tally| (tally.approve(), tally.reject(), tally.not_voting);
        let first = ecabinet::voting::store::result(&mut tx, vote.id).await.unwrap().unwrap().tally;
        let second = ecabinet::voting::store::result(&mut tx, second).await.unwrap().unwrap().tally;
        assert_eq!((counts(&first), counts(&second)), ((1, 0, 5), (0, 1, 5)));
    }

    async fn an_answer_to_a_vote_of_another_sheet_is_none(app) {
        let (mut vote, _) = open_list(&app).await;
        let other = vote.meeting.prepared_vote(&app, "Khác?").await;
        let mut delegate = app.sign_in("delegate1").await;
        let field = format!("choice-{other}");
        assert_eq!(delegate.post(&vote.path("ballots"), &[(&field, "approve")]).await.status, 422);
    }

    async fn votes_are_numbered_and_a_repeat_names_the_earlier_one(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        assert_eq!(vote.meeting.secretary.post(&vote.path("repetition"), &[]).await.status, 409);
        everyone_casts(&app, &vote, &["reject", "reject"]).await;
        close(&mut vote).await;
        let path = vote.path("repetition");
        assert_eq!(app.sign_in("delegate1").await.post(&path, &[]).await.status, 403);
        let repeated = vote.meeting.secretary.post(&path, &[]).await;
        assert_eq!(repeated.status, 303, "{}", repeated.visible_text());
        let id: VoteId = repeated.location().rsplit('/').next().unwrap().parse().unwrap();
        let new = vote_of(&app, id).await;
        assert_eq!((new.number, new.repeats, new.state), (2, Some(vote.id), VoteState::Prepared));
        let page = vote.meeting.secretary.get(&repeated.location()).await.visible_text();
        assert!(page.contains("Biểu quyết lại nội dung của biểu quyết số 1"), "{page}");
        assert_eq!(app.count(&vote).await.1.unwrap().outcome, Outcome::Rejected, "the first one stands");
    }

    async fn a_cancelled_vote_stays_listed_with_its_reason(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let mut delegate = app.sign_in("delegate1").await;
        cast(&mut delegate, &vote, "approve").await;
        let path = vote.path("cancellation");
        assert_eq!(delegate.post(&path, &[("reason", "Thôi")]).await.status, 403);
        assert_eq!(vote.meeting.secretary.post(&path, &[("reason", "  ")]).await.status, 422);
        let cancelled = vote.meeting.secretary.post(&path, &[("reason", "Dự thảo còn thiếu")]).await;
        assert_eq!(cancelled.status, 303, "{}", cancelled.visible_text());
        assert_eq!(cast(&mut delegate, &vote, "reject").await.status, 409);
        assert_eq!(close(&mut vote).await, 409);
        let list = delegate.get(&vote.meeting.path("votes")).await.visible_text();
        assert!(list.contains("Đã hủy") && list.contains("Dự thảo còn thiếu"), "{list}");
        assert_eq!(vote.meeting.secretary.post(&path, &[("reason", "Nữa")]).await.status, 409);
        assert_eq!(vote.meeting.secretary.post(&vote.path("repetition"), &[]).await.status, 303);
    }

    async fn a_published_vote_is_not_cancelled(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        close(&mut vote).await;
        let path = vote.path("cancellation");
        assert_eq!(vote.meeting.secretary.post(&path, &[("reason", "Muộn")]).await.status, 409);
        assert_eq!(app.vote_state(&vote).await, VoteState::Published);
    }

    async fn a_newer_version_voids_what_was_prepared_and_says_so(app) {
        let mut vote = vote_on_paper(&app).await;
        let paper = paper_of(&app, &vote.meeting).await.paper_id;
        upload(&mut vote.meeting, &format!("papers/{paper}/versions"), &[], "Bản hai").await;
        let opening = vote.path("opening");
        let refused = vote.meeting.secretary.post(&opening, &[]).await;
        assert_eq!(refused.status, 409);
        assert!(refused.visible_text().contains("đã được thay bằng bản mới"), "{}", refused.visible_text());
        let cancelling = vote.path("cancellation");
        vote.meeting.secretary.post(&cancelling, &[("reason", "Có bản mới")]).await;
        let repeated = vote.meeting.secretary.post(&vote.path("repetition"), &[]).await;
        let id: VoteId = repeated.location().rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(vote_of(&app, id).await.paper_version, Some(paper_of(&app, &vote.meeting).await.version_id));
        assert_eq!(vote.meeting.secretary.post(&format!("/votes/{id}/opening"), &[]).await.status, 303);
    }

    async fn a_withdrawn_paper_is_not_voted_on(app) {
        let mut vote = vote_on_paper(&app).await;
        let paper = paper_of(&app, &vote.meeting).await.paper_id;
        let item = vote.meeting.items[0];
        vote.meeting.act(&format!("items/{item}/papers/{paper}/removal"), &[]).await;
        assert_eq!(vote.meeting.secretary.post(&vote.path("opening"), &[]).await.status, 409);
    }

    async fn the_sheet_names_version_and_hash_of_the_draft(app) {
        let mut vote = vote_on_paper(&app).await;
        vote.meeting.secretary.post(&vote.path("opening"), &[]).await;
        let hash = paper_of(&app, &vote.meeting).await.sha256;
        let page = app.sign_in("delegate1").await.get(&vote.meeting.page()).await.visible_text();
        assert!(page.contains(", bản 1") && page.contains(&hash[..16]), "{page}");
    }

    async fn the_session_does_not_rest_over_an_open_vote(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let pause = vote.meeting.path("pause");
        assert_eq!(vote.meeting.secretary.post(&pause, &[]).await.status, 409);
        assert_eq!(cast(&mut app.sign_in("delegate1").await, &vote, "approve").await.status, 303);
        close(&mut vote).await;
        let id = vote.meeting.prepared_vote(&app, "Sau giờ nghỉ?").await;
        assert_eq!(vote.meeting.secretary.post(&pause, &[]).await.status, 303);
        assert_eq!(vote.meeting.secretary.post(&format!("/votes/{id}/opening"), &[]).await.status, 409);
    }

    async fn options_are_those_of_the_body(app) {
        let kind = app.body(|terms| {
            let option = |key: &str, label: &str, meaning| ecabinet::meetings::rules::BallotOption {
                key: key.into(), label: label.into(), meaning,
            };
            use ecabinet::meetings::rules::Meaning::{Approve, Other, Reject};
            terms.options = vec![option("yes", "Đồng ý", Approve), option("no", "Không đồng ý", Reject),
                option("other", "Ý kiến khác", Other)];
        }).await;
        let mut vote = app.meeting().of_kind(kind).under_way().await.open_vote(&app, "Thông qua?").await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(cast(&mut delegate, &vote, "approve").await.status, 422, "not one of its options");
        everyone_casts(&app, &vote, &["yes", "yes", "yes", "yes", "no", "other"]).await;
        close(&mut vote).await;
        let page = delegate.get(&vote.page()).await.visible_text();
        for fact in ["Thông qua", "Đồng ý 4 · 66,7 %", "Ý kiến khác 1 ·"] {
            assert!(page.contains(fact), "{fact} is not in: {page}");
        }
    }

    async fn the_rule_says_whether_a_vote_is_secret(app) {
        let kind = app.body(|terms| terms.secrecy = ecabinet::meetings::rules::Secrecy::Forbidden).await;
        let mut meeting = app.meeting().of_kind(kind).under_way().await;
        let item = meeting.items[0].to_string();
        let form = [("item", item.as_str()), ("question", "Kín?"), ("kind", "secret")];
        let path = meeting.path("votes");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 409);
        let id = meeting.prepared_vote(&app, "Công khai?").await;
        assert_eq!(vote_of(&app, id).await.kind, VoteKind::Open);
    }

    async fn unanimity_is_declared_only_when_everyone_there_approved(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let path = vote.path("unanimity");
        assert_eq!(vote.meeting.secretary.post(&path, &[]).await.status, 409, "nobody has voted");
        everyone_casts(&app, &vote, &["approve"; 5]).await;
        assert_eq!(vote.meeting.secretary.post(&path, &[]).await.status, 409, "one is missing");
        let mut last = app.sign_in(MEMBERS[5]).await;
        cast(&mut last, &vote, "abstain").await;
        assert_eq!(vote.meeting.secretary.post(&path, &[]).await.status, 409, "one abstains");
        assert_eq!(app.vote_state(&vote).await, VoteState::Open, "a refusal closes nothing");
        cast(&mut last, &vote, "approve").await;
        assert_eq!(vote.meeting.secretary.post(&path, &[]).await.status, 303);
        let page = last.get(&vote.page()).await.visible_text();
        assert!(page.contains("Nhất trí: mọi thành viên có mặt tán thành"), "{page}");
    }
}
