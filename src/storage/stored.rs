//! A stored file that is read where needed, and not as a whole.

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use pades::pdf::Source;
use sha2::{Digest, Sha256};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::{Error, Hash};

/// Bytes read from the storage at once.
const BLOCK: usize = 1 << 20;
/// Blocks kept in memory: the tables at a file's end, and what lies around the place being read.
const KEPT: usize = 8;

/// An object of the storage, read in blocks; a short one is in memory.
///
/// It blocks, so it is for threads that may: on one that runs tasks it panics. Blocks are hashed in passing, in
/// the order of the file, so that who read it all once need not read it again to know its hash.
#[derive(Debug)]
pub struct Stored {
    hash: Hash,
    length: usize,
    data: Data,
}

#[derive(Debug)]
enum Data {
    Held(Bytes),
    Fetched(Box<Fetcher>),
}

impl Stored {
    pub(super) fn held(hash: Hash, bytes: Bytes) -> Self {
        Self { hash, length: bytes.len(), data: Data::Held(bytes) }
    }

    /// An object of `length` bytes; the runtime it is called on does the reading.
    pub(super) fn fetched(hash: Hash, length: usize, store: Arc<dyn ObjectStore>) -> Self {
        let (runtime, key) = (Handle::current(), super::key(hash));
        let fetcher = Fetcher { store, key, length, runtime, blocks: Mutex::default() };
        Self { hash, length, data: Data::Fetched(Box::new(fetcher)) }
    }

    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The hash of the bytes so far, to go on with; refused if they are not those that were stored.
    ///
    /// Reads what was not read in order yet.
    pub(super) fn hasher(&self) -> Result<Sha256, Error> {
        let hasher = match &self.data {
            Data::Held(bytes) => Sha256::new_with_prefix(bytes),
            Data::Fetched(fetcher) => fetcher.hasher().map_err(Error::Blocks)?,
        };
        // Else bytes altered in the storage would get a new name, and with it look sound.
        if Hash::from_hasher(hasher.clone()) != self.hash {
            Err(Error::Altered(self.hash))
        } else {
            Ok(hasher)
        }
    }
}

impl Source for Stored {
    fn length(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        match &self.data {
            Data::Fetched(fetcher) => fetcher.read_at(offset, into),
            Data::Held(bytes) => {
                let found = bytes.get(offset..offset.saturating_add(into.len()));
                into.copy_from_slice(found.ok_or(io::ErrorKind::UnexpectedEof)?);
                Ok(())
            }
        }
    }

    fn whole(&self) -> Option<&[u8]> {
        match &self.data {
            Data::Held(bytes) => Some(bytes),
            Data::Fetched(_) => None,
        }
    }
}

/// Reads blocks, keeps the last ones used, and asks for the next when they are read in order.
struct Fetcher {
    store: Arc<dyn ObjectStore>,
    key: Key,
    length: usize,
    runtime: Handle,
    blocks: Mutex<Blocks>,
}

#[derive(Default)]
struct Blocks {
    /// The one used last stands last.
    kept: VecDeque<(usize, Bytes)>,
    ahead: Option<(usize, JoinHandle<object_store::Result<Bytes>>)>,
    /// The block fetched last.
    newest: Option<usize>,
    /// All blocks before this one are in the hash.
    unhashed: usize,
    hasher: Sha256,
}

impl Fetcher {
    fn read_at(&self, offset: usize, into: &mut [u8]) -> io::Result<()> {
        let (mut at, mut rest) = (offset, into);
        while !rest.is_empty() {
            let block = self.block(at / BLOCK)?;
            let found = block.get(at % BLOCK..).filter(|found| !found.is_empty());
            let found = found.ok_or(io::ErrorKind::UnexpectedEof)?;
            let (now, later) = rest.split_at_mut(found.len().min(rest.len()));
            now.copy_from_slice(found.get(..now.len()).unwrap_or_default());
            at += now.len();
            rest = later;
        }
        Ok(())
    }

    fn hasher(&self) -> io::Result<Sha256> {
        loop {
            let (next, hasher) = {
                let blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
                (blocks.unhashed, blocks.hasher.clone())
            };
            if next >= self.length.div_ceil(BLOCK) {
                return Ok(hasher);
            }
            self.block(next)?;
        }
    }

    fn block(&self, number: usize) -> io::Result<Bytes> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = blocks.kept.iter().position(|(kept, _)| *kept == number);
        let bytes = match kept.and_then(|place| blocks.kept.remove(place)) {
            Some((_, bytes)) => bytes,
            None => self.fetch(&mut blocks, number)?,
        };
        blocks.kept.push_back((number, bytes.clone()));
        if blocks.kept.len() > KEPT {
            blocks.kept.pop_front();
        }
        if number == blocks.unhashed {
            blocks.hasher.update(&bytes);
            blocks.unhashed += 1;
        }
        Ok(bytes)
    }

    fn fetch(&self, blocks: &mut Blocks, number: usize) -> io::Result<Bytes> {
        let asked = blocks.ahead.take().filter(|(ahead, _)| *ahead == number);
        let task = asked.map_or_else(|| self.ask(number), |(_, task)| task);
        let is_in_order = number.checked_sub(1) == blocks.newest && number > 0;
        if is_in_order && !self.range(number + 1).is_empty() {
            blocks.ahead = Some((number + 1, self.ask(number + 1)));
        }
        let bytes = self.runtime.block_on(task)??;
        if bytes.len() != self.range(number).len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        blocks.newest = Some(number);
        Ok(bytes)
    }

    fn ask(&self, number: usize) -> JoinHandle<object_store::Result<Bytes>> {
        let (store, key, range) = (self.store.clone(), self.key.clone(), self.range(number));
        let range = range.start as u64..range.end as u64;
        self.runtime.spawn(async move { store.get_range(&key, range).await })
    }

    fn range(&self, number: usize) -> Range<usize> {
        let start = number.saturating_mul(BLOCK).min(self.length);
        start..start.saturating_add(BLOCK).min(self.length)
    }
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetcher")
            .field("key", &self.key)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
