//! SQL on the audit log.

use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::sql;

#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Head {
    pub sequence: i64,
    pub hash: Vec<u8>,
}

#[derive(Debug, sqlx::FromRow)]
pub(super) struct Entry {
    pub sequence: i64,
    pub at: Timestamp,
    pub actor_id: Option<Uuid>,
    pub act: String,
    pub subject: String,
    pub details: String,
    pub previous_hash: Vec<u8>,
    pub hash: Vec<u8>,
}

/// Entries read at once when a chain is checked.
const PAGE: i64 = 1_000;

/// Reads the end of a chain and holds it until `tx` ends.
pub(super) async fn claim_head(tx: &mut Tx, chain: Uuid) -> Result<Head, db::Error> {
    sql!(tx => execute
        "INSERT INTO audit_head (chain_id, sequence, hash) VALUES ($1, 0, $2)
         ON CONFLICT (chain_id) DO NOTHING", chain, vec![0_u8; 32])?;
    sql!(tx => fetch_one
        "UPDATE audit_head SET sequence = sequence WHERE chain_id = $1 RETURNING sequence, hash" as Head, chain)
}

pub(super) async fn append(tx: &mut Tx, chain: Uuid, entry: &Entry) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO audit_entry (chain_id, sequence, at, actor_id, act, subject, details, previous_hash, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        chain, entry.sequence, entry.at, entry.actor_id, entry.act.as_str(), entry.subject.as_str(),
        entry.details.as_str(), entry.previous_hash.as_slice(), entry.hash.as_slice())?;
    move_head(tx, chain, entry.sequence, &entry.hash).await
}

/// Writes entries down, the last of which is the new `head`.
pub(super) async fn append_all(
    tx: &mut Tx,
    chain: Uuid,
    entries: &[Entry],
    head: &Head,
) -> Result<(), db::Error> {
    sql!(tx => insert
        "INSERT INTO audit_entry (chain_id, sequence, at, actor_id, act, subject, details, previous_hash, hash) "
        of entries,
        |entry| chain, entry.sequence, entry.at, entry.actor_id, entry.act.as_str(), entry.subject.as_str(),
        entry.details.as_str(), entry.previous_hash.as_slice(), entry.hash.as_slice())?;
    move_head(tx, chain, head.sequence, &head.hash).await
}

async fn move_head(tx: &mut Tx, chain: Uuid, sequence: i64, hash: &[u8]) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE audit_head SET sequence = $2, hash = $3 WHERE chain_id = $1", chain, sequence, hash)?;
    Ok(())
}

pub(super) async fn heads(tx: &mut Tx) -> Result<Vec<(Uuid, Head)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT chain_id, sequence, hash FROM audit_head ORDER BY chain_id" as (Uuid, i64, Vec<u8>))?;
    Ok(rows.into_iter().map(|(chain, sequence, hash)| (chain, Head { sequence, hash })).collect())
}

pub(super) async fn entries_after(tx: &mut Tx, chain: Uuid, sequence: i64) -> Result<Vec<Entry>, db::Error> {
    sql!(tx => fetch_all
        "SELECT sequence, at, actor_id, act, subject, details, previous_hash, hash FROM audit_entry
         WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3" as Entry, chain, sequence, PAGE)
}

/// An entry as people read it.
#[derive(Debug, sqlx::FromRow)]
pub struct Line {
    pub sequence: i64,
    pub at: Timestamp,
    pub actor: Option<String>,
    pub act: String,
    pub subject: String,
}

/// The newest entries of a chain, with the names of those who acted.
pub async fn latest(tx: &mut Tx, chain: Uuid) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT audit_entry.sequence, audit_entry.at, person.full_name AS actor, audit_entry.act,
                audit_entry.subject
         FROM audit_entry LEFT JOIN person ON person.id = audit_entry.actor_id
         WHERE audit_entry.chain_id = $1 ORDER BY audit_entry.sequence DESC LIMIT 200" as Line, chain)
}

/// An entry as what is counted from it needs it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    pub sequence: i64,
    pub at: Timestamp,
    pub actor_id: Option<Uuid>,
    pub subject: String,
}

/// The entries of a chain after one, in order. A chain has no gaps and its
/// entries become visible in order, so who reads on from the last one they saw
/// misses none.
pub async fn events_after(
    tx: &mut Tx,
    chain: Uuid,
    sequence: i64,
    limit: i64,
) -> Result<Vec<Event>, db::Error> {
    sql!(tx => fetch_all
        "SELECT sequence, at, actor_id, subject FROM audit_entry
         WHERE chain_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3" as Event, chain, sequence, limit)
}

/// The number of the last entry of a chain.
pub async fn length(tx: &mut Tx, chain: Uuid) -> Result<i64, db::Error> {
    let row =
        sql!(tx => fetch_optional "SELECT sequence FROM audit_head WHERE chain_id = $1" as (i64,), chain)?;
    Ok(row.map_or(0, |(sequence,)| sequence))
}
