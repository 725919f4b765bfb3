//! What one cross-reference section lists.
//!
//! A section may list fifty thousand objects of which a reader asks for ten. So the rows stay as they are in
//! the file, checked once, and one is decoded when it is asked for.

use std::collections::BTreeMap;

use crate::pdf::Entry;

/// The length of a row in a table (ISO 32000-2 §7.5.4).
pub(crate) const ROW: usize = 20;

/// The entries of a section. Of doubled numbers the first counts.
#[derive(Debug, Clone)]
pub struct Entries {
    kept: Kept,
    is_contested: bool,
}

#[derive(Debug, Clone)]
enum Kept {
    Map(BTreeMap<u32, Entry>),
    Rows(Rows),
}

/// Rows as the file has them.
#[derive(Debug, Clone)]
struct Rows {
    form: Form,
    data: Vec<u8>,
    /// Ascending, and none reaches into the next.
    runs: Vec<Run>,
}

/// How a row is spelled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// `nnnnnnnnnn ggggg n` and two characters of line end.
    Table,
    /// Three binary numbers of these widths (ISO 32000-2 §7.5.8.2).
    Stream([usize; 3]),
}

/// Objects of consecutive numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) first: u32,
    pub(crate) count: u32,
    /// The index of its first row among all rows.
    pub(crate) row: usize,
}

impl Default for Entries {
    fn default() -> Entries {
        Entries { kept: Kept::Map(BTreeMap::new()), is_contested: false }
    }
}

impl Entries {
    /// Takes rows over if each reads as an entry; `None` if one does not.
    pub(crate) fn of_rows(form: Form, data: Vec<u8>, mut runs: Vec<Run>) -> Option<Entries> {
        let rows = Rows { form, data, runs: Vec::new() };
        runs.retain(|run| run.count > 0);
        let listed: usize = runs.iter().map(|run| run.count as usize).sum();
        if !rows.data.chunks_exact(form.length()).take(listed).all(|row| form.is_sound(row)) {
            return None;
        }
        let in_order = runs.clone();
        runs.sort_by_key(|run| run.first);
        let overlap = runs.windows(2).any(
            |pair| matches!(pair, [one, next] if u64::from(one.first) + u64::from(one.count) > u64::from(next.first)),
        );
        if !overlap {
            return Some(Entries { kept: Kept::Rows(Rows { runs, ..rows }), is_contested: false });
        }
        let mut entries = Entries::default();
        for run in in_order {
            rows.of_run(run).for_each(|(number, entry)| entries.add(number, entry));
        }
        Some(entries)
    }

    /// The entry of an object number.
    pub fn get(&self, number: u32) -> Option<Entry> {
        match &self.kept {
            Kept::Map(map) => map.get(&number).copied(),
            Kept::Rows(rows) => rows.get(number),
        }
    }

    /// All entries in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Entry)> + '_ {
        let (map, rows) = match &self.kept {
            Kept::Map(map) => (Some(map), None),
            Kept::Rows(rows) => (None, Some(rows)),
        };
        let of_map = map.into_iter().flatten().map(|(number, entry)| (*number, *entry));
        of_map.chain(rows.into_iter().flat_map(|rows| rows.runs.iter().flat_map(|run| rows.of_run(*run))))
    }

    /// All numbers in order.
    pub fn numbers(&self) -> impl Iterator<Item = u32> + '_ {
        self.iter().map(|(number, _)| number)
    }

    /// The highest number.
    pub fn highest(&self) -> Option<u32> {
        match &self.kept {
            Kept::Map(map) => map.keys().next_back().copied(),
            Kept::Rows(rows) => rows.runs.last().map(|run| run.first + (run.count - 1)),
        }
    }

    /// How many numbers are listed.
    pub fn count(&self) -> usize {
        match &self.kept {
            Kept::Map(map) => map.len(),
            Kept::Rows(rows) => rows.runs.iter().map(|run| run.count as usize).sum(),
        }
    }

    /// Adds an entry, unless the number has one.
    pub(crate) fn add(&mut self, number: u32, entry: Entry) {
        let mut first = entry;
        self.change(|map| first = *map.entry(number).or_insert(entry));
        self.is_contested |= first != entry;
    }

    /// Whether a number was given two places. Viewers differ in which one they take.
    pub(crate) fn is_contested(&self) -> bool {
        self.is_contested
    }

    /// Adds an entry or replaces the one there is.
    pub(crate) fn set(&mut self, number: u32, entry: Entry) {
        self.change(|map| {
            map.insert(number, entry);
        });
    }

    fn change(&mut self, change: impl FnOnce(&mut BTreeMap<u32, Entry>)) {
        match &mut self.kept {
            Kept::Map(map) => change(map),
            Kept::Rows(_) => {
                let mut map = self.iter().collect();
                change(&mut map);
                self.kept = Kept::Map(map);
            }
        }
    }
}

impl Rows {
    fn get(&self, number: u32) -> Option<Entry> {
        let after = self.runs.partition_point(|run| run.first <= number);
        let run = self.runs.get(after.checked_sub(1)?)?;
        let within = number - run.first;
        (within < run.count).then(|| self.row(run.row + within as usize)).flatten()
    }

    fn of_run(&self, run: Run) -> impl Iterator<Item = (u32, Entry)> + '_ {
        (0..run.count).filter_map(move |n| Some((run.first + n, self.row(run.row + n as usize)?)))
    }

    fn row(&self, index: usize) -> Option<Entry> {
        let start = index * self.form.length();
        self.form.entry(self.data.get(start..start + self.form.length())?)?
    }
}

impl Form {
    fn length(self) -> usize {
        match self {
            Form::Table => ROW,
            Form::Stream(widths) => widths.iter().sum(),
        }
    }

    fn is_sound(self, row: &[u8]) -> bool {
        match self {
            Form::Table => is_table_row(row),
            Form::Stream(_) => self.entry(row).is_some(),
        }
    }

    /// `Some(None)` for types of a later standard, which read as null objects (ISO 32000-2 §7.5.8.3).
    fn entry(self, row: &[u8]) -> Option<Option<Entry>> {
        match self {
            Form::Table => table_entry(row).map(Some),
            Form::Stream(widths) => stream_entry(row, widths),
        }
    }
}

/// Whether a row has the form that the standard wants, to the byte.
pub(crate) fn is_table_row(row: &[u8]) -> bool {
    let Ok(row) = <&[u8; ROW]>::try_from(row) else { return false };
    let [o @ .., s1, g0, g1, g2, g3, g4, s2, kind, e1, e2] = row;
    // Without a branch for each byte, so that many rows are checked at once.
    let digits = o.iter().chain([g0, g1, g2, g3, g4]).fold(true, |all, byte| all & byte.is_ascii_digit());
    let generation_fits = [*g0, *g1, *g2, *g3, *g4] <= *b"65535";
    let ends = |byte: &u8| matches!(byte, b' ' | b'\r' | b'\n');
    let shape = (*s1 == b' ') & (*s2 == b' ') & matches!(kind, b'n' | b'f') & ends(e1) & ends(e2);
    digits & generation_fits & shape
}

fn table_entry(row: &[u8]) -> Option<Entry> {
    let number = |range: std::ops::Range<usize>| {
        row.get(range).map(|digits| digits.iter().fold(0usize, |n, b| n * 10 + usize::from(b & 15)))
    };
    let (offset, generation) = (number(0..10)?, u16::try_from(number(11..16)?).ok()?);
    // Some producers write unused numbers as "in use at 0"; nothing can stand there.
    match row.get(17)? {
        b'n' if offset > 0 => Some(Entry::InUse { offset, generation }),
        _ => Some(Entry::Free { generation }),
    }
}

fn stream_entry(row: &[u8], [a, b, c]: [usize; 3]) -> Option<Option<Entry>> {
    let number = |bytes: &[u8]| bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    // ISO 32000-2 Table 17: a missing type field means type 1.
    let kind = if a == 0 { 1 } else { number(row.get(..a)?) };
    let (second, third) = (number(row.get(a..a + b)?), number(row.get(a + b..a + b + c)?));
    Some(match kind {
        0 => Some(Entry::Free { generation: u16::try_from(third).unwrap_or(u16::MAX) }),
        1 => Some(Entry::InUse {
            offset: usize::try_from(second).ok()?,
            generation: u16::try_from(third).ok()?,
        }),
        2 => Some(Entry::Compressed {
            container: u32::try_from(second).ok()?,
            index: u32::try_from(third).ok()?,
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_read_like_a_map() {
        let data = b"0000000017 00003 n \n0000000000 65535 f\r\n0000000099 00000 n\r\n".to_vec();
        let runs = vec![Run { first: 8, count: 1, row: 2 }, Run { first: 3, count: 2, row: 0 }];
        let entries = Entries::of_rows(Form::Table, data, runs).unwrap();
        let expected = [
            (3, Entry::InUse { offset: 17, generation: 3 }),
            (4, Entry::Free { generation: 65535 }),
            (8, Entry::InUse { offset: 99, generation: 0 }),
        ];
        assert_eq!(entries.iter().collect::<Vec<_>>(), expected);
        for number in 0..12 {
            let found = expected.iter().find(|(n, _)| *n == number).map(|(_, entry)| *entry);
            assert_eq!(entries.get(number), found);
        }
        assert_eq!((entries.highest(), entries.count()), (Some(8), 3));
    }

    #[test]
    fn the_first_of_doubled_numbers_counts() {
        let runs = vec![Run { first: 5, count: 2, row: 0 }, Run { first: 5, count: 1, row: 2 }];
        let entries = Entries::of_rows(Form::Stream([0, 1, 0]), vec![7, 8, 9], runs).unwrap();
        assert_eq!(entries.get(5), Some(Entry::InUse { offset: 7, generation: 0 }));
        assert_eq!(entries.numbers().collect::<Vec<_>>(), [5, 6]);
    }

    #[test]
    fn a_row_out_of_form_is_noticed() {
        for row in [b"000000001  00000 n \n", b"0000000017 99999 n \n", b"0000000017 00000 x \n"] {
            assert!(!is_table_row(row));
        }
        assert!(!is_table_row(b"0000000017 00000 n\n"));
    }
}
