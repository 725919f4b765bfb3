//! A package as a ZIP that is written while it is read: no file of it is ever
//! in memory as a whole, and a slow reader slows the writer down.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::storage::{self, Hash, Storage};

/// Chunks that wait for a slow reader.
const WAITING: usize = 4;

/// A file of the package.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Made for the package.
    Made(Bytes),
    /// As it is stored, byte for byte.
    Stored(Hash),
}

#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error("the package cannot be written")]
    Io(#[from] io::Error),
    #[error("the package cannot be put together")]
    Zip(#[from] zip::result::ZipError),
    #[error("a document of the package cannot be read")]
    Storage(#[from] storage::Error),
    #[error("nobody reads the package any more")]
    Gone,
}

/// The ZIP of these entries, in this order. What goes wrong on the way breaks
/// the transfer off: the end of a ZIP is its table of contents, so half a
/// package never looks like a whole one.
pub fn stream(
    storage: Storage,
    entries: Vec<Entry>,
) -> impl Stream<Item = Result<Bytes, PackageError>> + Send + 'static {
    let (to, from) = mpsc::channel(WAITING);
    tokio::spawn(async move {
        match write(&storage, entries, &to).await {
            Ok(()) | Err(PackageError::Gone) => {}
            Err(error) => {
                tracing::error!(%error, "A file could not be exported to its end");
                // Whoever is gone meanwhile need not hear it.
                let _ = to.send(Err(error)).await;
            }
        }
    });
    ReceiverStream::new(from)
}

type Reader = mpsc::Sender<Result<Bytes, PackageError>>;

async fn write(storage: &Storage, entries: Vec<Entry>, to: &Reader) -> Result<(), PackageError> {
    // PDFs are compressed already; stored, they can be compared without unpacking.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true);
    let pouch = Pouch::default();
    let mut zip = ZipWriter::new_stream(pouch.clone());
    for entry in entries {
        zip.start_file(entry.name, options)?;
        match entry.body {
            Body::Made(bytes) => zip.write_all(&bytes)?,
            Body::Stored(hash) => {
                let mut chunks = storage.stream(hash).await?.boxed();
                // The last bytes come only once the hash of all is right.
                while let Some(chunk) = chunks.try_next().await? {
                    zip.write_all(&chunk)?;
                    pouch.empty_to(to).await?;
                }
            }
        }
        pouch.empty_to(to).await?;
    }
    zip.finish()?;
    pouch.empty_to(to).await
}

/// What the ZIP has written and nobody has taken yet.
#[derive(Clone, Debug, Default)]
struct Pouch(Arc<Mutex<Vec<u8>>>);

impl Pouch {
    async fn empty_to(&self, to: &Reader) -> Result<(), PackageError> {
        let taken = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        to.send(Ok(taken.into())).await.map_err(|_| PackageError::Gone)
    }
}

impl Write for Pouch {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
