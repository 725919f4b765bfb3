//! A slip before eight members: what each may do until it is closed, and what
//! is counted of it.

use ecabinet::slips::rules::MemberState;

use super::{DAY, answer, judge_text, member, sent, signing, wait};
use crate::on_both;
use crate::signing::PIN;

const EIGHT: [&str; 8] =
    ["chair", "delegate1", "delegate2", "delegate3", "delegate4", "delegate5", "head", "expert"];

on_both! {
    async fn of_eight_members_two_are_late_one_is_substituted_one_changes_her_answer_and_each_counts_once(app) {
        let app = signing(app, &[&EIGHT[..], &["clerk"]].concat()).await;
        let id = sent(&app, &EIGHT).await;
        let (head, clerk) = (app.person("head").await.to_string(), app.person("clerk").await.to_string());
        let form = [("member", head.as_str()), ("substitute", clerk.as_str())];
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&format!("/slips/{id}/substitutes"), &form).await.status, 303);
        for (login, row) in [("chair", "chair"), ("delegate1", "delegate1"), ("delegate3", "delegate3"), ("clerk", "head"), ("expert", "expert")] {
            assert_eq!(answer(&app, id, (login, row), "agree", "", PIN).await.status, 303, "{login}");
        }
        assert_eq!(answer(&app, id, ("delegate2", "delegate2"), "disagree", "Chưa rõ nguồn vốn", "").await.status, 303);
        assert_eq!(answer(&app, id, ("delegate2", "delegate2"), "other", "Làm sau Tết", PIN).await.status, 303);
        assert_eq!(member(&app, id, "delegate2").await.state, MemberState::Signed);

        wait(&app, 4 * DAY).await;
        let late = answer(&app, id, ("delegate4", "delegate4"), "disagree", "Trả lời muộn", PIN).await;
        assert_eq!(late.status, 303, "until it is closed, a late answer is taken: {}", late.visible_text());
        let mut secretary = app.sign_in("secretary").await;
        assert_eq!(secretary.post(&format!("/slips/{id}/closing"), &[]).await.status, 303);
        let after = answer(&app, id, ("delegate5", "delegate5"), "agree", "", PIN).await;
        assert_eq!(after.status, 409, "{}", after.visible_text());
        let office = secretary.get(&format!("/slips/{id}")).await.visible_text();
        assert!(office.contains("Đã thu 7/8 phiếu") && office.contains("Sau hạn"), "{office}");
        assert!(!office.contains("Chưa rõ nguồn vốn") && office.contains("Làm sau Tết"), "only the last word counts: {office}");

        assert_eq!(secretary.post(&format!("/slips/{id}/report"), &[]).await.status, 303);
        let report = secretary.get(&format!("/slips/{id}/report")).await.body;
        judge_text(&report, &["Gửi 8 phiếu", "1 phiếu không trả lời", "5 (62%)"]);
        let figures = secretary.get("/indicators/opinion_on_time").await.visible_text();
        assert!(figures.contains("6 / 8"), "{figures}");
    }
}
