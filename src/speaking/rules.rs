//! What is true about speaking, whoever asks.

use crate::clock::Timestamp;
use crate::meetings::rules::MeetingRole;

crate::words! {
    SpeechKind { Speech = "speech", Questioning = "questioning", PointOfOrder = "point_of_order" }

    SpeechState {
        Registered = "registered",
        Speaking = "speaking",
        /// Has the floor; the clock stands.
        Paused = "paused",
        Finished = "finished",
        /// Passed over by the chair; may be put back.
        Skipped = "skipped",
        /// Taken back by the person.
        Withdrawn = "withdrawn",
    }

    AnswerWay { InRoom = "in_room", Written = "written" }
}

/// Longest topic and answer, in characters.
pub const LONGEST_TOPIC: usize = 500;
pub const LONGEST_ANSWER: usize = 20_000;
/// What "one more minute" gives.
pub const EXTRA_SECONDS: i64 = 60;
/// When the clock begins to warn.
pub const WARNING_SECONDS: i64 = 60;

/// What is done to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Call,
    Pause,
    Resume,
    End,
    Skip,
    PutBack,
    Withdraw,
}

/// The request is not, or no more, in a state for this act: another device
/// was faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overtaken;

/// The state after an act.
pub fn after(state: SpeechState, act: Act) -> Result<SpeechState, Overtaken> {
    use SpeechState as State;
    match (state, act) {
        (State::Registered, Act::Call) | (State::Paused, Act::Resume) => Ok(State::Speaking),
        (State::Speaking, Act::Pause) => Ok(State::Paused),
        (State::Speaking | State::Paused, Act::End) => Ok(State::Finished),
        (State::Registered, Act::Skip) => Ok(State::Skipped),
        (State::Skipped, Act::PutBack) => Ok(State::Registered),
        (State::Registered, Act::Withdraw) => Ok(State::Withdrawn),
        _ => Err(Overtaken),
    }
}

impl SpeechKind {
    /// Everyone invited may ask to speak; the other kinds are the members' own.
    pub fn may_be_asked_by(self, role: MeetingRole, is_member: bool) -> bool {
        match self {
            Self::Speech => true,
            Self::Questioning | Self::PointOfOrder => is_member && role.is_member(),
        }
    }
}

/// The clock of one speaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeakingTime {
    pub allotted_seconds: i64,
    /// Microseconds spoken before `running_since`.
    pub spoken: i64,
    /// Since when it runs; it stands if `None`.
    pub running_since: Option<Timestamp>,
}

impl SpeakingTime {
    /// Microseconds spoken until `now`. A server clock that was set back adds nothing.
    pub fn spoken_at(&self, now: Timestamp) -> i64 {
        let running = self.running_since.map_or(0, |since| (now.as_micros() - since.as_micros()).max(0));
        self.spoken + running
    }

    pub fn seconds_left(&self, now: Timestamp) -> i64 {
        self.allotted_seconds - self.spoken_at(now) / 1_000_000
    }

    /// When the time is up, if the clock runs on.
    pub fn ends_at(&self) -> Option<Timestamp> {
        let since = self.running_since?;
        Some(Timestamp::from_micros(since.as_micros() - self.spoken).plus_seconds(self.allotted_seconds))
    }
}

/// `3:05`, as it is said of a time spoken.
pub fn spell(seconds: i64) -> String {
    let whole = seconds.max(0);
    format!("{}:{:02}", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn a_speaker_is_called_stopped_goes_on_and_ends() {
        let acts = [Act::Call, Act::Pause, Act::Resume, Act::End];
        assert_eq!(acts.into_iter().try_fold(SpeechState::Registered, after), Ok(SpeechState::Finished));
    }

    #[test]
    fn whoever_was_passed_over_may_be_put_back_and_whoever_withdrew_may_not() {
        assert_eq!(after(SpeechState::Skipped, Act::PutBack), Ok(SpeechState::Registered));
        assert_eq!(after(SpeechState::Withdrawn, Act::PutBack), Err(Overtaken));
    }

    #[test]
    fn whoever_speaks_cannot_be_called_again_or_withdraw() {
        for act in [Act::Call, Act::Skip, Act::Withdraw] {
            assert_eq!(after(SpeechState::Speaking, act), Err(Overtaken), "{act:?}");
        }
    }

    #[test]
    fn a_guest_may_speak_and_neither_question_nor_interrupt() {
        assert!(SpeechKind::Speech.may_be_asked_by(MeetingRole::Guest, false));
        assert!(!SpeechKind::Questioning.may_be_asked_by(MeetingRole::Guest, false));
        assert!(!SpeechKind::PointOfOrder.may_be_asked_by(MeetingRole::Guest, false));
        assert!(!SpeechKind::PointOfOrder.may_be_asked_by(MeetingRole::Delegate, false), "a substitute");
    }

    #[test]
    fn the_clock_counts_only_while_it_runs() {
        let stands = SpeakingTime { allotted_seconds: 300, spoken: 100_000_000, running_since: None };
        assert_eq!((stands.seconds_left(at(9_999)), stands.ends_at()), (200, None));
        let runs = SpeakingTime { running_since: Some(at(1_000)), ..stands };
        assert_eq!((runs.seconds_left(at(1_050)), runs.ends_at()), (150, Some(at(1_200))));
        assert_eq!(runs.seconds_left(at(1_260)), -60, "overtime is said");
    }

    #[test]
    fn a_clock_set_back_takes_no_time_back() {
        let runs = SpeakingTime { allotted_seconds: 300, spoken: 40_000_000, running_since: Some(at(1_000)) };
        assert_eq!(runs.spoken_at(at(10)), 40_000_000);
        assert_eq!(runs.seconds_left(at(10)), 260);
    }

    #[test]
    fn a_time_is_spelled_in_minutes() {
        assert_eq!((spell(185), spell(59), spell(-5)), ("3:05".into(), "0:59".into(), "0:00".into()));
    }
}
