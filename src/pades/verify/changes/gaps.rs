//! Bytes that no cross-reference reaches. A viewer that repairs files may find objects there (ISA-2, ISA-3).

use std::ops::Range;

use crate::pdf::{Entry, Pdf, Ref, is_space};

/// What may stand before the keyword of an object (ISO 32000-2 Table 1).
const SPACES: [u8; 6] = [0, 9, 10, 12, 13, 32];

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
        // The stream that a hybrid table names need not be listed anywhere.
        let hidden = section.trailer.integer("XRefStm").and_then(|at| usize::try_from(at).ok());
        claimed.extend(hidden.map(|at| at..section.hybrid_end));
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

/// White space may stand between a number and its keyword in any form, so only the keywords are looked for.
fn holds_object(pdf: &Pdf<'_>, range: Range<usize>) -> bool {
    // What cannot be read may hold anything.
    let words = SPACES.iter().map(|space| [*space, b'o', b'b', b'j']).collect::<Vec<_>>();
    let mut words: Vec<&[u8]> = words.iter().map(<[u8; 4]>::as_slice).collect();
    words.push(b"trailer");
    pdf.input().contains(range, &words).unwrap_or(true)
}
