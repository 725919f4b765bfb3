//! `/ByteRange` and `/Contents`: do the signed bytes make sense (ISO 32000-2 §12.8.1, §12.8.3.3)?
//!
//! Each check stops a published attack: universal forgery (a range or value that cannot be used),
//! signature wrapping (a second range moved behind inserted bytes), and their variants.

use std::collections::HashSet;
use std::ops::Range;

use crate::pdf::{Closing, Dict, Entry, Object, Pdf, PdfString, Revision};
use crate::verify::collect::Found;
use crate::verify::report::Coverage;

/// The two ranges of a signature whose form is right. Only [`byte_range`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ByteRange {
    /// From the start of the file to `/Contents`.
    pub(crate) before: Range<usize>,
    /// From `/Contents` to the end of what is signed.
    pub(crate) after: Range<usize>,
}

/// Reads `/ByteRange`: a direct array of exactly four integers that start at 0, ascend and stay in the file.
///
/// Reals, references, one range, three ranges, overlaps and sums that overflow are refused: each was used to
/// make a verifier hash something else than what is shown.
pub(crate) fn byte_range(dict: &Dict, file_length: usize) -> Result<ByteRange, &'static str> {
    let items = dict.get("ByteRange").and_then(Object::array).ok_or("byte-range")?;
    let numbers: Option<Vec<usize>> =
        items.iter().map(|n| n.integer().and_then(|n| n.try_into().ok())).collect();
    let numbers = numbers.ok_or("byte-range")?;
    let [0, first, start, length] = numbers.as_slice() else { return Err("byte-range") };
    let end = start.checked_add(*length).ok_or("byte-range")?;
    if *first == 0 || start <= first || *length == 0 || end > file_length {
        return Err("byte-range");
    }
    Ok(ByteRange { before: 0..*first, after: *start..end })
}

/// Checks that the gap is the hexadecimal token of `/Contents` itself, and nothing else.
pub(crate) fn gap(pdf: &Pdf<'_>, range: &ByteRange, contents: &PdfString) -> Result<(), &'static str> {
    let gap = range.before.end..range.after.start;
    let is_digit = |b: u8| b.is_ascii_hexdigit() || crate::pdf::is_space(b);
    let holds = |range: Range<usize>, is: &dyn Fn(u8) -> bool| pdf.input().all(range, is).unwrap_or(false);
    let (first, last) = (gap.start + 1, gap.end - 1);
    let is_token = gap.len() >= 2
        && holds(gap.start..first, &|b| b == b'<')
        && holds(last..gap.end, &|b| b == b'>')
        && holds(first..last, &is_digit);
    if !is_token {
        return Err("contents-gap");
    }
    // The parser's own span: a second /Contents elsewhere would have the value, this gap the blame.
    if contents.span == gap { Ok(()) } else { Err("contents-mismatch") }
}

/// Which revision the signed bytes are, checked to be complete and self-contained.
pub(crate) fn coverage(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &Found,
    range: &ByteRange,
) -> (Coverage, Result<(), &'static str>) {
    let end = range.after.end;
    let Some(revision) = revisions.get(found.revision) else {
        return (Coverage::Invalid, Err("not-a-revision"));
    };
    if pdf.is_repaired() {
        // Where revisions end was lost with the cross-reference; the file as a whole is judged for it.
        return (Coverage::Partial, Ok(()));
    }
    let closes = end.checked_sub(revision.end).is_some_and(|tail| tail <= 2)
        && pdf.input().all(revision.end..end, crate::pdf::is_space).unwrap_or(false);
    if !closes || revision.closing != Closing::Complete {
        return (Coverage::Partial, Err("not-a-revision"));
    }
    if !is_self_contained(pdf, revision, end) {
        return (Coverage::Partial, Err("outside-revision"));
    }
    let whole = end == pdf.length();
    (if whole { Coverage::EntireFile } else { Coverage::EntireRevision }, Ok(()))
}

/// Whether all sections and objects of a revision lie before `end`.
///
/// If one did not, the shorter file that was signed would read differently from what is shown of it.
fn is_self_contained(pdf: &Pdf<'_>, revision: &Revision, end: usize) -> bool {
    let view = pdf.at(revision.section, end);
    let mut known = HashSet::new();
    view.sections().iter().all(|section| {
        section.end <= end
            && section.hybrid_end <= end
            && section.entries.iter().all(|(number, entry)| match entry {
                // An entry that a newer section replaces is never read.
                Entry::InUse { offset, .. } => !known.insert(number) || offset < end,
                _ => {
                    known.insert(number);
                    true
                }
            })
    })
}
