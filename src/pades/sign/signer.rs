use openssl::pkey::{Id, PKey, PKeyRef, Private, Public};
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
}

/// The algorithm we sign with for a key; refuses keys that are too weak.
pub(crate) fn algorithm_for(key: &PKeyRef<Public>) -> Result<SignatureAlgorithm, SignError> {
    if !key_is_strong(key) {
        return Err(SignError::WeakKey);
    }
    match (key.id(), key.bits()) {
        (Id::RSA, _) => Ok(SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256)),
        (Id::EC, ..=256) => Ok(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256)),
        (Id::EC, ..=384) => Ok(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha384)),
        (Id::EC, _) => Ok(SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha512)),
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
    let sign = || {
        let mut signer = openssl::sign::Signer::new(digest_of(algorithm).openssl(), key)?;
        signer.sign_oneshot_to_vec(message)
    };
    sign().map_err(|error| SignerError::Failed(error.to_string()))
}
