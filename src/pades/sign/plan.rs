//! What will be signed, once the wishes of the caller and those of the field's author are one.

use openssl::x509::X509;

use crate::cms::asn1::{only, tag};
use crate::cms::certificate::{extension_value, may_sign_documents};
use crate::cms::{DigestAlgorithm, oid};
use crate::embed::{Field, FieldLock, LockDictionary, field_lock, fields};
use crate::pdf::Pdf;
use crate::sign::acroform::{Slot, slot};
use crate::sign::options::{Permission, Request, SignatureFormat};
use crate::sign::{SignError, permissions, seed};

/// id-kp, the arc of key purposes (RFC 5280 §4.2.1.12).
const KEY_PURPOSES: &[u8] = &[0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03];
/// serverAuth, codeSigning, timeStamping, OCSPSigning.
const SERVICES: [u8; 4] = [1, 3, 8, 9];

/// The decisions that laying out and signing follow.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The fields there are.
    pub(crate) known: Vec<Field>,
    pub(crate) slot: Slot,
    pub(crate) format: SignatureFormat,
    pub(crate) digest: Option<DigestAlgorithm>,
    pub(crate) certify: Option<Permission>,
    pub(crate) reason: Option<String>,
    pub(crate) legal_attestation: Option<String>,
    /// The lock that the signature repeats as FieldMDP.
    pub(crate) lock: Option<FieldLock>,
    /// A lock dictionary that the field lacks and gets.
    pub(crate) new_lock: Option<LockDictionary>,
    /// The field's author insists on a timestamp.
    pub(crate) timestamp_required: bool,
}

/// Chooses the field, checks that it may be signed, and brings both sides' wishes together.
pub(crate) fn plan(file: &Pdf<'_>, request: &Request<'_>) -> Result<Plan, SignError> {
    let options = request.options;
    let known = fields(file)?;
    let slot = slot(&known, options.field.as_deref())?;
    let mut plan = Plan {
        known,
        format: options.format.unwrap_or_default(),
        digest: options.digest,
        certify: options.certify,
        reason: options.reason.clone(),
        legal_attestation: options.legal_attestation.clone(),
        lock: options.lock.clone(),
        new_lock: None,
        timestamp_required: false,
        slot,
    };
    let mut locks_document = false;
    if let Slot::Existing(field) = plan.slot.clone() {
        locks_document = seed::apply(file, &field, request, &mut plan)?;
    }
    permissions::check(file, &plan.known, plan.slot.name(), plan.certify.is_some())?;
    set_lock(file, options.lock.as_ref(), locks_document, &mut plan)?;
    Ok(plan)
}

/// The `/Lock` of an existing field is an order: the signature carries it out (ISO 32000-2 Table 236).
fn set_lock(
    file: &Pdf<'_>,
    wanted: Option<&FieldLock>,
    locks_document: bool,
    plan: &mut Plan,
) -> Result<(), SignError> {
    let prescribed = match &plan.slot {
        Slot::Existing(field) => field_lock(file, field)?,
        Slot::New(_) => None,
    };
    if let Some(LockDictionary { fields, .. }) = prescribed {
        if wanted.is_some_and(|wanted| *wanted != fields) {
            return Err(SignError::FieldHasLock(plan.slot.name().to_owned()));
        }
        plan.lock = Some(fields);
        return Ok(());
    }
    if locks_document {
        plan.lock.get_or_insert(FieldLock::All);
    }
    let permission = locks_document.then_some(1);
    plan.new_lock = plan.lock.clone().map(|fields| LockDictionary { fields, permission });
    Ok(())
}

/// May this certificate (DER) sign documents, whenever it is valid? Those of servers, of authorities and for
/// timestamps may not.
pub fn may_sign(certificate: &[u8]) -> bool {
    may_sign_documents(certificate) && !is_for_services(certificate)
}

/// Refuses a certificate that a verifier would refuse.
pub(crate) fn check_certificate(certificate: &X509, now: jiff::Timestamp) -> Result<(), SignError> {
    let der = certificate.to_der()?;
    if !may_sign(&der) {
        return Err(SignError::KeyUsage);
    }
    let now = openssl::asn1::Asn1Time::from_unix(now.as_second())?;
    if certificate.not_before() > now {
        return Err(SignError::CertificateNotYetValid);
    }
    if certificate.not_after() < now {
        return Err(SignError::CertificateExpired);
    }
    Ok(())
}

/// Whether the extended key usage names nothing but servers, code, timestamps and OCSP (RFC 5280 §4.2.1.12).
///
/// Purposes for signing documents are many and not agreed on, so those that are surely none are listed.
fn is_for_services(der: &[u8]) -> bool {
    let Some(value) = extension_value(der, oid::EXTENDED_KEY_USAGE) else { return false };
    let purposes = only(value, tag::SEQUENCE, "purposes").and_then(|list| list.children().all());
    purposes.is_ok_and(|list| {
        list.iter().all(|purpose| match purpose.content.split_last() {
            Some((last, arc)) => arc == KEY_PURPOSES && SERVICES.contains(last),
            None => false,
        })
    })
}
