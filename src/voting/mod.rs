//! Votes: prepared, opened, cast in, closed and published with every
//! denominator.
//!
//! Open (named) votes: each member present has one ballot and may change it
//! until the vote closes, where the body's rule allows.

pub mod actions;
pub mod rules;
pub mod secret;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// A vote on one question.
    VoteId;
}
