//! The form and its new fields (ISO 32000-2 §12.7.3).

use std::collections::BTreeMap;

use crate::embed::{Field, acroform, certification, fields};
use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys, grown};
use crate::verify::changes::{Change, field, page};
use crate::verify::report::ChangesAfter::{Forbidden, FormFilling, LtvUpdate, Unexplained};

/// How much of an earlier signature a later one may cover. The seal of an office lies over about a third of the
/// signature on its left (Decree 30/2020/NĐ-CP, Article 33); what covers more than half hides it.
const SEAL_SHARE: f64 = 0.5;

/// Explains what changed in the form.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    let (home, old) = acroform(comparison.old)?.unwrap_or_default();
    let (new_home, new) = acroform(comparison.new)?.unwrap_or_default();
    settings(comparison, home.or(new_home), &old, &new)?;
    let before = fields(comparison.old)?;
    let after: BTreeMap<Ref, Field> = fields(comparison.new)?.into_iter().map(|f| (f.reference, f)).collect();
    for old in &before {
        match after.get(&old.reference) {
            Some(new) if new.name == old.name && new.kind == old.kind => {
                field::explain(comparison, old, new)?
            }
            _ if old.is_signature() && old.is_filled() => {
                comparison.note(Change::new("signed-field-changed", Forbidden).in_field(&old.name));
            }
            _ => comparison.note(Change::new("field-removed", Unexplained).in_field(&old.name)),
        }
    }
    let known: Vec<Ref> = before.iter().map(|f| f.reference).collect();
    for new in after.values().filter(|f| !known.contains(&f.reference)) {
        let taken = before.iter().any(|old| old.name == new.name);
        if taken || !new.is_signature() || !comparison.is_added(new.reference) {
            comparison.note(Change::new("form-changed", Unexplained).in_field(&new.name));
        } else {
            new_field(comparison, new)?;
        }
    }
    Ok(())
}

/// Everything in the form dictionary but its fields.
fn settings(
    comparison: &mut Comparison<'_, '_>,
    home: Option<Ref>,
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    let holder = match home {
        Some(home) => home,
        None => comparison.old.catalog()?.0,
    };
    comparison.explain(holder.number);
    for key in differing_keys(old, new) {
        let flags = |dict: &Dict| dict.integer("SigFlags").unwrap_or(0);
        match key.as_str() {
            "Fields" => {}
            // Bits are only ever added: SignaturesExist, AppendOnly.
            "SigFlags" if flags(old) & flags(new) == flags(old) => {}
            "DA" | "Q" | "NeedAppearances" => {
                comparison.note(Change::new("form-settings-changed", FormFilling))
            }
            "DR" => {}
            _ => comparison.note(Change::new("form-changed", Unexplained).about(format!("/{key}"))),
        }
    }
    resources(comparison, holder, old, new)?;
    if let Some(list) = new.reference("Fields").filter(|list| comparison.is_rewritten(list.number)) {
        comparison.explain_if_only(list.number, &[holder.number]);
    }
    Ok(())
}

/// Default resources may gain names; a name that means another font now would redraw old values.
fn resources(
    comparison: &mut Comparison<'_, '_>,
    holder: Ref,
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    let before = comparison.old.dict_value(old, "DR")?.unwrap_or_default();
    let after = comparison.new.dict_value(new, "DR")?.unwrap_or_default();
    let home = new.reference("DR");
    let mut same = before == after;
    for (category, _) in &before.0 {
        let category = category.text();
        let was = comparison.old.value(&before, &category)?;
        let is = comparison.new.value(&after, &category)?;
        let kept = match (was.dict(), is.dict()) {
            (Some(was), Some(is)) => was.0.iter().all(|(name, value)| is.get(&name.text()) == Some(value)),
            _ => was == is,
        };
        same &= was == is;
        if !kept {
            comparison.note(Change::new("form-changed", Unexplained).about("/DR"));
            return Ok(());
        }
        let list = after.reference(&category).filter(|list| comparison.is_rewritten(list.number));
        if let Some(list) = list {
            comparison.explain_if_only(list.number, &[home.unwrap_or(holder).number]);
        }
    }
    if let Some(home) = home.filter(|home| comparison.is_rewritten(home.number)) {
        comparison.explain_if_only(home.number, &[holder.number]);
    }
    if !same {
        comparison.note(Change::new("form-settings-changed", FormFilling).about("/DR"));
    }
    Ok(())
}

/// A field that was not there: it may only be for a signature.
fn new_field(comparison: &mut Comparison<'_, '_>, new: &Field) -> Result<(), PdfError> {
    let mut visible = false;
    let mut page = None;
    for widget in &new.widgets {
        let Some(dict) = comparison.new.indirect(*widget)?.object.dict().cloned() else { continue };
        if !comparison.is_added(*widget) {
            comparison.note(Change::new("form-changed", Unexplained).in_field(&new.name));
            return Ok(());
        }
        comparison.accepted_widgets.insert(widget.number);
        if page::is_visible(comparison.new, &dict)? {
            visible = true;
            page = page::number_of(comparison.new, *widget)?;
            let share = page::share_covered(comparison, *widget, &dict)?;
            if share > 0.0 {
                let effect = if share > SEAL_SHARE { Unexplained } else { FormFilling };
                comparison.note(Change::new("covers-signature", effect).in_field(&new.name).on_page(page));
            }
        }
    }
    let change = match new.dict.get("V") {
        None | Some(Object::Null) => {
            Change::new("signature-field-added", if visible { FormFilling } else { LtvUpdate })
        }
        Some(value) => value_change(comparison, value, visible)?,
    };
    comparison.note(change.in_field(&new.name).on_page(page).visible(visible));
    Ok(())
}

/// A new value of a signature field: it must be a new object, and must not certify behind other signatures.
pub(crate) fn value_change(
    comparison: &Comparison<'_, '_>,
    value: &Object,
    visible: bool,
) -> Result<Change, PdfError> {
    let Some(reference) = value.reference().filter(|reference| comparison.is_added(*reference)) else {
        return Ok(Change::new("form-changed", Unexplained).about("/V"));
    };
    let Object::Dict(signature) = comparison.new.indirect(reference)?.object else {
        return Ok(Change::new("form-changed", Unexplained).about("/V"));
    };
    if certification(comparison.new, &signature)?.is_some() {
        return Ok(Change::new("certification-too-late", Forbidden));
    }
    let is_timestamp = signature.is("SubFilter", "ETSI.RFC3161");
    Ok(match (is_timestamp, visible) {
        (true, false) => Change::new("timestamp-added", LtvUpdate),
        (true, true) => Change::new("timestamp-added", FormFilling),
        (false, _) => Change::new("signature-added", FormFilling),
    })
}

/// Whether an array only grew, for arrays that may be references.
pub(crate) fn kids_grown(
    comparison: &Comparison<'_, '_>,
    old: &Dict,
    new: &Dict,
    key: &str,
) -> Result<Option<Vec<Object>>, PdfError> {
    let list = |object: Object| match object {
        Object::Null => Vec::new(),
        Object::Array(items) => items,
        one => vec![one],
    };
    // A single kid stands for itself: what counts is the reference, not what it leads to.
    let raw = |pdf: &crate::pdf::Pdf<'_>, dict: &Dict| -> Result<Vec<Object>, PdfError> {
        match (dict.get(key), pdf.value(dict, key)?) {
            (_, Object::Array(items)) => Ok(items),
            (Some(one), _) => Ok(list(one.clone())),
            (None, _) => Ok(Vec::new()),
        }
    };
    Ok(grown(&raw(comparison.old, old)?, &raw(comparison.new, new)?))
}
