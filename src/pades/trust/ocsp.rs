//! OCSP requests and responses (RFC 6960).

use jiff::Timestamp;

use crate::cms::SignatureAlgorithm;
use crate::cms::algorithm::{DigestAlgorithm, identifier_oid};
use crate::cms::asn1::{Asn1Error, Element, Reader, element, only, sequence, tag};
use crate::cms::certificate::extensions;
use crate::cms::oid;
use crate::cms::time::instant;
use crate::cms::x509::{Certificate, is_same_name};
use crate::trust::statement::{RevocationReason, Said, Statement, Unusable};

/// Writes an OCSPRequest for one certificate, with a nonce if one is given (RFC 6960 §4.1.1, RFC 9654).
///
/// The certificate is named with SHA-1, which every responder knows (RFC 5019 §2.1.1); the response is
/// checked against the names and keys themselves.
pub fn request(certificate: &Certificate, issuer: &Certificate, nonce: Option<&[u8]>) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha1;
    let algorithm = sequence(&[&element(tag::OID, oid::SHA1), &element(tag::NULL, &[])]);
    let certificate_id = sequence(&[
        &algorithm,
        &element(tag::OCTET_STRING, &digest.hash(&[certificate.issuer_name()])),
        &element(tag::OCTET_STRING, &digest.hash(&[issuer.key_bits()])),
        &element(tag::INTEGER, certificate.serial()),
    ]);
    let list = sequence(&[&sequence(&[&certificate_id])]);
    let extensions = nonce.map(|nonce| {
        let value = element(tag::OCTET_STRING, &element(tag::OCTET_STRING, nonce));
        let extension = sequence(&[&element(tag::OID, oid::OCSP_NONCE), &value]);
        element(tag::context(2), &sequence(&[&extension]))
    });
    sequence(&[&sequence(&[&list, &extensions.unwrap_or_default()])])
}

/// The parts of a BasicOCSPResponse (RFC 6960 §4.2.1).
struct Basic<'a> {
    signed: &'a [u8],
    responder: Element<'a>,
    produced: Timestamp,
    responses: Vec<Element<'a>>,
    nonce: Option<&'a [u8]>,
    algorithm: Element<'a>,
    signature: &'a [u8],
    certificates: Vec<&'a [u8]>,
}

/// Reads what a DER OCSPResponse says of a certificate, signed by its issuer or the issuer's delegate.
///
/// `helpers` are certificates among which the delegate may be; none is trusted for being there.
pub(crate) fn read(
    der: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    helpers: &[Certificate],
) -> Result<Statement, Unusable> {
    let basic = basic(der)?;
    let single = basic.responses.iter().find_map(|single| match names(*single, certificate, issuer) {
        Ok(true) => Some(Ok(*single)),
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    });
    let single = single.transpose()?.ok_or(Unusable::OtherCertificate)?;
    let algorithm = SignatureAlgorithm::read(basic.algorithm, DigestAlgorithm::Sha1)?;
    let algorithm = algorithm.ok_or(Unusable::UnknownAlgorithm)?;
    let delegate = signer(&basic, algorithm, issuer, helpers)?;
    statement(&basic, single, delegate, algorithm)
}

/// Checks that a fresh response repeats the nonce that was sent, if it has one.
///
/// Responders may leave the nonce out (RFC 9654 §2.1); a different one shows an answer to somebody else.
pub(crate) fn repeats_nonce(der: &[u8], sent: &[u8]) -> Result<(), Unusable> {
    match basic(der)?.nonce {
        Some(nonce) if nonce != sent => Err(Unusable::Nonce),
        _ => Ok(()),
    }
}

/// When a response says it was signed, without any check.
pub(crate) fn produced(der: &[u8]) -> Option<Timestamp> {
    basic(der).ok().map(|basic| basic.produced)
}

/// Whether the bytes are a response with an answer in it.
pub(crate) fn is_response(der: &[u8]) -> bool {
    basic(der).is_ok()
}

fn basic(der: &[u8]) -> Result<Basic<'_>, Unusable> {
    let mut outer = only(der, tag::SEQUENCE, "an OCSP response")?.children();
    let status = outer.expect(tag::ENUMERATED, "a response status")?.content;
    if status != [0] {
        return Err(Unusable::Refused(status.first().copied().unwrap_or_default()));
    }
    let mut bytes = outer
        .expect(tag::context(0), "response bytes")?
        .children()
        .expect(tag::SEQUENCE, "response bytes")?
        .children();
    if bytes.expect(tag::OID, "a response type")?.content != oid::OCSP_BASIC {
        return Err(Unusable::Malformed("a basic response"));
    }
    let inner = bytes.expect(tag::OCTET_STRING, "a basic response")?.content;
    let mut parts = only(inner, tag::SEQUENCE, "a basic response")?.children();
    let data = parts.expect(tag::SEQUENCE, "response data")?;
    let algorithm = parts.expect(tag::SEQUENCE, "a signature algorithm")?;
    let signature = parts.next()?.bits()?;
    let mut certificates = Vec::new();
    if let Some(list) = parts.optional(tag::context(0))? {
        let list = list.children().expect(tag::SEQUENCE, "certificates")?.children().all()?;
        certificates.extend(list.iter().map(|certificate| certificate.raw));
    }
    let mut fields = data.children();
    fields.optional(tag::context(0))?;
    let responder = fields.next()?;
    let produced = instant(fields.expect(tag::GENERALIZED_TIME, "a production time")?)?;
    let responses = fields.expect(tag::SEQUENCE, "responses")?.children().all()?;
    let nonce = nonce(fields)?;
    Ok(Basic { signed: data.raw, responder, produced, responses, nonce, algorithm, signature, certificates })
}

fn nonce(mut fields: Reader<'_>) -> Result<Option<&[u8]>, Unusable> {
    let Some(explicit) = fields.optional(tag::context(1))? else { return Ok(None) };
    let all = extensions(explicit.children().next()?)?;
    if all.iter().any(|extension| extension.critical && extension.oid != oid::OCSP_NONCE) {
        return Err(Unusable::CriticalExtension);
    }
    let nonce = all.iter().find(|extension| extension.oid == oid::OCSP_NONCE).map(|nonce| nonce.value);
    // The value is an OCTET STRING of its own; some responders leave that out (RFC 9654 §2.1).
    let inner = |value| only(value, tag::OCTET_STRING, "a nonce").map_or(value, |inner| inner.content);
    Ok(nonce.map(inner))
}

/// Whether a SingleResponse is about this certificate of this issuer: name, key and serial number, all three.
fn names(single: Element<'_>, certificate: &Certificate, issuer: &Certificate) -> Result<bool, Unusable> {
    let mut id = single.children().expect(tag::SEQUENCE, "a certificate identifier")?.children();
    let digest = DigestAlgorithm::from_oid(identifier_oid(id.next()?)?);
    let name = id.expect(tag::OCTET_STRING, "an issuer name hash")?.content;
    let key = id.expect(tag::OCTET_STRING, "an issuer key hash")?.content;
    let serial = id.expect(tag::INTEGER, "a serial number")?.content;
    let Some(digest) = digest.filter(|digest| *digest != DigestAlgorithm::Md5) else { return Ok(false) };
    // The two names are the same, but may be written with different kinds of strings.
    let is_named = [certificate.issuer_name(), issuer.subject_name()].map(|n| name == digest.hash(&[n]));
    Ok(serial == certificate.serial() && is_named.contains(&true) && key == digest.hash(&[issuer.key_bits()]))
}

/// Who signed: `None` for the issuer itself, else a delegate that the same key issued for this purpose
/// (RFC 6960 §4.2.2.2). A responder that another authority vouches for could revoke or clear anybody.
fn signer(
    basic: &Basic<'_>,
    algorithm: SignatureAlgorithm,
    issuer: &Certificate,
    helpers: &[Certificate],
) -> Result<Option<Certificate>, Unusable> {
    let signed = |by: &Certificate| {
        by.x509().public_key().is_ok_and(|key| algorithm.verify(&key, basic.signed, basic.signature))
    };
    if is_responder(basic.responder, issuer)? {
        return if signed(issuer) { Ok(None) } else { Err(Unusable::Signature) };
    }
    let carried = basic.certificates.iter().filter_map(|der| Certificate::from_der(der));
    let mut refusal = Unusable::Responder;
    for candidate in carried.chain(helpers.iter().cloned()) {
        if !is_responder(basic.responder, &candidate)? {
            continue;
        }
        if !candidate.may_answer_ocsp() || !candidate.is_issued_by(issuer) {
            continue;
        }
        if signed(&candidate) {
            return Ok(Some(candidate));
        }
        refusal = Unusable::Signature;
    }
    Err(refusal)
}

const BY_NAME: u8 = tag::context(1);
const BY_KEY: u8 = tag::context(2);

/// Whether the ResponderID, a name or the SHA-1 of a key, is this certificate's (RFC 6960 §4.2.2.3).
fn is_responder(responder: Element<'_>, certificate: &Certificate) -> Result<bool, Asn1Error> {
    match responder.tag {
        BY_NAME => Ok(is_same_name(responder.content, certificate.subject_name())),
        BY_KEY => {
            let hash = only(responder.content, tag::OCTET_STRING, "a key hash")?.content;
            Ok(hash == DigestAlgorithm::Sha1.hash(&[certificate.key_bits()]))
        }
        _ => Err(Asn1Error("a responder identifier")),
    }
}

/// What the SingleResponse says (RFC 6960 §4.2.1).
fn statement(
    basic: &Basic<'_>,
    single: Element<'_>,
    delegate: Option<Certificate>,
    algorithm: SignatureAlgorithm,
) -> Result<Statement, Unusable> {
    let mut fields = single.children();
    fields.next()?;
    let said = said(fields.next()?)?;
    let this_update = instant(fields.expect(tag::GENERALIZED_TIME, "thisUpdate")?)?;
    let next_update = match fields.optional(tag::context(0))? {
        Some(explicit) => Some(instant(only(explicit.content, tag::GENERALIZED_TIME, "nextUpdate")?)?),
        None => None,
    };
    if next_update.is_some_and(|next| next < this_update) {
        return Err(Unusable::Malformed("a nextUpdate behind thisUpdate"));
    }
    let mut keeps_expired_since = None;
    if let Some(explicit) = fields.optional(tag::context(1))? {
        for extension in extensions(explicit.children().next()?)? {
            if extension.oid == oid::OCSP_ARCHIVE_CUTOFF {
                let time = only(extension.value, tag::GENERALIZED_TIME, "an archive cutoff")?;
                keeps_expired_since = Some(instant(time)?);
            } else if extension.critical {
                return Err(Unusable::CriticalExtension);
            }
        }
    }
    let produced = basic.produced;
    Ok(Statement { said, this_update, next_update, produced, keeps_expired_since, delegate, algorithm })
}

const GOOD: u8 = tag::context_primitive(0);
const REVOKED: u8 = tag::context(1);
const UNKNOWN: u8 = tag::context_primitive(2);

/// CertStatus, a choice of three.
fn said(status: Element<'_>) -> Result<Said, Unusable> {
    match status.tag {
        GOOD => Ok(Said::Good),
        UNKNOWN => Ok(Said::Unknown),
        REVOKED => {
            let mut fields = status.children();
            let time = instant(fields.expect(tag::GENERALIZED_TIME, "a revocation time")?)?;
            let reason = match fields.optional(tag::context(0))? {
                Some(explicit) => only(explicit.content, tag::ENUMERATED, "a reason")?.content,
                None => &[0],
            };
            let number = reason.first().copied().unwrap_or_default();
            Ok(Said::Revoked(time, RevocationReason::from_number(number)))
        }
        _ => Err(Unusable::Malformed("a certificate status")),
    }
}
