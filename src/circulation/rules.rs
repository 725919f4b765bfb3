//! What is true about a draft that was sent out, whoever asks.

use crate::clock::Timestamp;

crate::words! {
    Kind {
        Comment = "comment",
        /// The part as the member would word it.
        Proposal = "proposal",
    }

    Decision { Waiting = "waiting", Accepted = "accepted", Rejected = "rejected" }
}
crate::column!(Kind as String);
crate::column!(Decision as String);

/// Shortest time members get, in seconds.
pub const SHORTEST: i64 = 3600;
/// Longest time before a draft must be sent out anew, in seconds.
pub const LONGEST: i64 = 60 * 86_400;
const DAY: i64 = 86_400;

/// May members have until then?
pub fn is_deadline(deadline: Timestamp, now: Timestamp) -> bool {
    (SHORTEST..=LONGEST).contains(&deadline.seconds_since(now))
}

/// Do answers still come in?
pub fn is_open(deadline: Timestamp, closed_at: Option<Timestamp>, now: Timestamp) -> bool {
    closed_at.is_none() && now < deadline
}

/// When those who have not answered are reminded: a day before the end, or at
/// half of a shorter time.
pub fn reminder(opened_at: Timestamp, deadline: Timestamp) -> Timestamp {
    let time = deadline.seconds_since(opened_at);
    opened_at.plus_seconds((time - DAY).max(time / 2))
}

#[cfg(test)]
mod tests {
    use super::{DAY, is_deadline, is_open, reminder};
    use crate::clock::Timestamp;

    #[test]
    fn answers_end_at_the_deadline_or_when_the_secretary_closes() {
        let at = |seconds: i64| Timestamp::from_micros(0).plus_seconds(seconds);
        assert!(is_open(at(10), None, at(9)));
        assert!(!is_open(at(10), None, at(10)));
        assert!(!is_open(at(10), Some(at(5)), at(6)));
    }

    #[test]
    fn members_get_at_least_an_hour_and_at_most_two_months() {
        let at = |seconds: i64| Timestamp::from_micros(0).plus_seconds(seconds);
        assert!(!is_deadline(at(3599), at(0)) && is_deadline(at(3600), at(0)));
        assert!(is_deadline(at(60 * DAY), at(0)) && !is_deadline(at(60 * DAY + 1), at(0)));
    }

    #[test]
    fn the_reminder_comes_a_day_before_or_at_half_time() {
        let at = |seconds: i64| Timestamp::from_micros(0).plus_seconds(seconds);
        assert_eq!(reminder(at(0), at(5 * DAY)), at(4 * DAY));
        assert_eq!(reminder(at(0), at(DAY)), at(DAY / 2));
    }
}
