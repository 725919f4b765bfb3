//! The log of every act, chained by hashes.
//!
//! A row is written in the transaction of the act it tells of, so neither is
//! ever there without the other. Each row holds the hash of the one before:
//! changing, removing or inserting a row breaks every hash after it, and
//! [`verify`] names the first that does not fit.

mod store;

use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::db::{self, Tx};

/// One act, as it is told.
#[derive(Debug)]
pub struct Act<'a> {
    /// The organisation's chain; nil for the installation's own.
    pub chain: Uuid,
    pub actor: Option<Uuid>,
    /// What was done, in snake_case: `ballot_cast`.
    pub act: &'a str,
    /// What it was done to: `vote:018f…`.
    pub subject: String,
    pub details: Value,
}

/// Adds an act to its chain.
pub async fn record(tx: &mut Tx, act: Act<'_>, at: Timestamp) -> Result<(), db::Error> {
    let chain = act.chain;
    let head = store::claim_head(tx, chain).await?;
    store::append(tx, chain, &entry(chain, &head, act, at)).await
}

/// Adds many acts to the chain they all belong to, in their order.
pub async fn record_all(
    tx: &mut Tx,
    chain: Uuid,
    acts: impl IntoIterator<Item = (Act<'_>, Timestamp)>,
) -> Result<(), db::Error> {
    let mut head = store::claim_head(tx, chain).await?;
    let mut entries = Vec::new();
    for (act, at) in acts {
        let entry = entry(chain, &head, act, at);
        head = store::Head { sequence: entry.sequence, hash: entry.hash.clone() };
        entries.push(entry);
    }
    store::append_all(tx, chain, &entries, &head).await
}

/// The entry that tells of an act, after the end of its chain.
fn entry(chain: Uuid, head: &store::Head, act: Act<'_>, at: Timestamp) -> store::Entry {
    let entry = store::Entry {
        sequence: head.sequence + 1,
        at,
        actor_id: act.actor,
        act: act.act.to_owned(),
        subject: act.subject,
        details: act.details.to_string(),
        previous_hash: head.hash.clone(),
        hash: Vec::new(),
    };
    let hash = hash_of(chain, &entry);
    store::Entry { hash, ..entry }
}

pub use self::store::{Event, Line, events_after, latest, length};

/// What checking a chain found.
#[derive(Debug, PartialEq, Eq)]
pub enum Finding {
    Intact {
        entries: i64,
    },
    /// The first entry that is missing, changed, or does not follow its predecessor.
    Broken {
        sequence: i64,
    },
}

/// Checks every chain, entry by entry.
pub async fn verify(tx: &mut Tx) -> Result<Finding, db::Error> {
    let mut entries = 0;
    for (chain, head) in store::heads(tx).await? {
        let mut previous = store::Head { sequence: 0, hash: vec![0; 32] };
        while previous.sequence < head.sequence {
            let page = store::entries_after(tx, chain, previous.sequence).await?;
            if page.is_empty() {
                return Ok(Finding::Broken { sequence: previous.sequence + 1 });
            }
            for entry in page {
                let follows = entry.sequence == previous.sequence + 1 && entry.previous_hash == previous.hash;
                if !follows || entry.hash != hash_of(chain, &entry) {
                    return Ok(Finding::Broken { sequence: previous.sequence + 1 });
                }
                entries += 1;
                previous = store::Head { sequence: entry.sequence, hash: entry.hash };
            }
        }
        if previous != head {
            return Ok(Finding::Broken { sequence: head.sequence });
        }
    }
    Ok(Finding::Intact { entries })
}

/// SHA-256 over every field, each with its length before it, so that no two
/// different entries give the same bytes.
fn hash_of(chain: Uuid, entry: &store::Entry) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let actor = entry.actor_id.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let fields: [&[u8]; 8] = [
        chain.as_bytes(),
        &entry.sequence.to_be_bytes(),
        &entry.at.as_micros().to_be_bytes(),
        &actor,
        entry.act.as_bytes(),
        entry.subject.as_bytes(),
        entry.details.as_bytes(),
        &entry.previous_hash,
    ];
    for field in fields {
        hasher.update((field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    hasher.finalize().to_vec()
}
