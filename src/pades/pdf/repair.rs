//! Reading a file whose cross-reference is missing or damaged: all objects are looked for.
//!
//! Nobody says how to do this, so two viewers may end up with two documents. What is found here may be read;
//! it never makes a verdict green. It may be appended to only if no choice had to be made: see [`Repair`].

use std::collections::{BTreeMap, BTreeSet};

use crate::pdf::file::{Begun, begin};
use crate::pdf::{Dict, Entries, Entry, Input, Object, Parser, Pdf, PdfError, Ref, Section, SectionKind};

/// More objects than we look for in a damaged file.
const MAX_FOUND: usize = 1 << 20;
/// The longest `4294967295 65535 obj` with some white space.
const HEAD: usize = 32;

/// How a file was repaired.
#[derive(Debug)]
pub(crate) struct Repair {
    /// The first reason why another program may read the file differently; none if there is one reading.
    pub(crate) doubt: Option<&'static str>,
}

/// What the search found, before object streams are opened.
struct Found {
    section: Section,
    containers: Vec<Ref>,
    doubt: Option<&'static str>,
}

/// Opens a file by looking for its objects. `None` if what is found is no document.
pub(crate) fn open<'a>(input: &Input<'a>) -> Result<Option<Pdf<'a>>, PdfError> {
    let Some(Found { section, containers, mut doubt }) = search(input)? else { return Ok(None) };
    let body = Pdf::of(input.clone(), vec![section.clone()], None);
    let mut section = section;
    for container in containers {
        let numbers = match body.numbers_in(container.number) {
            Ok(numbers) => numbers,
            Err(error @ PdfError::Io { .. }) => return Err(error),
            // The objects in it may be those that count, so without them nothing is known.
            Err(_) => return Ok(None),
        };
        for (index, number) in numbers.into_iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if section.entries.get(number).is_some() {
                doubt.get_or_insert(TWICE);
            }
            section.entries.add(number, Entry::Compressed { container: container.number, index });
        }
    }
    let next = section.entries.highest().map_or(1, |highest| i64::from(highest) + 1);
    let size = section.trailer.integer("Size").unwrap_or(0).max(next);
    section.trailer.set("Size", size);
    let pdf = Pdf::of(input.clone(), vec![section], Some(Repair { doubt }));
    match pdf.catalog() {
        Ok(_) if doubt.is_none() && !is_sound(&pdf)? => {
            let sections = pdf.sections().to_vec();
            Ok(Some(Pdf::of(input.clone(), sections, Some(Repair { doubt: Some(DAMAGED) }))))
        }
        Err(error @ PdfError::Io { .. }) => Err(error),
        // Without its password nothing more can be said.
        Ok(_) | Err(PdfError::Encrypted) => Ok(Some(pdf)),
        Err(_) => Ok(None),
    }
}

/// Whether all objects can be read as they stand, streams by their own `/Length`, and none inside another.
///
/// Objects in the data of a stream are seen by some programs and not by others.
fn is_sound(pdf: &Pdf<'_>) -> Result<bool, PdfError> {
    let mut spans = Vec::new();
    for (number, entry) in pdf.sections().iter().flat_map(|section| section.entries.iter()) {
        let generation = match entry {
            Entry::InUse { generation, .. } => generation,
            _ => 0,
        };
        match pdf.indirect(Ref { number, generation }) {
            Ok(indirect) => spans.extend(indirect.span),
            Err(error @ PdfError::Io { .. }) => return Err(error),
            Err(_) => return Ok(false),
        }
    }
    spans.sort_by_key(|span| span.start);
    Ok(spans.windows(2).all(|pair| matches!(pair, [one, next] if one.end <= next.start)))
}

const TWICE: &str = "an object number is defined twice";
const DAMAGED: &str = "an object is damaged";

/// Looks for objects and trailers. `None` if there is nothing that could be a document.
fn search(input: &Input<'_>) -> Result<Option<Found>, PdfError> {
    let mut search = Search::default();
    let heads = heads(input)?;
    let trailers = input.positions(b"trailer", MAX_FOUND)?;
    for (index, (offset, target)) in heads.iter().enumerate() {
        let end = heads.get(index + 1).map_or(input.length(), |(next, _)| *next);
        search.object(&input.until(end), *offset, *target)?;
    }
    for (index, offset) in trailers.iter().enumerate() {
        let end = trailers.get(index + 1).copied().unwrap_or(input.length());
        search.trailer(&input.until(end), offset + b"trailer".len())?;
    }
    if !input.window(0..5)?.starts_with(b"%PDF-") {
        search.doubt("the header does not stand at the start");
    }
    if input.contains(0..input.length(), &[b"/ByteRange"])? {
        search.doubt("there is a signature that relies on the damaged structure");
    }
    Ok(search.finish(input))
}

/// Where `12 0 obj` stands, and what it names.
fn heads(input: &Input<'_>) -> Result<Vec<(usize, Ref)>, PdfError> {
    let mut heads = Vec::new();
    for at in input.positions(b"obj", MAX_FOUND)? {
        let start = at.saturating_sub(HEAD);
        let window = input.window(start..at)?;
        if let Some((offset, target)) = head_before(&window) {
            heads.push((start + offset, target));
        }
    }
    Ok(heads)
}

/// The two numbers that end a window, and where they begin.
fn head_before(window: &[u8]) -> Option<(usize, Ref)> {
    let (generation_at, generation) = number_before(window)?;
    let (number_at, number) = number_before(window.get(..generation_at)?)?;
    let target = Ref { number: u32::try_from(number).ok()?, generation: u16::try_from(generation).ok()? };
    Some((number_at, target))
}

/// The digits before white space at the end of a window.
fn number_before(window: &[u8]) -> Option<(usize, u64)> {
    let end = window.iter().rposition(|byte| !crate::pdf::is_space(*byte))? + 1;
    if end == window.len() {
        return None;
    }
    let digits = window.get(..end)?;
    let start = digits.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |before| before + 1);
    let number = std::str::from_utf8(digits.get(start..)?).ok()?.parse().ok()?;
    Some((start, number))
}

#[derive(Default)]
struct Search {
    entries: BTreeMap<u32, Entry>,
    containers: BTreeMap<u32, Ref>,
    catalogs: BTreeSet<Ref>,
    /// Trailers and dictionaries of cross-reference streams that name a root, in the order of the file.
    trailers: Vec<Dict>,
    /// Numbers of cross-reference streams, which are no objects of the document.
    structure: BTreeSet<u32>,
    doubt: Option<&'static str>,
}

impl Search {
    fn doubt(&mut self, reason: &'static str) {
        self.doubt.get_or_insert(reason);
    }

    /// `input` ends where the next object begins, so that all reading together is one pass.
    fn object(&mut self, input: &Input<'_>, offset: usize, target: Ref) -> Result<(), PdfError> {
        let begun = match input.parse(offset, |lexer| begin(lexer, target)) {
            Err(error @ PdfError::Io { .. }) => return Err(error),
            other => other,
        };
        let dict = match &begun {
            Ok(Begun::Whole(Object::Dict(dict), _) | Begun::Stream(dict, _)) => Some(dict),
            Ok(Begun::Whole(..)) => None,
            Err(_) => {
                self.doubt(DAMAGED);
                None
            }
        };
        let kind = dict.and_then(|dict| dict.name("Type")).map(|name| name.text());
        if let (Some("XRef"), Some(dict)) = (kind.as_deref(), dict) {
            self.structure.insert(target.number);
            self.trailers.extend(dict.has("Root").then(|| dict.clone()));
            return Ok(());
        }
        // As in an incremental update, the last one counts.
        let entry = Entry::InUse { offset, generation: target.generation };
        if self.entries.insert(target.number, entry).is_some() {
            self.doubt(TWICE);
        }
        self.containers.remove(&target.number);
        match kind.as_deref() {
            Some("ObjStm") => drop(self.containers.insert(target.number, target)),
            Some("Catalog") => drop(self.catalogs.insert(target)),
            _ => {}
        }
        Ok(())
    }

    fn trailer(&mut self, input: &Input<'_>, offset: usize) -> Result<(), PdfError> {
        match input.parse(offset, |lexer| (Parser { lexer }).object()) {
            Err(error @ PdfError::Io { .. }) => return Err(error),
            Ok(Object::Dict(dict)) if dict.has("Root") => self.trailers.push(dict),
            Ok(Object::Dict(_)) => {}
            _ => self.doubt("a trailer is damaged"),
        }
        Ok(())
    }

    fn finish(mut self, input: &Input<'_>) -> Option<Found> {
        let trailer = self.choose_trailer()?;
        let highest = self.entries.keys().chain(&self.structure).max().copied()?;
        if self.structure.iter().any(|number| self.entries.contains_key(number)) {
            self.doubt(TWICE);
        }
        let kind = if self.structure.is_empty() { SectionKind::Table } else { SectionKind::Stream };
        let mut entries = Entries::default();
        self.entries.iter().for_each(|(number, entry)| entries.set(*number, *entry));
        let end = input.length();
        let trailer = trailer.with("Size", i64::from(highest) + 1);
        let section = Section { offset: 0, end, kind, trailer, entries, stream: None, hybrid_end: 0 };
        Some(Found { section, containers: self.containers.into_values().collect(), doubt: self.doubt })
    }

    /// What the trailers agree on; where they do not, the last one.
    fn choose_trailer(&mut self) -> Option<Dict> {
        let known = |entries: &BTreeMap<u32, Entry>, dict: &Dict| {
            dict.reference("Root").is_some_and(|root| entries.contains_key(&root.number))
        };
        // The root may be inside an object stream, which is opened later.
        let chosen = self.trailers.iter().rev().find(|dict| known(&self.entries, dict));
        let chosen = chosen.or(self.trailers.last()).cloned();
        let Some(chosen) = chosen else {
            self.doubt("the trailer is missing");
            return match self.catalogs.iter().collect::<Vec<_>>().as_slice() {
                [only] => Some(Dict::new().with("Root", **only)),
                _ => None,
            };
        };
        let mut trailer = Dict::new();
        for key in ["Root", "Info", "ID", "Encrypt"] {
            if self.trailers.iter().any(|other| other.get(key) != chosen.get(key)) {
                self.doubt("there are trailers that differ");
            }
            if let Some(value) = chosen.get(key) {
                trailer.set(key, value.clone());
            }
        }
        Some(trailer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_backwards() {
        let target = Ref { number: 12, generation: 3 };
        assert_eq!(head_before(b"endobj\n12 3 "), Some((7, target)));
        assert_eq!(head_before(b"12\r\n3\n"), Some((0, target)));
        assert_eq!(head_before(b"endobj 12 3"), None);
        assert_eq!(head_before(b"12 end"), None);
        assert_eq!(head_before(b"99999999999 0 "), None);
    }
}
