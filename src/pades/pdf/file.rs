//! The file as a set of objects, at any of its revisions.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::pdf::lexer::Lexer;
use crate::pdf::object_stream::Containers;
use crate::pdf::xref::{self, Entry, Section};
use crate::pdf::{Dict, Encryption, Input, Object, Parser, Password, PdfError, Ref, Source, Stream};

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
    containers: Arc<Containers>,
    access: Access,
}

/// Whether the strings and streams of a file can be read.
#[derive(Debug, Clone)]
enum Access {
    /// It is not encrypted.
    Plain,
    /// It is encrypted and the password is not known yet.
    Locked,
    Open(Arc<Encryption>),
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
        if !input.window(0..HEADER_WINDOW)?.windows(5).any(|w| w == b"%PDF-") {
            return Err(PdfError::NoHeader);
        }
        let sections = Arc::new(xref::chain(&input)?);
        let is_encrypted = sections.iter().any(|section| section.trailer.has("Encrypt"));
        let access = if is_encrypted { Access::Locked } else { Access::Plain };
        let mut pdf = Pdf { input, sections, newest: 0, containers: Arc::default(), access };
        if is_encrypted {
            // What hinders is said to those who want to read objects.
            pdf.authenticate(None).ok();
        }
        Ok(pdf)
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

    /// Opens an encrypted file, if it is not open yet, with the user's or the owner's password.
    ///
    /// The empty password is tried first. A file that is not encrypted needs none and takes any.
    pub fn authenticate(&mut self, password: Option<&Password>) -> Result<(), PdfError> {
        if matches!(self.access, Access::Locked) {
            let (dict, home) = self.encryption_dictionary()?;
            let identifier = self.trailer()?.get("ID").and_then(Object::array).and_then(<[Object]>::first);
            let identifier = identifier.and_then(Object::string).map(|id| id.bytes.clone());
            let encryption = Encryption::open(&dict, home, identifier.unwrap_or_default(), password)?;
            self.access = Access::Open(Arc::new(encryption));
        }
        Ok(())
    }

    /// The encryption, if the file is encrypted and open.
    pub(crate) fn encryption(&self) -> Option<&Encryption> {
        match &self.access {
            Access::Open(encryption) => Some(encryption),
            Access::Plain | Access::Locked => None,
        }
    }

    /// The encryption dictionary that all revisions share.
    ///
    /// A revision that came with another one would make older revisions read differently from what they were.
    fn encryption_dictionary(&self) -> Result<(Dict, Option<Ref>), PdfError> {
        let differs = PdfError::Encryption("the revisions are not encrypted alike");
        let found = self.trailer()?.get("Encrypt").ok_or(differs.clone())?;
        for pair in self.sections().windows(2) {
            let [newer, older] = pair else { continue };
            // The second trailer of a linearised file may be all but empty (ISO 32000-2 Annex F.3.4).
            let is_rest = older.offset > newer.offset && !older.trailer.has("Encrypt");
            if !is_rest && older.trailer.get("Encrypt") != Some(found) {
                return Err(differs);
            }
        }
        let home = match found {
            Object::Dict(dict) => return Ok((dict.clone(), None)),
            other => other.reference().ok_or(PdfError::Encryption("its dictionary is not one"))?,
        };
        let mut places =
            self.sections().iter().filter_map(|section| match section.entries.get(home.number)? {
                Entry::InUse { offset, generation } if generation == home.generation => Some(Some(offset)),
                Entry::Free { .. } => None,
                _ => Some(None),
            });
        match (places.next(), places.next()) {
            (Some(Some(offset)), None) => match self.read_plain(offset, home)?.object {
                Object::Dict(dict) => Ok((dict, Some(home))),
                _ => Err(PdfError::Encryption("its dictionary is not one")),
            },
            _ => Err(differs),
        }
    }

    /// The entry that counts for an object number in this revision.
    pub fn entry(&self, number: u32) -> Option<Entry> {
        self.sections().iter().find_map(|section| section.entries.get(number))
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

    fn read_plain(&self, offset: usize, target: Ref) -> Result<Indirect, PdfError> {
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
enum Begun {
    /// The object, and where its `endobj` ends.
    Whole(Object, usize),
    /// The dictionary, and where the keyword `stream` stands.
    Stream(Dict, usize),
}

fn begin(lexer: Lexer<'_>, target: Ref) -> Result<Begun, PdfError> {
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
