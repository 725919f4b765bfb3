//! The signatures a file holds, as far as extending them needs to know.

use crate::cms::signed_data::{SignedData, read, trim};
use crate::cms::timestamp::check_token_over;
use crate::cms::{Content, attributes::single, oid};
use crate::embed::fields;
use crate::pdf::{Dict, Object, Pdf, PdfError};
use crate::sign::security_store;
use crate::trust::{Certificate, ValidationData};

/// A signature or document timestamp of the newest revision.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    /// Its key in `/VRI`.
    pub(crate) key: String,
    /// The certificates whose standing must be proven: the signer's, and that of its timestamp.
    pub(crate) certificates: Vec<Certificate>,
    /// All certificates it carries.
    pub(crate) carried: ValidationData,
    /// Whether it is a document timestamp.
    pub(crate) is_timestamp: bool,
    /// Whether a signature timestamp is in it, and holds.
    pub(crate) is_stamped: bool,
    /// Where it stands in the file.
    start: usize,
}

/// The signatures and timestamps in the form, in the order of the file.
///
/// One whose CMS cannot be read is left out: no evidence helps it.
pub(crate) fn present(file: &Pdf<'_>) -> Result<Vec<Present>, PdfError> {
    let mut found = Vec::new();
    for field in fields(file)?.iter().filter(|field| field.is_signature() && field.is_filled()) {
        let Object::Dict(dict) = file.value(&field.dict, "V")? else { continue };
        found.extend(read_one(&dict));
    }
    found.sort_by_key(|one: &Present| one.start);
    Ok(found)
}

/// Whether each signature has a proven time: its own timestamp, or one of a later document timestamp.
pub(crate) fn all_stamped(present: &[Present]) -> bool {
    let last = present.iter().rposition(|one| one.is_timestamp);
    let later = |index: usize| last.is_some_and(|last| last > index);
    present.iter().enumerate().all(|(index, one)| one.is_timestamp || one.is_stamped || later(index))
}

fn read_one(dict: &Dict) -> Option<Present> {
    let contents = dict.get("Contents").and_then(Object::string)?;
    let der = trim(&contents.bytes).ok()?.der;
    let data = read(&der).ok()?;
    let [signer] = data.signers.as_slice() else { return None };
    let mut present = Present {
        key: security_store::key(&contents.bytes),
        certificates: signers(&data),
        carried: carried(&data),
        is_timestamp: dict.is("SubFilter", "ETSI.RFC3161"),
        is_stamped: false,
        start: contents.span.start,
    };
    if let Ok(Some(token)) = single(&signer.unsigned, oid::SIGNATURE_TIMESTAMP) {
        present.is_stamped = check_token_over(token.raw, Content::Pieces(&[signer.signature])).is_ok();
        if let Ok(token) = read(token.raw) {
            present.certificates.extend(signers(&token));
            present.carried.extend(carried(&token));
        }
    }
    Some(present)
}

fn carried(data: &SignedData<'_>) -> ValidationData {
    let certificates = data.certificates.iter().map(|der| der.to_vec()).collect();
    ValidationData { certificates, ..ValidationData::default() }
}

/// The certificates that the signer infos name, among those carried.
fn signers(data: &SignedData<'_>) -> Vec<Certificate> {
    let carried: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect();
    let named = |id: &crate::cms::signed_data::SignerId<'_>| {
        carried.iter().find(|certificate| id.names(certificate)).cloned()
    };
    data.signers.iter().filter_map(|signer| named(&signer.id)).collect()
}
