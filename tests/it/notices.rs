//! Mails leave once, and wait when they cannot; jobs that fail are shown.

use ecabinet::app;
use ecabinet::config::Config;
use ecabinet::notices::Mailer;

use crate::harness::TestApp;
use crate::harness::smtp::Smtp;
use crate::on_both;

/// The worker's next round with a mail server at `url`; gives the jobs it ran.
async fn run_jobs(app: &TestApp, url: &str) -> usize {
    let settings = [("ECABINET_SMTP_URL".to_owned(), url.to_owned())];
    let config = Config::from_parts(toml::Table::new(), settings.into_iter()).unwrap();
    app::worker(&app.app, Mailer::new(&config).unwrap()).run_due().await.unwrap()
}

/// Nobody listens there: the port was free a moment ago and is never bound.
fn dead_server() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("smtp://127.0.0.1:{port}")
}

on_both! {
    async fn an_invitation_reaches_each_mailbox_once(app) {
        let Some(server) = Smtp::start().await else { return };
        app.meeting().published().await;
        run_jobs(&app, &server.url).await;
        let mails = server.mails();
        let to = |login: &str| mails.iter().filter(|mail| mail.contains(&format!("To: {login}@office.test"))).count();
        assert_eq!((to("chair"), to("delegate1"), to("guest")), (1, 1, 1));
        run_jobs(&app, &server.url).await;
        assert_eq!(server.mails().len(), mails.len());
        let outbox = app.sign_in("secretary").await.get("/mails").await.visible_text();
        assert!(outbox.contains("đã gửi") && !outbox.contains("chờ gửi"), "{outbox}");
    }

    async fn a_mail_that_cannot_leave_waits_and_is_shown(app) {
        app.meeting().published().await;
        assert!(run_jobs(&app, &dead_server()).await > 0);
        assert!(app.sign_in("secretary").await.get("/mails").await.visible_text().contains("chờ gửi"));
        let jobs = app.sign_in("admin").await.get("/jobs").await.visible_text();
        assert!(jobs.contains("mail") && jobs.contains("Thử lại lúc"), "{jobs}");
        // Not due again yet: a dead server is not hammered.
        assert_eq!(run_jobs(&app, &dead_server()).await, 0);
    }

    async fn a_job_given_up_is_taken_up_again_by_hand(app) {
        app.meeting().published().await;
        let url = dead_server();
        for _ in 0..8 {
            run_jobs(&app, &url).await;
            app.app.clock.advance(2 * 86_400);
        }
        let mut admin = app.sign_in("admin").await;
        let page = admin.get("/jobs").await;
        assert!(page.visible_text().contains("Đã thôi thử"), "{}", page.visible_text());
        let retry = page.text().split("action=\"").find_map(|rest| rest.strip_prefix("/jobs/").map(|rest| rest.split('"').next().unwrap().to_owned())).unwrap();
        assert_eq!(admin.post(&format!("/jobs/{retry}"), &[]).await.status, 303);
        assert_eq!(run_jobs(&app, &url).await, 1);
    }

    async fn without_a_mail_server_mails_can_be_read_in_the_outbox(app) {
        app.meeting().published().await;
        app.run_jobs().await;
        let outbox = app.sign_in("secretary").await.get("/mails").await.visible_text();
        assert!(outbox.contains("Giấy mời: Họp thường kỳ tháng 11") && outbox.contains("http://office.test/meetings/"), "{outbox}");
    }
}
