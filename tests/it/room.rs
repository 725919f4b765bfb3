//! The meeting under way: the chair's one next act, and screens that follow.

mod hall;
mod session;

use axum::body::{Body, BodyDataStream};
use axum::http::Method;
use futures_util::{FutureExt, StreamExt};
use tower::ServiceExt;

use crate::harness::meeting::{Meeting, Vote};
use crate::harness::{Browser, TestApp};
use crate::on_both;

/// What the cockpit's one main button is for, and where it leads.
async fn next_act(browser: &mut Browser, meeting: &Meeting) -> (String, String) {
    let page = browser.get(&meeting.path("cockpit")).await.text();
    let section = page.split_once("cockpit__next").expect("the next act").1;
    let section = section.split_once("</section>").unwrap().0;
    assert_eq!(section.matches("button--main").count(), 1, "one next act: {section}");
    let heading = section.split_once("<h2 id=\"next\">").unwrap().1.split_once("</h2>").unwrap().0;
    let target = section.split_once("action=\"").map_or("", |(_, rest)| rest.split('"').next().unwrap());
    (heading.to_owned(), target.to_owned())
}

/// Listens to a page's live stream.
async fn listen(app: &TestApp, browser: &Browser, path: &str) -> BodyDataStream {
    let request = browser.request(Method::GET, path).body(Body::empty()).unwrap();
    let response = ecabinet::app::router(app.app.clone()).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    response.into_body().into_data_stream()
}

async fn next_event(stream: &mut BodyDataStream) -> String {
    String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap()
}

on_both! {
    async fn the_cockpit_shows_one_next_act_at_each_stage(app) {
        let mut meeting = app.meeting().published().await;
        let mut chair = app.sign_in("chair").await;
        let first = meeting.items[0].to_string();
        assert_eq!(next_act(&mut chair, &meeting).await, ("Bắt đầu phiên họp".into(), meeting.path("opening")));
        chair.post(&meeting.path("opening"), &[]).await;
        let to_first = next_act(&mut chair, &meeting).await;
        assert_eq!(to_first, ("Tiếp theo: nội dung 1".into(), meeting.path("current-item")));
        chair.post(&meeting.path("current-item"), &[("item", &first)]).await;
        assert_eq!(next_act(&mut chair, &meeting).await.0, "Tiếp theo: nội dung 2");
        let vote = meeting.prepared_vote(&app, "Thông qua?").await;
        let opening = format!("/votes/{vote}/opening");
        assert_eq!(next_act(&mut chair, &meeting).await, ("Tiếp theo: biểu quyết".into(), opening.clone()));
        meeting.note(&app, "delegate1", "present").await;
        chair.post(&opening, &[]).await;
        let closure = format!("/votes/{vote}/closure");
        assert_eq!(next_act(&mut chair, &meeting).await, ("Đang biểu quyết: 0/1 phiếu".into(), closure.clone()));
        chair.post(&closure, &[]).await;
        assert_eq!(next_act(&mut chair, &meeting).await.0, "Tiếp theo: nội dung 2");
        let second = meeting.items[1].to_string();
        chair.post(&meeting.path("current-item"), &[("item", &second)]).await;
        assert_eq!(next_act(&mut chair, &meeting).await, ("Đã hết chương trình".into(), meeting.path("closing")));
        chair.post(&meeting.path("closing"), &[]).await;
        assert_eq!(next_act(&mut chair, &meeting).await.0, "Phiên họp đã kết thúc");
    }

    async fn the_chair_comes_to_the_cockpit_and_a_delegate_does_not(app) {
        let meeting = app.meeting().published().await;
        let led = app.sign_in("chair").await.get(&meeting.page()).await;
        assert_eq!((led.status, led.location()), (303, meeting.path("cockpit")));
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.get(&meeting.page()).await.status, 200);
        assert_eq!(delegate.get(&meeting.path("cockpit")).await.status, 403);
    }

    async fn the_cockpit_names_who_has_not_voted(app) {
        let vote = app.open_vote("Thông qua?").await;
        let mut chair = app.sign_in("chair").await;
        chair.post(&vote.path("ballots"), &[("choice", "approve")]).await;
        let page = chair.get(&vote.meeting.path("cockpit")).await.visible_text();
        let waiting = page.split_once("Chưa bỏ phiếu:").unwrap().1.split("Có mặt").next().unwrap();
        assert!(waiting.contains("delegate1") && waiting.contains("delegate5"), "{waiting}");
        assert!(!waiting.contains("chair"), "{waiting}");
    }

    async fn an_open_vote_is_announced_to_each_member_with_the_ballot_at_hand(app) {
        let vote = app.open_vote("Thông qua kế hoạch?").await;
        let mut delegate = app.sign_in("delegate1").await;
        let page = delegate.get(&vote.meeting.page()).await.text();
        let announced = page.split_once("data-announce>").unwrap().1.split('<').next().unwrap();
        assert_eq!(announced, "Đang mở biểu quyết: Thông qua kế hoạch?");
        assert!(page.contains(&format!("data-open-now=\"{}\"", vote.id)), "the sheet opens by itself");
        assert!(page.contains(&format!("action=\"{}\"", vote.path("ballots"))));
        delegate.post(&vote.path("ballots"), &[("choice", "approve")]).await;
        let after = delegate.get(&vote.meeting.page()).await.text();
        assert!(!after.contains("data-open-now") && after.contains("Bạn đã chọn"), "once voted, it does not");
        let guest = app.sign_in("guest").await.get(&vote.meeting.page()).await.text();
        assert!(guest.contains("data-announce></p>") && !guest.contains("/ballots"), "a guest has no ballot");
    }

    async fn a_member_who_is_not_present_sees_the_ballot_and_why_it_is_closed_to_them(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate1", "left_early").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        let page = app.sign_in("delegate1").await.get(&vote.meeting.page()).await;
        assert!(page.visible_text().contains("Bạn cần điểm danh trước khi biểu quyết"));
        assert_eq!(page.text().matches(" disabled>").count(), 3, "no choice can be pressed");
    }

    async fn a_screen_hears_of_each_act_and_of_nothing_else(app) {
        let mut other = app.meeting().published().await;
        let mut meeting = app.meeting().published().await;
        let delegate = app.sign_in("delegate1").await;
        let mut stream = listen(&app, &delegate, &meeting.path("events")).await;
        assert_eq!(next_event(&mut stream).await.trim(), "data: changed", "one at the start");
        meeting.note(&app, "delegate2", "present").await;
        assert_eq!(next_event(&mut stream).await.trim(), "data: changed");
        other.note(&app, "delegate2", "present").await;
        let refused = meeting.path("closing");
        assert_eq!(meeting.secretary.post(&refused, &[]).await.status, 409);
        assert!(stream.next().now_or_never().is_none(), "neither another meeting's act nor a refused one");
        meeting.act("opening", &[]).await;
        assert_eq!(next_event(&mut stream).await.trim(), "data: changed");
    }

    async fn every_act_on_a_vote_reaches_the_screens(app) {
        let mut meeting = app.meeting().under_way().await;
        let mut delegate = app.sign_in("delegate1").await;
        let mut stream = listen(&app, &delegate, &meeting.path("events")).await;
        next_event(&mut stream).await;
        let id = meeting.prepared_vote(&app, "Thông qua?").await;
        next_event(&mut stream).await;
        let mut vote = Vote { id, meeting };
        for act in ["opening", "closure"] {
            let path = vote.path(act);
            assert_eq!(vote.meeting.secretary.post(&path, &[]).await.status, 303);
            next_event(&mut stream).await;
            if act == "opening" {
                delegate.post(&vote.path("ballots"), &[("choice", "approve")]).await;
                next_event(&mut stream).await;
            }
        }
    }
}
