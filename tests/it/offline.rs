//! What a device may keep, and when it must forget.

use ecabinet::papers::VersionId;
use serde_json::{Value, json};

use crate::harness::meeting::Meeting;
use crate::harness::pdf::pdf;
use crate::harness::{Browser, TestApp};
use crate::on_both;

const DAY: i64 = 86_400;

async fn standing(browser: &mut Browser) -> Value {
    let answer = browser.get("/offline/standing").await;
    assert_eq!((answer.status, answer.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    serde_json::from_slice(&answer.body).unwrap()
}

/// A paper on the meeting's agenda, its pages read.
async fn add_paper(app: &TestApp, meeting: &mut Meeting) -> String {
    let item = meeting.items[0].to_string();
    let path = meeting.path("papers");
    let sent =
        meeting.secretary.upload(&path, "to-trinh.pdf", &pdf(&["Một", "Hai"]), &[("item", &item)]).await;
    assert_eq!(sent.status, 303);
    app.run_jobs().await;
    let secretary = app.person("secretary").await;
    let mut tx = app.app.db.read().await.unwrap();
    let papers = ecabinet::meetings::store::agenda_papers(&mut tx, meeting.id, secretary).await.unwrap();
    let version: VersionId = papers[0].version_id;
    ecabinet::papers::urls::reader(version)
}

on_both! {
    async fn papers_of_nearby_meetings_may_be_kept_until_the_day_after(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting).await;
        let starts = meeting_start(&app, &meeting).await;
        let to_three_days_before = starts - seconds(&app) - 3 * DAY;
        let mut listed = Vec::new();
        for wait in [to_three_days_before, 2 * DAY, DAY, DAY, DAY] {
            app.app.clock.advance(wait);
            listed.push(standing(&mut app.sign_in("delegate1").await).await);
        }
        let counts: Vec<usize> = listed.iter().map(|day| day["papers"].as_array().unwrap().len()).collect();
        assert_eq!(counts, [0, 1, 1, 1, 0], "from the day before to the day after");
        let tomorrow = &listed[1];
        assert_eq!((&tomorrow["state"], &tomorrow["papers"][0]["url"], &tomorrow["papers"][0]["pages"]), (&json!("in"), &json!(paper), &json!(2)));
        assert_eq!(tomorrow["meetings"][0]["url"], json!(meeting.page()));
        let until = tomorrow["papers"][0]["until"].as_i64().unwrap() / 1000;
        assert!(until > starts + DAY && until <= starts + 2 * DAY, "the end of the day after");
    }

    async fn a_lost_right_or_a_withdrawn_paper_is_listed_no_more(app) {
        let mut meeting = app.meeting().published().await;
        let paper = add_paper(&app, &mut meeting).await;
        app.app.clock.advance(meeting_start(&app, &meeting).await - seconds(&app));
        meeting.secretary = app.sign_in("secretary").await;
        let mut delegate = app.sign_in("delegate1").await;
        let mut outsider = app.sign_in("clerk").await;
        assert_eq!(standing(&mut delegate).await["papers"][0]["url"], json!(paper));
        assert_eq!(standing(&mut outsider).await["papers"], json!([]));
        let mut tx = app.app.db.read().await.unwrap();
        let secretary = app.person("secretary").await;
        let papers = ecabinet::meetings::store::agenda_papers(&mut tx, meeting.id, secretary).await.unwrap();
        drop(tx);
        let person = app.person("delegate1").await.to_string();
        meeting.act(&format!("papers/{}/exceptions", papers[0].paper_id), &[("person", &person)]).await;
        assert_eq!(standing(&mut delegate).await["papers"], json!([]));
        let mut other = app.sign_in("delegate2").await;
        assert_eq!(standing(&mut other).await["papers"][0]["url"], json!(paper));
        meeting.act(&format!("items/{}/papers/{}/removal", meeting.items[0], papers[0].paper_id), &[]).await;
        assert_eq!(standing(&mut other).await["papers"], json!([]));
    }

    async fn a_device_learns_that_its_session_was_ended(app) {
        let mut device = app.sign_in("delegate1").await;
        assert_eq!(standing(&mut app.browser()).await["state"], "out");
        assert_eq!(standing(&mut device).await["state"], "in");
        // Forgotten on the table it expires; that is no reason to forget.
        let mut idle = device.clone();
        app.app.clock.advance(3 * DAY);
        assert_eq!(standing(&mut idle).await["state"], "expired");
        // The office ends it.
        let mut device = app.sign_in("delegate1").await;
        let form = format!("/people/{}/device-wipe", app.person("delegate1").await);
        assert_eq!(app.sign_in("delegate2").await.post(&form, &[]).await.status, 403);
        assert_eq!(app.sign_in("stranger").await.post(&form, &[]).await.status, 404);
        assert_eq!(standing(&mut device).await["state"], "in");
        assert_eq!(app.sign_in("admin").await.post(&form, &[]).await.status, 303);
        assert_eq!(standing(&mut device).await["state"], "revoked");
        // So does the person, from another device.
        let mut lost = app.sign_in("delegate1").await;
        app.sign_in("delegate1").await.post("/sign-out-everywhere", &[]).await;
        assert_eq!(standing(&mut lost).await["state"], "revoked");
    }

    async fn signing_out_tells_the_browser_to_forget(app) {
        let mut browser = app.sign_in("delegate1").await;
        let answer = browser.post("/sign-out", &[]).await;
        assert_eq!(answer.headers["clear-site-data"], "\"storage\"");
    }

    async fn the_page_without_a_network_names_nobody(app) {
        let page = app.sign_in("delegate1").await.get("/offline").await;
        assert_eq!(page.status, 200);
        assert!(!page.text().contains("delegate1") && !page.text().contains("data-person"));
        let worker = app.browser().get("/worker.js").await;
        assert_eq!((worker.status, worker.headers["content-type"].to_str().unwrap()), (200, "text/javascript; charset=utf-8"));
        assert_eq!(worker.headers["cache-control"], "no-cache");
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("worker-src 'self'") && policy.contains("manifest-src 'self'"), "{policy}");
    }
}

/// The service's clock, in seconds.
fn seconds(app: &TestApp) -> i64 {
    app.app.clock.now().as_micros() / 1_000_000
}

async fn meeting_start(app: &TestApp, meeting: &Meeting) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    let (starts,) = ecabinet::sql!(tx => fetch_one
        "SELECT starts_at FROM meeting WHERE id = $1" as (i64,), meeting.id)
    .unwrap();
    starts / 1_000_000
}
