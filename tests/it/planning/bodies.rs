//! The rules of bodies.

use crate::harness::TestApp;
use crate::on_both;

/// The usual rule as the form sends it.
fn rule<'a>(name: &'a str, terms: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("name", name),
        ("body_name", "Hội đồng nhân dân phường"),
        ("terms", terms),
        ("quorum_part", "2"),
        ("quorum_whole", "3"),
        ("pass_part", "1"),
        ("pass_whole", "2"),
        ("majority", "more"),
        ("base", "total_members"),
        ("tie", "fail"),
        ("secrecy", "allowed"),
        ("deadline_days", "2"),
        ("substitutes", "unit"),
        ("speech_minutes", "7"),
        ("meaning-1", "approve"),
        ("key-1", "approve"),
        ("label-1", "Tán thành"),
        ("meaning-2", "reject"),
        ("key-2", ""),
        ("label-2", ""),
        ("meaning-3", "other"),
        ("key-3", ""),
        ("label-3", "Ý kiến khác"),
        ("meaning-4", ""),
        ("key-4", ""),
        ("label-4", "thừa"),
    ]
}

async fn terms_of(app: &TestApp, kind: &str) -> (String, ecabinet::meetings::rules::VoteTerms) {
    let mut tx = app.app.db.read().await.unwrap();
    let kind = ecabinet::meetings::store::meeting_type(&mut tx, kind.parse().unwrap()).await.unwrap();
    (kind.terms_id.to_string(), kind.terms)
}

on_both! {
    async fn the_administrator_changes_a_rule_and_the_old_one_stays_written_down(app) {
        let mut admin = app.sign_in("admin").await;
        let (before_id, before) = terms_of(&app, &app.council).await;
        let path = format!("/bodies/{}", app.council);
        assert!(admin.get(&path).await.text().contains(&before_id));
        assert_eq!(admin.post(&path, &rule("Kỳ họp thường lệ", &before_id)).await.status, 303);
        let (after_id, after) = terms_of(&app, &app.council).await;
        assert_ne!(before_id, after_id);
        let keys: Vec<&str> = after.options.iter().map(|option| option.key.as_str()).collect();
        assert_eq!(keys, ["approve", "reject", "other"]);
        let mut tx = app.app.db.read().await.unwrap();
        let kept = ecabinet::meetings::store::terms(&mut tx, before_id.parse().unwrap()).await.unwrap();
        assert_eq!(kept, before);
        let rules = ecabinet::meetings::store::planning_rules(&mut tx, app.council.parse().unwrap()).await.unwrap();
        assert_eq!((rules.deadline_days, rules.speech_minutes, rules.opinions_shown), (2, 7, false));
        drop(tx);
        let stale = admin.post(&path, &rule("Từ trang cũ", &before_id)).await;
        assert_eq!(stale.status, 409);
        assert!(stale.text().contains("Từ trang cũ"), "what was typed is still there");
    }

    async fn a_vote_prepared_before_keeps_its_rule(app) {
        let mut meeting = app.meeting().of_the_council().under_way().await;
        let vote = meeting.prepared_vote(&app, "Thông qua?").await;
        let (before_id, before) = terms_of(&app, &app.council).await;
        let mut admin = app.sign_in("admin").await;
        let path = format!("/bodies/{}", app.council);
        assert_eq!(admin.post(&path, &rule("Kỳ họp", &before_id)).await.status, 303);
        let mut tx = app.app.db.read().await.unwrap();
        let vote = ecabinet::voting::store::vote(&mut tx, vote).await.unwrap().unwrap();
        assert_eq!(vote.terms, before);
    }

    async fn rules_that_cannot_be_kept_are_refused(app) {
        let mut admin = app.sign_in("admin").await;
        let (terms, _) = terms_of(&app, &app.council).await;
        let path = format!("/bodies/{}", app.council);
        for (field, value) in [
            ("quorum_part", "4"), ("quorum_whole", "0"), ("pass_part", "2"), ("base", "nobody"),
            ("deadline_days", "31"), ("speech_minutes", "0"), ("meaning-1", "reject"), ("secrecy", ""),
        ] {
            let mut form = rule("Kỳ họp", &terms);
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            assert_eq!(admin.post(&path, &form).await.status, 422, "{field}={value}");
        }
        let mut nameless = rule(" ", &terms);
        nameless[0].1 = " ";
        assert_eq!(admin.post(&path, &nameless).await.status, 422);
        assert_eq!(terms_of(&app, &app.council).await.0, terms, "nothing was changed");
    }

    async fn a_new_kind_can_be_chosen_for_a_meeting(app) {
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.get("/bodies/new").await.status, 200);
        assert_eq!(admin.post("/bodies", &rule("Họp Ban chỉ đạo", "")).await.status, 303);
        let mut secretary = app.sign_in("secretary").await;
        assert!(secretary.get("/meetings/new").await.visible_text().contains("Họp Ban chỉ đạo"));
        assert!(secretary.get("/bodies").await.visible_text().contains("Họp khi có 2/3, thông qua từ 1/2"));
        assert_eq!(secretary.post("/bodies", &rule("Của thư ký", "")).await.status, 403);
        assert_eq!(secretary.get("/bodies/new").await.status, 403);
    }
}
