//! A meeting as small as it can be thought: who is there, who holds whose
//! mandate, which votes there are. It says of each act whether the service
//! must take it, and what a vote must come to.

use std::collections::BTreeMap;

use super::acts::{Act, Asked};

/// A login.
pub type Who = &'static str;

pub const MEMBERS: [Who; 5] = ["chair", "delegate1", "delegate2", "delegate3", "delegate4"];
/// Named as a substitute now and then; otherwise not in the meeting.
pub const SUBSTITUTE: Who = "clerk";
pub const CHOICES: [&str; 3] = ["approve", "reject", "abstain"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    Published,
    UnderWay,
    Paused,
    Adjourned,
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Prepared,
    Open,
    Closed,
    Cancelled,
}

/// What the service has to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Done, with an entry in the log.
    Taken,
    /// Done or done before, and nothing to log.
    TakenSilently,
    Refused,
}

/// What the body's rule lets people do.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    pub change_allowed: bool,
    pub member_proxies: bool,
    pub substitutes_vote: bool,
}

#[derive(Clone, Debug)]
pub struct Ballot {
    pub choice: &'static str,
    by: Who,
    strength: u8,
}

#[derive(Clone, Debug)]
pub struct Paper {
    pub holder: Who,
    pub member: Who,
    pub cast: Option<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Vote {
    pub is_secret: bool,
    pub stage: Stage,
    pub ballots: BTreeMap<Who, Ballot>,
    pub papers: Vec<Paper>,
}

/// Voted, present, proxies, total; then each choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    pub total: i64,
    pub present: i64,
    pub proxies: i64,
    pub choices: [i64; 3],
}

#[derive(Clone, Debug)]
pub struct Reference {
    pub rule: Rule,
    pub session: Session,
    /// Who is invited, and whether they are there.
    pub there: BTreeMap<Who, bool>,
    /// For whom the substitute sits in.
    pub instead_of: Option<Who>,
    pub proxies: BTreeMap<Who, Who>,
    pub current: Option<usize>,
    pub votes: Vec<Vote>,
}

use Expected::{Refused, Taken, TakenSilently};

fn taken(is_taken: bool) -> Expected {
    if is_taken { Taken } else { Refused }
}

impl Reference {
    pub fn new(rule: Rule) -> Self {
        let invited = MEMBERS.into_iter().chain(["secretary", "guest"]);
        Self {
            rule,
            session: Session::Published,
            there: invited.map(|who| (who, false)).collect(),
            instead_of: None,
            proxies: BTreeMap::new(),
            current: None,
            votes: Vec::new(),
        }
    }

    fn conducts(who: Who) -> bool {
        who == "chair" || who == "secretary"
    }

    fn is_there(&self, who: Who) -> bool {
        self.there.get(who).copied().unwrap_or(false)
    }

    fn has_begun(&self) -> bool {
        matches!(self.session, Session::UnderWay | Session::Paused | Session::Adjourned)
    }

    fn may_change(&self) -> bool {
        self.session == Session::Published || self.has_begun()
    }

    fn has_open(&self) -> bool {
        self.votes.iter().any(|vote| vote.stage == Stage::Open)
    }

    /// Who may use a member's mandate now.
    fn holder(&self, member: Who) -> Option<Who> {
        if self.is_there(member) {
            return Some(member);
        }
        let sits_in = (self.instead_of == Some(member)).then_some(SUBSTITUTE);
        let other = self.proxies.get(member).copied().or(sits_in)?;
        let may = (self.rule.member_proxies && MEMBERS.contains(&other))
            || (self.rule.substitutes_vote && sits_in == Some(other));
        (may && self.is_there(other)).then_some(other)
    }

    /// Says what must come of an act, and does it when it is to be taken.
    pub fn act(&mut self, asked: &Asked) -> Expected {
        let who = asked.who;
        match asked.act {
            Act::Start => self.session_act(who, &[Session::Published], Session::UnderWay),
            Act::Pause => self.session_act(who, &[Session::UnderWay], Session::Paused),
            Act::Adjourn => self.session_act(who, &[Session::UnderWay, Session::Paused], Session::Adjourned),
            Act::Resume => self.session_act(who, &[Session::Paused, Session::Adjourned], Session::UnderWay),
            Act::End => {
                let begun = [Session::UnderWay, Session::Paused, Session::Adjourned];
                let expected = self.session_act(who, &begun, Session::Ended);
                self.current = self.current.filter(|_| expected == Refused);
                expected
            }
            Act::GoTo(item) => self.go_to(who, item),
            Act::CheckIn => {
                let is_taken = self.there.contains_key(who) && self.may_change();
                self.note(who, true, is_taken)
            }
            Act::Note(person, is_there) => {
                let is_taken = Self::conducts(who) && self.there.contains_key(person) && self.may_change();
                self.note(person, is_there, is_taken)
            }
            Act::Substitute(member) => self.substitute(who, member),
            Act::GiveProxy(giver, holder) => self.give_proxy(who, giver, holder),
            Act::TakeProxy(giver) => {
                let may = Self::conducts(who) && self.may_change();
                taken(may && self.proxies.remove(giver).is_some())
            }
            Act::Prepare { is_secret } => self.prepare(who, is_secret),
            Act::Repeat(vote) => self.repeat(who, vote),
            Act::Open(vote) => self.open(who, vote),
            Act::CloseVote(vote) => {
                let may = Self::conducts(who) && self.session == Session::UnderWay;
                self.turn(vote, may, Stage::Open, Stage::Closed)
            }
            Act::Cancel(vote) => self.cancel(who, vote),
            Act::Cast { vote, member, choice } => self.cast(who, vote, member, choice),
            Act::Enter { vote, member, choice } => self.enter(who, vote, member, choice),
            Act::AskPaper { vote, member } => self.ask_paper(who, vote, member),
            Act::AskAgain { vote, paper } => self.ask_again(who, vote, paper),
            Act::CastSecret { vote, paper, choice } => self.cast_secret(vote, paper, choice),
        }
    }

    fn session_act(&mut self, who: Who, from: &[Session], to: Session) -> Expected {
        let leaves = to != Session::UnderWay;
        let is_taken = Self::conducts(who) && from.contains(&self.session) && !(leaves && self.has_open());
        if is_taken {
            self.session = to;
        }
        taken(is_taken)
    }

    fn go_to(&mut self, who: Who, item: usize) -> Expected {
        if !Self::conducts(who) || self.session != Session::UnderWay {
            return Refused;
        }
        let is_same = self.current.replace(item) == Some(item);
        if is_same { TakenSilently } else { Taken }
    }

    fn note(&mut self, person: Who, is_there: bool, is_taken: bool) -> Expected {
        if is_taken {
            self.there.insert(person, is_there);
        }
        taken(is_taken)
    }

    fn substitute(&mut self, who: Who, member: Who) -> Expected {
        let is_free = !self.there.contains_key(SUBSTITUTE);
        let is_taken = who == "secretary" && self.may_change() && is_free && MEMBERS.contains(&member);
        if is_taken {
            self.there.insert(SUBSTITUTE, false);
            self.there.insert(member, false);
            self.instead_of = Some(member);
        }
        taken(is_taken)
    }

    fn give_proxy(&mut self, who: Who, giver: Who, holder: Who) -> Expected {
        let sits_in = holder == SUBSTITUTE && self.instead_of == Some(giver);
        let may_hold = (self.rule.member_proxies && MEMBERS.contains(&holder))
            || (self.rule.substitutes_vote && sits_in);
        let are_invited = self.there.contains_key(holder) && MEMBERS.contains(&giver);
        let is_taken = Self::conducts(who) && self.may_change() && are_invited && giver != holder && may_hold;
        if is_taken {
            self.proxies.insert(giver, holder);
        }
        taken(is_taken)
    }

    fn prepare(&mut self, who: Who, is_secret: bool) -> Expected {
        let is_taken = Self::conducts(who) && self.may_change();
        if is_taken {
            let (ballots, papers) = (BTreeMap::new(), Vec::new());
            self.votes.push(Vote { is_secret, stage: Stage::Prepared, ballots, papers });
        }
        taken(is_taken)
    }

    fn repeat(&mut self, who: Who, vote: usize) -> Expected {
        let Some(old) = self.votes.get(vote) else { return Refused };
        if !matches!(old.stage, Stage::Closed | Stage::Cancelled) {
            return Refused;
        }
        self.prepare(who, old.is_secret)
    }

    fn open(&mut self, who: Who, vote: usize) -> Expected {
        let may = Self::conducts(who) && self.session == Session::UnderWay && !self.has_open();
        self.turn(vote, may, Stage::Prepared, Stage::Open)
    }

    fn cancel(&mut self, who: Who, vote: usize) -> Expected {
        let may = Self::conducts(who) && self.may_change();
        match self.turn(vote, may, Stage::Open, Stage::Cancelled) {
            Refused => self.turn(vote, may, Stage::Prepared, Stage::Cancelled),
            done => done,
        }
    }

    fn turn(&mut self, vote: usize, may: bool, from: Stage, to: Stage) -> Expected {
        let Some(vote) = self.votes.get_mut(vote).filter(|vote| may && vote.stage == from) else {
            return Refused;
        };
        vote.stage = to;
        Taken
    }

    /// An open vote of this kind, while the session is under way.
    fn takes_ballots(&self, vote: usize, is_secret: bool) -> bool {
        let known = self.votes.get(vote);
        self.session == Session::UnderWay
            && known.is_some_and(|vote| vote.stage == Stage::Open && vote.is_secret == is_secret)
    }

    fn cast(&mut self, who: Who, vote: usize, member: Who, choice: &'static str) -> Expected {
        if !self.takes_ballots(vote, false) || self.holder(member) != Some(who) || !MEMBERS.contains(&member)
        {
            return Refused;
        }
        let strength = if who == member { 2 } else { 1 };
        self.put(vote, member, Ballot { choice, by: who, strength })
    }

    fn enter(&mut self, who: Who, vote: usize, member: Who, choice: &'static str) -> Expected {
        let may = Self::conducts(who) && MEMBERS.contains(&member) && self.holder(member).is_some();
        if !may || !self.takes_ballots(vote, false) {
            return Refused;
        }
        let strength = if who == member { 2 } else { 0 };
        self.put(vote, member, Ballot { choice, by: who, strength })
    }

    fn put(&mut self, vote: usize, member: Who, ballot: Ballot) -> Expected {
        let ballots = &mut self.votes[vote].ballots;
        if let Some(old) = ballots.get(member) {
            if old.choice == ballot.choice && old.by == ballot.by && old.strength == ballot.strength {
                return TakenSilently;
            }
            let may_change = old.strength == ballot.strength && self.rule.change_allowed;
            if ballot.strength < old.strength || (ballot.strength == old.strength && !may_change) {
                return Refused;
            }
        }
        ballots.insert(member, ballot);
        Taken
    }

    fn ask_paper(&mut self, who: Who, vote: usize, member: Who) -> Expected {
        let may = self.takes_ballots(vote, true) && self.holder(member) == Some(who);
        if !may
            || !MEMBERS.contains(&member)
            || self.votes[vote].papers.iter().any(|paper| paper.member == member)
        {
            return Refused;
        }
        self.votes[vote].papers.push(Paper { holder: who, member, cast: None });
        Taken
    }

    fn ask_again(&self, who: Who, vote: usize, paper: usize) -> Expected {
        let Some(paper) = self.votes.get(vote).and_then(|vote| vote.papers.get(paper)) else {
            return Refused;
        };
        let may = self.takes_ballots(vote, true) && self.holder(paper.member) == Some(who);
        if may && paper.holder == who { TakenSilently } else { Refused }
    }

    fn cast_secret(&mut self, vote: usize, paper: usize, choice: &'static str) -> Expected {
        let takes = self.takes_ballots(vote, true);
        let Some(paper) = self.votes.get_mut(vote).and_then(|vote| vote.papers.get_mut(paper)) else {
            return Refused;
        };
        if !takes || paper.cast.is_some_and(|cast| cast != choice) {
            return Refused;
        }
        paper.cast = Some(choice);
        TakenSilently
    }

    /// What a vote comes to if it is closed now.
    pub fn totals(&self, vote: usize) -> Totals {
        let vote = &self.votes[vote];
        let used_by = |member: Who| {
            let paper = vote.papers.iter().find(|paper| paper.member == member).map(|paper| paper.holder);
            let ballot = vote.ballots.get(member).map(|ballot| match ballot.strength {
                2 => member,
                1 => self.holder(member).unwrap_or(ballot.by),
                _ => self.holder(member).unwrap_or(member),
            });
            // The own ballot makes the mandate the member's own again.
            paper
                .map(|holder| if holder == member { member } else { self.holder(member).unwrap_or(holder) })
                .or(ballot)
        };
        let holders: Vec<(Who, Option<Who>)> =
            MEMBERS.iter().map(|member| (*member, used_by(member).or_else(|| self.holder(member)))).collect();
        let count = |is_own: bool| {
            let of = |(member, holder): &&(Who, Option<Who>)| {
                holder.is_some_and(|holder| (holder == *member) == is_own)
            };
            i64::try_from(holders.iter().filter(of).count()).unwrap()
        };
        let cast = vote.papers.iter().filter_map(|paper| paper.cast);
        let said: Vec<&str> = vote.ballots.values().map(|ballot| ballot.choice).chain(cast).collect();
        let choices =
            CHOICES.map(|choice| i64::try_from(said.iter().filter(|said| **said == choice).count()).unwrap());
        Totals {
            total: i64::try_from(MEMBERS.len()).unwrap(),
            present: count(true),
            proxies: count(false),
            choices,
        }
    }
}
