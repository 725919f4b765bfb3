//! Addresses of minutes.

use crate::meetings::MeetingId;

pub fn minutes(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/minutes")
}
