//! Finding the signatures: in the form as it is, and in the form as it was.

use std::collections::HashSet;
use std::ops::Range;

use crate::embed::fields;
use crate::pdf::{Dict, Object, Parser, Pdf, PdfError, Revision};

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
}

/// All signatures of all revisions, oldest first.
///
/// Older revisions are searched too: a field emptied later must not make its signature vanish.
pub(crate) fn collect(pdf: &Pdf<'_>, revisions: &[Revision]) -> Result<Vec<Found>, PdfError> {
    let mut found: Vec<Found> = Vec::new();
    let mut seen = HashSet::new();
    for (index, revision) in revisions.iter().enumerate() {
        let view = pdf.at(revision.section, revision.end);
        let newest = index + 1 == revisions.len();
        let fields = match fields(&view) {
            Ok(fields) => fields,
            Err(error) if newest => return Err(error),
            // A revision nobody could ever open holds no signature; what follows is judged without it.
            Err(_) => continue,
        };
        for field in fields.into_iter().filter(|f| f.is_signature() && f.is_filled()) {
            let Some(value) = field.dict.get("V") else { continue };
            let reference = value.reference();
            let indirect = match reference.map(|target| view.indirect(target)).transpose() {
                Ok(indirect) => indirect,
                Err(error) if newest => return Err(error),
                Err(_) => continue,
            };
            let span = indirect.as_ref().and_then(|i| i.span.clone());
            let object = indirect.map_or(value.clone(), |i| i.object);
            let Object::Dict(dict) = object else { continue };
            let start = dict.get("Contents").and_then(Object::string).map(|s| s.span.start);
            if seen.insert((field.name.clone(), span.clone(), start)) {
                found.push(Found { field: field.name, dict, span, revision: index });
            }
        }
    }
    Ok(found)
}

/// Objects that look like signatures but that no field of any revision holds.
pub(crate) fn strays(pdf: &Pdf<'_>, found: &[Found]) -> usize {
    let bytes = pdf.bytes();
    let key = b"/ByteRange";
    let mut strays = 0;
    let mut from = 0;
    while let Some(at) = find(bytes.get(from..).unwrap_or_default(), key).map(|at| from + at) {
        from = at + key.len();
        let known = found.iter().any(|f| f.span.as_ref().is_some_and(|span| span.contains(&at)));
        if !known && is_signature_object(bytes, at) {
            strays += 1;
        }
    }
    strays
}

/// Whether the dictionary around a position is a signature dictionary in an object of its own.
fn is_signature_object(bytes: &[u8], at: usize) -> bool {
    let window_start = at.saturating_sub(64 << 10);
    let before = bytes.get(window_start..at).unwrap_or_default();
    let Some(start) = before.windows(4).rposition(|w| w == b" obj") else { return false };
    match Parser::at(bytes, window_start + start + 4).object() {
        Ok(Object::Dict(dict)) => dict.has("ByteRange") && dict.has("Contents"),
        _ => false,
    }
}

/// The first occurrence of some bytes.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    let first = needle.first()?;
    let mut from = 0;
    loop {
        let rest = haystack.get(from..)?;
        let at = from + rest.iter().position(|b| b == first)?;
        if haystack.get(at..)?.starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
}
