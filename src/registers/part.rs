//! Which part of a register's year is printed, as a person chose it.

use serde::Deserialize;

use super::printing::PrintError;
use crate::clock::Timestamp;

/// A part of a year's register: a month or the whole year, and a range of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub year: i64,
    pub month: Option<i64>,
    pub first: i64,
    pub last: i64,
}

/// The same as a form sends it; empty fields leave the part as wide as it is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PartQuery {
    pub year: Option<i64>,
    pub month: String,
    pub first: String,
    pub last: String,
}

impl PartQuery {
    pub fn part(&self, now: Timestamp) -> Result<Part, PrintError> {
        let number = |typed: &str, otherwise: i64| match typed.trim() {
            "" => Ok(otherwise),
            typed => typed.parse().map_err(|_| PrintError::Part),
        };
        let month = number(&self.month, 0)?;
        Part {
            year: self.year.unwrap_or_else(|| i64::from(now.in_office().year())),
            month: (month != 0).then_some(month),
            first: number(&self.first, 1)?,
            last: number(&self.last, i64::MAX)?,
        }
        .checked()
    }
}

impl Part {
    fn checked(self) -> Result<Self, PrintError> {
        let is_range = (1..=self.last).contains(&self.first);
        let is_month = self.month.is_none_or(|month| (1..=12).contains(&month));
        if is_range && is_month && (1900..=9998).contains(&self.year) {
            Ok(self)
        } else {
            Err(PrintError::Part)
        }
    }

    /// Its first moment, and the one after its last.
    pub fn period(self) -> Result<(Timestamp, Timestamp), PrintError> {
        let first_of = |year: i64, month: i64| {
            Timestamp::from_date_input(&format!("{year:04}-{month:02}-01")).ok_or(PrintError::Part)
        };
        Ok(match self.month {
            Some(12) => (first_of(self.year, 12)?, first_of(self.year + 1, 1)?),
            Some(month) => (first_of(self.year, month)?, first_of(self.year, month + 1)?),
            None => (first_of(self.year, 1)?, first_of(self.year + 1, 1)?),
        })
    }

    /// First and last day, as people write them.
    pub fn days(self) -> Result<(String, String), PrintError> {
        let (from, to) = self.period()?;
        Ok((from.date(), to.plus_seconds(-1).date()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, PartQuery};
    use crate::clock::Timestamp;

    fn part(month: &str, first: &str, last: &str) -> Option<Part> {
        let now = Timestamp::from_input("2026-11-23T12:00").unwrap();
        let [month, first, last] = [month, first, last].map(str::to_owned);
        PartQuery { year: None, month, first, last }.part(now).ok()
    }

    #[test]
    fn what_is_left_empty_is_not_narrowed() {
        assert_eq!(part("", "", ""), Some(Part { year: 2026, month: None, first: 1, last: i64::MAX }));
        assert_eq!(part("", "", "").unwrap().days().unwrap(), ("01/01/2026".into(), "31/12/2026".into()));
        assert_eq!(
            part("12", " 7", "9").unwrap().days().unwrap(),
            ("01/12/2026".into(), "31/12/2026".into())
        );
        assert_eq!(part("2", "", "").unwrap().days().unwrap().1, "28/02/2026");
    }

    #[test]
    fn what_cannot_be_a_part_is_refused() {
        for (month, first, last) in
            [("13", "", ""), ("-1", "", ""), ("mai", "", ""), ("", "0", ""), ("", "9", "7")]
        {
            assert_eq!(part(month, first, last), None, "{month} {first} {last}");
        }
    }
}
