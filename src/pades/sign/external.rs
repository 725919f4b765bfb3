//! A CMS made elsewhere, checked before it goes into a file (RFC 5652 §5.6, EN 319 142-1 §6.3).

use jiff::Timestamp;

use crate::cms::asn1::{Asn1Error, tag};
use crate::cms::attributes::{ess_hash, single};
use crate::cms::signed_data::{SignedData, SignerInfo, read, trim};
use crate::cms::timestamp::{TimestampError, check_token_over};
use crate::cms::{Content, DigestAlgorithm, SignatureAlgorithm, oid};
use crate::sign::TimestampOutcome;
use crate::trust::Certificate;

/// Why a CMS made elsewhere is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsFault {
    /// Not a SignedData with one signer and detached content.
    #[error("it is malformed: {0}")]
    Malformed(&'static str),
    /// It signs other bytes.
    #[error("it signs another document: its message digest differs")]
    OtherDocument,
    /// The digest is weak, unknown, or not the one that was asked for.
    #[error("it uses another digest than the one asked for")]
    Digest,
    /// It is signed with another certificate than the one that was announced.
    #[error("it is signed with another certificate than announced")]
    OtherSigner,
    /// Its signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// The algorithm is weak or unknown.
    #[error("its signature algorithm is weak or unknown")]
    Algorithm,
    /// signing-time stands where PAdES forbids it.
    #[error("it holds a signing time, which PAdES does not allow")]
    SigningTime,
    /// The timestamp inside belongs to something else.
    #[error("the timestamp inside cannot be used")]
    Timestamp(#[source] TimestampError),
}

impl From<Asn1Error> for CmsFault {
    fn from(error: Asn1Error) -> CmsFault {
        CmsFault::Malformed(error.0)
    }
}

/// What the CMS must agree with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) algorithm: DigestAlgorithm,
    /// The digest over the document.
    pub(crate) digest: &'a [u8],
    /// The certificate that was announced.
    pub(crate) certificate: &'a [u8],
    /// Whether signing-time belongs into the attributes; in PAdES it does not.
    pub(crate) may_have_signing_time: bool,
}

/// A CMS that may go into the file. Only [`check`] makes one.
#[derive(Debug, Clone)]
pub(crate) struct CheckedCms {
    pub(crate) der: Vec<u8>,
    pub(crate) timestamp: TimestampOutcome,
}

/// Checks structure, digest, signer and signature.
pub(crate) fn check(cms: &[u8], expected: &Expected<'_>) -> Result<CheckedCms, CmsFault> {
    let der = trim(cms)?.der;
    let data = read(&der)?;
    let [signer] = data.signers.as_slice() else { return Err(CmsFault::Malformed("one signer")) };
    if data.content_type != oid::DATA || data.content.is_some() {
        return Err(CmsFault::Malformed("detached content of type data"));
    }
    if DigestAlgorithm::from_oid(signer.digest) != Some(expected.algorithm) {
        return Err(CmsFault::Digest);
    }
    check_attributes(signer, expected)?;
    check_signature(&data, signer, expected)?;
    let timestamp = match timestamp_of(signer)? {
        Some(time) => TimestampOutcome::Present(time),
        None => TimestampOutcome::NotRequested,
    };
    Ok(CheckedCms { der, timestamp })
}

fn check_attributes(signer: &SignerInfo<'_>, expected: &Expected<'_>) -> Result<(), CmsFault> {
    let content_type = single(&signer.signed, oid::CONTENT_TYPE)?;
    let content_type = content_type.ok_or(CmsFault::Malformed("a content-type attribute"))?;
    if content_type.expect(tag::OID, "a content type")? != oid::DATA {
        return Err(CmsFault::Malformed("a content-type attribute that fits"));
    }
    let digest = single(&signer.signed, oid::MESSAGE_DIGEST)?;
    let digest = digest.ok_or(CmsFault::Malformed("a message digest"))?;
    if digest.expect(tag::OCTET_STRING, "a message digest")? != expected.digest {
        return Err(CmsFault::OtherDocument);
    }
    // Without the attribute another certificate for the same key could be slipped in (RFC 5035 §1).
    let bound = ess_hash(&signer.signed)?.ok_or(CmsFault::Malformed("a signing-certificate attribute"))?;
    if !bound.algorithm.is_reliable() || bound.algorithm.hash(&[expected.certificate]) != bound.hash {
        return Err(CmsFault::OtherSigner);
    }
    let has_time = signer.signed.iter().any(|attribute| attribute.oid == oid::SIGNING_TIME);
    if has_time && !expected.may_have_signing_time {
        return Err(CmsFault::SigningTime);
    }
    Ok(())
}

fn check_signature(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    expected: &Expected<'_>,
) -> Result<(), CmsFault> {
    let certificate = Certificate::from_der(expected.certificate).ok_or(CmsFault::OtherSigner)?;
    let carried = data.certificates.contains(&expected.certificate);
    if !carried || !signer.id.names(&certificate) {
        return Err(CmsFault::OtherSigner);
    }
    let algorithm = SignatureAlgorithm::read(signer.algorithm, expected.algorithm)?;
    let algorithm = algorithm.filter(|a| a.is_reliable()).ok_or(CmsFault::Algorithm)?;
    let message = signer.signed_bytes().ok_or(CmsFault::Malformed("signed attributes"))?;
    let key = certificate.x509().public_key().map_err(|_| CmsFault::Signature)?;
    if algorithm.verify(&key, &message, signer.signature) { Ok(()) } else { Err(CmsFault::Signature) }
}

/// The time of the signature timestamp inside, if there is one; its trust is the verifier's question.
fn timestamp_of(signer: &SignerInfo<'_>) -> Result<Option<Timestamp>, CmsFault> {
    let Some(token) = single(&signer.unsigned, oid::SIGNATURE_TIMESTAMP)? else { return Ok(None) };
    let checked =
        check_token_over(token.raw, Content::Pieces(&[signer.signature])).map_err(CmsFault::Timestamp)?;
    Ok(Some(checked.time))
}
