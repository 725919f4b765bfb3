//! Reading SignedData (RFC 5652 §5).

use openssl::cms::CmsContentInfo;

use crate::cms::algorithm::{DigestAlgorithm, SignatureAlgorithm, identifier_oid};
use crate::cms::asn1::{Asn1Error, Element, Reader, tag};
use crate::cms::attributes::{self, Attribute};
use crate::cms::certificate::{IssuerSerial, issuer_serial};
use crate::cms::oid;
use crate::cms::x509::Certificate;

/// A SignedData as spans of its own bytes.
#[derive(Debug, Clone)]
pub(crate) struct SignedData<'a> {
    /// eContentType.
    pub(crate) content_type: &'a [u8],
    /// eContent, if the signature carries its content.
    pub(crate) content: Option<&'a [u8]>,
    /// The certificates, each with its original bytes; other choices than X.509 are left out.
    pub(crate) certificates: Vec<&'a [u8]>,
    /// Revocation information, as it stands (RFC 5652 §10.2.1).
    pub(crate) revocations: Vec<Element<'a>>,
    /// The signers.
    pub(crate) signers: Vec<SignerInfo<'a>>,
}

/// How a SignerInfo names its certificate (RFC 5652 §5.3).
#[derive(Debug, Clone, Copy)]
pub(crate) enum SignerId<'a> {
    /// By issuer and serial number.
    IssuerSerial(IssuerSerial<'a>),
    /// By subject key identifier.
    KeyIdentifier(&'a [u8]),
}

/// One signer.
#[derive(Debug, Clone)]
pub(crate) struct SignerInfo<'a> {
    pub(crate) id: SignerId<'a>,
    /// OID of digestAlgorithm.
    pub(crate) digest: &'a [u8],
    /// The `[0]` element as it stands, if there are signed attributes.
    pub(crate) signed_raw: Option<&'a [u8]>,
    pub(crate) signed: Vec<Attribute<'a>>,
    /// signatureAlgorithm.
    pub(crate) algorithm: Element<'a>,
    pub(crate) signature: &'a [u8],
    pub(crate) unsigned: Vec<Attribute<'a>>,
}

impl SignerInfo<'_> {
    /// The digests of the content that a check needs: for the message digest, or without signed attributes
    /// for the signature itself.
    pub(crate) fn content_digests(&self) -> Vec<DigestAlgorithm> {
        let Some(named) = DigestAlgorithm::from_oid(self.digest) else { return Vec::new() };
        match SignatureAlgorithm::read(self.algorithm, named) {
            Ok(Some(algorithm)) if self.signed_raw.is_none() => algorithm.digest().into_iter().collect(),
            _ => vec![named],
        }
    }

    /// What the signature is over: the attributes with the tag of a SET OF (RFC 5652 §5.4).
    ///
    /// Only the tag byte differs from the file; the rest are the exact bytes that were signed.
    pub(crate) fn signed_bytes(&self) -> Option<Vec<u8>> {
        let mut bytes = self.signed_raw?.to_vec();
        *bytes.first_mut()? = tag::SET;
        Some(bytes)
    }
}

/// The CMS inside a padded `/Contents`, as DER.
#[derive(Debug, Clone)]
pub(crate) struct Trimmed {
    pub(crate) der: Vec<u8>,
    /// The padding holds something else than zeros.
    pub(crate) dirty_padding: bool,
    /// It was BER and has been normalised.
    pub(crate) was_ber: bool,
}

/// Cuts the padding off and turns BER into DER.
///
/// The outer length says where the CMS ends. Indefinite lengths go through openssl's decoder and encoder;
/// signed attributes are DER by the standard (RFC 5652 §5.3), so their bytes survive that.
pub(crate) fn trim(contents: &[u8]) -> Result<Trimmed, Asn1Error> {
    if let Ok(outer) = Reader::new(contents).next() {
        let padding = contents.get(outer.raw.len()..).unwrap_or_default();
        let dirty_padding = padding.iter().any(|b| *b != 0);
        if read(outer.raw).is_ok() {
            return Ok(Trimmed { der: outer.raw.to_vec(), dirty_padding, was_ber: false });
        }
    }
    let normal = CmsContentInfo::from_der(contents).and_then(|cms| cms.to_der());
    let der = normal.map_err(|_| Asn1Error("a CMS structure"))?;
    Ok(Trimmed { der, dirty_padding: false, was_ber: true })
}

/// Reads a ContentInfo that holds SignedData.
pub(crate) fn read(der: &[u8]) -> Result<SignedData<'_>, Asn1Error> {
    let mut info = Reader::new(der).expect(tag::SEQUENCE, "a ContentInfo")?.children();
    if info.expect(tag::OID, "a content type")?.content != oid::SIGNED_DATA {
        return Err(Asn1Error("SignedData"));
    }
    let mut outer = info.expect(tag::context(0), "the content")?.children();
    let mut body = outer.expect(tag::SEQUENCE, "SignedData")?.children();
    body.expect(tag::INTEGER, "a version")?;
    body.expect(tag::SET, "digest algorithms")?;
    let mut encapsulated = body.expect(tag::SEQUENCE, "the encapsulated content")?.children();
    let content_type = encapsulated.expect(tag::OID, "a content type")?.content;
    let content = match encapsulated.optional(tag::context(0))? {
        Some(explicit) => Some(explicit.children().next()?.content),
        None => None,
    };
    let mut certificates = Vec::new();
    if let Some(list) = body.optional(tag::context(0))? {
        let elements = list.children().all()?;
        certificates.extend(elements.iter().filter(|e| e.tag == tag::SEQUENCE).map(|e| e.raw));
    }
    let revocations = body.optional(tag::context(1))?.map_or(Ok(Vec::new()), |list| list.children().all())?;
    let signers = body.expect(tag::SET, "signer infos")?.children().all()?;
    let signers = signers.into_iter().map(signer).collect::<Result<_, _>>()?;
    Ok(SignedData { content_type, content, certificates, revocations, signers })
}

fn signer(element: Element<'_>) -> Result<SignerInfo<'_>, Asn1Error> {
    element.expect(tag::SEQUENCE, "a signer info")?;
    let mut reader = element.children();
    reader.expect(tag::INTEGER, "a version")?;
    let id = signer_id(reader.next()?)?;
    let digest = identifier_oid(reader.next()?)?;
    let signed_element = reader.optional(tag::context(0))?;
    let signed = signed_element.map_or(Ok(Vec::new()), |e| attributes::read(e.content))?;
    let algorithm = reader.expect(tag::SEQUENCE, "a signature algorithm")?;
    let signature = reader.expect(tag::OCTET_STRING, "a signature value")?.content;
    let unsigned =
        reader.optional(tag::context(1))?.map_or(Ok(Vec::new()), |e| attributes::read(e.content))?;
    Ok(SignerInfo {
        id,
        digest,
        signed_raw: signed_element.map(|e| e.raw),
        signed,
        algorithm,
        signature,
        unsigned,
    })
}

fn signer_id(element: Element<'_>) -> Result<SignerId<'_>, Asn1Error> {
    if element.tag == tag::context_primitive(0) {
        return Ok(SignerId::KeyIdentifier(element.content));
    }
    element.expect(tag::SEQUENCE, "a signer identifier")?;
    let mut reader = element.children();
    let issuer = reader.expect(tag::SEQUENCE, "an issuer")?.raw;
    let serial = reader.expect(tag::INTEGER, "a serial number")?.content;
    Ok(SignerId::IssuerSerial(IssuerSerial { issuer, serial }))
}

impl SignerId<'_> {
    /// Whether this certificate is the one named.
    pub(crate) fn names(&self, certificate: &Certificate) -> bool {
        match self {
            SignerId::IssuerSerial(named) => issuer_serial(certificate.der()).is_ok_and(|own| own == *named),
            SignerId::KeyIdentifier(named) => {
                certificate.x509().subject_key_id().is_some_and(|own| own.as_slice() == *named)
            }
        }
    }
}
