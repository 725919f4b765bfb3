//! The saved states of a file, byte for byte.

use pades::pdf::{Pdf, PdfError, Source, revisions};
use pades::verify::{Coverage, FileReport, SignatureReport};

/// Where each saved state ends, oldest first. The bytes before are the file as it then was.
pub fn ends(file: &dyn Source) -> Result<Vec<usize>, PdfError> {
    let pdf = Pdf::open_source(file)?;
    let found = revisions(&pdf)?;
    Ok(found.iter().map(|revision| after_line(file, revision.end)).collect())
}

/// A revision as it was saved ends after the line of its `%%EOF`.
fn after_line(file: &dyn Source, end: usize) -> usize {
    let mut next = [0; 2];
    let length = file.length().saturating_sub(end).min(2);
    let Some(read) = next.get_mut(..length) else { return end };
    match (file.read_at(end, read), &*read) {
        (Ok(()), [b'\r', b'\n']) => end + 2,
        (Ok(()), [b'\r' | b'\n', ..]) => end + 1,
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
