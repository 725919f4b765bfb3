//! Pages and what is pinned on them (ISO 32000-2 §7.7.3, §12.5).

use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys};
use crate::verify::changes::holders::references;
use crate::verify::changes::sheets::{Touched, annotations};
use crate::verify::changes::{Change, cover, look};
use crate::verify::report::ChangesAfter::{Annotation, Forbidden, LtvUpdate, Unexplained};

/// Annotations that a reader adds (ISO 32000-2 Table 171). Others act, play or paint: no comment needs them.
const COMMENTS: [&str; 16] = [
    "Text",
    "FreeText",
    "Line",
    "Square",
    "Circle",
    "Polygon",
    "PolyLine",
    "Highlight",
    "Underline",
    "Squiggly",
    "StrikeOut",
    "Stamp",
    "Caret",
    "Ink",
    "Popup",
    "FileAttachment",
];

/// Explains what changed on the pages; `None` if they are others, or in another order.
pub(crate) fn explain(
    comparison: &mut Comparison<'_, '_>,
    touched: Option<&[Touched]>,
) -> Result<(), PdfError> {
    match touched {
        None => comparison.note(Change::new("pages-changed", Unexplained)),
        Some(touched) => touched.iter().try_for_each(|page| one(comparison, page))?,
    }
    for number in comparison.rewritten.keys().copied().collect::<Vec<_>>() {
        rewritten_annotation(comparison, Ref { number, generation: 0 })?;
    }
    Ok(())
}

fn one(comparison: &mut Comparison<'_, '_>, page: &Touched) -> Result<(), PdfError> {
    let number = Some(page.number);
    if comparison.is_rewritten(page.page.number) {
        for key in differing_keys(&page.before, &page.after) {
            match key.as_str() {
                "Annots" => {}
                // The order in which the tab key walks shows nothing.
                "Tabs" => comparison.note(Change::new("tab-order-changed", LtvUpdate).on_page(number)),
                _ => {
                    let change = Change::new("page-changed", Unexplained).on_page(number);
                    comparison.note(change.about(format!("/{key}")));
                }
            }
        }
        comparison.explain(page.page.number);
    }
    if let Some(list) = page.after.reference("Annots").filter(|list| comparison.is_rewritten(list.number)) {
        comparison.explain_if_only(list.number, &[page.page.number]);
    }
    let before = annotations(comparison.old, &page.before)?;
    let after = annotations(comparison.new, &page.after)?;
    for gone in before.iter().filter(|annotation| !after.contains(annotation)) {
        removed_annotation(comparison, page.number, gone)?;
    }
    // Later ones are drawn over earlier ones: turning two around can hide one.
    let kept = |list: &[Object], other: &[Object]| {
        list.iter().filter(|item| other.contains(item)).cloned().collect::<Vec<_>>()
    };
    if kept(&before, &after) != kept(&after, &before) {
        comparison.note(Change::new("page-changed", Unexplained).on_page(number).about("/Annots"));
    }
    for added in after.iter().filter(|annotation| !before.contains(annotation)) {
        added_annotation(comparison, page.number, added)?;
    }
    Ok(())
}

/// A comment may be taken off where comments are permitted; a widget not.
fn removed_annotation(
    comparison: &mut Comparison<'_, '_>,
    page: usize,
    gone: &Object,
) -> Result<(), PdfError> {
    let dict = comparison.old.resolve(gone)?.dict().cloned().unwrap_or_default();
    let detail = gone.reference().map(|r| format!("{r} R")).unwrap_or_default();
    let shows = |field: &&crate::embed::Field| gone.reference().is_some_and(|r| field.widgets.contains(&r));
    let field = comparison.fields.iter().find(shows);
    let change = match field {
        Some(field) if field.is_signature() && field.is_filled() => {
            Change::new("signed-field-changed", Forbidden).in_field(&field.name)
        }
        Some(field) => Change::new("field-removed", Unexplained).in_field(&field.name),
        None if is_comment(&dict) => Change::new("annotation-changed", Annotation),
        None => Change::new("page-changed", Unexplained),
    };
    comparison.note(change.on_page(Some(page)).about(detail));
    Ok(())
}

fn is_comment(dict: &Dict) -> bool {
    let known = |name: &crate::pdf::Name| COMMENTS.iter().any(|comment| name == comment);
    let acts = ["A", "AA", "PA"].iter().any(|key| dict.has(key));
    dict.name("Subtype").is_some_and(known) && !acts
}

fn added_annotation(
    comparison: &mut Comparison<'_, '_>,
    page: usize,
    added: &Object,
) -> Result<(), PdfError> {
    let reference = added.reference();
    if reference.is_some_and(|r| comparison.accepted.contains(&r.number)) {
        return Ok(());
    }
    let dict = comparison.new.resolve(added)?.dict().cloned().unwrap_or_default();
    // A widget that no rule of the form accepted, or an old object pinned on a page, is no comment.
    let is_new = reference.is_none_or(|r| comparison.is_added(r));
    let detail = dict.name("Subtype").map(|name| format!("/{}", name.text())).unwrap_or_default();
    if !is_new || !is_comment(&dict) {
        let change = Change::new("page-changed", Unexplained).on_page(Some(page));
        comparison.note(change.about(detail));
        return Ok(());
    }
    comparison.accepted.extend(reference.map(|r| r.number));
    comparison.note(Change::new("annotation-added", Annotation).on_page(Some(page)).about(detail));
    laid_over(comparison, reference, &dict, page)
}

/// A permitted comment must not hide or cross the text (evil annotation attack).
fn laid_over(
    comparison: &mut Comparison<'_, '_>,
    own: Option<Ref>,
    dict: &Dict,
    page: usize,
) -> Result<(), PdfError> {
    let own = own.unwrap_or(Ref { number: 0, generation: 0 });
    let covered = cover::covered(comparison, own, dict, Some(page))?;
    if covered.hidden + covered.crossed > 0 {
        comparison.note(Change::new("covers-content", Unexplained).on_page(Some(page)));
    }
    let share = cover::share_of_seals(comparison, own, dict)?;
    if share > 0.0 {
        comparison.note(Change::new("covers-signature", Unexplained).on_page(Some(page)));
    }
    Ok(())
}

/// A comment of an old page written again. Widgets are the form's business.
fn rewritten_annotation(comparison: &mut Comparison<'_, '_>, reference: Ref) -> Result<(), PdfError> {
    let Some(page) = comparison.sheets.number_of(reference) else { return Ok(()) };
    let Some(rewritten) = comparison.rewritten.get(&reference.number).cloned() else { return Ok(()) };
    let (Object::Dict(before), Object::Dict(after)) = (&rewritten.old, &rewritten.new) else {
        return Ok(());
    };
    let same_kind = before.get("Subtype") == after.get("Subtype");
    if !same_kind || !is_comment(before) || !is_comment(after) || !only_pinned(comparison, reference)? {
        return Ok(());
    }
    comparison.explain(reference.number);
    let look = look::compare(comparison, reference, before, after)?;
    if look.planted {
        comparison.note(Change::new("appearance-planted", Unexplained).on_page(Some(page)));
    }
    comparison.note(Change::new("annotation-changed", Annotation).on_page(Some(page)));
    laid_over(comparison, Some(reference), after, page)
}

/// Whether an annotation is shown as such only: on its page, by its relatives, in the structure tree.
///
/// An object that is a page's resources too would change the page under the name of a comment.
fn only_pinned(comparison: &Comparison<'_, '_>, reference: Ref) -> Result<bool, PdfError> {
    for holder in comparison.holders.of_object(reference.number).collect::<Vec<_>>() {
        let holder = Ref { number: holder, generation: 0 };
        let object = comparison.old.indirect(holder)?.object;
        let is_element = object.dict().is_some_and(|dict| dict.has("S") && dict.has("P"));
        let is_relative = comparison.sheets.number_of(holder).is_some();
        let is_list = matches!(object, Object::Array(_));
        let is_page = object.dict().filter(|dict| dict.is("Type", "Page")).is_some_and(|page| {
            let mut rest = page.clone();
            rest.remove("Annots");
            let mut others = Vec::new();
            references(&Object::Dict(rest), &mut others);
            !others.contains(&reference.number)
        });
        if !(is_element || is_relative || is_list || is_page) {
            return Ok(false);
        }
    }
    Ok(true)
}
