//! A file as a package to keep elsewhere: its documents as they are stored, in
//! the order of their dates, a table of contents, and the metadata of annex VI.
//! `docs/file-export.md` describes it.

mod package;

use bytes::Bytes;
use futures_util::Stream;
use serde_json::json;

use self::package::{Body, Entry, PackageError};
use super::WorkFileId;
use super::actions::{FileError, claim, find, log};
use super::metadata::{self, Document, Enclosed, Folder, Place, Reader, Stored};
use super::rules::{Act, may};
use super::store::{self, Of, Paper, WorkFile};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::fold;
use crate::identity::{self, Actor};
use crate::incoming::actions::IncomingError;
use crate::outgoing::OutgoingError;
use crate::web::App;

/// A file, ready to leave.
#[derive(Debug)]
pub struct Export {
    pub file: WorkFile,
    /// What lies in it, as its table of contents names it.
    pub papers: Vec<Paper>,
    folder: Folder,
    documents: Vec<Document>,
    /// The stored files, with their names in the package.
    entries: Vec<Entry>,
}

/// Gathers a file whole. Nobody takes along a document that they may not read.
pub async fn gather(tx: &mut Tx, actor: &Actor, id: WorkFileId) -> Result<Export, FileError> {
    let (file, standing) = find(tx, actor, id).await?;
    may(file.state, Act::Export, standing)?;
    let office = identity::store::organisation(tx, actor.organisation).await?;
    let papers = store::contents(tx, id).await?;
    let folder = metadata::folder(tx, &office, &file, &papers).await?;
    let reader = Reader { actor, office: &office, reads_all: standing.reads_all(file.state) };
    let (mut documents, mut entries, mut hidden) = (Vec::new(), Vec::new(), 0);
    for (ordinal, paper) in (1..).zip(&papers) {
        let place = Place { code: folder.code.clone(), ordinal: Some(ordinal) };
        match gather_one(tx, reader, paper, place).await {
            Ok(stored) => documents.push(enclosed(ordinal, stored, &mut entries)),
            Err(FileError::NotFound) => hidden += 1,
            Err(error) => return Err(error),
        }
    }
    if hidden > 0 {
        return Err(FileError::Hidden(hidden));
    }
    Ok(Export { file, papers, folder, documents, entries })
}

async fn gather_one(
    tx: &mut Tx,
    reader: Reader<'_>,
    paper: &Paper,
    place: Place,
) -> Result<Stored, FileError> {
    let found = match paper.of() {
        Some(Of::Outgoing(id)) => metadata::outgoing(tx, reader, id, vec![place]).await,
        Some(Of::Incoming(id)) => metadata::incoming(tx, reader, id, vec![place]).await,
        None => Err(FileError::NotFound),
    };
    found.map_err(|error| match error {
        FileError::Outgoing(OutgoingError::NotFound) | FileError::Incoming(IncomingError::NotFound) => {
            FileError::NotFound
        }
        other => other,
    })
}

/// A document with the names of its files, which become entries of the package.
fn enclosed(ordinal: i64, stored: Stored, entries: &mut Vec<Entry>) -> Document {
    let Stored { mut document, symbol, files } = stored;
    for (place, (title, hash)) in (0..).zip(files) {
        let path = path_of(ordinal, place, if place == 0 { &symbol } else { &title });
        document.enclosed.push(Enclosed { path: path.clone(), title, sha256: hash.to_string() });
        entries.push(Entry { name: path, body: Body::Stored(hash) });
    }
    document
}

/// "van-ban/003-05-qd-ubnd.pdf"; its second attachment "van-ban/003-phu-luc-02-danh-sach.pdf".
fn path_of(ordinal: i64, place: i64, text: &str) -> String {
    let text: String = fold(text).replace(' ', "-").chars().take(60).collect();
    match place {
        0 => format!("van-ban/{ordinal:03}-{text}.pdf"),
        _ => format!("van-ban/{ordinal:03}-phu-luc-{place:02}-{text}.pdf"),
    }
}

/// Writes down that a file leaves, who takes it, and how much it is.
pub async fn record(
    tx: &mut Tx,
    actor: &Actor,
    (id, export): (WorkFileId, &Export),
    now: Timestamp,
) -> Result<(), FileError> {
    let file = claim(tx, actor, id, Act::Export).await?;
    store::add_event(tx, id, (Act::Export, actor.person, ""), now).await?;
    let details = json!({ "notation": file.notation, "documents": export.documents.len() });
    log(tx, actor, "file_exported", &file, details, now).await
}

impl Export {
    /// What the package is called on the reader's disk.
    pub fn name(&self) -> String {
        format!("{} {}.zip", self.file.notation.replace('/', "-"), self.file.year)
    }

    /// The package, written while it is read: contents, metadata, then each
    /// document with its attachments.
    pub fn package(
        self,
        app: &App,
        contents: Vec<u8>,
    ) -> impl Stream<Item = Result<Bytes, PackageError>> + Send + 'static {
        let xml = metadata::written(&self.folder, &self.documents);
        let made = |name: &str, body: Vec<u8>| Entry { name: name.to_owned(), body: Body::Made(body.into()) };
        let mut entries = vec![made("muc-luc.pdf", contents), made("ho-so.xml", xml.into_bytes())];
        entries.extend(self.entries);
        package::stream(app.storage.clone(), entries)
    }
}
