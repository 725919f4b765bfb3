use jiff::Timestamp;

use crate::cms::SignatureAlgorithm;
use crate::cms::asn1::Asn1Error;
use crate::cms::x509::Certificate;

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the standard's")]
pub enum RevocationReason {
    Unspecified,
    KeyCompromise,
    CaCompromise,
    AffiliationChanged,
    Superseded,
    CessationOfOperation,
    CertificateHold,
    RemoveFromCrl,
    PrivilegeWithdrawn,
    AaCompromise,
}

impl RevocationReason {
    /// The reason with this number; numbers nobody assigned count as unspecified, for revoked it is.
    pub(crate) fn from_number(number: u8) -> RevocationReason {
        match number {
            1 => RevocationReason::KeyCompromise,
            2 => RevocationReason::CaCompromise,
            3 => RevocationReason::AffiliationChanged,
            4 => RevocationReason::Superseded,
            5 => RevocationReason::CessationOfOperation,
            6 => RevocationReason::CertificateHold,
            8 => RevocationReason::RemoveFromCrl,
            9 => RevocationReason::PrivilegeWithdrawn,
            10 => RevocationReason::AaCompromise,
            _ => RevocationReason::Unspecified,
        }
    }
}

/// What one piece of evidence says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Not revoked.
    Good,
    /// Revoked at a time, for a reason.
    Revoked(Timestamp, RevocationReason),
    /// The responder does not know the certificate.
    Unknown,
}

/// What an OCSP response or a CRL says of one certificate, signed by who may say it.
///
/// Only `ocsp::read` and `crl::read` make one. Whether it is recent enough, and whether its signer's own
/// certificate was good, is asked by [`status`](super::status).
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) said: Said,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
    /// When it was signed.
    pub(crate) produced: Timestamp,
    /// Certificates that expired since this time are still spoken of.
    pub(crate) keeps_expired_since: Option<Timestamp>,
    /// The delegate that signed it; `None` if the issuer did.
    pub(crate) delegate: Option<Certificate>,
    pub(crate) algorithm: SignatureAlgorithm,
}

/// Why a piece of evidence says nothing of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Not the DER it should be.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// The responder gave an error instead, with its OCSPResponseStatus (RFC 6960 §4.2.1).
    #[error("the responder refused with status {0}")]
    Refused(u8),
    /// It is about other certificates.
    #[error("it is about another certificate")]
    OtherCertificate,
    /// It is from another authority.
    #[error("it is from another authority")]
    OtherIssuer,
    /// It covers other certificates or only some reasons (RFC 5280 §5.2.5).
    #[error("its scope does not cover this certificate")]
    Scope,
    /// It lists changes only (RFC 5280 §5.2.4).
    #[error("it is a delta list")]
    Delta,
    /// It holds a critical extension that is not understood (RFC 5280 §5.2).
    #[error("it has a critical extension that is not known")]
    CriticalExtension,
    /// Its signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// It is signed with an algorithm that is not known.
    #[error("its signature algorithm is not known")]
    UnknownAlgorithm,
    /// Who signed it may not speak for the authority.
    #[error("its signer may not speak for the authority")]
    Responder,
    /// It answers another request.
    #[error("it answers another request: its nonce differs")]
    Nonce,
    /// It is from the future.
    #[error("it is dated in the future")]
    Future,
    /// Its validity had ended at the time in question.
    #[error("it is too old")]
    Stale,
    /// The certificate had expired when it was made, and may have been dropped.
    #[error("it was made after the certificate expired")]
    AfterExpiry,
    /// Nothing proves that it existed while its signer's certificate was good.
    #[error("nothing proves that it existed while its signer's certificate was good")]
    SignerOutOfBounds,
    /// The signer's certificate was revoked.
    #[error("its signer's certificate was revoked")]
    SignerRevoked,
    /// Whether the signer's certificate was revoked is not known.
    #[error("the revocation status of its signer is not known")]
    SignerUnknown,
    /// Its algorithm or key was no longer reliable when it is known to have existed.
    #[error("it uses a weak algorithm")]
    Weak,
    /// The responder does not know the certificate.
    #[error("the responder does not know the certificate")]
    Unknown,
}

impl From<Asn1Error> for Unusable {
    fn from(error: Asn1Error) -> Unusable {
        Unusable::Malformed(error.0)
    }
}
