//! Mails leave once, and wait when they cannot; jobs that fail are shown.

mod outside;

use ecabinet::app;
use ecabinet::clock::Timestamp;
use ecabinet::config::Config;
use ecabinet::notices::{self, Letter, Mailer, Manner, Tidings};

use crate::harness::smtp::Smtp;
use crate::harness::{Answer, TestApp};
use crate::on_both;

/// The worker's next round with a mail server at `url`; gives the jobs it ran.
async fn run_jobs(app: &TestApp, url: &str) -> usize {
    let settings = [("ECABINET_SMTP_URL", url), ("ECABINET_PUBLIC_URL", "http://office.test")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::from_parts(toml::Table::new(), settings.into_iter()).unwrap();
    app::worker(&app.app, Mailer::new(&config).unwrap()).run_due().await.unwrap()
}

/// A start with a mail server at `url`.
async fn take_up(app: &TestApp, url: &str) {
    let settings = [("ECABINET_SMTP_URL".to_owned(), url.to_owned())];
    let config = Config::from_parts(toml::Table::new(), settings.into_iter()).unwrap();
    notices::take_up(&app.app, &Mailer::new(&config).unwrap()).await.unwrap();
}

/// Nobody listens there: the port was free a moment ago and is never bound.
fn dead_server() -> String {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    format!("smtp://127.0.0.1:{port}")
}

/// Tells one person something, as features do.
async fn tell(app: &TestApp, login: &str, subject: &str, link: &str) {
    let person = app.person(login).await;
    let mut tx = app.app.db.write().await.unwrap();
    let found = ecabinet::identity::store::person(&mut tx, app.organisation, person).await.unwrap().unwrap();
    let tidings = Tidings { organisation: app.organisation, subject, link, body: "Nội dung" };
    notices::actions::tell(&mut tx, person, &found.email, &tidings, app.app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Channel and state of everything in the outbox.
async fn deliveries(app: &TestApp) -> Vec<(String, String)> {
    let mut tx = app.app.db.read().await.unwrap();
    ecabinet::sql!(tx => fetch_all "SELECT channel, state FROM delivery ORDER BY created_at, id" as (String, String))
        .unwrap()
}

/// Wishes as the form sends them: the usual ones, but for these.
async fn post_wishes(app: &TestApp, login: &str, changed: &[(&str, &str)]) -> Answer {
    let kinds = ["meeting", "signature", "slip", "task", "incoming", "outgoing", "other"];
    let mut fields: Vec<(String, String)> =
        kinds.iter().map(|kind| (format!("mail-{kind}"), "now".into())).collect();
    for (name, value) in
        [("quiet_from", "00:00"), ("quiet_until", "00:00"), ("digest_at", "07:00"), ("phone", "")]
    {
        fields.push((name.into(), value.into()));
    }
    for (name, value) in changed {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).into(), (*value).into()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.sign_in(login).await.post("/notices/wishes", &fields).await
}

async fn wish(app: &TestApp, login: &str, changed: &[(&str, &str)]) {
    let answer = post_wishes(app, login, changed).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
}

async fn move_mailbox(app: &TestApp, login: &str, email: &str) {
    let person = app.person(login).await;
    let mut tx = app.app.db.write().await.unwrap();
    ecabinet::sql!(tx => execute "UPDATE person SET email = $2 WHERE id = $1", person, email).unwrap();
    tx.commit().await.unwrap();
}

fn message_id(mail: &str) -> Option<String> {
    mail.lines().find_map(|line| line.strip_prefix("Message-ID: ").map(str::to_owned))
}

/// A mail's text, read as a mail program reads it.
fn text_of(mail: &str) -> String {
    let mail = mail.replace("\r\n", "\n");
    let (head, body) = mail.split_once("\n\n").unwrap();
    let bytes = if head.contains("Content-Transfer-Encoding: base64") {
        openssl::base64::decode_block(&body.replace('\n', "")).unwrap()
    } else {
        quoted(&body.replace("=\n", ""))
    };
    String::from_utf8(bytes).unwrap()
}

/// Quoted-printable (RFC 2045 §6.7).
fn quoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut parts = text.split('=');
    bytes.extend(parts.next().unwrap_or_default().bytes());
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).unwrap());
        bytes.extend(rest.bytes());
    }
    bytes
}

/// The address of the first "send again" on the page.
fn sending(page: &str) -> String {
    let form = page.split("action=\"").find(|rest| rest.contains("/sendings\""));
    form.unwrap().split('"').next().unwrap().to_owned()
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
        let mut secretary = app.sign_in("secretary").await;
        assert!(secretary.get("/mails").await.visible_text().contains("đã gửi 12:00"));
        let waiting = secretary.get("/mails?state=waiting").await.visible_text();
        assert!(waiting.contains("Chưa có thư nào"), "{waiting}");
    }

    async fn a_mail_that_cannot_leave_waits_and_is_shown(app) {
        app.meeting().published().await;
        assert!(run_jobs(&app, &dead_server()).await > 0);
        let outbox = app.sign_in("admin").await.get("/mails?state=waiting").await.visible_text();
        assert!(outbox.contains("chờ gửi") && outbox.contains("Thử lại lúc"), "{outbox}");
        // Not due again yet: a dead server is not hammered.
        assert_eq!(run_jobs(&app, &dead_server()).await, 0);
    }

    async fn a_mail_server_down_for_a_day_loses_nothing_and_sends_nothing_twice(app) {
        let Some(server) = Smtp::start().await else { return };
        app.meeting().published().await;
        let dead = dead_server();
        for _ in 0..26 {
            run_jobs(&app, &dead).await;
            app.app.clock.advance(3600);
        }
        let waiting = deliveries(&app).await;
        assert!(waiting.len() > 3 && waiting.iter().all(|(_, state)| state == "waiting"), "{waiting:?}");
        for _ in 0..3 {
            app.app.clock.advance(3600);
            run_jobs(&app, &server.url).await;
        }
        let mut ids: Vec<String> = server.mails().iter().filter_map(|mail| message_id(mail)).collect();
        ids.sort();
        assert_eq!(ids.len(), waiting.len());
        ids.dedup();
        assert_eq!(ids.len(), waiting.len(), "each once");
    }

    async fn what_was_tried_for_days_is_given_up_shown_and_sent_again_by_hand(app) {
        let Some(server) = Smtp::start().await else { return };
        tell(&app, "delegate1", "Nhắc việc", "/tasks/7").await;
        let dead = dead_server();
        for _ in 0..80 {
            run_jobs(&app, &dead).await;
            app.app.clock.advance(3600);
        }
        assert_eq!(deliveries(&app).await, [("mail".to_owned(), "given_up".to_owned())]);
        let mut admin = app.sign_in("admin").await;
        let page = admin.get("/mails").await;
        assert!(page.visible_text().contains("không gửi được"), "{}", page.visible_text());
        let again = sending(&page.text());
        assert_eq!(app.sign_in("delegate2").await.post(&again, &[]).await.status, 403);
        assert_eq!(app.sign_in("stranger").await.post(&again, &[]).await.status, 404);
        assert_eq!(admin.post(&again, &[]).await.status, 303);
        assert_eq!(admin.post(&again, &[]).await.status, 404, "it is on its way already");
        app.app.clock.advance(3600);
        run_jobs(&app, &server.url).await;
        assert_eq!(server.mails().len(), 1);
    }

    async fn an_address_that_takes_no_mail_is_shown_to_the_keeper_and_to_its_owner(app) {
        let Some(server) = Smtp::start().await else { return };
        move_mailbox(&app, "delegate1", "gone@office.test").await;
        tell(&app, "delegate1", "Nhắc việc", "/tasks/7").await;
        tell(&app, "delegate2", "Nhắc việc", "/tasks/7").await;
        run_jobs(&app, &server.url).await;
        assert_eq!(server.mails().len(), 1, "the other is not kept waiting");
        let outbox = app.sign_in("admin").await.get("/mails?state=refused").await.visible_text();
        assert!(outbox.contains("gone@office.test") && outbox.contains("no such mailbox"), "{outbox}");
        let own = app.sign_in("delegate1").await.get("/notices/wishes").await.visible_text();
        assert!(own.contains("không nhận thư gửi đến gone@office.test"), "{own}");
        assert!(!app.sign_in("delegate2").await.get("/notices/wishes").await.visible_text().contains("không nhận thư"));
    }

    async fn a_digest_holds_what_was_gathered_once_and_comes_at_its_hour(app) {
        let Some(server) = Smtp::start().await else { return };
        wish(&app, "delegate1", &[("mail-task", "digest"), ("digest_at", "16:30")]).await;
        for number in 1..=3 {
            tell(&app, "delegate1", &format!("Việc số {number}"), &format!("/tasks/{number}")).await;
        }
        run_jobs(&app, &server.url).await;
        assert!(server.mails().is_empty(), "not before its hour");
        app.app.clock.advance(4 * 3600 + 1800);
        run_jobs(&app, &server.url).await;
        run_jobs(&app, &server.url).await;
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert_eq!(text_of(&mails[0]).matches("http://office.test/tasks/").count(), 3, "{}", mails[0]);
        tell(&app, "delegate1", "Việc số 4", "/tasks/4").await;
        app.app.clock.advance(86_400);
        run_jobs(&app, &server.url).await;
        let mails = server.mails();
        assert_eq!(mails.len(), 2);
        assert_eq!(mails.iter().filter(|mail| text_of(mail).contains("/tasks/4")).count(), 1);
    }

    async fn many_told_at_once_are_told_each_as_they_wish(app) {
        wish(&app, "delegate1", &[("mail-task", "digest"), ("digest_at", "16:30")]).await;
        wish(&app, "delegate2", &[("mail-task", "off"), ("sms-task", "on"), ("phone", "0905123456")]).await;
        wish(&app, "delegate3", &[("quiet_from", "11:00"), ("quiet_until", "13:00")]).await;
        let told = ["chair", "delegate1", "delegate2", "delegate3"];
        let mut people = Vec::new();
        for login in told {
            people.push(app.person(login).await);
        }
        let now = app.app.clock.now();
        let tidings = Tidings { organisation: app.organisation, subject: "Nhắc việc", link: "/tasks/7", body: "Nội dung" };
        let letter = |person| Letter { person, email: "one@office.test", tidings, manner: Manner::default() };
        let letters: Vec<Letter<'_>> = people.into_iter().map(letter).collect();
        let mut tx = app.app.db.write().await.unwrap();
        notices::actions::tell_all(&mut tx, app.organisation, &letters, now).await.unwrap();
        let left = ecabinet::sql!(tx => fetch_all
            "SELECT person.login, delivery.channel, delivery.state, delivery.due_at FROM delivery
             JOIN person ON person.id = delivery.person_id ORDER BY person.login"
            as (String, String, String, Timestamp)).unwrap();
        let left: Vec<String> = left
            .into_iter()
            .map(|(login, channel, state, due_at)| format!("{login}: {channel} {state} {}", due_at.time()))
            .collect();
        let expected = [
            "chair: mail waiting 12:00",
            "delegate1: mail gathered 16:30",
            "delegate2: sms waiting 12:00",
            "delegate3: mail waiting 13:00",
        ];
        assert_eq!(left, expected);
        tx.commit().await.unwrap();
        for login in told {
            assert!(app.sign_in(login).await.get("/notices").await.visible_text().contains("Nhắc việc"), "{login}");
        }
        assert_eq!(run_jobs(&app, &dead_server()).await, 2, "what is due is handed over, by a job each");
    }

    async fn in_quiet_hours_nothing_leaves_and_afterwards_everything(app) {
        let Some(server) = Smtp::start().await else { return };
        wish(&app, "delegate1", &[("quiet_from", "11:00"), ("quiet_until", "13:00")]).await;
        tell(&app, "delegate1", "Nhắc việc", "/tasks/7").await;
        run_jobs(&app, &server.url).await;
        assert!(server.mails().is_empty());
        assert!(app.sign_in("delegate1").await.get("/notices").await.visible_text().contains("Nhắc việc"));
        app.app.clock.advance(3600);
        run_jobs(&app, &server.url).await;
        assert_eq!(server.mails().len(), 1);
    }

    async fn who_wants_no_mail_gets_none_and_a_bad_wish_is_refused_in_words(app) {
        wish(&app, "delegate1", &[("mail-task", "off")]).await;
        tell(&app, "delegate1", "Nhắc việc", "/tasks/7").await;
        tell(&app, "delegate1", "Phiếu", "/slips/7").await;
        assert_eq!(deliveries(&app).await, [("mail".to_owned(), "waiting".to_owned())], "the slip's only");
        let bad = post_wishes(&app, "delegate1", &[("phone", "090<script>")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.visible_text().contains("Số điện thoại có 8 đến 15 chữ số"), "{}", bad.visible_text());
    }

    async fn of_a_restricted_meeting_a_mail_tells_only_that_there_is_something(app) {
        let mut meeting = app.meeting().draft().await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "UPDATE meeting SET restricted = TRUE WHERE 1 = 1").unwrap();
        tx.commit().await.unwrap();
        meeting.act("publication", &[]).await;
        let outbox = app.sign_in("secretary").await.get("/mails").await.visible_text();
        assert!(outbox.contains("Bạn có thông báo mới") && outbox.contains("http://office.test/meetings/"), "{outbox}");
        assert!(!outbox.contains("Họp thường kỳ"), "{outbox}");
        let inside = app.sign_in("delegate1").await.get("/notices").await.visible_text();
        assert!(inside.contains("Họp thường kỳ"), "{inside}");
    }

    async fn the_link_of_a_mail_survives_the_sign_in(app) {
        let Some(server) = Smtp::start().await else { return };
        tell(&app, "delegate1", "Nhắc việc", "/notices/wishes").await;
        run_jobs(&app, &server.url).await;
        let mail = text_of(&server.mails()[0]);
        let link = mail.split("http://office.test").nth(1).unwrap().split_whitespace().next().unwrap();
        let mut browser = app.browser();
        let door = browser.get(link).await.location();
        let page = browser.get(&door).await.text();
        let back = page.split("name=\"back\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let fields = [("login", "delegate1"), ("password", crate::harness::PASSWORD), ("back", &back)];
        assert_eq!(browser.post("/sign-in", &fields).await.location(), "/notices/wishes");
    }

    async fn a_job_given_up_is_taken_up_again_by_hand(app) {
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::jobs::queue(&mut tx, "of_no_kind", &1, app.app.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..8 {
            app.run_jobs().await;
            app.app.clock.advance(2 * 86_400);
        }
        let mut admin = app.sign_in("admin").await;
        let page = admin.get("/jobs").await;
        assert!(page.visible_text().contains("Đã thôi thử"), "{}", page.visible_text());
        let retry = page.text().split("action=\"").find_map(|rest| rest.strip_prefix("/jobs/").map(|rest| rest.split('"').next().unwrap().to_owned())).unwrap();
        assert_eq!(admin.post(&format!("/jobs/{retry}"), &[]).await.status, 303);
        assert_eq!(app.run_jobs().await, 1);
    }

    async fn what_was_kept_leaves_once_there_is_a_server_and_what_is_too_old_is_given_up(app) {
        let Some(server) = Smtp::start().await else { return };
        tell(&app, "delegate1", "Việc cũ", "/tasks/1").await;
        app.run_jobs().await;
        app.app.clock.advance(4 * 86_400);
        tell(&app, "delegate1", "Việc mới", "/tasks/2").await;
        app.run_jobs().await;
        let outbox = app.sign_in("secretary").await.get("/mails").await.visible_text();
        assert_eq!(outbox.matches("giữ lại, chưa khai báo nơi gửi").count(), 2, "{outbox}");
        take_up(&app, &server.url).await;
        take_up(&app, &server.url).await;
        assert_eq!(run_jobs(&app, &server.url).await, 1);
        let mails = server.mails();
        assert_eq!(mails.len(), 1);
        assert!(text_of(&mails[0]).contains("http://office.test/tasks/2"), "{}", mails[0]);
        let outbox = app.sign_in("secretary").await.get("/mails?state=given_up").await.visible_text();
        assert!(outbox.contains("Việc cũ") && !outbox.contains("Việc mới"), "{outbox}");
    }

    async fn without_a_mail_server_mails_can_be_read_in_the_outbox(app) {
        app.meeting().published().await;
        app.run_jobs().await;
        let outbox = app.sign_in("secretary").await.get("/mails").await.visible_text();
        assert!(outbox.contains("Giấy mời: Họp thường kỳ tháng 11") && outbox.contains("http://office.test/meetings/"), "{outbox}");
    }
}
