//! What one cross-reference section lists.

use std::collections::BTreeMap;

use crate::pdf::Entry;

/// The entries of a section. Of doubled numbers the first counts.
#[derive(Debug, Clone, Default)]
pub struct Entries {
    map: BTreeMap<u32, Entry>,
}

impl Entries {
    /// The entry of an object number.
    pub fn get(&self, number: u32) -> Option<Entry> {
        self.map.get(&number).copied()
    }

    /// All entries in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry)> + '_ {
        self.map.iter().map(|(number, entry)| (*number, *entry))
    }

    /// All numbers in order.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.iter().map(|(number, _)| number)
    }

    /// The highest number.
    pub fn highest(&self) -> Option<u32> {
        self.map.keys().next_back().copied()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.map.len()
    }

    /// Adds an entry, unless the number has one.
    pub(crate) fn add(&mut self, number: u32, entry: Entry) {
        self.map.entry(number).or_insert(entry);
    }

    /// Adds an entry or replaces the one there is.
    pub(crate) fn set(&mut self, number: u32, entry: Entry) {
        self.map.insert(number, entry);
    }
}
