//! Minutes: drafted from what happened, completed by the secretary, locked,
//! and signed by secretary and chair.
//!
//! Presence, times, speakers, answers, papers and results are read from the
//! meeting each time and can be typed by nobody. What the secretary adds are texts: the proceedings
//! of each item, and the conclusion. Two who type into the same text are merged
//! over the version both began with. Locking makes the PDF/A and opens it for
//! signing; after that nothing changes any more. What turns out wrong is put
//! right by a correction: minutes of their own, which name the ones before.

pub mod actions;
pub mod correction;
mod form;
mod gaps;
pub mod merge;
mod page;
pub mod record;
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
