//! Timestamps (RFC 3161, RFC 5816, EN 319 422): ask for one, and judge one.

use jiff::Timestamp;

use crate::cms::algorithm::{DigestAlgorithm, identifier_oid};
use crate::cms::asn1::{Asn1Error, Reader, element, sequence, tag, unsigned};
use crate::cms::certificate::{key_is_strong, may_timestamp};
use crate::cms::check::{Fault, check};
use crate::cms::signed_data;
use crate::cms::time::instant;
use crate::cms::x509::Certificate;
use crate::cms::{Content, SignatureAlgorithm, oid};

/// Someone who stamps hashes with a time: takes a DER `TimeStampReq`, gives the DER `TimeStampResp`.
///
/// How it gets there is the caller's business; this crate opens no socket.
pub trait TimestampService {
    /// Sends one request and waits for its response.
    fn timestamp(&self, request_der: &[u8]) -> Result<Vec<u8>, ServiceError>;

    /// Bytes to keep free for a token. Those of public services stay below 8 KiB.
    fn reserve(&self) -> usize {
        12 * 1024
    }
}

/// The timestamp service could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the timestamp service did not answer: {0}")]
pub struct ServiceError(pub String);

/// Why a timestamp is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Nobody answered.
    #[error(transparent)]
    Service(#[from] ServiceError),
    /// The service refused, with its PKIStatus (RFC 3161 §2.4.2).
    #[error("the timestamp service refused the request with status {0}")]
    Refused(u64),
    /// The answer is not what RFC 3161 describes.
    #[error("the timestamp is malformed: {0}")]
    Malformed(&'static str),
    /// It stamps another hash.
    #[error("the timestamp belongs to something else: its message imprint differs")]
    Imprint,
    /// It answers another request.
    #[error("the timestamp answers another request: its nonce differs")]
    Nonce,
    /// Its signature does not hold.
    #[error("the signature of the timestamp does not hold")]
    Signature,
    /// The certificate is not one for stamping time (RFC 3161 §2.3).
    #[error("the timestamp's certificate may not stamp time")]
    Purpose,
    /// Its digest, signature or key is too weak.
    #[error("the timestamp uses a weak algorithm")]
    Weak,
    /// The certificate does not lead to a trust anchor.
    #[error("the timestamp's certificate is not trusted: {0}")]
    Untrusted(String),
    /// The token is longer than the room kept for it.
    #[error("the timestamp is longer than the room kept for it")]
    TooLong,
}

impl From<Asn1Error> for TimestampError {
    fn from(error: Asn1Error) -> TimestampError {
        TimestampError::Malformed(error.0)
    }
}

/// A token whose imprint, signature and purpose hold. Only [`read_token`] makes one.
///
/// Whether its certificate is trusted is a question of its own.
#[derive(Debug, Clone)]
pub(crate) struct CheckedToken {
    pub(crate) time: Timestamp,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) nonce: Option<Vec<u8>>,
    pub(crate) certificate: Certificate,
    /// All certificates in the token.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) algorithm: SignatureAlgorithm,
}

/// Writes a TimeStampReq for a hash, asking for the certificates (RFC 3161 §2.4.1).
pub(crate) fn request(digest: DigestAlgorithm, hash: &[u8], nonce: &[u8]) -> Vec<u8> {
    let imprint = sequence(&[&digest.identifier(), &element(tag::OCTET_STRING, hash)]);
    let certificates_wanted = element(tag::BOOLEAN, &[0xFF]);
    sequence(&[&unsigned(&[1]), &imprint, &unsigned(nonce), &certificates_wanted])
}

/// Takes the token out of a TimeStampResp that was granted (RFC 3161 §2.4.2).
pub(crate) fn token_of(response: &[u8]) -> Result<Vec<u8>, TimestampError> {
    let mut reader = Reader::new(response).expect(tag::SEQUENCE, "a timestamp response")?.children();
    let status = reader.expect(tag::SEQUENCE, "a status")?.children().next()?.small()?;
    // granted, or granted with modifications
    if status > 1 {
        return Err(TimestampError::Refused(status));
    }
    Ok(reader.expect(tag::SEQUENCE, "a timestamp token")?.raw.to_vec())
}

/// Checks a fresh token: [`read_token`], and that its algorithms are good today.
pub(crate) fn check_token_over(token: &[u8], stamped: Content<'_>) -> Result<CheckedToken, TimestampError> {
    let checked = read_token(token, stamped)?;
    let strong_key = checked.certificate.x509().public_key().is_ok_and(|key| key_is_strong(&key));
    let strong = strong_key && checked.digest.is_reliable() && checked.algorithm.is_reliable();
    if strong { Ok(checked) } else { Err(TimestampError::Weak) }
}

/// Checks that a token stamps `stamped`, is signed, and by a certificate made for it (RFC 3161 §2.2, §2.3).
///
/// How strong its algorithms had to be depends on when it is proven to have existed, and is not asked here.
pub(crate) fn read_token(token: &[u8], stamped: Content<'_>) -> Result<CheckedToken, TimestampError> {
    let data = signed_data::read(token)?;
    let [signer] = data.signers.as_slice() else { return Err(TimestampError::Malformed("one signer")) };
    let content = data.content.filter(|_| data.content_type == oid::TST_INFO);
    let content = content.ok_or(TimestampError::Malformed("TSTInfo as content"))?;
    let info = read_info(content)?;
    let actual = stamped.digest(info.digest);
    // An empty digest was not computed; an empty imprint would equal it.
    if actual.is_empty() || actual != info.imprint {
        return Err(TimestampError::Imprint);
    }
    let findings = check(&data, signer, Content::Pieces(&[content]));
    match (findings.fault, findings.certificate, findings.algorithm) {
        // Without the ESS attribute another certificate for the same key could be slipped in.
        (None, ..) if !findings.has_ess => Err(TimestampError::Malformed("a signing-certificate attribute")),
        (None, Some(certificate), Some(algorithm)) => {
            if !may_timestamp(certificate.der()) {
                return Err(TimestampError::Purpose);
            }
            let certificates =
                data.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect();
            let Info { time, digest, nonce, .. } = info;
            Ok(CheckedToken { time, digest, nonce, certificate, certificates, algorithm })
        }
        (Some(Fault::Format(reason)), ..) => Err(TimestampError::Malformed(reason)),
        (Some(Fault::NoSigningCertificate), ..) => Err(TimestampError::Malformed("its signing certificate")),
        _ => Err(TimestampError::Signature),
    }
}

/// The digest algorithm of a token's message imprint.
pub(crate) fn imprint_digest(token: &[u8]) -> Option<DigestAlgorithm> {
    Some(read_info(signed_data::read(token).ok()?.content?).ok()?.digest)
}

struct Info {
    imprint: Vec<u8>,
    digest: DigestAlgorithm,
    time: Timestamp,
    nonce: Option<Vec<u8>>,
}

/// TSTInfo (RFC 3161 §2.4.2).
fn read_info(content: &[u8]) -> Result<Info, TimestampError> {
    let mut reader = Reader::new(content).expect(tag::SEQUENCE, "TSTInfo")?.children();
    if reader.next()?.small()? != 1 {
        return Err(TimestampError::Malformed("TSTInfo version 1"));
    }
    reader.expect(tag::OID, "a policy")?;
    let mut imprint = reader.expect(tag::SEQUENCE, "a message imprint")?.children();
    let digest = DigestAlgorithm::from_oid(identifier_oid(imprint.next()?)?);
    let digest = digest.ok_or(TimestampError::Malformed("a known imprint digest"))?;
    let hash = imprint.expect(tag::OCTET_STRING, "an imprint hash")?.content.to_vec();
    reader.expect(tag::INTEGER, "a serial number")?;
    let time = instant(reader.expect(tag::GENERALIZED_TIME, "a time")?)?;
    let mut nonce = None;
    while !reader.is_empty() {
        let field = reader.next()?;
        if field.tag == tag::INTEGER {
            nonce = Some(field.content.to_vec());
        }
    }
    Ok(Info { imprint: hash, digest, time, nonce })
}

/// Whether the token repeats the nonce that was sent.
pub(crate) fn answers(token: &CheckedToken, nonce: &[u8]) -> bool {
    let sent = unsigned(nonce);
    let sent = Reader::new(&sent).next().map(|e| e.content).unwrap_or_default();
    token.nonce.as_deref() == Some(sent)
}
