//! Gathering what a document security store needs, so that a signature can be judged later without asking
//! anybody (EN 319 142-1 §5.4.2, §6.3 level B-LT).

use std::collections::{HashSet, VecDeque};

use jiff::Timestamp;

use crate::cms::x509::Certificate;
use crate::cms::{oid, signed_data};
use crate::trust::chain::{Moment, Purpose, chain};
use crate::trust::evidence::{Evidence, EvidenceKind, EvidenceSource, ValidationData};
use crate::trust::fetch::Fetch;
use crate::trust::revocation::{Finding, Question, Refusal, Standing, status};
use crate::trust::statement::RevocationReason;
use crate::trust::{Anchors, ocsp};

/// More certificates than the chains of one document need; a guard against chains without end.
const MAX_CERTIFICATES: usize = 64;
/// Steps from a certificate upwards.
const MAX_STEPS: usize = 8;

/// What a collection depends on.
#[derive(Clone, Copy)]
pub struct Collection<'a> {
    /// Where chains end; their own revocation is not asked for.
    pub anchors: &'a Anchors,
    /// The time of collecting.
    pub now: Timestamp,
    /// What is known already: certificates above, and evidence that need not be fetched again.
    pub known: &'a ValidationData,
    /// Asks the addresses in the certificates; without it only what is known is gathered.
    pub fetch: Option<&'a dyn Fetch>,
    /// A nonce for OCSP requests. Many responders answer from a cache and leave it out.
    pub nonce: Option<[u8; 16]>,
}

/// What was gathered, and what could not be.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// For the document security store: whole chains, and evidence for all of them but the anchors.
    pub data: ValidationData,
    /// One entry for each certificate that lacks something; empty if the collection is complete.
    pub missing: Vec<Missing>,
}

/// What a certificate lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its subject on one line.
    pub subject: String,
    /// The proof that is missing.
    pub proof: MissingProof,
    /// What was tried: refused evidence and addresses that did not answer.
    pub tried: Vec<String>,
}

/// A proof that a document security store cannot hold yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingProof {
    /// The certificates between it and an anchor.
    Chain,
    /// That it is not revoked: nobody says so.
    Revocation,
    /// It is revoked since a time.
    Revoked(Timestamp, RevocationReason),
    /// It is suspended since a time.
    OnHold(Timestamp),
}

/// Gathers certificates and evidence for these certificates, their chains and the OCSP responders involved.
///
/// Give the signer's certificate and those of all timestamps.
pub fn collect(certificates: &[Certificate], collection: &Collection<'_>) -> Collected {
    let mut work = Work {
        collection,
        helpers: collection.known.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect(),
        evidence: collection.known.evidence(EvidenceSource::Given, collection.now),
        collected: Collected::default(),
        queue: certificates.iter().cloned().collect(),
        done: HashSet::new(),
        tried: Vec::new(),
    };
    while let Some(next) = work.queue.pop_front() {
        work.chain_of(&next);
    }
    work.collected
}

struct Work<'a> {
    collection: &'a Collection<'a>,
    helpers: Vec<Certificate>,
    evidence: Vec<Evidence>,
    collected: Collected,
    queue: VecDeque<Certificate>,
    /// Fingerprints of certificates that have been seen to.
    done: HashSet<[u8; 32]>,
    /// What went wrong for the certificate at hand.
    tried: Vec<String>,
}

impl Work<'_> {
    fn chain_of(&mut self, certificate: &Certificate) {
        if self.done.contains(&certificate.fingerprint()) || self.done.len() >= MAX_CERTIFICATES {
            return;
        }
        self.tried.clear();
        let Some(chain) = self.find_chain(certificate) else {
            self.done.insert(certificate.fingerprint());
            self.collected.data.add_certificate(certificate.der());
            self.miss(certificate, MissingProof::Chain, &[]);
            return;
        };
        chain.iter().for_each(|link| self.collected.data.add_certificate(link.der()));
        for pair in chain.windows(2) {
            let [below, above] = pair else { continue };
            if self.done.insert(below.fingerprint()) {
                self.tried.clear();
                self.revocation_of(below, above);
            }
        }
    }

    /// The chain with what is known; certificates above that are missing are fetched.
    fn find_chain(&mut self, certificate: &Certificate) -> Option<Vec<Certificate>> {
        for _ in 0..MAX_STEPS {
            let Collection { anchors, now, .. } = self.collection;
            let build = |moment| chain(certificate, &self.helpers, anchors, moment, Purpose::Signing);
            // An expired certificate may have been used while it was valid.
            if let Ok(found) = build(Moment::At(*now)).or_else(|_| build(Moment::Any)) {
                return Some(found);
            }
            if !self.fetch_issuer(certificate) {
                return None;
            }
        }
        None
    }

    /// Fetches the issuer of the topmost certificate that is known; `false` if nothing new was found.
    fn fetch_issuer(&mut self, certificate: &Certificate) -> bool {
        let mut top = certificate.clone();
        for _ in 0..MAX_STEPS {
            let above = self.helpers.iter().find(|helper| **helper != top && top.is_issued_by(helper));
            let Some(above) = above.cloned() else { break };
            top = above;
        }
        let Some(fetch) = self.collection.fetch else { return false };
        for address in top.services(oid::AD_CA_ISSUERS) {
            match fetch.certificate(&address) {
                Ok(bytes) => {
                    let issuer = read_certificates(&bytes).into_iter().find(|found| top.is_issued_by(found));
                    if let Some(issuer) = issuer.filter(|issuer| !self.helpers.contains(issuer)) {
                        self.helpers.push(issuer);
                        return true;
                    }
                    self.tried.push(format!("{address}: not the issuer's certificate"));
                }
                Err(error) => self.tried.push(format!("{address}: {error}")),
            }
        }
        false
    }

    fn revocation_of(&mut self, certificate: &Certificate, issuer: &Certificate) {
        let mut finding = self.ask(certificate, issuer);
        if finding.standing == Standing::Unknown {
            self.fetch_ocsp(certificate, issuer);
            finding = self.ask(certificate, issuer);
        }
        if finding.standing == Standing::Unknown {
            self.fetch_crl(certificate);
            finding = self.ask(certificate, issuer);
        }
        if let Some(provenance) = &finding.provenance {
            self.collected.data.add_evidence(provenance.kind, &provenance.der);
            if let Some(delegate) = &provenance.delegate {
                self.helpers.push(delegate.clone());
                self.collected.data.add_certificate(delegate.der());
                if !delegate.has_no_check() {
                    self.queue.push_back(delegate.clone());
                }
            }
        }
        match finding.standing {
            Standing::Good => {}
            Standing::Revoked(at, reason) => {
                self.miss(certificate, MissingProof::Revoked(at, reason), &finding.refused);
            }
            Standing::OnHold(since) => self.miss(certificate, MissingProof::OnHold(since), &finding.refused),
            Standing::Unknown => self.miss(certificate, MissingProof::Revocation, &finding.refused),
        }
    }

    fn ask(&self, certificate: &Certificate, issuer: &Certificate) -> Finding {
        let now = self.collection.now;
        // The chain holds at this moment, so what its members sign may be relied on.
        let question = Question { certificate, issuer, at: now, now, issuer_good_until: None };
        status(&question, &self.evidence, &self.helpers)
    }

    fn fetch_ocsp(&mut self, certificate: &Certificate, issuer: &Certificate) {
        let Some(fetch) = self.collection.fetch else { return };
        let nonce = self.collection.nonce;
        let request = ocsp::request(certificate, issuer, nonce.as_ref().map(|nonce| nonce.as_slice()));
        for address in certificate.services(oid::AD_OCSP) {
            let answer = fetch.ocsp(&address, &request).map_err(|error| error.to_string());
            let fresh = answer.and_then(|der| match nonce {
                Some(nonce) => ocsp::repeats_nonce(&der, &nonce).map(|()| der).map_err(|e| e.to_string()),
                None => Ok(der),
            });
            match fresh {
                Ok(der) => self.learn(EvidenceKind::Ocsp, der),
                Err(reason) => self.tried.push(format!("{address}: {reason}")),
            }
            if self.ask(certificate, issuer).standing != Standing::Unknown {
                return;
            }
        }
    }

    fn fetch_crl(&mut self, certificate: &Certificate) {
        let Some(fetch) = self.collection.fetch else { return };
        for address in certificate.crl_addresses() {
            match fetch.crl(&address) {
                Ok(der) => self.learn(EvidenceKind::Crl, der),
                Err(error) => self.tried.push(format!("{address}: {error}")),
            }
        }
    }

    fn learn(&mut self, kind: EvidenceKind, der: Vec<u8>) {
        let known_since = self.collection.now;
        self.evidence.push(Evidence { kind, der: der.into(), source: EvidenceSource::Network, known_since });
    }

    fn miss(&mut self, certificate: &Certificate, proof: MissingProof, refused: &[Refusal]) {
        let mut tried = std::mem::take(&mut self.tried);
        tried.extend(refused.iter().map(|refusal| refusal.reason.to_string()));
        self.collected.missing.push(Missing { subject: certificate.subject(), proof, tried });
    }
}

/// One DER certificate, or those of a certs-only CMS (RFC 5280 §4.2.2.1).
fn read_certificates(bytes: &[u8]) -> Vec<Certificate> {
    if let Some(one) = Certificate::from_der(bytes) {
        return vec![one];
    }
    let data = signed_data::trim(bytes);
    let Ok(data) =
        data.as_ref().map_err(|_| ()).and_then(|data| signed_data::read(&data.der).map_err(|_| ()))
    else {
        return Vec::new();
    };
    data.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect()
}
