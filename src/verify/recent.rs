//! A few answers that were costly to come by, the latest asked for first.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

const MOST: usize = 64;

type Known<K, V> = VecDeque<(K, Arc<V>)>;

#[derive(Debug)]
pub(super) struct Recent<K, V> {
    known: Arc<Mutex<Known<K, V>>>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { known: Arc::default() }
    }
}

impl<K, V> Clone for Recent<K, V> {
    fn clone(&self) -> Self {
        Self { known: self.known.clone() }
    }
}

impl<K: PartialEq, V> Recent<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<Arc<V>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let at = known.iter().position(|(one, _)| one == key)?;
        let found = known.remove(at)?;
        let value = found.1.clone();
        known.push_front(found);
        Some(value)
    }

    pub(super) fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(one, _)| *one != key);
        known.push_front((key, value.clone()));
        known.truncate(MOST);
        value
    }
}
