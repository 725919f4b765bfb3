//! Where an object stands, in files that were saved many times.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::pdf::{Entry, Section};

/// Up to so many sections, asking one after the other is as quick as anything.
const FEW: usize = 32;

/// The entries of all sections by object number, gathered when a file of many sections is first asked.
///
/// Without it, each of four thousand revisions would search four thousand sections for each of its objects.
#[derive(Debug, Default)]
pub(crate) struct Places {
    by_number: OnceLock<HashMap<u32, Vec<(usize, Entry)>>>,
}

impl Places {
    /// The entry that counts for a number when `newest` is the newest of the sections.
    pub(crate) fn find(&self, sections: &[Section], newest: usize, number: u32) -> Option<Entry> {
        if sections.len() <= FEW {
            return sections.iter().skip(newest).find_map(|section| section.entries.get(number));
        }
        let places = self.by_number.get_or_init(|| gather(sections)).get(&number)?;
        let at = places.partition_point(|(section, _)| *section < newest);
        places.get(at).map(|(_, entry)| *entry)
    }
}

fn gather(sections: &[Section]) -> HashMap<u32, Vec<(usize, Entry)>> {
    let mut by_number: HashMap<u32, Vec<(usize, Entry)>> = HashMap::new();
    for (index, section) in sections.iter().enumerate() {
        for (number, entry) in section.entries.iter() {
            by_number.entry(number).or_default().push((index, entry));
        }
    }
    by_number
}
