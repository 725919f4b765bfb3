//! Classic cross-reference tables (ISO 32000-2 §7.5.4).

use crate::pdf::lexer::Lexer;
use crate::pdf::{Entries, Entry, Object, Parser, PdfError, Section, SectionKind};

/// Object numbers beyond this are refused; Annex C names 8 388 607 as the limit of the common viewers.
pub(crate) const MAX_OBJECT: u64 = 8_388_607;

/// Reads a table, from behind its keyword `xref`, and its trailer.
pub(crate) fn read(mut lexer: Lexer<'_>, offset: usize) -> Result<Section, PdfError> {
    let mut entries = Entries::default();
    loop {
        lexer.skip_space();
        if lexer.keyword(b"trailer") {
            break;
        }
        subsection(&mut lexer, offset, &mut entries)?;
    }
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

fn subsection(lexer: &mut Lexer<'_>, offset: usize, entries: &mut Entries) -> Result<(), PdfError> {
    let damaged = |reason| PdfError::DamagedXref { offset, reason };
    let first = lexer.unsigned().ok_or(damaged("a subsection head is missing"))?;
    lexer.skip_space();
    let count = lexer.unsigned().ok_or(damaged("a subsection head is missing"))?;
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
