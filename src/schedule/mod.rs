//! The office's week, and each person's own calendar.
//!
//! The week shows the meetings a person may know of beside the other things
//! leaders do, which the Office approves. A person's calendar is an address
//! with a secret in it that a telephone asks: it holds their own meetings only,
//! and those that are restricted without their titles.

pub mod actions;
mod rules;
mod store;
pub mod urls;
pub mod web;

pub use self::actions::EntryDetails;

crate::id! {
    /// Something in the office's week that is no meeting.
    EntryId;
}
crate::column!(EntryId as uuid::Uuid);

crate::words! {
    EntryState { Draft = "draft", Approved = "approved" }
}
crate::column!(EntryState as String);
