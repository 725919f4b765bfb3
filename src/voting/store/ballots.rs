//! Ballots of open votes.

use super::super::VoteId;
use super::super::rules::Way;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::sql;

/// One mandate's ballot.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ballot {
    pub member_id: PersonId,
    /// The key of an option.
    pub choice: String,
    pub way: Way,
    pub cast_by: PersonId,
    pub cast_at: Timestamp,
    /// CMS, where the rule asks for one.
    pub signature: Option<Vec<u8>>,
}

/// A ballot with the names of its member and of who cast it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NamedBallot {
    pub member_id: PersonId,
    pub full_name: String,
    pub choice: String,
    pub way: Way,
    pub cast_by: PersonId,
    pub caster: String,
    pub cast_at: Timestamp,
    pub signature: Option<Vec<u8>>,
}

/// Puts a ballot in, or in the place of the mandate's earlier one. The caller
/// holds the sheet and has decided that it may.
pub async fn put_ballot(tx: &mut Tx, vote: VoteId, ballot: &Ballot) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO ballot (vote_id, member_id, choice, way, cast_by, cast_at, signature)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (vote_id, member_id) DO UPDATE SET choice = excluded.choice, way = excluded.way,
                cast_by = excluded.cast_by, cast_at = excluded.cast_at, signature = excluded.signature",
        vote, ballot.member_id, ballot.choice.as_str(), ballot.way, ballot.cast_by, ballot.cast_at,
        ballot.signature.as_deref())?;
    Ok(())
}

pub async fn ballot_of(tx: &mut Tx, vote: VoteId, member: PersonId) -> Result<Option<Ballot>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT member_id, choice, way, cast_by, cast_at, signature FROM ballot
         WHERE vote_id = $1 AND member_id = $2" as Ballot, vote, member)
}

/// The ballots of a vote, by member.
pub async fn ballots_of(tx: &mut Tx, vote: VoteId) -> Result<Vec<Ballot>, db::Error> {
    sql!(tx => fetch_all
        "SELECT member_id, choice, way, cast_by, cast_at, signature FROM ballot
         WHERE vote_id = $1 ORDER BY member_id" as Ballot, vote)
}

/// The ballots of a vote, by name.
pub async fn ballots(tx: &mut Tx, vote: VoteId) -> Result<Vec<NamedBallot>, db::Error> {
    sql!(tx => fetch_all
        "SELECT ballot.member_id, person.full_name, ballot.choice, ballot.way, ballot.cast_by,
                caster.full_name AS caster, ballot.cast_at, ballot.signature
         FROM ballot JOIN person ON person.id = ballot.member_id JOIN person caster ON caster.id = ballot.cast_by
         WHERE ballot.vote_id = $1 ORDER BY person.folded_name, person.id" as NamedBallot, vote)
}

pub async fn count_ballots(tx: &mut Tx, vote: VoteId) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(member_id) FROM ballot WHERE vote_id = $1" as (i64,), vote)?;
    Ok(count)
}
