//! Addresses of notices of conclusions.

use crate::meetings::MeetingId;

/// The notice of a meeting.
pub fn notice(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/conclusions")
}
