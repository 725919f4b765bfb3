//! Pages and what is pinned on them (ISO 32000-2 §7.7.3, §12.5).

use crate::embed::fields;
use crate::pdf::{Dict, Object, Page, Pdf, PdfError, Ref, pages};
use crate::verify::changes::Change;
use crate::verify::changes::comparison::{Comparison, differing_keys};
use crate::verify::report::ChangesAfter::{Annotation, Unexplained};

/// Explains what changed on the pages.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    let (before, after) = (pages(comparison.old)?, pages(comparison.new)?);
    let order = |pages: &[Page]| pages.iter().map(|page| page.reference).collect::<Vec<_>>();
    if order(&before) != order(&after) {
        let detail = format!("{} → {}", before.len(), after.len());
        comparison.note(Change::new("pages-changed", Unexplained).about(detail));
        return Ok(());
    }
    for (index, (old, new)) in before.iter().zip(&after).enumerate() {
        one(comparison, index + 1, old, new)?;
    }
    Ok(())
}

fn one(comparison: &mut Comparison<'_, '_>, number: usize, old: &Page, new: &Page) -> Result<(), PdfError> {
    if comparison.is_rewritten(old.reference.number) {
        for key in differing_keys(&old.dict, &new.dict) {
            if key != "Annots" {
                let change = Change::new("page-changed", Unexplained).on_page(Some(number));
                comparison.note(change.about(format!("/{key}")));
            }
        }
        comparison.explain(old.reference.number);
    }
    let before = comparison.old.value(&old.dict, "Annots")?;
    let after = comparison.new.value(&new.dict, "Annots")?;
    let (before, after) = (before.array().unwrap_or_default(), after.array().unwrap_or_default());
    if let Some(list) = new.dict.reference("Annots").filter(|list| comparison.is_rewritten(list.number)) {
        comparison.explain_if_only(list.number, &[old.reference.number]);
    }
    for gone in before.iter().filter(|annotation| !after.contains(annotation)) {
        let detail = gone.reference().map(|r| format!("{r} R")).unwrap_or_default();
        comparison.note(Change::new("annotation-changed", Annotation).on_page(Some(number)).about(detail));
    }
    for added in after.iter().filter(|annotation| !before.contains(annotation)) {
        added_annotation(comparison, number, added)?;
    }
    for reference in before.iter().filter_map(Object::reference) {
        rewritten_annotation(comparison, number, reference);
    }
    Ok(())
}

fn added_annotation(
    comparison: &mut Comparison<'_, '_>,
    page: usize,
    added: &Object,
) -> Result<(), PdfError> {
    let accepted = added.reference().is_some_and(|r| comparison.accepted_widgets.contains(&r.number));
    if accepted {
        return Ok(());
    }
    let dict = comparison.new.resolve(added)?.dict().cloned().unwrap_or_default();
    let is_widget = dict.is("Subtype", "Widget");
    // A widget that no rule of the form accepted, or an old object pinned on a page, is no comment.
    let is_new = added.reference().is_none_or(|r| comparison.is_added(r));
    let (code, effect) =
        if is_widget || !is_new { ("page-changed", Unexplained) } else { ("annotation-added", Annotation) };
    let detail = dict.name("Subtype").map(|name| format!("/{}", name.text())).unwrap_or_default();
    comparison.note(Change::new(code, effect).on_page(Some(page)).about(detail));
    Ok(())
}

/// An annotation of an old page written again. Widgets are the form's business.
fn rewritten_annotation(comparison: &mut Comparison<'_, '_>, page: usize, reference: Ref) {
    let Some(rewritten) = comparison.rewritten.get(&reference.number) else { return };
    let is_widget = |object: &Object| object.dict().is_some_and(|d| d.is("Subtype", "Widget"));
    if !is_widget(&rewritten.old) && !is_widget(&rewritten.new) {
        comparison.explain(reference.number);
        comparison.note(Change::new("annotation-changed", Annotation).on_page(Some(page)));
    }
}

/// Whether a widget has an area and is not hidden (ISO 32000-2 Table 167).
pub(crate) fn is_visible(pdf: &Pdf<'_>, widget: &Dict) -> Result<bool, PdfError> {
    let [x1, y1, x2, y2] = rectangle(pdf, widget)?;
    let hidden = widget.integer("F").unwrap_or(0) & 0b10_0010 != 0;
    Ok(!hidden && x2 > x1 && y2 > y1)
}

fn rectangle(pdf: &Pdf<'_>, widget: &Dict) -> Result<[f64; 4], PdfError> {
    let value = pdf.value(widget, "Rect")?;
    let numbers: Vec<f64> = value.array().unwrap_or_default().iter().filter_map(Object::number).collect();
    Ok(match numbers.as_slice() {
        [a, b, c, d] => [a.min(*c), b.min(*d), a.max(*c), b.max(*d)],
        _ => [0.0; 4],
    })
}

/// The number of the page that lists an annotation.
pub(crate) fn number_of(pdf: &Pdf<'_>, annotation: Ref) -> Result<Option<usize>, PdfError> {
    for (index, page) in pages(pdf)?.iter().enumerate() {
        let list = pdf.value(&page.dict, "Annots")?;
        if list.array().unwrap_or_default().iter().any(|item| item.reference() == Some(annotation)) {
            return Ok(Some(index + 1));
        }
    }
    Ok(None)
}

/// The largest share of an earlier signature's picture on its page that a new widget lies over, 0 to 1.
pub(crate) fn share_covered(
    comparison: &Comparison<'_, '_>,
    widget: Ref,
    dict: &Dict,
) -> Result<f64, PdfError> {
    let page = number_of(comparison.new, widget)?;
    let [left, bottom, right, top] = rectangle(comparison.new, dict)?;
    let mut largest: f64 = 0.0;
    for field in fields(comparison.old)?.iter().filter(|f| f.is_signature() && f.is_filled()) {
        for other in &field.widgets {
            let Some(other_dict) = comparison.old.indirect(*other)?.object.dict().cloned() else { continue };
            let [l, b, r, t] = rectangle(comparison.old, &other_dict)?;
            if is_visible(comparison.old, &other_dict)? && number_of(comparison.new, *other)? == page {
                let (width, height) = (right.min(r) - left.max(l), top.min(t) - bottom.max(b));
                largest = largest.max(width.max(0.0) * height.max(0.0) / ((r - l) * (t - b)));
            }
        }
    }
    Ok(largest)
}
