//! Addresses of votes.

use super::VoteId;

/// A vote: its sheet while it is open, its result afterwards.
pub fn vote(vote: VoteId) -> String {
    format!("/votes/{vote}")
}

/// Where the ballots of a sheet go.
pub fn ballots(vote: VoteId) -> String {
    format!("/votes/{vote}/ballots")
}
