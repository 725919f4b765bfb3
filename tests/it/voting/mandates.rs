//! Proxies, substitutes who vote, and ballots entered by hand.

use ecabinet::voting::rules::Way;

use super::{cast, close};
use crate::harness::meeting::{Meeting, Vote};
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// `delegate1` is away and gave the mandate to `delegate2`.
async fn with_proxy(app: &TestApp) -> Meeting {
    let mut meeting = app.meeting().under_way().await;
    meeting.note(app, "delegate1", "absent_excused").await;
    assert_eq!(meeting.give_proxy(app, "delegate1", "delegate2").await, 303);
    meeting
}

async fn cast_for(app: &TestApp, holder: &mut Browser, vote: &Vote, member: &str, choice: &str) -> u16 {
    let field = format!("choice-{}-{}", vote.id, app.person(member).await);
    holder.post(&vote.path("ballots"), &[(&field, choice)]).await.status
}

async fn enter(app: &TestApp, browser: &mut Browser, vote: &Vote, member: &str, choice: &str) -> u16 {
    let (field, member) = (format!("choice-{}", vote.id), app.person(member).await.to_string());
    browser.post(&vote.path("entered-ballots"), &[("member", &member), (&field, choice)]).await.status
}

on_both! {
    async fn a_holder_sees_every_mandate_and_may_split_them(app) {
        let mut vote = with_proxy(&app).await.open_vote(&app, "Thông qua?").await;
        let mut holder = app.sign_in("delegate2").await;
        let page = holder.get(&vote.meeting.page()).await.visible_text();
        assert!(page.contains("Phiếu của bạn") && page.contains("Phiếu thay Nguyễn Văn delegate1"), "{page}");
        assert_eq!(cast(&mut holder, &vote, "approve").await.status, 303);
        assert_eq!(cast_for(&app, &mut holder, &vote, "delegate1", "reject").await, 303);
        close(&mut vote).await;
        let tally = app.count(&vote).await.1.unwrap().tally;
        assert_eq!((tally.total_members, tally.present, tally.proxies, tally.voted), (6, 5, 1, 2));
        assert_eq!((tally.approve(), tally.reject(), tally.not_voting), (1, 1, 4));
        let page = holder.get(&vote.page()).await.visible_text();
        for fact in ["Ủy quyền hợp lệ 1", "do Nguyễn Văn delegate2 biểu quyết theo ủy quyền"] {
            assert!(page.contains(fact), "{fact} is not in: {page}");
        }
    }

    async fn a_giver_who_comes_votes_and_the_proxy_sleeps(app) {
        let mut vote = with_proxy(&app).await.open_vote(&app, "Thông qua?").await;
        let mut holder = app.sign_in("delegate2").await;
        assert_eq!(cast_for(&app, &mut holder, &vote, "delegate1", "reject").await, 303);
        vote.meeting.note(&app, "delegate1", "present").await;
        assert_eq!(cast_for(&app, &mut holder, &vote, "delegate1", "abstain").await, 409);
        assert_eq!(cast(&mut app.sign_in("delegate1").await, &vote, "approve").await.status, 303);
        close(&mut vote).await;
        let (ballots, result) = app.count(&vote).await;
        assert_eq!((ballots.len(), ballots[0].choice.as_str(), ballots[0].way), (1, "approve", Way::Own));
        assert_eq!((result.clone().unwrap().tally.present, result.unwrap().tally.proxies), (6, 0));
    }

    async fn the_members_own_ballot_stays_when_they_leave(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.give_proxy(&app, "delegate1", "delegate2").await;
        let mut vote = meeting.open_vote(&app, "Thông qua?").await;
        cast(&mut app.sign_in("delegate1").await, &vote, "approve").await;
        vote.meeting.note(&app, "delegate1", "left_early").await;
        let mut holder = app.sign_in("delegate2").await;
        assert_eq!(cast_for(&app, &mut holder, &vote, "delegate1", "reject").await, 409);
        assert_eq!(app.count(&vote).await.0[0].choice, "approve");
    }

    async fn a_proxy_of_an_absent_holder_counts_nowhere(app) {
        let mut meeting = with_proxy(&app).await;
        meeting.note(&app, "delegate2", "left_early").await;
        let mut vote = meeting.open_vote(&app, "Thông qua?").await;
        let mut holder = app.sign_in("delegate2").await;
        assert_eq!(cast_for(&app, &mut holder, &vote, "delegate1", "approve").await, 409);
        close(&mut vote).await;
        let tally = app.count(&vote).await.1.unwrap().tally;
        assert_eq!((tally.present, tally.proxies, tally.not_voting), (4, 0, 4));
    }

    async fn nobody_uses_a_mandate_they_do_not_hold(app) {
        let vote = with_proxy(&app).await.open_vote(&app, "Thông qua?").await;
        for (login, member) in [("delegate3", "delegate1"), ("delegate3", "delegate2"), ("chair", "guest")] {
            let status = cast_for(&app, &mut app.sign_in(login).await, &vote, member, "approve").await;
            assert_eq!(status, 409, "{login} for {member}");
        }
        let status = cast_for(&app, &mut app.sign_in("guest").await, &vote, "delegate1", "approve").await;
        assert_eq!(status, 409, "guest");
        assert!(app.count(&vote).await.0.is_empty());
    }

    async fn a_proxy_is_recorded_with_a_reason_by_who_conducts(app) {
        let mut meeting = app.meeting().under_way().await;
        let (giver, holder) =
            (app.person("delegate1").await.to_string(), app.person("delegate2").await.to_string());
        let path = meeting.path("proxies");
        let form = [("giver", giver.as_str()), ("holder", &holder), ("reason", "Đi công tác")];
        assert_eq!(app.sign_in("delegate2").await.post(&path, &form).await.status, 403);
        assert_eq!(meeting.secretary.post(&path, &form[..2]).await.status, 422, "no reason");
        for (giver, holder) in [("delegate1", "guest"), ("guest", "delegate2"), ("delegate1", "delegate1")] {
            assert_eq!(meeting.give_proxy(&app, giver, holder).await, 409, "{giver} to {holder}");
        }
        assert_eq!(meeting.give_proxy(&app, "delegate1", "clerk").await, 404, "not invited");
        assert_eq!(meeting.give_proxy(&app, "delegate1", "delegate2").await, 303);
        let list = meeting.path("votes");
        let page = meeting.secretary.get(&list).await.visible_text();
        assert!(page.contains("Đi công tác"), "{page}");
        meeting.act(&format!("proxies/{giver}/removal"), &[]).await;
        let again = meeting.path(&format!("proxies/{giver}/removal"));
        assert_eq!(meeting.secretary.post(&again, &[]).await.status, 404);
        let acts = app.acts_on(&format!("meeting:{}", meeting.id)).await;
        assert!(acts.ends_with(&["proxy_given".into(), "proxy_taken_back".into()]), "{acts:?}");
    }

    async fn where_the_rule_knows_no_proxies_none_is_recorded(app) {
        let kind = app.body(|terms| terms.member_proxies = false).await;
        let mut meeting = app.meeting().of_kind(kind).under_way().await;
        assert_eq!(meeting.give_proxy(&app, "delegate1", "delegate2").await, 409);
    }

    async fn a_substitute_votes_where_the_rule_says_so(app) {
        let kind = app.body(|terms| terms.substitutes_vote = true).await;
        let mut meeting = app.meeting().of_kind(kind).under_way().await;
        let clerk = app.person("clerk").await.to_string();
        let form = format!("attendance/{}/substitute", app.person("delegate1").await);
        meeting.act(&form, &[("substitute", &clerk)]).await;
        meeting.note(&app, "clerk", "present").await;
        let mut vote = meeting.open_vote(&app, "Thông qua?").await;
        let mut substitute = app.sign_in("clerk").await;
        assert_eq!(cast(&mut substitute, &vote, "approve").await.status, 403, "no mandate of their own");
        assert_eq!(cast_for(&app, &mut substitute, &vote, "delegate1", "approve").await, 303);
        close(&mut vote).await;
        let tally = app.count(&vote).await.1.unwrap().tally;
        assert_eq!((tally.present, tally.proxies, tally.approve()), (5, 1, 1));
    }

    async fn a_ballot_entered_by_hand_says_by_whom_and_never_replaces_the_members_own(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let mut secretary = vote.meeting.secretary.clone();
        assert_eq!(enter(&app, &mut secretary, &vote, "delegate1", "reject").await, 303);
        assert_eq!(enter(&app, &mut app.sign_in("delegate2").await, &vote, "delegate3", "reject").await, 403);
        assert_eq!(enter(&app, &mut secretary, &vote, "guest", "reject").await, 404);
        assert_eq!(cast(&mut app.sign_in("delegate2").await, &vote, "approve").await.status, 303);
        assert_eq!(enter(&app, &mut secretary, &vote, "delegate2", "reject").await, 409);
        assert_eq!(cast(&mut app.sign_in("delegate1").await, &vote, "approve").await.status, 303);
        assert_eq!(enter(&app, &mut secretary, &vote, "delegate3", "abstain").await, 303);
        close(&mut vote).await;
        let (ballots, _) = app.count(&vote).await;
        let lines: Vec<_> = ballots.iter().map(|one| (one.choice.as_str(), one.way)).collect();
        assert_eq!(lines, [("approve", Way::Own), ("approve", Way::Own), ("abstain", Way::Hand)]);
        let page = secretary.get(&vote.page()).await.visible_text();
        assert!(page.contains("do Nguyễn Văn secretary nhập thay"), "{page}");
        let acts = app.acts_on(&format!("vote:{}", vote.id)).await;
        assert_eq!(acts.iter().filter(|act| *act == "ballot_entered").count(), 2, "{acts:?}");
    }

    async fn an_absent_member_does_not_vote_by_anothers_hand(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate1", "absent").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        let mut secretary = vote.meeting.secretary.clone();
        assert_eq!(enter(&app, &mut secretary, &vote, "delegate1", "approve").await, 409);
    }

    async fn an_absent_member_is_not_told_of_having_voted(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate1", "absent").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        let page = app.sign_in("delegate1").await.get(&vote.meeting.page()).await.visible_text();
        assert!(page.contains("Xem nội dung biểu quyết"), "{page}");
        assert!(!page.contains("Đã biểu quyết") && !page.contains("Đổi lựa chọn"), "{page}");
    }
}
