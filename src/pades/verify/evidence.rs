//! What one signature proves by itself: form, digest, signature, timestamps (EN 319 102-1 §5.2, §5.3).

use jiff::Timestamp;
use openssl::x509::X509;

use crate::cms::asn1::{Asn1Error, tag};
use crate::cms::certificate::{common_name, key_is_strong, one_line, serial_hex};
use crate::cms::check::{Fault, check};
use crate::cms::signed_data::{self, SignedData, SignerInfo};
use crate::cms::timestamp::{CheckedToken, TimestampError, check_token};
use crate::cms::{DigestAlgorithm, SignatureAlgorithm, oid};
use crate::embed::certification;
use crate::pdf::{Object, Pdf, Revision};
use crate::trust::{ChainFault, Purpose, chain};
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{
    ChangesAfter, Coverage, Indication, Kind, SignatureReport, SignerReport, SubIndication, TimeSource,
    local_time,
};
use crate::verify::structure::{self, ByteRange};
use crate::verify::{Context, time};

/// The values of `/SubFilter` that can be judged (ISO 32000-2 Table 260, EN 319 142-1 §6.3).
const SUPPORTED: [&str; 4] =
    ["ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1", "ETSI.RFC3161"];

/// What is known of a signature before times and trust are weighed.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) report: SignatureReport,
    /// The first failure, which no trust can mend.
    pub(crate) failure: Option<(Indication, SubIndication)>,
    pub(crate) certificate: Option<X509>,
    /// Certificates that may help to build the chain; none is trusted for being here.
    pub(crate) certificates: Vec<X509>,
    /// Time from a checked and trusted signature timestamp, or of the document timestamp itself.
    pub(crate) proven: Option<Timestamp>,
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
        messages: Vec::new(),
    }
}

/// Checks everything about one signature. `helpers` are certificates found elsewhere in the file.
pub(crate) fn gather(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &Found,
    helpers: &[X509],
    context: &Context<'_>,
) -> Evidence {
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
        certificates: helpers.to_vec(),
        proven: None,
        claimed,
        is_baseline: false,
        revision: found.revision,
    };
    match form(pdf, revisions, found, &mut evidence) {
        Some((range, contents)) => {
            judge_contents(pdf, &range, &contents, &sub_filter, &mut evidence, context)
        }
        None => evidence.report.intact = false,
    }
    evidence
}

/// The form of dictionary, range and gap; `None` once there is nothing left to hash.
fn form(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &Found,
    evidence: &mut Evidence,
) -> Option<(ByteRange, Vec<u8>)> {
    let mut fail = |code: &str| {
        evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, Message::new(code));
    };
    if found.span.is_none() {
        fail("indirect-dictionary");
    }
    if found.dict.doubled().is_some() {
        fail("doubled-key");
    }
    let bytes = pdf.bytes();
    let range = match structure::byte_range(&found.dict, bytes.len()) {
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
    if let Err(code) = structure::gap(bytes, &range, contents) {
        fail(code);
        return None;
    }
    let (coverage, result) = structure::coverage(pdf, revisions, found, &range);
    if let Err(code) = result {
        fail(code);
    }
    evidence.report.coverage = coverage;
    Some((range, contents.bytes.clone()))
}

fn judge_contents(
    pdf: &Pdf<'_>,
    range: &ByteRange,
    contents: &[u8],
    sub_filter: &str,
    evidence: &mut Evidence,
    context: &Context<'_>,
) {
    if !SUPPORTED.contains(&sub_filter) {
        let message = Message::about("unsupported-subfilter", sub_filter);
        evidence.fail(Indication::Indeterminate, SubIndication::Generic, message);
        return;
    }
    if let Err(error) = judge_cms(&range.pieces(pdf.bytes()), contents, sub_filter, evidence, context) {
        fail_by(Fault::Format(error.0), evidence);
    }
}

/// What `/Contents` holds, by the kind of signature that `/SubFilter` announces (ISO 32000-2 Table 260).
fn judge_cms(
    pieces: &[&[u8]],
    contents: &[u8],
    sub_filter: &str,
    evidence: &mut Evidence,
    context: &Context<'_>,
) -> Result<(), Asn1Error> {
    let trimmed = signed_data::trim(contents)?;
    for (found, code) in [(trimmed.dirty_padding, "nonzero-padding"), (trimmed.was_ber, "ber-encoding")] {
        if found {
            evidence.report.messages.push(Message::new(code));
        }
    }
    let data = signed_data::read(&trimmed.der)?;
    let [signer] = data.signers.as_slice() else { return Err(Asn1Error("one signer")) };
    evidence.certificates.extend(data.certificates.iter().filter_map(|der| X509::from_der(der).ok()));
    match sub_filter {
        "ETSI.RFC3161" => judge_document_timestamp(&trimmed.der, pieces, evidence, context),
        "adbe.pkcs7.sha1" => judge_sha1(&data, signer, pieces, evidence, context),
        _ if data.content.is_some_and(|content| !content.is_empty()) => {
            let message = Message::new("cms-content");
            evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, message);
        }
        _ => judge_signer(&data, signer, pieces, evidence, context),
    }
    Ok(())
}

/// adbe.pkcs7.sha1 signs the SHA-1 of the document, which it carries (ISO 32000-1 §12.8.3.3.1).
fn judge_sha1(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    pieces: &[&[u8]],
    evidence: &mut Evidence,
    context: &Context<'_>,
) {
    let digest = DigestAlgorithm::Sha1.hash(pieces);
    if data.content == Some(digest.as_slice()) {
        judge_signer(data, signer, &[&digest], evidence, context);
    } else {
        fail_by(Fault::Hash, evidence);
    }
    // The document is bound by SHA-1 alone, whatever the signature uses.
    let message = Message::about("weak-algorithm", "sha1");
    evidence.fail(Indication::Indeterminate, SubIndication::CryptoConstraintsFailure, message);
}

fn judge_signer(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    content: &[&[u8]],
    evidence: &mut Evidence,
    context: &Context<'_>,
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
    judge_strength(findings.digest, findings.algorithm, findings.certificate.as_ref(), evidence);
    evidence.report.signer = findings.certificate.as_ref().map(signer_report);
    evidence.certificate = findings.certificate;
    signature_timestamps(signer, evidence, context);
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

fn judge_strength(
    digest: Option<DigestAlgorithm>,
    algorithm: Option<SignatureAlgorithm>,
    certificate: Option<&X509>,
    evidence: &mut Evidence,
) {
    let key = certificate.and_then(|c| c.public_key().ok());
    let weak_key = key.is_some_and(|key| !key_is_strong(&key));
    let weak = digest.filter(|d| !d.is_reliable()).map(DigestAlgorithm::name);
    let weak = weak.or(algorithm.filter(|a| !a.is_reliable()).map(SignatureAlgorithm::name));
    if let Some(name) = weak.or(weak_key.then_some("key length")) {
        let message = Message::about("weak-algorithm", name);
        evidence.fail(Indication::Indeterminate, SubIndication::CryptoConstraintsFailure, message);
    }
}

fn judge_document_timestamp(token: &[u8], pieces: &[&[u8]], evidence: &mut Evidence, context: &Context<'_>) {
    match check_token(token, pieces) {
        Ok(checked) => {
            let report = &mut evidence.report;
            report.intact = evidence.failure.is_none();
            report.digest_algorithm = Some(checked.digest.name().to_owned());
            report.signature_algorithm = Some(checked.algorithm.name().to_owned());
            report.signer = Some(signer_report(&checked.certificate));
            evidence.claimed = Some(checked.time);
            evidence.certificate = Some(checked.certificate.clone());
            match trusted(&checked, &evidence.certificates, context) {
                Ok(()) => evidence.proven = Some(checked.time),
                Err(fault) => fail_chain(fault, evidence),
            }
        }
        Err(error) => {
            let (indication, reason) = match error {
                TimestampError::Imprint => (Indication::TotalFailed, SubIndication::HashFailure),
                TimestampError::Signature => (Indication::TotalFailed, SubIndication::SigCryptoFailure),
                TimestampError::Weak => (Indication::Indeterminate, SubIndication::CryptoConstraintsFailure),
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

/// Timestamps inside the signature: the earliest one that holds and is trusted counts (EN 319 122-1 §5.3).
fn signature_timestamps(signer: &SignerInfo<'_>, evidence: &mut Evidence, context: &Context<'_>) {
    let tokens = signer.unsigned.iter().filter(|a| a.oid == oid::SIGNATURE_TIMESTAMP).flat_map(|a| &a.values);
    for token in tokens.filter(|t| t.tag == tag::SEQUENCE) {
        match check_token(token.raw, &[signer.signature]) {
            Ok(checked) if trusted(&checked, &evidence.certificates, context).is_ok() => {
                evidence.proven = Some(evidence.proven.map_or(checked.time, |known| known.min(checked.time)));
            }
            Ok(_) => evidence.report.messages.push(Message::new("timestamp-untrusted")),
            Err(error) => {
                evidence.report.messages.push(Message::about("timestamp-invalid", &error.to_string()));
            }
        }
    }
}

/// A timestamp is judged as of now: its certificate must still be valid, unless a later one covers it.
fn trusted(checked: &CheckedToken, helpers: &[X509], context: &Context<'_>) -> Result<(), ChainFault> {
    if checked.time > context.at {
        return Err(ChainFault::OutOfBounds);
    }
    let others: Vec<X509> = checked.certificates.iter().chain(helpers).cloned().collect();
    chain(&checked.certificate, &others, context.anchors, context.at, Purpose::Timestamping).map(|_| ())
}

pub(crate) fn fail_chain(fault: ChainFault, evidence: &mut Evidence) {
    let (reason, code) = match fault {
        ChainFault::NoChain => (SubIndication::NoCertificateChainFound, "no-chain"),
        ChainFault::OutOfBounds => (SubIndication::OutOfBoundsNoPoe, "outside-validity"),
        ChainFault::Constraints => (SubIndication::ChainConstraintsFailure, "chain-constraints"),
        ChainFault::General => (SubIndication::CertificateChainGeneralFailure, "chain-failure"),
    };
    evidence.fail(Indication::Indeterminate, reason, Message::new(code));
}

fn signer_report(certificate: &X509) -> SignerReport {
    let time = |time: &openssl::asn1::Asn1TimeRef| {
        let epoch = openssl::asn1::Asn1Time::from_unix(0).ok()?;
        let since = epoch.diff(time).ok()?;
        let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
        Timestamp::from_second(seconds).ok().map(local_time)
    };
    SignerReport {
        subject: one_line(certificate.subject_name()),
        common_name: common_name(certificate.subject_name()),
        issuer: one_line(certificate.issuer_name()),
        serial: serial_hex(certificate),
        not_before: time(certificate.not_before()),
        not_after: time(certificate.not_after()),
    }
}
