//! Bytes that no cross-reference reaches. A viewer that repairs files may find objects there (ISA-2, ISA-3).

use std::ops::Range;

use crate::pdf::{Entry, Pdf, Ref, is_space};
use crate::verify::collect::find;

/// Whether something but white space stands behind the last `%%EOF`.
pub(crate) fn has_trailing_data(bytes: &[u8], end: usize) -> bool {
    bytes.get(end..).unwrap_or_default().iter().any(|b| !is_space(*b))
}

/// Whether a revision's bytes hold objects that neither it nor its cross-reference sections name.
pub(crate) fn has_unreferenced_objects(old: &Pdf<'_>, new: &Pdf<'_>, sections: usize) -> bool {
    let start = old.bytes().len();
    let mut claimed: Vec<Range<usize>> = Vec::new();
    for section in new.sections().iter().take(sections) {
        claimed.push(section.offset..section.end);
        for (number, entry) in &section.entries {
            if let Entry::InUse { offset, generation } = entry {
                let target = Ref { number: *number, generation: *generation };
                // What cannot be read claims nothing, and so shows up as unreferenced.
                claimed.extend(new.read_at(*offset, target).ok().and_then(|indirect| indirect.span));
            }
        }
    }
    claimed.sort_by_key(|range| range.start);
    let mut from = start;
    for range in claimed {
        if range.start > from && holds_object(new, from..range.start) {
            return true;
        }
        from = from.max(range.end);
    }
    holds_object(new, from..new.bytes().len())
}

fn holds_object(pdf: &Pdf<'_>, range: Range<usize>) -> bool {
    let bytes = pdf.bytes().get(range).unwrap_or_default();
    find(bytes, b" obj").is_some() || find(bytes, b"trailer").is_some()
}
