//! A key in a PKCS #12 file (RFC 7292).

use std::fmt;
use std::sync::OnceLock;

use openssl::pkcs12::Pkcs12;
use openssl::pkey::{PKey, Private};
use openssl::provider::Provider;
use openssl::x509::X509;

use crate::cms::SignatureAlgorithm;
use crate::sign::signer::sign_with;
use crate::sign::{Signer, SignerError};

/// A key and its certificates from a PKCS #12 file (RFC 7292), held in memory.
pub struct Pkcs12Signer {
    key: PKey<Private>,
    certificates: Vec<X509>,
}

/// Why a PKCS #12 file does not give a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Pkcs12Error {
    /// Not PKCS #12 at all.
    #[error("the file is not PKCS #12")]
    Unreadable,
    /// The integrity check failed, which means the passphrase is wrong.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// It uses ciphers that this openssl does not offer, not even as legacy ones.
    #[error("the file uses a cipher that is not supported here")]
    UnsupportedCipher,
    /// It opened, but there is no key with a certificate in it.
    #[error("the file holds no key with its certificate")]
    NoKey,
}

impl Pkcs12Signer {
    /// Opens a PKCS #12 file.
    pub fn open(bytes: &[u8], passphrase: &str) -> Result<Pkcs12Signer, Pkcs12Error> {
        // A NUL would end the passphrase early, and a shorter one than typed must not open anything.
        if passphrase.contains('\0') {
            return Err(Pkcs12Error::WrongPassphrase);
        }
        let archive = Pkcs12::from_der(bytes).map_err(|_| Pkcs12Error::Unreadable)?;
        let parsed = match archive.parse2(passphrase).map_err(|stack| reason(&stack)) {
            Err(Pkcs12Error::UnsupportedCipher) if offer_old_ciphers() => {
                archive.parse2(passphrase).map_err(|stack| reason(&stack))?
            }
            first => first?,
        };
        let (Some(key), Some(certificate)) = (parsed.pkey, parsed.cert) else {
            return Err(Pkcs12Error::NoKey);
        };
        let mut certificates = vec![certificate];
        certificates.extend(parsed.ca.into_iter().flatten());
        Ok(Pkcs12Signer { key, certificates })
    }

    /// A signer from a key and its certificates, signer first.
    pub fn new(key: PKey<Private>, certificates: Vec<X509>) -> Pkcs12Signer {
        Pkcs12Signer { key, certificates }
    }
}

/// Loads openssl's provider of retired ciphers, once and only when an old file asks for it.
///
/// Files of older tools are encrypted with RC2 or triple DES. The provider stays loaded: what was made with
/// it lives on. It takes no part in signing, whose algorithms are chosen here.
fn offer_old_ciphers() -> bool {
    static LEGACY: OnceLock<Option<Provider>> = OnceLock::new();
    LEGACY.get_or_init(|| Provider::try_load(None, "legacy", true).ok()).is_some()
}

/// openssl reports a wrong passphrase as a failed MAC; everything after the MAC is a matter of ciphers.
fn reason(stack: &openssl::error::ErrorStack) -> Pkcs12Error {
    let says = |words: &str| stack.errors().iter().any(|e| e.reason().is_some_and(|r| r.contains(words)));
    if says("mac verify failure") {
        Pkcs12Error::WrongPassphrase
    } else if says("unsupported") {
        Pkcs12Error::UnsupportedCipher
    } else {
        Pkcs12Error::Unreadable
    }
}

impl Signer for Pkcs12Signer {
    fn certificates(&self) -> &[X509] {
        &self.certificates
    }

    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError> {
        sign_with(&self.key, message, algorithm)
    }
}

/// Shows nothing of the key.
impl fmt::Debug for Pkcs12Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs12Signer(…)")
    }
}
