use crate::cms::asn1::{Element, only, tag};
use crate::cms::attributes::single;
use crate::cms::oid;
use crate::cms::signed_data::{SignedData, SignerInfo};
use crate::trust::evidence::ValidationData;

/// More pieces of evidence than one signature needs.
const MAX_PIECES: usize = 64;

/// Validation data inside a signature or a timestamp.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carried {
    /// In signed attributes: it is as old as the signature.
    pub(crate) signed: ValidationData,
    /// Beside the signature, where anybody may have put it.
    pub(crate) unsigned: ValidationData,
}

/// Reads what a signature carries: its certificates, the CRLs and OCSP responses of SignedData
/// (RFC 5652 §10.2.1, RFC 5940), and Adobe's revocation archive (ISO 32000-2 §12.8.3.3.2).
///
/// What cannot be read is left out: it proves nothing, and the signature may hold without it.
pub(crate) fn carried(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Carried {
    let mut carried = Carried::default();
    let certificates = data.certificates.iter().take(MAX_PIECES).map(|der| der.to_vec());
    carried.unsigned.certificates.extend(certificates);
    for choice in data.revocations.iter().take(MAX_PIECES) {
        match choice.tag {
            tag::SEQUENCE => carried.unsigned.crls.push(choice.raw.to_vec()),
            _ => carried.unsigned.ocsps.extend(ocsp_choice(*choice)),
        }
    }
    if let Ok(Some(archive)) = single(&signer.signed, oid::REVOCATION_INFORMATION_ARCHIVAL) {
        carried.signed = archived(archive).unwrap_or_default();
    }
    carried
}

/// OtherRevocationInfoFormat with an OCSP response in it.
fn ocsp_choice(choice: Element<'_>) -> Option<Vec<u8>> {
    let mut fields = choice.children();
    let kind = fields.expect(tag::OID, "a format").ok()?.content;
    fields.next().ok().filter(|_| kind == oid::RI_OCSP_RESPONSE).map(|response| response.raw.to_vec())
}

/// RevocationInfoArchival: `[0]` CRLs, `[1]` OCSP responses.
fn archived(archive: Element<'_>) -> Option<ValidationData> {
    let mut fields = only(archive.raw, tag::SEQUENCE, "an archive").ok()?.children();
    let list = |explicit: Option<Element<'_>>| -> Option<Vec<Vec<u8>>> {
        let Some(explicit) = explicit else { return Some(Vec::new()) };
        let items = only(explicit.content, tag::SEQUENCE, "a list").ok()?.children().all().ok()?;
        Some(items.iter().take(MAX_PIECES).map(|item| item.raw.to_vec()).collect())
    };
    let crls = list(fields.optional(tag::context(0)).ok()?)?;
    let ocsps = list(fields.optional(tag::context(1)).ok()?)?;
    Some(ValidationData { certificates: Vec::new(), ocsps, crls })
}
