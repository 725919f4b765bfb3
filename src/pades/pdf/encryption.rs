//! Encrypted files (ISO 32000-2 §7.6): which strings and streams are encrypted, and how.

use openssl::sha::Sha256;

use crate::pdf::cipher::Method;
use crate::pdf::password::{Handler, Password};
use crate::pdf::{Dict, Object, PdfError, PdfString, Ref};

/// The opened encryption of a file.
pub(crate) struct Encryption {
    key: Vec<u8>,
    filters: Filters,
    encrypts_metadata: bool,
    /// The object that is the encryption dictionary; its own strings are plain.
    home: Option<Ref>,
}

impl std::fmt::Debug for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encryption").field("filters", &self.filters).finish_non_exhaustive()
    }
}

/// The crypt filters (ISO 32000-2 §7.6.6).
#[derive(Debug)]
struct Filters {
    strings: Method,
    streams: Method,
    named: Vec<(String, Method)>,
}

impl Encryption {
    /// Opens with the empty user password, else with the one given.
    pub(crate) fn open(
        dict: &Dict,
        home: Option<Ref>,
        identifier: Vec<u8>,
        password: Option<&Password>,
    ) -> Result<Encryption, PdfError> {
        if !dict.is("Filter", "Standard") {
            return Err(PdfError::Encryption("its security handler is not the standard one"));
        }
        let version = dict.integer("V").unwrap_or(0);
        let bits = dict.integer("Length").unwrap_or(40);
        let key_length = match version {
            1 => 5,
            2 => usize::try_from(bits / 8).ok().filter(|n| (5..=16).contains(n)).ok_or(MALFORMED)?,
            4 => 16,
            5 => 32,
            _ => return Err(PdfError::Encryption("an unknown version of encryption")),
        };
        let filters = if version < 4 { Filters::of_old_files() } else { Filters::read(dict)? };
        let handler = Handler::read(dict, key_length, identifier).ok_or(MALFORMED)?;
        let key = match (handler.key(&Password::from(""))?, password) {
            (Some(key), _) => key,
            (None, Some(password)) => handler.key(password)?.ok_or(PdfError::WrongPassword)?,
            (None, None) => return Err(PdfError::Encrypted),
        };
        let encrypts_metadata =
            version < 4 || !matches!(dict.get("EncryptMetadata"), Some(Object::Bool(false)));
        Ok(Encryption { key, filters, encrypts_metadata, home })
    }

    /// Decrypts all strings of an object.
    pub(crate) fn decrypt(&self, owner: Ref, object: &mut Object) -> Result<(), PdfError> {
        if self.is_plain(owner, object) {
            return Ok(());
        }
        let method = self.filters.strings;
        each_string(object, &mut |string| {
            string.bytes = method.decrypt(&self.key, owner, &string.bytes)?;
            Ok(())
        })
    }

    /// Decrypts the data of a stream, which then still have their other filters.
    pub(crate) fn decrypt_stream(&self, owner: Ref, dict: &Dict, raw: &[u8]) -> Result<Vec<u8>, PdfError> {
        self.stream_method(dict)?.decrypt(&self.key, owner, raw)
    }

    /// Encrypts all strings of an object that is to be written. `salt` differs for each update.
    pub(crate) fn encrypt(&self, owner: Ref, object: &mut Object, salt: &[u8]) -> Result<(), PdfError> {
        if self.is_plain(owner, object) {
            return Ok(());
        }
        let method = self.filters.strings;
        let mut count = 0;
        each_string(object, &mut |string| {
            count += 1;
            let vector = self.vector(owner, count, salt);
            let bytes = method.encrypt(&self.key, owner, &string.bytes, &vector)?;
            *string = PdfString { bytes, span: 0..0, hex: true };
            Ok(())
        })
    }

    /// Encrypts the data of a stream that is to be written.
    pub(crate) fn encrypt_stream(
        &self,
        owner: Ref,
        dict: &Dict,
        data: &[u8],
        salt: &[u8],
    ) -> Result<Vec<u8>, PdfError> {
        self.stream_method(dict)?.encrypt(&self.key, owner, data, &self.vector(owner, 0, salt))
    }

    /// An initialisation vector that does not repeat and that nobody without the key can foretell.
    fn vector(&self, owner: Ref, count: u32, salt: &[u8]) -> [u8; 16] {
        let mut hasher = Sha256::new();
        hasher.update(&self.key);
        hasher.update(&owner.number.to_be_bytes());
        hasher.update(&count.to_be_bytes());
        hasher.update(salt);
        let mut vector = [0; 16];
        vector.iter_mut().zip(hasher.finish()).for_each(|(place, byte)| *place = byte);
        vector
    }

    /// The encryption dictionary and cross-reference streams are never encrypted (ISO 32000-2 §7.6.2).
    fn is_plain(&self, owner: Ref, object: &Object) -> bool {
        self.home == Some(owner) || matches!(object, Object::Stream(stream) if stream.dict.is("Type", "XRef"))
    }

    fn stream_method(&self, dict: &Dict) -> Result<Method, PdfError> {
        if dict.is("Type", "XRef") || (dict.is("Type", "Metadata") && !self.encrypts_metadata) {
            return Ok(Method::Identity);
        }
        let first = |key: &str| match dict.get(key) {
            Some(Object::Array(items)) => items.first(),
            other => other,
        };
        if first("Filter").and_then(Object::name).is_none_or(|name| name != "Crypt") {
            return Ok(self.filters.streams);
        }
        let name = first("DecodeParms").and_then(Object::dict).and_then(|parms| parms.name("Name"));
        self.filters.named(&name.map_or("Identity".to_owned(), |name| name.text()))
    }
}

const MALFORMED: PdfError = PdfError::Encryption("the encryption dictionary is malformed");

impl Filters {
    /// Before crypt filters there was RC4 for everything.
    fn of_old_files() -> Filters {
        Filters { strings: Method::Rc4, streams: Method::Rc4, named: Vec::new() }
    }

    fn read(dict: &Dict) -> Result<Filters, PdfError> {
        let mut filters = Filters { strings: Method::Identity, streams: Method::Identity, named: Vec::new() };
        for (name, filter) in
            dict.get("CF").and_then(Object::dict).map(|cf| cf.0.as_slice()).unwrap_or_default()
        {
            let method = match filter.dict().and_then(|f| f.name("CFM")).map(|name| name.text()).as_deref() {
                Some("V2") => Method::Rc4,
                Some("AESV2") => Method::Aes128,
                Some("AESV3") => Method::Aes256,
                Some("None") | None => Method::Identity,
                Some(_) => return Err(PdfError::Encryption("an unknown crypt filter method")),
            };
            filters.named.push((name.text(), method));
        }
        let chosen = |key: &str| dict.name(key).map_or("Identity".to_owned(), |name| name.text());
        filters.strings = filters.named(&chosen("StrF"))?;
        filters.streams = filters.named(&chosen("StmF"))?;
        Ok(filters)
    }

    fn named(&self, name: &str) -> Result<Method, PdfError> {
        let found = self.named.iter().find(|(known, _)| known == name).map(|(_, method)| *method);
        match found {
            Some(method) => Ok(method),
            None if name == "Identity" => Ok(Method::Identity),
            None => Err(PdfError::Encryption("a crypt filter is named that is not there")),
        }
    }
}

/// Visits the strings of an object that may be encrypted. The parser has bounded its depth.
fn each_string(
    object: &mut Object,
    visit: &mut dyn FnMut(&mut PdfString) -> Result<(), PdfError>,
) -> Result<(), PdfError> {
    match object {
        Object::String(string) => visit(string),
        Object::Array(items) => items.iter_mut().try_for_each(|item| each_string(item, visit)),
        Object::Dict(dict) => each_string_of(dict, visit),
        Object::Stream(stream) => each_string_of(&mut stream.dict, visit),
        _ => Ok(()),
    }
}

/// A signature's `/Contents` is outside of what it signs and is plain in every file (ISO 32000-2 §7.6.2).
fn each_string_of(
    dict: &mut Dict,
    visit: &mut dyn FnMut(&mut PdfString) -> Result<(), PdfError>,
) -> Result<(), PdfError> {
    let is_signature = dict.has("ByteRange");
    let encrypted = dict.0.iter_mut().filter(|(name, _)| !(is_signature && *name == "Contents"));
    encrypted.map(|(_, value)| value).try_for_each(|value| each_string(value, visit))
}
