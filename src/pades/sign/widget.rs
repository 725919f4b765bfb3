//! Putting the widget on a page (ISO 32000-2 §12.5.2), in the form in which the page keeps its annotations.

use crate::pdf::{Object, Page, Pdf, Ref, Update};
use crate::sign::SignError;

/// Appends an annotation to the page's `/Annots`.
pub(crate) fn attach(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    page: &Page,
    widget: Ref,
) -> Result<(), SignError> {
    let mut annotations = pdf.value(&page.dict, "Annots")?.array().unwrap_or_default().to_vec();
    annotations.push(Object::Reference(widget));
    match page.dict.reference("Annots") {
        Some(home) => update.replace(home, annotations),
        None => update.replace(page.reference, page.dict.clone().with("Annots", annotations)),
    }
    Ok(())
}

/// The page's rotation in degrees, inherited if need be (ISO 32000-2 Table 31).
pub(crate) fn rotation(pdf: &Pdf<'_>, page: &Page) -> Result<i64, SignError> {
    let mut node = page.dict.clone();
    for _ in 0..64 {
        if let Object::Integer(degrees) = pdf.value(&node, "Rotate")? {
            return Ok(degrees.rem_euclid(360));
        }
        match pdf.dict_value(&node, "Parent")? {
            Some(parent) => node = parent,
            None => break,
        }
    }
    Ok(0)
}
