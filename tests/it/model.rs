//! Whole meetings by chance: people of every kind try acts of every kind, and
//! a reference as small as it can be says what must come of each.
//!
//! After every act: it was taken or refused as the reference says; a refused
//! one left no entry in the log; at most one item is under way. After every
//! meeting: each closed vote is what it was when it closed, and never counts
//! more than the mandates there.
//!
//! `ECABINET_TEST_MEETINGS` says how many (the default fits a coffee break of
//! CI), `ECABINET_TEST_SEED` where to begin; a failure prints its seed.

mod acts;
mod reference;

use std::collections::BTreeMap;

use ecabinet::meetings::rules::MeetingState;
use ecabinet::meetings::{self, MeetingId};
use ecabinet::voting::VoteId;
use ecabinet::voting::secret::actions::public_key;
use ecabinet::voting::store as votes;

use self::acts::{Act, Asked, Chance, draw};
use self::reference::{CHOICES, Expected, MEMBERS, Reference, Rule, Session, Stage, Totals, Who};
use crate::harness::ballot_paper::{BallotPaper, Blinding};
use crate::harness::meeting::{as_fields, participants_form};
use crate::harness::{Answer, Browser, Database, TestApp};

/// Acts in one meeting.
const ACTS: usize = 40;

#[tokio::test]
async fn meetings_go_as_the_reference_says_on_sqlite() {
    let app = TestApp::new(Database::Sqlite).await.unwrap();
    play(app, 100).await;
}

#[tokio::test]
async fn meetings_go_as_the_reference_says_on_postgres() {
    if let Some(app) = TestApp::new(Database::Postgres).await {
        play(app, 15).await;
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect(name))
}

async fn play(app: TestApp, usual: u64) {
    let first = setting("ECABINET_TEST_SEED").unwrap_or(1);
    let count = setting("ECABINET_TEST_MEETINGS").unwrap_or(usual);
    let mut stage = Stages::new(app).await;
    let mut outcomes = BTreeMap::new();
    for seed in first..first + count {
        let mut meeting = stage.found(seed).await;
        let mut chance = Chance::new(seed);
        for _ in 0..ACTS {
            let asked = draw(&mut chance, &meeting.reference);
            let expected = stage.try_out(&mut meeting, asked).await;
            *outcomes.entry(format!("{expected:?}")).or_insert(0_u64) += 1;
        }
        stage.check_closed_votes(&meeting).await;
    }
    println!("{count} meetings: {outcomes:?}, {} votes closed", stage.closed);
    assert!(outcomes.len() == 3 && stage.closed > 0, "the acts by chance tried too little");
}

/// The service and everyone's browser.
struct Stages {
    app: TestApp,
    browsers: BTreeMap<Who, Browser>,
    ids: BTreeMap<Who, String>,
    closed: usize,
}

/// One meeting, as it is and as the reference has it.
struct Played {
    seed: u64,
    reference: Reference,
    id: MeetingId,
    items: Vec<String>,
    votes: Vec<VoteId>,
    /// What the pages hold of each secret vote: requests and ballots.
    papers: BTreeMap<usize, Vec<(String, BallotPaper)>>,
    /// Each closed vote, as it was when it closed.
    closed: BTreeMap<usize, (Totals, String)>,
    history: Vec<String>,
}

impl Stages {
    async fn new(app: TestApp) -> Self {
        let people = MEMBERS.into_iter().chain(["secretary", "guest", "clerk", "stranger"]);
        let (mut browsers, mut ids) = (BTreeMap::new(), BTreeMap::new());
        for who in people {
            browsers.insert(who, app.sign_in(who).await);
            ids.insert(who, app.person(who).await.to_string());
        }
        Self { app, browsers, ids, closed: 0 }
    }

    async fn post(&mut self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.browsers.get_mut(who).unwrap().post(path, fields).await
    }

    /// A published meeting of one of the two bodies.
    async fn found(&mut self, seed: u64) -> Played {
        let mut basics =
            self.app.basics("Họp theo xác suất").map(|(name, value)| (name.to_owned(), value.to_owned()));
        // Hundreds at one hour: each without a room, which only one could have.
        basics[2].1.clear();
        if seed.is_multiple_of(2) {
            basics[1].1.clone_from(&self.app.council);
        }
        let made = self.post("secretary", "/meetings", &as_fields(&basics)).await;
        let id: MeetingId = made.location().split('/').nth(2).unwrap().parse().unwrap();
        let mut people: Vec<(&str, &str)> = MEMBERS[1..].iter().map(|who| (*who, "delegate")).collect();
        people.extend([("chair", "chair"), ("secretary", "secretary"), ("guest", "guest")]);
        let people = participants_form(&self.app, &people).await;
        let mut forms = vec![("participants", as_fields(&people))];
        let titles = ["Kế hoạch", "Giá đất"].map(|title| [("title", title), ("recurring", "yes")].to_vec());
        forms.extend(titles.map(|form| ("items", form)));
        forms.push(("publication", Vec::new()));
        for (form, fields) in forms {
            let done = self.post("secretary", &format!("/meetings/{id}/{form}"), &fields).await;
            assert_eq!(done.status, 303, "{form}: {}", done.visible_text());
        }
        let items = self.app.agenda(id).await.iter().map(|item| item.id.to_string()).collect();
        let mut tx = self.app.app.db.read().await.unwrap();
        let meeting = meetings::store::meeting(&mut tx, self.app.organisation, id).await.unwrap().unwrap();
        let terms = meetings::store::meeting_type(&mut tx, meeting.type_id).await.unwrap().terms;
        let rule = Rule {
            change_allowed: terms.change_allowed,
            member_proxies: terms.member_proxies,
            substitutes_vote: terms.substitutes_vote,
        };
        Played {
            seed,
            reference: Reference::new(rule),
            id,
            items,
            votes: Vec::new(),
            papers: BTreeMap::new(),
            closed: BTreeMap::new(),
            history: Vec::new(),
        }
    }

    /// Tries an act on both, and compares.
    async fn try_out(&mut self, meeting: &mut Played, asked: Asked) -> Expected {
        meeting.history.push(format!("{asked:?}"));
        let before = self.log_head().await;
        let totals = match asked.act {
            Act::CloseVote(vote) if vote < meeting.votes.len() => {
                Some((vote, meeting.reference.totals(vote)))
            }
            _ => None,
        };
        let expected = meeting.reference.act(&asked);
        let answer = self.ask(meeting, asked).await;
        let after = self.log_head().await;
        let taken = answer.status < 400;
        let story = || format!("seed {}: {:#?}\n{}", meeting.seed, meeting.history, answer.visible_text());
        match expected {
            Expected::Taken => {
                assert!(taken && after > before, "must be taken; {} {}", answer.status, story())
            }
            Expected::TakenSilently => assert!(taken && after == before, "must be taken; {}", story()),
            Expected::Refused => {
                assert!(
                    (400..500).contains(&answer.status),
                    "must be refused; {} {}",
                    answer.status,
                    story()
                );
                assert_eq!(after, before, "a refused act leaves no trace; {}", story());
            }
        }
        if let (Expected::Taken, Some((vote, totals))) = (expected, totals) {
            let seen = self.result(meeting, vote).await;
            assert_eq!(seen.0, totals, "{}", story());
            meeting.closed.insert(vote, seen);
            self.closed += 1;
        }
        self.learn_votes(meeting).await;
        self.check_session(meeting).await;
        expected
    }

    /// Sends the act as the person's page would.
    async fn ask(&mut self, meeting: &mut Played, Asked { who, act }: Asked) -> Answer {
        let (path, fields) = match act {
            Act::AskPaper { vote, member } => return self.ask_paper(meeting, who, vote, member).await,
            Act::AskAgain { vote, paper } => return self.ask_again(meeting, who, vote, paper).await,
            Act::CastSecret { vote, paper, choice } => {
                return self.cast_secret(meeting, vote, paper, choice).await;
            }
            act => self.form(meeting, act),
        };
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(who, &path, &fields).await
    }

    /// Path and fields of an act by an ordinary form.
    fn form(&self, meeting: &Played, act: Act) -> (String, Vec<(String, String)>) {
        let session = |form: &str| format!("/meetings/{}/{form}", meeting.id);
        let vote = |vote: usize, form: &str| {
            let id = meeting.votes.get(vote).copied().unwrap_or_default();
            format!("/votes/{id}/{form}")
        };
        let id = |who: Who| self.ids[who].clone();
        let choice = |of: usize, member: Who, choice: &str| {
            let of = meeting.votes.get(of).copied().unwrap_or_default();
            vec![(format!("choice-{of}-{}", self.ids[member]), choice.to_owned())]
        };
        let named = |fields: &[(&str, &str)]| {
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        match act {
            Act::Start => (session("opening"), vec![]),
            Act::Pause => (session("pause"), vec![]),
            Act::Adjourn => (session("adjournment"), named(&[("until", "2031-01-01T08:00")])),
            Act::Resume => (session("resumption"), vec![]),
            Act::End => (session("closing"), vec![]),
            Act::GoTo(item) => (session("current-item"), named(&[("item", &meeting.items[item])])),
            Act::CheckIn => (session("check-ins"), vec![]),
            Act::Note(person, is_there) => {
                let attendance = if is_there { "present" } else { "left_early" };
                (session(&format!("attendance/{}", id(person))), named(&[("attendance", attendance)]))
            }
            Act::Substitute(member) => {
                let path = session(&format!("attendance/{}/substitute", id(member)));
                (path, named(&[("substitute", &id("clerk")), ("reason", "Đi công tác")]))
            }
            Act::GiveProxy(giver, holder) => {
                let fields = [("giver", &*id(giver)), ("holder", &*id(holder)), ("reason", "Ốm")];
                (session("proxies"), named(&fields))
            }
            Act::TakeProxy(giver) => (session(&format!("proxies/{}/removal", id(giver))), vec![]),
            Act::Prepare { is_secret } => {
                let kind = if is_secret { "secret" } else { "open" };
                (
                    session("votes"),
                    named(&[("item", &meeting.items[0]), ("question", "Thông qua?"), ("kind", kind)]),
                )
            }
            Act::Repeat(of) => (vote(of, "repetition"), vec![]),
            Act::Open(of) => (vote(of, "opening"), vec![]),
            Act::CloseVote(of) => (vote(of, "closure"), vec![]),
            Act::Cancel(of) => (vote(of, "cancellation"), named(&[("reason", "Nhầm")])),
            Act::Cast { vote: of, member, choice: said } => (vote(of, "ballots"), choice(of, member, said)),
            Act::Enter { vote: of, member, choice: said } => {
                let mut fields = choice(of, member, said);
                fields.push(("member".to_owned(), id(member)));
                (vote(of, "entered-ballots"), fields)
            }
            Act::AskPaper { vote: of, .. } | Act::AskAgain { vote: of, .. } => {
                (vote(of, "ballot-papers"), vec![])
            }
            Act::CastSecret { vote: of, .. } => (vote(of, "secret-ballots"), vec![]),
        }
    }

    async fn ask_paper(&mut self, meeting: &mut Played, who: Who, vote: usize, member: Who) -> Answer {
        let id = meeting.votes.get(vote).copied().unwrap_or_default();
        let mut tx = self.app.app.db.read().await.unwrap();
        let key = public_key(&mut tx, id).await;
        drop(tx);
        let Ok(key) = key else {
            // A vote that was never opened has no key; the request is refused all the same.
            return self.send_paper(who, id, member, &"01".repeat(256)).await;
        };
        let blinding = Blinding::new(id, &key.modulus);
        let blinded = blinding.blinded.clone();
        let answer = self.send_paper(who, id, member, &blinded).await;
        if answer.status == 200 {
            let paper = blinding.finish(&answer.text());
            meeting.papers.entry(vote).or_default().push((blinded, paper));
        }
        answer
    }

    async fn ask_again(&mut self, meeting: &Played, who: Who, vote: usize, paper: usize) -> Answer {
        let id = meeting.votes.get(vote).copied().unwrap_or_default();
        let known = meeting.reference.votes.get(vote).and_then(|vote| vote.papers.get(paper));
        let member = known.map_or("delegate1", |paper| paper.member);
        let sent = meeting.papers.get(&vote).and_then(|papers| papers.get(paper));
        let blinded = sent.map_or_else(|| "ff".repeat(256), |(blinded, _)| blinded.clone());
        self.send_paper(who, id, member, &blinded).await
    }

    async fn send_paper(&mut self, who: Who, vote: VoteId, member: Who, blinded: &str) -> Answer {
        let member = self.ids[member].clone();
        self.post(who, &format!("/votes/{vote}/ballot-papers"), &[("member", &member), ("blinded", blinded)])
            .await
    }

    async fn cast_secret(&mut self, meeting: &Played, vote: usize, paper: usize, choice: &str) -> Answer {
        let path = format!("/votes/{}/secret-ballots", meeting.votes.get(vote).copied().unwrap_or_default());
        let papers = meeting.papers.get(&vote);
        let mut nobody = self.app.browser();
        match papers.and_then(|papers| papers.get(paper)) {
            Some((_, paper)) => nobody.post(&path, &paper.form(choice)).await,
            None => nobody.post(&path, &[("code", "0"), ("signature", "00"), ("choice", choice)]).await,
        }
    }

    async fn log_head(&self) -> i64 {
        let mut tx = self.app.app.db.read().await.unwrap();
        let (head,) = ecabinet::sql!(tx => fetch_one
            "SELECT CAST(coalesce(sum(sequence), 0) AS BIGINT) FROM audit_head" as (i64,))
        .unwrap();
        head
    }

    async fn learn_votes(&self, meeting: &mut Played) {
        let mut tx = self.app.app.db.read().await.unwrap();
        let mut known = votes::votes_of(&mut tx, meeting.id).await.unwrap();
        known.sort_by_key(|vote| vote.number);
        meeting.votes = known.into_iter().map(|vote| vote.id).collect();
        assert_eq!(meeting.votes.len(), meeting.reference.votes.len());
    }

    /// What a closed vote came to; and all there is to know of it, as text.
    async fn result(&self, meeting: &Played, vote: usize) -> (Totals, String) {
        let mut tx = self.app.app.db.read().await.unwrap();
        let result =
            votes::result(&mut tx, meeting.votes[vote]).await.unwrap().expect("a closed vote has a result");
        let tally = &result.tally;
        let of = |choice: &str| tally.counts.iter().find(|count| count.choice == choice).unwrap().ballots;
        assert!(tally.voted <= tally.mandates() && tally.mandates() <= tally.total_members, "{tally:?}");
        let totals = Totals {
            total: tally.total_members,
            present: tally.present,
            proxies: tally.proxies,
            choices: CHOICES.map(of),
        };
        let ballots = votes::ballots_of(&mut tx, meeting.votes[vote]).await.unwrap();
        let secret = ecabinet::voting::secret::store::ballots(&mut tx, meeting.votes[vote]).await.unwrap();
        let secret: Vec<_> = secret.iter().map(|ballot| (ballot.code.as_str(), &ballot.choice)).collect();
        (totals, format!("{result:?} {ballots:?} {secret:?}"))
    }

    async fn check_closed_votes(&self, meeting: &Played) {
        for (vote, seen) in &meeting.closed {
            assert_eq!(
                &self.result(meeting, *vote).await,
                seen,
                "seed {}: a closed vote changed",
                meeting.seed
            );
            assert_eq!(meeting.reference.votes[*vote].stage, Stage::Closed);
        }
    }

    async fn check_session(&self, meeting: &Played) {
        let mut tx = self.app.app.db.read().await.unwrap();
        let seen =
            meetings::store::meeting(&mut tx, self.app.organisation, meeting.id).await.unwrap().unwrap();
        let expected = match meeting.reference.session {
            Session::Published => MeetingState::Published,
            Session::UnderWay => MeetingState::InProgress,
            Session::Paused => MeetingState::Paused,
            Session::Adjourned => MeetingState::Adjourned,
            Session::Ended => MeetingState::Ended,
        };
        assert_eq!(seen.state, expected, "seed {}: {:#?}", meeting.seed, meeting.history);
        let items = meetings::store::items(&mut tx, meeting.id).await.unwrap();
        let running: Vec<String> = items
            .iter()
            .filter(|item| item.started_at.is_some() && item.ended_at.is_none())
            .map(|item| item.id.to_string())
            .collect();
        let current: Vec<String> =
            meeting.reference.current.iter().map(|item| meeting.items[*item].clone()).collect();
        assert_eq!(running, current, "seed {}: exactly one item is under way", meeting.seed);
    }
}
