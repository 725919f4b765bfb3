//! The indication: evidence of all signatures, weighed with trust and the times they prove for each other
//! (EN 319 102-1 §5.3, §5.5, §5.6).

use jiff::Timestamp;

use crate::cms::certificate::{may_sign_documents, purposes_allow_signing};
use crate::embed::store_history;
use crate::pdf::{Pdf, Revision};
use crate::trust::{Certificate, ChainFault, Collection, Path, PathFault, Purpose, Standing, collect, judge};
use crate::verify::blame::{Blame, Made, blame, missing_proof};
use crate::verify::certificates::{chain_report, status_report};
use crate::verify::collect::Found;
use crate::verify::dossier::{Dossier, Scope};
use crate::verify::evidence::{Evidence, empty_report, gather};
use crate::verify::messages::Message;
use crate::verify::report::{
    ChangesAfter, Indication, Kind, SignatureReport, SubIndication, TimeSource, local_time,
};
use crate::verify::timeline::Timeline;
use crate::verify::{Context, RevocationPolicy, changes, level, structure};

/// Judges all signatures.
pub(crate) fn all(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &[Found],
    context: &Context<'_>,
) -> Vec<SignatureReport> {
    let mut signatures: Vec<Evidence> = found.iter().map(|f| gather(pdf, revisions, f)).collect();
    refuse_shared_ranges(found, &mut signatures, pdf.length());
    changes::weigh(pdf, revisions, found, signatures.iter_mut().map(|e| &mut e.report));
    let mut dossier = Dossier::new(context, &store_history(pdf, revisions), &signatures);
    let mut trial = Trial::new(&signatures, &dossier, context);
    if let Some(fetch) = context.fetch {
        let lacking = trial.lacking();
        if !lacking.is_empty() {
            let (anchors, now, known) = (context.anchors, context.at, &dossier.known());
            let fetched =
                collect(&lacking, &Collection { anchors, now, known, fetch: Some(fetch), nonce: None });
            dossier.add_fetched(&fetched.data);
            trial = Trial::new(&signatures, &dossier, context);
        }
    }
    trial.reports()
}

/// A signature that no field holds: nobody vouches for it, and it must not go unmentioned.
pub(crate) fn stray() -> SignatureReport {
    let mut report = empty_report("", "");
    report.messages.push(Message::new("unreferenced-signature"));
    report
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

/// All signatures of a file with all that is known at one moment.
struct Trial<'t> {
    signatures: &'t [Evidence],
    dossier: &'t Dossier<'t>,
    context: &'t Context<'t>,
    timeline: Timeline,
    /// The judgement on each signer, and as of when; document timestamps are judged in the timeline.
    signers: Vec<Option<(Path, Timestamp)>>,
}

impl<'t> Trial<'t> {
    fn new(signatures: &'t [Evidence], dossier: &'t Dossier<'t>, context: &'t Context<'t>) -> Trial<'t> {
        let timeline = Timeline::new(dossier, signatures, context);
        let knowledge = dossier.knowledge(Scope::All, &timeline.proofs);
        let signer = |(index, signature): (usize, &Evidence)| {
            let certificate = signature.certificate.as_ref()?;
            if signature.report.kind == Kind::Timestamp {
                return None;
            }
            let at = timeline.existed(index, signature.revision).unwrap_or(context.at);
            Some((judge(certificate, &knowledge, at, Purpose::Signing), at))
        };
        let signers = signatures.iter().enumerate().map(signer).collect();
        Trial { signatures, dossier, context, timeline, signers }
    }

    /// Certificates of signers and timestamp authorities for which something could be asked for.
    fn lacking(&self) -> Vec<Certificate> {
        let stamps = self.timeline.stamps.iter().flatten().map(|stamp| (&stamp.certificate, &stamp.path));
        let signers =
            self.signatures.iter().zip(&self.signers).filter_map(|(signature, signer)| {
                Some((signature.certificate.as_ref()?, &signer.as_ref()?.0))
            });
        let lacks = |path: &Path| {
            path.fault == Some(PathFault::Chain(ChainFault::NoChain)) || path.unknown().next().is_some()
        };
        let lacking = stamps.chain(signers).filter(|(_, path)| lacks(path));
        lacking.map(|(certificate, _)| certificate.clone()).collect()
    }

    fn reports(&self) -> Vec<SignatureReport> {
        self.signatures.iter().enumerate().map(|(index, one)| self.conclude(index, one.clone())).collect()
    }

    /// Weighs trust and time, and says the indication.
    fn conclude(&self, index: usize, mut signature: Evidence) -> SignatureReport {
        let existed = self.timeline.existed(index, signature.revision);
        let made = Made { by: existed, after: self.timeline.made_after(signature.revision) };
        self.report_stamps(index, &mut signature);
        if let Some((path, at)) = self.signers.get(index).and_then(Option::as_ref) {
            self.weigh_signer(&mut signature, path, *at, made);
        }
        if self.timeline.contradicts(index, signature.revision) {
            let order = SubIndication::TimestampOrderFailure;
            signature.blame(Blame::open(order, Message::new("timestamp-order")));
        }
        match signature.report.changes_after {
            ChangesAfter::Forbidden => signature.failure = Some(graver(signature.failure)),
            ChangesAfter::Unexplained if signature.failure.is_none() => {
                signature.failure = Some((Indication::Indeterminate, SubIndication::Generic));
            }
            _ => {}
        }
        let level = level::proven(&signature, index, &self.timeline, self.dossier);
        let mut report = finish(signature, existed);
        report.level = level;
        report
    }

    fn weigh_signer(&self, signature: &mut Evidence, path: &Path, at: Timestamp, made: Made) {
        let Some(certificate) = signature.certificate.clone() else { return };
        signature.report.certificate_status = Some(status_report(&certificate, path, at));
        signature.report.chain = chain_report(path, at);
        let weak = signature.strength.blame(&certificate, at, made.after);
        let usage = !may_sign_documents(certificate.der()) || !purposes_allow_signing(certificate.der());
        let usage =
            usage.then(|| Blame::open(SubIndication::ChainConstraintsFailure, Message::new("key-usage")));
        for problem in weak.into_iter().chain(usage).chain(blame(path, made)) {
            signature.blame(problem);
        }
        if let Some((revoked, _)) = path.links.first().and_then(|l| l.finding.as_ref()?.revoked_later) {
            let message = Message::about("revoked-later", &local_time(revoked));
            signature.report.messages.push(message);
        }
        self.tell_missing(signature, path);
    }

    /// Timestamps that bear on a signature: they are shown, and what is wrong with them is told.
    fn report_stamps(&self, index: usize, signature: &mut Evidence) {
        let own = self.timeline.stamps.get(index).map(Vec::as_slice).unwrap_or_default();
        if signature.report.kind == Kind::Timestamp {
            for stamp in own {
                signature.report.certificate_status =
                    Some(status_report(&stamp.certificate, &stamp.path, stamp.at));
                signature.report.chain = chain_report(&stamp.path, stamp.at);
                stamp.problem.iter().for_each(|problem| signature.blame(problem.clone()));
                self.tell_missing(signature, &stamp.path);
            }
            return;
        }
        for stamp in own.iter().chain(self.timeline.covering(signature.revision)) {
            signature.report.timestamps.push(stamp.report());
        }
        for stamp in own {
            match &stamp.problem {
                Some(problem) => {
                    let mut message = Message::new("timestamp-untrusted");
                    message.vi = format!("{}: {}", message.vi, problem.message.vi);
                    message.en = format!("{}: {}", message.en, problem.message.en);
                    signature.report.messages.push(message);
                }
                None => self.tell_missing(signature, &stamp.path),
            }
        }
    }

    /// Says, certificate by certificate, which proof of not being revoked is missing.
    fn tell_missing(&self, signature: &mut Evidence, path: &Path) {
        let code = match self.context.revocation {
            RevocationPolicy::Required => "revocation-unknown",
            RevocationPolicy::IfAvailable => "revocation-not-checked",
        };
        for (link, finding) in path.unknown().filter(|(_, f)| f.standing == Standing::Unknown) {
            let message = missing_proof(code, &link.certificate.subject(), finding);
            if !signature.report.messages.contains(&message) {
                signature.report.messages.push(message);
            }
        }
    }
}

/// A forbidden change fails the signature whatever else is open about it.
fn graver(failure: Option<(Indication, SubIndication)>) -> (Indication, SubIndication) {
    failure
        .filter(|f| f.0 == Indication::TotalFailed)
        .unwrap_or((Indication::TotalFailed, SubIndication::FormatFailure))
}

fn finish(signature: Evidence, existed: Option<Timestamp>) -> SignatureReport {
    let Evidence { mut report, failure, claimed, .. } = signature;
    (report.indication, report.sub_indication) = match failure {
        None if report.intact => (Indication::TotalPassed, None),
        // Not intact and no reason given cannot be; if it is, it is no pass.
        None => (Indication::Indeterminate, Some(SubIndication::Generic)),
        Some((indication, reason)) => (indication, Some(reason)),
    };
    (report.signing_time, report.time_source) = match (existed, claimed) {
        _ if report.kind == Kind::Timestamp => stamped_time(&report, claimed),
        (Some(time), _) => (Some(local_time(time)), TimeSource::Timestamp),
        (None, Some(time)) => (Some(local_time(time)), TimeSource::Claimed),
        (None, None) => (None, TimeSource::None),
    };
    if report.time_source == TimeSource::Claimed {
        report.messages.push(Message::new("claimed-time"));
    }
    report
}

/// The time of a document timestamp is its own, and proven if it passed.
fn stamped_time(report: &SignatureReport, time: Option<Timestamp>) -> (Option<String>, TimeSource) {
    let source = match (time, report.indication) {
        (None, _) => TimeSource::None,
        (Some(_), Indication::TotalPassed) => TimeSource::Timestamp,
        (Some(_), _) => TimeSource::Claimed,
    };
    (time.map(local_time), source)
}
