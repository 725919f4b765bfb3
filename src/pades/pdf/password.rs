//! From a password to the key of a file: the standard security handler (ISO 32000-2 §7.6.4).

use std::fmt;

use openssl::sha::{sha256, sha384, sha512};
use openssl::symm::Mode;

use crate::pdf::cipher::{aes_cbc, md5, rc4};
use crate::pdf::{Dict, Object, PdfError};

/// What short passwords are filled up with (ISO 32000-2 §7.6.4.3.2).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E,
    0x2E, 0x00, 0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];
/// Longer passwords are cut off by the standard.
const MAX_PASSWORD: usize = 127;

/// A password to open a file with, as UTF-8. It does not print.
///
/// It is taken as it is; a caller whose keyboard gives decomposed letters composes them first (RFC 4013).
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Vec<u8>);

impl<T: Into<Vec<u8>>> From<T> for Password {
    fn from(bytes: T) -> Password {
        Password(bytes.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// What the encryption dictionary says about passwords (ISO 32000-2 Table 21).
#[derive(Debug)]
pub(crate) struct Handler {
    revision: i64,
    /// Bytes of the key, for revisions up to 4.
    key_length: usize,
    owner: Vec<u8>,
    user: Vec<u8>,
    owner_key: Vec<u8>,
    user_key: Vec<u8>,
    permissions: i32,
    encrypts_metadata: bool,
    /// The first part of the file's `/ID`.
    identifier: Vec<u8>,
}

impl Handler {
    pub(crate) fn read(dict: &Dict, key_length: usize, identifier: Vec<u8>) -> Option<Handler> {
        let string = |key: &str| dict.get(key).and_then(Object::string).map(|s| s.bytes.clone());
        let revision = dict.integer("R")?;
        let needed = if revision >= 5 { 48 } else { 32 };
        // Some writers fill the strings up with zeros.
        let cut = |key: &str| string(key).and_then(|s| s.get(..needed).map(<[u8]>::to_vec));
        Some(Handler {
            revision,
            key_length,
            owner: cut("O")?,
            user: cut("U")?,
            owner_key: string("OE").unwrap_or_default(),
            user_key: string("UE").unwrap_or_default(),
            // Some writers give the 32 bits as an unsigned number.
            permissions: dict.get("P").and_then(Object::number).map(|p| p as i64 as i32)?,
            encrypts_metadata: !matches!(dict.get("EncryptMetadata"), Some(Object::Bool(false))),
            identifier,
        })
    }

    /// The key of the file, if this is the user's or the owner's password.
    pub(crate) fn key(&self, password: &Password) -> Result<Option<Vec<u8>>, PdfError> {
        match self.revision {
            2..=4 => {
                for spelling in spellings(password) {
                    if let Some(key) = self.old_key(&spelling)? {
                        return Ok(Some(key));
                    }
                }
                Ok(None)
            }
            5 | 6 => self.new_key(password.0.get(..MAX_PASSWORD).unwrap_or(&password.0)),
            _ => Err(PdfError::Encryption("an unknown revision of the standard security handler")),
        }
    }

    fn old_key(&self, password: &[u8]) -> Result<Option<Vec<u8>>, PdfError> {
        if let Some(key) = self.user_key_of(password)? {
            return Ok(Some(key));
        }
        self.user_key_of(&self.user_password(password)?)
    }

    /// Algorithms 2 and 6: the key that the user's password gives, if it is that.
    fn user_key_of(&self, password: &[u8]) -> Result<Option<Vec<u8>>, PdfError> {
        let mut input = padded(password).to_vec();
        input.extend(&self.owner);
        input.extend(self.permissions.to_le_bytes());
        input.extend(&self.identifier);
        if self.revision >= 4 && !self.encrypts_metadata {
            input.extend([0xFF; 4]);
        }
        let key = self.stretch(&input)?;
        let proof = if self.revision == 2 {
            rc4(&key, &PADDING)?
        } else {
            let mut proof = md5(&[PADDING.as_slice(), &self.identifier].concat())?;
            for round in 0..20 {
                proof = rc4(&mixed(&key, round), &proof)?;
            }
            proof
        };
        // From revision 3 on the rest of /U is arbitrary.
        Ok(self.user.starts_with(&proof).then_some(key))
    }

    /// Algorithm 7: the user's password, which the owner's password decrypts.
    fn user_password(&self, owner: &[u8]) -> Result<Vec<u8>, PdfError> {
        let key = self.stretch(&padded(owner))?;
        let mut password = self.owner.clone();
        let rounds = if self.revision == 2 { 0..1 } else { 0..20 };
        for round in rounds.rev() {
            password = rc4(&mixed(&key, round), &password)?;
        }
        Ok(password)
    }

    /// MD5, fifty times more from revision 3 on.
    fn stretch(&self, input: &[u8]) -> Result<Vec<u8>, PdfError> {
        let mut key = md5(input)?;
        key.truncate(self.key_length);
        if self.revision >= 3 {
            for _ in 0..50 {
                key = md5(&key)?;
                key.truncate(self.key_length);
            }
        }
        Ok(key)
    }

    /// Algorithm 2.A: the key of revisions 5 and 6, which either password unwraps.
    fn new_key(&self, password: &[u8]) -> Result<Option<Vec<u8>>, PdfError> {
        for (proof, wrapped, more) in
            [(&self.user, &self.user_key, &[][..]), (&self.owner, &self.owner_key, self.user.as_slice())]
        {
            let (digest, salts) = proof.split_at_checked(32).unwrap_or_default();
            let (for_proof, for_key) = salts.split_at_checked(8).unwrap_or_default();
            if self.hash(password, for_proof, more)? == digest {
                let wrapped = wrapped.get(..32).ok_or(PdfError::Encryption("a wrapped key is missing"))?;
                let key = self.hash(password, for_key, more)?;
                return aes_cbc(&key, &[0; 16], wrapped, Mode::Decrypt).map(Some);
            }
        }
        Ok(None)
    }

    fn hash(&self, password: &[u8], salt: &[u8], more: &[u8]) -> Result<Vec<u8>, PdfError> {
        let first = sha256(&[password, salt, more].concat()).to_vec();
        if self.revision == 5 { Ok(first) } else { harden(first, password, more) }
    }
}

/// Algorithm 2.B: the hash of revision 6, made slow.
fn harden(mut key: Vec<u8>, password: &[u8], more: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut round = 0;
    let mut last = 0;
    while round < 64 || last > round - 32 {
        let block = [password, &key, more].concat().repeat(64);
        let (cipher_key, vector) = key.split_at_checked(16).unwrap_or_default();
        let sealed = aes_cbc(cipher_key, vector.get(..16).unwrap_or_default(), &block, Mode::Encrypt)?;
        let sum: u32 = sealed.iter().take(16).map(|byte| u32::from(*byte)).sum();
        key = match sum % 3 {
            0 => sha256(&sealed).to_vec(),
            1 => sha384(&sealed).to_vec(),
            _ => sha512(&sealed).to_vec(),
        };
        last = sealed.last().copied().map_or(0, i32::from);
        round += 1;
    }
    key.truncate(32);
    Ok(key)
}

fn padded(password: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    for (place, byte) in out.iter_mut().zip(password.iter().chain(&PADDING)) {
        *place = *byte;
    }
    out
}

fn mixed(key: &[u8], round: u8) -> Vec<u8> {
    key.iter().map(|byte| byte ^ round).collect()
}

/// Old files have passwords in PDFDocEncoding; writers used UTF-8 too.
fn spellings(password: &Password) -> Vec<Vec<u8>> {
    let text = std::str::from_utf8(&password.0).unwrap_or_default();
    let single: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
    let mut spellings = vec![password.0.clone()];
    spellings.extend(single.filter(|single| *single != password.0));
    spellings
}
