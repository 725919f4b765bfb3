//! Signed and unsigned attributes (RFC 5652 §5.3, EN 319 122-1 §5).

use jiff::Timestamp;

use crate::cms::algorithm::{DigestAlgorithm, SignatureAlgorithm, identifier_oid};
use crate::cms::asn1::{Asn1Error, Element, Reader, element, only, sequence, set_of, tag};
use crate::cms::oid;

/// One attribute: its type and its values as they stand.
#[derive(Debug, Clone)]
pub(crate) struct Attribute<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) values: Vec<Element<'a>>,
}

/// Reads the content of a SET OF Attribute.
pub(crate) fn read(content: &[u8]) -> Result<Vec<Attribute<'_>>, Asn1Error> {
    Reader::new(content)
        .all()?
        .into_iter()
        .map(|attribute| {
            attribute.expect(tag::SEQUENCE, "an attribute")?;
            let mut reader = attribute.children();
            let oid = reader.expect(tag::OID, "an attribute type")?.content;
            let values = reader.expect(tag::SET, "attribute values")?.children().all()?;
            Ok(Attribute { oid, values })
        })
        .collect()
}

/// The one value of an attribute that must occur once with one value; `Ok(None)` if it is absent.
///
/// RFC 5652 §11 allows neither a second instance nor a second value: two answers leave the choice to the
/// reader, which is what a forger wants.
pub(crate) fn single<'a>(attributes: &[Attribute<'a>], oid: &[u8]) -> Result<Option<Element<'a>>, Asn1Error> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(Attribute { values, .. }), None) => match values.as_slice() {
            [one] => Ok(Some(*one)),
            _ => Err(Asn1Error("an attribute with one value")),
        },
        _ => Err(Asn1Error("an attribute that occurs once")),
    }
}

/// What the ESS attribute says about the signing certificate (RFC 5035 §4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EssHash {
    pub(crate) algorithm: DigestAlgorithm,
    pub(crate) hash: Vec<u8>,
}

/// Reads signing-certificate-v2, or the older signing-certificate, whichever is there.
pub(crate) fn ess_hash(attributes: &[Attribute<'_>]) -> Result<Option<EssHash>, Asn1Error> {
    let (value, v2) = match single(attributes, oid::SIGNING_CERTIFICATE_V2)? {
        Some(value) => (value, true),
        None => match single(attributes, oid::SIGNING_CERTIFICATE)? {
            Some(value) => (value, false),
            None => return Ok(None),
        },
    };
    value.expect(tag::SEQUENCE, "signing-certificate")?;
    let certificates = value.children().expect(tag::SEQUENCE, "certificate identifiers")?;
    // The first identifier is the signer's (RFC 5035 §3).
    let mut first = certificates.children().expect(tag::SEQUENCE, "a certificate identifier")?.children();
    let mut algorithm = if v2 { DigestAlgorithm::Sha256 } else { DigestAlgorithm::Sha1 };
    if let Some(explicit) = first.optional(tag::SEQUENCE)?.filter(|_| v2) {
        let known = DigestAlgorithm::from_oid(identifier_oid(explicit)?);
        algorithm = known.ok_or(Asn1Error("a known digest in signing-certificate-v2"))?;
    }
    let hash = first.expect(tag::OCTET_STRING, "a certificate hash")?.content.to_vec();
    Ok(Some(EssHash { algorithm, hash }))
}

/// What the signed attributes say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SignedAttributes<'a> {
    /// eContentType.
    pub(crate) content_type: &'a [u8],
    /// Digest of the content.
    pub(crate) digest: &'a [u8],
    pub(crate) digest_algorithm: DigestAlgorithm,
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) certificate_der: &'a [u8],
    /// In PAdES the claimed time stands in `/M`, and twice would be once too often (EN 319 142-1 §6.3);
    /// `adbe.pkcs7.detached` has it here (ISO 32000-2 §12.8.3.3.1).
    pub(crate) signing_time: Option<Timestamp>,
}

impl SignedAttributes<'_> {
    /// The SET OF that is hashed and signed.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let hash = DigestAlgorithm::Sha256.hash(&[self.certificate_der]);
        // SHA-256 is the default of ESSCertIDv2, and DER leaves defaults out.
        let ess = sequence(&[&sequence(&[&sequence(&[&element(tag::OCTET_STRING, &hash)])])]);
        let mut attributes = vec![
            attribute(oid::CONTENT_TYPE, &element(tag::OID, self.content_type)),
            attribute(oid::MESSAGE_DIGEST, &element(tag::OCTET_STRING, self.digest)),
            attribute(oid::SIGNING_CERTIFICATE_V2, &ess),
        ];
        if let Some(identifier) = self.signature.identifier() {
            let value = protection(self.digest_algorithm, &identifier);
            attributes.push(attribute(oid::ALGORITHM_PROTECTION, &value));
        }
        if let Some(time) = self.signing_time {
            attributes.push(attribute(oid::SIGNING_TIME, &signing_time(time)));
        }
        set_of(attributes)
    }
}

/// Writes the attributes that PAdES signs, as the SET OF that is hashed (EN 319 142-1 §6.3).
pub(crate) fn for_signing(
    content_type: &[u8],
    digest: &[u8],
    digest_algorithm: DigestAlgorithm,
    signature: &SignatureAlgorithm,
    certificate_der: &[u8],
) -> Vec<u8> {
    let signature = *signature;
    SignedAttributes {
        content_type,
        digest,
        digest_algorithm,
        signature,
        certificate_der,
        signing_time: None,
    }
    .encode()
}

/// Time: UTCTime to 2049, GeneralizedTime from 2050 (RFC 5652 §11.3).
fn signing_time(time: Timestamp) -> Vec<u8> {
    let civil = jiff::tz::offset(0).to_datetime(time);
    let (kind, form) = if (1950..2050).contains(&civil.year()) {
        (tag::UTC_TIME, "%y%m%d%H%M%SZ")
    } else {
        (tag::GENERALIZED_TIME, "%Y%m%d%H%M%SZ")
    };
    element(kind, civil.strftime(form).to_string().as_bytes())
}

/// CMSAlgorithmProtection (RFC 6211 §2): the signature algorithm is `[1]` IMPLICIT.
fn protection(digest: DigestAlgorithm, signature: &[u8]) -> Vec<u8> {
    let content = only(signature, tag::SEQUENCE, "an algorithm").map(|e| e.content).unwrap_or_default();
    sequence(&[&digest.identifier(), &element(tag::context(1), content)])
}

/// Attribute ::= SEQUENCE { type, SET OF values }, with one value.
pub(crate) fn attribute(oid: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[&element(tag::OID, oid), &element(tag::SET, value)])
}
