//! Screens that follow: nothing lost, nothing twice, nothing to a stranger.

mod pieces;

use std::collections::BTreeSet;

use ecabinet::app;
use ecabinet::clock::Clock;
use ecabinet::meetings::topic;
use serde_json::Value;

use crate::harness::meeting::{MEMBERS, Meeting};
use crate::harness::screen::Screen;
use crate::harness::{Browser, Database, TestApp, noon};
use crate::on_both;

/// The moment a page was made at.
async fn moment(browser: &mut Browser, page: &str) -> String {
    let text = browser.get(page).await.text();
    text.split_once("data-moment=\"").unwrap().1.split('"').next().unwrap().to_owned()
}

/// Adds to the agenda, which every screen hears of.
async fn act(meeting: &mut Meeting) {
    meeting.act("items", &[("title", "Công tác nhân sự")]).await;
}

/// What asking gives: ids and kinds.
async fn asked(browser: &mut Browser, meeting: &Meeting, since: &str) -> Vec<(String, String)> {
    let answer = browser.get(&meeting.path(&format!("events/since/{since}"))).await;
    if answer.status == 204 {
        return Vec::new();
    }
    assert_eq!(answer.status, 200, "{}", answer.text());
    let events: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
    let word = |event: &Value, name: &str| event[name].as_str().unwrap().to_owned();
    events.iter().map(|event| (word(event, "id"), word(event, "event"))).collect()
}

on_both! {
    async fn a_screen_that_comes_back_hears_what_it_missed_once(app) {
        let mut meeting = app.meeting().published().await;
        let delegate = app.sign_in("delegate1").await;
        let path = meeting.path("events");
        let mut screen = Screen::open(&app.app, &delegate, &path).await;
        let mut whole = Screen::open(&app.app, &delegate, &path).await;
        let mut heard = Vec::new();
        for round in 0..5 {
            act(&mut meeting).await;
            if round < 2 {
                heard.push(screen.hears_a_change().await);
            } else if round == 2 {
                // Sent, but lost on the way.
                drop(screen.next().await);
            }
        }
        drop(screen);
        let mut screen = Screen::resume(&app.app, &delegate, &path, heard.last().map(String::as_str)).await;
        while heard.len() < 5 {
            heard.push(screen.hears_a_change().await);
        }
        assert!(screen.is_quiet(), "none twice");
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(whole.hears_a_change().await);
        }
        assert_eq!(heard, all, "the same as a screen that was never away");
        assert_eq!(heard.iter().collect::<BTreeSet<_>>().len(), 5);
    }

    async fn nothing_falls_between_a_page_and_its_stream(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let page = moment(&mut delegate, &meeting.page()).await;
        act(&mut meeting).await;
        let path = format!("{}?since={page}", meeting.path("events"));
        let mut screen = Screen::open(&app.app, &delegate, &path).await;
        let event = screen.hears_a_change().await;
        assert!(screen.is_quiet());
        let newer = moment(&mut delegate, &meeting.page()).await;
        assert_eq!(newer, event, "a page made now needs nothing more");
        let path = format!("{}?since={newer}", meeting.path("events"));
        assert!(Screen::open(&app.app, &delegate, &path).await.is_quiet());
    }

    async fn a_screen_that_was_away_too_long_looks_anew_once(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let path = meeting.path("events");
        let start = moment(&mut delegate, &meeting.page()).await;
        let mut unread = Screen::open(&app.app, &delegate, &path).await;
        for _ in 0..10_000 {
            app.app.live.changed(topic(meeting.id));
        }
        let mut back = Screen::resume(&app.app, &delegate, &path, Some(&start)).await;
        for screen in [&mut unread, &mut back] {
            assert_eq!(screen.next().await.unwrap().event, "anew");
            assert!(screen.is_quiet());
        }
        assert_eq!(asked(&mut delegate, &meeting, &start).await.len(), 1);
        act(&mut meeting).await;
        unread.hears_a_change().await;
        for forged in ["0-1", "ffffffffffffffff-99", "no-moment"] {
            let mut screen = Screen::resume(&app.app, &delegate, &path, Some(forged)).await;
            let is_moment = forged != "no-moment";
            assert_eq!(screen.is_quiet(), !is_moment, "{forged}: what we never said is not trusted");
        }
    }

    async fn asking_tells_the_same_as_a_stream(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let start = moment(&mut delegate, &meeting.page()).await;
        let mut screen = Screen::open(&app.app, &delegate, &meeting.path("events")).await;
        assert_eq!(asked(&mut delegate, &meeting, &start).await, []);
        let mut told = Vec::new();
        for _ in 0..4 {
            act(&mut meeting).await;
            told.push((screen.hears_a_change().await, "changed".to_owned()));
        }
        assert_eq!(asked(&mut delegate, &meeting, &start).await, told);
        assert_eq!(asked(&mut delegate, &meeting, &told[2].0).await, told[3..]);
        assert_eq!(asked(&mut delegate, &meeting, &told[3].0).await, []);
    }

    async fn strangers_the_uninvited_and_the_unknown_hear_nothing(app) {
        let meeting = app.meeting().published().await;
        let draft = app.meeting().draft().await;
        let paths = |meeting: &Meeting| [meeting.path("events"), meeting.path("events/since/0-1")];
        for login in ["stranger", "clerk"] {
            let mut browser = app.sign_in(login).await;
            for path in paths(&meeting) {
                let answer = browser.get(&path).await;
                assert_eq!(answer.status, 404, "{login} {path}");
                assert!(!answer.text().contains("Họp thường kỳ"));
            }
        }
        for path in paths(&draft) {
            assert_eq!(app.sign_in("delegate1").await.get(&path).await.status, 404, "not announced yet");
        }
        for path in paths(&meeting) {
            assert_eq!(app.browser().get(&path).await.status, 303);
        }
    }

    async fn signing_out_ends_the_persons_streams_and_no_others(app) {
        let mut meeting = app.meeting().published().await;
        let mut delegate = app.sign_in("delegate1").await;
        let elsewhere = app.sign_in("delegate1").await;
        let other = app.sign_in("delegate2").await;
        let path = meeting.path("events");
        let mut screen = Screen::open(&app.app, &delegate, &path).await;
        let mut home = Screen::open(&app.app, &delegate, "/events").await;
        let mut second_device = Screen::open(&app.app, &elsewhere, &path).await;
        let mut others = Screen::open(&app.app, &other, &path).await;
        delegate.post("/sign-out", &[]).await;
        assert!(screen.is_ended().await && home.is_ended().await);
        assert!(second_device.is_quiet() && others.is_quiet());
        act(&mut meeting).await;
        second_device.hears_a_change().await;
        others.hears_a_change().await;
    }

    async fn who_is_no_longer_invited_hears_no_more(app) {
        let mut meeting = app.meeting().published().await;
        let (delegate, other) = (app.sign_in("delegate5").await, app.sign_in("delegate1").await);
        let path = meeting.path("events");
        let mut screen = Screen::open(&app.app, &delegate, &path).await;
        let mut others = Screen::open(&app.app, &other, &path).await;
        let mut people: Vec<(&str, &str)> = MEMBERS[..5].iter().map(|login| (*login, "delegate")).collect();
        people[0].1 = "chair";
        people.push(("secretary", "secretary"));
        meeting.invite(&app, &people).await;
        screen.hears_a_change().await;
        assert!(screen.is_ended().await);
        others.hears_a_change().await;
        act(&mut meeting).await;
        others.hears_a_change().await;
    }

    async fn a_retired_persons_streams_end(app) {
        let meeting = app.meeting().published().await;
        let delegate = app.sign_in("delegate5").await;
        let mut screen = Screen::open(&app.app, &delegate, &meeting.path("events")).await;
        let path = format!("/people/{}/retirement", app.person("delegate5").await);
        assert_eq!(app.sign_in("admin").await.post(&path, &[]).await.status, 303);
        assert!(screen.is_ended().await);
    }
}

#[tokio::test]
async fn an_act_on_one_node_reaches_the_screens_of_another() {
    let Some(here) = TestApp::new(Database::Postgres).await else { return };
    let mut meeting = here.meeting().published().await;
    let there = app::open((*here.app.config).clone(), Clock::fixed(noon())).await.unwrap();
    let mut delegate = here.sign_in("delegate1").await;
    let mut screen = Screen::open(&there, &delegate, &meeting.path("events")).await;
    act(&mut meeting).await;
    screen.hears_a_change().await;
    act(&mut meeting).await;
    screen.hears_a_change().await;
    delegate.post("/sign-out", &[]).await;
    assert!(screen.is_ended().await, "signed out on one node is signed out on all");
}
