//! The file as a set of objects, at any of its revisions.

use std::ops::Range;
use std::sync::Arc;

use crate::pdf::lexer::Lexer;
use crate::pdf::object_stream::Containers;
use crate::pdf::xref::{self, Entry, Section};
use crate::pdf::{Dict, Object, Parser, PdfError, Ref, Stream};

/// How many references may lead to references before we call it a loop.
const MAX_HOPS: usize = 16;
/// The header may stand behind some junk (ISO 32000-2 Annex I), but not far.
const HEADER_WINDOW: usize = 1024;

/// An indirect object and the bytes that spell it.
#[derive(Debug, Clone)]
pub struct Indirect {
    /// The object.
    pub object: Object,
    /// From `12 0 obj` to after `endobj`; `None` for an object inside an object stream.
    pub span: Option<Range<usize>>,
}

/// A PDF at one of its revisions. Cloning is cheap; all clones share what has been read.
///
/// The view at a revision reads only the sections of that revision and earlier ones, and no byte behind its
/// end, so it sees exactly what a reader of the shorter file would have seen.
#[derive(Debug, Clone)]
pub struct Pdf<'a> {
    bytes: &'a [u8],
    sections: Arc<Vec<Section>>,
    newest: usize,
    containers: Arc<Containers>,
}

impl<'a> Pdf<'a> {
    /// Reads the cross-reference chain of a file. Objects are read when asked for.
    pub fn open(bytes: &'a [u8]) -> Result<Pdf<'a>, PdfError> {
        let head = bytes.get(..bytes.len().min(HEADER_WINDOW)).unwrap_or_default();
        if !head.windows(5).any(|w| w == b"%PDF-") {
            return Err(PdfError::NoHeader);
        }
        let sections = Arc::new(xref::chain(bytes)?);
        Ok(Pdf { bytes, sections, newest: 0, containers: Arc::default() })
    }

    /// The same file as it was when `section` was the newest one and the file ended at `end`.
    pub(crate) fn at(&self, section: usize, end: usize) -> Pdf<'a> {
        let bytes = self.bytes.get(..end).unwrap_or(self.bytes);
        Pdf { bytes, newest: section, ..self.clone() }
    }

    /// The bytes of this revision and all before it.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The sections of this revision and all before it, newest first.
    pub fn sections(&self) -> &[Section] {
        self.sections.get(self.newest..).unwrap_or_default()
    }

    /// The trailer of this revision (ISO 32000-2 §7.5.5).
    pub fn trailer(&self) -> Result<&Dict, PdfError> {
        self.sections().first().map(|section| &section.trailer).ok_or(PdfError::NoStartXref)
    }

    /// Refuses an encrypted file: without a password its strings are noise.
    pub fn refuse_encrypted(&self) -> Result<(), PdfError> {
        let encrypted = self.sections().iter().any(|section| section.trailer.has("Encrypt"));
        if encrypted { Err(PdfError::Encrypted) } else { Ok(()) }
    }

    /// The entry that counts for an object number in this revision.
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.sections().iter().find_map(|section| section.entries.get(&number)).copied()
    }

    /// One more than the highest number that any section lists or claims in `/Size`.
    pub(crate) fn size(&self) -> u32 {
        let claimed =
            |s: &Section| s.trailer.integer("Size").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let listed = |s: &Section| s.entries.keys().next_back().map_or(0, |n| n.saturating_add(1));
        self.sections().iter().map(|s| claimed(s).min(1 << 23).max(listed(s))).max().unwrap_or(0)
    }

    /// Reads an indirect object. What is not defined is null (ISO 32000-2 §7.3.10).
    pub fn indirect(&self, target: Ref) -> Result<Indirect, PdfError> {
        let null = Indirect { object: Object::Null, span: None };
        match self.entry(target.number) {
            None | Some(Entry::Free { .. }) => Ok(null),
            Some(Entry::InUse { generation, .. }) if generation != target.generation => Ok(null),
            Some(Entry::InUse { offset, .. }) => self.read_at(offset, target),
            Some(Entry::Compressed { container, index }) => {
                let object = self.containers.object(self, target, container, index)?;
                Ok(Indirect { object, span: None })
            }
        }
    }

    /// Reads an object whose head stands at an offset.
    pub(crate) fn read_at(&self, offset: usize, target: Ref) -> Result<Indirect, PdfError> {
        let mut parser = Parser::at(self.bytes, offset);
        if parser.head() != Some(target) {
            return Err(PdfError::Misplaced(target));
        }
        let object = parser.object()?;
        let mut lexer = parser.lexer;
        let after = lexer.pos;
        lexer.skip_space();
        let object = match object {
            Object::Dict(dict) if lexer.rest().starts_with(b"stream") => {
                let length = self.stream_length(&dict)?;
                let data = stream_span(self.bytes, lexer.pos, length)?;
                lexer.pos = data.end;
                lexer.skip_space();
                lexer.keyword(b"endstream");
                Object::Stream(Stream { dict, data })
            }
            other => {
                lexer.pos = after;
                other
            }
        };
        lexer.skip_space();
        if !lexer.literal(b"endobj") {
            return Err(lexer.fail("endobj is missing"));
        }
        Ok(Indirect { object, span: Some(offset..lexer.pos) })
    }

    fn stream_length(&self, dict: &Dict) -> Result<usize, PdfError> {
        let bad = PdfError::Structure("a stream has no usable /Length");
        let length = match dict.get("Length") {
            // Read without following further: a /Length inside a stream that needs it would recurse.
            Some(Object::Reference(target)) => match self.entry(target.number) {
                Some(Entry::InUse { offset, .. }) => plain_integer(self.bytes, offset, *target),
                Some(Entry::Compressed { .. }) => self.indirect(*target)?.object.integer(),
                _ => None,
            },
            Some(direct) => direct.integer(),
            None => None,
        };
        length.and_then(|n| usize::try_from(n).ok()).ok_or(bad)
    }

    /// Follows a reference to its object; a direct object is returned as it is.
    pub fn resolve(&self, object: &Object) -> Result<Object, PdfError> {
        let mut current = object.clone();
        for _ in 0..MAX_HOPS {
            match current {
                Object::Reference(target) => current = self.indirect(target)?.object,
                other => return Ok(other),
            }
        }
        Err(PdfError::Limit("references lead in a circle"))
    }

    /// The value of a key, followed if it is a reference; null if absent.
    pub fn value(&self, dict: &Dict, key: &str) -> Result<Object, PdfError> {
        dict.get(key).map_or(Ok(Object::Null), |object| self.resolve(object))
    }

    /// The dictionary behind a key, if there is one.
    pub fn dict_value(&self, dict: &Dict, key: &str) -> Result<Option<Dict>, PdfError> {
        Ok(self.value(dict, key)?.dict().cloned())
    }

    /// The document catalog (ISO 32000-2 §7.7.2) and its reference.
    pub fn catalog(&self) -> Result<(Ref, Dict), PdfError> {
        let root =
            self.trailer()?.reference("Root").ok_or(PdfError::Structure("the trailer has no /Root"))?;
        match self.indirect(root)?.object {
            Object::Dict(dict) => Ok((root, dict)),
            _ => Err(PdfError::Structure("the catalog is not a dictionary")),
        }
    }

    /// The decoded data of a stream that uses no filter but Flate.
    pub fn stream_data(&self, stream: &Stream) -> Result<Vec<u8>, PdfError> {
        let raw = self.bytes.get(stream.data.clone()).ok_or(PdfError::StreamLength(stream.data.start))?;
        crate::pdf::filters::decode(&stream.dict, raw)
    }
}

/// `12 0 obj 345 endobj`, read without any other object.
fn plain_integer(bytes: &[u8], offset: usize, target: Ref) -> Option<i64> {
    let mut parser = Parser::at(bytes, offset);
    (parser.head() == Some(target)).then(|| parser.object().ok()?.integer()).flatten()
}

/// The data of a stream whose `/Length` is direct, and where its `endobj` ends.
pub(crate) fn plain_stream(bytes: &[u8], dict: &Dict, pos: usize) -> Result<(Range<usize>, usize), PdfError> {
    let mut lexer = Lexer::new(bytes, pos);
    lexer.skip_space();
    let length = dict
        .integer("Length")
        .and_then(|n| usize::try_from(n).ok())
        .ok_or(PdfError::Structure("a cross-reference stream needs a direct /Length"))?;
    let data = stream_span(bytes, lexer.pos, length)?;
    lexer.pos = data.end;
    lexer.skip_space();
    lexer.keyword(b"endstream");
    lexer.skip_space();
    lexer.literal(b"endobj");
    Ok((data, lexer.pos))
}

/// Where the raw data stand, for the keyword `stream` at `pos` (ISO 32000-2 §7.3.8.1).
///
/// `endstream` must follow the claimed length: a length that lies lets two readers see different data.
fn stream_span(bytes: &[u8], pos: usize, length: usize) -> Result<Range<usize>, PdfError> {
    let wrong = PdfError::StreamLength(pos);
    let mut lexer = Lexer::new(bytes, pos);
    if !lexer.literal(b"stream") {
        return Err(lexer.fail("the keyword stream is missing"));
    }
    lexer.literal(b"\r");
    lexer.literal(b"\n");
    let end = lexer.pos.checked_add(length).filter(|end| *end <= bytes.len()).ok_or(wrong.clone())?;
    let start = lexer.pos;
    lexer.pos = end;
    while lexer.peek().is_some_and(crate::pdf::is_space) {
        lexer.pos += 1;
    }
    if lexer.rest().starts_with(b"endstream") { Ok(start..end) } else { Err(wrong) }
}
