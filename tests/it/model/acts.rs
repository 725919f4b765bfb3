//! What people try in a meeting, drawn by chance.

use super::reference::{CHOICES, MEMBERS, Reference, Stage, Who};

#[derive(Clone, Copy, Debug)]
pub enum Act {
    Start,
    Pause,
    Adjourn,
    Resume,
    End,
    GoTo(usize),
    CheckIn,
    Note(Who, bool),
    Substitute(Who),
    GiveProxy(Who, Who),
    TakeProxy(Who),
    Prepare { is_secret: bool },
    Repeat(usize),
    Open(usize),
    CloseVote(usize),
    Cancel(usize),
    Cast { vote: usize, member: Who, choice: &'static str },
    Enter { vote: usize, member: Who, choice: &'static str },
    AskPaper { vote: usize, member: Who },
    AskAgain { vote: usize, paper: usize },
    CastSecret { vote: usize, paper: usize, choice: &'static str },
}

/// An act, and who tries it.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub who: Who,
    pub act: Act,
}

const EVERYONE: [Who; 9] =
    ["chair", "secretary", "delegate1", "delegate2", "delegate3", "delegate4", "guest", "clerk", "stranger"];

/// Numbers by chance, the same for the same seed (xorshift64*).
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).unwrap() % bound.max(1)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Draws an act: mostly one that makes sense, by somebody who may; now and
/// then one that does not, by anybody.
pub fn draw(chance: &mut Chance, meeting: &Reference) -> Asked {
    let act = if chance.once_in(4) { any(chance, meeting) } else { sensible(chance, meeting) };
    let who = if chance.once_in(6) { chance.one(&EVERYONE) } else { likely(chance, act, meeting) };
    Asked { who, act }
}

fn sensible(chance: &mut Chance, meeting: &Reference) -> Act {
    use super::reference::Session;
    match meeting.session {
        Session::Published if chance.once_in(3) => Act::Start,
        Session::Paused | Session::Adjourned if !chance.once_in(3) => Act::Resume,
        _ => match open_vote(meeting) {
            Some(vote) if meeting.votes[vote].is_secret => in_secret_vote(chance, meeting, vote),
            Some(vote) => in_open_vote(chance, vote),
            None => between_votes(chance, meeting),
        },
    }
}

fn open_vote(meeting: &Reference) -> Option<usize> {
    meeting.votes.iter().position(|vote| vote.stage == Stage::Open)
}

fn in_open_vote(chance: &mut Chance, vote: usize) -> Act {
    let (member, choice) = (chance.one(&MEMBERS), chance.one(&CHOICES));
    match chance.below(10) {
        0 => Act::CloseVote(vote),
        1 => Act::Enter { vote, member, choice },
        2 => Act::Note(member, chance.once_in(2)),
        _ => Act::Cast { vote, member, choice },
    }
}

fn in_secret_vote(chance: &mut Chance, meeting: &Reference, vote: usize) -> Act {
    let papers = meeting.votes[vote].papers.len();
    let (member, paper, choice) = (chance.one(&MEMBERS), chance.below(papers), chance.one(&CHOICES));
    match chance.below(12) {
        0 => Act::CloseVote(vote),
        1 => Act::Note(member, chance.once_in(2)),
        2 => Act::AskAgain { vote, paper },
        3..=6 => Act::AskPaper { vote, member },
        _ => Act::CastSecret { vote, paper, choice },
    }
}

fn between_votes(chance: &mut Chance, meeting: &Reference) -> Act {
    let prepared = meeting.votes.iter().position(|vote| vote.stage == Stage::Prepared);
    match (chance.below(8), prepared) {
        (0..=2, Some(vote)) => Act::Open(vote),
        (0..=2, None) => Act::Prepare { is_secret: chance.once_in(2) },
        (3, _) => Act::GoTo(chance.below(2)),
        _ => gathering(chance),
    }
}

fn gathering(chance: &mut Chance) -> Act {
    match chance.below(6) {
        0 => Act::GiveProxy(chance.one(&MEMBERS), chance.one(&MEMBERS)),
        1 => Act::Substitute(chance.one(&MEMBERS)),
        2 => Act::CheckIn,
        _ => Act::Note(chance.one(&EVERYONE), !chance.once_in(4)),
    }
}

fn any(chance: &mut Chance, meeting: &Reference) -> Act {
    let vote = chance.below(meeting.votes.len() + 1);
    let (member, choice) = (chance.one(&EVERYONE), chance.one(&CHOICES));
    match chance.below(20) {
        0 => Act::Start,
        1 => Act::Pause,
        2 => Act::Adjourn,
        3 => Act::Resume,
        // Rarely: nothing comes after it.
        4 if chance.once_in(4) => Act::End,
        4 | 5 => Act::GoTo(chance.below(2)),
        6 => Act::TakeProxy(member),
        7 => Act::GiveProxy(member, chance.one(&EVERYONE)),
        8 => Act::Repeat(vote),
        9 => Act::Open(vote),
        10 => Act::CloseVote(vote),
        11 => Act::Cancel(vote),
        12 => Act::Prepare { is_secret: chance.once_in(2) },
        13 | 14 => Act::Cast { vote, member, choice },
        15 => Act::Enter { vote, member, choice },
        16 => Act::AskPaper { vote, member },
        17 => Act::AskAgain { vote, paper: chance.below(5) },
        18 => Act::CastSecret { vote, paper: chance.below(5), choice },
        _ => gathering(chance),
    }
}

/// Somebody who is likely to be allowed.
fn likely(chance: &mut Chance, act: Act, meeting: &Reference) -> Who {
    match act {
        Act::CheckIn => chance.one(&EVERYONE),
        Act::Cast { member, .. } | Act::AskPaper { member, .. } => {
            let named = meeting.proxies.get(member).copied();
            if chance.once_in(3) { named.unwrap_or("clerk") } else { member }
        }
        Act::AskAgain { vote, paper } => {
            let known = meeting.votes.get(vote).and_then(|vote| vote.papers.get(paper));
            known.map_or("delegate1", |paper| paper.holder)
        }
        Act::Substitute(_) => "secretary",
        _ => chance.one(&["chair", "secretary"]),
    }
}
