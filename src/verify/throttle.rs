//! So many files or questions a minute from one address, kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::clock::Timestamp;

const MINUTE: i64 = 60;
/// Addresses remembered; past that, those of an earlier minute are forgotten.
const MOST_ADDRESSES: usize = 10_000;

#[derive(Clone, Debug)]
pub struct Throttle {
    most: u32,
    seen: Arc<Mutex<HashMap<String, Count>>>,
}

#[derive(Clone, Copy, Debug)]
struct Count {
    since: Timestamp,
    files: u32,
}

impl Throttle {
    /// Lets an address do a thing so many times a minute.
    pub fn new(most: u32) -> Self {
        Self { most, seen: Arc::default() }
    }

    /// Counts one more from an address. False: it must wait.
    pub fn admits(&self, address: &str, now: Timestamp) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_ADDRESSES {
            seen.retain(|_, count| now.seconds_since(count.since) < MINUTE);
        }
        let count = seen.entry(address.to_owned()).or_insert(Count { since: now, files: 0 });
        if now.seconds_since(count.since) >= MINUTE {
            *count = Count { since: now, files: 0 };
        }
        count.files = count.files.saturating_add(1);
        count.files <= self.most
    }
}

#[cfg(test)]
mod tests {
    use super::Throttle;
    use crate::clock::Timestamp;

    #[test]
    fn an_address_waits_for_the_next_minute_and_others_do_not() {
        let (throttle, now) = (Throttle::new(3), Timestamp::from_micros(0));
        for _ in 0..3 {
            assert!(throttle.admits("10.0.0.1", now));
        }
        assert!(!throttle.admits("10.0.0.1", now));
        assert!(throttle.admits("10.0.0.2", now));
        assert!(throttle.admits("10.0.0.1", now.plus_seconds(60)));
    }
}
