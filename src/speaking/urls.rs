//! Addresses of speakers.

use super::RequestId;
use crate::meetings::MeetingId;

/// Where one asks to speak.
pub fn requests(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/speech-requests")
}

/// Who spoke, how long, and what was asked.
pub fn speakers(meeting: MeetingId) -> String {
    format!("/meetings/{meeting}/speakers")
}

/// An act on one request: `call`, `pause`, `resumption`, …
pub fn act(request: RequestId, act: &str) -> String {
    format!("/speech-requests/{request}/{act}")
}
