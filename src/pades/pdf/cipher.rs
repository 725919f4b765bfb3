//! The ciphers that strings and streams are encrypted with (ISO 32000-2 §7.6.3).

use openssl::hash::{MessageDigest, hash};
use openssl::symm::{Cipher, Crypter, Mode};
use rc4::{KeyInit, Rc4, StreamCipher};

use crate::pdf::{PdfError, Ref};

/// The block of AES, and so the length of an initialisation vector.
const BLOCK: usize = 16;

/// How one kind of data is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// Not at all: the crypt filter `Identity`.
    Identity,
    /// RC4 with a key for each object.
    Rc4,
    /// AES-128 in CBC mode with a key for each object.
    Aes128,
    /// AES-256 in CBC mode with the file's key.
    Aes256,
}

impl Method {
    pub(crate) fn decrypt(self, key: &[u8], owner: Ref, data: &[u8]) -> Result<Vec<u8>, PdfError> {
        let key = self.object_key(key, owner)?;
        match self {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => rc4(&key, data),
            // Some writers leave an empty string empty.
            Method::Aes128 | Method::Aes256 if data.is_empty() => Ok(Vec::new()),
            Method::Aes128 | Method::Aes256 => {
                let (vector, data) = data.split_at_checked(BLOCK).ok_or(DAMAGED)?;
                let mut plain = aes_cbc(&key, vector, data, Mode::Decrypt)?;
                let padding = usize::from(plain.last().copied().unwrap_or(0));
                if (1..=BLOCK).contains(&padding) {
                    plain.truncate(plain.len().saturating_sub(padding));
                }
                Ok(plain)
            }
        }
    }

    /// `vector` is used by AES alone and must not repeat under one key.
    pub(crate) fn encrypt(
        self,
        key: &[u8],
        owner: Ref,
        data: &[u8],
        vector: &[u8; BLOCK],
    ) -> Result<Vec<u8>, PdfError> {
        let key = self.object_key(key, owner)?;
        match self {
            Method::Identity => Ok(data.to_vec()),
            Method::Rc4 => rc4(&key, data),
            Method::Aes128 | Method::Aes256 => {
                let padding = BLOCK - data.len() % BLOCK;
                let mut padded = data.to_vec();
                padded.resize(data.len() + padding, padding as u8);
                let sealed = aes_cbc(&key, vector, &padded, Mode::Encrypt)?;
                Ok([vector.as_slice(), &sealed].concat())
            }
        }
    }

    /// Algorithm 1: the key for one object (ISO 32000-2 §7.6.3.2); AES-256 uses the file's key as it is.
    fn object_key(self, key: &[u8], owner: Ref) -> Result<Vec<u8>, PdfError> {
        let salt: &[u8] = match self {
            Method::Identity | Method::Aes256 => return Ok(key.to_vec()),
            Method::Rc4 => b"",
            Method::Aes128 => b"sAlT",
        };
        let [a, b, c, _] = owner.number.to_le_bytes();
        let [d, e] = owner.generation.to_le_bytes();
        let mut digest = md5(&[key, &[a, b, c, d, e], salt].concat())?;
        digest.truncate((key.len() + 5).min(BLOCK));
        Ok(digest)
    }
}

const DAMAGED: PdfError = PdfError::Structure("encrypted data are cut off");
const NO_CIPHER: PdfError = PdfError::Encryption("the crypto library refuses the cipher");

/// RC4, which encrypts and decrypts alike. It keeps nothing secret today and is here to read old files.
pub(crate) fn rc4(key: &[u8], data: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut cipher = Rc4::new_from_slice(key).map_err(|_| NO_CIPHER)?;
    let mut out = data.to_vec();
    cipher.apply_keystream(&mut out);
    Ok(out)
}

/// MD5, which the key derivation of old files is built on.
pub(crate) fn md5(data: &[u8]) -> Result<Vec<u8>, PdfError> {
    hash(MessageDigest::md5(), data).map(|digest| digest.to_vec()).map_err(|_| NO_CIPHER)
}

/// AES in CBC mode without padding; the length of the key says which AES.
pub(crate) fn aes_cbc(key: &[u8], vector: &[u8], data: &[u8], mode: Mode) -> Result<Vec<u8>, PdfError> {
    let cipher = if key.len() == 32 { Cipher::aes_256_cbc() } else { Cipher::aes_128_cbc() };
    // The library panics on a key or vector of another length.
    if key.len() != cipher.key_len() || vector.len() != BLOCK {
        return Err(NO_CIPHER);
    }
    if !data.len().is_multiple_of(BLOCK) {
        return Err(DAMAGED);
    }
    let run = || {
        let mut crypter = Crypter::new(cipher, mode, key, Some(vector))?;
        crypter.pad(false);
        let mut out = vec![0; data.len() + BLOCK];
        let mut written = crypter.update(data, &mut out)?;
        written += crypter.finalize(out.get_mut(written..).unwrap_or_default())?;
        out.truncate(written);
        Ok(out)
    };
    run().map_err(|_: openssl::error::ErrorStack| NO_CIPHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWNER: Ref = Ref { number: 70_000, generation: 3 };

    #[test]
    fn what_is_encrypted_decrypts() {
        for (method, length) in
            [(Method::Rc4, 5), (Method::Rc4, 16), (Method::Aes128, 16), (Method::Aes256, 32)]
        {
            for data in [&b""[..], b"x", b"sixteen bytes ok", b"and somewhat more than that"] {
                let key: Vec<u8> = (0..length).collect();
                let sealed = method.encrypt(&key, OWNER, data, &[9; 16]).unwrap();
                assert_eq!(method.decrypt(&key, OWNER, &sealed).unwrap(), data);
                assert!(data.is_empty() || sealed != data);
            }
        }
    }

    #[test]
    fn data_cut_off_are_refused() {
        assert_eq!(Method::Aes128.decrypt(&[0; 16], OWNER, &[0; 15]), Err(DAMAGED));
        assert_eq!(Method::Aes256.decrypt(&[0; 32], OWNER, &[0; 40]), Err(DAMAGED));
    }
}
