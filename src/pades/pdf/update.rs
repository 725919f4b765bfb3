//! Incremental updates: new objects behind old bytes, never over them (ISO 32000-2 §7.5.6).

use std::collections::BTreeMap;

use crate::pdf::write::{write_dict, write_object};
use crate::pdf::{Dict, Encryption, Entry, Object, Pdf, PdfError, PdfString, Ref, SectionKind};

/// The width of each number in `/ByteRange`; twenty digits hold any offset, so filling in moves nothing.
const BYTE_RANGE_DIGITS: usize = 20;
/// The largest offset that the ten digits of a table entry hold (ISO 32000-2 §7.5.4).
const MAX_TABLE_OFFSET: usize = 9_999_999_999;

/// A signature dictionary with room for what is not yet known.
#[derive(Debug, Clone)]
pub(crate) struct SignatureBody {
    /// All keys but `/ByteRange` and `/Contents`.
    pub(crate) dict: Dict,
    /// Bytes of CMS that `/Contents` must hold.
    pub(crate) reserved: usize,
}

#[derive(Debug, Clone)]
enum Body {
    Object(Object),
    Stream(Dict, Vec<u8>),
    Signature(SignatureBody),
}

/// One incremental update in the making.
#[derive(Debug)]
pub(crate) struct Update<'p, 'a> {
    base: &'p Pdf<'a>,
    bodies: BTreeMap<Ref, Body>,
    next: u32,
}

/// The finished update: bytes to append, and where the signature's open places are in the whole file.
#[derive(Debug, Clone)]
pub(crate) struct Appended {
    /// What follows the original bytes.
    pub(crate) bytes: Vec<u8>,
    /// Offset of `<` and offset after `>` of `/Contents`, if there is a signature.
    pub(crate) contents: Option<(usize, usize)>,
}

impl<'p, 'a> Update<'p, 'a> {
    pub(crate) fn new(base: &'p Pdf<'a>) -> Update<'p, 'a> {
        Update { base, bodies: BTreeMap::new(), next: base.size().max(1) }
    }

    fn reserve(&mut self) -> Ref {
        let reference = Ref { number: self.next, generation: 0 };
        self.next += 1;
        reference
    }

    /// Adds a new object.
    pub(crate) fn add(&mut self, object: impl Into<Object>) -> Ref {
        let reference = self.reserve();
        self.bodies.insert(reference, Body::Object(object.into()));
        reference
    }

    /// Adds a new stream; `/Length` is set here.
    pub(crate) fn add_stream(&mut self, dict: Dict, data: Vec<u8>) -> Ref {
        let reference = self.reserve();
        self.bodies.insert(reference, Body::Stream(dict, data));
        reference
    }

    /// Adds the signature dictionary.
    pub(crate) fn add_signature(&mut self, body: SignatureBody) -> Ref {
        let reference = self.reserve();
        self.bodies.insert(reference, Body::Signature(body));
        reference
    }

    /// Writes an existing object anew; its number and generation stay.
    pub(crate) fn replace(&mut self, reference: Ref, object: impl Into<Object>) {
        self.bodies.insert(reference, Body::Object(object.into()));
    }

    /// The object as it will be: from this update if it is there, else from the file.
    pub(crate) fn current(&self, reference: Ref) -> Result<Object, PdfError> {
        match self.bodies.get(&reference) {
            Some(Body::Object(object)) => Ok(object.clone()),
            _ => Ok(self.base.indirect(reference)?.object),
        }
    }

    /// Lays the update out. `salt` makes the second part of `/ID` differ from every other revision's.
    pub(crate) fn finish(mut self, salt: &[u8]) -> Result<Appended, PdfError> {
        self.base.check_appendable()?;
        let base = self.base.length();
        let mut out = Vec::new();
        // A reader that looks for "12 0 obj" at a line start must find it.
        if self.base.window(base.saturating_sub(1)..base)?.last().is_some_and(|b| *b != b'\n') {
            out.push(b'\n');
        }
        let mut entries = self.complete_entries();
        let mut holes = None;
        for (reference, mut body) in std::mem::take(&mut self.bodies) {
            if let Some(encryption) = self.base.encryption() {
                encrypt(encryption, reference, &mut body, salt)?;
            }
            let offset = base + out.len();
            entries.insert(reference.number, Entry::InUse { offset, generation: reference.generation });
            out.extend_from_slice(format!("{reference} obj\n").as_bytes());
            if let Some(found) = write_body(&mut out, &body) {
                holes = Some(found);
            }
            out.extend_from_slice(b"\nendobj\n");
        }
        let trailer = self.trailer(salt)?;
        let kind = self.base.sections().first().map(|section| section.kind);
        let start = base + out.len();
        match kind {
            Some(SectionKind::Stream) => write_xref_stream(&mut out, trailer, entries, start, self.next),
            _ => write_table(&mut out, trailer, &entries, start, self.next)?,
        }
        out.extend_from_slice(format!("startxref\n{start}\n%%EOF\n").as_bytes());
        let contents = holes.map(|holes| fill_byte_range(&mut out, base, holes)).transpose()?;
        Ok(Appended { bytes: out, contents })
    }

    /// What the section must list besides the update's own objects: all objects, if the sections before it are
    /// damaged, so that nobody needs to read those again.
    fn complete_entries(&self) -> BTreeMap<u32, Entry> {
        if !self.base.is_repaired() {
            return BTreeMap::new();
        }
        let known: BTreeMap<u32, Entry> =
            self.base.sections().iter().flat_map(|s| s.entries.iter()).collect();
        let free = |number: &u32| *number == 0 || !known.contains_key(number);
        let gaps: Vec<u32> = (0..self.base.size()).filter(free).collect();
        let mut entries = known.clone();
        entries.extend(gaps.into_iter().map(|number| (number, Entry::Free { generation: u16::MAX })));
        entries
    }

    /// The keys that every trailer repeats (ISO 32000-2 Table 15).
    fn trailer(&self, salt: &[u8]) -> Result<Dict, PdfError> {
        let old = self.base.trailer()?;
        let mut trailer = Dict::new();
        for key in ["Root", "Info", "Encrypt"] {
            if let Some(value) = old.get(key) {
                trailer.set(key, value.clone());
            }
        }
        if !self.base.is_repaired() {
            let offset = self.base.sections().first().map_or(0, |section| section.offset);
            trailer.set("Prev", i64::try_from(offset).unwrap_or(i64::MAX));
        }
        let digest = openssl::sha::sha256(salt);
        let fresh = digest.get(..16).unwrap_or_default().to_vec();
        let identifier = |bytes: Vec<u8>| Object::String(PdfString { bytes, span: 0..0, hex: true });
        let first = match self.base.value(old, "ID")? {
            Object::Array(parts) => parts.first().and_then(Object::string).map(|part| part.bytes.clone()),
            _ => None,
        };
        // Keys of older encryption depend on /ID: a file that had none must not get one.
        if first.is_none() && old.has("Encrypt") {
            return Ok(trailer);
        }
        let first = first.unwrap_or_else(|| fresh.clone());
        trailer.set("ID", vec![identifier(first), identifier(fresh)]);
        Ok(trailer)
    }
}

/// Encrypts what an update writes with the file's key; the place of `/Contents` is not in the dictionary yet.
fn encrypt(encryption: &Encryption, reference: Ref, body: &mut Body, salt: &[u8]) -> Result<(), PdfError> {
    let encrypt_dict = |dict: &mut Dict| {
        let mut object = Object::Dict(std::mem::take(dict));
        encryption.encrypt(reference, &mut object, salt)?;
        if let Object::Dict(encrypted) = object {
            *dict = encrypted;
        }
        Ok(())
    };
    match body {
        Body::Object(object) => encryption.encrypt(reference, object, salt),
        Body::Stream(dict, data) => {
            *data = encryption.encrypt_stream(reference, dict, data, salt)?;
            encrypt_dict(dict)
        }
        Body::Signature(signature) => encrypt_dict(&mut signature.dict),
    }
}

/// The open places of a signature, relative to the update.
#[derive(Debug, Clone, Copy)]
struct Holes {
    byte_range: usize,
    contents: usize,
    contents_end: usize,
}

fn write_body(out: &mut Vec<u8>, body: &Body) -> Option<Holes> {
    match body {
        Body::Object(object) => write_object(out, object),
        Body::Stream(dict, data) => {
            let dict = dict.clone().with("Length", i64::try_from(data.len()).unwrap_or(i64::MAX));
            write_dict(out, &dict);
            out.extend_from_slice(b"\nstream\n");
            out.extend_from_slice(data);
            out.extend_from_slice(b"\nendstream");
        }
        Body::Signature(signature) => return Some(write_signature(out, signature)),
    }
    None
}

fn write_signature(out: &mut Vec<u8>, signature: &SignatureBody) -> Holes {
    write_dict(out, &signature.dict);
    out.truncate(out.len().saturating_sub(2));
    out.extend_from_slice(b"/ByteRange [0 ");
    let byte_range = out.len();
    let room = 3 * BYTE_RANGE_DIGITS + 2;
    out.extend(std::iter::repeat_n(b' ', room));
    out.extend_from_slice(b"]/Contents ");
    let contents = out.len();
    out.push(b'<');
    out.extend(std::iter::repeat_n(b'0', 2 * signature.reserved));
    out.push(b'>');
    let contents_end = out.len();
    out.extend_from_slice(b">>");
    Holes { byte_range, contents, contents_end }
}

/// Writes `[0 a b c]` into its room, left-aligned and padded with spaces; the array stays the same length.
fn fill_byte_range(out: &mut [u8], base: usize, holes: Holes) -> Result<(usize, usize), PdfError> {
    let (start, end) = (base + holes.contents, base + holes.contents_end);
    let rest = base + out.len() - end;
    let text = format!("{start} {end} {rest}");
    let room = 3 * BYTE_RANGE_DIGITS + 2;
    let place =
        out.get_mut(holes.byte_range..holes.byte_range + room).and_then(|room| room.get_mut(..text.len()));
    place.ok_or(PdfError::Limit("the file is too long for /ByteRange"))?.copy_from_slice(text.as_bytes());
    Ok((start, end))
}

fn write_table(
    out: &mut Vec<u8>,
    trailer: Dict,
    entries: &BTreeMap<u32, Entry>,
    start: usize,
    size: u32,
) -> Result<(), PdfError> {
    if start > MAX_TABLE_OFFSET {
        return Err(PdfError::Limit("offsets in a cross-reference table have ten digits"));
    }
    out.extend_from_slice(b"xref\n");
    for (first, run) in runs(entries) {
        out.extend_from_slice(format!("{first} {}\n", run.len()).as_bytes());
        for entry in run {
            let row = match entry {
                Entry::InUse { offset, generation } => format!("{offset:010} {generation:05} n\r\n"),
                // Numbers that stay unused need no place in the list of free ones (ISO 32000-2 §7.5.4).
                Entry::Free { generation } => format!("0000000000 {generation:05} f\r\n"),
                Entry::Compressed { .. } => {
                    return Err(PdfError::Structure("a table cannot list objects of object streams"));
                }
            };
            out.extend_from_slice(row.as_bytes());
        }
    }
    out.extend_from_slice(b"trailer\n");
    write_dict(out, &trailer.with("Size", i64::from(size)));
    out.push(b'\n');
    Ok(())
}

fn write_xref_stream(
    out: &mut Vec<u8>,
    trailer: Dict,
    mut entries: BTreeMap<u32, Entry>,
    start: usize,
    size: u32,
) {
    let own = Ref { number: size, generation: 0 };
    entries.insert(own.number, Entry::InUse { offset: start, generation: 0 });
    let mut index = Vec::new();
    let mut data = Vec::new();
    for (first, run) in runs(&entries) {
        index.push(Object::Integer(i64::from(first)));
        index.push(Object::Integer(i64::try_from(run.len()).unwrap_or(i64::MAX)));
        for entry in run {
            let (kind, second, third) = match entry {
                Entry::Free { generation } => (0, 0, u32::from(generation)),
                Entry::InUse { offset, generation } => (1, offset as u64, u32::from(generation)),
                Entry::Compressed { container, index } => (2, u64::from(container), index),
            };
            data.push(kind);
            // Eight bytes: an update of a file beyond 4 GiB is written like any other.
            data.extend_from_slice(&second.to_be_bytes());
            data.extend_from_slice(&third.to_be_bytes());
        }
    }
    let widths = vec![Object::Integer(1), Object::Integer(8), Object::Integer(4)];
    let dict = trailer
        .with("Type", "XRef")
        .with("Size", i64::from(size) + 1)
        .with("W", widths)
        .with("Index", index)
        .with("Length", i64::try_from(data.len()).unwrap_or(i64::MAX));
    out.extend_from_slice(format!("{own} obj\n").as_bytes());
    write_dict(out, &dict);
    out.extend_from_slice(b"\nstream\n");
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\nendstream\nendobj\n");
}

/// Entries grouped into runs of consecutive numbers.
fn runs(entries: &BTreeMap<u32, Entry>) -> Vec<(u32, Vec<Entry>)> {
    let mut runs: Vec<(u32, Vec<Entry>)> = Vec::new();
    for (number, entry) in entries {
        match runs.last_mut() {
            Some((first, run)) if u64::from(*first) + run.len() as u64 == u64::from(*number) => {
                run.push(*entry)
            }
            _ => runs.push((*number, vec![*entry])),
        }
    }
    runs
}
