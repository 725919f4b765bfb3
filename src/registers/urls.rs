//! Addresses of registers.

use super::SeriesId;

/// The series of the office.
pub fn registers() -> String {
    "/registers".to_owned()
}

/// One series with its numbers.
pub fn series(series: SeriesId) -> String {
    format!("/registers/{series}")
}
