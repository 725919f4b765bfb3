use std::sync::Arc;

use jiff::Timestamp;
use openssl::x509::{X509, X509Crl};

use crate::cms::asn1::{Reader, tag};
use crate::trust::{crl, ocsp};

/// What kind of evidence on revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// An OCSP response (RFC 6960).
    Ocsp,
    /// A certificate revocation list (RFC 5280).
    Crl,
}

/// Where evidence was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceSource {
    /// The document security store (ISO 32000-2 §12.8.4.3).
    Store,
    /// Inside a signature or a timestamp.
    Signature,
    /// Handed in by the caller.
    Given,
    /// Fetched while judging.
    Network,
}

/// One piece of evidence on revocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// OCSP response or CRL.
    pub kind: EvidenceKind,
    /// Its DER bytes.
    pub der: Arc<[u8]>,
    /// Where it was found.
    pub source: EvidenceSource,
    /// The earliest time at which it is proven to have existed; the time of judging if nothing proves more.
    pub known_since: Timestamp,
}

/// Certificates and evidence on revocation, as a document security store holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValidationData {
    /// DER certificates.
    pub certificates: Vec<Vec<u8>>,
    /// DER OCSPResponses.
    pub ocsps: Vec<Vec<u8>>,
    /// DER CertificateLists.
    pub crls: Vec<Vec<u8>>,
}

/// A file of validation data cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the file is neither a certificate, nor a CRL, nor an OCSP response")]
pub struct ValidationDataError;

impl ValidationData {
    /// Reads a file: certificates or CRLs in PEM or DER form, or one DER OCSP response.
    pub fn from_bytes(bytes: &[u8]) -> Result<ValidationData, ValidationDataError> {
        let mut data = ValidationData::default();
        if bytes.starts_with(b"-----BEGIN X509 CRL") {
            let der =
                X509Crl::from_pem(bytes).and_then(|crl| crl.to_der()).map_err(|_| ValidationDataError)?;
            data.crls.push(der);
        } else if bytes.starts_with(b"-----BEGIN") {
            let list = X509::stack_from_pem(bytes).unwrap_or_default();
            data.certificates.extend(list.iter().filter_map(|certificate| certificate.to_der().ok()));
        } else if is_ocsp(bytes) {
            data.ocsps.push(bytes.to_vec());
        } else if crl::issuer(bytes).is_some() {
            data.crls.push(bytes.to_vec());
        } else if X509::from_der(bytes).is_ok() {
            data.certificates.push(bytes.to_vec());
        }
        if data.is_empty() { Err(ValidationDataError) } else { Ok(data) }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.ocsps.is_empty() && self.crls.is_empty()
    }

    /// Adds what another set has and this one lacks.
    pub fn extend(&mut self, other: ValidationData) {
        other.certificates.into_iter().for_each(|der| add(&mut self.certificates, der));
        other.ocsps.into_iter().for_each(|der| add(&mut self.ocsps, der));
        other.crls.into_iter().for_each(|der| add(&mut self.crls, der));
    }

    /// Adds one piece of evidence on revocation, once.
    pub(crate) fn add_evidence(&mut self, kind: EvidenceKind, der: &[u8]) {
        match kind {
            EvidenceKind::Ocsp => add(&mut self.ocsps, der.to_vec()),
            EvidenceKind::Crl => add(&mut self.crls, der.to_vec()),
        }
    }

    /// Adds a certificate, once.
    pub(crate) fn add_certificate(&mut self, der: &[u8]) {
        add(&mut self.certificates, der.to_vec());
    }

    /// Its OCSP responses and CRLs as evidence from one source, known since a time.
    pub fn evidence(&self, source: EvidenceSource, known_since: Timestamp) -> Vec<Evidence> {
        let of = |kind, list: &[Vec<u8>]| -> Vec<Evidence> {
            list.iter()
                .map(|der| Evidence { kind, der: der.as_slice().into(), source, known_since })
                .collect()
        };
        let mut all = of(EvidenceKind::Ocsp, &self.ocsps);
        all.extend(of(EvidenceKind::Crl, &self.crls));
        all
    }
}

impl Evidence {
    /// When it was signed, by its own word; `None` if it cannot be read.
    pub(crate) fn issued(&self) -> Option<Timestamp> {
        match self.kind {
            EvidenceKind::Ocsp => ocsp::produced(&self.der),
            EvidenceKind::Crl => crl::this_update(&self.der),
        }
    }
}

fn add(list: &mut Vec<Vec<u8>>, der: Vec<u8>) {
    if !list.contains(&der) {
        list.push(der);
    }
}

/// Whether the bytes start like an OCSPResponse: a status where others have a structure.
fn is_ocsp(bytes: &[u8]) -> bool {
    let outer = Reader::new(bytes).next();
    outer.is_ok_and(|outer| outer.children().next().is_ok_and(|first| first.tag == tag::ENUMERATED))
        && ocsp::is_response(bytes)
}
