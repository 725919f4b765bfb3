//! The saved states of a file, byte for byte.

use pades::pdf::{Pdf, PdfError, revisions};
use pades::verify::{Coverage, FileReport, SignatureReport};

/// Where each saved state ends, oldest first. The bytes before are the file as it then was.
pub fn ends(bytes: &[u8]) -> Result<Vec<usize>, PdfError> {
    let pdf = Pdf::open(bytes)?;
    let found = revisions(&pdf)?;
    Ok(found.iter().map(|revision| after_line(bytes, revision.end)).collect())
}

/// A revision as it was saved ends after the line of its `%%EOF`.
fn after_line(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([b'\r' | b'\n', ..]) => end + 1,
        _ => end,
    }
}

/// The signature that closes a revision, counted from 1: the last of those
/// that cover all of it.
pub fn closer(report: &FileReport, revision: usize) -> Option<&SignatureReport> {
    report.signatures.iter().rfind(|one| {
        one.revision == revision && matches!(one.coverage, Coverage::EntireFile | Coverage::EntireRevision)
    })
}
