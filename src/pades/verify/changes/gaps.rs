//! Bytes that no cross-reference reaches. A viewer that repairs files may find objects there (ISA-2, ISA-3).

use std::ops::Range;

use crate::pdf::{Entry, Pdf, Ref, is_space};

/// Whether something but white space stands behind the last `%%EOF`.
pub(crate) fn has_trailing_data(pdf: &Pdf<'_>, end: usize) -> bool {
    !pdf.input().all(end..pdf.length(), is_space).unwrap_or(false)
}

/// Whether a revision's bytes hold objects that neither it nor its cross-reference sections name.
pub(crate) fn has_unreferenced_objects(old: &Pdf<'_>, new: &Pdf<'_>, sections: usize) -> bool {
    let start = old.length();
    let mut claimed: Vec<Range<usize>> = Vec::new();
    for section in new.sections().iter().take(sections) {
        claimed.push(section.offset..section.end);
        for (number, entry) in section.entries.iter() {
            if let Entry::InUse { offset, generation } = entry {
                let target = Ref { number, generation };
                // What cannot be read claims nothing, and so shows up as unreferenced.
                claimed.extend(new.read_at(offset, target).ok().and_then(|indirect| indirect.span));
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
    holds_object(new, from..new.length())
}

fn holds_object(pdf: &Pdf<'_>, range: Range<usize>) -> bool {
    // What cannot be read may hold anything.
    pdf.input().contains(range, &[b" obj", b"trailer"]).unwrap_or(true)
}
