//! Putting the widget on a page (ISO 32000-2 §12.5.2), in the form in which the page keeps its annotations.

use crate::pdf::{Object, Page, Pdf, PdfError, Ref, Update};
use crate::sign::SignError;

/// Levels of the page tree above a page that are asked for what it inherits.
const MAX_DEPTH: usize = 64;

/// Appends an annotation to the page's `/Annots`, as this update has left it so far.
pub(crate) fn attach(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    page: &Page,
    widget: Ref,
) -> Result<(), SignError> {
    let Object::Dict(dict) = update.current(page.reference)? else { return Ok(()) };
    let home = dict.reference("Annots");
    let list = match home {
        Some(home) => update.current(home)?,
        None => pdf.value(&dict, "Annots")?,
    };
    let mut annotations = list.array().unwrap_or_default().to_vec();
    annotations.push(Object::Reference(widget));
    match home {
        Some(home) => update.replace(home, annotations),
        None => update.replace(page.reference, dict.with("Annots", annotations)),
    }
    Ok(())
}

/// The page's rotation in degrees (ISO 32000-2 Table 31).
pub(crate) fn rotation(pdf: &Pdf<'_>, page: &Page) -> Result<i64, PdfError> {
    Ok(inherited(pdf, page, "Rotate")?.integer().unwrap_or(0).rem_euclid(360))
}

/// A value of the page, or of the nodes above it (ISO 32000-2 §7.7.3.4).
pub(crate) fn inherited(pdf: &Pdf<'_>, page: &Page, key: &str) -> Result<Object, PdfError> {
    let mut node = page.dict.clone();
    for _ in 0..MAX_DEPTH {
        let value = pdf.value(&node, key)?;
        if !matches!(value, Object::Null) {
            return Ok(value);
        }
        match pdf.dict_value(&node, "Parent")? {
            Some(parent) => node = parent,
            None => break,
        }
    }
    Ok(Object::Null)
}
