//! Addresses of drafts that were sent out.

use crate::meetings::MeetingId;

/// The draft before its members, and what came back.
pub fn circulation(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/circulation")
}
