//! Work to be done after a transaction, and surely.
//!
//! A job is a row written in the transaction that caused it: if the one is
//! there, so is the other. A worker claims it, runs it, and marks it done. A
//! worker that is killed loses its claim after a while and the job runs again,
//! so every job must bear running twice.

mod store;
mod worker;

use serde::Serialize;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::db::{self, Tx};

pub use self::store::{JobRow, stuck, stuck_count};
pub use self::worker::{Handler, Outcome, Worker};

crate::id! {
    /// A job.
    JobId;
}
crate::column!(JobId as uuid::Uuid);

/// Tries before a job is given up and shown to the administrator.
const MOST_ATTEMPTS: i64 = 8;
/// How long a worker may hold a job before another takes it for dead.
const CLAIM_SECONDS: i64 = 300;

/// Queues a job; it starts after `tx` is committed.
pub async fn queue(tx: &mut Tx, kind: &str, payload: &impl Serialize, now: Timestamp) -> Result<(), Error> {
    queue_at(tx, kind, payload, now, now).await
}

/// As [`queue`], to start at a later moment.
pub async fn queue_at(
    tx: &mut Tx,
    kind: &str,
    payload: &impl Serialize,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    let payload = serde_json::to_string(payload)?;
    Ok(store::insert(tx, kind, &payload, run_at, now).await?)
}

/// Queues many jobs of a kind, each with the moment it starts at.
pub async fn queue_all<T: Serialize>(
    tx: &mut Tx,
    kind: &str,
    payloads: &[(T, Timestamp)],
    now: Timestamp,
) -> Result<(), Error> {
    let mut new = Vec::new();
    for (payload, run_at) in payloads {
        new.push((serde_json::to_string(payload)?, *run_at));
    }
    Ok(store::insert_all(tx, kind, &new, now).await?)
}

/// Takes more of a kind that are due, and marks them done in `tx`; gives their
/// payloads. For a job whose whole work is in the database: many of them share
/// one commit, and if `tx` is not committed they still wait.
pub async fn take_due<T: serde::de::DeserializeOwned>(
    tx: &mut Tx,
    kind: &str,
    most: i64,
    now: Timestamp,
) -> Result<Vec<T>, Error> {
    let taken = store::take_due(tx, kind, most, now).await?;
    taken.iter().map(|payload| Ok(serde_json::from_str(payload)?)).collect()
}

/// Puts a job that was given up back in the queue. False: there is none such.
pub async fn retry(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<bool, db::Error> {
    store::revive(tx, job, now).await
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("a job's payload cannot be written down or read")]
    Payload(#[from] serde_json::Error),
}

/// Why a job did not succeed this time.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Failure(String);

impl Failure {
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// The error with the whole chain of its causes.
    pub fn from_error(error: &dyn std::error::Error) -> Self {
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            text.push_str(": ");
            text.push_str(&next.to_string());
            cause = next.source();
        }
        Self(text)
    }
}

/// Reads the payload a job was queued with.
pub fn payload<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::from_error(&error))
}
