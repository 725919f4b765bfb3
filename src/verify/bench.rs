//! The bench: few files are judged at a time, each within a deadline.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pades::verify::FileReport;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Disk, Grounds};
use crate::remote::Remote;

/// Files judged at the same time: each is held in memory whole.
const SEATS: usize = 2;
/// How long a file waits for a seat, and how long it may then take.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
const LONGEST_JUDGING: Duration = Duration::from_secs(60);
/// How long authorities are asked about the certificates of one file.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Bench {
    seats: Arc<Semaphore>,
}

/// The right to have one file judged.
#[derive(Debug)]
pub(super) struct Seat(OwnedSemaphorePermit);

/// A verdict, and where the states of the file end.
#[derive(Debug)]
pub(super) struct Judged {
    pub report: FileReport,
    pub ends: Vec<usize>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum BenchError {
    #[error("the file cannot be read back")]
    File(#[source] std::io::Error),
    #[error("too many files are being judged")]
    Busy,
    #[error("judging took too long")]
    TooLong,
    #[error("judging broke off")]
    Broken,
}

impl Default for Bench {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(SEATS)) }
    }
}

impl Bench {
    /// Waits for a seat; only then is the file read into memory.
    pub(super) async fn seat(&self) -> Result<Seat, BenchError> {
        match tokio::time::timeout(LONGEST_WAIT, self.seats.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(Seat(permit)),
            Ok(Err(_)) | Err(_) => Err(BenchError::Busy),
        }
    }
}

/// Judges a file. The seat is held until the work truly ends, so a file that
/// takes too long keeps others out instead of piling up.
pub(super) async fn judge(
    seat: Seat,
    path: PathBuf,
    grounds: Grounds,
    remote: Remote,
) -> Result<Judged, BenchError> {
    let work = tokio::task::spawn_blocking(move || {
        let _held = seat.0;
        let file = Disk::open(&path)?;
        Ok(Judged {
            report: super::judge(&file, &grounds, None, Some(&remote.lookup(PATIENCE))),
            // What cannot be read has no states either.
            ends: super::revision_ends(&file).unwrap_or_default(),
        })
    });
    match tokio::time::timeout(LONGEST_JUDGING, work).await {
        Ok(Ok(judged)) => judged.map_err(BenchError::File),
        Ok(Err(_)) => Err(BenchError::Broken),
        Err(_) => Err(BenchError::TooLong),
    }
}
