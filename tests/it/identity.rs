//! Signing in and out, and the people of an organisation.

use crate::harness::{PASSWORD, TestApp};
use crate::on_both;

on_both! {
    async fn a_right_password_opens_and_a_wrong_one_does_not(app) {
        let mut browser = app.browser();
        let refused = browser.post("/sign-in", &[("login", "delegate1"), ("password", "wrong")]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.visible_text().contains("chưa đúng"), "{}", refused.visible_text());
        let taken = browser.post("/sign-in", &[("login", "Delegate1 "), ("password", PASSWORD)]).await;
        assert_eq!((taken.status, taken.location().as_str()), (303, "/"));
        assert_eq!(browser.get("/notices").await.status, 200);
    }

    async fn a_page_without_a_session_leads_to_sign_in_and_back(app) {
        let answer = app.browser().get("/notices").await;
        assert_eq!((answer.status, answer.location().as_str()), (303, "/sign-in?back=%2Fnotices"));
    }

    async fn the_sixth_guess_must_wait_even_when_right(app) {
        let mut browser = app.browser();
        for _ in 0..5 {
            browser.post("/sign-in", &[("login", "chair"), ("password", "guess")]).await;
        }
        let sixth = browser.post("/sign-in", &[("login", "chair"), ("password", PASSWORD)]).await;
        assert_eq!(sixth.status, 429);
        app.app.clock.advance(31);
        let later = browser.post("/sign-in", &[("login", "chair"), ("password", PASSWORD)]).await;
        assert_eq!(later.status, 303);
    }

    async fn an_idle_session_ends(app) {
        let mut browser = app.sign_in("delegate1").await;
        app.app.clock.advance(8 * 3600);
        assert_eq!(browser.get("/notices").await.status, 303);
    }

    async fn signing_out_everywhere_ends_the_other_device(app) {
        let mut tablet = app.sign_in("delegate1").await;
        let mut phone = app.sign_in("delegate1").await;
        assert_eq!(phone.post("/sign-out-everywhere", &[]).await.status, 303);
        assert_eq!(tablet.get("/notices").await.status, 303);
    }

    async fn a_new_password_replaces_the_old(app) {
        let mut browser = app.sign_in("delegate1").await;
        let short = browser.post("/account/password", &[("old", PASSWORD), ("new", "short")]).await;
        assert_eq!(short.status, 422);
        let new = "mat khau moi dai hon";
        assert_eq!(browser.post("/account/password", &[("old", PASSWORD), ("new", new)]).await.status, 200);
        assert_eq!(app.browser().post("/sign-in", &[("login", "delegate1"), ("password", PASSWORD)]).await.status, 422);
        assert_eq!(app.browser().post("/sign-in", &[("login", "delegate1"), ("password", new)]).await.status, 303);
    }

    async fn a_retired_person_is_out_at_once_and_stays_in_the_list(app) {
        let mut gone = app.sign_in("delegate1").await;
        let person = app.person("delegate1").await;
        let mut admin = app.sign_in("admin").await;
        assert_eq!(admin.post(&format!("/people/{person}/retirement"), &[]).await.status, 303);
        assert_eq!(gone.get("/notices").await.status, 303);
        assert!(admin.get("/people").await.visible_text().contains("Nguyễn Văn delegate1"));
    }

    async fn another_organisations_person_is_not_found(app) {
        let person = app.person("delegate1").await;
        let mut stranger = app.sign_in("stranger").await;
        assert_eq!(stranger.post(&format!("/people/{person}/retirement"), &[]).await.status, 404);
        assert!(!stranger.get("/people").await.visible_text().contains("delegate1"));
    }

    async fn an_import_is_shown_before_it_is_taken(app) {
        let mut admin = app.sign_in("admin").await;
        let good = "login,name,unit,position,email,roles\nmoi.1,Trần Thị Bình,Phòng Kinh tế/Tổ Đất đai,Chuyên viên,b@x.vn,clerk\n";
        let preview = admin.post("/people/import", &[("csv", good)]).await;
        assert!(preview.visible_text().contains("Hợp lệ"), "{}", preview.visible_text());
        assert!(!admin.get("/people").await.visible_text().contains("Trần Thị Bình"));
        let taken = admin.post("/people/imports", &[("csv", good), ("password", "mat khau dau tien")]).await;
        assert_eq!(taken.status, 303);
        let people = admin.get("/people").await.visible_text();
        assert!(people.contains("Trần Thị Bình moi.1 Tổ Đất đai Chuyên viên Văn thư"), "{people}");
    }

    async fn one_bad_line_refuses_the_whole_import(app) {
        let mut admin = app.sign_in("admin").await;
        let mixed = "login,name,unit,position,email\nmoi.2,Lê Văn Cường,Văn phòng,,\nchair,Người Khác,Văn phòng,,\n";
        let preview = admin.post("/people/import", &[("csv", mixed)]).await;
        assert!(preview.visible_text().contains("đã có người dùng"));
        let refused = admin.post("/people/imports", &[("csv", mixed), ("password", "mat khau dau tien")]).await;
        assert_eq!(refused.status, 422);
        assert!(!admin.get("/people").await.visible_text().contains("Lê Văn Cường"));
    }

    async fn a_post_from_another_site_is_refused(app) {
        use axum::body::Body;
        use axum::http::Method;
        let mut browser = app.sign_in("delegate1").await;
        let mut request = browser.request(Method::POST, "/sign-out-everywhere").body(Body::empty()).unwrap();
        request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        assert_eq!(browser.send(request).await.status, 403);
        assert_eq!(browser.get("/notices").await.status, 200);
    }
}

#[tokio::test]
async fn every_answer_carries_the_strict_policy() {
    let app = TestApp::new(crate::harness::Database::Sqlite).await.unwrap();
    for path in ["/sign-in", "/notices", "/no-such-page", "/health/live"] {
        let answer = app.browser().get(path).await;
        let policy = answer.headers.get("content-security-policy").unwrap().to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
}
