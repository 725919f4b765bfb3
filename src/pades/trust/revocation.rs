//! Revocation: was a certificate good at a time, and how do we know (RFC 5280 §6.3, RFC 6960,
//! EN 319 102-1 §5.2.5)?

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::cms::x509::Certificate;
use crate::trust::algorithms;
use crate::trust::evidence::{Evidence, EvidenceKind, EvidenceSource};
use crate::trust::statement::{RevocationReason, Said, Statement, Unusable};
use crate::trust::{crl, ocsp};

/// How far the clocks of authorities may be apart. Evidence that names no next update is good for as long.
pub(crate) const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A responder's delegate may itself need evidence, but not one more level down.
const MAX_DEPTH: usize = 1;

/// What is asked about a certificate.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// The one above it in its chain.
    pub issuer: &'a Certificate,
    /// The time at which it should have been good.
    pub at: Timestamp,
    /// The time of judging.
    pub now: Timestamp,
    /// How long the issuer's signature can be relied on: evidence not proven to be older is not used.
    /// `None` for a trust anchor.
    pub issuer_good_until: Option<Timestamp>,
}

/// Whether a certificate was good at the time in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Not revoked by then.
    Good,
    /// Revoked before.
    Revoked(Timestamp, RevocationReason),
    /// Suspended since a time, which may be lifted.
    OnHold(Timestamp),
    /// No usable evidence.
    Unknown,
}

/// The evidence that decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// OCSP or CRL.
    pub kind: EvidenceKind,
    /// Where it was found.
    pub source: EvidenceSource,
    /// thisUpdate: the time it speaks of.
    pub this_update: Timestamp,
    /// nextUpdate: until when there would be nothing newer.
    pub next_update: Option<Timestamp>,
    /// Since when the evidence is proven to exist.
    pub known_since: Timestamp,
    /// The delegate that signed it, if the issuer did not.
    pub delegate: Option<Certificate>,
    /// Its DER bytes.
    pub der: Arc<[u8]>,
}

/// Evidence about the certificate that could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// OCSP or CRL.
    pub kind: EvidenceKind,
    /// Where it was found.
    pub source: EvidenceSource,
    /// Why.
    pub reason: Unusable,
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether it was good.
    pub standing: Standing,
    /// How we know; `None` if we do not.
    pub provenance: Option<Provenance>,
    /// A revocation after the time in question.
    pub revoked_later: Option<(Timestamp, RevocationReason)>,
    /// Until when the certificate is known to have been good.
    pub good_until: Option<Timestamp>,
    /// Evidence about it that could not be used.
    pub refused: Vec<Refusal>,
}

/// Weighs all evidence on one certificate.
///
/// `helpers` are certificates among which OCSP delegates may be found. That the certificate was revoked is
/// believed of any authentic evidence, however old; that it was good only of evidence which speaks of the
/// time in question and is proven to have existed while its signer could be relied on.
pub fn status(question: &Question<'_>, evidence: &[Evidence], helpers: &[Certificate]) -> Finding {
    weigh(question, &Sources { evidence, helpers, memory: &Memory::default() }, 0)
}

/// What CRLs said of certificates. They can be large, and the same questions come up for each signature.
///
/// The key is where the bytes stand, and the two certificates; the bytes are kept so that they stay there.
pub(crate) type Memory = RefCell<HashMap<(*const u8, [u8; 32], [u8; 32]), Remembered>>;

type Remembered = (Arc<[u8]>, Result<Statement, Unusable>);

/// Where answers are looked for.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) evidence: &'a [Evidence],
    /// Certificates among which OCSP delegates may be found.
    pub(crate) helpers: &'a [Certificate],
    pub(crate) memory: &'a Memory,
}

/// [`status`] at depth 0; one level down it is about a delegate.
pub(crate) fn weigh(question: &Question<'_>, sources: &Sources<'_>, depth: usize) -> Finding {
    let mut finding = Finding {
        standing: Standing::Unknown,
        provenance: None,
        revoked_later: None,
        good_until: None,
        refused: Vec::new(),
    };
    let known = statements(question, sources, &mut finding);
    if let Some((piece, statement, at, reason)) = revoked(&known) {
        if at <= question.at {
            finding.standing = Standing::Revoked(at, reason);
            finding.provenance = Some(provenance(piece, statement));
            return finding;
        }
        finding.revoked_later = Some((at, reason));
    }
    if let Some((piece, statement, since)) = on_hold(&known, question.at) {
        finding.standing = Standing::OnHold(since);
        finding.provenance = Some(provenance(piece, statement));
        return finding;
    }
    for (piece, statement) in &known {
        match usable(piece, statement, question, |delegate| weigh(delegate, sources, depth + 1), depth) {
            Ok(()) => finding.accept(piece, statement),
            Err(reason) => finding.refuse(piece, reason),
        }
    }
    finding
}

/// What is said of the certificate, the newest first: it decides about suspensions, and it is the one to show.
fn statements<'a>(
    question: &Question<'_>,
    sources: &Sources<'a>,
    finding: &mut Finding,
) -> Vec<(&'a Evidence, Statement)> {
    let mut known: Vec<(&Evidence, Statement)> = Vec::new();
    for piece in sources.evidence {
        match read(piece, question, sources) {
            Ok(statement) => known.push((piece, statement)),
            // Evidence on other certificates is no news about this one.
            Err(Unusable::OtherCertificate | Unusable::OtherIssuer) => {}
            Err(reason) => finding.refuse(piece, reason),
        }
    }
    known.sort_by_key(|(_, statement)| std::cmp::Reverse(statement.this_update));
    known
}

impl Finding {
    fn refuse(&mut self, piece: &Evidence, reason: Unusable) {
        let refusal = Refusal { kind: piece.kind, source: piece.source, reason };
        if !self.refused.contains(&refusal) {
            self.refused.push(refusal);
        }
    }

    fn accept(&mut self, piece: &Evidence, statement: &Statement) {
        self.standing = Standing::Good;
        let until = match (self.revoked_later, statement.next_update) {
            (Some((revoked, _)), _) => revoked,
            (None, Some(next)) => next,
            (None, None) => statement.this_update + SKEW,
        };
        self.good_until = self.good_until.max(Some(until));
        if self.provenance.is_none() {
            self.provenance = Some(provenance(piece, statement));
        }
    }
}

fn read(piece: &Evidence, question: &Question<'_>, sources: &Sources<'_>) -> Result<Statement, Unusable> {
    let statement = match piece.kind {
        EvidenceKind::Ocsp => ocsp::read(&piece.der, question.certificate, question.issuer, sources.helpers),
        EvidenceKind::Crl => remembered(piece, question, sources.memory),
    }?;
    let latest = question.now + SKEW;
    if statement.this_update > latest || statement.produced > latest {
        return Err(Unusable::Future);
    }
    Ok(statement)
}

fn remembered(piece: &Evidence, question: &Question<'_>, memory: &Memory) -> Result<Statement, Unusable> {
    let Question { certificate, issuer, .. } = question;
    let key = (piece.der.as_ptr(), certificate.fingerprint(), issuer.fingerprint());
    if let Some((_, said)) = memory.borrow().get(&key) {
        return said.clone();
    }
    let said = crl::read(&piece.der, certificate, issuer);
    memory.borrow_mut().insert(key, (piece.der.clone(), said.clone()));
    said
}

type Known<'a> = [(&'a Evidence, Statement)];

/// The earliest revocation that is for good.
fn revoked<'a>(known: &'a Known<'a>) -> Option<(&'a Evidence, &'a Statement, Timestamp, RevocationReason)> {
    let revocations = known.iter().filter_map(|(piece, statement)| match statement.said {
        Said::Revoked(_, RevocationReason::CertificateHold) => None,
        Said::Revoked(at, reason) => Some((*piece, statement, at, reason)),
        Said::Good | Said::Unknown => None,
    });
    revocations.min_by_key(|(_, _, at, _)| *at)
}

/// A suspension by then, if the newest evidence still has it.
fn on_hold<'a>(known: &'a Known<'a>, at: Timestamp) -> Option<(&'a Evidence, &'a Statement, Timestamp)> {
    let (piece, statement) = known.iter().find(|(_, statement)| statement.said != Said::Unknown)?;
    match statement.said {
        Said::Revoked(since, RevocationReason::CertificateHold) if since <= at => {
            Some((piece, statement, since))
        }
        _ => None,
    }
}

/// Whether the statement proves that the certificate was good at the time in question.
fn usable(
    piece: &Evidence,
    statement: &Statement,
    question: &Question<'_>,
    ask: impl FnOnce(&Question<'_>) -> Finding,
    depth: usize,
) -> Result<(), Unusable> {
    if statement.said == Said::Unknown {
        return Err(Unusable::Unknown);
    }
    let covers = statement.next_update.unwrap_or(statement.this_update + SKEW);
    if statement.this_update < question.at && covers < question.at {
        return Err(Unusable::Stale);
    }
    let (_, expiry) = question.certificate.validity().ok_or(Unusable::Malformed("a validity"))?;
    // Authorities drop expired certificates: a later list without it says nothing (RFC 5280 §3.3).
    let kept = statement.keeps_expired_since.is_some_and(|since| since <= expiry);
    if statement.this_update > expiry && !kept {
        return Err(Unusable::AfterExpiry);
    }
    if question.issuer_good_until.is_some_and(|until| piece.known_since > until) {
        return Err(Unusable::SignerOutOfBounds);
    }
    let signer = statement.delegate.as_ref().unwrap_or(question.issuer);
    if !algorithms::signs_reliably(statement.algorithm, signer, piece.known_since) {
        return Err(Unusable::Weak);
    }
    match &statement.delegate {
        Some(delegate) => delegate_was_good(delegate, piece, question, ask, depth),
        None => Ok(()),
    }
}

/// Whether an OCSP delegate's own certificate was good when the response is known to have existed.
fn delegate_was_good(
    delegate: &Certificate,
    piece: &Evidence,
    question: &Question<'_>,
    ask: impl FnOnce(&Question<'_>) -> Finding,
    depth: usize,
) -> Result<(), Unusable> {
    if !delegate.is_valid_at(piece.known_since) {
        return Err(Unusable::SignerOutOfBounds);
    }
    if delegate.has_no_check() {
        return Ok(());
    }
    if depth >= MAX_DEPTH {
        return Err(Unusable::SignerUnknown);
    }
    match ask(&Question { certificate: delegate, at: piece.known_since, ..*question }).standing {
        Standing::Good => Ok(()),
        Standing::Revoked(..) | Standing::OnHold(_) => Err(Unusable::SignerRevoked),
        Standing::Unknown => Err(Unusable::SignerUnknown),
    }
}

fn provenance(piece: &Evidence, statement: &Statement) -> Provenance {
    Provenance {
        kind: piece.kind,
        source: piece.source,
        this_update: statement.this_update,
        next_update: statement.next_update,
        known_since: piece.known_since,
        delegate: statement.delegate.clone(),
        der: piece.der.clone(),
    }
}
