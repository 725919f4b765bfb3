//! Finding the signatures: in the form as it is, and in the form as it was.

use std::collections::HashSet;
use std::ops::Range;

use crate::cms::Digests;
use crate::embed::{Field, fields};
use crate::pdf::{Dict, Entry, Indirect, Object, Parser, Pdf, PdfError, Ref, Revision};
use crate::verify::scan::Scan;

/// A signature and the first revision that holds it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Field name, as the revision had it.
    pub(crate) field: String,
    /// The signature dictionary, as the revision had it: later overrides must not speak for it.
    pub(crate) dict: Dict,
    /// Where that object stands; `None` inside an object stream or a field.
    pub(crate) span: Option<Range<usize>>,
    /// Index of the revision.
    pub(crate) revision: usize,
    /// Digests of what its range covers, once the file has been scanned.
    pub(crate) digests: Digests,
}

/// More signatures than any document collects. Each is weighed against every later revision, so ten thousand
/// of them would cost a hundred million comparisons.
const MAX_SIGNATURES: usize = 1000;
/// How many fields all revisions together may have. A form of a hundred thousand fields that is saved a
/// thousand times would keep a machine busy for hours.
const MAX_FIELDS_READ: usize = 1_000_000;

/// All signatures of all revisions, oldest first.
///
/// Older revisions are searched too: a field emptied later must not make its signature vanish.
pub(crate) fn collect(pdf: &Pdf<'_>, revisions: &[Revision]) -> Result<Vec<Found>, PdfError> {
    let mut found: Vec<Found> = Vec::new();
    let mut seen = HashSet::new();
    let mut places = HashSet::new();
    let mut fields_read = 0;
    for (index, revision) in revisions.iter().enumerate() {
        let view = pdf.at(revision.section, revision.end);
        let newest = index + 1 == revisions.len();
        let Some(fields) = readable(fields(&view), newest)? else { continue };
        fields_read += fields.len();
        if fields_read > MAX_FIELDS_READ {
            return Err(PdfError::Limit("too many fields in too many revisions"));
        }
        for field in fields.into_iter().filter(|f| f.is_signature() && f.is_filled()) {
            // The same entry means the same bytes, which were read for an earlier revision.
            let place = field.dict.reference("V").and_then(|value| in_body(&view, value));
            if place.is_some_and(|place| !places.insert((field.name.clone(), place))) {
                continue;
            }
            let Some(value) = readable(signature(&view, &field), newest)? else { continue };
            let Indirect { object: Object::Dict(dict), span } = value else { continue };
            let start = dict.get("Contents").and_then(Object::string).map(|s| s.span.start);
            if seen.insert((field.name.clone(), span.clone(), start)) {
                let digests = Digests::default();
                found.push(Found { field: field.name, dict, span, revision: index, digests });
            }
            if found.len() > MAX_SIGNATURES {
                return Err(PdfError::Limit("too many signatures"));
            }
        }
    }
    Ok(found)
}

/// An older revision that nobody could ever open holds no signature; what follows is judged without it.
fn readable<T>(result: Result<T, PdfError>, newest: bool) -> Result<Option<T>, PdfError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if newest => Err(error),
        Err(_) => Ok(None),
    }
}

/// Where an object stands, if it stands in the file body.
fn in_body(pdf: &Pdf<'_>, target: Ref) -> Option<usize> {
    match pdf.entry(target.number)? {
        Entry::InUse { offset, generation } if generation == target.generation => Some(offset),
        _ => None,
    }
}

/// The value of a signature field and where it stands.
fn signature(pdf: &Pdf<'_>, field: &Field) -> Result<Indirect, PdfError> {
    match field.dict.get("V") {
        Some(Object::Reference(target)) => pdf.indirect(*target),
        direct => Ok(Indirect { object: direct.cloned().unwrap_or(Object::Null), span: None }),
    }
}

/// Whether an object looks like a signature that no field of any revision holds.
pub(crate) fn has_stray(pdf: &Pdf<'_>, found: &[Found], scan: &Scan) -> Result<bool, PdfError> {
    let mut before = 0;
    for at in &scan.byte_ranges {
        let known = found.iter().any(|f| f.span.as_ref().is_some_and(|span| span.contains(at)));
        if !known && is_signature_object(pdf, before, *at)? {
            return Ok(true);
        }
        before = *at;
    }
    Ok(false)
}

/// Whether the dictionary around a position is a signature dictionary in an object of its own.
///
/// It is looked for behind the last place that was asked about: an object that begins before that was judged.
fn is_signature_object(pdf: &Pdf<'_>, before: usize, at: usize) -> Result<bool, PdfError> {
    let start = before.max(at.saturating_sub(64 << 10));
    let window = pdf.window(start..at)?;
    let Some(head) = memchr::memmem::rfind(&window, b" obj") else { return Ok(false) };
    pdf.input().parse(start + head + 4, |lexer| {
        Ok(match (Parser { lexer }).object() {
            Ok(Object::Dict(dict)) => dict.has("ByteRange") && dict.has("Contents"),
            _ => false,
        })
    })
}
