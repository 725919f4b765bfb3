//! A file on its way in: taken whole and checked, or refused with a reason.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};

use super::office::{self, ConvertError};
use super::renderer::{Renderer, Verdict};
use super::rules::{self, ENDS, Kind, Marking};
use crate::storage::{self, Hash, Incoming, Storage};
use crate::web::App;

/// A file that was taken and is stored; nothing refers to it yet.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The PDF people will read.
    pub hash: Hash,
    pub size: u64,
    /// As it was sent, cleaned.
    pub file_name: String,
    /// The title its name proposes.
    pub title: String,
    /// The office file the PDF was made from.
    pub source: Option<Hash>,
    pub pages: u32,
}

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("the file is empty")]
    Empty,
    #[error("the file is larger than {limit_mib} MiB")]
    TooLarge { limit_mib: u64 },
    #[error("the transfer broke off")]
    BrokenOff,
    #[error("the file is neither a PDF nor an office document")]
    NotADocument,
    #[error("the PDF's end is missing")]
    Truncated,
    #[error("the PDF cannot be read")]
    Unreadable,
    #[error("the PDF asks for a password")]
    NeedsPassword,
    #[error("the document bears the marking {}", .0.as_str())]
    Classified(Marking),
    #[error("the office file would unpack to too much")]
    Bomb,
    #[error("no program that converts office files is installed")]
    NoConverter,
    #[error("the office file cannot be converted")]
    NotConverted,
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("the file could not be examined")]
    Examine(#[from] std::io::Error),
}

/// Takes a file as it arrives and checks it; nothing is stored unless all of
/// it came and all of it passed. Dropped half-way, it leaves nothing.
pub async fn read_upload<E>(
    app: &App,
    file_name: &str,
    field: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Upload, UploadError> {
    let file_name = rules::file_name(file_name);
    if let Some(marking) = rules::marking_in_name(&file_name) {
        return Err(UploadError::Classified(marking));
    }
    let sent = receive(app, field).await?;
    let (head, tail) = ends(sent.path()).await?;
    let (pdf, source) = match rules::kind(&head) {
        Kind::Pdf if rules::is_complete(&tail) => (sent, None),
        Kind::Pdf => return Err(UploadError::Truncated),
        Kind::Other => return Err(UploadError::NotADocument),
        kind => (convert(app, kind, &sent).await?, Some(sent)),
    };
    let pages = inspect(&app.renderer, pdf.path()).await?;
    let source = match source {
        Some(sent) => Some(app.storage.keep(&sent).await?),
        None => None,
    };
    let hash = app.storage.keep(&pdf).await?;
    let title = rules::proposed_title(&file_name);
    Ok(Upload { hash, size: pdf.size(), file_name, title, source, pages })
}

async fn receive<E>(app: &App, field: impl Stream<Item = Result<Bytes, E>>) -> Result<Incoming, UploadError> {
    let limit_mib = app.config.upload_limit_mib;
    let mut incoming = app.storage.incoming(limit_mib.saturating_mul(1024 * 1024)).await?;
    let mut field = std::pin::pin!(field);
    while let Some(bytes) = field.try_next().await.map_err(|_| UploadError::BrokenOff)? {
        incoming.write(&bytes).await.map_err(|error| match error {
            storage::Error::TooLarge { .. } => UploadError::TooLarge { limit_mib },
            other => UploadError::Storage(other),
        })?;
    }
    incoming.finish().await?;
    if incoming.size() == 0 { Err(UploadError::Empty) } else { Ok(incoming) }
}

/// The first and the last bytes of a file.
async fn ends(path: &Path) -> Result<(Vec<u8>, Vec<u8>), std::io::Error> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut file = File::open(path)?;
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        (&mut file).take(ENDS as u64).read_to_end(&mut head)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(ENDS as u64)))?;
        file.read_to_end(&mut tail)?;
        Ok((head, tail))
    });
    read.await?
}

/// Makes a PDF of an office file.
async fn convert(app: &App, kind: Kind, sent: &Incoming) -> Result<Incoming, UploadError> {
    if kind == Kind::Zip {
        let path = sent.path().to_owned();
        let judged = tokio::task::spawn_blocking(move || office::judge_zip(&mut File::open(path)?));
        match judged.await.map_err(std::io::Error::from)?? {
            office::Zip::Office => {}
            office::Zip::Bomb => return Err(UploadError::Bomb),
            office::Zip::Other => return Err(UploadError::NotADocument),
        }
    }
    let made = office::convert(sent.path()).await.map_err(|error| match error {
        ConvertError::NoConverter => UploadError::NoConverter,
        ConvertError::Failed => UploadError::NotConverted,
        ConvertError::Io(error) => UploadError::Examine(error),
    })?;
    copy_in(&app.storage, made.path()).await
}

async fn copy_in(storage: &Storage, path: &Path) -> Result<Incoming, UploadError> {
    let mut incoming = storage.incoming(u64::MAX).await?;
    let mut chunks = tokio_util::io::ReaderStream::new(tokio::fs::File::open(path).await?);
    while let Some(bytes) = chunks.try_next().await? {
        incoming.write(&bytes).await?;
    }
    incoming.finish().await?;
    Ok(incoming)
}

/// Opens the PDF, counts its pages, and looks at the first for a marking.
async fn inspect(renderer: &Renderer, pdf: &Path) -> Result<u32, UploadError> {
    match renderer.inspect(pdf).await? {
        Verdict::Readable { first_page, .. } if let Some(marking) = marking_on(&first_page) => {
            Err(UploadError::Classified(marking))
        }
        Verdict::Readable { pages, .. } => Ok(pages),
        Verdict::NeedsPassword => Err(UploadError::NeedsPassword),
        Verdict::Unreadable => Err(UploadError::Unreadable),
    }
}

fn marking_on(lines: &[String]) -> Option<Marking> {
    rules::marking_in_lines(lines.iter().map(String::as_str))
}
