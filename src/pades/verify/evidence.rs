//! What one signature proves by itself: form, digest, signature, timestamps (EN 319 102-1 §5.2, §5.3).

use jiff::Timestamp;

use crate::cms::asn1::{Asn1Error, tag};
use crate::cms::check::{Fault, check};
use crate::cms::signed_data::{self, SignedData, SignerInfo};
use crate::cms::timestamp::{CheckedToken, TimestampError, read_token};
use crate::cms::{Content, DigestAlgorithm, oid};
use crate::embed::certification;
use crate::pdf::{Object, Pdf, Revision};
use crate::trust::{Carried, Certificate, ValidationData, carried};
use crate::verify::blame::{Blame, Strength};
use crate::verify::certificates::signer_report;
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{
    ChangesAfter, Coverage, Indication, Kind, SignatureReport, SubIndication, TimeSource,
};
use crate::verify::{structure, time};

/// The values of `/SubFilter` that can be judged (ISO 32000-2 Table 260, EN 319 142-1 §6.3).
const SUPPORTED: [&str; 4] =
    ["ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.RFC3161"];

/// More timestamps over one value than anybody makes.
const MAX_STAMPS: usize = 16;

/// A timestamp token that stamps what it should; whether its authority is trusted is open.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) token: CheckedToken,
    /// Validation data inside it.
    pub(crate) carried: ValidationData,
}

impl Stamp {
    /// The algorithms that bind the stamped bytes to the authority's key.
    pub(crate) fn strength(&self) -> Strength {
        Strength { digests: vec![self.token.digest], algorithm: Some(self.token.algorithm) }
    }
}

/// What is known of a signature before times and trust are weighed.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    pub(crate) report: SignatureReport,
    /// The first failure, which no trust can mend.
    pub(crate) failure: Option<(Indication, SubIndication)>,
    pub(crate) certificate: Option<Certificate>,
    /// The algorithms that bind the document to the certificate's key.
    pub(crate) strength: Strength,
    /// The document timestamp that it is, or the timestamps over its value. Whether they are trusted is open.
    pub(crate) stamps: Vec<Stamp>,
    /// Validation data inside it.
    pub(crate) carried: Carried,
    pub(crate) claimed: Option<Timestamp>,
    pub(crate) is_baseline: bool,
    pub(crate) revision: usize,
}

impl Evidence {
    /// Notes a failure; the gravest one, else the first, decides.
    pub(crate) fn fail(&mut self, indication: Indication, reason: SubIndication, message: Message) {
        self.report.messages.push(message);
        let graver = matches!(
            (&self.failure, indication),
            (Some((Indication::Indeterminate, _)), Indication::TotalFailed)
        );
        if self.failure.is_none() || graver {
            self.failure = Some((indication, reason));
        }
    }

    /// The same for a fault that is put in words already.
    pub(crate) fn blame(&mut self, blame: Blame) {
        self.fail(blame.indication, blame.reason, blame.message);
    }
}

pub(crate) fn empty_report(field: &str, sub_filter: &str) -> SignatureReport {
    SignatureReport {
        field: field.to_owned(),
        revision: 0,
        kind: Kind::Approval,
        sub_filter: sub_filter.to_owned(),
        indication: Indication::Indeterminate,
        sub_indication: Some(SubIndication::Generic),
        intact: false,
        coverage: Coverage::Invalid,
        changes_after: ChangesAfter::None,
        docmdp: None,
        level: None,
        signer: None,
        signing_time: None,
        time_source: TimeSource::None,
        digest_algorithm: None,
        signature_algorithm: None,
        certificate_status: None,
        chain: Vec::new(),
        timestamps: Vec::new(),
        messages: Vec::new(),
    }
}

/// Checks everything about one signature but trust and time.
pub(crate) fn gather(pdf: &Pdf<'_>, revisions: &[Revision], found: &Found) -> Evidence {
    let sub_filter = found.dict.name("SubFilter").map(|name| name.text()).unwrap_or_default();
    let mut report = empty_report(&found.field, &sub_filter);
    report.revision = found.revision + 1;
    let view = revisions.get(found.revision).map(|r| pdf.at(r.section, r.end));
    report.docmdp = view.and_then(|view| certification(&view, &found.dict).ok().flatten());
    report.kind = match (sub_filter.as_str(), report.docmdp) {
        ("ETSI.RFC3161", _) => Kind::Timestamp,
        (_, Some(_)) => Kind::Certification,
        _ => Kind::Approval,
    };
    let claimed = found.dict.get("M").and_then(Object::string).and_then(|m| time::parse(&m.text()));
    let mut evidence = Evidence {
        report,
        failure: None,
        certificate: None,
        strength: Strength::default(),
        stamps: Vec::new(),
        carried: Carried::default(),
        claimed,
        is_baseline: false,
        revision: found.revision,
    };
    match form(pdf, revisions, found, &mut evidence) {
        Some(contents) => judge_contents(found, &contents, &sub_filter, &mut evidence),
        None => evidence.report.intact = false,
    }
    evidence
}

/// The form of dictionary, range and gap; `None` once there is nothing left to hash.
fn form(pdf: &Pdf<'_>, revisions: &[Revision], found: &Found, evidence: &mut Evidence) -> Option<Vec<u8>> {
    let mut fail = |code: &str| {
        evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, Message::new(code));
    };
    if found.span.is_none() {
        fail("indirect-dictionary");
    }
    if found.dict.doubled().is_some() {
        fail("doubled-key");
    }
    let range = match structure::byte_range(&found.dict, pdf.length()) {
        Ok(range) => range,
        Err(code) => {
            fail(code);
            return None;
        }
    };
    let Some(contents) = found.dict.get("Contents").and_then(Object::string) else {
        fail("contents-gap");
        return None;
    };
    if let Err(code) = structure::gap(pdf, &range, contents) {
        fail(code);
        return None;
    }
    let (coverage, result) = structure::coverage(pdf, revisions, found, &range);
    if let Err(code) = result {
        fail(code);
    }
    evidence.report.coverage = coverage;
    Some(contents.bytes.clone())
}

fn judge_contents(found: &Found, contents: &[u8], sub_filter: &str, evidence: &mut Evidence) {
    if !SUPPORTED.contains(&sub_filter) {
        let message = Message::about("unsupported-subfilter", sub_filter);
        evidence.fail(Indication::Indeterminate, SubIndication::Generic, message);
        return;
    }
    if let Err(error) = judge_cms(Content::Hashed(&found.digests), contents, sub_filter, evidence) {
        fail_by(Fault::Format(error.0), evidence);
    }
}

/// What `/Contents` holds, by the kind of signature that `/SubFilter` announces (ISO 32000-2 Table 260).
fn judge_cms(
    document: Content<'_>,
    contents: &[u8],
    sub_filter: &str,
    evidence: &mut Evidence,
) -> Result<(), Asn1Error> {
    let trimmed = signed_data::trim(contents)?;
    for (found, code) in [(trimmed.dirty_padding, "nonzero-padding"), (trimmed.was_ber, "ber-encoding")] {
        if found {
            evidence.report.messages.push(Message::new(code));
        }
    }
    let data = signed_data::read(&trimmed.der)?;
    let [signer] = data.signers.as_slice() else { return Err(Asn1Error("one signer")) };
    evidence.carried = carried(&data, signer);
    match sub_filter {
        "ETSI.RFC3161" => judge_document_timestamp(&trimmed.der, document, evidence),
        "adbe.pkcs7.sha1" => judge_sha1(&data, signer, document, evidence),
        _ if data.content.is_some_and(|content| !content.is_empty()) => {
            let message = Message::new("cms-content");
            evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, message);
        }
        _ => judge_signer(&data, signer, document, evidence),
    }
    Ok(())
}

/// adbe.pkcs7.sha1 signs the SHA-1 of the document, which it carries (ISO 32000-1 §12.8.3.3.1).
fn judge_sha1(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    document: Content<'_>,
    evidence: &mut Evidence,
) {
    let digest = document.digest(DigestAlgorithm::Sha1);
    if !digest.is_empty() && data.content == Some(digest.as_slice()) {
        judge_signer(data, signer, Content::Pieces(&[&digest]), evidence);
    } else {
        fail_by(Fault::Hash, evidence);
    }
    // The document is bound by SHA-1 alone, whatever the signature uses.
    evidence.strength.digests.push(DigestAlgorithm::Sha1);
}

fn judge_signer(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    content: Content<'_>,
    evidence: &mut Evidence,
) {
    let findings = check(data, signer, content);
    evidence.report.digest_algorithm = findings.digest.map(|d| d.name().to_owned());
    evidence.report.signature_algorithm = findings.algorithm.map(|a| a.name().to_owned());
    let pades = evidence.report.sub_filter == "ETSI.CAdES.detached";
    evidence.is_baseline = pades
        && findings.has_ess
        && !findings.has_signing_time
        && evidence.claimed.is_some()
        && findings.fault.is_none();
    if pades && findings.has_signing_time {
        evidence.report.messages.push(Message::new("signing-time-attribute"));
    }
    match findings.fault {
        Some(fault) => fail_by(fault, evidence),
        None => evidence.report.intact = evidence.failure.is_none(),
    }
    if pades && !findings.has_ess && findings.fault.is_none() {
        // CAdES requires it (EN 319 122-1 §5.2.2); without it the certificate could be exchanged.
        evidence.fail(
            Indication::Indeterminate,
            SubIndication::NoSigningCertificateFound,
            Message::new("no-ess"),
        );
    }
    evidence.strength =
        Strength { digests: findings.digest.into_iter().collect(), algorithm: findings.algorithm };
    evidence.report.signer = findings.certificate.as_ref().map(signer_report);
    evidence.certificate = findings.certificate;
    signature_timestamps(signer, evidence);
}

fn fail_by(fault: Fault, evidence: &mut Evidence) {
    use Indication::{Indeterminate, TotalFailed};
    let (indication, reason, message) = match fault {
        Fault::Format(reason) => {
            (TotalFailed, SubIndication::FormatFailure, Message::about("cms-format", reason))
        }
        Fault::Hash => (TotalFailed, SubIndication::HashFailure, Message::new("hash-failure")),
        Fault::Signature => (TotalFailed, SubIndication::SigCryptoFailure, Message::new("signature-failure")),
        Fault::NoSigningCertificate => {
            (Indeterminate, SubIndication::NoSigningCertificateFound, Message::new("no-signing-certificate"))
        }
        Fault::UnknownAlgorithm => (Indeterminate, SubIndication::Generic, Message::new("unknown-algorithm")),
    };
    evidence.fail(indication, reason, message);
}

fn judge_document_timestamp(token: &[u8], document: Content<'_>, evidence: &mut Evidence) {
    match read_token(token, document) {
        Ok(checked) => {
            let report = &mut evidence.report;
            report.intact = evidence.failure.is_none();
            report.digest_algorithm = Some(checked.digest.name().to_owned());
            report.signature_algorithm = Some(checked.algorithm.name().to_owned());
            report.signer = Some(signer_report(&checked.certificate));
            evidence.claimed = Some(checked.time);
            evidence.certificate = Some(checked.certificate.clone());
            // What it carries is kept with the signature.
            evidence.stamps.push(Stamp { token: checked, carried: ValidationData::default() });
        }
        Err(error) => {
            let (indication, reason) = match error {
                TimestampError::Imprint => (Indication::TotalFailed, SubIndication::HashFailure),
                TimestampError::Signature => (Indication::TotalFailed, SubIndication::SigCryptoFailure),
                TimestampError::Purpose => {
                    (Indication::Indeterminate, SubIndication::ChainConstraintsFailure)
                }
                _ => (Indication::TotalFailed, SubIndication::FormatFailure),
            };
            let message = Message::about("timestamp-invalid", &error.to_string());
            evidence.fail(indication, reason, message);
        }
    }
}

/// Timestamps over the signature value (EN 319 122-1 §5.3). One that stamps something else is left out, and
/// said so: it proves nothing, and the signature may hold without it (EN 319 102-1 §5.5.4).
fn signature_timestamps(signer: &SignerInfo<'_>, evidence: &mut Evidence) {
    let tokens = signer.unsigned.iter().filter(|a| a.oid == oid::SIGNATURE_TIMESTAMP).flat_map(|a| &a.values);
    for token in tokens.filter(|t| t.tag == tag::SEQUENCE).take(MAX_STAMPS) {
        match read_token(token.raw, Content::Pieces(&[signer.signature])) {
            Ok(checked) => {
                let carried = carried_by(token.raw);
                evidence.stamps.push(Stamp { token: checked, carried });
            }
            Err(error) => {
                evidence.report.messages.push(Message::about("timestamp-invalid", &error.to_string()));
            }
        }
    }
}

fn carried_by(token: &[u8]) -> ValidationData {
    let Ok(data) = signed_data::read(token) else { return ValidationData::default() };
    data.signers.first().map(|signer| carried(&data, signer).unsigned).unwrap_or_default()
}
