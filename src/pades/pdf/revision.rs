//! Revisions: the file as it ended each time it was saved (ISO 32000-2 §7.5.6).

use crate::pdf::xref::{Section, read_startxref};
use crate::pdf::{Input, Pdf, PdfError};

/// What closes a revision: which marks follow its last cross-reference section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// `startxref`, the right offset and `%%EOF`.
    Complete,
    /// One of them is missing or names another section.
    Incomplete,
}

/// One saved state of the file.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Index of its newest section in [`Pdf::sections`].
    pub section: usize,
    /// How many sections belong to it; two in a linearised file's first revision.
    pub sections: usize,
    /// The byte after its `%%EOF`, end of line not counted.
    pub end: usize,
    /// Whether the revision was closed as the standard wants.
    pub closing: Closing,
}

/// The revisions of a file, oldest first.
///
/// The two sections of a linearised file (ISO 32000-2 Annex F) count as one revision: its first-page section
/// stands before the section it follows.
pub fn revisions(pdf: &Pdf<'_>) -> Result<Vec<Revision>, PdfError> {
    let sections = pdf.sections();
    let mut revisions = Vec::new();
    let mut index = 0;
    while let Some(newest) = sections.get(index) {
        let older = sections.get(index + 1);
        let count = match older {
            Some(older) if older.offset > newest.offset => {
                if index + 2 != sections.len() {
                    return Err(PdfError::DamagedXref {
                        offset: newest.offset,
                        reason: "its /Prev points forward, which only a linearised file's does",
                    });
                }
                2
            }
            _ => 1,
        };
        let last = older.filter(|_| count == 2).unwrap_or(newest);
        let (end, closing) = close(pdf.input(), newest, last)?;
        revisions.push(Revision { section: index, sections: count, end, closing });
        index += count;
    }
    revisions.reverse();
    Ok(revisions)
}

/// Where a revision ends, looking from the end of its section that stands last in the file.
fn close(input: &Input<'_>, newest: &Section, last: &Section) -> Result<(usize, Closing), PdfError> {
    let found = input.parse(last.end, |mut lexer| {
        // Some writers leave a comment between the trailer and startxref.
        lexer.skip_space();
        Ok(read_startxref(lexer))
    })?;
    Ok(match found {
        Some(found) => {
            let right = found.has_eof && found.target == newest.offset;
            (found.end, if right { Closing::Complete } else { Closing::Incomplete })
        }
        None => (last.end, Closing::Incomplete),
    })
}
