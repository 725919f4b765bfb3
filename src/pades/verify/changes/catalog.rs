//! Trailer, catalog, metadata and validation data (ISO 32000-2 §7.5.5, §7.7.2, §12.8.4.3, §14.3).

use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::Change;
use crate::verify::changes::comparison::{Comparison, differing_keys, grown};
use crate::verify::report::ChangesAfter::{Forbidden, LtvUpdate, Unexplained};

/// Keys of the document security store (ISO 32000-2 Table 261).
const STORE_KEYS: [&str; 5] = ["Type", "VRI", "Certs", "CRLs", "OCSPs"];

/// Explains what changed in the trailer and the catalog.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    trailer(comparison)?;
    let (root, old) = comparison.old.catalog()?;
    let (new_root, new) = comparison.new.catalog()?;
    if root != new_root {
        comparison.note(Change::new("root-changed", Forbidden));
        return Ok(());
    }
    comparison.explain(root.number);
    for key in differing_keys(&old, &new) {
        catalog_key(comparison, &key, &old, &new)?;
    }
    metadata(comparison, root, &new)?;
    let old_store = comparison.old.dict_value(&old, "DSS")?;
    if let Some(new_store) = comparison.new.dict_value(&new, "DSS")? {
        security_store(comparison, (root, new.reference("DSS")), &old_store.unwrap_or_default(), &new_store)?;
    }
    Ok(())
}

fn trailer(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    let (old, new) = (comparison.old.trailer()?.clone(), comparison.new.trailer()?.clone());
    if old.get("Encrypt") != new.get("Encrypt") {
        comparison.note(Change::new("encryption-changed", Forbidden));
    }
    let own_stream = comparison.new.sections().first().and_then(|section| section.stream);
    for number in comparison.rewritten.keys().copied().collect::<Vec<_>>() {
        // Structure streams may take an old number as long as nothing refers to it.
        let is_structure = comparison.rewritten.get(&number).is_some_and(|r| {
            let kind = |object: &Object| {
                object.dict().is_some_and(|d| d.is("Type", "XRef") || d.is("Type", "ObjStm"))
            };
            kind(&r.old) && kind(&r.new)
        });
        if is_structure || own_stream.is_some_and(|stream| stream.number == number && is_structure) {
            comparison.explain_if_only(number, &[]);
        }
    }
    let info = new.reference("Info");
    let info_changed = old.get("Info") != new.get("Info");
    if let Some(info) = info.filter(|info| info_changed || comparison.is_rewritten(info.number)) {
        // An information dictionary that is also something else would change that too.
        if !comparison.is_rewritten(info.number) || comparison.explain_if_only(info.number, &[]) {
            comparison.note(Change::new("metadata-changed", LtvUpdate));
        }
    }
    Ok(())
}

fn catalog_key(
    comparison: &mut Comparison<'_, '_>,
    key: &str,
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    match key {
        // Judged by value, wherever it stands.
        "AcroForm" | "DSS" | "Metadata" if new.has(key) => {}
        "Extensions" if new.has(key) => comparison.note(Change::new("extensions-declared", LtvUpdate)),
        "Version" if new.name(key).is_some() => {}
        "Perms" => {
            let certification = |pdf: &crate::pdf::Pdf<'_>, dict: &Dict| {
                pdf.dict_value(dict, "Perms").map(|p| p.and_then(|p| p.get("DocMDP").cloned()))
            };
            let same = certification(comparison.old, old)? == certification(comparison.new, new)?;
            let (code, effect) =
                if same { ("catalog-changed", Unexplained) } else { ("certification-too-late", Forbidden) };
            comparison.note(Change::new(code, effect).about("/Perms"));
        }
        _ => comparison.note(Change::new("catalog-changed", Unexplained).about(format!("/{key}"))),
    }
    Ok(())
}

/// XMP metadata: a stream that only the catalog shows.
fn metadata(comparison: &mut Comparison<'_, '_>, root: Ref, new: &Dict) -> Result<(), PdfError> {
    let Some(reference) = new.reference("Metadata") else { return Ok(()) };
    let rewritten = comparison.is_rewritten(reference.number);
    if !rewritten && !comparison.is_added(reference) {
        return Ok(());
    }
    let is_metadata = match comparison.new.indirect(reference)?.object {
        Object::Stream(stream) => stream.dict.is("Type", "Metadata"),
        _ => false,
    };
    if is_metadata && (!rewritten || comparison.explain_if_only(reference.number, &[root.number])) {
        comparison.note(Change::new("metadata-changed", LtvUpdate));
    } else if !is_metadata {
        comparison.note(Change::new("catalog-changed", Unexplained).about("/Metadata"));
    }
    Ok(())
}

/// The document security store (ISO 32000-2 §12.8.4.3): it proves, and shows nothing on any page.
///
/// Programs in the field replace old evidence with newer, so a store that shrank is told, not suspected.
fn security_store(
    comparison: &mut Comparison<'_, '_>,
    (root, home): (Ref, Option<Ref>),
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    let holder = home.unwrap_or(root).number;
    let mut changed =
        home.is_some_and(|home| comparison.is_added(home) || comparison.is_rewritten(home.number));
    changed |= old != new;
    if let Some(key) = new.keys().find(|key| !STORE_KEYS.iter().any(|known| *key == known)) {
        comparison.note(Change::new("catalog-changed", Unexplained).about(format!("/DSS /{}", key.text())));
    }
    let mut kept = true;
    for key in ["Certs", "CRLs", "OCSPs"] {
        let (before, after) = (comparison.old.value(old, key)?, comparison.new.value(new, key)?);
        kept &= grown(before.array().unwrap_or_default(), after.array().unwrap_or_default()).is_some();
        changed |= helper(comparison, new.reference(key), &[holder]);
    }
    let (index_kept, index_changed) = revocation_index(comparison, holder, old, new)?;
    kept &= index_kept;
    changed |= index_changed;
    if let Some(home) = home.filter(|home| comparison.is_rewritten(home.number)) {
        comparison.explain_if_only(home.number, &[root.number]);
    }
    if !kept {
        comparison.note(Change::new("validation-data-changed", LtvUpdate));
    } else if changed {
        comparison.note(Change::new("validation-data-added", LtvUpdate));
    }
    Ok(())
}

/// `/VRI`: whether its old entries are kept, and whether it was rewritten.
fn revocation_index(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    old: &Dict,
    new: &Dict,
) -> Result<(bool, bool), PdfError> {
    let before = comparison.old.dict_value(old, "VRI")?.unwrap_or_default();
    let after = comparison.new.dict_value(new, "VRI")?.unwrap_or_default();
    let index = new.reference("VRI");
    let changed = helper(comparison, index, &[holder]);
    let index_holder = index.map_or(holder, |index| index.number);
    let mut kept = true;
    for (name, _) in &before.0 {
        let key = name.text();
        let was = comparison.old.dict_value(&before, &key)?.unwrap_or_default();
        let is = comparison.new.dict_value(&after, &key)?.unwrap_or_default();
        kept &= entry_kept(comparison, &was, &is)?;
        helper(comparison, after.reference(&key), &[index_holder]);
    }
    Ok((kept, changed))
}

/// Explains a rewritten array or dictionary of the store; says whether it was rewritten.
fn helper(comparison: &mut Comparison<'_, '_>, reference: Option<Ref>, holders: &[u32]) -> bool {
    match reference.filter(|reference| comparison.is_rewritten(reference.number)) {
        Some(reference) => {
            comparison.explain_if_only(reference.number, holders);
            true
        }
        None => false,
    }
}

/// A VRI entry may gain references, as when its signature is given newer answers.
fn entry_kept(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> Result<bool, PdfError> {
    let mut kept = true;
    for (key, _) in &old.0 {
        let key = key.text();
        let (before, after) = (comparison.old.value(old, &key)?, comparison.new.value(new, &key)?);
        kept &= match (before.array(), after.array()) {
            (Some(before), Some(after)) => grown(before, after).is_some(),
            _ => before == after || key == "TU",
        };
    }
    Ok(kept)
}
