//! Records of votes, as they were written when the vote closed.

use super::super::VoteId;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::sql;

pub async fn insert_record(tx: &mut Tx, vote: VoteId, body: &str, head: &str) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO vote_record (vote_id, body, head) VALUES ($1, $2, $3)", vote, body, head)?;
    Ok(())
}

/// The body and its last hash.
pub async fn record(tx: &mut Tx, vote: VoteId) -> Result<Option<(String, String)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT body, head FROM vote_record WHERE vote_id = $1" as (String, String), vote)
}

/// The last hash of a vote's record, if there is one.
pub async fn record_head(tx: &mut Tx, vote: VoteId) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT head FROM vote_record WHERE vote_id = $1" as (String,), vote)?;
    Ok(row.map(|(head,)| head))
}

/// False: this person had signed it already.
pub async fn insert_record_signature(
    tx: &mut Tx,
    vote: VoteId,
    person: PersonId,
    cms: &[u8],
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "INSERT INTO vote_record_signature (vote_id, person_id, cms, signed_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (vote_id, person_id) DO NOTHING", vote, person, cms, now)?;
    Ok(changed == 1)
}

/// A signature on a record, with the name of who made it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SignatureLine {
    pub person_id: PersonId,
    pub full_name: String,
    pub cms: Vec<u8>,
    pub signed_at: Timestamp,
}

pub async fn record_signatures(tx: &mut Tx, vote: VoteId) -> Result<Vec<SignatureLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT vote_record_signature.person_id, person.full_name, vote_record_signature.cms,
                vote_record_signature.signed_at
         FROM vote_record_signature JOIN person ON person.id = vote_record_signature.person_id
         WHERE vote_record_signature.vote_id = $1
         ORDER BY vote_record_signature.signed_at, vote_record_signature.person_id" as SignatureLine, vote)
}
