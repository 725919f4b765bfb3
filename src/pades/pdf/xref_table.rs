//! Classic cross-reference tables (ISO 32000-2 §7.5.4).

use crate::pdf::entries::{Form, ROW, Run};
use crate::pdf::lexer::Lexer;
use crate::pdf::{Entries, Entry, Object, Parser, PdfError, Section, SectionKind};

/// Object numbers beyond this are refused; Annex C names 8 388 607 as the limit of the common viewers.
pub(crate) const MAX_OBJECT: u64 = 8_388_607;

/// Reads a table, from behind its keyword `xref`, and its trailer.
pub(crate) fn read(mut lexer: Lexer<'_>, offset: usize) -> Result<Section, PdfError> {
    let entries = match strict(&mut lexer.clone(), offset)? {
        Some((entries, end)) => {
            lexer.pos = end;
            entries
        }
        None => lenient(&mut lexer, offset)?,
    };
    let mut parser = Parser { lexer };
    match parser.object()? {
        Object::Dict(trailer) => {
            let end = parser.lexer.pos;
            Ok(Section {
                offset,
                end,
                kind: SectionKind::Table,
                trailer,
                entries,
                stream: None,
                hybrid_end: 0,
            })
        }
        _ => Err(PdfError::DamagedXref { offset, reason: "the trailer is not a dictionary" }),
    }
}

/// The rows as they stand and where the keyword `trailer` ends, if all rows have the form of the standard.
fn strict(lexer: &mut Lexer<'_>, offset: usize) -> Result<Option<(Entries, usize)>, PdfError> {
    let (mut data, mut runs) = (Vec::new(), Vec::new());
    loop {
        lexer.skip_space();
        if lexer.keyword(b"trailer") {
            let entries = Entries::of_rows(Form::Table, data, runs);
            return Ok(entries.map(|entries| (entries, lexer.pos)));
        }
        let (first, count) = head(lexer, offset)?;
        lexer.skip_space();
        let length = usize::try_from(count).ok().and_then(|count| count.checked_mul(ROW));
        let Some(rows) = length.and_then(|length| lexer.take(length)) else { return Ok(None) };
        // The last row may lack its line end; then it is not the strict form.
        let last_number = first.checked_add(count.saturating_sub(1)).filter(|n| *n <= MAX_OBJECT);
        let (Some(first), Some(count), Some(_)) =
            (u32::try_from(first).ok(), u32::try_from(count).ok(), last_number)
        else {
            return Ok(None);
        };
        runs.push(Run { first, count, row: data.len() / ROW });
        data.extend_from_slice(rows);
    }
}

/// Rows with other white space than the standard's, as they occur in practice.
fn lenient(lexer: &mut Lexer<'_>, offset: usize) -> Result<Entries, PdfError> {
    let mut entries = Entries::default();
    loop {
        lexer.skip_space();
        if lexer.keyword(b"trailer") {
            return Ok(entries);
        }
        subsection(lexer, offset, &mut entries)?;
    }
}

fn head(lexer: &mut Lexer<'_>, offset: usize) -> Result<(u64, u64), PdfError> {
    let missing = PdfError::DamagedXref { offset, reason: "a subsection head is missing" };
    let first = lexer.unsigned().ok_or(missing.clone())?;
    lexer.skip_space();
    Ok((first, lexer.unsigned().ok_or(missing)?))
}

fn subsection(lexer: &mut Lexer<'_>, offset: usize, entries: &mut Entries) -> Result<(), PdfError> {
    let damaged = |reason| PdfError::DamagedXref { offset, reason };
    let (first, count) = head(lexer, offset)?;
    // The count is not trusted for memory: each entry has to be there to be read.
    for index in 0..count {
        let number =
            first.checked_add(index).filter(|n| *n <= MAX_OBJECT).ok_or(damaged("object number too high"))?;
        let entry = entry(lexer).ok_or(damaged("an entry is malformed"))?;
        let number = u32::try_from(number).map_err(|_| damaged("object number too high"))?;
        entries.add(number, entry);
    }
    Ok(())
}

/// One `nnnnnnnnnn ggggg n` entry; the white space around its parts may vary, as it does in practice.
fn entry(lexer: &mut Lexer<'_>) -> Option<Entry> {
    lexer.skip_space();
    let offset = usize::try_from(lexer.unsigned()?).ok()?;
    lexer.skip_space();
    let generation = u16::try_from(lexer.unsigned()?).ok()?;
    lexer.skip_space();
    if lexer.keyword(b"n") {
        // Some producers write unused numbers as "in use at 0"; nothing can stand there.
        return Some(if offset == 0 {
            Entry::Free { generation }
        } else {
            Entry::InUse { offset, generation }
        });
    }
    lexer.keyword(b"f").then_some(Entry::Free { generation })
}
