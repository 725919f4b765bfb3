//! Months of the office's calendar.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::clock::Timestamp;

/// A month of the office's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    pub fn of(at: Timestamp) -> Self {
        Self(at.in_office().date().first_of_month())
    }

    /// Reads `2026-11`.
    pub fn read(text: &str) -> Option<Self> {
        format!("{text}-01").parse().ok().map(Self)
    }

    /// `2026-11`.
    pub fn code(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }

    /// `11/2026`.
    pub fn name(self) -> String {
        self.0.strftime("%m/%Y").to_string()
    }

    pub fn start(self) -> Timestamp {
        Timestamp::from_date_input(&self.0.to_string()).unwrap_or(Timestamp::from_micros(0))
    }

    /// So many months later; earlier, when negative.
    pub fn plus(self, months: i32) -> Self {
        Self(self.0.saturating_add(months.months()))
    }
}

/// Months in a row, both ends counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months {
    pub first: Month,
    pub last: Month,
}

/// Most months one question may ask for.
pub const MOST_MONTHS: usize = 36;

impl Months {
    /// `None`: the wrong way round, or too many.
    pub fn new(first: Month, last: Month) -> Option<Self> {
        let asked = Self { first, last };
        (first <= last && asked.each().len() <= MOST_MONTHS).then_some(asked)
    }

    /// The moment at which what is counted on a day is counted: the end of the
    /// last month, or now, while it lasts. `None`: all of it lies ahead.
    pub fn counted_on(self, now: Timestamp) -> Option<Timestamp> {
        let end = self.last.plus(1).start().plus_seconds(-1);
        (self.first.start() <= now).then_some(end.min(now))
    }

    pub fn each(self) -> Vec<Month> {
        let mut months = vec![self.first];
        while let Some(next) = months.last().map(|month| month.plus(1))
            && next <= self.last
            && months.len() <= MOST_MONTHS
        {
            months.push(next);
        }
        months
    }
}
