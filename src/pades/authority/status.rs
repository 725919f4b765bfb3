use jiff::Timestamp;
use openssl::pkey::{Id, PKey, Private};
use openssl::x509::X509;

use super::{Authority, Issued};
use crate::cms::asn1::{element, sequence, tag, unsigned};
use crate::cms::{DigestAlgorithm, SignatureAlgorithm, oid};
use crate::sign::sign_with;
use crate::trust::Certificate;

/// What an authority says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Not revoked.
    Good,
    /// Revoked at a time, with a reason by number (RFC 5280 §5.3.1).
    Revoked(Timestamp, u8),
    /// Not known.
    Unknown,
}

/// When evidence speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// thisUpdate
    pub this_update: Timestamp,
    /// nextUpdate
    pub next_update: Option<Timestamp>,
}

/// A CRL to be issued.
#[derive(Debug, Clone)]
pub struct ListTerms {
    /// When it speaks.
    pub period: Period,
    /// Serial number, time, reason.
    pub revoked: Vec<(u64, Timestamp, u8)>,
    /// DER Extension elements, right or wrong.
    pub extensions: Vec<Vec<u8>>,
}

impl Authority {
    /// Answers OCSP about a certificate of this authority, signed by itself or by a delegate (RFC 6960 §4.2).
    ///
    /// `None` if a key cannot sign.
    pub fn answer(
        &self,
        certificate: &X509,
        answer: Answer,
        period: Period,
        delegate: Option<&Issued>,
    ) -> Option<Vec<u8>> {
        let (key, signer) =
            delegate.map_or((&self.key, &self.certificate), |issued| (&issued.key, &issued.certificate));
        let subject = Certificate::from_x509(certificate)?;
        let single = sequence(&[
            &certificate_id(&subject, &Certificate::from_x509(&self.certificate)?),
            &said(answer),
            &time(period.this_update),
            &period.next_update.map(|next| element(tag::context(0), &time(next))).unwrap_or_default(),
        ]);
        let responder = Certificate::from_x509(signer)?;
        let data = sequence(&[
            &element(tag::context(1), responder.subject_name()),
            &time(period.this_update),
            &sequence(&[&single]),
        ]);
        let certificates = element(tag::context(0), &sequence(&[responder.der()]));
        let basic = signed(&data, key, &certificates)?;
        let bytes = sequence(&[&element(tag::OID, oid::OCSP_BASIC), &element(tag::OCTET_STRING, &basic)]);
        Some(sequence(&[&element(tag::ENUMERATED, &[0]), &element(tag::context(0), &bytes)]))
    }

    /// Issues a CRL (RFC 5280 §5). `None` if the key cannot sign.
    pub fn list(&self, terms: &ListTerms) -> Option<Vec<u8>> {
        let own = Certificate::from_x509(&self.certificate)?;
        let entries: Vec<Vec<u8>> = terms.revoked.iter().map(entry).collect();
        let entries = if entries.is_empty() { Vec::new() } else { sequence(&[&entries.concat()]) };
        let next = terms.period.next_update.map(time).unwrap_or_default();
        let extensions = sequence(&[&terms.extensions.concat()]);
        let body = sequence(&[
            &unsigned(&[1]),
            &algorithm(&self.key).identifier()?,
            own.subject_name(),
            &time(terms.period.this_update),
            &next,
            &entries,
            &element(tag::context(0), &extensions),
        ]);
        signed(&body, &self.key, &[])
    }
}

pub(super) fn algorithm(key: &PKey<Private>) -> SignatureAlgorithm {
    match key.id() {
        Id::EC => SignatureAlgorithm::Ecdsa(DigestAlgorithm::Sha256),
        _ => SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
    }
}

/// A body, the algorithm, the signature and what may follow it.
fn signed(body: &[u8], key: &PKey<Private>, rest: &[u8]) -> Option<Vec<u8>> {
    let algorithm = algorithm(key);
    let signature = sign_with(key, body, algorithm).ok()?;
    let bits = element(tag::BIT_STRING, &[&[0], signature.as_slice()].concat());
    Some(sequence(&[body, &algorithm.identifier()?, &bits, rest]))
}

fn certificate_id(certificate: &Certificate, issuer: &Certificate) -> Vec<u8> {
    let digest = DigestAlgorithm::Sha1;
    sequence(&[
        &digest.identifier(),
        &element(tag::OCTET_STRING, &digest.hash(&[issuer.subject_name()])),
        &element(tag::OCTET_STRING, &digest.hash(&[issuer.key_bits()])),
        &element(tag::INTEGER, certificate.serial()),
    ])
}

fn said(answer: Answer) -> Vec<u8> {
    match answer {
        Answer::Good => element(tag::context_primitive(0), &[]),
        Answer::Unknown => element(tag::context_primitive(2), &[]),
        Answer::Revoked(at, reason) => {
            let reason = element(tag::context(0), &element(tag::ENUMERATED, &[reason]));
            element(tag::context(1), &[time(at), reason].concat())
        }
    }
}

fn entry((serial, at, reason): &(u64, Timestamp, u8)) -> Vec<u8> {
    let value = element(tag::OCTET_STRING, &element(tag::ENUMERATED, &[*reason]));
    let reason = sequence(&[&element(tag::OID, oid::CRL_REASON), &value]);
    sequence(&[&unsigned(&serial.to_be_bytes()), &time(*at), &sequence(&[&reason])])
}

/// GeneralizedTime. RFC 5280 §5.1.2.4 wants UTCTime in CRLs before 2050, and readers must take both.
fn time(time: Timestamp) -> Vec<u8> {
    let text = jiff::tz::offset(0).to_datetime(time).strftime("%Y%m%d%H%M%SZ").to_string();
    element(tag::GENERALIZED_TIME, text.as_bytes())
}
