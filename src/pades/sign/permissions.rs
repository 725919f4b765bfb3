//! May this document be signed once more, and in this field?

use crate::embed::{Field, certification, locks};
use crate::pdf::{Object, Pdf};
use crate::sign::SignError;

/// Refuses what earlier signatures or usage rights forbid.
pub(crate) fn check(pdf: &Pdf<'_>, fields: &[Field], field: &str, certifies: bool) -> Result<(), SignError> {
    let (_, catalog) = pdf.catalog()?;
    let rights = pdf.dict_value(&catalog, "Perms")?;
    if rights.is_some_and(|rights| rights.has("UR3") || rights.has("UR")) {
        return Err(SignError::UsageRights);
    }
    for signed in fields.iter().filter(|f| f.is_signature() && f.is_filled()) {
        if certifies {
            return Err(SignError::CertificationTooLate);
        }
        let value = pdf.value(&signed.dict, "V")?;
        let Object::Dict(signature) = value else { continue };
        if certification(pdf, &signature)? == Some(1) {
            return Err(SignError::Certified);
        }
        if locks(pdf, &signature)?.iter().any(|lock| lock.covers(field)) {
            return Err(SignError::Locked(field.to_owned()));
        }
    }
    Ok(())
}
