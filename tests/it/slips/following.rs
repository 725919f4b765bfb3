//! The document that follows a slip: drafted from the count, once, and on its way.

use super::{MEMBERS, act as slip_act, answer, judge_text, sent, set_rule};
use crate::harness::{Answer, TestApp};
use crate::on_both;
use ecabinet::slips::SlipId;

/// Everyone named answers, then the slip is closed and reported.
async fn reported(app: &TestApp, answers: &[(&str, &str)]) -> SlipId {
    set_rule(app, &[("unanswered", "not_counted")]).await;
    let id = sent(app, &MEMBERS).await;
    for (login, choice) in answers {
        assert_eq!(answer(app, id, (login, login), choice, "Ý kiến <b>riêng</b>", "").await.status, 303);
    }
    let mut secretary = app.sign_in("secretary").await;
    for what in ["closing", "report"] {
        assert_eq!(secretary.post(&format!("/slips/{id}/{what}"), &[]).await.status, 303, "{what}");
    }
    id
}

async fn draft(app: &TestApp, login: &str, id: SlipId, kind: &str) -> Answer {
    let (checker, signer) = (app.person("head").await.to_string(), app.person("chair").await.to_string());
    let fields = [("kind", kind), ("checker", &checker), ("signer", &signer)];
    app.sign_in(login).await.post(&format!("/slips/{id}/documents"), &fields).await
}

on_both! {
    async fn a_resolution_is_drafted_from_the_count_and_comes_to_its_signer(app) {
        let id = reported(&app, &[("delegate1", "agree"), ("delegate2", "agree"), ("delegate3", "agree")]).await;
        assert_eq!(draft(&app, "delegate1", id, "resolution").await.status, 403, "a member drafts nothing");
        assert_eq!(draft(&app, "drafter", id, "report").await.status, 404, "not a kind that follows");
        let drafted = draft(&app, "drafter", id, "resolution").await;
        assert_eq!(drafted.status, 303, "{}", drafted.visible_text());
        let page = drafted.location();
        let mut drafter = app.sign_in("drafter").await;
        let file = drafter.get(&format!("{page}/file")).await;
        judge_text(&file.body, &["NGHỊ QUYẾT", "QUYẾT NGHỊ", "3/4 thành viên đồng ý (75%), đạt", "TM. ỦY BAN NHÂN DÂN"]);
        let slip = drafter.get(&format!("/slips/{id}")).await;
        assert!(slip.text().contains(&page) && slip.visible_text().contains("Đã dự thảo văn bản"), "the slip leads there");
        let again = draft(&app, "secretary", id, "notice").await;
        assert_eq!(again.status, 409, "{}", again.visible_text());
        for (login, what, note) in [
            ("drafter", "submit", ""),
            ("head", "approve_content", ""),
            ("secretary", "approve_format", "Mẫu thử, chấp nhận"),
        ] {
            let fields = [("act", what), ("note", note)];
            let answer = app.sign_in(login).await.post(&format!("{page}/acts"), &fields).await;
            assert_eq!(answer.status, 303, "{what}: {}", answer.visible_text());
        }
        assert!(app.sign_in("chair").await.get("/signing").await.visible_text().contains("Điều chỉnh kế hoạch <vốn>"
            .replace('<', "&#60;").replace('>', "&#62;").as_str()));
    }

    async fn what_was_not_carried_becomes_a_notice_and_nothing_more(app) {
        let id = reported(&app, &[("delegate1", "agree"), ("delegate2", "agree"), ("delegate3", "other")]).await;
        for kind in ["resolution", "decision"] {
            let refused = draft(&app, "secretary", id, kind).await;
            assert_eq!(refused.status, 409);
            assert!(refused.visible_text().contains("chỉ lập được thông báo"), "{}", refused.visible_text());
        }
        let drafted = draft(&app, "secretary", id, "notice").await;
        assert_eq!(drafted.status, 303, "{}", drafted.visible_text());
        let file = app.sign_in("secretary").await.get(&format!("{}/file", drafted.location())).await;
        judge_text(&file.body, &["THÔNG BÁO", "2/4 thành viên đồng ý (50%), chưa đạt"]);
    }

    async fn nothing_follows_a_slip_that_is_not_reported(app) {
        let id = sent(&app, &MEMBERS).await;
        assert_eq!(draft(&app, "secretary", id, "notice").await.status, 409);
        assert_eq!(slip_act(&app, id, "secretary", "cancel", "Không cần nữa").await, 303);
        assert_eq!(draft(&app, "secretary", id, "notice").await.status, 409);
    }
}
