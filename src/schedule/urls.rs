//! Addresses of the schedule.

use jiff::civil::Date;

use super::EntryId;

/// The week in which a day lies.
pub fn week(day: Date) -> String {
    format!("/schedule?week={day}")
}

pub fn entry(entry: EntryId) -> String {
    format!("/schedule/entries/{entry}")
}

/// Where a person opens and closes their calendar for other devices.
pub fn own_calendar() -> String {
    "/schedule/calendar".to_owned()
}

/// What a telephone asks.
pub fn feed(secret: &str) -> String {
    format!("/calendars/{secret}")
}
