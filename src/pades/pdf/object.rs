use std::fmt;
use std::ops::Range;

/// An indirect reference, `12 0 R` (ISO 32000-2 §7.3.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ref {
    /// The object number.
    pub number: u32,
    /// The generation number.
    pub generation: u16,
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.generation)
    }
}

/// A name without its slash and with `#xx` decoded (ISO 32000-2 §7.3.5).
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(pub Vec<u8>);

impl Name {
    /// The name as text, with what is not UTF-8 replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Name {
        Name(text.as_bytes().to_vec())
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.text())
    }
}

/// A string and the bytes of the file that spell it (ISO 32000-2 §7.3.4).
///
/// Two strings are equal when their values are; the spelling does not count.
#[derive(Debug, Clone)]
pub struct PdfString {
    /// The decoded value.
    pub bytes: Vec<u8>,
    /// Where the token stands, delimiters included. Meaningless for strings from object streams.
    pub span: Range<usize>,
    /// Whether it was spelled `<…>`.
    pub hex: bool,
}

impl PdfString {
    /// A string that is to be written and so has no place yet.
    pub fn new(bytes: impl Into<Vec<u8>>) -> PdfString {
        PdfString { bytes: bytes.into(), span: 0..0, hex: false }
    }

    /// A text string (ISO 32000-2 §7.9.2.2): PDFDocEncoding if plain ASCII, else UTF-16BE with its mark.
    pub fn from_text(text: &str) -> PdfString {
        if text.is_ascii() {
            return PdfString::new(text.as_bytes());
        }
        let units = text.encode_utf16().flat_map(u16::to_be_bytes);
        PdfString::new([0xFE, 0xFF].into_iter().chain(units).collect::<Vec<u8>>())
    }

    /// The value as a text string (ISO 32000-2 §7.9.2.2); single bytes are read as Latin-1.
    pub fn text(&self) -> String {
        match self.bytes.as_slice() {
            [0xFE, 0xFF, rest @ ..] => {
                let units: Vec<u16> = rest
                    .chunks_exact(2)
                    .map(|pair| pair.iter().fold(0, |n, b| n << 8 | u16::from(*b)))
                    .collect();
                String::from_utf16_lossy(&units)
            }
            [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
            bytes => bytes.iter().map(|b| char::from(*b)).collect(),
        }
    }
}

impl PartialEq for PdfString {
    fn eq(&self, other: &PdfString) -> bool {
        self.bytes == other.bytes
    }
}

/// A dictionary in the order of the file, doubled keys kept (ISO 32000-2 §7.3.7).
#[derive(Debug, Clone, Default)]
pub struct Dict(pub Vec<(Name, Object)>);

impl Dict {
    /// An empty dictionary.
    pub fn new() -> Dict {
        Dict::default()
    }

    /// The value of a key. Of doubled keys the last counts, as in most viewers; see [`Dict::doubled`].
    pub fn get(&self, key: &str) -> Option<&Object> {
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value)
    }

    /// Whether a key is there.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The first key that occurs twice. Viewers differ in which one they take, so forgers like it.
    pub fn doubled(&self) -> Option<&Name> {
        let mut names: Vec<&Name> = self.0.iter().map(|(name, _)| name).collect();
        names.sort_unstable();
        names.windows(2).find_map(|pair| match pair {
            [a, b] if a == b => Some(*a),
            _ => None,
        })
    }

    /// Sets a key in place, or appends it.
    pub fn set(&mut self, key: &str, value: impl Into<Object>) {
        let value = value.into();
        match self.0.iter_mut().rev().find(|(name, _)| name == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((Name::from(key), value)),
        }
    }

    /// The same dictionary with one more key, for building in one expression.
    pub fn with(mut self, key: &str, value: impl Into<Object>) -> Dict {
        self.set(key, value);
        self
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(name, _)| name != key);
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Name> {
        self.0.iter().map(|(name, _)| name)
    }

    /// A direct integer value.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Object::integer)
    }

    /// A direct name value.
    pub fn name(&self, key: &str) -> Option<&Name> {
        self.get(key).and_then(Object::name)
    }

    /// Whether a direct name value is this one.
    pub fn is(&self, key: &str, name: &str) -> bool {
        self.name(key).is_some_and(|value| value == name)
    }

    /// A value that is a reference.
    pub fn reference(&self, key: &str) -> Option<Ref> {
        self.get(key).and_then(Object::reference)
    }
}

/// Dictionaries are equal when they hold the same keys with the same values, in any order.
impl PartialEq for Dict {
    fn eq(&self, other: &Dict) -> bool {
        self.0.len() == other.0.len()
            && self.doubled().is_none()
            && other.doubled().is_none()
            && self.0.iter().all(|(name, value)| other.0.iter().any(|(n, v)| n == name && v == value))
    }
}

/// A stream: its dictionary and where its raw data stand in the file (ISO 32000-2 §7.3.8).
#[derive(Debug, Clone, PartialEq)]
pub struct Stream {
    /// The stream dictionary.
    pub dict: Dict,
    /// The raw data, still encoded and perhaps encrypted.
    pub data: Range<usize>,
    /// The object it is, on which its key depends if the file is encrypted.
    pub owner: Ref,
}

/// A PDF object (ISO 32000-2 §7.3).
#[derive(Debug, Clone)]
pub enum Object {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer that fits 64 bits.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// `/Name`
    Name(Name),
    /// `(…)` or `<…>`
    String(PdfString),
    /// `[…]`
    Array(Vec<Object>),
    /// `<<…>>`
    Dict(Dict),
    /// `<<…>> stream … endstream`
    Stream(Stream),
    /// `12 0 R`
    Reference(Ref),
}

impl Object {
    /// The value of an integer object; a real, even a whole one, is none.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Object::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of any number.
    pub fn number(&self) -> Option<f64> {
        match self {
            Object::Integer(value) => Some(*value as f64),
            Object::Real(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a name.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Object::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The value of a string.
    pub fn string(&self) -> Option<&PdfString> {
        match self {
            Object::String(string) => Some(string),
            _ => None,
        }
    }

    /// The elements of an array.
    pub fn array(&self) -> Option<&[Object]> {
        match self {
            Object::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The dictionary itself, or that of a stream.
    pub fn dict(&self) -> Option<&Dict> {
        match self {
            Object::Dict(dict) => Some(dict),
            Object::Stream(stream) => Some(&stream.dict),
            _ => None,
        }
    }

    /// The target of a reference.
    pub fn reference(&self) -> Option<Ref> {
        match self {
            Object::Reference(target) => Some(*target),
            _ => None,
        }
    }
}

/// Numbers are equal by value, so `1` equals `1.0`; streams only when they stand in the same place.
impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        match (self, other) {
            (Object::Null, Object::Null) => true,
            (Object::Bool(a), Object::Bool(b)) => a == b,
            (Object::Integer(a), Object::Integer(b)) => a == b,
            (Object::Name(a), Object::Name(b)) => a == b,
            (Object::String(a), Object::String(b)) => a == b,
            (Object::Array(a), Object::Array(b)) => a == b,
            (Object::Dict(a), Object::Dict(b)) => a == b,
            (Object::Stream(a), Object::Stream(b)) => a == b,
            (Object::Reference(a), Object::Reference(b)) => a == b,
            (a, b) => matches!((a.number(), b.number()), (Some(a), Some(b)) if a == b),
        }
    }
}

macro_rules! object_from {
    ($($from:ty => $value:ident, $to:expr;)*) => {
        $(impl From<$from> for Object {
            fn from($value: $from) -> Object { $to }
        })*
    };
}
object_from! {
    i32 => value, Object::Integer(i64::from(value));
    bool => value, Object::Bool(value);
    i64 => value, Object::Integer(value);
    f64 => value, Object::Real(value);
    Ref => value, Object::Reference(value);
    Name => value, Object::Name(value);
    &str => value, Object::Name(Name::from(value));
    PdfString => value, Object::String(value);
    Vec<Object> => value, Object::Array(value);
    Dict => value, Object::Dict(value);
}
