//! What is asked of a certificate beyond what openssl answers (RFC 5280).

use openssl::nid::Nid;
use openssl::pkey::{Id, PKeyRef};
use openssl::x509::{X509NameRef, X509Ref};

use crate::cms::asn1::{Asn1Error, Element, only, tag};
use crate::cms::oid;

/// An extension as it stands in a certificate, a CRL or an OCSP response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// Issuer and serial number as their original DER (RFC 5652 §10.2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IssuerSerial<'a> {
    /// The Name element.
    pub(crate) issuer: &'a [u8],
    /// The content of the INTEGER.
    pub(crate) serial: &'a [u8],
}

fn tbs(der: &[u8]) -> Result<Vec<Element<'_>>, Asn1Error> {
    let certificate = only(der, tag::SEQUENCE, "a certificate")?;
    certificate.children().expect(tag::SEQUENCE, "a certificate body")?.children().all()
}

/// Reads issuer and serial of a certificate.
pub(crate) fn issuer_serial(der: &[u8]) -> Result<IssuerSerial<'_>, Asn1Error> {
    let fields = tbs(der)?;
    let skip = usize::from(fields.first().is_some_and(|f| f.tag == tag::context(0)));
    match (fields.get(skip), fields.get(skip + 2)) {
        (Some(serial), Some(issuer)) => {
            Ok(IssuerSerial { issuer: issuer.raw, serial: serial.expect(tag::INTEGER, "a serial number")? })
        }
        _ => Err(Asn1Error("issuer and serial number")),
    }
}

/// The fields of a certificate body from `signature` on, which every version has (RFC 5280 §4.1).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Body<'a> {
    /// Identifier of the algorithm that the issuer signed with.
    pub(crate) algorithm: Element<'a>,
    /// The issuer's Name element.
    pub(crate) issuer: &'a [u8],
    /// begin and end of validity
    pub(crate) validity: Element<'a>,
    /// The subject's Name element.
    pub(crate) subject: &'a [u8],
    /// The bits of the public key, without their algorithm.
    pub(crate) key: &'a [u8],
}

/// Reads the body of a certificate.
pub(crate) fn body(der: &[u8]) -> Result<Body<'_>, Asn1Error> {
    let fields = tbs(der)?;
    let skip = usize::from(fields.first().is_some_and(|f| f.tag == tag::context(0)));
    let [_, algorithm, issuer, validity, subject, key, ..] = fields.get(skip..).unwrap_or_default() else {
        return Err(Asn1Error("all fields of a certificate"));
    };
    let mut key = key.children();
    key.expect(tag::SEQUENCE, "a key algorithm")?;
    let key = key.next()?.bits()?;
    Ok(Body { algorithm: *algorithm, issuer: issuer.raw, validity: *validity, subject: subject.raw, key })
}

/// Reads a SEQUENCE OF Extension.
pub(crate) fn extensions(list: Element<'_>) -> Result<Vec<Extension<'_>>, Asn1Error> {
    list.expect(tag::SEQUENCE, "extensions")?;
    let mut found = Vec::new();
    for extension in list.children().all()? {
        let mut reader = extension.children();
        let oid = reader.expect(tag::OID, "an extension")?.content;
        let critical = reader.optional(tag::BOOLEAN)?.is_some_and(|flag| flag.content != [0]);
        let value = reader.expect(tag::OCTET_STRING, "an extension value")?.content;
        found.push(Extension { oid, critical, value });
    }
    Ok(found)
}

/// One extension of a certificate.
pub(crate) fn extension<'a>(der: &'a [u8], wanted: &[u8]) -> Result<Option<Extension<'a>>, Asn1Error> {
    let Some(list) = tbs(der)?.into_iter().find(|field| field.tag == tag::context(3)) else {
        return Ok(None);
    };
    let all = extensions(list.children().next()?)?;
    Ok(all.into_iter().find(|extension| extension.oid == wanted))
}

/// The DER of an extension's value, if the certificate has it.
pub(crate) fn extension_value<'a>(der: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    extension(der, wanted).ok().flatten().map(|extension| extension.value)
}

/// Whether the certificate may sign documents: key usage absent, digitalSignature or nonRepudiation
/// (RFC 5280 §4.2.1.3). What cannot be read may not.
pub(crate) fn may_sign_documents(der: &[u8]) -> bool {
    match extension(der, oid::KEY_USAGE) {
        Ok(None) => true,
        Ok(Some(usage)) => match only(usage.value, tag::BIT_STRING, "key usage") {
            Ok(bits) => bits.content.get(1).is_some_and(|byte| byte & 0xC0 != 0),
            Err(_) => false,
        },
        Err(_) => false,
    }
}

/// Whether the extended key usage, if there is one, leaves room for signing documents (RFC 5280 §4.2.1.12).
///
/// There are many purposes under which people sign; a certificate that is only for servers, for timestamps or
/// for OCSP is none of theirs.
pub(crate) fn purposes_allow_signing(der: &[u8]) -> bool {
    let usage = match extension(der, oid::EXTENDED_KEY_USAGE) {
        Ok(None) => return true,
        Ok(Some(usage)) => usage,
        Err(_) => return false,
    };
    let purposes = only(usage.value, tag::SEQUENCE, "purposes").and_then(|list| list.children().all());
    let others = [oid::KP_SERVER_AUTHENTICATION, oid::KP_TIMESTAMPING, oid::KP_OCSP_SIGNING];
    purposes.is_ok_and(|list| list.iter().any(|purpose| !others.contains(&purpose.content)))
}

/// Whether the extended key usage is timeStamping alone, and critical (RFC 3161 §2.3).
pub(crate) fn may_timestamp(der: &[u8]) -> bool {
    let Ok(Some(usage)) = extension(der, oid::EXTENDED_KEY_USAGE) else { return false };
    let purposes = only(usage.value, tag::SEQUENCE, "purposes").and_then(|list| list.children().all());
    usage.critical && matches!(purposes.as_deref(), Ok([one]) if one.content == oid::KP_TIMESTAMPING)
}

/// Whether the extended key usage names a purpose.
pub(crate) fn has_purpose(der: &[u8], wanted: &[u8]) -> bool {
    let Ok(Some(usage)) = extension(der, oid::EXTENDED_KEY_USAGE) else { return false };
    let purposes = only(usage.value, tag::SEQUENCE, "purposes").and_then(|list| list.children().all());
    purposes.is_ok_and(|list| list.iter().any(|purpose| purpose.content == wanted))
}

/// Whether the key is long enough to be trusted (ETSI TS 119 312 §6): RSA from 2048, curves from 256 bits.
pub(crate) fn key_is_strong<T: openssl::pkey::HasPublic>(key: &PKeyRef<T>) -> bool {
    match key.id() {
        Id::RSA | Id::RSA_PSS => key.bits() >= 2048,
        Id::EC => key.bits() >= 256,
        Id::ED25519 | Id::ED448 => true,
        _ => false,
    }
}

/// The common name of a subject or issuer, safe to show.
pub(crate) fn common_name(name: &X509NameRef) -> Option<String> {
    let entry = name.entries_by_nid(Nid::COMMONNAME).last()?;
    entry.data().to_string().ok().map(|text| harmless(&text))
}

/// A name on one line, most specific part first (RFC 4514 order), safe to show.
pub(crate) fn one_line(name: &X509NameRef) -> String {
    let mut parts: Vec<String> = name
        .entries()
        .map(|entry| {
            let key =
                entry.object().nid().short_name().map_or_else(|_| entry.object().to_string(), str::to_owned);
            let value = harmless(&entry.data().to_string().unwrap_or_default());
            format!("{key}={}", value.replace('\\', "\\\\").replace(',', "\\,"))
        })
        .collect();
    parts.reverse();
    parts.join(", ")
}

/// Puts the replacement character for what no name needs: controls, which end or break lines, and marks that
/// turn the direction of writing or take no room, with which a name can be made to look like another.
fn harmless(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    text.chars().map(|c| if invisible(c) { '\u{FFFD}' } else { c }).collect()
}

/// The serial number in hexadecimal.
pub(crate) fn serial_hex(certificate: &X509Ref) -> String {
    let number = certificate.serial_number().to_bn().and_then(|n| n.to_hex_str().map(|s| s.to_lowercase()));
    number.unwrap_or_default()
}
