//! A file on its way in: on the local disk, hashed as it arrives.

use std::path::Path;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt};
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio_util::io::ReaderStream;

use super::{Error, Hash};

/// Bytes read from the disk at once.
const CHUNK: usize = 256 * 1024;

/// A file in the scratch folder; it goes away when this is dropped.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: TempPath,
    hasher: Sha256,
    size: u64,
    limit: u64,
}

impl Incoming {
    pub(super) async fn open(folder: &Path, limit: u64) -> Result<Self, Error> {
        let (file, path) = NamedTempFile::new_in(folder)?.into_parts();
        Ok(Self { file: File::from_std(file), path, hasher: Sha256::new(), size: 0, limit })
    }

    /// Adds bytes at the end.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.size += bytes.len() as u64;
        if self.size > self.limit {
            return Err(Error::TooLarge { limit: self.limit });
        }
        self.hasher.update(bytes);
        Ok(self.file.write_all(bytes).await?)
    }

    /// Makes everything written readable by path.
    pub async fn finish(&mut self) -> Result<(), Error> {
        Ok(self.file.flush().await?)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn hash(&self) -> Hash {
        Hash::from_hasher(self.hasher.clone())
    }

    /// The bytes in parts of exactly `part` bytes, but for the last.
    pub(super) async fn parts(
        &self,
        part: usize,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send, Error> {
        let chunks = ReaderStream::with_capacity(File::open(&self.path).await?, CHUNK);
        let state = (chunks, BytesMut::new(), false);
        Ok(futures_util::stream::try_unfold(state, move |(mut chunks, mut held, ended)| async move {
            let mut ended = ended;
            while held.len() < part && !ended {
                match chunks.try_next().await? {
                    Some(chunk) => held.extend_from_slice(&chunk),
                    None => ended = true,
                }
            }
            if held.is_empty() {
                return Ok(None);
            }
            let next = held.split_to(part.min(held.len())).freeze();
            Ok(Some((next, (chunks, held, ended))))
        }))
    }
}
