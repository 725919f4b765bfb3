//! Timestamps, newest first: each one that holds proves the age of what it covers, which may save an older one
//! (EN 319 102-1 §5.4, §5.6.3.4).

use jiff::{SignedDuration, Timestamp};

use crate::trust::{Certificate, Path, Purpose, judge};
use crate::verify::Context;
use crate::verify::blame::{Blame, Made, blame};
use crate::verify::certificates::{StampKind, TimestampReport, chain_report, signer_report, status_report};
use crate::verify::dossier::{Dossier, Proofs, Scope};
use crate::verify::evidence::{Evidence, Stamp};
use crate::verify::messages::Message;
use crate::verify::report::{ChangesAfter, Indication, Kind, SubIndication, local_time};

/// How far the clocks of two timestamp authorities may be apart before their order is in doubt.
const CLOCK_DIFFERENCE: SignedDuration = SignedDuration::from_mins(1);

/// A timestamp, judged.
#[derive(Debug, Clone)]
pub(crate) struct JudgedStamp {
    pub(crate) kind: StampKind,
    /// The revision that holds it.
    pub(crate) revision: usize,
    pub(crate) time: Timestamp,
    pub(crate) certificate: Certificate,
    /// As of when it was judged: its own proof of existence.
    pub(crate) at: Timestamp,
    pub(crate) path: Path,
    /// The document it stamps is as it was, if it stamps a document.
    holds: bool,
    /// Why it is not relied on.
    pub(crate) problem: Option<Blame>,
}

impl JudgedStamp {
    pub(crate) fn is_relied_on(&self) -> bool {
        self.problem.is_none() && self.holds
    }

    pub(crate) fn report(&self) -> TimestampReport {
        TimestampReport {
            kind: self.kind,
            time: local_time(self.time),
            authority: signer_report(&self.certificate),
            indication: self.problem.as_ref().map_or(Indication::TotalPassed, |problem| problem.indication),
            sub_indication: self.problem.as_ref().map(|problem| problem.reason),
            certificate_status: status_report(&self.certificate, &self.path, self.at),
            chain: chain_report(&self.path, self.at),
        }
    }
}

/// The timestamps of a file, judged, and the times they prove.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timeline {
    pub(crate) proofs: Proofs,
    /// By index of the signature they belong to; a document timestamp has one, its own.
    pub(crate) stamps: Vec<Vec<JudgedStamp>>,
}

impl Timeline {
    /// Judges all timestamps.
    pub(crate) fn new(dossier: &Dossier<'_>, signatures: &[Evidence], context: &Context<'_>) -> Timeline {
        let mut timeline = Timeline { proofs: Proofs::default(), stamps: vec![Vec::new(); signatures.len()] };
        let mut newest_first: Vec<usize> = (0..signatures.len()).collect();
        newest_first.sort_by_key(|index| std::cmp::Reverse(signatures.get(*index).map(|s| s.revision)));
        let of_kind = |wanted: bool| {
            let is = move |index: &usize| {
                signatures.get(*index).is_some_and(|s| (s.report.kind == Kind::Timestamp) == wanted)
            };
            newest_first.iter().copied().filter(is)
        };
        for index in of_kind(true).chain(of_kind(false)) {
            if let Some(signature) = signatures.get(index) {
                timeline.judge(index, signature, dossier, context);
            }
        }
        timeline
    }

    fn judge(&mut self, index: usize, signature: &Evidence, dossier: &Dossier<'_>, context: &Context<'_>) {
        if signature.stamps.is_empty() {
            return;
        }
        let is_document = signature.report.kind == Kind::Timestamp;
        let kind = if is_document { StampKind::Document } else { StampKind::Signature };
        let intact =
            signature.failure.is_none() && signature.report.changes_after < ChangesAfter::Unexplained;
        // A timestamp over bytes that were tampered with proves nothing about them.
        let holds = intact || !is_document;
        let at = self.proofs.of_revision(signature.revision + 1).unwrap_or(context.at);
        let knowledge = dossier.knowledge(Scope::All, &self.proofs);
        let judge_one = |stamp: &Stamp| {
            let certificate = stamp.token.certificate.clone();
            let path = judge(&certificate, &knowledge, at, Purpose::Timestamping);
            let problem = problem(stamp, &path, at, context.at);
            let (time, revision) = (stamp.token.time, signature.revision);
            JudgedStamp { kind, revision, time, certificate, at, path, holds, problem }
        };
        let judged: Vec<JudgedStamp> = signature.stamps.iter().map(judge_one).collect();
        let relied_on = judged.iter().filter(|stamp| stamp.is_relied_on());
        if let Some(time) = relied_on.map(|stamp| stamp.time).min() {
            match kind {
                StampKind::Document => self.proofs.documents.push((signature.revision, time)),
                StampKind::Signature => {
                    self.proofs.values.insert(index, time);
                }
            }
        }
        if let Some(slot) = self.stamps.get_mut(index) {
            *slot = judged;
        }
    }

    /// The earliest time at which a signature is proven to have existed.
    pub(crate) fn existed(&self, index: usize, revision: usize) -> Option<Timestamp> {
        let by_document = self.proofs.of_revision(revision + 1);
        self.proofs.values.get(&index).copied().into_iter().chain(by_document).min()
    }

    /// The latest time before which a signature cannot have been made: it covers these timestamps.
    pub(crate) fn made_after(&self, revision: usize) -> Option<Timestamp> {
        self.relied_on().filter(|stamp| stamp.revision < revision).map(|stamp| stamp.time).max()
    }

    /// Document timestamps over a revision that are relied on.
    pub(crate) fn covering(&self, revision: usize) -> impl Iterator<Item = &JudgedStamp> {
        self.relied_on().filter(move |stamp| stamp.kind == StampKind::Document && stamp.revision > revision)
    }

    /// Whether a signature covers something younger than its own timestamps, or those are younger than what
    /// covers them, which cannot be (EN 319 102-1 §5.5.4).
    pub(crate) fn contradicts(&self, index: usize, revision: usize) -> bool {
        let own = self.stamps.get(index).into_iter().flatten().filter(|stamp| stamp.is_relied_on());
        let own: Vec<Timestamp> = own.map(|stamp| stamp.time).collect();
        let below = self.made_after(revision);
        let above = self.proofs.of_revision(revision + 1);
        let reversed = |earlier: Option<Timestamp>, later: Option<Timestamp>| {
            earlier.zip(later).is_some_and(|(earlier, later)| later + CLOCK_DIFFERENCE < earlier)
        };
        reversed(below, own.iter().min().copied())
            || reversed(own.iter().max().copied(), above)
            || reversed(below, above)
    }

    fn relied_on(&self) -> impl Iterator<Item = &JudgedStamp> {
        self.stamps.iter().flatten().filter(|stamp| stamp.is_relied_on())
    }
}

/// Why a timestamp that stamps the right bytes is not relied on all the same.
fn problem(stamp: &Stamp, path: &Path, at: Timestamp, now: Timestamp) -> Option<Blame> {
    let token = &stamp.token;
    let outside = || Blame::open(SubIndication::OutOfBoundsNoPoe, Message::new("outside-validity"));
    if token.time > now + crate::trust::SKEW || !token.certificate.is_valid_at(token.time) {
        return Some(outside());
    }
    stamp.strength().blame(&token.certificate, at, None).or_else(|| blame(path, Made::default()))
}
