//! Writing the document security store: what is needed to judge signatures later (ISO 32000-2 §12.8.4.3).
//!
//! What is there stays there: other signatures may rest on it. The same bytes are not stored twice.

use std::collections::HashMap;

use crate::pdf::{Dict, Object, Pdf, PdfError, Ref, Update};
use crate::sign::image::deflate;
use crate::trust::ValidationData;

/// More certificates, answers or lists than any document needs.
const MAX_ITEMS: usize = 1024;

/// What one signature needs.
#[derive(Debug, Clone)]
pub(crate) struct Proof {
    /// Upper-case hexadecimal SHA-1 of its `/Contents` bytes, padding included (ISO 32000-2 Table 261).
    pub(crate) key: Option<String>,
    pub(crate) data: ValidationData,
}

/// The key of `/VRI` for a signature. SHA-1 is the standard's choice here; it names, it does not protect.
pub(crate) fn key(contents: &[u8]) -> String {
    hex::encode_upper(crate::DigestAlgorithm::Sha1.hash(&[contents]))
}

/// What the store of a file holds; what cannot be read is left out.
pub(crate) fn read(file: &Pdf<'_>) -> Result<ValidationData, PdfError> {
    let (_, catalog) = file.catalog()?;
    let Some(store) = file.dict_value(&catalog, "DSS")? else { return Ok(ValidationData::default()) };
    let list = |key: &str| -> Result<Vec<Vec<u8>>, PdfError> {
        let items = file.value(&store, key)?;
        let items = items.array().unwrap_or_default().iter().take(MAX_ITEMS).filter_map(Object::reference);
        Ok(items.filter_map(|reference| stored(file, reference)).collect())
    };
    Ok(ValidationData { certificates: list("Certs")?, ocsps: list("OCSPs")?, crls: list("CRLs")? })
}

fn stored(file: &Pdf<'_>, reference: Ref) -> Option<Vec<u8>> {
    match file.indirect(reference).ok()?.object {
        Object::Stream(stream) => file.stream_data(&stream).ok(),
        _ => None,
    }
}

/// Adds what the proofs hold and the file lacks. Says whether there was anything.
pub(crate) fn write(update: &mut Update<'_, '_>, file: &Pdf<'_>, proofs: &[Proof]) -> Result<bool, PdfError> {
    let (root, catalog) = file.catalog()?;
    let mut store = file.dict_value(&catalog, "DSS")?.unwrap_or_default();
    let mut shelves = [
        Shelf::read(file, &store, "Certs", "Cert")?,
        Shelf::read(file, &store, "OCSPs", "OCSP")?,
        Shelf::read(file, &store, "CRLs", "CRL")?,
    ];
    let mut related = file.dict_value(&store, "VRI")?.unwrap_or_default();
    let mut related_changed = false;
    for proof in proofs {
        related_changed |= shelve(update, &mut shelves, &mut related, proof);
    }
    if !related_changed && shelves.iter().all(|shelf| shelf.added.is_empty()) {
        return Ok(false);
    }
    for shelf in shelves {
        shelf.write(update, file, &mut store)?;
    }
    if related_changed {
        match store.reference("VRI") {
            Some(home) => update.replace(home, related),
            None => store.set("VRI", related),
        }
    }
    match catalog.reference("DSS") {
        Some(home) => update.replace(home, store),
        None => {
            let home = update.add(store.with("Type", "DSS"));
            update.replace(root, catalog.with("DSS", home));
        }
    }
    Ok(true)
}

/// Puts the pieces of one proof where they belong; says whether a `/VRI` entry was made for it.
fn shelve(update: &mut Update<'_, '_>, shelves: &mut [Shelf; 3], related: &mut Dict, proof: &Proof) -> bool {
    let Proof { key, data } = proof;
    let mut entry = Dict::new();
    for (shelf, items) in shelves.iter_mut().zip([&data.certificates, &data.ocsps, &data.crls]) {
        let places: Vec<Object> =
            items.iter().map(|der| Object::Reference(shelf.place(update, der))).collect();
        if !places.is_empty() {
            entry.set(shelf.related, places);
        }
    }
    // An entry that is there belongs to a revision that others have signed.
    let key = key.as_deref().filter(|key| !related.has(key));
    if let Some(key) = key {
        related.set(key, entry);
    }
    key.is_some()
}

/// One list of the store.
struct Shelf {
    list: &'static str,
    /// The key of the same kind in `/VRI` entries.
    related: &'static str,
    known: HashMap<[u8; 32], Ref>,
    added: Vec<Object>,
}

impl Shelf {
    fn read(
        file: &Pdf<'_>,
        store: &Dict,
        list: &'static str,
        related: &'static str,
    ) -> Result<Shelf, PdfError> {
        let items = file.value(store, list)?;
        let mut known = HashMap::new();
        for reference in items.array().unwrap_or_default().iter().filter_map(Object::reference) {
            // What cannot be read is kept, and is equal to nothing.
            if let Some(bytes) = stored(file, reference) {
                known.insert(openssl::sha::sha256(&bytes), reference);
            }
        }
        Ok(Shelf { list, related, known, added: Vec::new() })
    }

    /// Where these bytes are, or will be.
    fn place(&mut self, update: &mut Update<'_, '_>, der: &[u8]) -> Ref {
        *self.known.entry(openssl::sha::sha256(der)).or_insert_with(|| {
            let packed = deflate(der);
            let reference = update.add_stream(Dict::new().with("Filter", "FlateDecode"), packed);
            self.added.push(Object::Reference(reference));
            reference
        })
    }

    /// Lengthens the list in the form in which it is kept.
    fn write(self, update: &mut Update<'_, '_>, file: &Pdf<'_>, store: &mut Dict) -> Result<(), PdfError> {
        if self.added.is_empty() {
            return Ok(());
        }
        let mut items = file.value(store, self.list)?.array().unwrap_or_default().to_vec();
        items.extend(self.added);
        match store.reference(self.list) {
            Some(home) => update.replace(home, items),
            None => store.set(self.list, items),
        }
        Ok(())
    }
}
