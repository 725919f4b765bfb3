//! Hồ sơ: the files of an office, from the yearly list to the archive (NĐ
//! 30/2020, Điều 28–31).
//!
//! A file stands in the list (danh mục hồ sơ) of its year, is opened, takes
//! documents in, is closed after a check, and is handed in to the archive. A
//! document lies in a file by a row that names both, so it lies in several
//! without a copy. `outgoing` and `incoming` call a document filed while it
//! lies in at least one; only this feature tells them, in one transaction with
//! its own row.

pub mod actions;
pub mod export;
pub mod keeping;
mod metadata;
pub mod placing;
mod printing;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

pub use self::actions::FileError;
pub use self::keeping::{HAND_IN_JOB, remind};

crate::id! {
    /// A file.
    WorkFileId;
    /// A document's place in a file.
    PlacementId;
    /// One thing that was done with a file.
    EventId;
}
crate::column!(WorkFileId as uuid::Uuid);
crate::column!(PlacementId as uuid::Uuid);
crate::column!(EventId as uuid::Uuid);
crate::column!(rules::State as String);
crate::column!(rules::Act as String);
crate::column!(rules::Retention as String);
crate::column!(rules::Access as String);
