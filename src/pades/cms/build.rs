//! Writing SignedData with one signer (RFC 5652 §5, EN 319 142-1 §6.3).

use crate::cms::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::cms::asn1::{element, sequence, set_of, tag, unsigned};
use crate::cms::attributes::attribute;
use crate::cms::certificate::issuer_serial;
use crate::cms::oid;

/// All that goes into a SignedData.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a> {
    /// eContentType; the SignedData version follows from it (RFC 5652 §5.1).
    pub(crate) content_type: &'a [u8],
    /// eContent; absent in a PDF signature, the TSTInfo in a timestamp token.
    pub(crate) content: Option<&'a [u8]>,
    /// Signer first, then its chain.
    pub(crate) certificates: &'a [Vec<u8>],
    pub(crate) digest: DigestAlgorithm,
    pub(crate) algorithm: SignatureAlgorithm,
    /// The SET OF that was signed.
    pub(crate) attributes: &'a [u8],
    pub(crate) signature: &'a [u8],
    /// A timestamp token over the signature value.
    pub(crate) timestamp: Option<&'a [u8]>,
}

/// Encodes the ContentInfo; `None` if the signer's certificate or algorithm cannot be expressed.
pub(crate) fn signed_data(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let version: u8 = if parts.content_type == oid::DATA { 1 } else { 3 };
    let content = parts.content.map(|bytes| element(tag::context(0), &element(tag::OCTET_STRING, bytes)));
    let encapsulated = sequence(&[&element(tag::OID, parts.content_type), &content.unwrap_or_default()]);
    let mut certificates = parts.certificates.to_vec();
    certificates.sort();
    certificates.dedup();
    let body = sequence(&[
        &unsigned(&[version]),
        &set_of(vec![parts.digest.identifier()]),
        &encapsulated,
        &element(tag::context(0), &certificates.concat()),
        &set_of(vec![signer_info(parts)?]),
    ]);
    Some(sequence(&[&element(tag::OID, oid::SIGNED_DATA), &element(tag::context(0), &body)]))
}

fn signer_info(parts: &Parts<'_>) -> Option<Vec<u8>> {
    let own = issuer_serial(parts.certificates.first()?).ok()?;
    let id = sequence(&[own.issuer, &element(tag::INTEGER, own.serial)]);
    // In the structure the attributes carry [0]; what was signed carries SET OF.
    let mut signed = parts.attributes.to_vec();
    *signed.first_mut()? = tag::context(0);
    let unsigned_attributes =
        parts.timestamp.map(|token| element(tag::context(1), &attribute(oid::SIGNATURE_TIMESTAMP, token)));
    Some(sequence(&[
        &unsigned(&[1]),
        &id,
        &parts.digest.identifier(),
        &signed,
        &parts.algorithm.identifier()?,
        &element(tag::OCTET_STRING, parts.signature),
        &unsigned_attributes.unwrap_or_default(),
    ]))
}
