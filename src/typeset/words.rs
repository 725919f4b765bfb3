//! How the office writes dates, times and shares.

use jiff::civil::{Date, DateTime, Time};
use serde::{Serialize, Serializer};

/// "ngày 05 tháng 02 năm 2026": the decree wants a leading zero for days
/// under ten and for January and February only.
pub(crate) fn long_date(date: Date) -> String {
    let month = match date.month() {
        month @ (1 | 2) => format!("0{month}"),
        month => month.to_string(),
    };
    format!("ngày {:02} tháng {month} năm {}", date.day(), date.year())
}

/// "08 giờ 30 phút".
pub(crate) fn clock_time(time: Time) -> String {
    format!("{:02} giờ {:02} phút", time.hour(), time.minute())
}

/// "66,67%", or a dash where nothing can be a share of nothing.
pub(crate) fn share(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let hundredths = (u64::from(part) * 10_000 + u64::from(whole) / 2) / u64::from(whole);
    format!("{},{:02}%", hundredths / 100, hundredths % 100)
}

/// The number of a document: one digit gets a leading zero.
pub(crate) fn number(number: u32) -> String {
    format!("{number:02}")
}

/// A moment as templates get it: time and date apart, since a second moment
/// on the same day need not name the day again.
#[derive(Serialize)]
struct Moment {
    time: String,
    date: String,
}

impl From<DateTime> for Moment {
    fn from(at: DateTime) -> Self {
        Self { time: clock_time(at.time()), date: long_date(at.date()) }
    }
}

pub(crate) fn serialize_moment<S: Serializer>(at: &DateTime, serializer: S) -> Result<S::Ok, S::Error> {
    Moment::from(*at).serialize(serializer)
}

pub(crate) fn serialize_moment_option<S: Serializer>(
    at: &Option<DateTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(Moment::from).serialize(serializer)
}

/// For table columns: "07:40".
pub(crate) fn serialize_short_time_option<S: Serializer>(
    at: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(|at| format!("{:02}:{:02}", at.hour(), at.minute())).serialize(serializer)
}

pub(crate) fn serialize_time_option<S: Serializer>(
    at: &Option<Time>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(clock_time).serialize(serializer)
}

pub(crate) fn serialize_date_option<S: Serializer>(
    at: &Option<Date>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    at.map(long_date).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_date_has_the_zeros_that_the_decree_wants() {
        assert_eq!(long_date(date(2026, 2, 5)), "ngày 05 tháng 02 năm 2026");
        assert_eq!(long_date(date(2026, 3, 15)), "ngày 15 tháng 3 năm 2026");
        assert_eq!(long_date(date(2026, 11, 9)), "ngày 09 tháng 11 năm 2026");
    }

    #[test]
    fn a_share_is_rounded_and_written_with_a_comma() {
        assert_eq!(share(2, 3), "66,67%");
        assert_eq!(share(28, 28), "100,00%");
        assert_eq!(share(1, 200_000), "0,00%");
        assert_eq!(share(0, 0), "–");
    }
}
