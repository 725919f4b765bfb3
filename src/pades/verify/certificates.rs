//! Certificates as the report shows them: who, since when, vouched for by whom, revoked or not.

use jiff::Timestamp;
use serde::Serialize;

use crate::cms::certificate::{common_name, one_line, serial_hex};
use crate::trust::{
    Certificate, EvidenceKind, EvidenceSource, Finding, Link, Path, Provenance, RevocationReason, Standing,
};
use crate::verify::report::{Indication, SignerReport, SubIndication, local_time};

/// Whether a certificate was good at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandingReport {
    /// Known not to be revoked by then.
    Good,
    /// Revoked before.
    Revoked,
    /// Suspended.
    OnHold,
    /// No usable evidence.
    Unknown,
    /// A trust anchor, of which it is not asked.
    Anchor,
}

/// The evidence that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceReport {
    /// OCSP or CRL.
    pub kind: EvidenceKind,
    /// Where it was found.
    pub source: EvidenceSource,
    /// The time it speaks of.
    pub this_update: String,
    /// Until when there would be nothing newer.
    pub next_update: Option<String>,
    /// Since when it is proven to exist.
    pub known_since: String,
}

/// What is known of a certificate at the time in question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateStatus {
    /// The time in question: of signing if it is proven, else of judging.
    pub at: String,
    /// Whether that lies within the certificate's validity.
    pub within_validity: bool,
    /// Whether it was revoked by then.
    pub standing: StandingReport,
    /// When it was revoked or suspended, be it later.
    pub revoked_at: Option<String>,
    /// Why.
    pub reason: Option<RevocationReason>,
    /// How we know.
    pub evidence: Option<EvidenceReport>,
}

/// One certificate of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainLink {
    /// The certificate.
    #[serde(flatten)]
    pub certificate: SignerReport,
    /// Whether the caller trusts it by itself.
    pub anchor: bool,
    /// What is known of it.
    pub status: CertificateStatus,
}

/// What a timestamp stamps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StampKind {
    /// The value of one signature (EN 319 122-1 §5.3).
    Signature,
    /// The document as it was (EN 319 142-1 §5.4.3).
    Document,
}

/// A timestamp that bears on a signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimestampReport {
    /// What it stamps.
    pub kind: StampKind,
    /// The time it states.
    pub time: String,
    /// The authority's certificate.
    pub authority: SignerReport,
    /// Whether it may be relied on.
    pub indication: Indication,
    /// Why not.
    pub sub_indication: Option<SubIndication>,
    /// What is known of the certificate.
    pub certificate_status: CertificateStatus,
    /// From the certificate up to the anchor.
    pub chain: Vec<ChainLink>,
}

/// The certificate's own words.
pub(crate) fn signer_report(certificate: &Certificate) -> SignerReport {
    let x509 = certificate.x509();
    let validity = certificate.validity();
    SignerReport {
        subject: one_line(x509.subject_name()),
        common_name: common_name(x509.subject_name()),
        issuer: one_line(x509.issuer_name()),
        serial: serial_hex(x509),
        not_before: validity.map(|(begin, _)| local_time(begin)),
        not_after: validity.map(|(_, end)| local_time(end)),
    }
}

/// The chain as shown.
pub(crate) fn chain_report(path: &Path, at: Timestamp) -> Vec<ChainLink> {
    let last = path.links.len().saturating_sub(1);
    let link = |(index, link): (usize, &Link)| ChainLink {
        certificate: signer_report(&link.certificate),
        anchor: index == last,
        status: status(&link.certificate, link.finding.as_ref(), index == last, at),
    };
    path.links.iter().enumerate().map(link).collect()
}

/// What is known of the first certificate of a path, or of one without a path.
pub(crate) fn status_report(certificate: &Certificate, path: &Path, at: Timestamp) -> CertificateStatus {
    let finding = path.links.first().and_then(|link| link.finding.as_ref());
    status(certificate, finding, path.links.len() == 1, at)
}

fn status(
    certificate: &Certificate,
    finding: Option<&Finding>,
    is_anchor: bool,
    at: Timestamp,
) -> CertificateStatus {
    let standing = finding.map_or(Standing::Unknown, |finding| finding.standing);
    let later = finding.and_then(|finding| finding.revoked_later);
    let (shown, revoked) = match standing {
        _ if is_anchor => (StandingReport::Anchor, None),
        Standing::Good => (StandingReport::Good, later),
        Standing::Unknown => (StandingReport::Unknown, later),
        Standing::Revoked(at, reason) => (StandingReport::Revoked, Some((at, reason))),
        Standing::OnHold(since) => (StandingReport::OnHold, Some((since, RevocationReason::CertificateHold))),
    };
    CertificateStatus {
        at: local_time(at),
        within_validity: certificate.is_valid_at(at),
        standing: shown,
        revoked_at: revoked.map(|(at, _)| local_time(at)),
        reason: revoked.map(|(_, reason)| reason),
        evidence: finding.and_then(|finding| finding.provenance.as_ref()).map(evidence),
    }
}

fn evidence(provenance: &Provenance) -> EvidenceReport {
    EvidenceReport {
        kind: provenance.kind,
        source: provenance.source,
        this_update: local_time(provenance.this_update),
        next_update: provenance.next_update.map(local_time),
        known_since: local_time(provenance.known_since),
    }
}
