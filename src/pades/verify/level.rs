//! The baseline level that is proven, never the one that is wished for (EN 319 142-1 §6).

use crate::trust::{Purpose, judge};
use crate::verify::certificates::StampKind;
use crate::verify::dossier::{Dossier, Scope};
use crate::verify::evidence::Evidence;
use crate::verify::report::{BaselineLevel, Kind};
use crate::verify::timeline::{JudgedStamp, Timeline};

/// The level of a signature; `None` for document timestamps and for what is no baseline signature.
pub(crate) fn proven(
    signature: &Evidence,
    index: usize,
    timeline: &Timeline,
    dossier: &Dossier<'_>,
) -> Option<BaselineLevel> {
    if !signature.is_baseline || signature.report.kind == Kind::Timestamp {
        return None;
    }
    if timeline.existed(index, signature.revision).is_none() {
        return Some(BaselineLevel::BB);
    }
    let stamps = stamps(signature, index, timeline);
    let holds_until = |revision| is_complete(signature, &stamps, timeline, dossier, revision);
    let newest = timeline.covering(signature.revision).map(|stamp| stamp.revision).max();
    Some(if newest.is_some_and(holds_until) {
        BaselineLevel::BLTA
    } else if holds_until(usize::MAX - 1) {
        BaselineLevel::BLT
    } else {
        BaselineLevel::BT
    })
}

/// The timestamps that make it B-T: those over its value, else the oldest one over the document.
fn stamps<'t>(signature: &Evidence, index: usize, timeline: &'t Timeline) -> Vec<&'t JudgedStamp> {
    let own = timeline.stamps.get(index).into_iter().flatten();
    let own: Vec<_> = own.filter(|s| s.is_relied_on() && s.kind == StampKind::Signature).collect();
    if own.is_empty() {
        timeline.covering(signature.revision).min_by_key(|stamp| stamp.revision).into_iter().collect()
    } else {
        own
    }
}

/// Whether the document security store, as it was in a revision, holds all that is needed: for every
/// certificate of the signer, of the timestamp authorities and of OCSP responders, anchors aside, evidence
/// that speaks of the time of its use (EN 319 142-1 §6.3, row for B-LT).
fn is_complete(
    signature: &Evidence,
    stamps: &[&JudgedStamp],
    timeline: &Timeline,
    dossier: &Dossier<'_>,
    revision: usize,
) -> bool {
    let knowledge = dossier.knowledge(Scope::StoreUntil(revision), &timeline.proofs);
    // Where anchors sign, nothing may be missing and still nothing be proven.
    if knowledge.evidence.is_empty() {
        return false;
    }
    let Some(signer) = &signature.certificate else { return false };
    let Some(signed) = stamps.iter().map(|stamp| stamp.time).min() else { return false };
    judge(signer, &knowledge, signed, Purpose::Signing).fault.is_none()
        && stamps.iter().all(|stamp| {
            judge(&stamp.certificate, &knowledge, stamp.time, Purpose::Timestamping).fault.is_none()
        })
}
