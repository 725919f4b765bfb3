//! One signature at a time, then the times they prove for each other (EN 319 102-1 §5.3, §5.5).

use jiff::Timestamp;
use openssl::x509::X509;

use crate::cms::asn1::tag;
use crate::cms::certificate::{common_name, key_is_strong, may_sign_documents, one_line, serial_hex};
use crate::cms::check::{Fault, check};
use crate::cms::signed_data::{self, SignedData, SignerInfo};
use crate::cms::timestamp::{CheckedToken, TimestampError, check_token};
use crate::cms::{DigestAlgorithm, SignatureAlgorithm, oid};
use crate::embed::certification;
use crate::pdf::{Object, Pdf, Revision};
use crate::trust::{ChainFault, Purpose, chain};
use crate::verify::changes;
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{
    BaselineLevel, ChangesAfter, Coverage, Indication, Kind, SignatureReport, SignerReport, SubIndication,
    TimeSource, local_time,
};
use crate::verify::structure::{self, ByteRange};
use crate::verify::{Context, RevocationPolicy, time};

/// What is known of a signature before times and trust are weighed.
#[derive(Debug)]
struct Evidence {
    report: SignatureReport,
    /// The first failure, which no trust can mend.
    failure: Option<(Indication, SubIndication)>,
    certificate: Option<X509>,
    certificates: Vec<X509>,
    /// Time from a checked and trusted signature timestamp, or of the document timestamp itself.
    proven: Option<Timestamp>,
    claimed: Option<Timestamp>,
    is_baseline: bool,
    revision: usize,
}

impl Evidence {
    fn fail(&mut self, indication: Indication, reason: SubIndication, message: Message) {
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

/// Judges all signatures.
pub(crate) fn all(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &[Found],
    context: &Context<'_>,
) -> Vec<SignatureReport> {
    let mut evidence: Vec<Evidence> = found.iter().map(|f| gather(pdf, revisions, f, context)).collect();
    refuse_shared_ranges(found, &mut evidence, pdf.bytes().len());
    changes::weigh(pdf, revisions, found, evidence.iter_mut().map(|e| &mut e.report));
    let stamps: Vec<(usize, Timestamp)> = evidence
        .iter()
        .filter(|e| e.report.kind == Kind::Timestamp && e.failure.is_none() && holds(e.report.changes_after))
        .filter_map(|e| Some((e.revision, e.proven?)))
        .collect();
    evidence.into_iter().map(|e| conclude(e, &stamps, context)).collect()
}

/// A signature that no field holds: nobody vouches for it, and it must not go unmentioned.
pub(crate) fn stray() -> SignatureReport {
    let mut report = empty_report("", "");
    report.messages.push(Message::new("unreferenced-signature"));
    report
}

fn holds(changes: ChangesAfter) -> bool {
    changes < ChangesAfter::Unexplained
}

fn empty_report(field: &str, sub_filter: &str) -> SignatureReport {
    SignatureReport {
        field: field.to_owned(),
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

/// Checks everything that needs no trust.
fn gather(pdf: &Pdf<'_>, revisions: &[Revision], found: &Found, context: &Context<'_>) -> Evidence {
    let sub_filter = found.dict.name("SubFilter").map(|name| name.text()).unwrap_or_default();
    let mut report = empty_report(&found.field, &sub_filter);
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
        certificates: Vec::new(),
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

/// No two signatures may share a range: one of them would be a copy that signs for somebody else.
fn refuse_shared_ranges(found: &[Found], evidence: &mut [Evidence], length: usize) {
    let range = |f: &Found| structure::byte_range(&f.dict, length).ok();
    for (index, one) in found.iter().enumerate() {
        let shared = range(one).is_some()
            && found
                .iter()
                .enumerate()
                .any(|(other, f)| other != index && range(f) == range(one) && f.span != one.span);
        if let (true, Some(evidence)) = (shared, evidence.get_mut(index)) {
            let message = Message::new("shared-byte-range");
            evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, message);
        }
    }
}

fn judge_contents(
    pdf: &Pdf<'_>,
    range: &ByteRange,
    contents: &[u8],
    sub_filter: &str,
    evidence: &mut Evidence,
    context: &Context<'_>,
) {
    let malformed = |evidence: &mut Evidence, reason: &str| {
        let message = Message::about("cms-format", reason);
        evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, message);
    };
    let trimmed = match signed_data::trim(contents) {
        Ok(trimmed) => trimmed,
        Err(error) => return malformed(evidence, error.0),
    };
    for (found, code) in [(trimmed.dirty_padding, "nonzero-padding"), (trimmed.was_ber, "ber-encoding")] {
        if found {
            evidence.report.messages.push(Message::new(code));
        }
    }
    let data = match signed_data::read(&trimmed.der) {
        Ok(data) => data,
        Err(error) => return malformed(evidence, error.0),
    };
    let [signer] = data.signers.as_slice() else { return malformed(evidence, "one signer") };
    evidence.certificates = data.certificates.iter().filter_map(|der| X509::from_der(der).ok()).collect();
    let pieces = range.pieces(pdf.bytes());
    match sub_filter {
        "ETSI.RFC3161" => judge_document_timestamp(&trimmed.der, &pieces, evidence, context),
        "ETSI.CAdES.detached" | "adbe.pkcs7.detached" if data.content.is_some_and(|c| !c.is_empty()) => {
            let message = Message::new("cms-content");
            evidence.fail(Indication::TotalFailed, SubIndication::FormatFailure, message);
        }
        "ETSI.CAdES.detached" | "adbe.pkcs7.detached" => {
            judge_signer(&data, signer, &pieces, evidence, context)
        }
        "adbe.pkcs7.sha1" => {
            let digest = DigestAlgorithm::Sha1.hash(&pieces);
            if data.content == Some(digest.as_slice()) {
                judge_signer(&data, signer, &[&digest], evidence, context);
            } else {
                let message = Message::new("hash-failure");
                evidence.fail(Indication::TotalFailed, SubIndication::HashFailure, message);
            }
            // The document is bound by SHA-1 alone, whatever the signature uses.
            let message = Message::about("weak-algorithm", "sha1");
            evidence.fail(Indication::Indeterminate, SubIndication::CryptoConstraintsFailure, message);
        }
        _ => {
            let message = Message::about("unsupported-subfilter", sub_filter);
            evidence.fail(Indication::Indeterminate, SubIndication::Generic, message);
        }
    }
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
            match trusted(&checked, context) {
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
            Ok(checked) if trusted(&checked, context).is_ok() => {
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
fn trusted(checked: &CheckedToken, context: &Context<'_>) -> Result<(), ChainFault> {
    if checked.time > context.at {
        return Err(ChainFault::OutOfBounds);
    }
    chain(&checked.certificate, &checked.certificates, context.anchors, context.at, Purpose::Timestamping)
        .map(|_| ())
}

fn fail_chain(fault: ChainFault, evidence: &mut Evidence) {
    let (reason, code) = match fault {
        ChainFault::NoChain => (SubIndication::NoCertificateChainFound, "no-chain"),
        ChainFault::OutOfBounds => (SubIndication::OutOfBoundsNoPoe, "outside-validity"),
        ChainFault::Constraints => (SubIndication::ChainConstraintsFailure, "chain-constraints"),
        ChainFault::General => (SubIndication::CertificateChainGeneralFailure, "chain-failure"),
    };
    evidence.fail(Indication::Indeterminate, reason, Message::new(code));
}

/// Weighs trust and time, and says the indication.
fn conclude(mut evidence: Evidence, stamps: &[(usize, Timestamp)], context: &Context<'_>) -> SignatureReport {
    let is_timestamp = evidence.report.kind == Kind::Timestamp;
    // A document timestamp over a later revision proves that this one existed by then.
    let covering = stamps.iter().filter(|(revision, _)| *revision > evidence.revision).map(|(_, time)| *time);
    let best = covering.chain(evidence.proven).min();
    if let (false, Some(certificate)) = (is_timestamp, evidence.certificate.clone()) {
        if !certificate.to_der().is_ok_and(|der| may_sign_documents(&der)) {
            evidence.fail(
                Indication::Indeterminate,
                SubIndication::ChainConstraintsFailure,
                Message::new("key-usage"),
            );
        }
        let at = best.unwrap_or(context.at);
        if let Err(fault) = chain(&certificate, &evidence.certificates, context.anchors, at, Purpose::Signing)
        {
            fail_chain(fault, &mut evidence);
        }
    }
    judge_revocation(&mut evidence, context);
    match evidence.report.changes_after {
        ChangesAfter::Forbidden => evidence.failure = Some(graver(evidence.failure)),
        ChangesAfter::Unexplained if evidence.failure.is_none() => {
            evidence.failure = Some((Indication::Indeterminate, SubIndication::Generic));
        }
        _ => {}
    }
    finish(evidence, best)
}

/// A forbidden change fails the signature whatever else is open about it.
fn graver(failure: Option<(Indication, SubIndication)>) -> (Indication, SubIndication) {
    failure
        .filter(|f| f.0 == Indication::TotalFailed)
        .unwrap_or((Indication::TotalFailed, SubIndication::FormatFailure))
}

fn judge_revocation(evidence: &mut Evidence, context: &Context<'_>) {
    if evidence.failure.is_some() {
        return;
    }
    match context.revocation {
        RevocationPolicy::NotChecked => evidence.report.messages.push(Message::new("revocation-not-checked")),
        RevocationPolicy::Required => {
            let message = Message::new("revocation-unknown");
            evidence.fail(Indication::Indeterminate, SubIndication::TryLater, message);
        }
    }
}

fn finish(evidence: Evidence, best: Option<Timestamp>) -> SignatureReport {
    let Evidence { mut report, failure, claimed, is_baseline, .. } = evidence;
    (report.indication, report.sub_indication) = match failure {
        None if report.intact => (Indication::TotalPassed, None),
        // Not intact and no reason given cannot be; if it is, it is no pass.
        None => (Indication::Indeterminate, Some(SubIndication::Generic)),
        Some((indication, reason)) => (indication, Some(reason)),
    };
    report.level = match (is_baseline, best) {
        (true, Some(_)) => Some(BaselineLevel::BT),
        (true, None) => Some(BaselineLevel::BB),
        _ => None,
    };
    (report.signing_time, report.time_source) = match (best, claimed) {
        (Some(time), _) => (Some(local_time(time)), TimeSource::Timestamp),
        (None, Some(time)) => (Some(local_time(time)), TimeSource::Claimed),
        (None, None) => (None, TimeSource::None),
    };
    if report.time_source == TimeSource::Claimed {
        report.messages.push(Message::new("claimed-time"));
    }
    report
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
