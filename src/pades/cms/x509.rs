//! A certificate with its original bytes (RFC 5280 §4).

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::Timestamp;
use openssl::x509::{X509, X509Name};

use crate::cms::asn1::{Element, Reader, only, tag};
use crate::cms::certificate::{body, extension, has_purpose, issuer_serial, one_line};
use crate::cms::decoded::decoded;
use crate::cms::oid;
use crate::cms::time::instant;
use crate::cms::{DigestAlgorithm, SignatureAlgorithm};

/// More addresses than any certificate needs.
const MAX_ADDRESSES: usize = 8;

/// A certificate with its original bytes, of which some do not encode again to the same.
#[derive(Debug, Clone)]
pub struct Certificate {
    x509: X509,
    der: Arc<[u8]>,
    fingerprint: [u8; 32],
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Certificate) -> bool {
        self.fingerprint == other.fingerprint
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one DER certificate; `None` if it is not one.
    pub fn from_der(der: &[u8]) -> Option<Certificate> {
        body(der).ok()?;
        let fingerprint = openssl::sha::sha256(der);
        let x509 = decoded(der, fingerprint)?;
        Some(Certificate { x509, der: der.into(), fingerprint })
    }

    pub(crate) fn from_x509(x509: &X509) -> Option<Certificate> {
        Certificate::from_der(&x509.to_der().ok()?)
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The subject on one line, safe to show.
    pub fn subject(&self) -> String {
        one_line(self.x509.subject_name())
    }

    pub(crate) fn x509(&self) -> &X509 {
        &self.x509
    }

    /// SHA-256 of the bytes.
    pub(crate) fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The Name element of the subject.
    pub(crate) fn subject_name(&self) -> &[u8] {
        body(&self.der).map(|body| body.subject).unwrap_or_default()
    }

    /// The Name element of the issuer.
    pub(crate) fn issuer_name(&self) -> &[u8] {
        body(&self.der).map(|body| body.issuer).unwrap_or_default()
    }

    /// The content of the serial number.
    pub(crate) fn serial(&self) -> &[u8] {
        issuer_serial(&self.der).map(|own| own.serial).unwrap_or_default()
    }

    /// The bits of the public key.
    pub(crate) fn key_bits(&self) -> &[u8] {
        body(&self.der).map(|body| body.key).unwrap_or_default()
    }

    /// The algorithm that the issuer signed it with, if it is known.
    pub(crate) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        let identifier = body(&self.der).ok()?.algorithm;
        // A bare `rsaEncryption` names no digest and is no signature algorithm; SHA-1 fails it later.
        SignatureAlgorithm::read(identifier, DigestAlgorithm::Sha1).ok().flatten()
    }

    /// Begin and end of validity.
    pub(crate) fn validity(&self) -> Option<(Timestamp, Timestamp)> {
        let mut times = body(&self.der).ok()?.validity.children();
        Some((instant(times.next().ok()?).ok()?, instant(times.next().ok()?).ok()?))
    }

    /// Whether a time lies within the validity, both ends included (RFC 5280 §4.1.2.5).
    pub(crate) fn is_valid_at(&self, time: Timestamp) -> bool {
        self.validity().is_some_and(|(begin, end)| begin <= time && time <= end)
    }

    /// The value of an extension.
    pub(crate) fn extension(&self, wanted: &[u8]) -> Option<&[u8]> {
        extension(&self.der, wanted).ok().flatten().map(|extension| extension.value)
    }

    /// Whether the certificate may issue others (RFC 5280 §4.2.1.9).
    pub(crate) fn is_authority(&self) -> bool {
        let Some(value) = self.extension(oid::BASIC_CONSTRAINTS) else { return false };
        let Ok(constraints) = only(value, tag::SEQUENCE, "basic constraints") else { return false };
        let flag = constraints.children().optional(tag::BOOLEAN);
        flag.is_ok_and(|flag| flag.is_some_and(|flag| flag.content != [0]))
    }

    /// Whether the key usage, if there is one, allows signing CRLs (RFC 5280 §4.2.1.3).
    pub(crate) fn may_sign_crls(&self) -> bool {
        let Some(value) = self.extension(oid::KEY_USAGE) else { return true };
        let bits = only(value, tag::BIT_STRING, "key usage").map(|bits| bits.content);
        bits.is_ok_and(|bits| bits.get(1).is_some_and(|byte| byte & 0x02 != 0))
    }

    /// Whether it may answer OCSP for the authority that issued it (RFC 6960 §4.2.2.2).
    pub(crate) fn may_answer_ocsp(&self) -> bool {
        has_purpose(&self.der, oid::KP_OCSP_SIGNING)
    }

    /// Whether its issuer says that its own revocation need not be asked for (RFC 6960 §4.2.2.2.1).
    pub(crate) fn has_no_check(&self) -> bool {
        self.extension(oid::OCSP_NOCHECK).is_some()
    }

    /// Whether `issuer` has the subject name and the key that this certificate was issued with.
    pub(crate) fn is_issued_by(&self, issuer: &Certificate) -> bool {
        is_same_name(self.issuer_name(), issuer.subject_name())
            && issuer.x509.public_key().is_ok_and(|key| self.x509.verify(&key).unwrap_or(false))
    }

    /// Addresses of the issuer's services, such as OCSP (RFC 5280 §4.2.2.1).
    pub(crate) fn services(&self, method: &[u8]) -> Vec<String> {
        let Some(value) = self.extension(oid::AUTHORITY_INFORMATION) else { return Vec::new() };
        let list = only(value, tag::SEQUENCE, "access descriptions").and_then(|list| list.children().all());
        let location = |description: &Element<'_>| {
            let mut reader = description.children();
            let named = reader.expect(tag::OID, "an access method").ok()?.content == method;
            reader.next().ok().filter(|_| named).and_then(address)
        };
        list.unwrap_or_default().iter().filter_map(location).take(MAX_ADDRESSES).collect()
    }

    /// Addresses of CRLs that the issuer itself signs and that hold all reasons (RFC 5280 §4.2.1.13).
    pub(crate) fn crl_addresses(&self) -> Vec<String> {
        let Some(value) = self.extension(oid::DISTRIBUTION_POINTS) else { return Vec::new() };
        let list = only(value, tag::SEQUENCE, "distribution points").and_then(|list| list.children().all());
        let full = |point: &Element<'_>| {
            let mut reader = point.children();
            let name = reader.optional(tag::context(0)).ok()??;
            reader.is_empty().then(|| full_names(name.content))
        };
        list.unwrap_or_default().iter().filter_map(full).flatten().take(MAX_ADDRESSES).collect()
    }
}

/// Whether two Name elements name the same: equal, or unlike only in case, spaces and kind of string
/// (RFC 5280 §7.1).
pub(crate) fn is_same_name(one: &[u8], other: &[u8]) -> bool {
    let canonical = || {
        let (one, other) = (X509Name::from_der(one).ok()?, X509Name::from_der(other).ok()?);
        one.try_cmp(&other).ok()
    };
    one == other || canonical() == Some(Ordering::Equal)
}

/// The addresses in a DistributionPointName, if it is a fullName (RFC 5280 §4.2.1.13).
pub(crate) fn full_names(choice: &[u8]) -> Vec<String> {
    let name = Reader::new(choice).next().ok().filter(|name| name.tag == tag::context(0));
    let names = name.and_then(|name| name.children().all().ok()).unwrap_or_default();
    names.into_iter().filter_map(address).collect()
}

/// The address in a GeneralName that is a uniformResourceIdentifier.
fn address(name: Element<'_>) -> Option<String> {
    let is_address = name.tag == tag::context_primitive(6) && name.content.is_ascii();
    std::str::from_utf8(name.content).ok().filter(|_| is_address).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use openssl::asn1::Asn1Type;
    use openssl::nid::Nid;
    use openssl::x509::X509Name;

    use super::is_same_name;

    fn name(text: &str, kind: Asn1Type) -> Vec<u8> {
        let mut builder = X509Name::builder().unwrap();
        builder.append_entry_by_nid_with_type(Nid::COMMONNAME, text, kind).unwrap();
        builder.build().to_der().unwrap()
    }

    #[test]
    fn the_same_name_in_other_letters_is_the_same() {
        let plain = name("Sub CA", Asn1Type::PRINTABLESTRING);
        assert!(is_same_name(&plain, &name("Sub CA", Asn1Type::UTF8STRING)));
        assert!(is_same_name(&plain, &name("sub  ca", Asn1Type::UTF8STRING)));
        assert!(!is_same_name(&plain, &name("Sub CB", Asn1Type::PRINTABLESTRING)));
        assert!(!is_same_name(&plain, b"0"));
    }
}
