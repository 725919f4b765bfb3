//! Addresses of outgoing documents.

use super::{AttachmentId, OutgoingId};

pub fn list() -> String {
    "/outgoing".to_owned()
}

/// The form for a new draft.
pub fn draft() -> String {
    "/outgoing/draft".to_owned()
}

/// The clerk's desk: to number, to seal, to issue.
pub fn desk() -> String {
    "/outgoing/desk".to_owned()
}

/// The organisation's seal, for the administrator.
pub fn seal() -> String {
    "/outgoing/seal".to_owned()
}

pub fn seal_picture() -> String {
    "/outgoing/seal/picture".to_owned()
}

pub fn document(document: OutgoingId) -> String {
    format!("/outgoing/{document}")
}

/// The newest bytes.
pub fn file(document: OutgoingId) -> String {
    format!("/outgoing/{document}/file")
}

/// An attachment's newest bytes.
pub fn attachment(document: OutgoingId, attachment: AttachmentId) -> String {
    format!("/outgoing/{document}/attachments/{attachment}")
}

/// What the layout check finds.
pub fn format(document: OutgoingId) -> String {
    format!("/outgoing/{document}/format")
}

/// The files (hồ sơ) it lies in; a page of the feature that keeps them.
pub fn files(document: OutgoingId) -> String {
    format!("/outgoing/{document}/files")
}
