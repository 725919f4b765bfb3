//! May this document be signed once more, and in this field?

use crate::embed::{Field, certification, field_lock, locks};
use crate::pdf::{Object, Pdf};
use crate::sign::SignError;

/// Refuses what earlier signatures or usage rights forbid.
pub(crate) fn check(pdf: &Pdf<'_>, fields: &[Field], field: &str, certifies: bool) -> Result<(), SignError> {
    check_for_timestamp(pdf)?;
    if certifies && fields.iter().any(|f| f.is_signature() && f.is_filled()) {
        return Err(SignError::CertificationTooLate);
    }
    check_field(pdf, fields, field)
}

/// Refuses to change a field that earlier signatures have locked, or a document that they have closed.
pub(crate) fn check_field(pdf: &Pdf<'_>, fields: &[Field], field: &str) -> Result<(), SignError> {
    for signed in fields.iter().filter(|f| f.is_signature() && f.is_filled()) {
        let value = pdf.value(&signed.dict, "V")?;
        let Object::Dict(signature) = value else { continue };
        // A signed field's /Lock may forbid all changes too (ISO 32000-2 Table 236, /P).
        let locked = field_lock(pdf, signed)?.is_some_and(|lock| lock.permission == Some(1));
        if locked || certification(pdf, &signature)? == Some(1) {
            return Err(SignError::Certified);
        }
        if locks(pdf, &signature)?.iter().any(|lock| lock.covers(field)) {
            return Err(SignError::Locked(field.to_owned()));
        }
    }
    Ok(())
}

/// Refuses what even a timestamp or validation data would break.
///
/// Neither certifications nor locks forbid these two: they change nothing that was agreed (ISO 32000-2
/// §12.8.4, §12.8.5.3).
pub(crate) fn check_for_timestamp(pdf: &Pdf<'_>) -> Result<(), SignError> {
    let (_, catalog) = pdf.catalog()?;
    let rights = pdf.dict_value(&catalog, "Perms")?;
    if rights.is_some_and(|rights| rights.has("UR3") || rights.has("UR")) {
        return Err(SignError::UsageRights);
    }
    Ok(())
}
