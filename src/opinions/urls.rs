//! Addresses of opinions.

use crate::meetings::MeetingId;

/// What is said on the papers of a meeting.
pub fn opinions(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/opinions")
}
