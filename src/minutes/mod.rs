//! Minutes: drafted from what happened, completed by the secretary, locked,
//! and signed by secretary and chair.
//!
//! Presence, times, papers and results are read from the meeting each time and
//! can be typed by nobody. What the secretary adds are texts: the proceedings
//! of each item, and the conclusion. Locking makes the PDF/A and opens it for
//! signing; after that nothing changes any more.

pub mod actions;
mod form;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// The minutes of a meeting.
    MinutesId;
}

crate::words! {
    MinutesState { Draft = "draft", Locked = "locked" }
}
