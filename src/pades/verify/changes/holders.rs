//! Who refers to whom: an object may be shown through a path that its own rule never looks at.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::pdf::{Entry, Object, Pdf, Ref};

/// The references of every object of a revision, both ways.
#[derive(Debug, Default)]
pub(crate) struct Holders {
    targets: HashMap<u32, Vec<u32>>,
    holders: HashMap<u32, BTreeSet<u32>>,
}

impl Holders {
    /// Reads all objects of a revision, once a file. Those that cannot be read can show nothing.
    pub(crate) fn of(pdf: &Pdf<'_>) -> Holders {
        let mut holders = Holders::default();
        let numbers: BTreeSet<u32> = pdf.sections().iter().flat_map(|s| s.entries.numbers()).collect();
        holders.take(pdf, numbers);
        holders
    }

    /// Takes over what the newest sections wrote.
    pub(crate) fn advance(&mut self, pdf: &Pdf<'_>, sections: usize) {
        let numbers = pdf.sections().iter().take(sections).flat_map(|s| s.entries.numbers()).collect();
        self.take(pdf, numbers);
    }

    fn take(&mut self, pdf: &Pdf<'_>, numbers: BTreeSet<u32>) {
        // A cross-reference stream repeats the trailer, which shows nothing.
        let trailers: HashSet<u32> =
            pdf.sections().iter().filter_map(|s| s.stream).map(|stream| stream.number).collect();
        for number in numbers {
            let targets = if trailers.contains(&number) { Vec::new() } else { Holders::read(pdf, number) };
            self.replace(number, targets);
        }
    }

    fn read(pdf: &Pdf<'_>, number: u32) -> Vec<u32> {
        let generation = match pdf.entry(number) {
            Some(Entry::InUse { generation, .. }) => generation,
            _ => 0,
        };
        let mut targets = Vec::new();
        if let Ok(indirect) = pdf.indirect(Ref { number, generation }) {
            references(&indirect.object, &mut targets);
        }
        targets
    }

    fn replace(&mut self, holder: u32, targets: Vec<u32>) {
        for target in self.targets.remove(&holder).unwrap_or_default() {
            if let Some(known) = self.holders.get_mut(&target) {
                known.remove(&holder);
            }
        }
        for target in &targets {
            self.holders.entry(*target).or_default().insert(holder);
        }
        self.targets.insert(holder, targets);
    }

    /// Whether all who refer to an object are among these.
    pub(crate) fn only(&self, target: u32, holders: &[u32]) -> bool {
        self.of_object(target).all(|holder| holders.contains(&holder))
    }

    /// All who refer to an object.
    pub(crate) fn of_object(&self, target: u32) -> impl Iterator<Item = u32> + '_ {
        self.holders.get(&target).into_iter().flatten().copied()
    }

    /// Whether anything refers to an object.
    pub(crate) fn has_any(&self, target: u32) -> bool {
        self.of_object(target).next().is_some()
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
