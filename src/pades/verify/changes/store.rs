//! The document security store: certificates and revocation data (ISO 32000-2 §12.8.4.3, EN 319 142-1 §5.4).
//!
//! It proves, and shows nothing on any page. So it may grow; but only by streams that are new or were in it,
//! lest something else be written over under its name.

use crate::pdf::{Dict, Object, PdfError, Ref};
use crate::verify::changes::Change;
use crate::verify::changes::comparison::{Comparison, grown};
use crate::verify::changes::holders::references;
use crate::verify::report::ChangesAfter::{LtvUpdate, Unexplained};

/// Keys of the store (ISO 32000-2 Table 261).
const STORE: [&str; 5] = ["Type", "VRI", "Certs", "CRLs", "OCSPs"];
/// Keys of a signature's entry in it (ISO 32000-2 Table 262).
const ENTRY: [&str; 6] = ["Type", "Cert", "CRL", "OCSP", "TU", "TS"];

/// What the comparison found of the store.
#[derive(Debug, Default)]
struct Findings {
    changed: bool,
    /// Something that was there is gone.
    shrank: bool,
    /// Something new joined.
    gained: bool,
    /// Where something stands that has no place in a store.
    foreign: Option<String>,
}

/// Explains what changed in the store.
pub(crate) fn explain(
    comparison: &mut Comparison<'_, '_>,
    root: Ref,
    old: &Dict,
    new: &Dict,
) -> Result<(), PdfError> {
    let before = comparison.old.dict_value(old, "DSS")?.unwrap_or_default();
    let Some(after) = comparison.new.dict_value(new, "DSS")? else { return Ok(()) };
    let home = new.reference("DSS");
    let holder = home.unwrap_or(root).number;
    let mut found = Findings {
        changed: before != after || home.is_some_and(|home| comparison.is_rewritten(home.number)),
        foreign: after.keys().find(|key| !STORE.iter().any(|known| *key == known)).map(|key| key.text()),
        ..Findings::default()
    };
    for key in ["Certs", "CRLs", "OCSPs"] {
        list(comparison, holder, (&before, &after), key, &mut found)?;
    }
    index(comparison, holder, &before, &after, &mut found)?;
    if let Some(home) = home.filter(|home| comparison.is_rewritten(home.number)) {
        comparison.explain_if_only(home.number, &[root.number]);
    }
    if let Some(key) = found.foreign {
        comparison.note(Change::new("catalog-changed", Unexplained).about(format!("/DSS /{key}")));
    }
    if found.shrank {
        // Programs in the field replace old evidence by newer. Evidence taken away for nothing is no renewal.
        let effect = if found.gained { LtvUpdate } else { Unexplained };
        comparison.note(Change::new("validation-data-changed", effect));
    } else if found.changed {
        comparison.note(Change::new("validation-data-added", LtvUpdate));
    }
    Ok(())
}

/// One list of streams.
fn list(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    (old, new): (&Dict, &Dict),
    key: &str,
    found: &mut Findings,
) -> Result<(), PdfError> {
    found.changed |= helper(comparison, new.reference(key), &[holder]);
    let (before, after) = (comparison.old.value(old, key)?, comparison.new.value(new, key)?);
    if !matches!(after, Object::Array(_) | Object::Null) {
        found.foreign = Some(key.to_owned());
    }
    let (before, after) = (before.array().unwrap_or_default(), after.array().unwrap_or_default());
    match grown(before, after) {
        Some(added) => {
            found.gained |= !added.is_empty();
            for item in &added {
                if !is_evidence(comparison, item)? {
                    found.foreign = Some(key.to_owned());
                }
            }
        }
        None => {
            found.shrank = true;
            for item in after.iter().filter(|item| !before.contains(item)) {
                found.gained |= is_evidence(comparison, item)?;
            }
        }
    }
    Ok(())
}

/// Whether something that joined a list is a stream that came with it, or was evidence before.
fn is_evidence(comparison: &Comparison<'_, '_>, item: &Object) -> Result<bool, PdfError> {
    let Some(reference) = item.reference() else { return Ok(false) };
    let is_stream = matches!(comparison.new.indirect(reference)?.object, Object::Stream(_));
    Ok(is_stream && (comparison.is_added(reference) || was_evidence(comparison, reference)?))
}

fn was_evidence(comparison: &Comparison<'_, '_>, reference: Ref) -> Result<bool, PdfError> {
    let (_, catalog) = comparison.old.catalog()?;
    let store = comparison.old.dict_value(&catalog, "DSS")?.unwrap_or_default();
    let mut known = Vec::new();
    for key in ["Certs", "CRLs", "OCSPs"] {
        references(&comparison.old.value(&store, key)?, &mut known);
    }
    for (_, entry) in &comparison.old.dict_value(&store, "VRI")?.unwrap_or_default().0 {
        let entry = comparison.old.resolve(entry)?;
        for (_, value) in entry.dict().map(|dict| dict.0.as_slice()).unwrap_or_default() {
            references(&comparison.old.resolve(value)?, &mut known);
        }
    }
    Ok(known.contains(&reference.number))
}

/// `/VRI`: evidence by signature. Old entries may gain references, as when newer answers come in.
fn index(
    comparison: &mut Comparison<'_, '_>,
    holder: u32,
    old: &Dict,
    new: &Dict,
    found: &mut Findings,
) -> Result<(), PdfError> {
    let before = comparison.old.dict_value(old, "VRI")?.unwrap_or_default();
    let after = comparison.new.dict_value(new, "VRI")?.unwrap_or_default();
    let home = new.reference("VRI");
    found.changed |= helper(comparison, home, &[holder]);
    let holder = home.map_or(holder, |home| home.number);
    found.shrank |= before.keys().any(|name| !after.has(&name.text()));
    for (name, _) in &after.0 {
        let name = name.text();
        let was = comparison.old.dict_value(&before, &name)?.unwrap_or_default();
        let is = comparison.new.dict_value(&after, &name)?.unwrap_or_default();
        found.changed |= helper(comparison, after.reference(&name), &[holder]);
        if was == is {
            continue;
        }
        found.changed = true;
        let is_digest = name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit());
        let is_known = is.keys().all(|key| ENTRY.iter().any(|known| key == known));
        if !is_digest || !is_known {
            found.foreign = Some(format!("VRI /{name}"));
        }
        let own = after.reference(&name).map_or(holder, |own| own.number);
        for key in ["Cert", "CRL", "OCSP"] {
            list(comparison, own, (&was, &is), key, found)?;
        }
    }
    Ok(())
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
