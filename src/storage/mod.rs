//! Files, kept under the hash of their bytes.
//!
//! A file comes in through [`Incoming`]: it is hashed while it is written to
//! the scratch folder, and stored only when it is complete. It is never
//! changed afterwards; reading it back checks the hash. Where the bytes lie, a
//! local folder or an S3-compatible server, nothing outside this module knows.
//!
//! What is signed grows at its end: [`Stored`] reads a file where needed, and
//! [`Storage::append`] makes a longer one of it that moves only what is new.

mod bucket;
mod folder;
mod incoming;
mod stored;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload};
use pades::pdf::Source as _;
use sha2::{Digest, Sha256};

use crate::config::Config;

use self::bucket::{Base, Bucket};
pub use self::incoming::Incoming;
pub use self::stored::Stored;

/// Bytes per part of an upload to the store; S3 takes no part under 5 MiB.
const PART: usize = 8 * 1024 * 1024;
/// From this length on a file is read in blocks and never held as a whole.
const LONG: u64 = 16 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the object storage refused")]
    Store(#[from] object_store::Error),
    #[error("the scratch folder cannot be used")]
    Scratch(#[from] std::io::Error),
    #[error("object {0} does not have the bytes it was stored with")]
    Altered(Hash),
    #[error("the address of the storage is neither file: nor s3://")]
    Address,
    #[error("the file is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the object cannot be read in blocks")]
    Blocks(#[source] std::io::Error),
    #[error("the folder of the objects cannot be written")]
    Folder(#[source] std::io::Error),
    #[error("the S3 server cannot be asked to copy")]
    Asking(#[source] reqwest::Error),
    #[error("the S3 server did not copy a part")]
    NotCopied,
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
}

impl From<reqwest::Error> for Error {
    /// Without the address, which carries a signature.
    fn from(error: reqwest::Error) -> Self {
        Self::Asking(error.without_url())
    }
}

/// SHA-256 of an object's bytes: its only name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash([u8; 32]);

impl Hash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    pub(crate) fn from_hasher(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The first eight digits: enough for a person to compare by eye.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = hex::FromHexError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(Self(bytes))
    }
}

crate::column!(Hash as String);

/// The object storage, shared by all.
#[derive(Clone, Debug)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    place: Place,
    scratch: PathBuf,
}

/// Where the objects lie: who makes a longer file of one must know.
#[derive(Clone, Debug)]
enum Place {
    Folder(Arc<LocalFileSystem>),
    Bucket(Bucket),
}

impl Storage {
    /// Opens the storage.
    pub async fn open(config: &Config) -> Result<Self, Error> {
        let (store, place): (Arc<dyn ObjectStore>, _) =
            if let Some(folder) = config.storage_url.strip_prefix("file:") {
                tokio::fs::create_dir_all(folder).await?;
                let folder = Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true));
                (folder.clone(), Place::Folder(folder))
            } else if let Some(name) = config.storage_url.strip_prefix("s3://") {
                let s3 = s3(config, name)?;
                (Arc::new(s3.clone()), Place::Bucket(Bucket::new(s3, name)?))
            } else {
                return Err(Error::Address);
            };
        let scratch = config.scratch.clone();
        tokio::fs::create_dir_all(&scratch).await?;
        Ok(Self { store, place, scratch })
    }

    /// Empties the scratch folder, once, before the service starts: what lies
    /// there belongs to uploads that a stop cut short.
    pub async fn clear_scratch(&self) -> Result<(), Error> {
        tokio::fs::remove_dir_all(&self.scratch).await?;
        Ok(tokio::fs::create_dir_all(&self.scratch).await?)
    }

    /// A new file on its way in, refused past `limit` bytes.
    pub async fn incoming(&self, limit: u64) -> Result<Incoming, Error> {
        Incoming::open(&self.scratch, limit).await
    }

    /// Stores bytes that are in memory already.
    pub async fn put(&self, bytes: impl Into<Bytes>) -> Result<Hash, Error> {
        let bytes = bytes.into();
        let hash = Hash::of(&bytes);
        self.create(&key(hash), bytes.into()).await?;
        Ok(hash)
    }

    /// Stores a complete incoming file.
    pub async fn keep(&self, incoming: &Incoming) -> Result<Hash, Error> {
        let hash = incoming.hash();
        let key = key(hash);
        if self.store.head(&key).await.is_ok() {
            return Ok(hash);
        }
        let mut upload = self.store.put_multipart(&key).await?;
        let sent = send_parts(upload.as_mut(), incoming).await;
        if sent.is_err() {
            // The parts sent so far are garbage; the first error is the one to tell.
            let _ = upload.abort().await;
        }
        sent?;
        Ok(hash)
    }

    /// Reads a whole object and checks its hash.
    pub async fn read(&self, hash: Hash) -> Result<Bytes, Error> {
        let bytes = self.store.get(&key(hash)).await?.bytes().await?;
        if Hash::of(&bytes) != hash { Err(Error::Altered(hash)) } else { Ok(bytes) }
    }

    /// Streams an object. The last chunk is held back until the hash of all
    /// is right, so a reader of altered bytes sees a broken transfer.
    pub async fn stream(
        &self,
        hash: Hash,
    ) -> Result<impl Stream<Item = Result<Bytes, Error>> + Send + 'static, Error> {
        let chunks = self.store.get(&key(hash)).await?.into_stream().map_err(Error::Store).boxed();
        let state = (chunks, Some(Sha256::new()), None::<Bytes>);
        Ok(futures_util::stream::try_unfold(state, move |(mut chunks, mut hasher, mut held)| async move {
            loop {
                let next = chunks.try_next().await?;
                match (next, hasher.take()) {
                    (_, None) => return Ok(None),
                    (Some(chunk), Some(mut running)) => {
                        running.update(&chunk);
                        hasher = Some(running);
                        if let Some(ready) = held.replace(chunk) {
                            return Ok(Some((ready, (chunks, hasher, held))));
                        }
                    }
                    (None, Some(running)) => {
                        if Hash::from_hasher(running) != hash {
                            return Err(Error::Altered(hash));
                        }
                        return Ok(held.take().map(|last| (last, (chunks, None, None))));
                    }
                }
            }
        }))
    }

    /// An object to read where needed, from a thread that may block.
    ///
    /// The hash of a short one is checked here, that of a long one by [`Storage::append`].
    pub async fn source(&self, hash: Hash) -> Result<Stored, Error> {
        let found = self.store.get(&key(hash)).await?;
        if found.meta.size >= LONG {
            let length = usize::try_from(found.meta.size).unwrap_or(usize::MAX);
            return Ok(Stored::fetched(hash, length, self.store.clone()));
        }
        let bytes = found.bytes().await?;
        if Hash::of(&bytes) != hash { Err(Error::Altered(hash)) } else { Ok(Stored::held(hash, bytes)) }
    }

    /// Stores an object's bytes with more at the end, under their own hash.
    ///
    /// A long object is copied where it lies; only what is new is sent, and memory does not grow with it.
    pub async fn append(&self, base: Stored, appended: Bytes) -> Result<Hash, Error> {
        if let Some(bytes) = base.whole() {
            return self.put([bytes, &appended].concat()).await;
        }
        let (from, length) = (key(base.hash()), base.length() as u64);
        let new = appended.clone();
        let hashing = move || base.hasher().map(|hasher| Hash::from_hasher(hasher.chain_update(&new)));
        let hash = tokio::task::spawn_blocking(hashing).await??;
        let target = key(hash);
        if self.store.head(&target).await.is_ok() {
            return Ok(hash);
        }
        match &self.place {
            Place::Bucket(bucket) => bucket.append(Base { key: &from, length }, appended, &target).await?,
            Place::Folder(folder) => {
                let (from, to) = (folder.path_to_filesystem(&from)?, folder.path_to_filesystem(&target)?);
                tokio::task::spawn_blocking(move || folder::append(&from, &appended, &to))
                    .await?
                    .map_err(Error::Folder)?;
            }
        }
        Ok(hash)
    }

    /// Copies an object to a local file that goes away when dropped.
    pub async fn copy_to_scratch(&self, hash: Hash) -> Result<Incoming, Error> {
        let mut copy = self.incoming(u64::MAX).await?;
        let mut chunks = std::pin::pin!(self.stream(hash).await?);
        while let Some(chunk) = chunks.try_next().await? {
            copy.write(&chunk).await?;
        }
        copy.finish().await?;
        Ok(copy)
    }

    /// Keeps something derived from an object, beside it, under a name.
    pub async fn put_derived(&self, hash: Hash, name: &str, bytes: Bytes) -> Result<(), Error> {
        self.create(&derived_key(hash, name), bytes.into()).await
    }

    /// Reads something derived, if it was made already.
    pub async fn read_derived(&self, hash: Hash, name: &str) -> Result<Option<Bytes>, Error> {
        match self.store.get(&derived_key(hash, name)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// True when something derived was made already.
    pub async fn has_derived(&self, hash: Hash, name: &str) -> Result<bool, Error> {
        match self.store.head(&derived_key(hash, name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes and reads back a small object: the storage works.
    pub async fn probe(&self) -> Result<(), Error> {
        let hash = self.put("storage probe".as_bytes()).await?;
        self.read(hash).await.map(|_| ())
    }

    /// Writes under a key that nobody has yet; the same bytes twice is fine.
    async fn create(&self, key: &Key, payload: PutPayload) -> Result<(), Error> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(key, payload, options).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

fn s3(config: &Config, bucket: &str) -> Result<AmazonS3, Error> {
    let builder = AmazonS3Builder::new()
        .with_endpoint(&config.s3_endpoint)
        .with_allow_http(config.s3_endpoint.starts_with("http://"))
        .with_region(&config.s3_region)
        .with_access_key_id(&config.s3_access_key)
        .with_secret_access_key(config.s3_secret_key.reveal())
        .with_bucket_name(bucket);
    Ok(builder.build()?)
}

async fn send_parts(upload: &mut dyn MultipartUpload, incoming: &Incoming) -> Result<(), Error> {
    let mut parts = std::pin::pin!(incoming.parts(PART).await?);
    while let Some(part) = parts.try_next().await? {
        upload.put_part(part.into()).await?;
    }
    upload.complete().await?;
    Ok(())
}

fn key(hash: Hash) -> Key {
    let name = hash.to_string();
    Key::from_iter(["objects", &name[..2], &name])
}

fn derived_key(hash: Hash, name: &str) -> Key {
    let hash = hash.to_string();
    Key::from_iter(["derived", &hash[..2], &hash, name])
}
