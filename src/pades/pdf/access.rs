//! Opening an encrypted file: one dictionary for all revisions (ISO 32000-2 §7.6).

use std::sync::Arc;

use crate::pdf::{Dict, Encryption, Entry, Object, Password, Pdf, PdfError, Ref};

/// Whether the strings and streams of a file can be read.
#[derive(Debug, Clone)]
pub(super) enum Access {
    /// It is not encrypted.
    Plain,
    /// It is encrypted and the password is not known yet.
    Locked,
    Open(Arc<Encryption>),
}

impl Pdf<'_> {
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
}
