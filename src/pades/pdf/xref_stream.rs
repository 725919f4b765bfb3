//! Cross-reference streams (ISO 32000-2 §7.5.8).

use crate::pdf::file::plain_stream;
use crate::pdf::filters::decode;
use crate::pdf::xref_table::MAX_OBJECT;
use crate::pdf::{Dict, Entries, Entry, Input, Object, Parser, PdfError, Section, SectionKind};

/// Reads the cross-reference stream at an offset.
pub(crate) fn read(input: &Input<'_>, offset: usize) -> Result<Section, PdfError> {
    let damaged = |reason| PdfError::DamagedXref { offset, reason };
    let (own, object, pos) = input.parse(offset, |lexer| {
        let mut parser = Parser { lexer };
        let own = parser.head().ok_or(damaged("neither a table nor a stream begins here"))?;
        Ok((own, parser.object()?, parser.lexer.pos))
    })?;
    let Object::Dict(trailer) = object else { return Err(damaged("the stream has no dictionary")) };
    if !trailer.is("Type", "XRef") {
        return Err(damaged("the stream is not of /Type /XRef"));
    }
    let (data, end) = plain_stream(input, &trailer, pos)?;
    let raw = input.window(data)?;
    let decoded = decode(&trailer, &raw)?;
    let entries = entries(&trailer, &decoded).ok_or(damaged("its /W, /Index or data do not fit together"))?;
    Ok(Section { offset, end, kind: SectionKind::Stream, trailer, entries, stream: Some(own), hybrid_end: 0 })
}

fn entries(dict: &Dict, data: &[u8]) -> Option<Entries> {
    let widths = widths(dict)?;
    let row: usize = widths.iter().sum();
    let mut rows = data.chunks_exact(row);
    let mut entries = Entries::default();
    for (first, count) in index(dict)? {
        // Bounded by the data: a count of four thousand million must not cost four thousand million steps.
        for number in first..first.checked_add(count)? {
            let fields = split(rows.next()?, widths)?;
            let number = u32::try_from(number).ok().filter(|n| u64::from(*n) <= MAX_OBJECT)?;
            if let Some(entry) = entry(fields)? {
                entries.add(number, entry);
            }
        }
    }
    Some(entries)
}

/// The three field widths; the type field may be absent, the sum may not be zero.
fn widths(dict: &Dict) -> Option<[usize; 3]> {
    let [a, b, c] = dict.get("W")?.array()? else { return None };
    let width = |object: &Object| usize::try_from(object.integer()?).ok().filter(|w| *w <= 8);
    let widths = [width(a)?, width(b)?, width(c)?];
    (widths.iter().sum::<usize>() > 0).then_some(widths)
}

fn index(dict: &Dict) -> Option<Vec<(u64, u64)>> {
    let unsigned = |object: &Object| u64::try_from(object.integer()?).ok();
    match dict.get("Index") {
        None => Some(vec![(0, dict.get("Size").and_then(unsigned)?)]),
        Some(index) => index
            .array()?
            .chunks(2)
            .map(|pair| match pair {
                [first, count] => Some((unsigned(first)?, unsigned(count)?)),
                _ => None,
            })
            .collect(),
    }
}

fn split(row: &[u8], [a, b, c]: [usize; 3]) -> Option<[u64; 3]> {
    let number = |bytes: &[u8]| bytes.iter().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    // ISO 32000-2 Table 17: a missing type field means type 1.
    let kind = if a == 0 { 1 } else { number(row.get(..a)?) };
    Some([kind, number(row.get(a..a + b)?), number(row.get(a + b..a + b + c)?)])
}

/// `Some(None)` for types of a later standard, which read as null objects (ISO 32000-2 §7.5.8.3).
fn entry([kind, second, third]: [u64; 3]) -> Option<Option<Entry>> {
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

    fn dict(w: [i64; 3], index: &[i64]) -> Dict {
        let array = |numbers: &[i64]| Object::Array(numbers.iter().map(|n| Object::Integer(*n)).collect());
        Dict::new().with("W", array(&w)).with("Index", array(index))
    }

    #[test]
    fn widths_are_checked() {
        assert!(entries(&dict([0, 0, 0], &[0, 1]), &[1]).is_none());
        assert!(entries(&dict([1, 9, 0], &[0, 1]), &[1; 10]).is_none());
        assert!(entries(&dict([1, -1, 0], &[0, 1]), &[1; 10]).is_none());
    }

    #[test]
    fn a_count_beyond_the_data_is_refused() {
        assert!(entries(&dict([1, 1, 1], &[0, i64::MAX]), &[1, 2, 0]).is_none());
    }

    #[test]
    fn all_three_types_are_read() {
        let entries = entries(&dict([1, 1, 1], &[4, 3]), &[0, 0, 7, 1, 9, 0, 2, 5, 1]).unwrap();
        assert_eq!(entries.get(4), Some(Entry::Free { generation: 7 }));
        assert_eq!(entries.get(5), Some(Entry::InUse { offset: 9, generation: 0 }));
        assert_eq!(entries.get(6), Some(Entry::Compressed { container: 5, index: 1 }));
    }
}
