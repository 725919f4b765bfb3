//! The states of a meeting and the acts that lead from one to the next.

use super::MeetingState;
use crate::clock::Timestamp;

/// What those who run a meeting do to the session as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Start,
    /// A short rest; the people stay.
    Pause,
    /// To another time; the people go home.
    Adjourn,
    /// After a rest or an adjournment.
    Resume,
    Close,
}

/// Why the session cannot do this now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the invited have not been told of the meeting")]
    NotAnnounced,
    #[error("the meeting has not begun")]
    NotBegun,
    #[error("the meeting is under way already")]
    UnderWay,
    #[error("the meeting is at rest already")]
    Paused,
    #[error("the meeting goes on at another time")]
    Adjourned,
    #[error("the meeting is over")]
    Over,
    #[error("the meeting was called off")]
    Cancelled,
}

/// The state after an act, or why it cannot be done.
pub fn after(state: MeetingState, act: Act) -> Result<MeetingState, Refusal> {
    use MeetingState as State;
    match (state, act) {
        (State::Published, Act::Start) | (State::Paused | State::Adjourned, Act::Resume) => {
            Ok(State::InProgress)
        }
        (State::InProgress, Act::Pause) => Ok(State::Paused),
        (State::InProgress | State::Paused, Act::Adjourn) => Ok(State::Adjourned),
        (State::InProgress | State::Paused | State::Adjourned, Act::Close) => Ok(State::Ended),
        (State::Draft, _) => Err(Refusal::NotAnnounced),
        (State::Published, _) => Err(Refusal::NotBegun),
        (State::InProgress, _) => Err(Refusal::UnderWay),
        (State::Paused, _) => Err(Refusal::Paused),
        (State::Adjourned, _) => Err(Refusal::Adjourned),
        (State::Ended, _) => Err(Refusal::Over),
        (State::Cancelled, _) => Err(Refusal::Cancelled),
    }
}

/// A time in which a meeting that had begun stood still.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Break {
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// Seconds from `start` to `end` in which the meeting did not stand still.
/// Never negative, also when a clock was set back.
pub fn seconds_held(start: Timestamp, end: Timestamp, breaks: &[Break]) -> i64 {
    let length = |from: Timestamp, to: Timestamp| to.seconds_since(from).max(0);
    let still = breaks.iter().map(|rest| {
        let ended_at = rest.ended_at.unwrap_or(end);
        length(rest.started_at.max(start), ended_at.min(end))
    });
    (length(start, end) - still.sum::<i64>()).max(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn rests_do_not_count_as_time_held() {
        let rests = [
            Break { started_at: at(100), ended_at: Some(at(160)) },
            Break { started_at: at(900), ended_at: None },
        ];
        assert_eq!(seconds_held(at(130), at(1000), &rests), 870 - 30 - 100);
    }

    #[test]
    fn a_clock_set_back_gives_no_negative_time() {
        assert_eq!(seconds_held(at(100), at(40), &[]), 0);
        let strange = Break { started_at: at(90), ended_at: Some(at(20)) };
        assert_eq!(seconds_held(at(0), at(100), &[strange]), 100);
    }

    #[test]
    fn a_meeting_rests_goes_on_is_put_off_goes_on_and_ends() {
        let acts = [Act::Start, Act::Pause, Act::Resume, Act::Adjourn, Act::Resume, Act::Close];
        let end = acts.into_iter().try_fold(MeetingState::Published, after);
        assert_eq!(end, Ok(MeetingState::Ended));
    }

    #[test]
    fn what_is_done_already_is_refused_in_its_own_words() {
        assert_eq!(after(MeetingState::InProgress, Act::Start), Err(Refusal::UnderWay));
        assert_eq!(after(MeetingState::InProgress, Act::Resume), Err(Refusal::UnderWay));
        assert_eq!(after(MeetingState::Paused, Act::Pause), Err(Refusal::Paused));
        assert_eq!(after(MeetingState::Adjourned, Act::Adjourn), Err(Refusal::Adjourned));
        assert_eq!(after(MeetingState::Ended, Act::Close), Err(Refusal::Over));
    }

    #[test]
    fn nothing_leads_out_of_the_end_or_into_a_meeting_nobody_knows_of() {
        for act in [Act::Start, Act::Pause, Act::Adjourn, Act::Resume, Act::Close] {
            for state in [MeetingState::Draft, MeetingState::Ended, MeetingState::Cancelled] {
                assert!(after(state, act).is_err(), "{state:?} {act:?}");
            }
        }
    }
}
