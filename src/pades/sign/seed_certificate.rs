//! Which certificate a field may be signed with (ISO 32000-2 Table 238).

use openssl::x509::{X509, X509NameRef};

use crate::cms::asn1::{Reader, only, tag};
use crate::cms::certificate::extension_value;
use crate::cms::oid;
use crate::pdf::{Dict, Object, Pdf};
use crate::sign::SignError;
use crate::sign::seed::{Constraint, certificates};

/// Bits of `/Ff`. `/URL` has one too, but an address is no condition on a certificate.
mod flag {
    pub(super) const SUBJECT: i64 = 1;
    pub(super) const ISSUER: i64 = 1 << 1;
    pub(super) const POLICY: i64 = 1 << 2;
    pub(super) const SUBJECT_NAME: i64 = 1 << 3;
    pub(super) const KEY_USAGE: i64 = 1 << 5;
}

/// Checks the required conditions. Others cannot change anything: the signer's certificate is given.
pub(crate) fn check(pdf: &Pdf<'_>, seed: &Dict, chain: &[X509]) -> Result<(), SignError> {
    let flags = pdf.value(seed, "Ff")?.integer().unwrap_or(0);
    let Some(signer) = chain.first() else { return Err(SignError::KeyUsage) };
    type Rule = fn(&Pdf<'_>, &Object, &X509, &[X509]) -> Result<bool, SignError>;
    let rules: [(i64, &str, Constraint, Rule); 5] = [
        (flag::SUBJECT, "Subject", Constraint::CertificateSubject, is_listed),
        (flag::SUBJECT_NAME, "SubjectDN", Constraint::CertificateName, has_name),
        (flag::ISSUER, "Issuer", Constraint::CertificateIssuer, has_issuer),
        (flag::POLICY, "OID", Constraint::CertificatePolicy, has_policy),
        (flag::KEY_USAGE, "KeyUsage", Constraint::CertificateKeyUsage, has_usage),
    ];
    for (flag, key, constraint, rule) in rules {
        let condition = pdf.value(seed, key)?;
        let required = flags & flag != 0 && condition.array().is_some();
        if required && !rule(pdf, &condition, signer, chain)? {
            return Err(SignError::SeedValue(constraint));
        }
    }
    Ok(())
}

fn is_listed(_: &Pdf<'_>, listed: &Object, signer: &X509, _: &[X509]) -> Result<bool, SignError> {
    let own = signer.to_der()?;
    let mut items = listed.array().unwrap_or_default().iter().filter_map(Object::string);
    Ok(items.any(|item| item.bytes == own))
}

/// All parts of one of the names are in the subject.
fn has_name(pdf: &Pdf<'_>, listed: &Object, signer: &X509, _: &[X509]) -> Result<bool, SignError> {
    for item in listed.array().unwrap_or_default() {
        let resolved = pdf.resolve(item)?;
        let Some(name) = resolved.dict() else { continue };
        let holds = name.0.iter().all(|(key, value)| {
            let wanted = value.string().map(|text| text.text());
            wanted.is_some_and(|wanted| subject_has(signer.subject_name(), &key.text(), &wanted))
        });
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}

fn subject_has(subject: &X509NameRef, kind: &str, wanted: &str) -> bool {
    subject.entries().any(|entry| {
        let object = entry.object();
        let named = object.nid().short_name().is_ok_and(|name| name.eq_ignore_ascii_case(kind))
            || object.to_string() == kind;
        named && entry.data().to_string().is_ok_and(|text| text == wanted)
    })
}

/// One of the issuers is in the signer's chain, by its own signature and not only by name.
fn has_issuer(_: &Pdf<'_>, listed: &Object, _: &X509, chain: &[X509]) -> Result<bool, SignError> {
    for issuer in certificates(listed) {
        let key = issuer.public_key()?;
        let issued = |c: &X509| {
            issuer.subject_name().to_der().ok() == c.issuer_name().to_der().ok()
                && c.verify(&key).unwrap_or(false)
        };
        // The chain is walked from the signer: a stray certificate beside it proves nothing.
        let mut next = chain.first();
        for _ in chain {
            let Some(current) = next else { break };
            if issued(current) {
                return Ok(true);
            }
            next = chain.iter().find(|above| above.issued(current) == openssl::x509::X509VerifyResult::OK);
        }
    }
    Ok(false)
}

/// One of the policies is among the certificate's (RFC 5280 §4.2.1.4); they are written as `1.2.3`.
fn has_policy(_: &Pdf<'_>, listed: &Object, signer: &X509, _: &[X509]) -> Result<bool, SignError> {
    let der = signer.to_der()?;
    let Some(value) = extension_value(&der, oid::CERTIFICATE_POLICIES) else { return Ok(false) };
    let policies = only(value, tag::SEQUENCE, "policies").and_then(|list| list.children().all());
    let own: Vec<&[u8]> = policies
        .unwrap_or_default()
        .iter()
        .filter_map(|policy| policy.children().expect(tag::OID, "a policy").ok())
        .map(|identifier| identifier.content)
        .collect();
    let wanted = |item: &Object| -> Option<Vec<u8>> {
        let object = openssl::asn1::Asn1Object::from_str(&item.string()?.text()).ok()?;
        Some(object.as_slice().to_vec())
    };
    Ok(listed
        .array()
        .unwrap_or_default()
        .iter()
        .filter_map(wanted)
        .any(|wanted| own.contains(&wanted.as_slice())))
}

/// One of the patterns fits: for each bit of key usage `1` set, `0` not set, `X` either.
fn has_usage(_: &Pdf<'_>, listed: &Object, signer: &X509, _: &[X509]) -> Result<bool, SignError> {
    let der = signer.to_der()?;
    let bytes = extension_value(&der, oid::KEY_USAGE)
        .and_then(|value| Reader::new(value).expect(tag::BIT_STRING, "key usage").ok())
        .map(|bits| bits.content.get(1..).unwrap_or_default());
    // Without the extension every use is allowed (RFC 5280 §4.2.1.3).
    let Some(bytes) = bytes else { return Ok(true) };
    let is_set = |bit: usize| bytes.get(bit / 8).is_some_and(|byte| byte & (0x80 >> (bit % 8)) != 0);
    let fits = |pattern: &str| {
        pattern.bytes().take(9).enumerate().all(|(bit, wish)| match wish {
            b'1' => is_set(bit),
            b'0' => !is_set(bit),
            _ => true,
        })
    };
    Ok(listed.array().unwrap_or_default().iter().filter_map(Object::string).any(|p| fits(&p.text())))
}
