//! What a reader is shown, worked out without the verdict's rules: a second judge of what may be accepted.
//!
//! Each page is written out in full, references replaced by what they lead to, so that a change anywhere
//! behind a page shows, whichever object, table or stream it hides in.

use pades::pdf::{Dict, Object, Pdf, Ref, pages};

/// More than any test paper shows; beyond it nothing is compared.
const MAX_WRITTEN: usize = 1 << 20;
/// Deeper than any test paper.
const MAX_DEPTH: usize = 40;
/// Keys that lead back up or sideways and show nothing.
const SILENT: [&str; 7] = ["Parent", "P", "Annots", "StructParents", "StructParent", "Length", "Tabs"];
/// What acts or shows without being on a page.
const ACTING: [&str; 8] = [
    "OpenAction",
    "AA",
    "OCProperties",
    "Names",
    "Outlines",
    "PageLabels",
    "ViewerPreferences",
    "Requirements",
];

/// What the second file shows differently from the first; `None` if nothing, or if one cannot be shown.
///
/// New widgets are left aside: whether they may be there is a question of rules, not of sight.
pub fn difference(before: &[u8], after: &[u8]) -> Option<String> {
    let (old, new) = (Pdf::open(before).ok()?, Pdf::open(after).ok()?);
    let (old_catalog, new_catalog) = (old.catalog().ok()?.1, new.catalog().ok()?.1);
    for key in ACTING {
        if written(&old, old_catalog.get(key)) != written(&new, new_catalog.get(key)) {
            return Some(format!("the catalog's /{key} differs"));
        }
    }
    let (old_pages, new_pages) = (pages(&old).ok()?, pages(&new).ok()?);
    if old_pages.len() != new_pages.len() {
        return Some(format!("{} pages became {}", old_pages.len(), new_pages.len()));
    }
    for (number, (a, b)) in old_pages.iter().zip(&new_pages).enumerate() {
        if sheet(&old, &a.dict) != sheet(&new, &b.dict) {
            return Some(format!("page {} differs", number + 1));
        }
        if let Some(what) = pinned(&old, &new, &a.dict, &b.dict) {
            return Some(format!("page {}: {what}", number + 1));
        }
    }
    None
}

/// A page without its annotations, with what it inherits (ISO 32000-2 §7.7.3.4).
fn sheet(pdf: &Pdf<'_>, page: &Dict) -> Option<Vec<u8>> {
    let mut text = written(pdf, Some(&Object::Dict(page.clone())))?;
    let mut above = page.clone();
    for _ in 0..MAX_DEPTH {
        let Some(Object::Dict(node)) =
            above.get("Parent").map(|parent| pdf.resolve(parent).unwrap_or(Object::Null))
        else {
            break;
        };
        for key in ["Resources", "MediaBox", "CropBox", "Rotate"] {
            text.extend(written(pdf, node.get(key))?);
        }
        above = node;
    }
    Some(text)
}

/// What is pinned on a page must stay as it was; what joins it must be a widget.
fn pinned(old: &Pdf<'_>, new: &Pdf<'_>, before: &Dict, after: &Dict) -> Option<String> {
    let list = |pdf: &Pdf<'_>, page: &Dict| match pdf.value(page, "Annots") {
        Ok(Object::Array(items)) => items,
        _ => Vec::new(),
    };
    let (was, is) = (list(old, before), list(new, after));
    for annotation in &was {
        if !is.contains(annotation) {
            return Some("an annotation is gone".to_owned());
        }
        let dict = |pdf: &Pdf<'_>| pdf.resolve(annotation).ok().and_then(|o| o.dict().cloned());
        let (a, b) = (dict(old)?, dict(new)?);
        let sealed = a.is("FT", "Sig") && a.has("V");
        let fixed = !a.is("Subtype", "Widget") || sealed;
        if fixed && written(old, Some(&Object::Dict(a))) != written(new, Some(&Object::Dict(b))) {
            return Some("an annotation differs".to_owned());
        }
    }
    let joined = is.iter().filter(|annotation| !was.contains(annotation));
    for annotation in joined {
        let object = new.resolve(annotation).ok()?;
        if !object.dict().is_some_and(|dict| dict.is("Subtype", "Widget")) {
            return Some("an annotation was added".to_owned());
        }
    }
    None
}

/// An object with all that it leads to; `None` if it is too much to compare.
fn written(pdf: &Pdf<'_>, object: Option<&Object>) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut path = Vec::new();
    write(pdf, object.unwrap_or(&Object::Null), &mut path, &mut out)?;
    Some(out)
}

fn write(pdf: &Pdf<'_>, object: &Object, path: &mut Vec<Ref>, out: &mut Vec<u8>) -> Option<()> {
    if out.len() > MAX_WRITTEN || path.len() > MAX_DEPTH {
        return None;
    }
    match object {
        Object::Reference(target) => {
            if let Some(above) = path.iter().rposition(|known| known == target) {
                out.extend(format!("^{above}").bytes());
                return Some(());
            }
            path.push(*target);
            let object = pdf.indirect(*target).map_or(Object::Null, |indirect| indirect.object);
            write(pdf, &object, path, out)?;
            path.pop();
        }
        Object::Array(items) => {
            out.push(b'[');
            items.iter().try_for_each(|item| write(pdf, item, path, out))?;
            out.push(b']');
        }
        Object::Dict(dict) => write_dict(pdf, dict, path, out)?,
        Object::Stream(stream) => {
            write_dict(pdf, &stream.dict, path, out)?;
            out.extend_from_slice(&pdf.window(stream.data.clone()).unwrap_or_default());
        }
        Object::Integer(_) | Object::Real(_) => {
            out.extend(format!(" {}", object.number().unwrap_or_default()).bytes());
        }
        Object::String(string) => {
            out.push(b'(');
            out.extend_from_slice(&string.bytes);
            out.push(b')');
        }
        other => out.extend(format!(" {other:?}").bytes()),
    }
    Some(())
}

fn write_dict(pdf: &Pdf<'_>, dict: &Dict, path: &mut Vec<Ref>, out: &mut Vec<u8>) -> Option<()> {
    let mut names: Vec<String> = dict.keys().map(|name| name.text()).collect();
    names.sort();
    names.dedup();
    out.push(b'<');
    for name in names.iter().filter(|name| !SILENT.contains(&name.as_str())) {
        // A key that leads to nothing says nothing (ISO 32000-2 §7.3.7).
        let value = dict.get(name)?;
        if !matches!(pdf.resolve(value), Ok(Object::Null)) {
            out.extend(format!("/{name}").bytes());
            write(pdf, value, path, out)?;
        }
    }
    out.push(b'>');
    Some(())
}
