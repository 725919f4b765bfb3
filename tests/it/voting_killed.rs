//! The service is killed while everyone votes: what it acknowledged it has,
//! once; what it did not, a voter sends again and it counts once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ecabinet::db::Db;
use ecabinet::identity::PersonId;
use ecabinet::voting::{VoteId, secret, store};
use futures_util::future::join_all;
use openssl::rand::rand_bytes;
use reqwest::RequestBuilder;
use tokio::sync::Notify;

use crate::harness::Database;
use crate::harness::ballot_paper::{BallotPaper, Blinding};
use crate::harness::crowd::Crowd;
use crate::harness::process::{Process, kills};

const VOTERS: usize = 500;
const CHOICES: [&str; 3] = ["approve", "reject", "abstain"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_ballot_is_lost_or_counted_twice_on_sqlite() {
    let crowd = Crowd::gather(Database::Sqlite, VOTERS).await.unwrap();
    kill_often(crowd).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_ballot_is_lost_or_counted_twice_on_postgres() {
    if let Some(crowd) = Crowd::gather(Database::Postgres, VOTERS).await {
        kill_often(crowd).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_secret_ballot_is_lost_or_counted_twice() {
    let crowd = Crowd::gather(Database::Sqlite, VOTERS).await.unwrap();
    let mut process = crowd.start().await;
    for round in 1..=kills() {
        let question = format!("Phiếu kín {round}?");
        crowd.open_vote(&process, &question, &[("kind", "secret")]).await;
        let vote = vote_called(&crowd, &question).await;
        let papers = papers(&crowd, &process, vote).await;
        let acknowledged = until_killed(process, |process, index| {
            process.post_unsigned(&secret_path(vote), &papers[index].form(choice_of(index)))
        })
        .await;
        process = crowd.start().await;
        let begun = std::time::Instant::now();
        let again = papers.iter().enumerate().map(|(index, paper)| {
            process.post_unsigned(&secret_path(vote), &paper.form(choice_of(index))).send()
        });
        for answer in join_all(again).await {
            assert_eq!(answer.unwrap().status(), 200);
        }
        println!(
            "round {round}: {} acknowledged; all sent again in {:?}",
            acknowledged.len(),
            begun.elapsed()
        );
        close(&crowd, &process, vote).await;
        let db = crowd.database().await;
        let mut tx = db.read().await.unwrap();
        let published = secret::store::ballots(&mut tx, vote).await.unwrap();
        assert_eq!(published.len(), VOTERS, "round {round}: everyone counts once");
        for (index, paper) in papers.iter().enumerate() {
            let ballot = published.iter().find(|ballot| ballot.code == paper.code).unwrap();
            assert_eq!(ballot.choice, choice_of(index), "round {round}");
        }
    }
}

fn secret_path(vote: VoteId) -> String {
    format!("/votes/{vote}/secret-ballots")
}

/// Everyone's paper, asked for at once, as when a vote opens.
async fn papers(crowd: &Crowd, process: &Process, vote: VoteId) -> Vec<BallotPaper> {
    let db = crowd.database().await;
    let mut tx = db.read().await.unwrap();
    let key = secret::actions::public_key(&mut tx, vote).await.unwrap();
    drop(tx);
    let asking = crowd.voters.iter().map(|voter| {
        let blinding = Blinding::new(vote, &key.modulus);
        let (path, member) = (format!("/votes/{vote}/ballot-papers"), voter.person.to_string());
        let fields = [("member", &*member), ("blinded", &*blinding.blinded)];
        let request = process.post(&path, &voter.session, &fields).send();
        async move {
            let answer = request.await.unwrap();
            assert_eq!(answer.status(), 200);
            blinding.finish(&answer.text().await.unwrap())
        }
    });
    join_all(asking).await
}

async fn kill_often(crowd: Crowd) {
    let mut process = crowd.start().await;
    for round in 1..=kills() {
        let question = format!("Câu hỏi {round}?");
        crowd.open_vote(&process, &question, &[]).await;
        let vote = vote_called(&crowd, &question).await;
        let acknowledged = until_killed(process, |process, index| {
            process.post(&ballot_path(vote), &crowd.voters[index].session, &[("choice", choice_of(index))])
        })
        .await;
        process = crowd.start().await;
        let kept = ballots(&crowd, vote).await;
        for index in &acknowledged {
            let ballot = kept.get(&crowd.voters[*index].person).map(String::as_str);
            assert_eq!(ballot, Some(choice_of(*index)), "round {round}: an acknowledged ballot");
        }
        println!("round {round}: {} acknowledged, {} kept, none lost", acknowledged.len(), kept.len());
        send_again(&crowd, &process, vote).await;
        close(&crowd, &process, vote).await;
        let kept = ballots(&crowd, vote).await;
        assert_eq!(kept.len(), VOTERS, "round {round}: everyone counts once");
        assert_eq!(counted(&crowd, vote).await, i64::try_from(VOTERS).unwrap());
    }
}

fn choice_of(index: usize) -> &'static str {
    CHOICES[index % CHOICES.len()]
}

fn ballot_path(vote: VoteId) -> String {
    format!("/votes/{vote}/ballots")
}

/// Everyone casts at once; after a random number of answers the process is
/// killed. Gives the voters who had their answer before.
async fn until_killed(
    mut process: Process,
    request: impl Fn(&Process, usize) -> RequestBuilder,
) -> Vec<usize> {
    let mut random = [0_u8; 2];
    rand_bytes(&mut random).unwrap();
    let enough = 1 + usize::from(u16::from_be_bytes(random)) % (VOTERS - 1);
    let (answers, bell) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let casting = (0..VOTERS).map(|index| {
        let (request, answers, bell) = (request(&process, index), answers.clone(), bell.clone());
        tokio::spawn(async move {
            let answer = request.send().await.ok()?;
            assert!(matches!(answer.status().as_u16(), 200 | 303));
            if answers.fetch_add(1, Ordering::SeqCst) + 1 == enough {
                bell.notify_one();
            }
            Some(index)
        })
    });
    let mut casting = join_all(casting.collect::<Vec<_>>());
    let early = tokio::select! {
        () = bell.notified() => None,
        all = &mut casting => Some(all),
    };
    process.kill();
    let outcomes = match early {
        Some(outcomes) => outcomes,
        None => casting.await,
    };
    outcomes.into_iter().filter_map(Result::unwrap).collect()
}

/// A page without an answer sends once more; one with an answer may do so too.
async fn send_again(crowd: &Crowd, process: &Process, vote: VoteId) {
    let casting = crowd.voters.iter().enumerate().map(|(index, voter)| {
        process.post(&ballot_path(vote), &voter.session, &[("choice", choice_of(index))]).send()
    });
    for answer in join_all(casting).await {
        assert_eq!(answer.unwrap().status(), 303);
    }
}

async fn close(crowd: &Crowd, process: &Process, vote: VoteId) {
    let path = format!("/votes/{vote}/closure");
    let answer = process.post(&path, &crowd.secretary, &[]).send().await.unwrap();
    assert_eq!(answer.status(), 303);
}

async fn vote_called(crowd: &Crowd, question: &str) -> VoteId {
    let db = crowd.database().await;
    let mut tx = db.read().await.unwrap();
    let votes = store::votes_of(&mut tx, crowd.meeting).await.unwrap();
    votes.iter().find(|vote| vote.question == question).unwrap().id
}

async fn ballots(crowd: &Crowd, vote: VoteId) -> BTreeMap<PersonId, String> {
    let db: Db = crowd.database().await;
    let mut tx = db.read().await.unwrap();
    let kept = store::ballots(&mut tx, vote).await.unwrap();
    kept.into_iter().map(|ballot| (ballot.member_id, ballot.choice)).collect()
}

async fn counted(crowd: &Crowd, vote: VoteId) -> i64 {
    let db = crowd.database().await;
    let mut tx = db.read().await.unwrap();
    let results = store::results_of(&mut tx, crowd.meeting).await.unwrap();
    results.iter().find(|(of, _)| *of == vote).unwrap().1.tally.voted
}
