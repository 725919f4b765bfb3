//! An empty signature field at its place, for a program that signs elsewhere (ISO 32000-2 §12.7.5.5).

use crate::embed::fields;
use crate::pdf::{Dict, Input, Object, Pdf, PdfString, Source, Update, page};
use crate::sign::acroform::{Slot, register, slot};
use crate::sign::place::Place;
use crate::sign::{SignError, permissions, structure_tree, widget};

/// What appending an empty field gave.
#[derive(Debug, Clone)]
pub struct Reserved {
    /// The revision to append.
    pub appended: Vec<u8>,
    /// Name of the field.
    pub field: String,
}

/// Appends an empty signature field, so that the signer's own program signs where the document wants it.
///
/// Signatures that are there stay as they are: a field for one more signature is what they permit, or this is
/// refused. `salt` makes the bytes unlike any other that are handed out, so that what is signed for one errand
/// cannot be brought back for another.
pub fn reserve_signature(source: &dyn Source, place: Place, salt: &[u8]) -> Result<Reserved, SignError> {
    let mut file = Pdf::read(Input::fetched(source))?;
    file.authenticate(None)?;
    let known = fields(&file)?;
    let Slot::New(name) = slot(&known, None)? else { return Err(SignError::FieldName(String::new())) };
    permissions::check(&file, &known, &name, false)?;
    let [left, bottom, width, height] = place.rectangle;
    if !place.rectangle.iter().all(|n| n.is_finite()) || width <= 0.0 || height <= 0.0 {
        return Err(SignError::EmptyRectangle);
    }
    let page = page(&file, place.page)?.ok_or(SignError::NoSuchPage(place.page))?;
    let corners = [left, bottom, left + width, bottom + height].map(Object::Real).to_vec();
    // Print only: a locked widget is one that some programs do not let anybody sign.
    let field = Dict::new()
        .with("Type", "Annot")
        .with("Subtype", "Widget")
        .with("FT", "Sig")
        .with("T", PdfString::from_text(&name))
        .with("F", 4)
        .with("Rect", corners)
        .with("P", page.reference);
    let mut update = Update::new(&file);
    let field = update.add(field);
    widget::attach(&mut update, &file, &page, field)?;
    structure_tree::tag_widget(&mut update, &file, &known, &page, field)?;
    register(&mut update, &file, &[field], None)?;
    Ok(Reserved { appended: update.finish(&[salt, name.as_bytes()].concat())?.bytes, field: name })
}
