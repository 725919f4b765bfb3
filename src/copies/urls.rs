//! Addresses of copies.

use super::{CopyId, CopySignerId};
use crate::incoming::{self, IncomingId};
use crate::outgoing::{self, OutgoingId};

/// The copies that concern a person, and what waits for them.
pub fn list() -> String {
    "/copies".to_owned()
}

/// Where a clerk brings a scan of a paper.
pub fn scans() -> String {
    "/copies/scans".to_owned()
}

/// Who signs copies, and how they look.
pub fn settings() -> String {
    "/copies/settings".to_owned()
}

/// Where somebody's leave to sign is ended.
pub fn signer_end(signer: CopySignerId) -> String {
    format!("/copies/signers/{signer}/end")
}

pub fn copy(copy: CopyId) -> String {
    format!("/copies/{copy}")
}

/// The bytes that are to be sealed.
pub fn source(copy: CopyId) -> String {
    format!("/copies/{copy}/source")
}

/// The sealed copy.
pub fn file(copy: CopyId) -> String {
    format!("/copies/{copy}/file")
}

/// Where a copy of a copy is asked for, and those made are listed.
pub fn of_copy(copy: CopyId) -> String {
    format!("/copies/{copy}/copies")
}

/// The same of an outgoing document.
pub fn of_outgoing(id: OutgoingId) -> String {
    format!("{}/copies", outgoing::urls::document(id))
}

/// The same of an incoming document.
pub fn of_incoming(id: IncomingId) -> String {
    format!("{}/copies", incoming::urls::document(id))
}
