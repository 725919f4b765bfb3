//! Finding the signatures: in the form as it is, and in the form as it was.

use std::collections::HashSet;
use std::ops::Range;

use crate::cms::Digests;
use crate::embed::fields;
use crate::pdf::{Dict, Object, Parser, Pdf, PdfError, Revision};
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
                let digests = Digests::default();
                found.push(Found { field: field.name, dict, span, revision: index, digests });
            }
        }
    }
    Ok(found)
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
