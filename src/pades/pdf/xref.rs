//! The chain of cross-reference sections (ISO 32000-2 §7.5.4–7.5.8).

use std::collections::HashSet;

use crate::pdf::lexer::Lexer;
use crate::pdf::{Dict, Entries, Input, PdfError, Ref, xref_stream, xref_table};

/// More incremental updates than any office will make; a forger's chain ends here.
const MAX_SECTIONS: usize = 4096;
/// A chain that never ends is no accident, so nobody should repair it.
pub(crate) const LOOP: &str = "the /Prev chain is a loop";
/// How far from the end `startxref` is looked for. Viewers allow trailing junk; the verdict mentions it.
const TAIL: usize = 2048;

/// Where an object of a section stands (ISO 32000-2 Table 18).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The number is free, or was freed.
    Free {
        /// The generation a new object of this number would get.
        generation: u16,
    },
    /// An object in the file body.
    InUse {
        /// Byte offset of `12 0 obj`.
        offset: usize,
        /// Its generation.
        generation: u16,
    },
    /// An object inside an object stream.
    Compressed {
        /// Number of the object stream.
        container: u32,
        /// Position in it.
        index: u32,
    },
}

/// How a section is written, which is how the next one must be written (ISO 32000-2 §7.5.8.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SectionKind {
    /// `xref` … `trailer`
    Table,
    /// A cross-reference stream.
    Stream,
    /// A table whose trailer names a cross-reference stream too.
    Hybrid,
}

/// One cross-reference section with its trailer.
#[derive(Debug, Clone)]
pub struct Section {
    /// Where it begins: the value a `startxref` or `/Prev` gives.
    pub offset: usize,
    /// The byte after the trailer dictionary or the stream's `endobj`.
    pub end: usize,
    /// How it is written.
    pub kind: SectionKind,
    /// The trailer, or the dictionary of the stream.
    pub trailer: Dict,
    /// What it lists.
    pub entries: Entries,
    /// The object that is the cross-reference stream, if there is one.
    pub stream: Option<Ref>,
    /// In a hybrid section, the byte after the stream that its table names; else zero.
    pub hybrid_end: usize,
}

/// Reads the whole chain, newest section first.
pub(crate) fn chain(input: &Input<'_>) -> Result<Vec<Section>, PdfError> {
    let mut next = Some(startxref(input)?.target);
    let mut seen = HashSet::new();
    let mut sections = Vec::new();
    while let Some(offset) = next {
        // A /Prev loop would hang the reader, and "which revision is first" would have no answer.
        if !seen.insert(offset) {
            return Err(PdfError::DamagedXref { offset, reason: LOOP });
        }
        if sections.len() >= MAX_SECTIONS {
            return Err(PdfError::Limit("too many cross-reference sections"));
        }
        let section = section(input, offset)?;
        next = previous(&section)?;
        sections.push(section);
    }
    Ok(sections)
}

fn previous(section: &Section) -> Result<Option<usize>, PdfError> {
    let reason = "/Prev is not an offset";
    let damaged = PdfError::DamagedXref { offset: section.offset, reason };
    match section.trailer.get("Prev") {
        None => Ok(None),
        Some(value) => {
            let offset = value.number().filter(|n| n.fract() == 0.0 && *n >= 0.0).ok_or(damaged)?;
            Ok(Some(offset as usize))
        }
    }
}

fn section(input: &Input<'_>, offset: usize) -> Result<Section, PdfError> {
    if offset >= input.length() {
        return Err(PdfError::DamagedXref { offset, reason: "it would lie behind the end of the file" });
    }
    let table = input.parse(offset, |mut lexer| {
        lexer.skip_space();
        lexer.keyword(b"xref").then(|| xref_table::read(lexer, offset)).transpose()
    })?;
    let Some(mut section) = table else { return xref_stream::read(input, offset) };
    if let Some(hidden) = section.trailer.integer("XRefStm") {
        let at = usize::try_from(hidden)
            .map_err(|_| PdfError::DamagedXref { offset, reason: "/XRefStm is not an offset" })?;
        let stream = xref_stream::read(input, at)?;
        section.kind = SectionKind::Hybrid;
        section.stream = stream.stream;
        section.hybrid_end = stream.end;
        // The stream speaks only for what the table hides as free or leaves out (ISO 32000-2 §7.5.8.4).
        for (number, entry) in stream.entries.iter() {
            let hidden = matches!(section.entries.get(number), None | Some(Entry::Free { .. }));
            if hidden {
                section.entries.set(number, entry);
            } else {
                section.entries.add(number, entry);
            }
        }
    }
    Ok(section)
}

/// The last `startxref` of some bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StartXref {
    /// The offset it names.
    pub(crate) target: usize,
    /// The byte after `%%EOF`, or after the number where the marker is missing.
    pub(crate) end: usize,
    /// Whether `%%EOF` follows.
    pub(crate) has_eof: bool,
}

/// Finds the last `startxref` (ISO 32000-2 §7.5.5).
pub(crate) fn startxref(input: &Input<'_>) -> Result<StartXref, PdfError> {
    let tail_start = input.length().saturating_sub(TAIL);
    let tail = input.window(tail_start..input.length())?;
    let word = b"startxref";
    let at = tail.windows(word.len()).rposition(|w| w == word).ok_or(PdfError::NoStartXref)?;
    input.parse(tail_start + at, |lexer| read_startxref(lexer).ok_or(PdfError::NoStartXref))
}

/// Reads `startxref 123 %%EOF`.
pub(crate) fn read_startxref(mut lexer: Lexer<'_>) -> Option<StartXref> {
    if !lexer.keyword(b"startxref") {
        return None;
    }
    lexer.skip_plain_space();
    let target = usize::try_from(lexer.unsigned()?).ok()?;
    let after_number = lexer.pos;
    lexer.skip_plain_space();
    let has_eof = lexer.literal(b"%%EOF");
    Some(StartXref { target, end: if has_eof { lexer.pos } else { after_number }, has_eof })
}
