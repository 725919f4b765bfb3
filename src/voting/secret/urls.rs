//! Addresses of secret ballots.

use crate::voting::VoteId;

/// Where a ballot paper is asked for, by name.
pub fn papers(vote: VoteId) -> String {
    format!("/votes/{vote}/ballot-papers")
}

/// Where a ballot is cast, without one.
pub fn ballots(vote: VoteId) -> String {
    format!("/votes/{vote}/secret-ballots")
}
