//! Certificate revocation lists (RFC 5280 §5, §6.3).

use crate::cms::SignatureAlgorithm;
use crate::cms::algorithm::DigestAlgorithm;
use crate::cms::asn1::{Element, Reader, only, tag};
use crate::cms::certificate::{Extension, extensions};
use crate::cms::oid;
use crate::cms::time::instant;
use crate::cms::x509::{Certificate, full_names, is_same_name};
use crate::trust::statement::{RevocationReason, Said, Statement, Unusable};

/// The parts of a CertificateList.
struct List<'a> {
    signed: &'a [u8],
    algorithm: Element<'a>,
    signature: &'a [u8],
    issuer: &'a [u8],
    this_update: Element<'a>,
    next_update: Option<Element<'a>>,
    /// Content of revokedCertificates.
    revoked: &'a [u8],
    extensions: Vec<Extension<'a>>,
}

/// Reads what a DER CRL says of a certificate, signed with the key of its issuer.
pub(crate) fn read(
    der: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<Statement, Unusable> {
    let list = parts(der)?;
    if !is_same_name(list.issuer, issuer.subject_name()) {
        return Err(Unusable::OtherIssuer);
    }
    check_extensions(&list, certificate, issuer)?;
    let algorithm = SignatureAlgorithm::read(list.algorithm, DigestAlgorithm::Sha1)?;
    let algorithm = algorithm.ok_or(Unusable::UnknownAlgorithm)?;
    if !issuer.may_sign_crls() {
        return Err(Unusable::Responder);
    }
    let key = issuer.x509().public_key().map_err(|_| Unusable::Signature)?;
    if !algorithm.verify(&key, list.signed, list.signature) {
        return Err(Unusable::Signature);
    }
    let this_update = instant(list.this_update)?;
    let next_update = list.next_update.map(instant).transpose()?;
    if next_update.is_some_and(|next| next < this_update) {
        return Err(Unusable::Malformed("a nextUpdate behind thisUpdate"));
    }
    Ok(Statement {
        said: said(list.revoked, certificate.serial())?,
        this_update,
        next_update,
        produced: this_update,
        keeps_expired_since: kept_since(&list)?,
        delegate: None,
        algorithm,
    })
}

/// The Name of who issued a CRL, without any check.
pub(crate) fn issuer(der: &[u8]) -> Option<&[u8]> {
    parts(der).ok().map(|list| list.issuer)
}

/// When a CRL says it was made, without any check.
pub(crate) fn this_update(der: &[u8]) -> Option<jiff::Timestamp> {
    instant(parts(der).ok()?.this_update).ok()
}

fn parts(der: &[u8]) -> Result<List<'_>, Unusable> {
    let mut outer = only(der, tag::SEQUENCE, "a CRL")?.children();
    let body = outer.expect(tag::SEQUENCE, "a CRL body")?;
    let algorithm = outer.expect(tag::SEQUENCE, "a signature algorithm")?;
    let signature = outer.next()?.bits()?;
    let mut fields = body.children();
    fields.optional(tag::INTEGER)?;
    // The signed copy must be the same, or the algorithm could be exchanged (RFC 5280 §5.1.1.2).
    if fields.expect(tag::SEQUENCE, "a signature algorithm")?.raw != algorithm.raw {
        return Err(Unusable::Malformed("one signature algorithm"));
    }
    let issuer = fields.expect(tag::SEQUENCE, "an issuer")?.raw;
    let this_update = fields.next()?;
    let next_update = match fields.optional(tag::UTC_TIME)? {
        Some(time) => Some(time),
        None => fields.optional(tag::GENERALIZED_TIME)?,
    };
    let revoked = fields.optional(tag::SEQUENCE)?.map(|list| list.content).unwrap_or_default();
    let extensions = match fields.optional(tag::context(0))? {
        Some(explicit) => extensions(explicit.children().next()?)?,
        None => Vec::new(),
    };
    Ok(List { signed: body.raw, algorithm, signature, issuer, this_update, next_update, revoked, extensions })
}

/// Extensions that narrow what the list covers (RFC 5280 §5.2). What is critical and unknown forbids its use.
fn check_extensions(
    list: &List<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
) -> Result<(), Unusable> {
    for extension in &list.extensions {
        match extension.oid {
            oid::AUTHORITY_KEY_IDENTIFIER => check_key_identifier(extension.value, issuer)?,
            oid::ISSUING_DISTRIBUTION_POINT => check_scope(extension.value, certificate)?,
            oid::DELTA_CRL_INDICATOR => return Err(Unusable::Delta),
            oid::CRL_NUMBER | oid::EXPIRED_CERTIFICATES_ON_CRL => {}
            _ if extension.critical => return Err(Unusable::CriticalExtension),
            _ => {}
        }
    }
    Ok(())
}

/// The key identifier, where both sides have one, must be the issuer's: names alone can be shared.
fn check_key_identifier(value: &[u8], issuer: &Certificate) -> Result<(), Unusable> {
    let named = only(value, tag::SEQUENCE, "an authority key identifier")?
        .children()
        .optional(tag::context_primitive(0))?;
    let own = issuer.extension(oid::SUBJECT_KEY_IDENTIFIER);
    let own = own.map(|value| only(value, tag::OCTET_STRING, "a key identifier")).transpose()?;
    match (named, own) {
        (Some(named), Some(own)) if named.content != own.content => Err(Unusable::OtherIssuer),
        _ => Ok(()),
    }
}

/// IssuingDistributionPoint (RFC 5280 §5.2.5, §6.3.3 b).
///
/// A list in parts is used only for certificates that name its part: in another part the certificate would
/// not be listed even if revoked.
fn check_scope(value: &[u8], certificate: &Certificate) -> Result<(), Unusable> {
    let is_authority = certificate.is_authority();
    for field in only(value, tag::SEQUENCE, "a distribution point")?.children().all()? {
        let is_set = field.content != [0];
        let covered = match field.tag & 0x1F {
            0 => {
                let own = certificate.crl_addresses();
                full_names(field.content).iter().any(|name| own.contains(name))
            }
            1 => !is_set || !is_authority,
            2 => !is_set || is_authority,
            // Some reasons only, lists of several issuers, attribute certificates: not alone enough.
            _ => field.tag & 0x1F != 3 && !is_set,
        };
        if !covered {
            return Err(Unusable::Scope);
        }
    }
    Ok(())
}

fn kept_since(list: &List<'_>) -> Result<Option<jiff::Timestamp>, Unusable> {
    let kept = list.extensions.iter().find(|extension| extension.oid == oid::EXPIRED_CERTIFICATES_ON_CRL);
    let Some(kept) = kept else { return Ok(None) };
    Ok(Some(instant(only(kept.value, tag::GENERALIZED_TIME, "a time")?)?))
}

/// Looks the serial number up. Lists have up to a million entries, so nothing is kept of the others.
fn said(revoked: &[u8], serial: &[u8]) -> Result<Said, Unusable> {
    let mut entries = Reader::new(revoked);
    let mut said = Said::Good;
    while !entries.is_empty() {
        let mut fields = entries.expect(tag::SEQUENCE, "a revoked certificate")?.children();
        let listed = fields.expect(tag::INTEGER, "a serial number")?.content;
        let time = fields.next()?;
        // Read for every entry: one critical extension that is not known forbids the whole list (§5.3).
        let reason = reason(&mut fields)?;
        if listed == serial {
            said = Said::Revoked(instant(time)?, reason);
        }
    }
    Ok(match said {
        Said::Revoked(_, RevocationReason::RemoveFromCrl) => Said::Good,
        other => other,
    })
}

/// The reason of an entry (RFC 5280 §5.3.1).
fn reason(fields: &mut Reader<'_>) -> Result<RevocationReason, Unusable> {
    let mut reason = RevocationReason::Unspecified;
    let Some(list) = fields.optional(tag::SEQUENCE)? else { return Ok(reason) };
    for extension in extensions(list)? {
        match extension.oid {
            oid::CRL_REASON => {
                let number = only(extension.value, tag::ENUMERATED, "a reason")?.content;
                reason = RevocationReason::from_number(number.first().copied().unwrap_or_default());
            }
            oid::INVALIDITY_DATE => {}
            _ if extension.critical => return Err(Unusable::CriticalExtension),
            _ => {}
        }
    }
    Ok(reason)
}
