//! What is true about tasks, whoever asks.

mod calendar;
mod moments;

pub use self::calendar::WorkingDays;
pub use self::moments::{Moment, Reminders};

use crate::clock::Timestamp;

crate::words! {
    /// How far a task has come. Being late is no state: see [`is_late`].
    State {
        New = "new",
        Accepted = "accepted",
        InProgress = "in_progress",
        Reported = "reported",
        Returned = "returned",
        ExtensionRequested = "extension_requested",
        Done = "approved_done",
        Cancelled = "cancelled",
    }

    /// What a person does about a task.
    Act {
        Accept = "accept",
        Progress = "progress",
        Report = "report",
        Approve = "approve",
        Return = "return",
        AskExtension = "ask_extension",
        GrantExtension = "grant_extension",
        RefuseExtension = "refuse_extension",
        Cancel = "cancel",
    }

    Source { Conclusion = "conclusion", Document = "document", Hand = "hand", Recurring = "recurring" }

    Rhythm { Once = "once", Weekly = "weekly", Monthly = "monthly", Quarterly = "quarterly" }
}
crate::column!(State as String);
crate::column!(Source as String);
crate::column!(Rhythm as String);

impl State {
    /// Where an act leads from here; `None`: it is not possible now.
    pub fn after(self, act: Act) -> Option<Self> {
        let is_at_work = matches!(self, Self::Accepted | Self::InProgress | Self::Returned);
        match act {
            Act::Accept if self == Self::New => Some(Self::Accepted),
            Act::Progress if is_at_work => Some(Self::InProgress),
            Act::Report if is_at_work => Some(Self::Reported),
            Act::Approve if self == Self::Reported => Some(Self::Done),
            Act::Return if self == Self::Reported => Some(Self::Returned),
            Act::AskExtension if is_at_work => Some(Self::ExtensionRequested),
            Act::GrantExtension | Act::RefuseExtension if self == Self::ExtensionRequested => {
                Some(Self::InProgress)
            }
            Act::Cancel if self.is_open() => Some(Self::Cancelled),
            _ => None,
        }
    }

    pub fn is_open(self) -> bool {
        !matches!(self, Self::Done | Self::Cancelled)
    }

    /// It is the turn of whoever holds the task; otherwise of whoever gave it.
    pub fn awaits_holder(self) -> bool {
        matches!(self, Self::New | Self::Accepted | Self::InProgress | Self::Returned)
    }

    pub fn awaits_judge(self) -> bool {
        matches!(self, Self::Reported | Self::ExtensionRequested)
    }
}

impl Act {
    /// Acts of the one who does it; the others judge.
    pub fn is_of_the_doer(self) -> bool {
        matches!(self, Self::Accept | Self::Progress | Self::Report | Self::AskExtension)
    }

    /// Nobody is left without a word: these say what was done, or why.
    pub fn wants_text(self) -> bool {
        !matches!(self, Self::Accept | Self::Approve | Self::GrantExtension)
    }

    pub fn wants_due(self) -> bool {
        matches!(self, Self::AskExtension | Self::GrantExtension)
    }
}

/// What a person is to one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Holds it, or is of the unit that leads while nobody holds it.
    pub does: bool,
    /// Administrator of the unit that leads.
    pub heads: bool,
    /// Gave it, or is a leader of the office.
    pub judges: bool,
    /// Secretary of the office.
    pub follows: bool,
    /// Of a unit that leads or helps.
    pub belongs: bool,
}

impl Part {
    pub fn may_see(self) -> bool {
        self.does || self.heads || self.judges || self.follows || self.belongs
    }

    pub fn may(self, act: Act) -> bool {
        if act.is_of_the_doer() { self.does || self.heads } else { self.judges }
    }

    /// May say who holds it.
    pub fn may_hand_over(self) -> bool {
        self.heads || self.judges || self.follows
    }
}

/// Late, and somebody still has to do it: what is reported waits for its judge.
pub fn is_late(state: State, due_at: Timestamp, now: Timestamp) -> bool {
    state.is_open() && state != State::Reported && due_at < now
}

#[cfg(test)]
mod tests {
    use super::{Act, Part, State, is_late};
    use crate::clock::Timestamp;

    #[test]
    fn every_act_leads_from_where_it_may_and_from_nowhere_else() {
        use State::{Accepted, Cancelled, Done, ExtensionRequested, InProgress, New, Reported, Returned};
        let at_work = [Accepted, InProgress, Returned];
        let open = [New, Accepted, InProgress, Reported, Returned, ExtensionRequested];
        let table: [(Act, &[State], State); 9] = [
            (Act::Accept, &[New], Accepted),
            (Act::Progress, &at_work, InProgress),
            (Act::Report, &at_work, Reported),
            (Act::Approve, &[Reported], Done),
            (Act::Return, &[Reported], Returned),
            (Act::AskExtension, &at_work, ExtensionRequested),
            (Act::GrantExtension, &[ExtensionRequested], InProgress),
            (Act::RefuseExtension, &[ExtensionRequested], InProgress),
            (Act::Cancel, &open, Cancelled),
        ];
        assert_eq!(table.len(), Act::ALL.len());
        for (act, from, to) in table {
            for state in State::ALL {
                let expected = from.contains(state).then_some(to);
                assert_eq!(state.after(act), expected, "{act:?} from {state:?}");
            }
        }
        assert!(!Done.is_open() && !Cancelled.is_open());
    }

    #[test]
    fn who_does_it_does_not_judge_it() {
        let doer = Part { does: true, ..Part::default() };
        let judge = Part { judges: true, ..Part::default() };
        for act in Act::ALL {
            assert_ne!(doer.may(*act), judge.may(*act), "{act:?}");
        }
        let helper = Part { belongs: true, ..Part::default() };
        assert!(helper.may_see() && !Act::ALL.iter().any(|act| helper.may(*act)));
        assert!(!Part::default().may_see());
    }

    #[test]
    fn what_is_reported_is_not_late() {
        let at = |seconds: i64| Timestamp::from_micros(0).plus_seconds(seconds);
        assert!(is_late(State::New, at(1), at(2)));
        assert!(!is_late(State::New, at(2), at(2)));
        assert!(!is_late(State::Reported, at(1), at(2)) && !is_late(State::Done, at(1), at(2)));
    }
}
