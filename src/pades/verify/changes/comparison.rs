//! Two consecutive revisions side by side: what was rewritten, what is new, what a rule has explained.

use std::collections::{BTreeMap, BTreeSet};

use crate::embed::Field;
use crate::pdf::{Dict, Entry, Object, Pdf, PdfError, Ref, Section};
use crate::verify::changes::Change;
use crate::verify::changes::holders::Holders;
use crate::verify::changes::sheets::Sheets;
use crate::verify::report::ChangesAfter;

/// The older and the newer state of one object.
#[derive(Debug, Clone)]
pub(crate) struct Rewritten {
    pub(crate) old: Object,
    pub(crate) new: Object,
}

/// The comparison, which the rules work off.
#[derive(Debug)]
pub(crate) struct Comparison<'s, 'a> {
    pub(crate) old: &'s Pdf<'a>,
    pub(crate) new: &'s Pdf<'a>,
    pub(crate) holders: &'s Holders,
    /// The fields of the old revision.
    pub(crate) fields: &'s [Field],
    /// The pages, as the new revision has them once it was taken over.
    pub(crate) sheets: Sheets,
    /// Objects that were there and have another value now.
    pub(crate) rewritten: BTreeMap<u32, Rewritten>,
    /// Objects that were not there.
    pub(crate) added: BTreeSet<u32>,
    /// New widgets and annotations that a rule accepted.
    pub(crate) accepted: BTreeSet<u32>,
    pub(crate) changes: Vec<Change>,
    explained: BTreeSet<u32>,
}

impl<'s, 'a> Comparison<'s, 'a> {
    /// Lists what the newest `sections` of `new` wrote over `old`.
    ///
    /// An entry that both revisions share means the same bytes and so the same object; only what the new
    /// sections list, or what an object stream written again holds, is read and compared.
    pub(crate) fn new(
        (old, new): (&'s Pdf<'a>, &'s Pdf<'a>),
        sections: usize,
        holders: &'s Holders,
        fields: &'s [Field],
    ) -> Result<Comparison<'s, 'a>, PdfError> {
        let mut comparison = Comparison {
            old,
            new,
            holders,
            fields,
            sheets: Sheets::default(),
            rewritten: BTreeMap::new(),
            added: BTreeSet::new(),
            accepted: BTreeSet::new(),
            changes: Vec::new(),
            explained: BTreeSet::new(),
        };
        let listed: BTreeSet<u32> =
            new.sections().iter().take(sections).flat_map(|s| s.entries.numbers()).collect();
        for number in &listed {
            comparison.list(*number)?;
        }
        for number in comparison.held_anew(&listed) {
            comparison.list(number)?;
        }
        if new.sections().iter().take(sections).any(|section| section.entries.is_contested()) {
            comparison.note(Change::new("listed-twice", ChangesAfter::Forbidden));
        }
        Ok(comparison)
    }

    /// Objects in object streams that were written again, though no entry says so.
    fn held_anew(&self, listed: &BTreeSet<u32>) -> BTreeSet<u32> {
        let is_container = |object: &Object| object.dict().is_some_and(|dict| dict.is("Type", "ObjStm"));
        let containers: BTreeSet<u32> =
            self.rewritten.iter().filter(|(_, r)| is_container(&r.old)).map(|(number, _)| *number).collect();
        if containers.is_empty() {
            return BTreeSet::new();
        }
        let entries = self.old.sections().iter().flat_map(|section| section.entries.iter());
        let held = entries.filter(|(_, entry)| {
            matches!(entry, Entry::Compressed { container, .. } if containers.contains(container))
        });
        held.map(|(number, _)| number).filter(|number| !listed.contains(number)).collect()
    }

    /// `/Size` says which numbers there are; a strict viewer takes objects beyond it for missing (ISO 32000-2
    /// Table 15), so a revision may hide or show objects by it. `before` are those hidden when last seen.
    pub(crate) fn sizes(&mut self, before: &BTreeSet<u32>) -> BTreeSet<u32> {
        let after = hidden_by_size(self.new);
        let mut moved = before.symmetric_difference(&after);
        if moved.any(|number| !self.added.contains(number) && self.holders.has_any(*number)) {
            self.note(Change::new("size-changed", ChangesAfter::Unexplained));
        }
        after
    }

    fn list(&mut self, number: u32) -> Result<(), PdfError> {
        let (before, after) = (self.old.entry(number), self.new.entry(number));
        let was_there = !matches!(before, None | Some(Entry::Free { .. }));
        if before == after && !self.container_moved(after) {
            return Ok(());
        }
        let Some(generation) = self.place(after)? else {
            // What nothing shows may go.
            if was_there && self.holders.has_any(number) {
                self.note(
                    Change::new("object-freed", ChangesAfter::Unexplained).about(format!("{number} 0 R")),
                );
            }
            return Ok(());
        };
        let target = Ref { number, generation };
        let new = self.new.indirect(target)?.object;
        if is_ambiguous(&new) {
            self.note(
                Change::new("ambiguous-object", ChangesAfter::Unexplained).about(format!("{number} 0 R")),
            );
        }
        if !was_there {
            self.added.insert(number);
            return Ok(());
        }
        if let Some(Entry::InUse { generation: old, .. }) = before
            && old != generation
        {
            // References still name the old generation: to a strict viewer the object is gone.
            self.note(
                Change::new("object-freed", ChangesAfter::Unexplained).about(format!("{number} {old} R")),
            );
        }
        let old = self.old.indirect(target)?.object;
        if !self.same(&old, &new) {
            self.rewritten.insert(number, Rewritten { old, new });
        }
        Ok(())
    }

    /// The generation of an entry that points into the new bytes; `None` if the number is free.
    ///
    /// An entry that points into older bytes shows something that was there, unseen, when it was signed
    /// (shadow attack by re-pointing).
    fn place(&mut self, entry: Option<Entry>) -> Result<Option<u16>, PdfError> {
        let start = self.old.length();
        let (offset, generation) = match entry {
            None | Some(Entry::Free { .. }) => return Ok(None),
            Some(Entry::InUse { offset, generation }) => (offset, generation),
            Some(Entry::Compressed { container, .. }) => match self.new.entry(container) {
                Some(Entry::InUse { offset, .. }) => (offset, 0),
                _ => return Err(PdfError::Structure("an object stream is not in the file body")),
            },
        };
        if offset < start {
            self.note(Change::new("entry-repointed", ChangesAfter::Forbidden));
        }
        Ok(Some(generation))
    }

    /// Whether an unchanged entry means something new because its object stream was replaced.
    fn container_moved(&self, entry: Option<Entry>) -> bool {
        match entry {
            Some(Entry::Compressed { container, .. }) => {
                self.old.entry(container) != self.new.entry(container)
            }
            _ => false,
        }
    }

    /// Equality by value; streams by dictionary and raw data.
    pub(crate) fn same(&self, old: &Object, new: &Object) -> bool {
        match (old, new) {
            (Object::Stream(a), Object::Stream(b)) => {
                if self.new.encryption().is_some() {
                    // Equal data are encrypted differently each time.
                    let data = |pdf: &Pdf<'a>, stream| pdf.decrypted(stream).ok();
                    return a.dict == b.dict
                        && data(self.old, a).is_some_and(|d| data(self.new, b) == Some(d));
                }
                a.dict == b.dict && self.new.input().same(a.data.clone(), b.data.clone()).unwrap_or(false)
            }
            _ => old == new,
        }
    }

    /// Adds a change to the list.
    pub(crate) fn note(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Says that a rule has judged the rewriting of this object.
    pub(crate) fn explain(&mut self, number: u32) {
        self.explained.insert(number);
    }

    /// Explains a helper object (array, stream) if nobody but its known holders shows it.
    pub(crate) fn explain_if_only(&mut self, number: u32, holders: &[u32]) -> bool {
        let solely = self.holders.only(number, holders);
        if solely {
            self.explain(number);
        }
        solely
    }

    pub(crate) fn is_rewritten(&self, number: u32) -> bool {
        self.rewritten.contains_key(&number)
    }

    pub(crate) fn is_added(&self, reference: Ref) -> bool {
        self.added.contains(&reference.number)
    }

    /// Whether the catalog names another page tree.
    pub(crate) fn tree_moved(&self) -> Result<bool, PdfError> {
        Ok(self.old.catalog()?.1.get("Pages") != self.new.catalog()?.1.get("Pages"))
    }

    /// Reports every rewritten object that no rule has explained, and every old dangling reference that came
    /// to life: both can change what a signed page shows.
    pub(crate) fn report_unexplained(&mut self) {
        let revived = self.added.iter().copied().filter(|number| self.holders.has_any(*number));
        let left: Vec<u32> = self.rewritten.keys().copied().chain(revived).collect();
        for number in left {
            if !self.explained.contains(&number) {
                let detail = format!("{number} 0 R");
                self.note(Change::new("object-changed", ChangesAfter::Unexplained).about(detail));
            }
        }
    }
}

/// Whether a dictionary somewhere in an object holds a key twice: viewers differ in which value they take.
fn is_ambiguous(object: &Object) -> bool {
    let within =
        |dict: &Dict| dict.doubled().is_some() || dict.0.iter().any(|(_, value)| is_ambiguous(value));
    match object {
        Object::Array(items) => items.iter().any(is_ambiguous),
        Object::Dict(dict) => within(dict),
        Object::Stream(stream) => within(&stream.dict),
        _ => false,
    }
}

/// The objects that a revision lists beyond its own `/Size`.
pub(crate) fn hidden_by_size(pdf: &Pdf<'_>) -> BTreeSet<u32> {
    let size = pdf.trailer().ok().and_then(|trailer| trailer.integer("Size"));
    let size = size.and_then(|size| u32::try_from(size).ok()).unwrap_or(u32::MAX);
    let beyond = |section: &&Section| section.entries.highest().is_some_and(|highest| highest >= size);
    let numbers = pdf.sections().iter().filter(beyond).flat_map(|section| section.entries.numbers());
    let in_use = |number: &u32| !matches!(pdf.entry(*number), None | Some(Entry::Free { .. }));
    numbers.filter(|number| *number >= size).filter(in_use).collect()
}

/// The keys in which two dictionaries differ.
pub(crate) fn differing_keys(old: &Dict, new: &Dict) -> BTreeSet<String> {
    let keys = old.keys().chain(new.keys()).map(|name| name.text());
    keys.filter(|key| old.get(key) != new.get(key)).collect()
}

/// Whether a list still holds all it held, in any order, and how it grew.
pub(crate) fn grown(old: &[Object], new: &[Object]) -> Option<Vec<Object>> {
    let mut added = new.to_vec();
    for item in old {
        let at = added.iter().position(|candidate| candidate == item)?;
        added.remove(at);
    }
    Some(added)
}
