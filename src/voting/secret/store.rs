//! SQL on the papers, the box and the published ballots of secret votes.

use super::key::PublicKey;
use super::rules::{Ballot, Code};
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::sql;
use crate::voting::VoteId;

/// What an open secret vote is run with.
#[derive(sqlx::FromRow)]
pub struct SecretBox {
    pub private_key: Vec<u8>,
    pub seal_key: Vec<u8>,
    pub sealed: Vec<u8>,
}

pub async fn insert_box(
    tx: &mut Tx,
    vote: VoteId,
    key: &PublicKey,
    contents: &SecretBox,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO secret_vote (vote_id, modulus, ballots) VALUES ($1, $2, 0)",
        vote, key.modulus.as_slice())?;
    sql!(tx => execute
        "INSERT INTO secret_box (vote_id, private_key, seal_key, sealed) VALUES ($1, $2, $3, $4)",
        vote, contents.private_key.as_slice(), contents.seal_key.as_slice(), contents.sealed.as_slice())?;
    Ok(())
}

/// The public key of a vote that is or was open, and how many ballots it has.
pub async fn public_side(tx: &mut Tx, vote: VoteId) -> Result<Option<(PublicKey, i64)>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT modulus, ballots FROM secret_vote WHERE vote_id = $1" as (Vec<u8>, i64), vote)?;
    Ok(row.map(|(modulus, ballots)| (PublicKey { modulus }, ballots)))
}

/// The box of an open vote; only for whoever holds the vote's row, since a
/// reader's connection would keep what it read in memory.
pub async fn open_box(tx: &mut Tx, vote: VoteId) -> Result<Option<SecretBox>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT private_key, seal_key, sealed FROM secret_box WHERE vote_id = $1" as SecretBox, vote)
}

/// Puts the box back with one ballot more in it.
pub async fn put_back(tx: &mut Tx, vote: VoteId, sealed: &[u8]) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE secret_box SET sealed = $2 WHERE vote_id = $1", vote, sealed)?;
    sql!(tx => execute "UPDATE secret_vote SET ballots = ballots + 1 WHERE vote_id = $1", vote)?;
    Ok(())
}

/// A paper issued: to whom, and over what.
#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Paper {
    pub holder_id: PersonId,
    pub blinded: Option<Vec<u8>>,
}

/// Writes down that a mandate got its paper. False: it had one already.
pub async fn insert_paper(
    tx: &mut Tx,
    vote: VoteId,
    member: PersonId,
    holder: PersonId,
    blinded: &[u8],
) -> Result<bool, db::Error> {
    let written = sql!(tx => execute
        "INSERT INTO ballot_paper (vote_id, member_id, holder_id, blinded) VALUES ($1, $2, $3, $4)
         ON CONFLICT (vote_id, member_id) DO NOTHING", vote, member, holder, blinded)?;
    Ok(written == 1)
}

pub async fn paper(tx: &mut Tx, vote: VoteId, member: PersonId) -> Result<Option<Paper>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT holder_id, blinded FROM ballot_paper WHERE vote_id = $1 AND member_id = $2" as Paper,
        vote, member)
}

/// Whose mandates got a paper, and who held them.
pub async fn papers(tx: &mut Tx, vote: VoteId) -> Result<Vec<(PersonId, PersonId)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT member_id, holder_id FROM ballot_paper WHERE vote_id = $1 ORDER BY member_id"
        as (PersonId, PersonId), vote)
}

/// Publishes the ballots and takes away what could open or forge them.
pub async fn publish(tx: &mut Tx, vote: VoteId, ballots: &[Ballot]) -> Result<(), db::Error> {
    for ballot in ballots {
        sql!(tx => execute
            "INSERT INTO secret_ballot (vote_id, code, choice, signature) VALUES ($1, $2, $3, $4)",
            vote, ballot.code.as_str(), ballot.choice.as_str(), ballot.signature.as_slice())?;
    }
    discard(tx, vote).await
}

/// Takes away the key, the box and what was blinded.
pub async fn discard(tx: &mut Tx, vote: VoteId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM secret_box WHERE vote_id = $1", vote)?;
    sql!(tx => execute "UPDATE ballot_paper SET blinded = NULL WHERE vote_id = $1", vote)?;
    Ok(())
}

/// The published ballots, by code.
pub async fn ballots(tx: &mut Tx, vote: VoteId) -> Result<Vec<Ballot>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT code, choice, signature FROM secret_ballot WHERE vote_id = $1 ORDER BY code"
        as (String, String, Vec<u8>), vote)?;
    let ballots = rows.into_iter().filter_map(|(code, choice, signature)| {
        Some(Ballot { code: Code::parse(&code)?, choice, signature })
    });
    Ok(ballots.collect())
}

/// Moves the table of boxes to new pages, where the database keeps changed
/// rows: what old versions are left of a box go with the old pages.
pub const FORGET_OLD_BOXES: &str = "VACUUM FULL secret_box";
