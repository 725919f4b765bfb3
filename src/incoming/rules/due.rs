//! Deadlines.

use jiff::civil::{Date, Weekday};

use crate::clock::Timestamp;
use crate::meetings::rules::fixed_holiday;

/// Seconds before a deadline from which it counts as near.
const SOON: i64 = 2 * 86_400;
/// More than any holidays in a row, so that a wrong calendar ends the search.
const LONGEST_BREAK: i64 = 60;

/// How a deadline stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    Open,
    Soon,
    Late,
    KeptInTime,
    KeptLate,
}

pub fn due(deadline: Timestamp, completed_at: Option<Timestamp>, now: Timestamp) -> Due {
    match completed_at {
        Some(at) if at <= deadline => Due::KeptInTime,
        Some(_) => Due::KeptLate,
        None if now > deadline => Due::Late,
        None if now.plus_seconds(SOON) >= deadline => Due::Soon,
        None => Due::Open,
    }
}

/// The day that lies so many working days after `from`. `holidays` are those
/// the office entered, as `2026-02-17`.
pub fn working_days_after(from: Date, working_days: i64, holidays: &[String]) -> Option<Date> {
    let mut day = from;
    let mut left = working_days;
    for _ in 0..working_days + LONGEST_BREAK {
        if left <= 0 {
            return Some(day);
        }
        day = day.tomorrow().ok()?;
        left -= i64::from(is_working_day(day, holidays));
    }
    None
}

fn is_working_day(day: Date, holidays: &[String]) -> bool {
    let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    !is_weekend && fixed_holiday(day).is_none() && !holidays.contains(&day.to_string())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::{Due, due, working_days_after};
    use crate::clock::Timestamp;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    #[test]
    fn working_days_leap_over_the_weekend_and_holidays() {
        let monday = date(2026, 11, 23);
        assert_eq!(working_days_after(monday, 0, &[]), Some(monday));
        assert_eq!(working_days_after(monday, 5, &[]), Some(date(2026, 11, 30)));
        assert_eq!(working_days_after(date(2026, 12, 31), 1, &[]), Some(date(2027, 1, 4)), "new year");
        let given = ["2026-11-24".to_owned()];
        assert_eq!(working_days_after(monday, 1, &given), Some(date(2026, 11, 25)));
    }

    #[test]
    fn a_deadline_is_near_for_two_days_and_then_missed() {
        let deadline = at("2026-11-27T23:59");
        assert_eq!(due(deadline, None, at("2026-11-25T08:00")), Due::Open);
        assert_eq!(due(deadline, None, at("2026-11-26T08:00")), Due::Soon);
        assert_eq!(due(deadline, None, at("2026-11-28T00:00")), Due::Late);
        assert_eq!(due(deadline, Some(at("2026-11-27T23:59")), at("2026-12-01T00:00")), Due::KeptInTime);
        assert_eq!(due(deadline, Some(at("2026-11-28T00:00")), at("2026-12-01T00:00")), Due::KeptLate);
    }
}
