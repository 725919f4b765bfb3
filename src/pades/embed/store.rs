//! The document security store (ISO 32000-2 §12.8.4.3), and in which revision it gained what.

use crate::pdf::{Dict, Object, Pdf, PdfError, Revision};
use crate::trust::ValidationData;

/// More pieces of one kind than any document needs.
const MAX_PIECES: usize = 1024;
/// Validation data beyond this is not read. Lists of large authorities have some megabytes.
const MAX_BYTES: usize = 64 << 20;

/// What a revision has in the store that earlier ones had not.
#[derive(Debug, Clone)]
pub(crate) struct StoreAddition {
    /// Index of the revision.
    pub(crate) revision: usize,
    pub(crate) data: ValidationData,
}

/// All that ever stood in `/DSS`, by the first revision that has it. Nobody is trusted for standing there.
///
/// A revision that cannot be read adds nothing: what is missing is told certificate by certificate.
pub(crate) fn store_history(pdf: &Pdf<'_>, revisions: &[Revision]) -> Vec<StoreAddition> {
    let mut additions: Vec<StoreAddition> = Vec::new();
    let mut last: Option<[Vec<Object>; 3]> = None;
    let mut room = MAX_BYTES;
    for (index, revision) in revisions.iter().enumerate() {
        let view = pdf.at(revision.section, revision.end);
        let Ok(Some(lists)) = lists(&view) else { continue };
        if last.as_ref() == Some(&lists) {
            continue;
        }
        let [certificates, ocsps, crls] = &lists;
        let mut data = ValidationData {
            certificates: streams(&view, certificates, &mut room),
            ocsps: streams(&view, ocsps, &mut room),
            crls: streams(&view, crls, &mut room),
        };
        remove_known(&mut data, &additions);
        additions.push(StoreAddition { revision: index, data });
        last = Some(lists);
    }
    additions
}

fn remove_known(data: &mut ValidationData, additions: &[StoreAddition]) {
    for known in additions.iter().map(|addition| &addition.data) {
        data.certificates.retain(|der| !known.certificates.contains(der));
        data.ocsps.retain(|der| !known.ocsps.contains(der));
        data.crls.retain(|der| !known.crls.contains(der));
    }
}

/// `/Certs`, `/OCSPs` and `/CRLs`, each item as it stands.
fn lists(pdf: &Pdf<'_>) -> Result<Option<[Vec<Object>; 3]>, PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let Some(store) = pdf.dict_value(&catalog, "DSS")? else { return Ok(None) };
    let list = |store: &Dict, key| -> Result<Vec<Object>, PdfError> {
        let value = pdf.value(store, key)?;
        Ok(value.array().unwrap_or_default().iter().take(MAX_PIECES).cloned().collect())
    };
    Ok(Some([list(&store, "Certs")?, list(&store, "OCSPs")?, list(&store, "CRLs")?]))
}

fn streams(pdf: &Pdf<'_>, list: &[Object], room: &mut usize) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for item in list {
        let Ok(Object::Stream(stream)) = pdf.resolve(item) else { continue };
        let Ok(der) = pdf.stream_data(&stream) else { continue };
        let Some(left) = room.checked_sub(der.len()) else { break };
        *room = left;
        found.push(der);
    }
    found
}
