//! Secret ballots: nobody can join a voter to a choice, not even whoever
//! holds the database, the logs and the memory.
//!
//! 1. Opening a vote makes a key for this vote alone ([`key`]).
//! 2. The page of each member who may vote makes a random code, blinds it and
//!    asks for a *ballot paper*: the session proves the right to vote, the
//!    server signs what it cannot read, and writes down whose mandate got one.
//! 3. The page takes the signature out of its blinding. Code, signature and
//!    choice are the *ballot*; it is cast without a session. The signature
//!    proves that it was paid with a paper, and no computation tells which.
//! 4. Ballots wait in one sealed box a vote, sorted by code ([`rules`],
//!    [`seal`]). Closing publishes them in that order, counts, and erases the
//!    key, the seal and the box.
//!
//! The code is the voter's receipt: it finds the ballot in the published list.
//! `docs/secret-votes.md` says what is promised, to whom, and where it ends.

use crate::db::{self, Db};

pub mod actions;
pub mod key;
pub mod rules;
pub mod seal;
pub mod store;
pub mod urls;
pub mod web;

/// The job that clears away what a closed vote left in the database.
pub const FORGET_JOB: &str = "forget_ballot_boxes";

/// Clears away old versions of ballot boxes, where a database keeps such.
pub async fn forget(db: &Db) -> Result<(), db::Error> {
    db.clear_away(store::FORGET_OLD_BOXES).await
}
