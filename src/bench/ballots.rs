//! Everyone votes at the same moment.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use super::ground::Ground;
use super::office::{self, Office, SECRETARY, put_item, put_meeting};
use super::report::{Goal, Row, Times};
use super::server::Server;
use super::{BenchError, Measured};
use crate::identity::Actor;
use crate::meetings::rules::{MeetingRole, MeetingState};
use crate::voting::actions::Answer;
use crate::voting::rules::VoteState;
use crate::voting::{self, VoteId, urls};
use crate::web::App;

const VOTERS: usize = 500;
/// Questions, one after the other; each voter has one ballot in each.
const ROUNDS: usize = 10;
/// Ballots of a voter who is alone, and writes to the disk alone.
const ALONE: usize = 200;
/// Ballots in a second.
const GOAL: f64 = 1_000.0;

/// The first voter; chair and secretary come before.
const FIRST: usize = 2;

pub(super) async fn measure(ground: &Ground) -> Measured {
    let app = ground.open().await?;
    let office = office::make(&app, FIRST + VOTERS, app.clock.now()).await?;
    let votes = put_votes(&app, &office, 2 * ROUNDS).await?;
    let (direct, over_http) = votes.split_at(ROUNDS);
    let voters: Vec<Actor> =
        (FIRST..FIRST + VOTERS).map(|index| office.actor(index)).collect::<Result<_, _>>()?;

    let disk = disk(ground.folder().join("disk")).await?;
    let mut rounds = Vec::new();
    for vote in direct {
        rounds.push(cast_together(&app, &voters, *vote).await?);
    }
    let mut rows = vec![rate("ballots, action and commit in one process", &rounds)];
    rows.push(waits("  each ballot waits", rounds));
    let alone = cast_alone(&app, &voters, direct).await?;

    let rounds = over_http_rounds(ground, &app, over_http).await?;
    rows.push(rate("ballots over HTTP, signed in", &rounds));
    rows.push(waits("  each ballot waits", rounds));
    rows.push(waits("a ballot cast alone: a commit of its own", vec![(Duration::ZERO, alone)]));
    rows.push(waits("the disk: 4 KiB written and synced", vec![(Duration::ZERO, disk)]));
    count(&app, &votes).await?;
    Ok((rows, notes(&app)))
}

fn notes(app: &App) -> Vec<String> {
    vec![
        format!("{}: {VOTERS} voters at once, {ROUNDS} questions, a ballot each; the median round counts", app.db.kind()),
        "a ballot counts when its commit has reached the disk (synchronous = FULL); all were counted afterwards".into(),
        "each ballot is a transaction: permission, claim of the vote, ballot, entry in the hash-chained log".into(),
        "the last line says what disk this is; a slower one is not simulated here".into(),
    ]
}

/// A meeting under way with all voters present, and open votes.
async fn put_votes(app: &App, office: &Office, count: usize) -> Result<Vec<VoteId>, BenchError> {
    let mut people = vec![(office.person(SECRETARY)?, MeetingRole::Secretary)];
    let voters = office.people.iter().skip(FIRST);
    people.extend(voters.map(|person| (*person, MeetingRole::Delegate)));
    let mut tx = app.db.write().await?;
    let what = ("Kỳ họp HĐND".to_owned(), MeetingState::InProgress);
    let meeting = put_meeting(&mut tx, office, what, app.clock.now(), &people).await?;
    let item = put_item(&mut tx, meeting.id, "Biểu quyết", 0).await?;
    let mut votes = Vec::new();
    for number in (1..).take(count) {
        let vote = office::vote(office, &meeting, item, number, VoteState::Open);
        voting::store::insert_vote(&mut tx, &vote).await?;
        votes.push(vote.id);
    }
    tx.commit().await?;
    Ok(votes)
}

/// How long all took together, and how long each waited.
type Round = (Duration, Times);

async fn cast_together(app: &App, voters: &[Actor], vote: VoteId) -> Result<Round, BenchError> {
    let began = Instant::now();
    let casting = voters.iter().map(|voter| {
        let (app, voter) = (app.clone(), voter.clone());
        tokio::spawn(async move { cast(&app, &voter, vote).await })
    });
    together(began, casting.collect()).await
}

/// One ballot, as the page's handler casts it.
async fn cast(app: &App, voter: &Actor, vote: VoteId) -> Result<Duration, BenchError> {
    let began = Instant::now();
    let mut tx = app.db.write().await?;
    let answer = Answer { vote, member: voter.person, choice: "approve".to_owned() };
    voting::actions::cast(&mut tx, voter, vote, &[answer], app.clock.now()).await?;
    tx.commit().await?;
    Ok(began.elapsed())
}

async fn together(
    began: Instant,
    casting: Vec<tokio::task::JoinHandle<Result<Duration, BenchError>>>,
) -> Result<Round, BenchError> {
    let mut times = Vec::new();
    for cast in casting {
        times.push(cast.await??);
    }
    Ok((began.elapsed(), times.into_iter().collect()))
}

async fn cast_alone(app: &App, voters: &[Actor], votes: &[VoteId]) -> Result<Times, BenchError> {
    let mut times = Vec::new();
    for (voter, vote) in voters.iter().zip(votes.iter().cycle()).take(ALONE) {
        times.push(cast(app, voter, *vote).await?);
    }
    Ok(times.into_iter().collect())
}

async fn over_http_rounds(ground: &Ground, app: &App, votes: &[VoteId]) -> Result<Vec<Round>, BenchError> {
    tracing::info!(people = VOTERS, "Signing in");
    let mut sessions = Vec::new();
    for index in FIRST..FIRST + VOTERS {
        sessions.push(Arc::<str>::from(office::sign_in(app, index).await?));
    }
    let server = Arc::new(Server::start(ground.config()).await?);
    let mut rounds = Vec::new();
    for vote in votes {
        let began = Instant::now();
        let casting = sessions.iter().map(|session| {
            let (server, session, vote) = (server.clone(), session.clone(), *vote);
            tokio::spawn(async move { post(&server, &session, vote).await })
        });
        rounds.push(together(began, casting.collect()).await?);
    }
    if let Some(server) = Arc::into_inner(server) {
        server.stop().await?;
    }
    Ok(rounds)
}

async fn post(server: &Server, session: &str, vote: VoteId) -> Result<Duration, BenchError> {
    let began = Instant::now();
    let request = server.post(&format!("{}/ballots", urls::vote(vote)), session);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("choice=approve");
    let status = request.send().await?.status();
    if status == StatusCode::SEE_OTHER {
        Ok(began.elapsed())
    } else {
        Err(BenchError(format!("a ballot was answered with {status}")))
    }
}

/// What one write to this disk costs, without any of our doing.
async fn disk(path: PathBuf) -> Result<Times, BenchError> {
    let written = tokio::task::spawn_blocking(move || {
        let mut file = File::create(path)?;
        let mut times = Vec::new();
        for _ in 0..ALONE {
            let began = Instant::now();
            file.write_all(&[0x55; 4096])?;
            file.sync_data()?;
            times.push(began.elapsed());
        }
        Ok::<_, std::io::Error>(times)
    });
    Ok(written.await??.into_iter().collect())
}

/// Nothing is measured that was not kept.
async fn count(app: &App, votes: &[VoteId]) -> Result<(), BenchError> {
    let mut tx = app.db.read().await?;
    for vote in votes {
        let kept = voting::store::ballots(&mut tx, *vote).await?.len();
        if kept != VOTERS {
            return Err(BenchError(format!("{kept} of {VOTERS} ballots were kept")));
        }
    }
    Ok(())
}

fn rate(what: &str, rounds: &[Round]) -> Row {
    #[expect(clippy::cast_precision_loss, reason = "a few hundred voters")]
    let mut rates: Vec<f64> = rounds.iter().map(|(took, _)| VOTERS as f64 / took.as_secs_f64()).collect();
    rates.sort_by(f64::total_cmp);
    let at = |index: usize| rates.get(index).copied().unwrap_or(f64::NAN);
    let values =
        [("median", at(rates.len() / 2)), ("min", at(0)), ("max", at(rates.len().saturating_sub(1)))];
    Row::new(what, "ballots/s", &values).aims_at(Goal::AtLeast("median", GOAL))
}

fn waits(what: &str, rounds: Vec<Round>) -> Row {
    let times = Times::joined(rounds.into_iter().map(|(_, times)| times));
    Row::new(what, "ms", &[("p50", times.median()), ("p99", times.quantile(0.99)), ("max", times.max())])
}
