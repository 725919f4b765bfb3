//! Opinions on papers: what a participant says on a paper before and during
//! the meeting, and what whoever prepared the paper answers.
//!
//! One opinion per person and paper of an item, open to change until the item
//! is over. Chair, secretary and whoever prepared the paper read all of them;
//! the members too, where the kind of meeting says so.

pub mod actions;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// What one person says on one paper.
    OpinionId;
}
