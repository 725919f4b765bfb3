//! The update with everything but the signature value, and its one open place.

use openssl::hash::Hasher;

use crate::cms::DigestAlgorithm;
use crate::pdf::{Appended, Dict, Input, Object, Pdf, Ref, SignatureBody, Update, page};
use crate::sign::acroform::{Slot, merged_widget, register};
use crate::sign::options::Request;
use crate::sign::plan::Plan;
use crate::sign::{SignError, appearance, dictionary, notes, structure_tree, widget};

/// Lays out the field, its appearance and the signature dictionary.
pub(crate) fn lay_out(
    file: &Pdf<'_>,
    request: &Request<'_>,
    plan: &Plan,
    reserved: usize,
) -> Result<Appended, SignError> {
    let (root, _) = file.catalog()?;
    let dict = dictionary::signature(request.options, plan, root, request.now);
    let mut update = Update::new(file);
    let signature = update.add_signature(SignatureBody { dict, reserved });
    let field = place(&mut update, file, request, plan, signature)?;
    notes::write(&mut update, file, &plan.known, &request.options.notes)?;
    register(&mut update, file, field.as_slice(), plan.certify.map(|_| signature))?;
    if let Some(text) = &plan.legal_attestation {
        attest(&mut update, root, text)?;
    }
    let salt = [request.now.as_nanosecond().to_be_bytes().as_slice(), plan.slot.name().as_bytes()].concat();
    Ok(update.finish(&salt)?)
}

/// Fills the field that is there, or makes one and gives its reference.
fn place(
    update: &mut Update<'_, '_>,
    file: &Pdf<'_>,
    request: &Request<'_>,
    plan: &Plan,
    signature: Ref,
) -> Result<Option<Ref>, SignError> {
    let shown = request.options.appearance.as_ref();
    let lock = plan.new_lock.as_ref().map(|lock| update.add(lock.dictionary()));
    match &plan.slot {
        Slot::Existing(field) => {
            appearance::fill_existing(update, file, field, signature, shown)?;
            if let (Some(lock), Object::Dict(dict)) = (lock, update.current(field.reference)?) {
                update.replace(field.reference, dict.with("Lock", lock));
            }
            Ok(None)
        }
        Slot::New(name) => {
            let number = shown.map_or(1, |appearance| appearance.page);
            let page = &page(file, number)?.ok_or(SignError::NoSuchPage(number))?;
            let drawn = appearance::draw_new(update, file, page, shown)?;
            let mut dict: Dict = merged_widget(name, page.reference, drawn.rectangle, signature, drawn.form);
            if let Some(lock) = lock {
                dict.set("Lock", lock);
            }
            let field = update.add(dict);
            widget::attach(update, file, page, field)?;
            structure_tree::tag_widget(update, file, &plan.known, page, field)?;
            Ok(Some(field))
        }
    }
}

/// Writes the certifier's attestation (ISO 32000-2 Table 263).
fn attest(update: &mut Update<'_, '_>, root: Ref, text: &str) -> Result<(), SignError> {
    if let Object::Dict(catalog) = update.current(root)? {
        let legal = Dict::new().with("Attestation", crate::pdf::PdfString::from_text(text));
        update.replace(root, catalog.with("Legal", legal));
    }
    Ok(())
}

/// An update with its one open place.
pub(crate) struct Layout {
    pub(crate) appended: Vec<u8>,
    /// Start of the digits within `appended`, and the bytes they can hold.
    pub(crate) hole: (usize, usize),
    /// Offsets around `/Contents` in the whole file.
    contents: (usize, usize),
    base: usize,
}

impl Layout {
    pub(crate) fn new(base: usize, appended: Appended, reserved: usize) -> Result<Layout, SignError> {
        let contents = appended.contents.ok_or(SignError::TooLong)?;
        let start = contents.0.saturating_sub(base) + 1;
        Ok(Layout { hole: (start, reserved), appended: appended.bytes, contents, base })
    }

    /// The digest of what `/ByteRange` names: the file and the update but for the token of `/Contents`.
    pub(crate) fn digest(&self, pdf: &Input<'_>, algorithm: DigestAlgorithm) -> Result<Vec<u8>, SignError> {
        let before = self.appended.get(..self.contents.0 - self.base).unwrap_or_default();
        let after = self.appended.get(self.contents.1 - self.base..).unwrap_or_default();
        let mut hasher = Hasher::new(algorithm.openssl())?;
        let mut result = Ok(());
        pdf.visit(0..self.base, &mut |_, piece| {
            result = hasher.update(piece);
            result.is_ok()
        })?;
        result?;
        hasher.update(before)?;
        hasher.update(after)?;
        Ok(hasher.finish()?.to_vec())
    }
}

/// Writes a CMS into the open place; what is left of it stays zeros (ISO 32000-2 §12.8.3.3).
pub(crate) fn fill(
    appended: &[u8],
    (start, reserved): (usize, usize),
    cms: &[u8],
) -> Result<Vec<u8>, SignError> {
    if cms.len() > reserved {
        return Err(SignError::TooLong);
    }
    let digits = hex::encode(cms);
    let mut filled = appended.to_vec();
    let place = filled.get_mut(start..start + digits.len()).ok_or(SignError::TooLong)?;
    place.copy_from_slice(digits.as_bytes());
    Ok(filled)
}
