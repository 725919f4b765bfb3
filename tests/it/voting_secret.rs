//! Secret votes: who gets a paper, what is counted, and what nobody learns.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use ecabinet::voting::VoteId;
use ecabinet::voting::rules::{Outcome, VoteState};
use ecabinet::voting::secret::key::{VoteKey, before_code};
use ecabinet::voting::secret::rules::Code;
use ecabinet::voting::secret::{actions, store};
use ecabinet::voting::store as votes;
use futures_util::future::join_all;

use crate::harness::ballot_paper::{BallotPaper, Blinding};
use crate::harness::meeting::{MEMBERS, Meeting, Vote};
use crate::harness::server::has_program;
use crate::harness::{Answer, Browser, TestApp, left_out};
use crate::on_both;

impl Meeting {
    /// Puts a question on the first item to a secret vote.
    async fn open_secret_vote(mut self, app: &TestApp) -> Vote {
        let item = self.items[0].to_string();
        let fields = [("item", &*item), ("question", "Bầu ai?"), ("kind", "secret"), ("open", "yes")];
        self.act("votes", &fields).await;
        let mut tx = app.app.db.read().await.unwrap();
        let votes = votes::votes_of(&mut tx, self.id).await.unwrap();
        Vote { id: votes.last().unwrap().id, meeting: self }
    }
}

async fn secret_vote(app: &TestApp) -> Vote {
    app.meeting().under_way().await.open_secret_vote(app).await
}

async fn blinding(app: &TestApp, vote: VoteId) -> Blinding {
    let mut tx = app.app.db.read().await.unwrap();
    let key = actions::public_key(&mut tx, vote).await.unwrap();
    Blinding::new(vote, &key.modulus)
}

async fn ask(browser: &mut Browser, vote: &Vote, member: &str, blinded: &str) -> Answer {
    browser.post(&vote.path("ballot-papers"), &[("member", member), ("blinded", blinded)]).await
}

/// A member's own paper, asked for by the member.
async fn paper(app: &TestApp, vote: &Vote, login: &str) -> BallotPaper {
    paper_of(app, vote, login, login).await
}

async fn paper_of(app: &TestApp, vote: &Vote, holder: &str, member: &str) -> BallotPaper {
    let blinding = blinding(app, vote.id).await;
    let member = app.person(member).await.to_string();
    let answer = ask(&mut app.sign_in(holder).await, vote, &member, &blinding.blinded).await;
    assert_eq!(answer.status, 200, "{}", answer.visible_text());
    blinding.finish(&answer.text())
}

/// Casts as the page does: without a session.
async fn cast(app: &TestApp, vote: &Vote, paper: &BallotPaper, choice: &str) -> u16 {
    app.browser().post(&vote.path("secret-ballots"), &paper.form(choice)).await.status
}

async fn close(vote: &mut Vote) -> u16 {
    let path = vote.path("closure");
    vote.meeting.secretary.post(&path, &[]).await.status
}

async fn in_the_box(app: &TestApp, vote: &Vote) -> i64 {
    let mut tx = app.app.db.read().await.unwrap();
    store::public_side(&mut tx, vote.id).await.unwrap().unwrap().1
}

async fn result(app: &TestApp, vote: &Vote) -> votes::VoteResult {
    let mut tx = app.app.db.read().await.unwrap();
    votes::result(&mut tx, vote.id).await.unwrap().expect("the vote is over")
}

on_both! {
    async fn members_vote_and_the_ballots_are_published_by_code(app) {
        let mut vote = secret_vote(&app).await;
        let mut published = Vec::new();
        for (login, choice) in MEMBERS.iter().zip(["approve", "approve", "approve", "approve", "reject"]) {
            let paper = paper(&app, &vote, login).await;
            assert_eq!(cast(&app, &vote, &paper, choice).await, 200);
            published.push((paper.code.grouped(), choice));
        }
        let mut delegate = app.sign_in("delegate5").await;
        let before = delegate.get(&vote.page()).await.visible_text();
        assert!(!before.contains(&published[0].0) && !before.contains("Thông qua"), "{before}");
        assert_eq!(close(&mut vote).await, 303);
        let tally = result(&app, &vote).await.tally;
        assert_eq!((tally.approve(), tally.reject(), tally.voted, tally.not_voting), (4, 1, 5, 1));
        let page = delegate.get(&vote.page()).await.visible_text();
        published.sort();
        let places: Vec<usize> = published.iter().map(|(code, _)| page.find(code).expect(code)).collect();
        assert!(places.is_sorted(), "{page}");
        assert!(!page.contains("Nguyễn Văn delegate1"), "{page}");
    }

    async fn the_same_request_gets_the_same_paper_and_another_none(app) {
        let vote = secret_vote(&app).await;
        let mut delegate = app.sign_in("delegate1").await;
        let member = app.person("delegate1").await.to_string();
        let (first, second) = (blinding(&app, vote.id).await, blinding(&app, vote.id).await);
        let paper = ask(&mut delegate, &vote, &member, &first.blinded).await;
        let again = ask(&mut delegate, &vote, &member, &first.blinded).await;
        assert_eq!((paper.status, paper.text()), (200, again.text()));
        let other = ask(&mut delegate, &vote, &member, &second.blinded).await;
        assert_eq!(other.status, 409);
        assert!(other.visible_text().contains("máy khác"), "{}", other.visible_text());
        let acts = app.acts_on(&format!("vote:{}", vote.id)).await;
        assert_eq!(acts, ["vote_prepared", "vote_opened", "ballot_paper_issued"]);
    }

    async fn only_mandates_that_can_be_used_get_a_paper(app) {
        let mut meeting = app.meeting().under_way().await;
        meeting.note(&app, "delegate2", "left_early").await;
        meeting.note(&app, "guest", "present").await;
        let vote = meeting.open_secret_vote(&app).await;
        let blinded = blinding(&app, vote.id).await.blinded;
        let wrong = [
            ("delegate2", "delegate2", 409), ("guest", "guest", 403), ("secretary", "secretary", 403),
            ("delegate1", "delegate3", 409), ("delegate1", "delegate2", 409), ("clerk", "delegate1", 404),
            ("stranger", "delegate1", 404),
        ];
        for (login, member, status) in wrong {
            let member = app.person(member).await.to_string();
            let answer = ask(&mut app.sign_in(login).await, &vote, &member, &blinded).await;
            assert_eq!(answer.status, status, "{login}: {}", answer.visible_text());
        }
    }

    async fn what_is_no_number_of_the_key_is_not_signed(app) {
        let vote = secret_vote(&app).await;
        let member = app.person("delegate1").await.to_string();
        let mut delegate = app.sign_in("delegate1").await;
        for odd in ["", "00", "xyz", &"ff".repeat(256), &"00".repeat(255)] {
            assert_eq!(ask(&mut delegate, &vote, &member, odd).await.status, 422, "{odd}");
        }
        assert_eq!(app.acts_on(&format!("vote:{}", vote.id)).await.len(), 2, "no paper was issued");
    }

    async fn a_ballot_counts_once_however_often_it_is_sent(app) {
        let vote = secret_vote(&app).await;
        let paper = paper(&app, &vote, "delegate1").await;
        let sent = (0..8).map(|_| cast(&app, &vote, &paper, "approve"));
        assert!(join_all(sent).await.iter().all(|status| *status == 200));
        assert_eq!(in_the_box(&app, &vote).await, 1);
        assert_eq!(cast(&app, &vote, &paper, "reject").await, 409);
        assert_eq!(in_the_box(&app, &vote).await, 1);
    }

    async fn a_ballot_without_a_paper_of_this_vote_is_refused(app) {
        let vote = secret_vote(&app).await;
        let sound = paper(&app, &vote, "delegate1").await;
        let other = paper(&app, &vote, "delegate2").await;
        let swapped = BallotPaper { code: other.code.clone(), ..sound.clone() };
        let zero = BallotPaper { signature: "00".repeat(256), ..sound.clone() };
        let short = BallotPaper { signature: "12".into(), ..sound.clone() };
        for forged in [swapped, zero, short] {
            assert_eq!(cast(&app, &vote, &forged, "approve").await, 403);
        }
        for choice in ["", "perhaps", "approve'--"] {
            assert_eq!(cast(&app, &vote, &sound, choice).await, 422, "{choice}");
        }
        let long = "A".repeat(8 * 1024);
        let form = [("code", "A"), ("signature", &*long), ("choice", "approve")];
        assert_eq!(app.browser().post(&vote.path("secret-ballots"), &form).await.status, 422);
        assert_eq!(in_the_box(&app, &vote).await, 0);
    }

    async fn a_paper_of_one_vote_is_worth_nothing_in_the_next(app) {
        let mut vote = secret_vote(&app).await;
        let old = paper(&app, &vote, "delegate1").await;
        assert_eq!(close(&mut vote).await, 303);
        assert_eq!(cast(&app, &vote, &old, "approve").await, 409, "closed");
        let next = vote.meeting.open_secret_vote(&app).await;
        assert_eq!(cast(&app, &next, &old, "approve").await, 403);
    }

    async fn an_open_vote_takes_no_secret_ballot_and_a_secret_one_no_open_ballot(app) {
        let vote = secret_vote(&app).await;
        let mut delegate = app.sign_in("delegate1").await;
        assert_eq!(delegate.post(&vote.path("ballots"), &[("choice", "approve")]).await.status, 409);
        let paper = paper(&app, &vote, "delegate1").await;
        let mut meeting = vote.meeting;
        meeting.secretary.post(&format!("/votes/{}/closure", vote.id), &[]).await;
        let open = meeting.open_vote(&app, "Thông qua?").await;
        assert_eq!(cast(&app, &open, &paper, "approve").await, 404);
    }

    async fn while_the_session_rests_nothing_is_issued_or_taken(app) {
        let vote = secret_vote(&app).await;
        let paper = paper(&app, &vote, "delegate1").await;
        let mut tx = app.app.db.write().await.unwrap();
        ecabinet::sql!(tx => execute "UPDATE meeting SET state = 'paused' WHERE id = $1", vote.meeting.id).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(cast(&app, &vote, &paper, "approve").await, 409);
        let blinded = blinding(&app, vote.id).await.blinded;
        let member = app.person("delegate2").await.to_string();
        assert_eq!(ask(&mut app.sign_in("delegate2").await, &vote, &member, &blinded).await.status, 409);
    }

    async fn whoever_took_a_paper_and_left_took_part(app) {
        let mut vote = secret_vote(&app).await;
        let taken = paper(&app, &vote, "delegate1").await;
        vote.meeting.note(&app, "delegate1", "left_early").await;
        assert_eq!(cast(&app, &vote, &taken, "approve").await, 200);
        assert_eq!(close(&mut vote).await, 303);
        let tally = result(&app, &vote).await.tally;
        assert_eq!((tally.present, tally.voted, tally.not_voting), (6, 1, 5));
    }

    async fn with_equal_sides_the_chairs_side_stays_secret(app) {
        let mut vote = secret_vote(&app).await;
        for (login, choice) in MEMBERS.iter().zip(["approve", "reject", "approve", "reject"]) {
            let paper = paper(&app, &vote, login).await;
            assert_eq!(cast(&app, &vote, &paper, choice).await, 200);
        }
        assert_eq!(close(&mut vote).await, 303);
        assert_eq!(result(&app, &vote).await.outcome, Outcome::Rejected);
    }

    async fn more_ballots_than_papers_make_the_vote_void(app) {
        let mut vote = secret_vote(&app).await;
        for login in ["delegate1", "delegate2"] {
            let paper = paper(&app, &vote, login).await;
            assert_eq!(cast(&app, &vote, &paper, "approve").await, 200);
        }
        let mut tx = app.app.db.write().await.unwrap();
        let gone = app.person("delegate1").await;
        ecabinet::sql!(tx => execute
            "DELETE FROM ballot_paper WHERE vote_id = $1 AND member_id = $2", vote.id, gone).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(close(&mut vote).await, 303);
        let result = result(&app, &vote).await;
        assert_eq!((result.outcome, result.tally.voted), (Outcome::Void, 0));
        let page = app.sign_in("delegate3").await.get(&vote.page()).await.visible_text();
        assert!(page.contains("không có giá trị"), "{page}");
    }

    async fn a_cancelled_vote_throws_its_ballots_away_unread(app) {
        let mut vote = secret_vote(&app).await;
        let paper = paper(&app, &vote, "delegate1").await;
        assert_eq!(cast(&app, &vote, &paper, "approve").await, 200);
        let path = vote.path("cancellation");
        assert_eq!(vote.meeting.secretary.post(&path, &[("reason", "Sai danh sách")]).await.status, 303);
        assert_eq!(app.vote_state(&vote).await, VoteState::Cancelled);
        let mut tx = app.app.db.write().await.unwrap();
        assert!(store::open_box(&mut tx, vote.id).await.unwrap().is_none());
        assert!(store::ballots(&mut tx, vote.id).await.unwrap().is_empty());
    }

    async fn closing_takes_away_what_could_open_or_forge_ballots(app) {
        let mut vote = secret_vote(&app).await;
        let paper = paper(&app, &vote, "delegate1").await;
        assert_eq!(cast(&app, &vote, &paper, "approve").await, 200);
        assert_eq!(close(&mut vote).await, 303);
        app.run_jobs().await;
        let mut tx = app.app.db.write().await.unwrap();
        assert!(store::open_box(&mut tx, vote.id).await.unwrap().is_none());
        let member = app.person("delegate1").await;
        assert_eq!(store::paper(&mut tx, vote.id, member).await.unwrap().unwrap().blinded, None);
        let published = store::ballots(&mut tx, vote.id).await.unwrap();
        assert_eq!(published.len(), 1);
        let key = actions::public_key(&mut tx, vote.id).await.unwrap();
        assert!(key.holds(vote.id, &published[0].code, &published[0].signature).unwrap());
    }

    async fn the_log_tells_of_papers_and_totals_and_of_no_ballot(app) {
        let mut vote = secret_vote(&app).await;
        let paper = paper(&app, &vote, "delegate1").await;
        cast(&app, &vote, &paper, "approve").await;
        close(&mut vote).await;
        let mut tx = app.app.db.read().await.unwrap();
        let rows = ecabinet::sql!(tx => fetch_all
            "SELECT act, details FROM audit_entry ORDER BY sequence" as (String, String)).unwrap();
        assert!(rows.iter().all(|(_, details)| !details.contains(paper.code.as_str())), "{rows:?}");
        assert!(rows.iter().any(|(act, _)| act == "secret_ballots_published"), "{rows:?}");
        assert!(!rows.iter().any(|(act, _)| act == "ballot_cast"), "{rows:?}");
    }
}

/// The script of the page against the published example, against another
/// SHA-384, and against the server's own key.
#[test]
fn the_page_blinds_as_the_server_signs() {
    if !has_program("node") {
        return left_out("the page's blind signatures", "node is missing");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser/blind-signature.mjs");
    let example = Command::new("node").arg(script).output().unwrap();
    assert!(example.status.success(), "{}", String::from_utf8_lossy(&example.stderr));

    let (key, vote, code) = (VoteKey::generate().unwrap(), VoteId::new(), "7K2M0ABCDEFGHJKMNPQR");
    let mut page = Command::new("node")
        .arg(script)
        .arg(hex::encode(key.public().modulus))
        .arg(format!("{}{code}", before_code(vote)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(page.stdout.take().unwrap()).lines().map(Result::unwrap);
    let blinded = hex::decode(said.next().unwrap()).unwrap();
    let signed = key.sign_blinded(&blinded).unwrap().unwrap();
    page.stdin.take().unwrap().write_all(hex::encode(signed).as_bytes()).unwrap();
    let signature = hex::decode(said.next().unwrap()).unwrap();
    assert!(page.wait().unwrap().success());
    assert!(key.public().holds(vote, &Code::parse(code).unwrap(), &signature).unwrap());
}
