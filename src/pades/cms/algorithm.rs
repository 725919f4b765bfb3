//! Digest and signature algorithms: which are known, and which are still good (ETSI TS 119 312).

use openssl::hash::MessageDigest;
use openssl::md::Md;
use openssl::pkey::{Id, PKeyRef, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};

use crate::cms::asn1::{Asn1Error, Element, element, only, sequence, tag, unsigned};
use crate::cms::oid;

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[allow(missing_docs, reason = "the names say it all")]
pub enum DigestAlgorithm {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

use DigestAlgorithm::{Md5, Sha1, Sha3_256, Sha3_384, Sha3_512, Sha256, Sha384, Sha512};

const DIGESTS: [(DigestAlgorithm, &[u8], &str); 8] = [
    (Md5, oid::MD5, "md5"),
    (Sha1, oid::SHA1, "sha1"),
    (Sha256, oid::SHA256, "sha256"),
    (Sha384, oid::SHA384, "sha384"),
    (Sha512, oid::SHA512, "sha512"),
    (Sha3_256, oid::SHA3_256, "sha3-256"),
    (Sha3_384, oid::SHA3_384, "sha3-384"),
    (Sha3_512, oid::SHA3_512, "sha3-512"),
];

impl DigestAlgorithm {
    /// The algorithm an identifier names.
    pub(crate) fn from_oid(oid: &[u8]) -> Option<DigestAlgorithm> {
        DIGESTS.iter().find(|(_, known, _)| *known == oid).map(|(algorithm, ..)| *algorithm)
    }

    /// The name that reports use.
    pub fn name(self) -> &'static str {
        DIGESTS.iter().find(|(algorithm, ..)| *algorithm == self).map_or("unknown", |(.., name)| name)
    }

    /// Whether collisions are out of reach (ETSI TS 119 312 §5): not so for MD5 and SHA-1.
    pub fn is_reliable(self) -> bool {
        !matches!(self, Md5 | Sha1)
    }

    /// AlgorithmIdentifier with absent parameters (RFC 5754 §2).
    pub(crate) fn identifier(self) -> Vec<u8> {
        sequence(&[&element(tag::OID, self.oid())])
    }

    /// AlgorithmIdentifier with a NULL, as PKCS #1 has it (RFC 8017 §9.2, RFC 4055 §2.1).
    fn identifier_with_null(self) -> Vec<u8> {
        sequence(&[&element(tag::OID, self.oid()), &element(tag::NULL, &[])])
    }

    /// DigestInfo, what RSA signs in PKCS #1 v1.5 (RFC 8017 §9.2).
    #[cfg(feature = "pkcs11")]
    pub(crate) fn digest_info(self, hash: &[u8]) -> Vec<u8> {
        sequence(&[&self.identifier_with_null(), &element(tag::OCTET_STRING, hash)])
    }

    fn oid(self) -> &'static [u8] {
        DIGESTS.iter().find(|(algorithm, ..)| *algorithm == self).map_or(oid::SHA256, |(_, oid, _)| oid)
    }

    pub(crate) fn openssl(self) -> MessageDigest {
        match self {
            Md5 => MessageDigest::md5(),
            Sha1 => MessageDigest::sha1(),
            Sha256 => MessageDigest::sha256(),
            Sha384 => MessageDigest::sha384(),
            Sha512 => MessageDigest::sha512(),
            Sha3_256 => MessageDigest::sha3_256(),
            Sha3_384 => MessageDigest::sha3_384(),
            Sha3_512 => MessageDigest::sha3_512(),
        }
    }

    /// Hashes several pieces as one.
    pub(crate) fn hash(self, pieces: &[&[u8]]) -> Vec<u8> {
        let digest = || {
            let mut hasher = openssl::hash::Hasher::new(self.openssl())?;
            pieces.iter().try_for_each(|piece| hasher.update(piece))?;
            hasher.finish().map(|bytes| bytes.to_vec())
        };
        // An empty hash equals no other, so a library that refuses an algorithm makes checks fail, not pass.
        digest().unwrap_or_default()
    }
}

/// A signature algorithm with all its parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2)
    RsaPkcs1(DigestAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1)
    RsaPss {
        /// Of the message.
        digest: DigestAlgorithm,
        /// Of the mask.
        mask: DigestAlgorithm,
        /// Bytes of salt.
        salt: i32,
    },
    /// ECDSA (RFC 5753 §2.1.1)
    Ecdsa(DigestAlgorithm),
    /// EdDSA on edwards25519 (RFC 8419)
    Ed25519,
    /// EdDSA on edwards448 (RFC 8419)
    Ed448,
}

impl SignatureAlgorithm {
    /// The name that reports use.
    pub fn name(self) -> &'static str {
        match self {
            SignatureAlgorithm::RsaPkcs1(_) => "rsa-pkcs1v15",
            SignatureAlgorithm::RsaPss { .. } => "rsa-pss",
            SignatureAlgorithm::Ecdsa(_) => "ecdsa",
            SignatureAlgorithm::Ed25519 => "ed25519",
            SignatureAlgorithm::Ed448 => "ed448",
        }
    }

    /// The digest of the message; none for the kinds that hash in their own way.
    pub(crate) fn digest(self) -> Option<DigestAlgorithm> {
        match self {
            SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => Some(digest),
            SignatureAlgorithm::RsaPss { digest, .. } => Some(digest),
            SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => None,
        }
    }

    /// Whether the digest inside is reliable.
    pub fn is_reliable(self) -> bool {
        match self {
            SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => digest.is_reliable(),
            SignatureAlgorithm::RsaPss { digest, mask, .. } => digest.is_reliable() && mask.is_reliable(),
            SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => true,
        }
    }

    /// AlgorithmIdentifier for what we sign with; `None` for what we only verify.
    ///
    /// EdDSA has no parameters (RFC 8410 §3), ECDSA neither (RFC 5758 §3.2), PKCS #1 v1.5 a NULL (RFC 4055 §5).
    pub(crate) fn identifier(self) -> Option<Vec<u8>> {
        let with_null = |oid| sequence(&[&element(tag::OID, oid), &element(tag::NULL, &[])]);
        let bare = |oid| sequence(&[&element(tag::OID, oid)]);
        match self {
            SignatureAlgorithm::RsaPkcs1(Sha256) => Some(with_null(oid::SHA256_RSA)),
            SignatureAlgorithm::RsaPkcs1(Sha384) => Some(with_null(oid::SHA384_RSA)),
            SignatureAlgorithm::RsaPkcs1(Sha512) => Some(with_null(oid::SHA512_RSA)),
            SignatureAlgorithm::Ecdsa(Sha256) => Some(bare(oid::ECDSA_SHA256)),
            SignatureAlgorithm::Ecdsa(Sha384) => Some(bare(oid::ECDSA_SHA384)),
            SignatureAlgorithm::Ecdsa(Sha512) => Some(bare(oid::ECDSA_SHA512)),
            SignatureAlgorithm::RsaPss { digest, mask, salt } => {
                Some(sequence(&[&element(tag::OID, oid::RSA_PSS), &pss_parameters(digest, mask, salt)?]))
            }
            SignatureAlgorithm::Ed25519 => Some(bare(oid::ED25519)),
            _ => None,
        }
    }

    /// Reads an AlgorithmIdentifier. `digest` is what a bare `rsaEncryption` leaves open.
    pub(crate) fn read(
        identifier: Element<'_>,
        digest: DigestAlgorithm,
    ) -> Result<Option<SignatureAlgorithm>, Asn1Error> {
        let mut reader = identifier.children();
        let name = reader.expect(tag::OID, "an algorithm identifier")?.content;
        Ok(Some(match name {
            oid::RSA => SignatureAlgorithm::RsaPkcs1(digest),
            oid::SHA1_RSA => SignatureAlgorithm::RsaPkcs1(Sha1),
            oid::SHA256_RSA => SignatureAlgorithm::RsaPkcs1(Sha256),
            oid::SHA384_RSA => SignatureAlgorithm::RsaPkcs1(Sha384),
            oid::SHA512_RSA => SignatureAlgorithm::RsaPkcs1(Sha512),
            oid::RSA_PSS => return pss(reader.rest()),
            oid::EC => SignatureAlgorithm::Ecdsa(digest),
            oid::ECDSA_SHA1 => SignatureAlgorithm::Ecdsa(Sha1),
            oid::ECDSA_SHA256 => SignatureAlgorithm::Ecdsa(Sha256),
            oid::ECDSA_SHA384 => SignatureAlgorithm::Ecdsa(Sha384),
            oid::ECDSA_SHA512 => SignatureAlgorithm::Ecdsa(Sha512),
            oid::ED25519 => SignatureAlgorithm::Ed25519,
            oid::ED448 => SignatureAlgorithm::Ed448,
            _ => return Ok(None),
        }))
    }

    /// Whether `signature` is the key's signature over `message`. Any error of the library is a no.
    pub(crate) fn verify(self, key: &PKeyRef<Public>, message: &[u8], signature: &[u8]) -> bool {
        self.try_verify(key, message, signature).unwrap_or(false)
    }

    /// The same for a message of which only the digest is at hand.
    pub(crate) fn verify_digest(self, key: &PKeyRef<Public>, digest: &[u8], signature: &[u8]) -> bool {
        self.try_verify_digest(key, digest, signature).unwrap_or(false)
    }

    fn try_verify_digest(
        self,
        key: &PKeyRef<Public>,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<bool, openssl::error::ErrorStack> {
        let known = |digest: DigestAlgorithm| Md::from_nid(digest.openssl().type_());
        let algorithm = self.digest().filter(|algorithm| digest.len() == algorithm.openssl().size());
        let Some(md) = algorithm.filter(|_| self.fits(key)).and_then(known) else { return Ok(false) };
        let mut context = PkeyCtx::new(key)?;
        context.verify_init()?;
        if let SignatureAlgorithm::RsaPss { mask, salt, .. } = self {
            let Some(mask) = known(mask) else { return Ok(false) };
            context.set_rsa_padding(Padding::PKCS1_PSS)?;
            context.set_signature_md(md)?;
            context.set_rsa_mgf1_md(mask)?;
            context.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt))?;
        } else {
            context.set_signature_md(md)?;
        }
        context.verify(digest, signature)
    }

    /// Whether a key is of this algorithm's kind.
    fn fits(self, key: &PKeyRef<Public>) -> bool {
        match self {
            SignatureAlgorithm::RsaPkcs1(_) => key.id() == Id::RSA,
            SignatureAlgorithm::RsaPss { .. } => matches!(key.id(), Id::RSA | Id::RSA_PSS),
            SignatureAlgorithm::Ecdsa(_) => key.id() == Id::EC,
            SignatureAlgorithm::Ed25519 => key.id() == Id::ED25519,
            SignatureAlgorithm::Ed448 => key.id() == Id::ED448,
        }
    }

    fn try_verify(
        self,
        key: &PKeyRef<Public>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, openssl::error::ErrorStack> {
        if !self.fits(key) {
            return Ok(false);
        }
        match self {
            SignatureAlgorithm::RsaPkcs1(digest) | SignatureAlgorithm::Ecdsa(digest) => {
                Verifier::new(digest.openssl(), key)?.verify_oneshot(signature, message)
            }
            SignatureAlgorithm::RsaPss { digest, mask, salt } => {
                let mut verifier = Verifier::new(digest.openssl(), key)?;
                verifier.set_rsa_padding(Padding::PKCS1_PSS)?;
                verifier.set_rsa_mgf1_md(mask.openssl())?;
                verifier.set_rsa_pss_saltlen(RsaPssSaltlen::custom(salt))?;
                verifier.verify_oneshot(signature, message)
            }
            SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => {
                Verifier::new_without_digest(key)?.verify_oneshot(signature, message)
            }
        }
    }
}

/// RSASSA-PSS-params with every field written out: the defaults are SHA-1 and 20, which nobody wants.
///
/// The hash identifiers carry a NULL here, unlike in SignedData (RFC 4055 §2.1). The trailer field has its
/// only value, which DER leaves out.
fn pss_parameters(digest: DigestAlgorithm, mask: DigestAlgorithm, salt: i32) -> Option<Vec<u8>> {
    let generator = sequence(&[&element(tag::OID, oid::MGF1), &mask.identifier_with_null()]);
    let salt = u32::try_from(salt).ok()?.to_be_bytes();
    Some(sequence(&[
        &element(tag::context(0), &digest.identifier_with_null()),
        &element(tag::context(1), &generator),
        &element(tag::context(2), &unsigned(&salt)),
    ]))
}

/// RSASSA-PSS-params (RFC 8017 Appendix A.2.3); its defaults are SHA-1 and 20.
fn pss(parameters: &[u8]) -> Result<Option<SignatureAlgorithm>, Asn1Error> {
    let mut reader = only(parameters, tag::SEQUENCE, "PSS parameters")?.children();
    let (mut digest, mut mask, mut salt) = (Some(Sha1), Some(Sha1), 20);
    if let Some(explicit) = reader.optional(tag::context(0))? {
        digest = DigestAlgorithm::from_oid(identifier_oid(explicit.children().next()?)?);
    }
    if let Some(explicit) = reader.optional(tag::context(1))? {
        let mut generator = explicit.children().next()?.children();
        if generator.expect(tag::OID, "a mask generator")?.content != oid::MGF1 {
            return Ok(None);
        }
        mask = DigestAlgorithm::from_oid(identifier_oid(generator.next()?)?);
    }
    if let Some(explicit) = reader.optional(tag::context(2))? {
        salt = i32::try_from(explicit.children().next()?.small()?).map_err(|_| Asn1Error("a salt length"))?;
    }
    Ok(digest.zip(mask).map(|(digest, mask)| SignatureAlgorithm::RsaPss { digest, mask, salt }))
}

/// The identifier inside an AlgorithmIdentifier.
pub(crate) fn identifier_oid<'a>(identifier: Element<'a>) -> Result<&'a [u8], Asn1Error> {
    identifier.expect(tag::SEQUENCE, "an algorithm identifier")?;
    Ok(identifier.children().expect(tag::OID, "an algorithm identifier")?.content)
}
