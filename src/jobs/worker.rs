//! The worker: claims due jobs and runs them, one after the other.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;

use super::{Failure, JobRow, store};
use crate::clock::Clock;
use crate::db::{self, Db};

/// How often the worker looks by itself: for jobs that wait for a second try,
/// and those queued by another node.
const LOOK: Duration = Duration::from_secs(1);

pub type Outcome = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send>>;
/// Runs a job of one kind, given its payload.
pub type Handler = Arc<dyn Fn(Value) -> Outcome + Send + Sync>;

/// Runs jobs until the process ends.
pub struct Worker {
    pub db: Db,
    pub clock: Clock,
    pub handlers: HashMap<&'static str, Handler>,
    /// Rung after a commit that queued a job.
    pub bell: Arc<Notify>,
}

impl std::fmt::Debug for Worker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Worker").field("kinds", &self.handlers.keys()).finish_non_exhaustive()
    }
}

impl Worker {
    pub async fn run(self) {
        loop {
            if let Err(error) = self.run_due().await {
                tracing::error!(%error, "The job queue cannot be read");
            }
            // Woken or not: both lead to a look.
            let _ = tokio::time::timeout(LOOK, self.bell.notified()).await;
        }
    }

    /// Runs every job that is due now; returns how many.
    pub async fn run_due(&self) -> Result<usize, db::Error> {
        let mut ran = 0;
        loop {
            let mut tx = self.db.write().await?;
            let job = store::claim(&mut tx, self.clock.now()).await?;
            tx.commit().await?;
            let Some(job) = job else { return Ok(ran) };
            let outcome = self.run_one(&job).await;
            self.note(&job, outcome).await?;
            ran += 1;
        }
    }

    async fn run_one(&self, job: &JobRow) -> Result<(), Failure> {
        let handler = self.handlers.get(job.kind.as_str());
        let handler = handler.ok_or_else(|| Failure::new("no handler for this kind of job"))?;
        let payload = serde_json::from_str(&job.payload).map_err(|error| Failure::from_error(&error))?;
        // A task of its own, so that a panic in one job does not end the worker.
        let done = tokio::spawn(handler(payload)).await;
        done.map_err(|error| Failure::new(format!("the job broke off: {error}")))?
    }

    async fn note(&self, job: &JobRow, outcome: Result<(), Failure>) -> Result<(), db::Error> {
        let now = self.clock.now();
        let mut tx = self.db.write().await?;
        match outcome {
            Ok(()) => store::finish(&mut tx, job.id, now).await?,
            Err(failure) => {
                tracing::warn!(job.id = %job.id, job.kind = %job.kind, %failure, "A job failed");
                let next = now.plus_seconds(backoff_seconds(job.attempts));
                store::fail(&mut tx, job.id, &failure.to_string(), next).await?;
            }
        }
        tx.commit().await
    }
}

/// 4 s after the first failure, four times longer after each, a day at most.
fn backoff_seconds(attempts: i64) -> i64 {
    let exponent = u32::try_from(attempts.clamp(1, 8)).unwrap_or(8);
    4_i64.pow(exponent).min(86_400)
}
