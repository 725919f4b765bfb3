//! Trailer, catalog and metadata (ISO 32000-2 §7.5.5, §7.7.2, §14.3).

use crate::pdf::{Dict, Object, Pdf, PdfError, Ref};
use crate::verify::changes::comparison::{Comparison, differing_keys};
use crate::verify::changes::{Change, store};
use crate::verify::report::ChangesAfter::{Forbidden, LtvUpdate, Unexplained};

/// Keys of a developer extensions dictionary (ISO 32000-2 Table 49): names, numbers, an address as text.
const EXTENSION_KEYS: [&str; 5] = ["Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision", "URL"];

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
    metadata(comparison, root, &old, &new)?;
    extensions(comparison, root, &old, &new)?;
    store::explain(comparison, root, &old, &new)
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
        "AcroForm" | "DSS" | "Metadata" | "Extensions" if new.has(key) => {}
        // A later version may be declared, an earlier one would switch features off.
        "Version" if new.name(key).map(|name| name.text()) > Some(version(comparison.old, old)?) => {}
        "Perms" => {
            let certification = |pdf: &Pdf<'_>, dict: &Dict| {
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

/// The version in force: that of the catalog, else of the header (ISO 32000-2 Table 29).
fn version(pdf: &Pdf<'_>, catalog: &Dict) -> Result<String, PdfError> {
    if let Some(name) = catalog.name("Version") {
        return Ok(name.text());
    }
    let head = pdf.window(0..1024)?;
    let at = head.windows(5).position(|w| w == b"%PDF-").map_or(0, |at| at + 5);
    let text = head.get(at..at + 3).unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// XMP metadata: a stream that only the catalog shows.
fn metadata(comparison: &mut Comparison<'_, '_>, root: Ref, old: &Dict, new: &Dict) -> Result<(), PdfError> {
    let Some(reference) = new.reference("Metadata") else { return Ok(()) };
    let rewritten = comparison.is_rewritten(reference.number);
    if !rewritten && old.get("Metadata") == new.get("Metadata") {
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

/// Declared extensions (ISO 32000-2 §7.12): they say what a reader should know, and do nothing.
fn extensions(
    comparison: &mut Comparison<'_, '_>,
    root: Ref,
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    let was = comparison.old.value(old, "Extensions")?;
    let is = comparison.new.value(new, "Extensions")?;
    if let Some(home) = new.reference("Extensions").filter(|home| comparison.is_rewritten(home.number)) {
        comparison.explain_if_only(home.number, &[root.number]);
    }
    if was == is {
        return Ok(());
    }
    let plain = is.dict().is_some_and(|list| list.0.iter().all(|(_, value)| declares_only(value)));
    comparison.note(if plain {
        Change::new("extensions-declared", LtvUpdate)
    } else {
        Change::new("catalog-changed", Unexplained).about("/Extensions")
    });
    Ok(())
}

fn declares_only(value: &Object) -> bool {
    let simple = |value: &Object| !matches!(value, Object::Dict(_) | Object::Array(_) | Object::Reference(_));
    let known = |dict: &Dict| {
        dict.0.iter().all(|(key, value)| EXTENSION_KEYS.iter().any(|known| key == known) && simple(value))
    };
    match value {
        Object::Name(_) => true,
        Object::Dict(dict) => known(dict),
        Object::Array(items) => items.iter().all(|item| item.dict().is_some_and(known)),
        _ => false,
    }
}
