//! All validation data at hand, and since when each piece is proven to exist (EN 319 102-1 §5.6.2.3).

use std::collections::HashMap;
use std::rc::Rc;

use jiff::Timestamp;

use crate::embed::StoreAddition;
use crate::trust::{Certificate, Evidence as Piece, EvidenceSource, Knowledge, Memory, ValidationData};
use crate::verify::evidence::Evidence;
use crate::verify::{Context, RevocationPolicy};

/// Times that timestamps prove.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proofs {
    /// Document timestamps that hold: the revision each closes, and its time.
    pub(crate) documents: Vec<(usize, Timestamp)>,
    /// The earliest timestamp over the value of a signature, by its index.
    pub(crate) values: HashMap<usize, Timestamp>,
}

impl Proofs {
    /// The earliest document timestamp over what a revision holds, counted from the first that covers it.
    pub(crate) fn of_revision(&self, first: usize) -> Option<Timestamp> {
        self.documents.iter().filter(|(revision, _)| *revision >= first).map(|(_, time)| *time).min()
    }
}

/// Where a piece stands, which decides what proves its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// The first revision whose document timestamp covers it; `None` outside the file.
    covered_from: Option<usize>,
    /// The signature whose value covers it.
    signed_by: Option<usize>,
}

const OUTSIDE: Place = Place { covered_from: None, signed_by: None };

/// What may be used for a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Everything, each piece only since it is proven to exist; missing evidence counts by the caller's policy.
    All,
    /// What a level asks for (EN 319 142-1 §6.3): evidence of the document security store as it was in a
    /// revision, taken at its word about its age, and nothing may be missing.
    StoreUntil(usize),
}

/// All validation data at hand.
pub(crate) struct Dossier<'a> {
    context: &'a Context<'a>,
    certificates: Vec<(Certificate, Place)>,
    pieces: Vec<(Piece, Place)>,
    memory: Rc<Memory>,
}

impl<'a> Dossier<'a> {
    /// Puts together what the file holds and what the caller gave.
    pub(crate) fn new(
        context: &'a Context<'a>,
        store: &[StoreAddition],
        signatures: &[Evidence],
    ) -> Dossier<'a> {
        let mut dossier =
            Dossier { context, certificates: Vec::new(), pieces: Vec::new(), memory: Rc::default() };
        for addition in store {
            let place = Place { covered_from: Some(addition.revision), signed_by: None };
            dossier.add(&addition.data, EvidenceSource::Store, place);
        }
        for (index, signature) in signatures.iter().enumerate() {
            // A signature's own value is not covered by it, so only a later document timestamp counts.
            let beside = Place { covered_from: Some(signature.revision + 1), signed_by: None };
            let signed = Place { signed_by: Some(index), ..beside };
            dossier.add(&signature.carried.signed, EvidenceSource::Signature, signed);
            dossier.add(&signature.carried.unsigned, EvidenceSource::Signature, beside);
            for stamp in &signature.stamps {
                dossier.add(&stamp.carried, EvidenceSource::Signature, beside);
            }
        }
        for given in context.evidence {
            dossier.add(given, EvidenceSource::Given, OUTSIDE);
        }
        dossier
    }

    /// Adds what was fetched.
    pub(crate) fn add_fetched(&mut self, data: &ValidationData) {
        self.add(data, EvidenceSource::Network, OUTSIDE);
    }

    fn add(&mut self, data: &ValidationData, source: EvidenceSource, place: Place) {
        let certificates = data.certificates.iter().filter_map(|der| Certificate::from_der(der));
        self.certificates.extend(certificates.map(|certificate| (certificate, place)));
        for piece in data.evidence(source, self.context.at) {
            let known = |(other, at): &(Piece, Place)| *at == place && other.der == piece.der;
            if !self.pieces.iter().any(known) {
                self.pieces.push((piece, place));
            }
        }
    }

    /// Everything as one set, to be fetched no second time.
    pub(crate) fn known(&self) -> ValidationData {
        let mut data = ValidationData::default();
        self.certificates.iter().for_each(|(certificate, _)| data.add_certificate(certificate.der()));
        self.pieces.iter().for_each(|(piece, _)| data.add_evidence(piece.kind, &piece.der));
        data
    }

    /// What may be used in a scope, with the age that the proofs give it.
    pub(crate) fn knowledge(&self, scope: Scope, proofs: &Proofs) -> Knowledge<'a> {
        let now = self.context.at;
        let since = |place: &Place| {
            let by_document = place.covered_from.and_then(|first| proofs.of_revision(first));
            let by_value = place.signed_by.and_then(|index| proofs.values.get(&index).copied());
            by_document.into_iter().chain(by_value).min().unwrap_or(now)
        };
        let mut certificates_since = HashMap::new();
        for (certificate, place) in &self.certificates {
            let known = certificates_since.entry(certificate.fingerprint()).or_insert(now);
            *known = since(place).min(*known);
        }
        let in_file = |place: &Place, limit| place.covered_from.is_some_and(|from| from <= limit);
        let (required, evidence) = match scope {
            Scope::All => {
                let all = self.pieces.iter();
                let aged = all.map(|(piece, place)| Piece { known_since: since(place), ..piece.clone() });
                (self.context.revocation == RevocationPolicy::Required, aged.collect())
            }
            Scope::StoreUntil(revision) => {
                let stored = self.pieces.iter().filter(|(piece, place)| {
                    piece.source == EvidenceSource::Store && in_file(place, revision)
                });
                let dated = stored
                    .map(|(piece, _)| Piece { known_since: piece.issued().unwrap_or(now), ..piece.clone() });
                (true, dated.collect())
            }
        };
        let certificates = self.certificates.iter().filter(|(_, place)| match scope {
            Scope::All => true,
            Scope::StoreUntil(revision) => in_file(place, revision + 1),
        });
        let certificates = certificates.map(|(certificate, _)| certificate.clone()).collect();
        let (anchors, memory) = (self.context.anchors, self.memory.clone());
        Knowledge { anchors, now, certificates, evidence, certificates_since, required, memory }
    }
}
