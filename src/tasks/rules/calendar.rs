//! Working days of an office.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use super::Rhythm;
use crate::clock::Timestamp;
use crate::meetings::rules::fixed_holiday;

/// When a day's work ends: deadlines end there.
const END_OF_DAY: &str = "T17:00";
/// No deadline is further than this many working days away.
pub const LONGEST: i64 = 750;

/// Which days an office works: Monday to Friday without its holidays, and
/// the weekend days it swapped for others.
#[derive(Clone, Debug, Default)]
pub struct WorkingDays {
    closed: BTreeSet<String>,
    swapped: BTreeSet<String>,
}

impl WorkingDays {
    /// Days as `2026-09-02`.
    pub fn new(closed: impl IntoIterator<Item = String>, swapped: impl IntoIterator<Item = String>) -> Self {
        Self { closed: closed.into_iter().collect(), swapped: swapped.into_iter().collect() }
    }

    pub fn is_worked(&self, day: Date) -> bool {
        let name = day.to_string();
        if self.swapped.contains(&name) {
            return true;
        }
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        !is_weekend && fixed_holiday(day).is_none() && !self.closed.contains(&name)
    }

    /// The end of the so many-th working day after the day of `from`.
    pub fn after(&self, from: Timestamp, days: i64) -> Option<Timestamp> {
        if !(1..=LONGEST).contains(&days) {
            return None;
        }
        let mut day = from.in_office().date();
        let mut left = days;
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= i64::from(self.is_worked(day));
        }
        end_of(day)
    }

    /// The end of a day that is worked; `None`: the office is closed.
    pub fn end_of_worked(&self, day: Date) -> Option<Timestamp> {
        if self.is_worked(day) { end_of(day) } else { None }
    }

    /// The deadline of the next in a row, on the first day worked from there on.
    pub fn next_in_row(&self, due_at: Timestamp, rhythm: Rhythm) -> Option<Timestamp> {
        let day = due_at.in_office().date();
        let mut next = match rhythm {
            Rhythm::Once => return None,
            Rhythm::Weekly => day.checked_add(7.days()),
            Rhythm::Monthly => day.checked_add(1.month()),
            Rhythm::Quarterly => day.checked_add(3.months()),
        }
        .ok()?;
        while !self.is_worked(next) {
            next = next.tomorrow().ok()?;
        }
        end_of(next)
    }
}

fn end_of(day: Date) -> Option<Timestamp> {
    Timestamp::from_input(&format!("{day}{END_OF_DAY}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::WorkingDays;
    use crate::clock::Timestamp;
    use crate::tasks::rules::Rhythm;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_input(text).unwrap()
    }

    #[test]
    fn weekends_and_public_holidays_do_not_count() {
        let days = WorkingDays::default();
        // A Wednesday; Friday is New Year, then comes the weekend.
        assert_eq!(days.after(at("2026-12-30T09:00"), 2), Some(at("2027-01-04T17:00")));
        assert_eq!(days.after(at("2026-12-30T09:00"), 0), None);
        assert_eq!(days.after(at("2026-12-30T09:00"), 751), None);
    }

    #[test]
    fn the_lunar_new_year_is_closed_and_a_swapped_saturday_is_worked() {
        let closed = (5..=11).map(|day| format!("2027-02-{day:02}"));
        let days = WorkingDays::new(closed, ["2027-02-20".to_owned()]);
        assert_eq!(days.after(at("2027-02-04T09:00"), 1), Some(at("2027-02-12T17:00")));
        assert!(days.is_worked(date(2027, 2, 20)) && !days.is_worked(date(2027, 2, 21)));
        assert_eq!(days.end_of_worked(date(2027, 2, 8)), None);
        assert_eq!(days.after(at("2027-02-19T09:00"), 1), Some(at("2027-02-20T17:00")));
    }

    #[test]
    fn the_next_in_a_row_falls_on_a_day_that_is_worked() {
        let days = WorkingDays::default();
        let friday = at("2026-11-27T17:00");
        assert_eq!(days.next_in_row(friday, Rhythm::Weekly), Some(at("2026-12-04T17:00")));
        // 27 December is a Sunday, 27 February a Saturday.
        assert_eq!(days.next_in_row(friday, Rhythm::Monthly), Some(at("2026-12-28T17:00")));
        assert_eq!(days.next_in_row(friday, Rhythm::Quarterly), Some(at("2027-03-01T17:00")));
        assert_eq!(days.next_in_row(friday, Rhythm::Once), None);
    }
}
