//! What many see alike is sent to those whose page would show the same, and to
//! nobody else.

use crate::harness::meeting::{Meeting, Vote};
use crate::harness::screen::Screen;
use crate::harness::{Browser, TestApp};
use crate::on_both;

async fn open(app: &TestApp, browser: &Browser, meeting: &Meeting) -> Screen {
    Screen::open(&app.app, browser, &meeting.path("events?pieces=yes")).await
}

/// A text without the differences that a browser does not show.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("> <", "><")
}

/// Hears pieces, and finds each of them on the person's own page.
async fn hears_what_the_page_shows(
    screen: &mut Screen,
    browser: &mut Browser,
    meeting: &Meeting,
    ids: &[&str],
) -> String {
    let told = screen.next().await.unwrap();
    assert_eq!(told.event, "pieces");
    let page = squeezed(&browser.get(&meeting.page()).await.text());
    let pieces = squeezed(&told.data);
    for id in ids {
        assert!(pieces.contains(&format!("id=\"{id}")), "{id} is in {pieces}");
    }
    for piece in each(&pieces) {
        assert!(page.contains(piece.trim()), "the page shows it just so:\n{piece}\n\n{page}");
    }
    pieces
}

/// The pieces one by one.
fn each(pieces: &str) -> Vec<String> {
    let mut marked = pieces.to_owned();
    for start in ["<div id=\"quorum\"", "<div id=\"vote-slot\"", "<ul class=\"agenda__papers\" id=\"results-"]
    {
        marked = marked.replace(start, &format!("\n{start}"));
    }
    marked.lines().filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

async fn act(meeting: &mut Meeting, vote: &str, act: &str) {
    let answer = meeting.secretary.post(&format!("/votes/{vote}/{act}"), &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.visible_text());
}

on_both! {
    async fn a_vote_comes_to_those_who_may_vote_and_as_a_signal_to_all_others(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate2", "left_early").await;
        let vote = meeting.prepared_vote(&app, "Thông qua kế hoạch?").await.to_string();
        let mut member = app.sign_in("delegate1").await;
        let mut english = app.sign_in("delegate3").await;
        english.post("/preferences", &[("lang", "en")]).await;
        let (left, guest) = (app.sign_in("delegate2").await, app.sign_in("guest").await);
        let mut on_members = open(&app, &member, &meeting).await;
        let mut on_english = open(&app, &english, &meeting).await;
        let mut elsewhere = Screen::open(&app.app, &member, &meeting.path("events")).await;
        let mut on_others = Vec::new();
        on_others.push(open(&app, &left, &meeting).await);
        let mut guest_screen = open(&app, &guest, &meeting).await;
        act(&mut meeting, &vote, "opening").await;
        let sheet =
            hears_what_the_page_shows(&mut on_members, &mut member, &meeting, &["vote-slot"]).await;
        assert!(sheet.contains("Thông qua kế hoạch?") && sheet.contains(&format!("/votes/{vote}/ballots")));
        let sheet =
            hears_what_the_page_shows(&mut on_english, &mut english, &meeting, &["vote-slot"]).await;
        assert!(sheet.contains(">Vote<") && sheet.contains("For<"), "{sheet}");
        on_others.push(elsewhere);
        for screen in &mut on_others {
            let told = screen.next().await.unwrap();
            assert_eq!(told.event, "changed");
            assert!(told.data.parse::<u64>().is_ok(), "no more than a number: {}", told.data);
        }
        elsewhere = on_others.pop().unwrap();
        let told = guest_screen.next().await.unwrap();
        assert!(!told.data.contains("Thông qua") && !told.data.contains(&vote), "a guest has no sheet");
        assert_eq!(told.event, "pieces", "and need not ask");
        act(&mut meeting, &vote, "closure").await;
        let result = format!("results-{}", meeting.items[0]);
        let pieces =
            hears_what_the_page_shows(&mut on_members, &mut member, &meeting, &["vote-slot", &result]).await;
        assert!(!pieces.contains("<dialog"), "the sheet goes with the vote");
        let told = guest_screen.next().await.unwrap();
        assert_eq!(told.event, "pieces", "the result is everyone's");
        assert!(told.data.contains(&format!("/votes/{vote}")) && !told.data.contains("ballots"));
        elsewhere.hears_a_change().await;
    }

    async fn a_sheet_that_was_used_is_not_sent_again_as_if_it_were_fresh(app) {
        let vote = app.open_vote("Thông qua?").await;
        let Vote { id, mut meeting } = vote;
        let mut voter = app.sign_in("delegate1").await;
        let waiting = app.sign_in("delegate3").await;
        assert_eq!(voter.post(&format!("/votes/{id}/ballots"), &[("choice", "approve")]).await.status, 303);
        let mut on_voters = open(&app, &voter, &meeting).await;
        let mut on_waiting = open(&app, &waiting, &meeting).await;
        meeting.note(&app, "delegate5", "left_early").await;
        assert_eq!(on_waiting.next().await.unwrap().event, "pieces");
        on_voters.hears_a_change().await;
        meeting.note(&app, "delegate4", "left_early").await;
        let pieces = hears_what_the_page_shows(&mut on_voters, &mut voter, &meeting, &["quorum"]).await;
        assert!(!pieces.contains("vote-slot"), "the sheet did not change");
    }

    async fn who_came_is_counted_on_all_screens_and_opens_their_own_page(app) {
        let mut meeting = app.meeting().published().await;
        let (member, mut other) = (app.sign_in("delegate1").await, app.sign_in("delegate2").await);
        let mut on_members = open(&app, &member, &meeting).await;
        let mut on_others = open(&app, &other, &meeting).await;
        meeting.note(&app, "delegate1", "present").await;
        let mut kinds = Vec::new();
        for _ in 0..2 {
            kinds.push(on_members.next().await.unwrap().event);
        }
        kinds.sort();
        assert_eq!(kinds, ["changed", "pieces"], "what it means for one is on one's own page");
        hears_what_the_page_shows(&mut on_others, &mut other, &meeting, &["quorum"]).await;
        assert!(on_others.is_quiet());
    }

    async fn what_was_drawn_while_a_screen_was_away_comes_as_a_signal(app) {
        let mut meeting = app.meeting().under_way().await;
        let vote = meeting.prepared_vote(&app, "Thông qua?").await.to_string();
        let member = app.sign_in("delegate1").await;
        let path = meeting.path("events?pieces=yes");
        let mut watching = open(&app, &member, &meeting).await;
        let before = app.app.live.now().to_string();
        act(&mut meeting, &vote, "opening").await;
        assert_eq!(watching.next().await.unwrap().event, "pieces");
        let mut back = Screen::resume(&app.app, &member, &path, Some(&before)).await;
        back.hears_a_change().await;
        assert!(back.is_quiet());
    }
}
