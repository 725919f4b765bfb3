//! The report: what was found, in the names that INTERFACES.md fixes.

use jiff::Timestamp;
use serde::Serialize;

use crate::verify::certificates::{CertificateStatus, ChainLink, TimestampReport};
use crate::verify::messages::Message;

/// The verdict on a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every signature passed.
    Valid,
    /// None failed, at least one is open.
    Indeterminate,
    /// At least one failed.
    Invalid,
    /// There is no signature.
    Unsigned,
    /// The file could not be judged.
    Unreadable,
}

/// The main indication of EN 319 102-1 §5.1.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Indication {
    /// All checks passed.
    #[serde(rename = "TOTAL-PASSED")]
    TotalPassed,
    /// What is at hand does not decide it.
    #[serde(rename = "INDETERMINATE")]
    Indeterminate,
    /// A check failed for good.
    #[serde(rename = "TOTAL-FAILED")]
    TotalFailed,
}

/// The reason behind an indication that is not a pass (EN 319 102-1 Tables 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the words are the standard's")]
pub enum SubIndication {
    HashFailure,
    SigCryptoFailure,
    FormatFailure,
    NoSigningCertificateFound,
    NoCertificateChainFound,
    CertificateChainGeneralFailure,
    ChainConstraintsFailure,
    CryptoConstraintsFailure,
    CryptoConstraintsFailureNoPoe,
    TimestampOrderFailure,
    Revoked,
    RevokedNoPoe,
    RevokedCaNoPoe,
    RevocationOutOfBoundsNoPoe,
    Expired,
    OutOfBoundsNoPoe,
    TryLater,
    NotYetValid,
    Generic,
}

/// What a signature is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// An ordinary signature.
    Approval,
    /// One that also sets what may change later.
    Certification,
    /// A document timestamp.
    Timestamp,
}

/// Which bytes a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Coverage {
    /// All of the file but `/Contents`.
    EntireFile,
    /// All of the file as it was when signed.
    EntireRevision,
    /// Not even that.
    Partial,
    /// The ranges make no sense.
    Invalid,
}

/// What was appended after a signature, judged by what it and the earlier ones permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangesAfter {
    /// Nothing.
    None,
    /// Validation data, document timestamps, metadata.
    LtvUpdate,
    /// Signatures and form values.
    FormFilling,
    /// Comments, where the certification permits them.
    Annotation,
    /// Something no rule explains; a person has to look.
    Unexplained,
    /// Something the signature forbids, or an attack.
    Forbidden,
}

/// A PAdES baseline level that has been proven (EN 319 142-1 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[allow(missing_docs, reason = "the words are the standard's")]
pub enum BaselineLevel {
    #[serde(rename = "B-B")]
    BB,
    #[serde(rename = "B-T")]
    BT,
    #[serde(rename = "B-LT")]
    BLT,
    #[serde(rename = "B-LTA")]
    BLTA,
}

/// Where the signing time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TimeSource {
    /// A checked and trusted timestamp.
    Timestamp,
    /// The signer's own word.
    Claimed,
    /// There is no time.
    None,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// Vietnamese
    pub vi: String,
    /// English
    pub en: String,
}

/// Why a file could not be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportError {
    /// A stable name.
    pub code: String,
    /// A sentence.
    pub message: String,
}

/// The certificate a signature names. It is who signed only if the signature holds and the chain is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the names of X.509 (RFC 5280 §4.1)")]
pub struct SignerReport {
    pub subject: String,
    pub common_name: Option<String>,
    pub issuer: String,
    pub serial: String,
    pub not_before: Option<String>,
    pub not_after: Option<String>,
}

/// The verdict on one signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignatureReport {
    /// Fully qualified field name.
    pub field: String,
    /// The revision it closes, from 1; 0 for what no field holds.
    pub revision: usize,
    /// What the signature is for.
    pub kind: Kind,
    /// `/SubFilter` as it stands.
    pub sub_filter: String,
    /// The main indication.
    pub indication: Indication,
    /// Its reason, unless passed.
    pub sub_indication: Option<SubIndication>,
    /// Digest and cryptographic signature hold, over bytes that make sense.
    pub intact: bool,
    /// Which bytes are covered.
    pub coverage: Coverage,
    /// What came later.
    pub changes_after: ChangesAfter,
    /// `/P` of a certification.
    pub docmdp: Option<u8>,
    /// The level proven.
    pub level: Option<BaselineLevel>,
    /// The certificate named.
    pub signer: Option<SignerReport>,
    /// When it was signed, with the offset of Viet Nam.
    pub signing_time: Option<String>,
    /// How we know.
    pub time_source: TimeSource,
    /// Name of the digest.
    pub digest_algorithm: Option<String>,
    /// Name of the signature algorithm.
    pub signature_algorithm: Option<String>,
    /// What is known of the certificate at the time in question.
    pub certificate_status: Option<CertificateStatus>,
    /// From the certificate up to the anchor; empty if it does not lead to one.
    pub chain: Vec<ChainLink>,
    /// Timestamps inside the signature, and document timestamps over it.
    pub timestamps: Vec<TimestampReport>,
    /// Everything a reader should know, each with a stable code.
    pub messages: Vec<Message>,
}

/// The verdict on a file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The name, set by the caller: this crate opens no file.
    pub file: String,
    /// Length in bytes.
    pub size: usize,
    /// SHA-256 of the file.
    pub sha256: String,
    /// Number of revisions.
    pub revisions: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict as a clerk reads it.
    pub sentence: Sentence,
    /// Why it could not be judged.
    pub error: Option<ReportError>,
    /// In order of the revisions they close.
    pub signatures: Vec<SignatureReport>,
}

impl FileReport {
    /// The report as one line of JSON.
    pub fn to_json(&self) -> String {
        // Every key is a string and every number finite, so this cannot fail; an empty line would show it.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A time with the offset of Viet Nam, to the second.
pub(crate) fn local_time(time: Timestamp) -> String {
    time.display_with_offset(jiff::tz::offset(7)).to_string()
}
