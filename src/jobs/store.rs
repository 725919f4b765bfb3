//! SQL on the job table.

use super::{CLAIM_SECONDS, JobId, MOST_ATTEMPTS};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::sql;

/// A job as the administrator and the worker see it.
#[derive(Debug, sqlx::FromRow)]
pub struct JobRow {
    pub id: JobId,
    pub kind: String,
    pub payload: String,
    pub state: String,
    pub attempts: i64,
    pub run_at: Timestamp,
    pub last_error: Option<String>,
    pub created_at: Timestamp,
}

pub(super) async fn insert(
    tx: &mut Tx,
    kind: &str,
    payload: &str,
    run_at: Timestamp,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO job (id, kind, payload, state, attempts, run_at, claimed_until, created_at)
         VALUES ($1, $2, $3, 'waiting', 0, $4, 0, $5)", JobId::new(), kind, payload, run_at, now)?;
    Ok(())
}

pub(super) async fn insert_all(
    tx: &mut Tx,
    kind: &str,
    new: &[(String, Timestamp)],
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => insert
        "INSERT INTO job (id, kind, payload, state, attempts, run_at, claimed_until, created_at) " of new,
        |one| JobId::new(), kind, one.0.as_str(), "waiting", 0_i64, one.1, 0_i64, now)
}

/// Marks due jobs of a kind as done, those due longest first; gives their
/// payloads. The test for being free stands twice, as in [`claim`].
pub(super) async fn take_due(
    tx: &mut Tx,
    kind: &str,
    most: i64,
    now: Timestamp,
) -> Result<Vec<String>, db::Error> {
    let rows = sql!(tx => fetch_all
        "UPDATE job SET state = 'done', attempts = attempts + 1, finished_at = $2, last_error = NULL
         WHERE id IN (SELECT id FROM job WHERE kind = $1 AND state = 'waiting' AND run_at <= $2 AND claimed_until <= $2
                      ORDER BY run_at LIMIT $3)
           AND state = 'waiting' AND claimed_until <= $2
         RETURNING payload" as (String,), kind, now, most)?;
    Ok(rows.into_iter().map(|(payload,)| payload).collect())
}

/// Takes the job that is due longest.
///
/// The test for being free stands twice: two workers may pick the same row in
/// the inner query, and then only one passes the outer one.
pub(super) async fn claim(tx: &mut Tx, now: Timestamp) -> Result<Option<JobRow>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE job SET claimed_until = $2, attempts = attempts + 1
         WHERE id = (SELECT id FROM job WHERE state = 'waiting' AND run_at <= $1 AND claimed_until <= $1
                     ORDER BY run_at LIMIT 1)
           AND state = 'waiting' AND claimed_until <= $1
         RETURNING id, kind, payload, state, attempts, run_at, last_error, created_at" as JobRow,
        now, now.plus_seconds(CLAIM_SECONDS))
}

pub(super) async fn finish(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE job SET state = 'done', finished_at = $2, last_error = NULL WHERE id = $1", job, now)?;
    Ok(())
}

/// Notes a failure: tried again at `next`, or given up after too many.
pub(super) async fn fail(tx: &mut Tx, job: JobId, error: &str, next: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE job SET last_error = $2, run_at = $3, claimed_until = 0,
                state = CASE WHEN attempts >= $4 THEN 'dead' ELSE 'waiting' END
         WHERE id = $1", job, error, next, MOST_ATTEMPTS)?;
    Ok(())
}

pub(super) async fn revive(tx: &mut Tx, job: JobId, now: Timestamp) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE job SET state = 'waiting', attempts = 0, run_at = $2, claimed_until = 0
         WHERE id = $1 AND state <> 'done'", job, now)?;
    Ok(changed == 1)
}

/// Jobs that failed at least once and are not done, the oldest first.
pub async fn stuck(tx: &mut Tx) -> Result<Vec<JobRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, kind, payload, state, attempts, run_at, last_error, created_at FROM job
         WHERE state = 'dead' OR (state = 'waiting' AND last_error IS NOT NULL)
         ORDER BY created_at LIMIT 200" as JobRow)
}

pub async fn stuck_count(tx: &mut Tx) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one "SELECT count(id) FROM job WHERE state = 'dead'" as (i64,))?;
    Ok(count)
}
