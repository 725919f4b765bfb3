//! Files that strangers asked to have kept, for half an hour and no longer.
//!
//! They lie in the scratch folder, which is emptied at each start, and are
//! known to this process alone: nothing in the database or the storage names
//! them. Whoever holds the address, 128 random bits, may look.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;

use crate::clock::{Clock, Timestamp};
use crate::storage::Incoming;

/// How long a file is kept, in seconds.
pub(super) const KEPT_SECONDS: i64 = 30 * 60;
/// Most that all of them take on the disk, and how many there may be.
const MOST_BYTES: u64 = 2 << 30;
const MOST_FILES: usize = 200;

/// A file on the shelf; the disk has it as long as someone holds this.
#[derive(Debug)]
pub(super) struct Kept {
    pub file: Incoming,
    pub name: String,
    pub until: Timestamp,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    kept: Arc<Mutex<HashMap<String, Arc<Kept>>>>,
}

impl Shelf {
    /// Keeps a file and gives the secret that finds it. `None`: there is no
    /// room. Others' files are not pushed out, or anyone could empty the shelf.
    pub(super) fn keep(
        &self,
        file: Incoming,
        name: String,
        clock: &Clock,
    ) -> Result<Option<String>, ErrorStack> {
        let mut secret = [0_u8; 16];
        rand_bytes(&mut secret)?;
        let secret = hex::encode(secret);
        let now = clock.now();
        let mut kept = self.lock();
        kept.retain(|_, one| now < one.until);
        let taken: u64 = kept.values().map(|one| one.file.size()).sum();
        if kept.len() >= MOST_FILES || taken.saturating_add(file.size()) > MOST_BYTES {
            return Ok(None);
        }
        let until = now.plus_seconds(KEPT_SECONDS);
        kept.insert(secret.clone(), Arc::new(Kept { file, name, until }));
        drop(kept);
        self.clone().wipe_later(clock.clone());
        Ok(Some(secret))
    }

    pub(super) fn find(&self, secret: &str, now: Timestamp) -> Option<Arc<Kept>> {
        let mut kept = self.lock();
        kept.retain(|_, one| now < one.until);
        kept.get(secret).cloned()
    }

    /// Takes files away when their time is over, whether or not anyone comes.
    fn wipe_later(self, clock: Clock) {
        tokio::spawn(async move {
            let seconds = u64::try_from(KEPT_SECONDS).unwrap_or(0);
            tokio::time::sleep(Duration::from_secs(seconds + 1)).await;
            let now = clock.now();
            self.lock().retain(|_, one| now < one.until);
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Kept>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
