//! A meeting of many, all signed in, and its votes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::line::Line;
use super::screens::{Reached, Screens};
use crate::bench::BenchError;
use crate::bench::office::{self, CHAIR, Office, SECRETARY, put_item, put_meeting};
use crate::bench::report::{Goal, Row, Times};
use crate::bench::server::Server;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::identity::store::insert_session;
use crate::meetings::MeetingId;
use crate::meetings::rules::{MeetingRole, MeetingState};
use crate::voting::rules::VoteState;
use crate::voting::{self, VoteId, urls};
use crate::web::App;

/// Milliseconds within which a vote and its result are on 99 of 100 screens.
const SCREEN_GOAL: f64 = 200.0;
/// Milliseconds within which all ballots of one second are durable.
const BALLOTS_GOAL: f64 = 2_000.0;
/// The time over which all ballots are sent.
const SECOND: Duration = Duration::from_secs(1);

pub(super) struct Council {
    pub meeting: MeetingId,
    /// Prepared; used one after the other.
    pub votes: Vec<VoteId>,
    pub chair: Arc<str>,
    members: Vec<Arc<str>>,
    guests: Vec<Arc<str>>,
}

/// What several votes came to.
#[derive(Default)]
pub(super) struct Rounds {
    opened: Vec<Times>,
    all_cast: Vec<Duration>,
    cast: Vec<Times>,
    closed: Vec<Times>,
    asked: usize,
}

impl Council {
    /// A meeting under way, with everyone present.
    pub async fn make(
        app: &App,
        office: &Office,
        (members, guests): (&[PersonId], &[PersonId]),
        votes: i64,
    ) -> Result<Self, BenchError> {
        let now = app.clock.now();
        let chair = office.person(CHAIR)?;
        let mut roles =
            vec![(chair, MeetingRole::Chair), (office.person(SECRETARY)?, MeetingRole::Secretary)];
        roles.extend(members.iter().map(|person| (*person, MeetingRole::Delegate)));
        roles.extend(guests.iter().map(|person| (*person, MeetingRole::Guest)));
        let mut tx = app.db.write().await?;
        let what = ("Kỳ họp HĐND".to_owned(), MeetingState::InProgress);
        let meeting = put_meeting(&mut tx, office, what, now, &roles).await?;
        let item = put_item(&mut tx, meeting.id, "Biểu quyết", 0).await?;
        let mut prepared = Vec::new();
        for number in 1..=votes {
            let vote = office::vote(office, &meeting, item, number, VoteState::Prepared);
            voting::store::insert_vote(&mut tx, &vote).await?;
            prepared.push(vote.id);
        }
        let council = Self {
            meeting: meeting.id,
            votes: prepared,
            chair: put_session(&mut tx, chair, now).await?,
            members: put_sessions(&mut tx, members, now).await?,
            guests: put_sessions(&mut tx, guests, now).await?,
        };
        tx.commit().await?;
        Ok(council)
    }

    pub fn member(&self) -> Result<&str, BenchError> {
        self.members.first().map(AsRef::as_ref).ok_or_else(|| BenchError("nobody is a member".to_owned()))
    }

    /// A screen for everyone but the chair.
    pub async fn open_screens(&self, server: &Server) -> Result<Screens, BenchError> {
        let viewers = if self.members.is_empty() { &self.guests } else { &self.members };
        Screens::open(server.address(), self.meeting, viewers).await
    }

    /// Votes, one after the other, each opened, cast in by all, and closed.
    /// `bad` screens never read, and as many break.
    pub async fn vote(&self, server: &Server, votes: &[VoteId], bad: usize) -> Result<Rounds, BenchError> {
        let mut screens = self.open_screens(server).await?;
        let silent = self.open_silent(server, bad).await?;
        let mut rounds = Rounds::default();
        for (round, vote) in votes.iter().enumerate() {
            let broken = self.open_breaking(server, bad).await?;
            let opened = self.act(server, *vote, "opening", &mut screens).await?;
            broken.into_iter().try_for_each(Line::break_off)?;
            rounds.asked += opened.asked;
            rounds.opened.push(opened.times);
            let (took, cast) = self.cast(server, *vote).await?;
            rounds.all_cast.push(took);
            rounds.cast.push(cast);
            let closed = self.act(server, *vote, "closure", &mut screens).await?;
            rounds.asked += closed.asked;
            rounds.closed.push(closed.times);
            tracing::info!(round, "A vote is over");
        }
        drop(silent);
        Ok(rounds)
    }

    /// For those who only watch.
    pub async fn open_and_close(
        &self,
        server: &Server,
        vote: VoteId,
        screens: &mut Screens,
        rounds: &mut Rounds,
    ) -> Result<(), BenchError> {
        // Guests have no sheet: the place of it stays empty.
        screens.forget();
        let (sent, seen) = tokio::join!(
            self.send(server, vote, "opening"),
            screens.until_all_show("vote-slot", Instant::now()),
        );
        sent.and(seen.map(|_| ()))?;
        let closed = self.act(server, vote, "closure", screens).await?;
        rounds.asked += closed.asked;
        rounds.closed.push(closed.times);
        Ok(())
    }

    /// The chair opens or closes; waits until every screen shows it.
    async fn act(
        &self,
        server: &Server,
        vote: VoteId,
        act: &str,
        screens: &mut Screens,
    ) -> Result<Reached, BenchError> {
        screens.forget();
        let content = if act == "opening" {
            urls::vote(vote) + "/ballots"
        } else {
            format!("href=\"{}\"", urls::vote(vote))
        };
        let began = Instant::now();
        let (sent, reached) =
            tokio::join!(self.send(server, vote, act), screens.until_all_show(&content, began),);
        sent?;
        reached
    }

    async fn send(&self, server: &Server, vote: VoteId, act: &str) -> Result<(), BenchError> {
        let mut line = Line::open(server.address()).await?;
        line.post(&format!("{}/{act}", urls::vote(vote)), &self.chair, "").await?;
        expect_taken(act, line.answer().await?.status)
    }

    /// Every member's ballot, sent evenly over a second, each on a connection
    /// that is open already, as a browser's is.
    async fn cast(&self, server: &Server, vote: VoteId) -> Result<(Duration, Times), BenchError> {
        let mut lines = Vec::new();
        for session in &self.members {
            lines.push((Line::open(server.address()).await?, session.clone()));
        }
        let path = urls::vote(vote) + "/ballots";
        let began = tokio::time::Instant::now();
        let step = SECOND / u32::try_from(lines.len().max(1))?;
        let mut casting = Vec::new();
        for ((mut line, session), turn) in lines.into_iter().zip(0_u32..) {
            let path = path.clone();
            casting.push(tokio::spawn(async move {
                tokio::time::sleep_until(began + step * turn).await;
                let sent = Instant::now();
                line.post(&path, &session, "choice=approve").await?;
                expect_taken("a ballot", line.answer().await?.status)?;
                Ok::<_, BenchError>(sent.elapsed())
            }));
        }
        let mut times = Vec::new();
        for cast in casting {
            times.push(cast.await??);
        }
        Ok((began.elapsed(), times.into_iter().collect()))
    }

    async fn open_silent(&self, server: &Server, count: usize) -> Result<Vec<Line>, BenchError> {
        let mut lines = Vec::new();
        for session in self.guests.iter().take(count) {
            let mut line = Line::open_narrow(server.address()).await?;
            line.get(&events(self.meeting), session).await?;
            lines.push(line);
        }
        Ok(lines)
    }

    async fn open_breaking(&self, server: &Server, count: usize) -> Result<Vec<Line>, BenchError> {
        let mut lines = Vec::new();
        for session in self.guests.iter().rev().take(count) {
            let mut line = Line::open(server.address()).await?;
            line.get(&events(self.meeting), session).await?;
            lines.push(line);
        }
        Ok(lines)
    }

    /// Nothing is measured that was not kept.
    pub async fn count(&self, app: &App) -> Result<(), BenchError> {
        let mut tx = app.db.read().await?;
        for vote in &self.votes {
            let kept = voting::store::ballots(&mut tx, *vote).await?.len();
            if kept != self.members.len() {
                return Err(BenchError(format!("{kept} of {} ballots were kept", self.members.len())));
            }
        }
        Ok(())
    }
}

fn events(meeting: MeetingId) -> String {
    format!("{}/events", crate::meetings::urls::meeting(meeting))
}

fn expect_taken(what: &str, status: u16) -> Result<(), BenchError> {
    if status == 303 { Ok(()) } else { Err(BenchError(format!("{what} was answered with {status}"))) }
}

/// A session as signing in leaves it: hashing twelve thousand passwords would
/// take longer than all that is measured.
async fn put_session(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<Arc<str>, db::Error> {
    let secret = Uuid::new_v4().simple().to_string();
    insert_session(tx, &Sha256::digest(secret.as_bytes()), person, "bench", now).await?;
    Ok(secret.into())
}

async fn put_sessions(tx: &mut Tx, people: &[PersonId], now: Timestamp) -> Result<Vec<Arc<str>>, db::Error> {
    let mut sessions = Vec::new();
    for person in people {
        sessions.push(put_session(tx, *person, now).await?);
    }
    Ok(sessions)
}

impl Rounds {
    /// All that was measured; `how` says under what circumstances.
    pub fn rows(self, how: &str) -> Vec<Row> {
        let opened = self.opened_row(&format!("a vote is opened: on each screen{how}"));
        let closed = self.closed_row(&format!("it is closed: the result, on each screen{how}"));
        let all: Times = self.all_cast.into_iter().collect();
        let each = Times::joined(self.cast.into_iter());
        let values = [("max", all.max()), ("median", all.median())];
        let cast = Row::new(format!("all ballots of one second are durable{how}"), "ms", &values);
        vec![
            opened,
            cast.aims_at(Goal::AtMost("max", BALLOTS_GOAL)),
            Row::new("  each ballot waits", "ms", &spread(&each)),
            closed.aims_at(Goal::AtMost("p99", SCREEN_GOAL)),
        ]
    }

    pub fn opened_row(&self, what: &str) -> Row {
        let times = Times::joined_of(&self.opened);
        let what = if self.asked > 0 {
            format!("{what} ({} asked for their page)", self.asked)
        } else {
            what.to_owned()
        };
        Row::new(what, "ms", &spread(&times)).aims_at(Goal::AtMost("p99", SCREEN_GOAL))
    }

    pub fn closed_row(&self, what: &str) -> Row {
        Row::new(what, "ms", &spread(&Times::joined_of(&self.closed)))
    }
}

fn spread(times: &Times) -> [(&'static str, f64); 3] {
    [("p50", times.median()), ("p99", times.quantile(0.99)), ("max", times.max())]
}
