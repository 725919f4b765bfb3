//! Appearances: how widgets and annotations are drawn, and what a revision did to that (ISO 32000-2 §12.5.5).

use std::collections::BTreeSet;

use crate::pdf::{Dict, Object, Pdf, PdfError, Ref};
use crate::verify::changes::comparison::Comparison;
use crate::verify::changes::holders::references;

/// What happened to an appearance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct LookChange {
    /// A stream or dictionary of it was overwritten in place.
    pub(crate) overwritten: bool,
    /// `/AP` names other objects than it did.
    pub(crate) replaced: bool,
    /// It was there and is no more.
    pub(crate) removed: bool,
    /// It shows an object that was in the signed file for another use (shadow replace).
    pub(crate) planted: bool,
}

impl LookChange {
    /// Whether anything is drawn differently.
    pub(crate) fn any(self) -> bool {
        self.overwritten || self.replaced
    }
}

/// Compares the appearance of a widget or annotation, and explains what was overwritten.
///
/// Overwriting is explained only if this widget alone shows the object: what a page or another field uses too
/// would change there unnoticed.
pub(crate) fn compare(
    comparison: &mut Comparison<'_, '_>,
    widget: Ref,
    before: &Dict,
    after: &Dict,
) -> Result<LookChange, PdfError> {
    let old = parts(comparison.old, before)?;
    let new = parts(comparison.new, after)?;
    let holders: Vec<u32> = new.iter().copied().chain([widget.number]).collect();
    let mut change = LookChange {
        replaced: before.get("AP") != after.get("AP"),
        removed: before.has("AP") && !after.has("AP"),
        ..LookChange::default()
    };
    for number in &new {
        if comparison.is_rewritten(*number) {
            change.overwritten |= comparison.explain_if_only(*number, &holders);
        }
        let is_new = comparison.added.contains(number);
        change.planted |= !is_new && !old.contains(number);
    }
    Ok(change)
}

/// The objects of an appearance. Dictionary, states, streams: three levels are all there are.
fn parts(pdf: &Pdf<'_>, dict: &Dict) -> Result<BTreeSet<u32>, PdfError> {
    let mut found = BTreeSet::new();
    let mut shown = Vec::new();
    references(dict.get("AP").unwrap_or(&Object::Null), &mut shown);
    for _ in 0..3 {
        let mut next = Vec::new();
        for number in shown {
            if found.insert(number)
                && let Object::Dict(states) = pdf.indirect(Ref { number, generation: 0 })?.object
            {
                references(&Object::Dict(states), &mut next);
            }
        }
        shown = next;
    }
    Ok(found)
}
