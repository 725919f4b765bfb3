//! What is true about incoming documents, whoever asks.

mod due;
mod particulars;

use crate::clock::Timestamp;
use crate::identity::rules::fold;
use crate::lights::Light;

pub use self::due::{Due, due, working_days_after};
pub use self::particulars::{Particulars, ParticularsError, Typed, parts_of_symbol};

crate::words! {
    /// Where a document stands, and so whose turn it is.
    State {
        /// At the door; nobody has looked at its signatures.
        Arrived = "arrived",
        /// At the door; its signatures were judged.
        Verified = "verified",
        /// Not taken at the door; its sender was told why.
        Refused = "refused",
        /// It has an arrival number.
        Registered = "registered",
        /// It lies before a leader.
        Presented = "presented",
        /// A leader gave it to a lead unit, which has to say who works on it.
        Directed = "directed",
        /// The lead unit named its people.
        Assigned = "assigned",
        /// Someone reported on the work.
        InProgress = "in_progress",
        /// To be known and no more: nobody has to do anything.
        InfoOnly = "info_only",
        Completed = "completed",
        /// It lies in its file (hồ sơ); nothing changes any more.
        Filed = "filed",
        /// Sent back after it was registered; the number stays taken.
        Returned = "returned",
        /// Its sender took it back.
        Recalled = "recalled",
    }

    /// What can be done with a document.
    Act {
        Arrive = "arrive",
        Verify = "verify",
        Refuse = "refuse",
        Register = "register",
        Present = "present",
        Direct = "direct",
        Inform = "inform",
        /// The lead unit says who works on it.
        Assign = "assign",
        /// A unit that helps says who works on it, or reports.
        Help = "help",
        Report = "report",
        Answer = "answer",
        Complete = "complete",
        Reopen = "reopen",
        /// Into a file (hồ sơ), the first or one more.
        File = "file",
        /// Out of a file again, from the file's own page.
        TakeOut = "take_out",
        Return = "return",
        Recall = "recall",
    }

    /// The way a document came.
    Origin {
        Upload = "upload",
        /// From another organisation of this installation.
        Dispatch = "dispatch",
        /// In a letter of the office's e-mail box.
        Mail = "mail",
        /// A message of the exchange between bodies of the State.
        Exchange = "exchange",
    }
}

impl State {
    /// The state after an act; `None`: not possible now.
    pub fn after(self, act: Act) -> Option<Self> {
        use Act as A;
        use State as S;
        match (self, act) {
            (S::Arrived, A::Verify) => Some(S::Verified),
            (S::Arrived | S::Verified, A::Refuse) => Some(S::Refused),
            (S::Verified, A::Register) => Some(S::Registered),
            (S::Registered | S::Presented, A::Present) => Some(S::Presented),
            (S::Registered | S::Presented | S::Directed, A::Return) => Some(S::Returned),
            (S::Presented | S::InfoOnly, A::Direct)
            | (S::Directed | S::Assigned | S::InProgress, A::Direct) => Some(S::Directed),
            (S::Presented, A::Inform) => Some(S::InfoOnly),
            (S::Directed | S::Assigned, A::Assign) => Some(S::Assigned),
            (S::InProgress, A::Assign) => Some(S::InProgress),
            (S::Directed | S::Assigned | S::InProgress, A::Help) => Some(self),
            (S::Assigned | S::InProgress, A::Report | A::Answer) => Some(S::InProgress),
            (S::Assigned | S::InProgress, A::Complete) => Some(S::Completed),
            (S::Completed, A::Reopen) => Some(S::InProgress),
            (S::Completed | S::InfoOnly, A::File) => Some(S::Filed),
            (state, A::Recall) if !state.is_over() && state != S::Completed => Some(S::Recalled),
            _ => None,
        }
    }

    /// Nothing can be done any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Filed | Self::Refused | Self::Returned | Self::Recalled)
    }

    /// A leader waits for what a unit does.
    pub fn is_at_work(self) -> bool {
        matches!(self, Self::Directed | Self::Assigned | Self::InProgress)
    }
}

/// How fast a document asks to be dealt with (độ khẩn).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    Normal,
    Urgent,
    VeryUrgent,
    Express,
}

impl Priority {
    pub const ALL: [Self; 4] = [Self::Normal, Self::Urgent, Self::VeryUrgent, Self::Express];

    /// By the mark on the first page: "HỎA TỐC".
    pub fn of_mark(mark: &str) -> Self {
        match fold(mark).as_str() {
            "hoa toc" => Self::Express,
            "thuong khan" => Self::VeryUrgent,
            "khan" => Self::Urgent,
            _ => Self::Normal,
        }
    }

    /// By the word of what this installation sends.
    pub fn of_word(word: &str) -> Self {
        match word {
            "express" => Self::Express,
            "very_urgent" => Self::VeryUrgent,
            "urgent" => Self::Urgent,
            _ => Self::Normal,
        }
    }

    pub fn number(self) -> i64 {
        match self {
            Self::Normal => 0,
            Self::Urgent => 1,
            Self::VeryUrgent => 2,
            Self::Express => 3,
        }
    }
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> Self {
        priority.number()
    }
}

#[derive(Debug, thiserror::Error)]
#[error("no such priority")]
pub struct NoSuchPriority;

impl TryFrom<i64> for Priority {
    type Error = NoSuchPriority;

    fn try_from(number: i64) -> Result<Self, NoSuchPriority> {
        Self::ALL.into_iter().find(|one| one.number() == number).ok_or(NoSuchPriority)
    }
}

/// What a verdict at the door allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    Open,
    /// The clerk has to say that they looked: nobody vouches for a signature.
    AfterLook,
    /// A signature is broken: decree 30/2020, article 21 sends it back.
    Closed,
}

pub fn entry(verdict: Light) -> Entry {
    match verdict {
        Light::Valid | Light::Unsigned => Entry::Open,
        Light::Indeterminate => Entry::AfterLook,
        Light::Invalid | Light::Unreadable => Entry::Closed,
    }
}

/// What is known of a document's way, to see whether it went by the procedure.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    pub arrived_at: Timestamp,
    pub verified_at: Option<Timestamp>,
    pub registered_at: Option<Timestamp>,
    pub directed_at: Option<Timestamp>,
    pub deadline: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub state: State,
}

crate::words! {
    /// The steps of the correct procedure for what comes in.
    Step {
        VerifiedOnReceipt = "verified_on_receipt",
        RegisteredSameDay = "registered_same_day",
        RoutedByLeader = "routed_by_leader",
        DeadlineSet = "deadline_set",
        ResolvedInTime = "resolved_in_time",
        Filed = "filed",
    }
}

impl Way {
    /// Each step and whether it was kept; `None`: not decided yet.
    pub fn steps(&self, now: Timestamp) -> Vec<(Step, Option<bool>)> {
        let registered = self.registered_at.map(|at| at.day() == self.arrived_at.day());
        let verified = self.registered_at.map(|at| self.verified_at.is_some_and(|judged| judged <= at));
        let is_routed = self.directed_at.is_some();
        let mut steps = vec![
            (Step::VerifiedOnReceipt, verified),
            (Step::RegisteredSameDay, registered.or((now.day() != self.arrived_at.day()).then_some(false))),
            (Step::RoutedByLeader, is_routed.then_some(true)),
        ];
        // What is only to be known has no deadline, and nobody resolves it.
        if self.state == State::InfoOnly || (self.state == State::Filed && self.completed_at.is_none()) {
            steps.push((Step::Filed, (self.state == State::Filed).then_some(true)));
            return steps;
        }
        let in_time = match (self.deadline, self.completed_at) {
            (Some(deadline), Some(at)) => Some(at <= deadline),
            (Some(deadline), None) if now > deadline => Some(false),
            _ => None,
        };
        steps.push((Step::DeadlineSet, is_routed.then_some(self.deadline.is_some())));
        steps.push((Step::ResolvedInTime, in_time));
        steps.push((Step::Filed, (self.state == State::Filed).then_some(true)));
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Entry, Light, State, Step, Way, entry};
    use crate::clock::Timestamp;

    /// Every transition there is. What is not here is refused.
    const TRANSITIONS: &[(State, Act, State)] = &[
        (State::Arrived, Act::Verify, State::Verified),
        (State::Arrived, Act::Refuse, State::Refused),
        (State::Arrived, Act::Recall, State::Recalled),
        (State::Verified, Act::Refuse, State::Refused),
        (State::Verified, Act::Register, State::Registered),
        (State::Verified, Act::Recall, State::Recalled),
        (State::Registered, Act::Present, State::Presented),
        (State::Registered, Act::Return, State::Returned),
        (State::Registered, Act::Recall, State::Recalled),
        (State::Presented, Act::Present, State::Presented),
        (State::Presented, Act::Return, State::Returned),
        (State::Presented, Act::Direct, State::Directed),
        (State::Presented, Act::Inform, State::InfoOnly),
        (State::Presented, Act::Recall, State::Recalled),
        (State::Directed, Act::Direct, State::Directed),
        (State::Directed, Act::Return, State::Returned),
        (State::Directed, Act::Assign, State::Assigned),
        (State::Directed, Act::Help, State::Directed),
        (State::Directed, Act::Recall, State::Recalled),
        (State::Assigned, Act::Direct, State::Directed),
        (State::Assigned, Act::Assign, State::Assigned),
        (State::Assigned, Act::Help, State::Assigned),
        (State::Assigned, Act::Report, State::InProgress),
        (State::Assigned, Act::Answer, State::InProgress),
        (State::Assigned, Act::Complete, State::Completed),
        (State::Assigned, Act::Recall, State::Recalled),
        (State::InProgress, Act::Direct, State::Directed),
        (State::InProgress, Act::Assign, State::InProgress),
        (State::InProgress, Act::Help, State::InProgress),
        (State::InProgress, Act::Report, State::InProgress),
        (State::InProgress, Act::Answer, State::InProgress),
        (State::InProgress, Act::Complete, State::Completed),
        (State::InProgress, Act::Recall, State::Recalled),
        (State::InfoOnly, Act::Direct, State::Directed),
        (State::InfoOnly, Act::File, State::Filed),
        (State::InfoOnly, Act::Recall, State::Recalled),
        (State::Completed, Act::Reopen, State::InProgress),
        (State::Completed, Act::File, State::Filed),
    ];

    #[test]
    fn every_transition_is_one_of_the_list_and_all_of_the_list_are_possible() {
        for state in State::ALL {
            for act in Act::ALL {
                let listed = TRANSITIONS.iter().find(|(from, by, _)| from == state && by == act);
                assert_eq!(state.after(*act), listed.map(|(_, _, to)| *to), "{state:?} {act:?}");
            }
        }
    }

    #[test]
    fn what_is_over_stays_as_it_is() {
        for state in State::ALL.iter().filter(|state| state.is_over()) {
            assert!(Act::ALL.iter().all(|act| state.after(*act).is_none()), "{state:?}");
        }
    }

    #[test]
    fn a_broken_signature_keeps_a_document_out() {
        assert_eq!(entry(Light::Valid), Entry::Open);
        assert_eq!(entry(Light::Unsigned), Entry::Open);
        assert_eq!(entry(Light::Indeterminate), Entry::AfterLook);
        assert_eq!(entry(Light::Invalid), Entry::Closed);
        assert_eq!(entry(Light::Unreadable), Entry::Closed);
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    #[test]
    fn a_document_that_went_its_way_in_time_kept_every_step() {
        let way = Way {
            arrived_at: at("2026-11-23T08:00"),
            verified_at: Some(at("2026-11-23T08:00")),
            registered_at: Some(at("2026-11-23T08:10")),
            directed_at: Some(at("2026-11-23T09:00")),
            deadline: Some(at("2026-11-27T23:59")),
            completed_at: Some(at("2026-11-26T10:00")),
            state: State::Filed,
        };
        let steps = way.steps(at("2026-11-30T08:00"));
        assert_eq!(steps.len(), Step::ALL.len());
        assert!(steps.iter().all(|(_, kept)| *kept == Some(true)), "{steps:?}");
        let late = Way { completed_at: Some(at("2026-11-28T00:00")), ..way };
        assert!(late.steps(at("2026-11-30T08:00")).contains(&(Step::ResolvedInTime, Some(false))));
        let next_day = Way { registered_at: Some(at("2026-11-24T08:00")), ..way };
        assert!(next_day.steps(at("2026-11-30T08:00")).contains(&(Step::RegisteredSameDay, Some(false))));
    }

    #[test]
    fn what_is_only_to_be_known_has_no_deadline_to_keep() {
        let way = Way {
            arrived_at: at("2026-11-23T08:00"),
            verified_at: Some(at("2026-11-23T08:00")),
            registered_at: Some(at("2026-11-23T08:10")),
            directed_at: Some(at("2026-11-23T09:00")),
            deadline: None,
            completed_at: None,
            state: State::InfoOnly,
        };
        let steps = way.steps(at("2026-11-30T08:00"));
        assert!(steps.iter().all(|(step, _)| !matches!(step, Step::DeadlineSet | Step::ResolvedInTime)));
    }
}
