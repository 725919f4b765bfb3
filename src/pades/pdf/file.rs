//! The file as a set of objects, at any of its revisions.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::pdf::access::Access;
use crate::pdf::lexer::Lexer;
use crate::pdf::object_stream::Containers;
use crate::pdf::places::Places;
use crate::pdf::repair::{self, Repair};
use crate::pdf::xref::{self, Entry, Section};
use crate::pdf::{Dict, Input, Object, Parser, PdfError, Ref, Source, Stream};

/// How many references may lead to references before we call it a loop.
const MAX_HOPS: usize = 16;
/// The header may stand behind some junk (ISO 32000-2 Annex I), but not far.
const HEADER_WINDOW: usize = 1024;

const ENDOBJ_MISSING: &str = "endobj is missing";

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
    input: Input<'a>,
    sections: Arc<Vec<Section>>,
    newest: usize,
    places: Arc<Places>,
    containers: Arc<Containers>,
    pub(super) access: Access,
    repair: Option<Arc<Repair>>,
}

impl<'a> Pdf<'a> {
    /// Reads the cross-reference chain of a file in memory. Objects are read when asked for.
    ///
    /// An encrypted file is opened with the empty password, or stays locked until [`Pdf::authenticate`]: its
    /// revisions can be told, its objects cannot be read.
    pub fn open(bytes: &'a [u8]) -> Result<Pdf<'a>, PdfError> {
        Pdf::read(Input::held(bytes))
    }

    /// Reads the cross-reference chain of a file that is read in pieces, and nothing else of it.
    pub fn open_source(source: &'a dyn Source) -> Result<Pdf<'a>, PdfError> {
        Pdf::read(Input::fetched(source))
    }

    pub(crate) fn read(input: Input<'a>) -> Result<Pdf<'a>, PdfError> {
        let has_header = input.window(0..HEADER_WINDOW)?.windows(5).any(|w| w == b"%PDF-");
        let sections = if has_header { xref::chain(&input) } else { Err(PdfError::NoHeader) };
        match sections.map(|sections| Pdf::of(input.clone(), sections, None)) {
            Ok(pdf) if pdf.finds_root()? => Ok(pdf),
            Ok(pdf) => Ok(repair::open(&input)?.unwrap_or(pdf)),
            Err(
                error @ (PdfError::Io { .. }
                | PdfError::Limit(_)
                | PdfError::DamagedXref { reason: xref::LOOP, .. }),
            ) => Err(error),
            Err(error) => repair::open(&input)?.ok_or(error),
        }
    }

    /// A file of which the sections are known.
    pub(crate) fn of(input: Input<'a>, sections: Vec<Section>, repair: Option<Repair>) -> Pdf<'a> {
        let is_encrypted = sections.iter().any(|section| section.trailer.has("Encrypt"));
        let access = if is_encrypted { Access::Locked } else { Access::Plain };
        let mut pdf = Pdf {
            input,
            sections: Arc::new(sections),
            newest: 0,
            places: Arc::default(),
            containers: Arc::default(),
            access,
            repair: repair.map(Arc::new),
        };
        // What hinders is said to those who want to read objects.
        pdf.authenticate(None).ok();
        pdf
    }

    /// Whether the cross-reference leads to the document's root; if not, its offsets are worth nothing.
    fn finds_root(&self) -> Result<bool, PdfError> {
        let Some(root) = self.trailer()?.reference("Root") else { return Ok(false) };
        let (target, place) = match self.entry(root.number) {
            Some(Entry::Compressed { container, .. }) => {
                (Ref { number: container, generation: 0 }, self.entry(container))
            }
            other => (root, other),
        };
        let Some(Entry::InUse { offset, .. }) = place else { return Ok(false) };
        self.input.parse(offset, |lexer| Ok((Parser { lexer }).head() == Some(target)))
    }

    /// Whether the cross-reference was damaged and objects had to be looked for.
    ///
    /// Another program may have found others: what is read is good to look at, not to rely on.
    pub fn is_repaired(&self) -> bool {
        self.repair.is_some()
    }

    /// Refuses a damaged file that another program may read differently: an update could mean another document
    /// there.
    pub(crate) fn check_appendable(&self) -> Result<(), PdfError> {
        if let Some(repair) = &self.repair {
            return repair.doubt.map_or(Ok(()), |reason| Err(PdfError::Repaired(reason)));
        }
        let end = xref::startxref(&self.input)?.end;
        if self.input.contains(end..self.length(), &[b" obj"])? {
            return Err(PdfError::Repaired("objects stand behind the end of the file"));
        }
        Ok(())
    }

    /// The numbers of the objects in an object stream, in its order.
    pub(crate) fn numbers_in(&self, container: u32) -> Result<Vec<u32>, PdfError> {
        if matches!(self.access, Access::Locked) {
            return Err(PdfError::Encrypted);
        }
        self.containers.numbers(self, container)
    }

    /// The same file as it was when `section` was the newest one and the file ended at `end`.
    pub(crate) fn at(&self, section: usize, end: usize) -> Pdf<'a> {
        Pdf { input: self.input.until(end), newest: section, ..self.clone() }
    }

    /// The bytes of this revision and all before it.
    pub fn input(&self) -> &Input<'a> {
        &self.input
    }

    /// How many bytes this revision and all before it have.
    pub fn length(&self) -> usize {
        self.input.length()
    }

    /// The bytes of a range, as far as the file has them. Long ranges are better visited in pieces.
    pub fn window(&self, range: Range<usize>) -> Result<Cow<'a, [u8]>, PdfError> {
        self.input.window(range)
    }

    /// The sections of this revision and all before it, newest first.
    pub fn sections(&self) -> &[Section] {
        self.sections.get(self.newest..).unwrap_or_default()
    }

    /// The trailer of this revision (ISO 32000-2 §7.5.5).
    pub fn trailer(&self) -> Result<&Dict, PdfError> {
        self.sections().first().map(|section| &section.trailer).ok_or(PdfError::NoStartXref)
    }

    /// The entry that counts for an object number in this revision.
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.places.find(&self.sections, self.newest, number)
    }

    /// One more than the highest number that any section lists or claims in `/Size`.
    pub(crate) fn size(&self) -> u32 {
        let claimed =
            |s: &Section| s.trailer.integer("Size").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        let listed = |s: &Section| s.entries.highest().map_or(0, |n| n.saturating_add(1));
        self.sections().iter().map(|s| claimed(s).min(1 << 23).max(listed(s))).max().unwrap_or(0)
    }

    /// Reads an indirect object. What is not defined is null (ISO 32000-2 §7.3.10).
    pub fn indirect(&self, target: Ref) -> Result<Indirect, PdfError> {
        if matches!(self.access, Access::Locked) {
            return Err(PdfError::Encrypted);
        }
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
        let mut indirect = self.read_plain(offset, target)?;
        if let Some(encryption) = self.encryption() {
            encryption.decrypt(target, &mut indirect.object)?;
        }
        Ok(indirect)
    }

    /// Reads an object at an offset without decrypting it.
    pub(super) fn read_plain(&self, offset: usize, target: Ref) -> Result<Indirect, PdfError> {
        match self.input.parse(offset, |lexer| begin(lexer, target))? {
            Begun::Whole(object, end) => Ok(Indirect { object, span: Some(offset..end) }),
            Begun::Stream(dict, keyword) => {
                let length = self.stream_length(&dict)?;
                let data = stream_span(&self.input, keyword, length)?;
                let (end, is_closed) = stream_end(&self.input, data.end)?;
                if !is_closed {
                    return Err(PdfError::Syntax { offset: end, reason: ENDOBJ_MISSING });
                }
                let object = Object::Stream(Stream { dict, data, owner: target });
                Ok(Indirect { object, span: Some(offset..end) })
            }
        }
    }

    fn stream_length(&self, dict: &Dict) -> Result<usize, PdfError> {
        let bad = PdfError::Structure("a stream has no usable /Length");
        let length = match dict.get("Length") {
            // Read without following further: a /Length inside a stream that needs it would recurse.
            Some(Object::Reference(target)) => match self.entry(target.number) {
                Some(Entry::InUse { offset, .. }) => plain_integer(&self.input, offset, *target)?,
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
        crate::pdf::filters::decode(&stream.dict, &self.decrypted(stream)?)
    }

    /// The data of a stream as its filters left them: raw, or decrypted if the file is encrypted.
    pub(crate) fn decrypted(&self, stream: &Stream) -> Result<Cow<'a, [u8]>, PdfError> {
        let raw = self.input.window(stream.data.clone())?;
        match self.encryption() {
            Some(encryption) => Ok(encryption.decrypt_stream(stream.owner, &stream.dict, &raw)?.into()),
            None => Ok(raw),
        }
    }
}

/// An indirect object as far as it can be read without the length of its stream.
pub(super) enum Begun {
    /// The object, and where its `endobj` ends.
    Whole(Object, usize),
    /// The dictionary, and where the keyword `stream` stands.
    Stream(Dict, usize),
}

pub(super) fn begin(lexer: Lexer<'_>, target: Ref) -> Result<Begun, PdfError> {
    let mut parser = Parser { lexer };
    if parser.head() != Some(target) {
        return Err(PdfError::Misplaced(target));
    }
    let object = parser.object()?;
    let mut lexer = parser.lexer;
    lexer.skip_space();
    match object {
        Object::Dict(dict) if lexer.sees(b"stream") => Ok(Begun::Stream(dict, lexer.pos)),
        other if lexer.literal(b"endobj") => Ok(Begun::Whole(other, lexer.pos)),
        _ => Err(lexer.fail(ENDOBJ_MISSING)),
    }
}

/// `12 0 obj 345 endobj`, read without any other object.
fn plain_integer(input: &Input<'_>, offset: usize, target: Ref) -> Result<Option<i64>, PdfError> {
    input.parse(offset, |lexer| {
        let mut parser = Parser { lexer };
        Ok((parser.head() == Some(target)).then(|| parser.object().ok()?.integer()).flatten())
    })
}

/// The data of a stream whose `/Length` is direct, and where its `endobj` ends.
pub(crate) fn plain_stream(
    input: &Input<'_>,
    dict: &Dict,
    pos: usize,
) -> Result<(Range<usize>, usize), PdfError> {
    let length = dict
        .integer("Length")
        .and_then(|n| usize::try_from(n).ok())
        .ok_or(PdfError::Structure("a cross-reference stream needs a direct /Length"))?;
    let data = stream_span(input, pos, length)?;
    let (end, _) = stream_end(input, data.end)?;
    Ok((data, end))
}

/// Where the raw data stand, for the keyword `stream` at `pos` (ISO 32000-2 §7.3.8.1).
fn stream_span(input: &Input<'_>, pos: usize, length: usize) -> Result<Range<usize>, PdfError> {
    let start = input.parse(pos, |mut lexer| {
        lexer.skip_space();
        if !lexer.literal(b"stream") {
            return Err(lexer.fail("the keyword stream is missing"));
        }
        lexer.literal(b"\r");
        lexer.literal(b"\n");
        Ok(lexer.pos)
    })?;
    let end = start.checked_add(length).filter(|end| *end <= input.length());
    Ok(start..end.ok_or(PdfError::StreamLength(pos))?)
}

/// Where the object ends whose stream data end at `end`, and whether `endobj` says so.
///
/// `endstream` must follow the claimed length: a length that lies lets two readers see different data.
fn stream_end(input: &Input<'_>, end: usize) -> Result<(usize, bool), PdfError> {
    input.parse(end, |mut lexer| {
        lexer.skip_plain_space();
        if !lexer.sees(b"endstream") {
            return Err(PdfError::StreamLength(end));
        }
        lexer.keyword(b"endstream");
        lexer.skip_space();
        let is_closed = lexer.literal(b"endobj");
        Ok((lexer.pos, is_closed))
    })
}
