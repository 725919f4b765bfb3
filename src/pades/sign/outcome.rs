//! What signing gives back.

use jiff::Timestamp;

use crate::cms::timestamp::TimestampError;
use crate::trust::Missing;

/// What became of the timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampOutcome {
    /// None was asked for.
    NotRequested,
    /// It is in the signature, checked.
    Present(Timestamp),
    /// It was asked for, is not there, and this is why.
    Missing(TimestampError),
}

/// The level reached (EN 319 142-1 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// A signature.
    BB,
    /// A signature with a trusted time.
    BT,
    /// The same with all that is needed to judge it later.
    BLT,
    /// The same, protected by a document timestamp that can be renewed.
    BLTA,
}

/// What one appended revision holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevisionKind {
    /// A signature in its field.
    Signature,
    /// Certificates, OCSP answers and CRLs in the document security store (ISO 32000-2 §12.8.4).
    ValidationData,
    /// A document timestamp (ISO 32000-2 §12.8.5).
    DocumentTimestamp,
}

/// One appended revision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppendedRevision {
    /// What it holds.
    pub kind: RevisionKind,
    /// Its length in bytes; the revisions stand in `appended` one after the other.
    pub length: usize,
}

/// A finished signature.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Append these bytes to the original and nothing else.
    pub appended: Vec<u8>,
    /// The revisions that `appended` consists of, oldest first.
    pub revisions: Vec<AppendedRevision>,
    /// The level reached, which may be less than was wished for; see `timestamp`.
    pub level: Level,
    /// What became of the timestamp; where two were asked for, the one that is missing counts.
    pub timestamp: TimestampOutcome,
    /// What the certificates lack for the level wished for.
    pub missing: Vec<Missing>,
    /// Name of the field that holds the signature.
    pub field: String,
    /// The message digest that was signed, in hexadecimal.
    pub signature_digest: String,
}

impl Signed {
    /// The whole signed file. For large files write the two parts one after the other instead.
    pub fn onto(&self, original: &[u8]) -> Vec<u8> {
        [original, &self.appended].concat()
    }
}
