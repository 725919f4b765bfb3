//! Cross-reference streams (ISO 32000-2 §7.5.8).

use crate::pdf::entries::{Form, Run};
use crate::pdf::file::plain_stream;
use crate::pdf::filters::decode;
use crate::pdf::xref_table::MAX_OBJECT;
use crate::pdf::{Dict, Entries, Input, Object, Parser, PdfError, Section, SectionKind};

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
    let entries = entries(&trailer, decoded).ok_or(damaged("its /W, /Index or data do not fit together"))?;
    Ok(Section { offset, end, kind: SectionKind::Stream, trailer, entries, stream: Some(own), hybrid_end: 0 })
}

fn entries(dict: &Dict, data: Vec<u8>) -> Option<Entries> {
    let widths = widths(dict)?;
    let available = data.len() / widths.iter().sum::<usize>();
    let mut runs = Vec::new();
    let mut row = 0usize;
    for (first, count) in index(dict)? {
        // Bounded by the data: a count of four thousand million must not be believed.
        let end = row.checked_add(usize::try_from(count).ok()?).filter(|end| *end <= available)?;
        let is_low = count == 0 || first.checked_add(count - 1)? <= MAX_OBJECT;
        let count = u32::try_from(count).ok().filter(|_| is_low)?;
        runs.push(Run { first: u32::try_from(first).ok()?, count, row });
        row = end;
    }
    Entries::of_rows(Form::Stream(widths), data, runs)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdf::Entry;

    fn dict(w: [i64; 3], index: &[i64]) -> Dict {
        let array = |numbers: &[i64]| Object::Array(numbers.iter().map(|n| Object::Integer(*n)).collect());
        Dict::new().with("W", array(&w)).with("Index", array(index))
    }

    #[test]
    fn widths_are_checked() {
        assert!(entries(&dict([0, 0, 0], &[0, 1]), vec![1]).is_none());
        assert!(entries(&dict([1, 9, 0], &[0, 1]), vec![1; 10]).is_none());
        assert!(entries(&dict([1, -1, 0], &[0, 1]), vec![1; 10]).is_none());
    }

    #[test]
    fn a_count_beyond_the_data_is_refused() {
        assert!(entries(&dict([1, 1, 1], &[0, i64::MAX]), vec![1, 2, 0]).is_none());
    }

    #[test]
    fn all_three_types_are_read() {
        let entries = entries(&dict([1, 1, 1], &[4, 3]), vec![0, 0, 7, 1, 9, 0, 2, 5, 1]).unwrap();
        assert_eq!(entries.get(4), Some(Entry::Free { generation: 7 }));
        assert_eq!(entries.get(5), Some(Entry::InUse { offset: 9, generation: 0 }));
        assert_eq!(entries.get(6), Some(Entry::Compressed { container: 5, index: 1 }));
    }
}
