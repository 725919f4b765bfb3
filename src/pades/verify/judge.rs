//! The indication: evidence of all signatures, weighed with trust and the times they prove for each other
//! (EN 319 102-1 §5.3, §5.5).

use jiff::Timestamp;

use crate::cms::certificate::may_sign_documents;
use crate::embed::store_certificates;
use crate::pdf::{Pdf, Revision};
use crate::trust::{Purpose, chain};
use crate::verify::collect::Found;
use crate::verify::evidence::{Evidence, empty_report, fail_chain, gather};
use crate::verify::messages::Message;
use crate::verify::report::{
    BaselineLevel, ChangesAfter, Indication, Kind, SignatureReport, SubIndication, TimeSource, local_time,
};
use crate::verify::{Context, RevocationPolicy, changes, structure};

/// Judges all signatures.
pub(crate) fn all(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &[Found],
    context: &Context<'_>,
) -> Vec<SignatureReport> {
    let helpers = store_certificates(pdf);
    let mut evidence: Vec<Evidence> =
        found.iter().map(|f| gather(pdf, revisions, f, &helpers, context)).collect();
    refuse_shared_ranges(found, &mut evidence, pdf.length());
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
