//! Values and appearances of fields that were there (ISO 32000-2 §12.7.4, §12.5.5).

use std::collections::BTreeSet;

use crate::embed::Field;
use crate::pdf::{Dict, Object, Pdf, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys};
use crate::verify::changes::cover::{covered, covered_before, is_seen, look};
use crate::verify::changes::look::LookChange;
use crate::verify::changes::marks;
use crate::verify::changes::rectangle::Rectangle;
use crate::verify::changes::{Change, form, look};
use crate::verify::report::ChangesAfter::{Forbidden, FormFilling, Unexplained};

/// What may change in a field or widget when it is filled in.
const FILLING: [&str; 11] = ["V", "AP", "AS", "F", "Ff", "Type", "DA", "Q", "M", "I", "RV"];
/// What may still change in a signature field that is signed: nothing that is seen or meant.
const SIGNED: [&str; 2] = ["Ff", "Type"];
/// Flags by which a widget is not seen: Invisible, Hidden, NoView (ISO 32000-2 Table 167).
const UNSEEN: i64 = 0b10_0011;

/// A field or one of its widgets, before and after.
struct Part {
    reference: Ref,
    before: Dict,
    after: Dict,
}

/// Explains what changed in one field and its widgets.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>, old: &Field, new: &Field) -> Result<(), PdfError> {
    let parts = parts(comparison, old, new)?;
    if old.is_signature() && old.is_filled() {
        return sealed(comparison, old, &parts);
    }
    let mut touched = false;
    let mut keys = BTreeSet::new();
    for part in &parts {
        let differing = differing_keys(&part.before, &part.after);
        for key in differing.iter().filter(|key| !may_change(key, part)) {
            let change = Change::new("form-changed", Unexplained).in_field(&old.name);
            comparison.note(change.about(format!("/{key}")));
        }
        comparison.explain(part.reference.number);
        touched |= held_value(comparison, part);
        keys.extend(differing);
    }
    touched |= !keys.is_empty();
    let filled = touched && (keys.contains("V") || keys.contains("AS") || value_rewritten(comparison, new));
    for part in &parts {
        touched |= drawn(comparison, new, part, filled)?;
    }
    if touched {
        note_filling(comparison, old, new)?;
    }
    Ok(())
}

fn parts(comparison: &Comparison<'_, '_>, old: &Field, new: &Field) -> Result<Vec<Part>, PdfError> {
    let mut parts =
        vec![Part { reference: old.reference, before: old.dict.clone(), after: new.dict.clone() }];
    for widget in old.widgets.iter().filter(|widget| **widget != old.reference) {
        let dict = |object: Object| object.dict().cloned().unwrap_or_default();
        let before = dict(comparison.old.indirect(*widget)?.object);
        let after = dict(comparison.new.indirect(*widget)?.object);
        parts.push(Part { reference: *widget, before, after });
    }
    Ok(parts)
}

/// A signed field: neither its dictionary, nor its signature, nor its picture may be touched.
fn sealed(comparison: &mut Comparison<'_, '_>, field: &Field, parts: &[Part]) -> Result<(), PdfError> {
    let broken =
        |detail: String| Change::new("signed-field-changed", Forbidden).in_field(&field.name).about(detail);
    let value = field.dict.reference("V");
    if value.is_some_and(|value| comparison.is_rewritten(value.number)) {
        comparison.note(broken("/V".to_owned()));
    }
    for part in parts {
        let keys = differing_keys(&part.before, &part.after);
        if let Some(key) = keys.iter().find(|key| !SIGNED.contains(&key.as_str())) {
            comparison.note(broken(format!("/{key}")));
        }
        comparison.explain(part.reference.number);
        if look::compare(comparison, part.reference, &part.before, &part.after)?.any() {
            comparison.note(broken("/AP".to_owned()));
        }
    }
    Ok(())
}

/// A widget may be told its page for the first time; everything else goes by the list.
fn may_change(key: &str, part: &Part) -> bool {
    FILLING.contains(&key) || (key == "P" && !part.before.has("P"))
}

fn value_rewritten(comparison: &Comparison<'_, '_>, field: &Field) -> bool {
    field.dict.reference("V").is_some_and(|value| comparison.is_rewritten(value.number))
}

/// A value kept in an object of its own, shown by nothing else.
fn held_value(comparison: &mut Comparison<'_, '_>, part: &Part) -> bool {
    match part.after.reference("V").filter(|value| comparison.is_rewritten(value.number)) {
        Some(value) => comparison.explain_if_only(value.number, &[part.reference.number]),
        None => false,
    }
}

/// How a widget is drawn now; says whether that changed.
///
/// A new picture belongs to a new value. Without one it must show the value that was there; and neither may it
/// show what stood ready in the signed file, nor come out of hiding, nor cover the page.
fn drawn(
    comparison: &mut Comparison<'_, '_>,
    field: &Field,
    part: &Part,
    filled: bool,
) -> Result<bool, PdfError> {
    let suspect = |code, detail: &str| Change::new(code, Unexplained).in_field(&field.name).about(detail);
    let signs = field.is_signature() && field.is_filled();
    let flags = |dict: &Dict| dict.integer("F").unwrap_or(0) & UNSEEN;
    if flags(&part.before) != flags(&part.after) && !(signs && flags(&part.after) == 0) {
        comparison.note(suspect("field-shown-or-hidden", "/F"));
    }
    let change = look::compare(comparison, part.reference, &part.before, &part.after)?;
    if !change.any() {
        return Ok(false);
    }
    if change.overwritten {
        comparison.note(Change::new("appearance-overwritten", FormFilling).in_field(&field.name));
    }
    if change.planted {
        comparison.note(suspect("appearance-planted", "/AP"));
    }
    if !signs && !picture_fits(comparison, field, part, change, filled)? {
        comparison.note(suspect("appearance-changed", "/AP"));
    }
    let page = comparison.sheets.number_of(part.reference);
    let before = covered_before(comparison, part.reference, &part.before, page)?;
    if covered(comparison, part.reference, &part.after, page)?.hidden > before.hidden {
        comparison.note(suspect("covers-content", "/AP").on_page(page));
    }
    Ok(true)
}

/// Whether the new picture goes with what happened to the value.
fn picture_fits(
    comparison: &Comparison<'_, '_>,
    field: &Field,
    part: &Part,
    change: LookChange,
    filled: bool,
) -> Result<bool, PdfError> {
    let is_kind = |kind: &str| field.kind.as_ref().is_some_and(|name| name == kind);
    if !is_kind("Tx") && !is_kind("Ch") {
        // Buttons choose among the pictures that they have.
        return Ok(false);
    }
    if filled {
        return Ok(true);
    }
    // Drawn anew, a field must read as it did. A value that was never shown may not surface now: the author
    // wrote one thing and showed another (shadow replace).
    let before = shown(comparison.old, &part.before)?;
    let before = if part.before.has("AP") { before } else { Some(value(comparison.old, field)?) };
    Ok(!change.removed && before.is_some() && before == shown(comparison.new, &part.after)?)
}

/// The letters that the picture of a widget shows; `None` without a readable picture.
fn shown(pdf: &Pdf<'_>, widget: &Dict) -> Result<Option<Vec<u8>>, PdfError> {
    let Some(look) = look(pdf, widget)? else { return Ok(None) };
    let area = Rectangle { left: 0.0, bottom: 0.0, right: 1.0, top: 1.0 };
    Ok(marks::of_appearance(pdf, &look, &area).ok().map(|marks| letters(&marks.text)))
}

fn value(pdf: &Pdf<'_>, field: &Field) -> Result<Vec<u8>, PdfError> {
    let value = pdf.value(&field.dict, "V")?;
    Ok(value.string().map(|value| letters(&value.bytes)).unwrap_or_default())
}

fn letters(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().copied().filter(|b| *b > b' ').collect()
}

/// A text field that shows another value than it has, letters compared where both are plain.
///
/// As soon as viewers are asked to draw fields themselves, such a field reads differently.
pub(crate) fn contradicts_itself(pdf: &Pdf<'_>, field: &Field) -> Result<bool, PdfError> {
    if field.kind.as_ref().is_none_or(|kind| kind != "Tx") {
        return Ok(false);
    }
    let value = value(pdf, field)?;
    for widget in &field.widgets {
        let Some(dict) = pdf.indirect(*widget)?.object.dict().cloned() else { continue };
        let shown = shown(pdf, &dict)?.filter(|shown| shown.is_ascii() && value.is_ascii());
        if shown.is_some_and(|shown| shown != value) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn note_filling(comparison: &mut Comparison<'_, '_>, old: &Field, new: &Field) -> Result<(), PdfError> {
    let widget = new.widgets.first().copied().unwrap_or(new.reference);
    let number = comparison.sheets.number_of(widget);
    let change = match new.dict.get("V").filter(|_| old.is_signature()) {
        Some(value) if *value != Object::Null => {
            let dict = comparison.new.indirect(widget)?.object.dict().cloned().unwrap_or_default();
            let area = Rectangle::of(comparison.new, &dict, "Rect")?;
            let visible = area.is_some_and(|area| area.size() > 0.0) && is_seen(comparison.new, &dict)?;
            form::value_change(comparison, new, value, visible)?
        }
        _ => Change::new("field-changed", FormFilling),
    };
    comparison.note(change.in_field(&old.name).on_page(number));
    Ok(())
}
