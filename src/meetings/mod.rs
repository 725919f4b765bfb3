//! Meetings: prepared, published, held, closed.
//!
//! This feature keeps who is invited in which role, the agenda with its
//! papers, presence, and the state of the meeting. What happens on the screens
//! while it is held is `room`; votes are `voting`; what is left of it,
//! `minutes`.

pub mod actions;
pub mod agenda;
pub mod answers;
pub mod bodies;
pub mod calendar;
pub mod arrival;
pub mod conduct;
pub mod documents;
pub mod invitation;
mod news;
pub mod outlook;
pub mod rooms;
pub mod rules;
pub mod series;
pub mod session;
pub mod store;
pub mod units;
pub mod urls;
pub mod web;

pub use self::news::summary as calendar_summary;

crate::id! {
    /// A meeting.
    MeetingId;
    /// A kind of body and its rules.
    MeetingTypeId;
    /// The rule a body votes by, as it was written down once.
    TermsId;
    /// A room.
    RoomId;
    /// A point of an agenda.
    ItemId;
    /// Meetings made to recur together.
    SeriesId;
    /// A time in which a meeting stood still.
    BreakId;
    /// One turn of running a meeting.
    ConductorId;
}

/// The kind of job that is queued when a meeting has ended; its payload is the
/// meeting's id. `minutes` handles it.
pub const ENDED_JOB: &str = "meeting_ended";

/// The topic of a meeting's live stream.
pub fn topic(meeting: MeetingId) -> String {
    format!("meeting:{meeting}")
}

/// The topic of what only those who run the meeting see: how many ballots are
/// in, who asks to speak.
pub fn desk_topic(meeting: MeetingId) -> String {
    format!("meeting:{meeting}:desk")
}
