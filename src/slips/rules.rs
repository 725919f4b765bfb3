//! What is true about written opinion slips, whoever asks.

use crate::clock::Timestamp;
use crate::meetings::rules::VoteTerms;

crate::words! {
    /// How far a slip has come.
    State {
        Draft = "draft",
        Submitted = "submitted",
        Approved = "approved",
        Collecting = "collecting",
        Closed = "closed",
        Reported = "reported",
        Cancelled = "cancelled",
    }

    /// What moves a slip on.
    Act {
        Submit = "submit",
        Approve = "approve",
        Return = "return",
        Send = "send",
        Close = "close",
        Report = "report",
        Cancel = "cancel",
    }

    /// How far one member has come.
    MemberState { Pending = "pending", Opened = "opened", Answered = "answered", Signed = "signed" }

    Choice { Agree = "agree", Disagree = "disagree", Other = "other" }

    /// What a slip means that never came back.
    Unanswered { NotCounted = "not_counted", Agrees = "agrees" }

    /// When something is told about a deadline.
    Moment { Before = "before", Due = "due", After = "after" }
}
crate::column!(State as String);
crate::column!(MemberState as String);
crate::column!(Choice as String);
crate::column!(Unanswered as String);
crate::column!(Moment as String);

impl State {
    /// Where an act leads from here; `None`: it is not possible now.
    pub fn after(self, act: Act) -> Option<Self> {
        match (self, act) {
            (Self::Draft, Act::Submit) => Some(Self::Submitted),
            (Self::Submitted, Act::Approve) => Some(Self::Approved),
            (Self::Submitted | Self::Approved, Act::Return) => Some(Self::Draft),
            (Self::Approved, Act::Send) => Some(Self::Collecting),
            (Self::Collecting, Act::Close) => Some(Self::Closed),
            (Self::Closed, Act::Report) => Some(Self::Reported),
            (Self::Draft | Self::Submitted | Self::Approved | Self::Collecting, Act::Cancel) => {
                Some(Self::Cancelled)
            }
            _ => None,
        }
    }

    /// Members know of it.
    pub fn is_sent(self) -> bool {
        matches!(self, Self::Collecting | Self::Closed | Self::Reported)
    }
}

/// How a body asks in writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub unanswered: Unanswered,
    /// Each answer is signed by its member; one that is not does not count.
    pub is_signed: bool,
    pub hours_before: i64,
    pub hours_after: i64,
}

impl Default for Terms {
    fn default() -> Self {
        Self { unanswered: Unanswered::NotCounted, is_signed: false, hours_before: 24, hours_after: 24 }
    }
}

impl Terms {
    pub fn are_sensible(self) -> bool {
        let is_span = |hours: i64| (1..=720).contains(&hours);
        is_span(self.hours_before) && is_span(self.hours_after)
    }

    /// A member's slip has come back, and counts.
    pub fn is_back(self, member: MemberState) -> bool {
        member == MemberState::Signed || (!self.is_signed && member == MemberState::Answered)
    }

    /// The moments of a deadline, in order of their coming.
    pub fn moments(self, deadline: Timestamp) -> [(Moment, Timestamp); 3] {
        [
            (Moment::Before, deadline.plus_seconds(-self.hours_before * 3600)),
            (Moment::Due, deadline),
            (Moment::After, deadline.plus_seconds(self.hours_after * 3600)),
        ]
    }
}

/// Shortest and longest time members get, in seconds.
const SHORTEST: i64 = 3600;
const LONGEST: i64 = 90 * 86_400;

/// May members have until then?
pub fn is_deadline(deadline: Timestamp, now: Timestamp) -> bool {
    (SHORTEST..=LONGEST).contains(&deadline.seconds_since(now))
}

/// What came back on one question. The four numbers add up to those asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub agree: usize,
    pub disagree: usize,
    pub other: usize,
    pub silent: usize,
}

impl Tally {
    /// `asked` people, of whom these answered in a way that counts.
    pub fn of(asked: usize, choices: impl Iterator<Item = Choice>) -> Self {
        let mut tally = Self::default();
        for choice in choices {
            match choice {
                Choice::Agree => tally.agree += 1,
                Choice::Disagree => tally.disagree += 1,
                Choice::Other => tally.other += 1,
            }
        }
        tally.silent = asked.saturating_sub(tally.agree + tally.disagree + tally.other);
        tally
    }

    pub fn asked(self) -> usize {
        self.agree + self.disagree + self.other + self.silent
    }

    /// Those who agree, with the silent where the body's rule counts them so.
    pub fn agreeing(self, rule: Unanswered) -> usize {
        match rule {
            Unanswered::NotCounted => self.agree,
            Unanswered::Agrees => self.agree + self.silent,
        }
    }

    /// Enough agree, as the body counts its votes: of all who were asked.
    pub fn is_carried(self, rule: Unanswered, terms: &VoteTerms) -> bool {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let (part, whole) = (count(self.agreeing(rule)), count(self.asked()));
        if terms.strict { terms.pass.is_exceeded(part, whole) } else { terms.pass.is_reached(part, whole) }
    }

    pub fn share(self, part: usize) -> usize {
        (part * 100).checked_div(self.asked()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Act, Choice, MemberState, State, Tally, Terms, Unanswered};

    #[test]
    fn a_slip_goes_its_way_and_no_other() {
        let way = [Act::Submit, Act::Approve, Act::Send, Act::Close, Act::Report];
        let end = way.iter().try_fold(State::Draft, |state, act| state.after(*act));
        assert_eq!(end, Some(State::Reported));
        for act in Act::ALL {
            assert_eq!(State::Reported.after(*act), None, "{act:?}");
            assert_eq!(State::Cancelled.after(*act), None, "{act:?}");
        }
        assert_eq!(State::Draft.after(Act::Send), None, "nothing goes out unapproved");
        assert_eq!(State::Closed.after(Act::Cancel), None, "what was answered stays");
        assert_eq!(State::Approved.after(Act::Return), Some(State::Draft));
        assert_eq!(State::Collecting.after(Act::Return), None);
    }

    #[test]
    fn the_silent_count_as_the_body_says() {
        let tally = Tally::of(8, [Choice::Agree, Choice::Agree, Choice::Disagree, Choice::Other].into_iter());
        assert_eq!((tally.silent, tally.asked()), (4, 8));
        assert_eq!(tally.agreeing(Unanswered::NotCounted), 2);
        assert_eq!(tally.agreeing(Unanswered::Agrees), 6);
        assert_eq!(tally.share(2), 25);
        assert_eq!(Tally::of(0, [].into_iter()).share(0), 0);
    }

    #[test]
    fn where_slips_are_signed_an_unsigned_answer_does_not_count() {
        let signed = Terms { is_signed: true, ..Terms::default() };
        assert!(!signed.is_back(MemberState::Answered) && signed.is_back(MemberState::Signed));
        assert!(Terms::default().is_back(MemberState::Answered));
    }
}
