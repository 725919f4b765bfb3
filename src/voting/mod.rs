//! Votes: prepared, opened, cast in, closed and published with every
//! denominator.
//!
//! Each member of the body has one mandate; somebody else holds it only while
//! the member is absent, and only where the body's rule says so. What a vote
//! came to is written down in a record that anybody can count again.

pub mod actions;
pub mod record;
pub mod rules;
pub mod secret;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// A vote on one question.
    VoteId;
}
