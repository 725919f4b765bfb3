//! What is true about numbers, whoever takes them.

use crate::clock::Timestamp;

crate::words! {
    /// Which register a series belongs to.
    SeriesKind {
        /// Văn bản đi.
        Outgoing = "outgoing",
        /// Văn bản đến.
        Incoming = "incoming",
        /// Bản sao: sao y, sao lục, trích sao.
        Copy = "copy",
    }

    NumberState {
        /// A document has it.
        Held = "held",
        /// Kept free for a document that is still to come.
        Reserved = "reserved",
        /// Nobody has it, and nobody will.
        Cancelled = "cancelled",
    }
}
crate::column!(SeriesKind as String);
crate::column!(NumberState as String);

/// Why a day cannot be the date of the next number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayRefusal {
    /// The last number bears a later date.
    BeforeTheLast,
    /// Tomorrow's date would keep everyone else from numbering today.
    Ahead,
}

/// May the next number bear this day? All three are first moments of days.
pub fn may_bear(day: Timestamp, last: Timestamp, today: Timestamp) -> Result<(), DayRefusal> {
    if day > today {
        Err(DayRefusal::Ahead)
    } else if day < last {
        Err(DayRefusal::BeforeTheLast)
    } else {
        Ok(())
    }
}

/// The year whose series a day belongs to: numbers begin anew on 1 January.
pub fn year_of(day: Timestamp) -> i64 {
    i64::from(day.in_office().year())
}

/// A number as documents print it: below ten with a zero in front (NĐ 30,
/// Phụ lục I, component 3).
pub fn printed(number: i64) -> String {
    format!("{number:02}")
}

#[cfg(test)]
mod tests {
    use super::{DayRefusal, may_bear, printed, year_of};
    use crate::clock::Timestamp;

    fn day(text: &str) -> Timestamp {
        Timestamp::from_date_input(text).unwrap()
    }

    #[test]
    fn dates_never_run_back_or_ahead() {
        let (monday, tuesday, wednesday) = (day("2026-11-23"), day("2026-11-24"), day("2026-11-25"));
        assert_eq!(may_bear(tuesday, monday, wednesday), Ok(()));
        assert_eq!(may_bear(tuesday, tuesday, tuesday), Ok(()));
        assert_eq!(may_bear(monday, tuesday, wednesday), Err(DayRefusal::BeforeTheLast));
        assert_eq!(may_bear(wednesday, monday, tuesday), Err(DayRefusal::Ahead));
    }

    #[test]
    fn a_year_begins_at_midnight_in_the_office() {
        assert_eq!(year_of(Timestamp::from_input("2026-12-31T23:59").unwrap()), 2026);
        assert_eq!(year_of(day("2027-01-01")), 2027);
    }

    #[test]
    fn small_numbers_have_a_zero_in_front() {
        assert_eq!([1, 9, 10, 1234].map(printed), ["01", "09", "10", "1234"]);
    }
}
