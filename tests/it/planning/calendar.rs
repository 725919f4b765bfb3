//! Meetings in people's own calendars: by an address, and with the mails.

use std::io::Write;
use std::process::{Command, Stdio};

use ecabinet::app;
use ecabinet::config::Config;
use ecabinet::notices::Mailer;

use crate::harness::smtp::Smtp;
use crate::harness::{Browser, TestApp, left_out};
use crate::on_both;

/// Opens a calendar and gives the path a telephone would ask.
async fn feed_of(browser: &mut Browser) -> String {
    let page = browser.post("/schedule/calendar", &[]).await;
    assert_eq!(page.status, 200);
    let address =
        page.text().split("value=\"http://office.test").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(address.starts_with("/calendars/") && address.len() > 50, "{address}");
    address
}

/// Reads a calendar with a parser that is not ours, where it is installed.
fn read_by_python(text: &str) {
    let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = "import sys\ntry:\n import icalendar\nexcept ImportError:\n sys.exit(7)\n\
                  c = icalendar.Calendar.from_ical(sys.stdin.buffer.read())\n\
                  assert not c.errors, c.errors\nassert all(not e.errors and e.start < e.end for e in c.events)\n";
    let child = Command::new(python).args(["-c", script]).stdin(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return left_out("iCalendar", "python is not installed") };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    match child.wait().unwrap().code() {
        Some(0) => {}
        Some(7) => left_out("iCalendar", "the icalendar package is not installed; pip install it"),
        code => panic!("not a calendar ({code:?}): {text}"),
    }
}

fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "")
}

on_both! {
    async fn a_calendar_holds_ones_own_meetings_and_strikes_out_the_cancelled(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let feed = feed_of(&mut delegate).await;
        let mut telephone = app.browser();
        let answer = telephone.get(&feed).await;
        assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
        read_by_python(&answer.text());
        let text = unfolded(&answer.text());
        assert!(text.contains(&format!("UID:{}@e-cabinet\r\n", meeting.id)), "{text}");
        assert!(text.contains("SUMMARY:Họp thường kỳ tháng 11\r\n") && text.contains("LOCATION:Hội trường A\r\n"), "{text}");
        assert!(text.contains("DTSTART:20261124T010000Z\r\n") && text.contains("SEQUENCE:0\r\n"), "{text}");
        meeting.act("cancellation", &[]).await;
        let text = telephone.get(&feed).await.text();
        assert!(text.contains("STATUS:CANCELLED\r\n") && text.contains("SEQUENCE:1\r\n"), "{text}");
        let none = feed_of(&mut app.sign_in("clerk").await).await;
        assert!(!app.browser().get(&none).await.text().contains("BEGIN:VEVENT"));
    }

    async fn a_restricted_meeting_has_no_title_in_a_calendar_and_a_draft_is_not_there(app) {
        let meeting = app.meeting().draft().await;
        let mut chair = app.sign_in("chair").await;
        let feed = feed_of(&mut chair).await;
        assert!(!chair.get(&feed).await.text().contains("BEGIN:VEVENT"));
        let mut meeting = meeting;
        let mut form = app.basics("Họp nhân sự").to_vec();
        form.extend([("version", "1"), ("restricted", "on")]);
        let path = meeting.path("preparation");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        meeting.act("publication", &[]).await;
        let text = unfolded(&chair.get(&feed).await.text());
        assert!(text.contains("SUMMARY:Cuộc họp (nội dung hạn chế)") && !text.contains("nhân sự"), "{text}");
    }

    async fn a_calendar_is_closed_and_its_secret_renewed(app) {
        let mut delegate = app.sign_in("delegate1").await;
        let first = feed_of(&mut delegate).await;
        let second = feed_of(&mut delegate).await;
        let mut telephone = app.browser();
        assert_eq!(telephone.get(&first).await.status, 404, "renewed");
        assert_eq!(telephone.get(&second).await.status, 200);
        assert!(!delegate.get("/schedule/calendar").await.text().contains(&second), "shown once");
        assert_eq!(delegate.post("/schedule/calendar/closing", &[]).await.status, 303);
        assert_eq!(telephone.get(&second).await.status, 404);
        assert_eq!(telephone.get(&format!("/calendars/{}", "0".repeat(48))).await.status, 404);
    }

    async fn who_left_the_office_has_no_calendar(app) {
        let feed = feed_of(&mut app.sign_in("delegate1").await).await;
        let person = app.person("delegate1").await;
        let retired = app.sign_in("admin").await.post(&format!("/people/{person}/retirement"), &[]).await;
        assert_eq!(retired.status, 303);
        assert_eq!(app.browser().get(&feed).await.status, 404);
    }

    async fn mails_bring_the_meeting_its_changes_and_its_end(app) {
        let Some(server) = Smtp::start().await else { return };
        let mut meeting = app.meeting().published().await;
        let mut form = app.basics("Họp thường kỳ tháng 11").to_vec();
        form[3].1 = "2026-11-24T09:00";
        form[4].1 = "2026-11-24T12:00";
        form.push(("version", "1"));
        let path = meeting.path("preparation");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        meeting.act("cancellation", &[]).await;
        send(&app, &server.url).await;
        let calendars = calendars(&server.mails(), "delegate1");
        assert_eq!(calendars.len(), 3);
        let uid = format!("UID:{}@e-cabinet", meeting.id);
        for (calendar, (method, sequence, start)) in calendars.iter().zip([
            ("REQUEST", 0, "20261124T010000Z"), ("REQUEST", 1, "20261124T020000Z"), ("CANCEL", 2, "20261124T020000Z"),
        ]) {
            read_by_python(calendar);
            let calendar = unfolded(calendar);
            for line in [
                &*uid, &format!("METHOD:{method}"), &format!("SEQUENCE:{sequence}"), &format!("DTSTART:{start}"),
                "ORGANIZER:mailto:secretary@office.test",
                "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=FALSE:mailto:delegate1@office.test",
            ] {
                assert!(calendar.contains(line), "{line} in {calendar}");
            }
        }
        let outbox = meeting.secretary.get("/mails").await.visible_text();
        assert!(outbox.contains("Thời gian: 08:00, 24/11/2026 – 11:00, 24/11/2026 → 09:00, 24/11/2026 – 12:00, 24/11/2026"), "{outbox}");
    }

    async fn a_change_nobody_would_notice_is_not_told(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let mut form = app.basics("Họp thường kỳ tháng 11").to_vec();
        form.push(("version", "1"));
        let path = meeting.path("preparation");
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        assert!(!delegate.get("/notices").await.visible_text().contains("Thay đổi cuộc họp"));
        let mut form = app.basics("Họp đổi tên").to_vec();
        form.push(("version", "2"));
        assert_eq!(meeting.secretary.post(&path, &form).await.status, 303);
        assert!(delegate.get("/notices").await.visible_text().contains("Thay đổi cuộc họp: Họp đổi tên"));
    }
}

async fn send(app: &TestApp, url: &str) {
    let settings = [("ECABINET_SMTP_URL".to_owned(), url.to_owned())];
    let config = Config::from_parts(toml::Table::new(), settings.into_iter()).unwrap();
    app::worker(&app.app, Mailer::new(&config).unwrap()).run_due().await.unwrap();
}

/// The calendar parts of the mails to one person, by their sequence.
fn calendars(mails: &[String], login: &str) -> Vec<String> {
    let mut found: Vec<String> = mails
        .iter()
        .filter(|mail| mail.contains(&format!("To: {login}@office.test")))
        .filter_map(|mail| {
            let (_, part) = mail.split_once("Content-Type: text/calendar")?;
            let (head, body) = part.split_once("\n\n").or_else(|| part.split_once("\r\n\r\n"))?;
            let body = body.split("\n--").next()?;
            Some(decoded(head, body))
        })
        .collect();
    let sequence = |text: &String| {
        text.split("SEQUENCE:")
            .nth(1)
            .and_then(|rest| rest.lines().next())
            .and_then(|text| text.trim().parse().ok())
    };
    found.sort_by_key(|text| sequence(text).unwrap_or(0_i64));
    found
}

/// The text under a transfer encoding, with the line ends of calendars.
fn decoded(head: &str, body: &str) -> String {
    let text = if head.contains("quoted-printable") {
        let mut bytes = Vec::new();
        let body = body.replace("=\r\n", "").replace("=\n", "");
        let mut rest = body.bytes();
        while let Some(byte) = rest.next() {
            if byte == b'=' {
                let digits = [rest.next().unwrap(), rest.next().unwrap()];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            } else {
                bytes.push(byte);
            }
        }
        String::from_utf8(bytes).unwrap()
    } else if head.contains("base64") {
        let packed: Vec<u8> = body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        String::from_utf8(openssl::base64::decode_block(std::str::from_utf8(&packed).unwrap()).unwrap())
            .unwrap()
    } else {
        body.to_owned()
    };
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}
