//! Addresses of files.

use super::WorkFileId;
use super::store::Of;
use crate::{incoming, outgoing};

/// The list of this year.
pub fn list() -> String {
    "/files".to_owned()
}

/// The list of a year.
pub fn year(year: i64) -> String {
    format!("/files?year={year}")
}

pub fn file(file: WorkFileId) -> String {
    format!("/files/{file}")
}

/// The files a document lies in, under the document's own address.
pub fn of_document(of: Of) -> String {
    format!("{}/files", document(of))
}

pub fn document(of: Of) -> String {
    match of {
        Of::Outgoing(id) => outgoing::urls::document(id),
        Of::Incoming(id) => incoming::urls::document(id),
    }
}
