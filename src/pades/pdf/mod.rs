//! Bytes and revisions: what a PDF file says, and where in the file it says it (ISO 32000-2 §7).
//!
//! The reader is lazy: it reads the cross-reference sections and then only the objects asked for. It keeps
//! byte spans, because a signature speaks of bytes and not of values. A file whose cross-reference is damaged
//! is searched for its objects, and says so: two viewers may read it differently, so no verdict on it is good,
//! and it is appended to only if there was nothing to choose.

mod access;
mod cipher;
mod encryption;
mod entries;
mod error;
mod file;
mod filters;
mod lexer;
mod object;
mod object_stream;
mod pages;
mod parser;
mod password;
mod places;
mod repair;
mod revision;
mod search;
mod source;
mod update;
mod write;
mod xref;
mod xref_stream;
mod xref_table;

pub use entries::Entries;
pub use error::PdfError;
pub use file::{Indirect, Pdf};
pub use object::{Dict, Name, Object, PdfString, Ref, Stream};
pub use pages::{Page, page, page_count, pages};
pub use password::Password;
pub use revision::{Closing, Revision, revisions};
pub use source::{Input, Source};
pub use xref::{Entry, Section, SectionKind};

pub(crate) use encryption::Encryption;
pub(crate) use lexer::is_space;
pub(crate) use parser::Parser;
pub(crate) use search::WordSearch;
pub(crate) use update::{Appended, SignatureBody, Update};
pub(crate) use write::{write_dict, write_object};
