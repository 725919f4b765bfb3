//! Tagged PDF: the new widget joins the structure tree (ISO 32000-2 §14.7.5, PDF/UA ISO 14289-1 §7.18.4).

use crate::embed::Field;
use crate::pdf::{Dict, Object, Page, Pdf, Ref, Update};
use crate::sign::SignError;

/// Number trees deeper than this are not searched.
const MAX_DEPTH: usize = 32;

/// Adds a /Form element for the widget, if the document is tagged.
///
/// A tree without a parent tree is not one we can extend in its own form; it is left as it is. So is
/// a tree that a signature covers already: other judges take any change of it for a forbidden one.
pub(crate) fn tag_widget(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    known: &[Field],
    page: &Page,
    widget: Ref,
) -> Result<(), SignError> {
    if known.iter().any(|field| field.is_signature() && field.is_filled()) {
        return Ok(());
    }
    let (_, catalog) = pdf.catalog()?;
    let Some(home) = catalog.reference("StructTreeRoot") else { return Ok(()) };
    let Object::Dict(mut root) = pdf.indirect(home)?.object else { return Ok(()) };
    let Some(mut parents) = pdf.dict_value(&root, "ParentTree")? else { return Ok(()) };
    let key = match root.integer("ParentTreeNextKey") {
        Some(key) => key,
        None => highest_key(pdf, &parents, 0)? + 1,
    };
    let parent = document_element(pdf, &root)?.unwrap_or(home);
    let reference = Dict::new().with("Type", "OBJR").with("Obj", widget).with("Pg", page.reference);
    let element = update
        .add(Dict::new().with("Type", "StructElem").with("S", "Form").with("P", parent).with("K", reference));
    root.set("ParentTreeNextKey", key + 1);
    append_key(pdf, &mut parents, key, element)?;
    match root.reference("ParentTree") {
        Some(tree) => update.replace(tree, parents),
        None => root.set("ParentTree", parents),
    }
    if parent == home {
        add_kid(pdf, &mut root, element)?;
    } else if let Object::Dict(mut document) = pdf.indirect(parent)?.object {
        add_kid(pdf, &mut document, element)?;
        update.replace(parent, document);
    }
    update.replace(home, root);
    if let Object::Dict(dict) = update.current(widget)? {
        update.replace(widget, dict.with("StructParent", key));
    }
    Ok(())
}

/// The single top element, usually /Document, under which everything hangs.
fn document_element(pdf: &Pdf<'_>, root: &Dict) -> Result<Option<Ref>, SignError> {
    let kids = match root.get("K") {
        Some(Object::Reference(target)) => match pdf.indirect(*target)?.object {
            Object::Array(kids) => kids,
            Object::Dict(_) => return Ok(Some(*target)),
            _ => return Ok(None),
        },
        Some(Object::Array(kids)) => kids.clone(),
        _ => return Ok(None),
    };
    Ok(match kids.as_slice() {
        [one] => one.reference(),
        _ => None,
    })
}

/// Appends to /K, which may be one kid or many.
fn add_kid(pdf: &Pdf<'_>, element: &mut Dict, kid: Ref) -> Result<(), SignError> {
    let mut kids = match (element.get("K"), pdf.value(element, "K")?) {
        (_, Object::Array(kids)) => kids,
        (Some(one), _) => vec![one.clone()],
        (None, _) => Vec::new(),
    };
    kids.push(Object::Reference(kid));
    element.set("K", kids);
    Ok(())
}

/// Appends a key, higher than all others, to a number tree (ISO 32000-2 §7.9.7).
fn append_key(pdf: &Pdf<'_>, tree: &mut Dict, key: i64, element: Ref) -> Result<(), SignError> {
    let pair = [Object::Integer(key), Object::Reference(element)];
    if let Object::Array(mut kids) = pdf.value(tree, "Kids")? {
        let limits = vec![Object::Integer(key), Object::Integer(key)];
        let leaf = Dict::new().with("Limits", limits).with("Nums", pair.to_vec());
        kids.push(Object::Dict(leaf));
        tree.set("Kids", kids);
    } else {
        let mut numbers = pdf.value(tree, "Nums")?.array().unwrap_or_default().to_vec();
        numbers.extend(pair);
        tree.set("Nums", numbers);
    }
    Ok(())
}

fn highest_key(pdf: &Pdf<'_>, tree: &Dict, depth: usize) -> Result<i64, SignError> {
    let mut highest = -1;
    let numbers = pdf.value(tree, "Nums")?;
    for pair in numbers.array().unwrap_or_default().chunks(2) {
        highest = highest.max(pair.first().and_then(Object::integer).unwrap_or(-1));
    }
    if depth < MAX_DEPTH {
        let kids = pdf.value(tree, "Kids")?;
        for kid in kids.array().unwrap_or_default() {
            if let Some(kid) = pdf.resolve(kid)?.dict() {
                highest = highest.max(highest_key(pdf, kid, depth + 1)?);
            }
        }
    }
    Ok(highest)
}
