//! The structure tree of tagged files, which grows with each new widget (ISO 32000-2 §14.7).

use crate::pdf::{Dict, Object, PdfError};
use crate::verify::changes::Change;
use crate::verify::changes::comparison::{Comparison, Rewritten, differing_keys, grown};
use crate::verify::changes::form::kids_grown;
use crate::verify::changes::holders::references;
use crate::verify::report::ChangesAfter::{LtvUpdate, Unexplained};

/// Explains a structure tree that only gained the elements of new widgets and comments.
pub(crate) fn explain(comparison: &mut Comparison<'_, '_>) -> Result<(), PdfError> {
    let (_, catalog) = comparison.new.catalog()?;
    let Some(root) = catalog.reference("StructTreeRoot") else { return Ok(()) };
    let numbers = parent_tree(comparison, &catalog)?;
    let mut grew = false;
    for (number, rewritten) in comparison.rewritten.clone() {
        let Rewritten { old: Object::Dict(old), new: Object::Dict(new) } = rewritten else { continue };
        let fits = if number == root.number {
            tree_grown(comparison, &old, &new)?
        } else if numbers.contains(&number) {
            Some(numbers_grown(comparison, &old, &new)?)
        } else if old.is("Type", "StructElem") || (old.has("S") && old.has("P")) {
            Some(element_grown(comparison, &old, &new)?)
        } else {
            continue;
        };
        if fits == Some(true) {
            comparison.explain(number);
            grew = true;
        } else {
            comparison
                .note(Change::new("structure-tree-changed", Unexplained).about(format!("{number} 0 R")));
        }
    }
    if grew {
        comparison.note(Change::new("structure-tree-grown", LtvUpdate));
    }
    Ok(())
}

/// The object numbers of the parent tree's nodes, as the old revision had them.
fn parent_tree(comparison: &Comparison<'_, '_>, catalog: &Dict) -> Result<Vec<u32>, PdfError> {
    let mut found = Vec::new();
    let Some(root) = comparison.old.dict_value(catalog, "StructTreeRoot")? else { return Ok(found) };
    let mut pending: Vec<Object> = root.get("ParentTree").cloned().into_iter().collect();
    while let Some(node) = pending.pop() {
        if let Some(reference) = node.reference() {
            // Each node once: a tree that contains itself must end.
            if found.contains(&reference.number) {
                continue;
            }
            found.push(reference.number);
        }
        if let Some(dict) = comparison.old.resolve(&node)?.dict() {
            pending.extend(comparison.old.value(dict, "Kids")?.array().unwrap_or_default().iter().cloned());
        }
    }
    Ok(found)
}

fn tree_grown(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> Result<Option<bool>, PdfError> {
    let allowed = ["K", "ParentTree", "ParentTreeNextKey", "IDTree"];
    let keys = differing_keys(old, new);
    if !keys.iter().all(|key| allowed.contains(&key.as_str())) {
        return Ok(None);
    }
    if old.reference("ParentTree") != new.reference("ParentTree") {
        return Ok(None);
    }
    let tree_kept = match (old.get("ParentTree"), new.get("ParentTree")) {
        (Some(Object::Dict(before)), Some(Object::Dict(after))) => numbers_grown(comparison, before, after)?,
        (before, after) => before == after,
    };
    Ok(Some(tree_kept && new_kids_are_widgets(comparison, old, new)?))
}

fn element_grown(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> Result<bool, PdfError> {
    let only_kids = differing_keys(old, new).iter().all(|key| key == "K");
    Ok(only_kids && new_kids_are_widgets(comparison, old, new)?)
}

/// Whether a number tree node kept its numbers and gained only new elements.
fn numbers_grown(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> Result<bool, PdfError> {
    let known = differing_keys(old, new).iter().all(|key| matches!(key.as_str(), "Nums" | "Kids" | "Limits"));
    let before = comparison.old.value(old, "Nums")?;
    let after = comparison.new.value(new, "Nums")?;
    let (before, after) = (before.array().unwrap_or_default(), after.array().unwrap_or_default());
    let pairs =
        |items: &[Object]| items.chunks(2).map(|pair| Object::Array(pair.to_vec())).collect::<Vec<_>>();
    let Some(added) = grown(&pairs(before), &pairs(after)) else { return Ok(false) };
    let kids = kids_grown(comparison, old, new, "Kids")?;
    Ok(known && kids.is_some() && added.iter().all(|pair| all_new(comparison, pair)))
}

fn all_new(comparison: &Comparison<'_, '_>, object: &Object) -> bool {
    let mut targets = Vec::new();
    references(object, &mut targets);
    targets.iter().all(|target| comparison.added.contains(target))
}

/// Whether every kid that an element gained leads to a new widget and to nothing else that is new to it.
fn new_kids_are_widgets(comparison: &Comparison<'_, '_>, old: &Dict, new: &Dict) -> Result<bool, PdfError> {
    let Some(added) = kids_grown(comparison, old, new, "K")? else { return Ok(false) };
    for kid in &added {
        let Some(reference) = kid.reference().filter(|r| comparison.is_added(*r)) else { return Ok(false) };
        let Object::Dict(element) = comparison.new.indirect(reference)?.object else { return Ok(false) };
        let content = comparison.new.value(&element, "K")?;
        let pointers = match &content {
            Object::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        let leads_to_widget = |pointer: &Object| {
            pointer.dict().is_some_and(|dict| {
                let target = dict.reference("Obj");
                dict.is("Type", "OBJR") && target.is_some_and(|t| comparison.accepted.contains(&t.number))
            })
        };
        if pointers.is_empty() || !pointers.iter().all(leads_to_widget) {
            return Ok(false);
        }
    }
    Ok(true)
}
