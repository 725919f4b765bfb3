//! What is true about weeks, whoever looks.

use jiff::ToSpan;
use jiff::civil::Date;

/// A week from Monday to Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    pub monday: Date,
}

impl Week {
    /// The week in which a day lies.
    pub fn of(day: Date) -> Self {
        let back = i64::from(day.weekday().to_monday_zero_offset());
        Self { monday: day.checked_sub(back.days()).unwrap_or(day) }
    }

    pub fn days(self) -> impl Iterator<Item = Date> {
        (0..7_i64).filter_map(move |day| self.monday.checked_add(day.days()).ok())
    }

    pub fn previous(self) -> Date {
        self.monday.checked_sub(7.days()).unwrap_or(self.monday)
    }

    pub fn next(self) -> Date {
        self.monday.checked_add(7.days()).unwrap_or(self.monday)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::Week;

    #[test]
    fn a_week_begins_on_monday_and_has_seven_days() {
        for day in [23, 25, 29] {
            assert_eq!(Week::of(date(2026, 11, day)).monday, date(2026, 11, 23));
        }
        let week = Week::of(date(2026, 12, 31));
        assert_eq!(week.days().last(), Some(date(2027, 1, 3)));
        assert_eq!((week.previous(), week.next()), (date(2026, 12, 21), date(2027, 1, 4)));
    }
}
