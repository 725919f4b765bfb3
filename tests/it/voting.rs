//! Votes: who casts, what is counted, and that nothing is lost or added.

use ecabinet::meetings::rules::Meaning;
use ecabinet::voting::actions;
use ecabinet::voting::rules::{Outcome, VoteState};
use futures_util::future::join_all;

use crate::harness::meeting::{MEMBERS, Meeting, Vote};
use crate::harness::{Answer, Browser, TestApp, noon};
use crate::on_both;

mod mandates;
mod records;
mod sheets;

async fn cast(browser: &mut Browser, vote: &Vote, choice: &str) -> Answer {
    browser.post(&vote.path("ballots"), &[("choice", choice)]).await
}

async fn close(vote: &mut Vote) -> u16 {
    let path = vote.path("closure");
    vote.meeting.secretary.post(&path, &[]).await.status
}

/// Each member casts in turn, as far as there are choices.
async fn everyone_casts(app: &TestApp, vote: &Vote, choices: &[&str]) {
    for (login, choice) in MEMBERS.iter().zip(choices) {
        let taken = cast(&mut app.sign_in(login).await, vote, choice).await;
        assert_eq!(taken.status, 303, "{login}: {}", taken.visible_text());
    }
}

async fn browsers(app: &TestApp, logins: &[&str]) -> Vec<Browser> {
    let mut browsers = Vec::new();
    for login in logins {
        browsers.push(app.sign_in(login).await);
    }
    browsers
}

async fn refuses(browser: &mut Browser, vote: &Vote, status: u16, sentence: &str) {
    let refused = cast(browser, vote, "approve").await;
    assert_eq!(refused.status, status, "{}", refused.visible_text());
    assert!(refused.visible_text().contains(sentence), "{}", refused.visible_text());
}

on_both! {
    async fn a_member_casts_and_changes_until_the_vote_closes(app) {
        let mut vote = app.open_vote("Thông qua kế hoạch?").await;
        let mut delegate = app.sign_in("delegate1").await;
        let taken = cast(&mut delegate, &vote, "reject").await;
        assert_eq!((taken.status, taken.location()), (303, vote.meeting.page()));
        assert_eq!(cast(&mut delegate, &vote, "approve").await.status, 303);
        let (ballots, _) = app.count(&vote).await;
        assert_eq!(ballots.len(), 1);
        assert_eq!(ballots[0].choice, "approve");
        assert_eq!(close(&mut vote).await, 303);
        refuses(&mut delegate, &vote, 409, "phiếu không được nhận").await;
        assert_eq!(app.count(&vote).await.0[0].choice, "approve");
    }

    async fn where_the_rule_says_so_a_ballot_is_final(app) {
        let meeting = app.meeting().of_the_council().under_way().await;
        let vote = meeting.open_vote(&app, "Thông qua nghị quyết?").await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(cast(&mut delegate, &vote, "reject").await.status, 303);
        refuses(&mut delegate, &vote, 409, "không đổi được").await;
        assert_eq!(app.count(&vote).await.0[0].choice, "reject");
    }

    async fn only_members_who_are_present_vote(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate1", "left_early").await;
        meeting.note(&app, "guest", "present").await;
        meeting.note(&app, "secretary", "present").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        refuses(&mut app.sign_in("delegate1").await, &vote, 409, "cần điểm danh").await;
        refuses(&mut app.sign_in("guest").await, &vote, 403, "Chỉ thành viên").await;
        refuses(&mut app.sign_in("secretary").await, &vote, 403, "Chỉ thành viên").await;
        for login in ["clerk", "admin", "stranger"] {
            assert_eq!(cast(&mut app.sign_in(login).await, &vote, "approve").await.status, 404, "{login}");
        }
        assert!(app.count(&vote).await.0.is_empty());
    }

    async fn a_substitute_has_no_ballot(app) {
        let mut meeting = app.meeting().under_way().await;
        let clerk = app.person("clerk").await.to_string();
        let form = format!("attendance/{}/substitute", app.person("delegate1").await);
        meeting.act(&form, &[("substitute", &clerk)]).await;
        meeting.note(&app, "clerk", "present").await;
        let vote = meeting.open_vote(&app, "Thông qua?").await;
        refuses(&mut app.sign_in("clerk").await, &vote, 403, "Chỉ thành viên").await;
    }

    async fn a_vote_that_is_not_open_takes_no_ballot(app) {
        let mut meeting = app.meeting().under_way().await;
        let id = meeting.prepared_vote(&app, "Thông qua?").await;
        let vote = Vote { id, meeting };
        refuses(&mut app.sign_in("delegate1").await, &vote, 409, "phiếu không được nhận").await;
    }

    async fn a_ballot_without_a_choice_is_no_ballot(app) {
        let vote = app.open_vote("Thông qua?").await;
        let mut delegate = app.sign_in("delegate1").await;
        for fields in [&[][..], &[("choice", "")], &[("choice", "perhaps")], &[("choice", "approve'--")]] {
            assert_eq!(delegate.post(&vote.path("ballots"), fields).await.status, 422, "{fields:?}");
        }
        assert!(app.count(&vote).await.0.is_empty());
    }

    async fn eight_ballots_of_one_member_from_two_devices_at_once_are_one(app) {
        let vote = app.open_vote("Thông qua?").await;
        let devices = browsers(&app, &["delegate1", "delegate1"]).await;
        let path = vote.path("ballots");
        let answers = join_all((0..8).map(|number| {
            let (mut device, path) = (devices[number % 2].clone(), path.clone());
            let choice = if number < 4 { "approve" } else { "reject" };
            tokio::spawn(async move { device.post(&path, &[("choice", choice)]).await.status })
        })).await;
        assert!(answers.iter().all(|status| *status.as_ref().unwrap() == 303), "{answers:?}");
        assert_eq!(app.count(&vote).await.0.len(), 1);
    }

    async fn of_eight_final_ballots_of_one_member_at_once_one_choice_is_taken(app) {
        let vote = app.meeting().of_the_council().under_way().await.open_vote(&app, "Thông qua?").await;
        let devices = browsers(&app, &["delegate1", "delegate1"]).await;
        let path = vote.path("ballots");
        let answers = join_all((0..8).map(|number| {
            let (mut device, path) = (devices[number % 2].clone(), path.clone());
            let choice = if number < 4 { "approve" } else { "reject" };
            tokio::spawn(async move { device.post(&path, &[("choice", choice)]).await.status })
        })).await;
        let taken = answers.iter().filter(|status| *status.as_ref().unwrap() == 303).count();
        let refused = answers.iter().filter(|status| *status.as_ref().unwrap() == 409).count();
        assert_eq!((taken, refused), (4, 4), "the same again is no second ballot: {answers:?}");
        assert_eq!(app.count(&vote).await.0.len(), 1);
        assert_eq!(app.acts_on(&format!("vote:{}", vote.id)).await.iter().filter(|act| *act == "ballot_cast").count(), 1);
    }

    async fn no_ballot_comes_in_beside_the_closing(app) {
        let vote = app.open_vote("Thông qua?").await;
        let voters = browsers(&app, MEMBERS).await;
        let (ballots_path, closure) = (vote.path("ballots"), vote.path("closure"));
        let mut tasks = Vec::new();
        for number in 0..18 {
            let (mut voter, path) = (voters[number % voters.len()].clone(), ballots_path.clone());
            let choice = ["approve", "reject", "abstain"][(number + number / voters.len()) % 3];
            tasks.push(tokio::spawn(async move { voter.post(&path, &[("choice", choice)]).await.status }));
            if number == 10 {
                let (mut secretary, path) = (vote.meeting.secretary.clone(), closure.clone());
                tasks.push(tokio::spawn(async move { secretary.post(&path, &[]).await.status }));
            }
        }
        let statuses: Vec<u16> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        assert!(statuses.iter().all(|status| matches!(status, 303 | 409)), "{statuses:?}");
        let (ballots, result) = app.count(&vote).await;
        let tally = result.expect("the vote was closed").tally;
        let of = |choice: &str| ballots.iter().filter(|ballot| ballot.choice == choice).count() as i64;
        assert_eq!(tally.voted, ballots.len() as i64);
        assert_eq!(
            (tally.approve(), tally.reject(), tally.of(Meaning::Abstain)),
            (of("approve"), of("reject"), of("abstain")),
        );
        let taken = statuses.iter().filter(|status| **status == 303).count() - 1;
        let acts = app.acts_on(&format!("vote:{}", vote.id)).await;
        assert_eq!(acts.iter().filter(|act| *act == "ballot_cast").count(), taken, "each ballot taken is logged");
        assert_eq!(acts.last().unwrap(), "vote_published", "and none after the closing");
    }

    async fn a_vote_is_closed_once(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let (path, secretary) = (vote.path("closure"), vote.meeting.secretary.clone());
        let closings = join_all((0..8).map(|_| {
            let (mut secretary, path) = (secretary.clone(), path.clone());
            tokio::spawn(async move { secretary.post(&path, &[]).await.status })
        })).await;
        assert_eq!(closings.iter().filter(|status| *status.as_ref().unwrap() == 303).count(), 1, "{closings:?}");
        assert_eq!(close(&mut vote).await, 409);
        assert_eq!(app.acts_on(&format!("vote:{}", vote.id)).await, ["vote_prepared", "vote_opened", "vote_published"]);
    }

    async fn a_vote_is_opened_once_and_never_again_after_closing(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let opening = vote.path("opening");
        assert_eq!(vote.meeting.secretary.post(&opening, &[]).await.status, 409);
        close(&mut vote).await;
        assert_eq!(vote.meeting.secretary.post(&opening, &[]).await.status, 409);
        assert_eq!(app.vote_state(&vote).await, VoteState::Published);
    }

    async fn closing_publishes_every_denominator(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate5", "absent_excused").await;
        let mut vote = meeting.open_vote(&app, "Thông qua kế hoạch?").await;
        everyone_casts(&app, &vote, &["approve", "approve", "reject", "abstain"]).await;
        let mut delegate = app.sign_in("delegate4").await;
        let before = delegate.get(&vote.page()).await.visible_text();
        assert!(before.contains("Biểu quyết đang mở") && !before.contains("Nguyễn Văn delegate1"), "{before}");
        assert_eq!(close(&mut vote).await, 303);
        let page = delegate.get(&vote.page()).await.visible_text();
        for fact in [
            "Không thông qua",
            "Tổng số thành viên 6",
            "Có mặt 5",
            "Số người đã biểu quyết 4",
            "Tán thành 2 · 33,3 % tổng số, 40,0 % có mặt",
            "Không tán thành 1 · 16,7 % tổng số, 20,0 % có mặt",
            "Không biểu quyết 1 · 16,7 % tổng số, 20,0 % có mặt",
            "Không bỏ phiếu 1 · 16,7 % tổng số, 20,0 % có mặt",
            "Cần ít nhất 2/3 thành viên có mặt; thông qua khi hơn 1/2 tổng số thành viên tán thành",
            "Nguyễn Văn chair Tán thành",
            "Nguyễn Văn delegate3 Không biểu quyết",
        ] {
            assert!(page.contains(fact), "{fact} is not in: {page}");
        }
        let room = delegate.get(&vote.meeting.page()).await.visible_text();
        assert!(room.contains("Không thông qua: 2 tán thành, 1 không tán thành"), "{room}");
    }

    async fn more_than_half_of_all_members_adopt(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        everyone_casts(&app, &vote, &["approve", "approve", "approve", "approve"]).await;
        close(&mut vote).await;
        assert_eq!(app.count(&vote).await.1.unwrap().outcome, Outcome::Adopted);
    }

    async fn on_a_tie_the_chairs_side_decides_in_the_committee(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        everyone_casts(&app, &vote, &["approve", "approve", "approve", "reject", "reject", "reject"]).await;
        close(&mut vote).await;
        let page = app.sign_in("delegate1").await.get(&vote.page()).await.visible_text();
        assert!(page.contains("theo bên có ý kiến của chủ tọa"), "{page}");
        assert_eq!(app.count(&vote).await.1.unwrap().outcome, Outcome::Adopted);
    }

    async fn on_a_tie_the_council_adopts_nothing(app) {
        let mut vote = app.meeting().of_the_council().under_way().await.open_vote(&app, "Thông qua?").await;
        everyone_casts(&app, &vote, &["approve", "approve", "approve", "reject", "reject", "reject"]).await;
        close(&mut vote).await;
        assert_eq!(app.count(&vote).await.1.unwrap().outcome, Outcome::Rejected);
    }

    async fn without_a_quorum_nothing_is_decided(app) {
        let mut meeting = app.meeting().under_way().await;
        for login in ["delegate3", "delegate4", "delegate5"] {
            meeting.note(&app, login, "left_early").await;
        }
        let mut vote = meeting.open_vote(&app, "Thông qua?").await;
        everyone_casts(&app, &vote, &["approve", "approve", "approve"]).await;
        close(&mut vote).await;
        let page = app.sign_in("chair").await.get(&vote.page()).await.visible_text();
        assert!(page.contains("Không đủ số người có mặt để biểu quyết"), "{page}");
    }

    async fn only_who_conducts_prepares_opens_and_closes(app) {
        let mut meeting = app.meeting().under_way().await;
        let item = meeting.items[0].to_string();
        let mut delegate = app.sign_in("delegate1").await;
        let question = [("item", item.as_str()), ("question", "Tự hỏi?")];
        assert_eq!(delegate.post(&meeting.path("votes"), &question).await.status, 403);
        let id = meeting.prepared_vote(&app, "Thông qua?").await;
        let vote = Vote { id, meeting };
        assert_eq!(delegate.post(&vote.path("opening"), &[]).await.status, 403);
        let mut chair = app.sign_in("chair").await;
        assert_eq!(chair.post(&vote.path("opening"), &[]).await.status, 303);
        assert_eq!(delegate.post(&vote.path("closure"), &[]).await.status, 403);
        assert_eq!(chair.post(&vote.path("closure"), &[]).await.status, 303);
    }

    async fn a_vote_opens_only_while_the_meeting_is_held(app) {
        let mut meeting = app.meeting().published().await;
        let id = meeting.prepared_vote(&app, "Thông qua?").await;
        let item = meeting.items[0].to_string();
        let at_once = [("item", item.as_str()), ("question", "Ngay bây giờ?"), ("open", "now")];
        let path = meeting.path("votes");
        assert_eq!(meeting.secretary.post(&path, &at_once).await.status, 409);
        let mut vote = Vote { id, meeting };
        let opening = vote.path("opening");
        assert_eq!(vote.meeting.secretary.post(&opening, &[]).await.status, 409);
        assert_eq!(app.vote_state(&vote).await, VoteState::Prepared);
    }

    async fn only_one_vote_is_open_at_a_time(app) {
        let mut vote = app.open_vote("Thứ nhất?").await;
        let item = vote.meeting.items[0].to_string();
        let path = vote.meeting.path("votes");
        let second = [("item", item.as_str()), ("question", "Thứ hai?"), ("open", "now")];
        assert_eq!(vote.meeting.secretary.post(&path, &second).await.status, 409);
        assert_eq!(close(&mut vote).await, 303);
        assert_eq!(vote.meeting.secretary.post(&path, &second).await.status, 303);
    }

    async fn a_question_must_be_one_and_is_text(app) {
        let mut meeting = app.meeting().under_way().await;
        let item = meeting.items[0].to_string();
        let path = meeting.path("votes");
        let long = "?".repeat(10_000);
        for question in ["", " \n ", "\u{202e}", &long] {
            let refused = meeting.secretary.post(&path, &[("item", &item), ("question", question)]).await;
            assert_eq!(refused.status, 422);
            assert!(refused.visible_text().contains("Cần có câu hỏi"), "{}", refused.visible_text());
        }
        let vote = meeting.open_vote(&app, "<script>alert(1)</script>").await;
        let room = app.sign_in("delegate1").await.get(&vote.meeting.page()).await.text();
        assert!(!room.contains("<script>alert"));
        let cockpit = app.sign_in("chair").await.get(&vote.meeting.path("cockpit")).await.text();
        assert!(!cockpit.contains("<script>alert"));
    }

    async fn a_question_on_another_meetings_item_or_draft_is_refused(app) {
        let other = app.meeting().draft().await;
        let mut meeting = app.meeting().under_way().await;
        let path = meeting.path("votes");
        let item = other.items[0].to_string();
        let foreign = [("item", item.as_str()), ("question", "Thông qua?")];
        assert_eq!(meeting.secretary.post(&path, &foreign).await.status, 404);
        let item = meeting.items[0].to_string();
        let version = ecabinet::papers::VersionId::new().to_string();
        let unknown = [("item", item.as_str()), ("question", "Thông qua?"), ("paper_version", &version)];
        assert_eq!(meeting.secretary.post(&path, &unknown).await.status, 404);
    }

    async fn another_organisation_finds_no_vote(app) {
        let vote = app.open_vote("Thông qua?").await;
        let mut stranger = app.sign_in("stranger").await;
        assert_eq!(stranger.get(&vote.page()).await.status, 404);
        for act in ["ballots", "opening", "closure"] {
            let answer = stranger.post(&vote.path(act), &[("choice", "approve")]).await;
            assert_eq!(answer.status, 404, "{act}");
        }
        assert_eq!(app.vote_state(&vote).await, VoteState::Open);
    }

    async fn each_act_on_a_vote_is_logged_once_with_its_denominators(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let mut delegate = app.sign_in("delegate1").await;
        cast(&mut delegate, &vote, "approve").await;
        cast(&mut delegate, &vote, "reject").await;
        close(&mut vote).await;
        cast(&mut delegate, &vote, "approve").await;
        close(&mut vote).await;
        assert_eq!(
            app.acts_on(&format!("vote:{}", vote.id)).await,
            ["vote_prepared", "vote_opened", "ballot_cast", "ballot_cast", "vote_published"],
        );
        let mut tx = app.app.db.read().await.unwrap();
        let (details,) = ecabinet::sql!(tx => fetch_one
            "SELECT details FROM audit_entry WHERE act = 'vote_published'" as (String,)).unwrap();
        for part in ["\"total_members\":6", "\"present\":6", "\"voted\":1", "\"not_voting\":5"] {
            assert!(details.contains(part), "{part} is not in {details}");
        }
        let found = ecabinet::audit::verify(&mut tx).await.unwrap();
        assert!(matches!(found, ecabinet::audit::Finding::Intact { .. }), "{found:?}");
    }

    async fn a_ballot_that_was_not_committed_leaves_nothing(app) {
        let vote = app.open_vote("Thông qua?").await;
        let delegate = app.actor("delegate1").await;
        let mut tx = app.app.db.write().await.unwrap();
        let answer = actions::Answer { vote: vote.id, member: delegate.person, choice: "approve".into() };
        actions::cast(&mut tx, &delegate, vote.id, &[answer], noon()).await.unwrap();
        drop(tx);
        assert!(app.count(&vote).await.0.is_empty());
        assert_eq!(app.acts_on(&format!("vote:{}", vote.id)).await, ["vote_prepared", "vote_opened"]);
        assert_eq!(cast(&mut app.sign_in("delegate2").await, &vote, "approve").await.status, 303);
    }

    async fn a_meeting_with_an_open_vote_does_not_end(app) {
        let mut vote = app.open_vote("Thông qua?").await;
        let closing = vote.meeting.path("closing");
        assert_eq!(vote.meeting.secretary.post(&closing, &[]).await.status, 409);
        close(&mut vote).await;
        assert_eq!(vote.meeting.secretary.post(&closing, &[]).await.status, 303);
    }

    async fn a_vote_opened_beside_the_end_of_the_meeting_keeps_it_open(app) {
        let mut meeting = app.meeting().under_way().await;
        let id = meeting.prepared_vote(&app, "Thông qua?").await;
        let chair = app.actor("chair").await;
        let mut tx = app.app.db.write().await.unwrap();
        actions::open(&mut tx, &chair, id, noon()).await.unwrap();
        let ending = tokio::spawn(end_of(&meeting));
        app.until_someone_waits().await;
        tx.commit().await.unwrap();
        assert_eq!(ending.await.unwrap(), 409);
        assert_eq!(app.vote_state(&Vote { id, meeting }).await, VoteState::Open);
    }
}

fn end_of(meeting: &Meeting) -> impl Future<Output = u16> + use<> {
    let (mut secretary, path) = (meeting.secretary.clone(), meeting.path("closing"));
    async move { secretary.post(&path, &[]).await.status }
}
