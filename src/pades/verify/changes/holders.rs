//! Who refers to whom: an object may be shown through a path that its own rule never looks at.

use std::collections::{BTreeSet, HashMap};

use crate::pdf::{Entry, Object, Pdf, Ref};

/// The references of every object of a revision.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    targets: HashMap<u32, Vec<u32>>,
}

impl Holders {
    /// Reads all objects of a revision. Those that cannot be read can show nothing.
    pub(crate) fn of(pdf: &Pdf<'_>) -> Holders {
        let mut holders = Holders::default();
        let numbers: BTreeSet<u32> = pdf.sections().iter().flat_map(|s| s.entries.numbers()).collect();
        numbers.into_iter().for_each(|number| holders.read(pdf, number));
        holders
    }

    /// Takes over what the newest sections wrote.
    pub(crate) fn advance(&mut self, pdf: &Pdf<'_>, sections: usize) {
        let numbers: BTreeSet<u32> =
            pdf.sections().iter().take(sections).flat_map(|s| s.entries.numbers()).collect();
        numbers.into_iter().for_each(|number| self.read(pdf, number));
    }

    fn read(&mut self, pdf: &Pdf<'_>, number: u32) {
        let generation = match pdf.entry(number) {
            Some(Entry::InUse { generation, .. }) => generation,
            _ => 0,
        };
        let mut targets = Vec::new();
        // A cross-reference stream repeats the trailer, which shows nothing.
        let is_trailer = pdf.sections().iter().any(|s| s.stream.is_some_and(|own| own.number == number));
        if let (false, Ok(indirect)) = (is_trailer, pdf.indirect(Ref { number, generation })) {
            references(&indirect.object, &mut targets);
        }
        self.targets.insert(number, targets);
    }

    /// Whether all who refer to an object are among these.
    pub(crate) fn only(&self, target: u32, holders: &[u32]) -> bool {
        self.targets.iter().all(|(holder, targets)| holders.contains(holder) || !targets.contains(&target))
    }

    /// All numbers that anything refers to.
    pub(crate) fn referenced(&self) -> BTreeSet<u32> {
        self.targets.values().flatten().copied().collect()
    }
}

/// Collects the references inside an object. The parser has bounded its depth.
pub(crate) fn references(object: &Object, into: &mut Vec<u32>) {
    match object {
        Object::Reference(target) => into.push(target.number),
        Object::Array(items) => items.iter().for_each(|item| references(item, into)),
        Object::Dict(dict) => dict.0.iter().for_each(|(_, value)| references(value, into)),
        Object::Stream(stream) => stream.dict.0.iter().for_each(|(_, value)| references(value, into)),
        _ => {}
    }
}
