//! Speakers: who asks for the floor, in which order, who has it and for how
//! long; questionings with their answers, and points of order.
//!
//! One request of a kind per person and item, one floor per meeting: both are
//! held by the table. Whoever takes part may ask to speak; questionings and
//! points of order are the members' own.

pub mod actions;
pub mod floor;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// One person's request to speak on one item.
    RequestId;
}
