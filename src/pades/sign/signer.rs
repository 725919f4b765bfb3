//! Keys: what signing asks of one, and which algorithm goes with it (ETSI TS 119 312 §6).

use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Padding;
use openssl::sign::RsaPssSaltlen;
use openssl::x509::X509;

use crate::cms::certificate::key_is_strong;
use crate::cms::{DigestAlgorithm, SignatureAlgorithm};
use crate::sign::SignError;

/// A private key, wherever it is kept.
pub trait Signer {
    /// The signer's certificate first, then its issuers as far as known.
    fn certificates(&self) -> &[X509];

    /// Signs these bytes (not their hash) with the algorithm. ECDSA values are DER, not raw r‖s.
    fn sign(&self, message: &[u8], algorithm: SignatureAlgorithm) -> Result<Vec<u8>, SignerError>;
}

/// Why a key did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The person or the device refused.
    #[error("the key holder refused: {0}")]
    Refused(String),
    /// Something failed on the way.
    #[error("the key failed: {0}")]
    Failed(String),
    /// The PIN is wrong. It is never tried again: a few wrong ones lock a token.
    #[error("the PIN is wrong")]
    WrongPin,
    /// The token has locked itself after too many wrong PINs.
    #[error("the token is locked after too many wrong PINs")]
    PinLocked,
    /// One more wrong PIN locks the token, so none was tried unasked.
    #[error("one more wrong PIN locks the token")]
    PinFinalTry,
    /// The key or its device has no such algorithm.
    #[error("the key does not offer {0}")]
    Algorithm(&'static str),
}

impl SignerError {
    /// Whether trying another document with the same key can only do harm.
    pub fn ends_session(&self) -> bool {
        matches!(self, SignerError::WrongPin | SignerError::PinLocked | SignerError::PinFinalTry)
    }
}

/// How an RSA key signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub enum RsaPadding {
    /// RSASSA-PKCS1-v1_5: what every verifier understands.
    #[default]
    Pkcs1,
    /// RSASSA-PSS, with parameters written out (RFC 4056).
    Pss,
}

/// The algorithm we sign with for a key; refuses keys and digests that are too weak.
///
/// Without a wish the digest follows the key: its strength and the digest's go together (TS 119 312 §6).
pub(crate) fn algorithm_for(
    key: &PKeyRef<Public>,
    wanted: Option<DigestAlgorithm>,
    padding: RsaPadding,
) -> Result<SignatureAlgorithm, SignError> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    if !key_is_strong(key) {
        return Err(SignError::WeakKey);
    }
    if let Some(other) = wanted.filter(|digest| !matches!(digest, Sha256 | Sha384 | Sha512)) {
        return Err(SignError::Digest(other.name()));
    }
    let pss = |digest: DigestAlgorithm| SignatureAlgorithm::RsaPss {
        digest,
        mask: digest,
        salt: i32::try_from(digest.openssl().size()).unwrap_or(0),
    };
    match (key.id(), key.bits()) {
        (Id::RSA, _) if padding == RsaPadding::Pkcs1 => {
            Ok(SignatureAlgorithm::RsaPkcs1(wanted.unwrap_or(Sha256)))
        }
        (Id::RSA | Id::RSA_PSS, _) => Ok(pss(wanted.unwrap_or(Sha256))),
        (Id::EC, ..=256) => Ok(SignatureAlgorithm::Ecdsa(wanted.unwrap_or(Sha256))),
        (Id::EC, ..=384) => Ok(SignatureAlgorithm::Ecdsa(wanted.unwrap_or(Sha384))),
        (Id::EC, _) => Ok(SignatureAlgorithm::Ecdsa(wanted.unwrap_or(Sha512))),
        // Ed25519 goes with SHA-512 and nothing else (RFC 8419 §2.3).
        (Id::ED25519, _) if matches!(wanted, None | Some(Sha512)) => Ok(SignatureAlgorithm::Ed25519),
        (Id::ED25519, _) => Err(SignError::Digest(wanted.map_or("none", DigestAlgorithm::name))),
        _ => Err(SignError::WeakKey),
    }
}

/// The digest that goes with an algorithm; message-digest and signature use the same.
pub(crate) fn digest_of(algorithm: SignatureAlgorithm) -> DigestAlgorithm {
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => digest,
        SignatureAlgorithm::RsaPss { digest, .. } => digest,
        SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => DigestAlgorithm::Sha512,
    }
}

/// Signs with a key in memory.
pub(crate) fn sign_with(
    key: &PKey<Private>,
    message: &[u8],
    algorithm: SignatureAlgorithm,
) -> Result<Vec<u8>, SignerError> {
    let sign = || match algorithm {
        SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => {
            openssl::sign::Signer::new_without_digest(key)?.sign_oneshot_to_vec(message)
        }
        SignatureAlgorithm::RsaPss { digest, mask, salt } => {
            let mut signer = openssl::sign::Signer::new(digest.openssl(), key)?;
            signer.set_rsa_padding(Padding::PKCS1_PSS)?;
            signer.set_rsa_mgf1_md(mask.openssl())?;
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt))?;
            signer.sign_oneshot_to_vec(message)
        }
        SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => {
            openssl::sign::Signer::new(digest.openssl(), key)?.sign_oneshot_to_vec(message)
        }
    };
    sign().map_err(|error| SignerError::Failed(error.to_string()))
}
