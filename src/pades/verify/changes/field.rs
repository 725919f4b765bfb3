//! Values and appearances of fields that were there (ISO 32000-2 §12.7.4, §12.5.5).

use crate::embed::Field;
use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys};
use crate::verify::changes::holders::references;
use crate::verify::changes::{Change, form, page};
use crate::verify::report::ChangesAfter::{Forbidden, FormFilling, Unexplained};

/// What may change in a field or widget when it is filled in.
const FILLING: [&str; 11] = ["V", "AP", "AS", "F", "Ff", "Type", "DA", "Q", "M", "I", "RV"];
/// What may still change in a signature field that is signed: nothing that is seen or meant.
const SIGNED: [&str; 2] = ["Ff", "Type"];

/// Explains what changed in one field and its widgets.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>, old: &Field, new: &Field) -> Result<(), PdfError> {
    let mut parts = vec![(old.reference, old.dict.clone(), new.dict.clone())];
    for widget in old.widgets.iter().filter(|widget| **widget != old.reference) {
        let dict = |object: Object| object.dict().cloned().unwrap_or_default();
        let before = dict(comparison.old.indirect(*widget)?.object);
        let after = dict(comparison.new.indirect(*widget)?.object);
        parts.push((*widget, before, after));
    }
    let sealed = old.is_signature() && old.is_filled();
    if sealed && seal_broken(comparison, old) {
        comparison.note(Change::new("signed-field-changed", Forbidden).in_field(&old.name));
    }
    let mut touched = false;
    for (reference, before, after) in &parts {
        let keys = differing_keys(before, after);
        let allowed: &[&str] = if sealed { &SIGNED } else { &FILLING };
        if let Some(key) = keys.iter().find(|key| !may_change(key, allowed, before)) {
            let (code, effect) =
                if sealed { ("signed-field-changed", Forbidden) } else { ("form-changed", Unexplained) };
            comparison.note(Change::new(code, effect).in_field(&old.name).about(format!("/{key}")));
        }
        comparison.explain(reference.number);
        touched |= !keys.is_empty();
        touched |= appearance(comparison, *reference, after, &old.name)?;
        touched |= held_value(comparison, *reference, after);
    }
    if touched && !sealed {
        note_filling(comparison, old, new)?;
    }
    Ok(())
}

/// A widget may be told its page for the first time; everything else goes by the list.
fn may_change(key: &str, allowed: &[&str], before: &Dict) -> bool {
    allowed.contains(&key) || (key == "P" && !before.has("P") && allowed.len() > SIGNED.len())
}

/// Whether the signature dictionary behind a signed field was written again.
fn seal_broken(comparison: &Comparison<'_, '_>, field: &Field) -> bool {
    let value = field.dict.reference("V");
    value.is_some_and(|value| comparison.is_rewritten(value.number))
}

fn note_filling(comparison: &mut Comparison<'_, '_>, old: &Field, new: &Field) -> Result<(), PdfError> {
    let widget = new.widgets.first().copied().unwrap_or(new.reference);
    let number = page::number_of(comparison.new, widget)?;
    let change = match new.dict.get("V").filter(|_| old.is_signature()) {
        Some(value) if *value != Object::Null => {
            let dict = comparison.new.indirect(widget)?.object.dict().cloned().unwrap_or_default();
            let visible = page::is_visible(comparison.new, &dict)?;
            form::value_change(comparison, value, visible)?
        }
        _ => Change::new("field-changed", FormFilling),
    };
    comparison.note(change.in_field(&old.name).on_page(number));
    Ok(())
}

/// A value kept in an object of its own, shown by nothing else.
fn held_value(comparison: &mut Comparison<'_, '_>, field: Ref, dict: &Dict) -> bool {
    match dict.reference("V").filter(|value| comparison.is_rewritten(value.number)) {
        Some(value) => comparison.explain_if_only(value.number, &[field.number]),
        None => false,
    }
}

/// Appearance objects overwritten in place: fine only if this widget alone shows them.
///
/// A stream that a page or another field uses too would change there unnoticed.
fn appearance(
    comparison: &mut Comparison<'_, '_>,
    widget: Ref,
    dict: &Dict,
    field: &str,
) -> Result<bool, PdfError> {
    let Some(value) = dict.get("AP") else { return Ok(false) };
    let mut shown = Vec::new();
    references(value, &mut shown);
    let mut holders = vec![widget.number];
    let mut overwritten = false;
    // Dictionary, states, streams: three levels are all there are (ISO 32000-2 Table 170).
    for _ in 0..3 {
        let mut next = Vec::new();
        for number in shown {
            let object = comparison.new.indirect(Ref { number, generation: 0 })?.object;
            if comparison.is_rewritten(number) {
                overwritten |= comparison.explain_if_only(number, &holders);
            }
            if let Object::Dict(states) = &object {
                holders.push(number);
                references(&Object::Dict(states.clone()), &mut next);
            }
        }
        shown = next;
    }
    if overwritten {
        comparison.note(Change::new("appearance-overwritten", FormFilling).in_field(field));
    }
    Ok(overwritten)
}
