//! The form and its new fields (ISO 32000-2 §12.7.3).

use std::collections::{BTreeMap, BTreeSet};

use crate::embed::{Field, acroform, certification};
use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys, grown};
use crate::verify::changes::cover::{covered, is_seen, share_of_seals};
use crate::verify::changes::rectangle::Rectangle;
use crate::verify::changes::{Change, field};
use crate::verify::report::ChangesAfter::{Forbidden, FormFilling, LtvUpdate, Unexplained};

/// How much of an earlier signature a later one may cover. The seal of an office lies over about a third of the
/// signature on its left (Decree 30/2020/NĐ-CP, Article 33); what covers more than half hides it.
const SEAL_SHARE: f64 = 0.5;

/// Explains what changed in the form. `after` are the fields of the new revision.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>, after: &[Field]) -> Result<(), PdfError> {
    let (home, old) = acroform(comparison.old)?.unwrap_or_default();
    let (new_home, new) = acroform(comparison.new)?.unwrap_or_default();
    settings(comparison, home.or(new_home), &old, &new)?;
    let before = comparison.fields;
    let by_reference: BTreeMap<Ref, &Field> = after.iter().map(|f| (f.reference, f)).collect();
    for old in before {
        match by_reference.get(&old.reference) {
            Some(new) if new.name == old.name && new.kind == old.kind => {
                field::explain(comparison, old, new)?
            }
            _ if old.is_signature() && old.is_filled() => {
                comparison.note(Change::new("signed-field-changed", Forbidden).in_field(&old.name));
            }
            _ => comparison.note(Change::new("field-removed", Unexplained).in_field(&old.name)),
        }
    }
    let known: BTreeSet<Ref> = before.iter().map(|f| f.reference).collect();
    let names: BTreeSet<&str> = before.iter().map(|f| f.name.as_str()).collect();
    for new in after.iter().filter(|f| !known.contains(&f.reference)) {
        let taken = names.contains(new.name.as_str());
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
            "DA" | "Q" => comparison.note(Change::new("form-settings-changed", FormFilling)),
            "NeedAppearances" => drawn_by_viewers(comparison)?,
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

/// Viewers are asked to draw the fields themselves, or no longer. What was shown must be what is meant.
fn drawn_by_viewers(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    comparison.note(Change::new("form-settings-changed", FormFilling).about("/NeedAppearances"));
    for field in comparison.fields {
        if field::contradicts_itself(comparison.old, field)? {
            comparison.note(Change::new("appearance-changed", Unexplained).in_field(&field.name));
        }
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
    let mut page = None;
    comparison.accepted.insert(new.reference.number);
    for widget in &new.widgets {
        let Some(dict) = comparison.new.indirect(*widget)?.object.dict().cloned() else { continue };
        if !comparison.is_added(*widget) {
            comparison.note(Change::new("form-changed", Unexplained).in_field(&new.name));
            return Ok(());
        }
        comparison.accepted.insert(widget.number);
        let area = Rectangle::of(comparison.new, &dict, "Rect")?;
        if area.is_some_and(|area| area.size() > 0.0) && is_seen(comparison.new, &dict)? {
            page = page.or(comparison.sheets.number_of(*widget));
            laid_over(comparison, new, *widget, &dict)?;
        }
    }
    parents(comparison, new)?;
    let visible = page.is_some();
    let change = match new.dict.get("V") {
        None | Some(Object::Null) => {
            Change::new("signature-field-added", if visible { FormFilling } else { LtvUpdate })
        }
        Some(value) => value_change(comparison, new, value, visible)?,
    };
    comparison.note(change.in_field(&new.name).on_page(page).visible(visible));
    Ok(())
}

/// What a new visible widget lies over: earlier signatures, and the text of the page.
fn laid_over(
    comparison: &mut Comparison<'_, '_>,
    field: &Field,
    widget: Ref,
    dict: &Dict,
) -> Result<(), PdfError> {
    let page = comparison.sheets.number_of(widget);
    let share = share_of_seals(comparison, widget, dict)?;
    if share > 0.0 {
        let effect = if share > SEAL_SHARE { Unexplained } else { FormFilling };
        comparison.note(Change::new("covers-signature", effect).in_field(&field.name).on_page(page));
    }
    let covered = covered(comparison, widget, dict, page)?;
    if covered.hidden > 0 {
        comparison.note(Change::new("covers-content", Unexplained).in_field(&field.name).on_page(page));
    } else if covered.crossed > 0 {
        comparison.note(Change::new("crosses-content", FormFilling).in_field(&field.name).on_page(page));
    }
    Ok(())
}

/// Named parents of a new field, which may gain it among their kids and nothing else.
fn parents(comparison: &mut Comparison<'_, '_>, field: &Field) -> Result<(), PdfError> {
    let mut parent = field.dict.reference("Parent");
    for _ in 0..32 {
        let Some(node) = parent else { break };
        comparison.accepted.insert(node.number);
        let Some(rewritten) = comparison.rewritten.get(&node.number).cloned() else {
            parent = comparison.new.indirect(node)?.object.dict().and_then(|dict| dict.reference("Parent"));
            continue;
        };
        let (Object::Dict(old), Object::Dict(new)) = (&rewritten.old, &rewritten.new) else { break };
        let only_kids = differing_keys(old, new).iter().all(|key| key == "Kids");
        let gained = kids_grown(comparison, old, new, "Kids")?;
        let is_ours = |kid: &Object| kid.reference().is_some_and(|kid| comparison.is_added(kid));
        if only_kids && gained.is_some_and(|gained| gained.iter().all(is_ours)) {
            comparison.explain(node.number);
        }
        parent = new.reference("Parent");
    }
    Ok(())
}

/// A new value of a signature field: it must be a new object, and must not certify behind other signatures.
pub(crate) fn value_change(
    comparison: &Comparison<'_, '_>,
    field: &Field,
    value: &Object,
    visible: bool,
) -> Result<Change, PdfError> {
    let Some(reference) = value.reference().filter(|reference| comparison.is_added(*reference)) else {
        return Ok(Change::new("form-changed", Unexplained).about("/V"));
    };
    let Object::Dict(signature) = comparison.new.indirect(reference)?.object else {
        return Ok(Change::new("form-changed", Unexplained).about("/V"));
    };
    if certification(comparison.new, &signature)?.is_some() && !is_restriction(comparison, field, reference)?
    {
        return Ok(Change::new("certification-too-late", Forbidden));
    }
    let is_timestamp = signature.is("SubFilter", "ETSI.RFC3161");
    let change = match (is_timestamp, visible) {
        (true, false) => Change::new("timestamp-added", LtvUpdate),
        (true, true) => Change::new("timestamp-added", FormFilling),
        (false, _) => Change::new("signature-added", FormFilling),
    };
    // A lock is on what a field shows; an unseen new signature shows nothing.
    let is_new = !comparison.fields.iter().any(|old| old.reference == field.reference);
    Ok(change.exempt_from_locks(is_new && !visible))
}

/// A later signature may tighten what is permitted, if its field's lock says so (ISO 32000-2 Table 236, /P);
/// it is no certification unless the catalog calls it one.
fn is_restriction(comparison: &Comparison<'_, '_>, field: &Field, signature: Ref) -> Result<bool, PdfError> {
    let lock = comparison.new.dict_value(&field.dict, "Lock")?.unwrap_or_default();
    let (_, catalog) = comparison.new.catalog()?;
    let permissions = comparison.new.dict_value(&catalog, "Perms")?.unwrap_or_default();
    Ok(lock.has("P") && permissions.reference("DocMDP") != Some(signature))
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
