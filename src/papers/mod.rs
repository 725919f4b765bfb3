//! Papers: PDF files that people read, in versions that never change.
//!
//! A file comes in whole or not at all ([`actions::read_upload`]): streamed to
//! the scratch folder, judged by its content, refused with a sentence when it
//! cannot be taken, and stored under its hash. Pages, words and pictures are
//! derived from it beside the bytes, never in them. Foreign PDFs are read by
//! [`Renderer`], in a process of its own, so that one made to break a reader
//! breaks nothing else.
//!
//! Who may read a paper is decided by the feature that shows it and written
//! down here with [`actions::set_readers`].

pub mod actions;
mod derive;
mod drawing;
mod faces;
mod made;
mod office;
mod pages;
mod renderer;
mod rules;
mod search;
pub(crate) mod seed;
mod sheet;
mod store;
mod upload;
pub mod urls;
pub mod web;
mod words;

pub use self::actions::{PaperError, Reading};
pub use self::derive::{DERIVE_JOB, derive};
pub use self::drawing::{Task, limit as limit_reader, run as render};
pub use self::faces::Face;
pub use self::office::probe as converts_office_files;
pub use self::pages::{PageWords, folded_pages, pages_of, print_of, versions_of};
pub use self::renderer::{Changes, ComparedPage, Copy, DrawError, Renderer, Sheets, SheetsError};
pub use self::rules::{Marking, file_name, marking_in_lines, marking_in_name};
pub use self::sheet::{Piece, Sheet, Stroke};
pub use self::store::{Version, latest_version, version};
pub use self::upload::{Upload, UploadError};
pub use self::words::Word;

/// One empty page: what every reader and signer can deal with, to try them.
pub const BLANK: &[u8] = include_bytes!("blank.pdf");

crate::id! {
    /// A paper: what an agenda lists.
    PaperId;
    /// One uploaded file of a paper.
    VersionId;
}
crate::column!(PaperId as uuid::Uuid);
crate::column!(VersionId as uuid::Uuid);

crate::words! {
    /// How far a version has come.
    State {
        /// Its pages are being read; the bytes are safe already.
        Deriving = "deriving",
        Ready = "ready",
        /// Kept, but our reader cannot show it.
        Unreadable = "unreadable",
    }
}
crate::column!(State as String);
