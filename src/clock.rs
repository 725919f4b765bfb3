//! Time: read in one place, kept as microseconds, shown in office time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::{Offset, TimeZone};

/// Viet Nam keeps one offset, without daylight saving, since 1975.
const OFFICE_OFFSET: Offset = Offset::constant(7);

/// A moment, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct Timestamp(i64);

impl Timestamp {
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub fn as_micros(self) -> i64 {
        self.0
    }

    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Whole seconds from `earlier` to here; negative when `earlier` is later.
    pub fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }

    /// The moment on the office's wall clock.
    pub fn in_office(self) -> jiff::Zoned {
        self.to_jiff().to_zoned(TimeZone::fixed(OFFICE_OFFSET))
    }

    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// `05/02/2026`.
    pub fn date(self) -> String {
        self.in_office().strftime("%d/%m/%Y").to_string()
    }

    /// `14:30`.
    pub fn time(self) -> String {
        self.in_office().strftime("%H:%M").to_string()
    }

    /// `14:30, 05/02/2026`.
    pub fn date_time(self) -> String {
        self.in_office().strftime("%H:%M, %d/%m/%Y").to_string()
    }

    /// What `<input type="datetime-local">` shows and sends.
    pub fn for_input(self) -> String {
        self.in_office().strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// Reads the value of `<input type="datetime-local">`, office time.
    pub fn from_input(text: &str) -> Option<Self> {
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let zoned = civil.to_zoned(TimeZone::fixed(OFFICE_OFFSET)).ok()?;
        Some(Self(zoned.timestamp().as_microsecond()))
    }

    /// Reads the value of `<input type="date">`: the first moment of that day, office time.
    pub fn from_date_input(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.parse().ok()?;
        let zoned = date.to_zoned(TimeZone::fixed(OFFICE_OFFSET)).ok()?;
        Some(Self(zoned.timestamp().as_microsecond()))
    }

    /// What the scripts' clocks read: `2026-11-22T08:30:15.250+07:00`.
    pub fn for_clock(self) -> String {
        self.in_office().strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }

    /// The first moment of this day and of the next, office time.
    pub fn day(self) -> (Self, Self) {
        let offset = i64::from(OFFICE_OFFSET.seconds()) * 1_000_000;
        let start = (self.0 + offset).div_euclid(DAY) * DAY - offset;
        (Self(start), Self(start + DAY))
    }
}

const DAY: i64 = 86_400_000_000;

impl From<i64> for Timestamp {
    fn from(micros: i64) -> Self {
        Self(micros)
    }
}

impl From<Timestamp> for i64 {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

/// Tells the time; a test holds it still, and the demo may move it forward.
#[derive(Clone, Debug)]
pub enum Clock {
    System,
    Fixed(Arc<AtomicI64>),
    /// So many microseconds ahead of the system's.
    Ahead(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until [`advance`](Self::advance) moves it.
    pub fn fixed(at: Timestamp) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.as_micros())))
    }

    /// A clock that goes with the system's until [`advance`](Self::advance) moves it.
    pub fn movable() -> Self {
        Self::Ahead(Arc::default())
    }

    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => system(),
            Self::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
            Self::Ahead(by) => Timestamp(system().0 + by.load(Ordering::SeqCst)),
        }
    }

    /// Moves the clock forward; the system's alone moves by itself only.
    pub fn advance(&self, seconds: i64) {
        if let Self::Fixed(moved) | Self::Ahead(moved) = self {
            moved.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system clock")]
fn system() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn a_form_reads_back_what_it_shows() {
        let at = Timestamp::from_input("2026-11-22T08:30").unwrap();
        assert_eq!(at.for_input(), "2026-11-22T08:30");
        assert_eq!(at.date_time(), "08:30, 22/11/2026");
    }

    #[test]
    fn a_day_starts_at_midnight_in_the_office() {
        let (start, end) = Timestamp::from_input("2026-11-22T00:30").unwrap().day();
        assert_eq!(start.for_input(), "2026-11-22T00:00");
        assert_eq!(end.for_input(), "2026-11-23T00:00");
    }
}
