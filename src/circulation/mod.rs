//! The draft of the minutes before the members, for their comments until a
//! deadline.
//!
//! What goes out is a copy of the words and a PDF: members comment on what
//! they were sent, while the secretaries write on. A proposal that is accepted
//! is merged into the draft over the words it was made on. Members see what
//! they said themselves, and what was answered.

pub mod actions;
mod opening;
mod reminder;
pub mod rules;
mod store;
pub mod urls;
pub mod web;

pub use self::reminder::{JOB as REMINDER_JOB, remind};

crate::id! {
    /// One sending-out of a draft.
    CirculationId;
    /// What one member says on one part.
    CommentId;
}
crate::column!(CirculationId as uuid::Uuid);
crate::column!(CommentId as uuid::Uuid);
