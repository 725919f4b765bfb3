//! What a person must see of a certificate before signing with it.

use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::error::ErrorStack;
use openssl::nid::Nid;
use openssl::x509::{X509, X509NameRef};

use super::rules::{Validity, validity};
use crate::clock::Timestamp;

/// A signer's certificate, as a page shows it.
#[derive(Clone, Debug)]
pub struct Certificate {
    pub holder: String,
    /// Organisation and unit, as far as the certificate names them.
    pub body: String,
    pub issuer: String,
    pub serial: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
}

impl Certificate {
    pub fn from_der(der: &[u8]) -> Result<Self, ErrorStack> {
        let certificate = X509::from_der(der)?;
        let subject = certificate.subject_name();
        let body: Vec<String> = [Nid::ORGANIZATIONALUNITNAME, Nid::ORGANIZATIONNAME]
            .into_iter()
            .filter_map(|part| entry(subject, part))
            .collect();
        let serial = certificate.serial_number().to_bn()?.to_hex_str()?.to_lowercase();
        Ok(Self {
            holder: entry(subject, Nid::COMMONNAME).unwrap_or_default(),
            body: body.join(", "),
            issuer: entry(certificate.issuer_name(), Nid::COMMONNAME).unwrap_or_default(),
            serial,
            not_before: moment(certificate.not_before())?,
            not_after: moment(certificate.not_after())?,
        })
    }

    pub fn validity(&self, now: Timestamp) -> Validity {
        validity(self.not_before, self.not_after, now)
    }
}

fn entry(name: &X509NameRef, part: Nid) -> Option<String> {
    name.entries_by_nid(part).last()?.data().to_string().ok()
}

fn moment(time: &Asn1TimeRef) -> Result<Timestamp, ErrorStack> {
    let since = Asn1Time::from_unix(0)?.diff(time)?;
    let seconds = i64::from(since.days) * 86_400 + i64::from(since.secs);
    Ok(Timestamp::from_micros(0).plus_seconds(seconds))
}
