//! One certificate judged at one time: chain, validity, revocation, algorithms (EN 319 102-1 §5.2.6, §5.6.2).

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

use crate::cms::x509::Certificate;
use crate::trust::Anchors;
use crate::trust::algorithms;
use crate::trust::chain::{ChainFault, Moment, Purpose, chain};
use crate::trust::evidence::Evidence;
use crate::trust::revocation::{Finding, Memory, Question, Sources, Standing, weigh};
use crate::trust::statement::{RevocationReason, Unusable};

/// All that is known besides the certificate in question.
#[derive(Debug, Clone)]
pub(crate) struct Knowledge<'a> {
    pub(crate) anchors: &'a Anchors,
    pub(crate) now: Timestamp,
    /// Certificates that may help to build chains; none is trusted for being here.
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) evidence: Vec<Evidence>,
    /// Since when certificates are proven to exist, by fingerprint; now for all others.
    pub(crate) certificates_since: HashMap<[u8; 32], Timestamp>,
    /// Whether evidence on revocation must be there.
    pub(crate) required: bool,
    /// What was read before.
    pub(crate) memory: Rc<Memory>,
}

/// What keeps a certificate from having been good, with its place in the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PathFault {
    /// There is no chain.
    Chain(ChainFault),
    /// The time lies before the validity of a certificate.
    NotYetValid(usize),
    /// The time lies behind the validity of a certificate.
    Expired(usize),
    /// A certificate had been revoked.
    Revoked(usize, Timestamp, RevocationReason),
    /// A certificate was suspended.
    OnHold(usize),
    /// Nothing usable says that a certificate was not revoked, and it must be there.
    Unknown(usize),
    /// Evidence exists, but not proven to be older than the end of its signer.
    UnknownOutOfBounds(usize),
    /// A certificate is signed with something too weak, and the key that signed it.
    Weak(usize, &'static str),
}

/// A certificate of a chain with what is known of its revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) certificate: Certificate,
    /// `None` for the anchor, of which it is not asked.
    pub(crate) finding: Option<Finding>,
}

/// The judgement on one certificate at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// The certificate first, the anchor last; empty if there is no chain.
    pub(crate) links: Vec<Link>,
    /// The gravest fault.
    pub(crate) fault: Option<PathFault>,
}

impl Path {
    /// Links of which nothing usable says that they were not revoked.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = (&Link, &Finding)> {
        let findings = self.links.iter().filter_map(|link| Some((link, link.finding.as_ref()?)));
        findings.filter(|(_, finding)| finding.standing == Standing::Unknown)
    }
}

/// Judges a certificate as of a time at which it is proven to have been used.
///
/// From the anchor downwards, each certificate limits how long the signatures of the one above are believed
/// (control time, EN 319 102-1 §5.6.2.2): evidence is used only if it is proven to be older than the expiry
/// and the revocation of its signer, and than the last word on the signer's own revocation.
pub(crate) fn judge(
    certificate: &Certificate,
    knowledge: &Knowledge<'_>,
    at: Timestamp,
    purpose: Purpose,
) -> Path {
    let Knowledge { anchors, certificates, .. } = knowledge;
    let build = |moment| chain(certificate, certificates, anchors, moment, purpose);
    let built = build(Moment::At(at)).or_else(|fault| match fault {
        // The certificates are still worth naming.
        ChainFault::OutOfBounds => build(Moment::Any),
        other => Err(other),
    });
    let links = match built {
        Ok(chain) => links(chain, knowledge, at),
        Err(fault) => return Path { links: Vec::new(), fault: Some(PathFault::Chain(fault)) },
    };
    let fault = validity_fault(&links, at)
        .or_else(|| revocation_fault(&links))
        .or_else(|| weakness(&links, knowledge, at))
        .or_else(|| unknown_fault(&links).filter(|_| knowledge.required));
    Path { links, fault }
}

/// Asks for the revocation of each certificate below the anchor, highest first.
fn links(chain: Vec<Certificate>, knowledge: &Knowledge<'_>, at: Timestamp) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut issuer_good_until = None;
    let Knowledge { evidence, certificates, memory, .. } = knowledge;
    let sources = Sources { evidence, helpers: certificates, memory };
    for certificate in chain.into_iter().rev() {
        let finding = links.last().map(|above| {
            let issuer = &above.certificate;
            let question =
                Question { certificate: &certificate, issuer, at, now: knowledge.now, issuer_good_until };
            weigh(&question, &sources, 0)
        });
        if let Some(finding) = &finding {
            issuer_good_until = Some(good_until(&certificate, finding));
        }
        links.push(Link { certificate, finding });
    }
    links.reverse();
    links
}

/// Until when the signatures of a certificate are believed.
fn good_until(certificate: &Certificate, finding: &Finding) -> Timestamp {
    let expiry = certificate.validity().map_or(Timestamp::MIN, |(_, end)| end);
    let known = match (finding.standing, finding.good_until) {
        (Standing::Revoked(at, _) | Standing::OnHold(at), _) => at,
        (Standing::Good, Some(until)) => until,
        // Its absence is a fault of its own where it is required; elsewhere it ends nothing.
        _ => Timestamp::MAX,
    };
    expiry.min(known)
}

fn validity_fault(links: &[Link], at: Timestamp) -> Option<PathFault> {
    links.iter().enumerate().find_map(|(index, link)| match link.certificate.validity() {
        Some((begin, _)) if at < begin => Some(PathFault::NotYetValid(index)),
        Some((_, end)) if end < at => Some(PathFault::Expired(index)),
        Some(_) => None,
        None => Some(PathFault::Chain(ChainFault::General)),
    })
}

fn revocation_fault(links: &[Link]) -> Option<PathFault> {
    links.iter().enumerate().find_map(|(index, link)| match link.finding.as_ref()?.standing {
        Standing::Revoked(at, reason) => Some(PathFault::Revoked(index, at, reason)),
        Standing::OnHold(_) => Some(PathFault::OnHold(index)),
        Standing::Good | Standing::Unknown => None,
    })
}

fn unknown_fault(links: &[Link]) -> Option<PathFault> {
    links.iter().enumerate().find_map(|(index, link)| {
        let finding = link.finding.as_ref().filter(|finding| finding.standing == Standing::Unknown)?;
        let unproven = |reason| matches!(reason, Unusable::SignerOutOfBounds);
        let unproven = finding.refused.iter().any(|refusal| unproven(refusal.reason));
        Some(if unproven { PathFault::UnknownOutOfBounds(index) } else { PathFault::Unknown(index) })
    })
}

/// A signature on a certificate must have been reliable when the certificate is proven to have existed.
///
/// The first existed when it was used, for the signature names its hash; an anchor is trusted as it is.
fn weakness(links: &[Link], knowledge: &Knowledge<'_>, at: Timestamp) -> Option<PathFault> {
    links.windows(2).enumerate().find_map(|(index, pair)| {
        let [below, above] = pair else { return None };
        let since = knowledge.certificates_since.get(&below.certificate.fingerprint());
        let since = if index == 0 { at } else { since.copied().unwrap_or(knowledge.now) };
        let weak = match below.certificate.algorithm() {
            Some(algorithm) => algorithms::weakness(algorithm, &above.certificate, since)?,
            None => "unknown",
        };
        Some(PathFault::Weak(index, weak))
    })
}
