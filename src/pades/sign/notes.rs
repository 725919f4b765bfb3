//! Number and date, written into their boxes together with the organisation's seal (NĐ 30/2020/NĐ-CP, Phụ lục I,
//! ô số 3 và 4).
//!
//! A document gets its number after the leader has signed it. The way that earlier signatures permit, and that
//! other judges know, is a text field that stood there empty: filling it in is what a form is for.

use jiff::Timestamp;

use crate::embed::{Field, certification, fields};
use crate::pdf::{Dict, Object, Pdf, PdfString, Ref, Update, page, pages};
use crate::sign::acroform::register;
use crate::sign::place::Place;
use crate::sign::{Appearance, Font, Line, SignError, appearance, permissions, widget};

/// The flag of a field that nobody types into (ISO 32000-2 Table 227).
const READ_ONLY: i64 = 1;
/// Print, ReadOnly, Locked, LockedContents (ISO 32000-2 Table 167).
const PINNED: i64 = 4 | 64 | 128 | 512;

/// A text that is written in the revision of a signature.
#[derive(Debug, Clone)]
pub struct Note {
    /// Where it goes.
    pub target: NoteTarget,
    /// The text.
    pub text: String,
    /// Font size in points; smaller if the text would not fit.
    pub size: f64,
    /// The font, embedded.
    pub font: Font,
}

/// Where a note goes.
#[derive(Debug, Clone, PartialEq)]
pub enum NoteTarget {
    /// Into a text field that is there; see [`reserve_fields`].
    Field(String),
    /// Onto a page, as a stamp annotation. Certified documents mostly forbid that.
    Page(Place),
}

/// An empty text field to be filled in by a later signature's revision.
#[derive(Debug, Clone, PartialEq)]
pub struct ReservedField {
    /// Its name.
    pub name: String,
    /// Its place.
    pub place: Place,
}

/// Appends empty text fields to a document that nobody has signed yet.
pub fn reserve_fields(pdf: &[u8], reserved: &[ReservedField], now: Timestamp) -> Result<Vec<u8>, SignError> {
    let mut file = Pdf::open(pdf)?;
    file.authenticate(None)?;
    let known = fields(&file)?;
    if known.iter().any(|field| field.is_signature() && field.is_filled()) {
        return Err(SignError::SignedAlready);
    }
    let all = pages(&file)?;
    let mut update = Update::new(&file);
    let mut made = Vec::new();
    for ReservedField { name, place } in reserved {
        if name.is_empty() || name.contains('.') || known.iter().any(|field| field.name == *name) {
            return Err(SignError::FieldName(name.clone()));
        }
        let page = place.page.checked_sub(1).and_then(|index| all.get(index));
        let page = page.ok_or(SignError::NoSuchPage(place.page))?;
        let drawn = appearance::draw_new(&mut update, &file, page, Some(&shown(*place, Vec::new(), None)))?;
        let field = Dict::new()
            .with("Type", "Annot")
            .with("Subtype", "Widget")
            .with("FT", "Tx")
            .with("T", PdfString::from_text(name))
            .with("Ff", READ_ONLY)
            .with("F", 4)
            .with("DA", PdfString::new("/Helv 0 Tf 0 g"))
            .with("Rect", drawn.rectangle.map(Object::Real).to_vec())
            .with("P", page.reference)
            .with("AP", Dict::new().with("N", drawn.form));
        let field = update.add(field);
        widget::attach(&mut update, &file, page, field)?;
        made.push(field);
    }
    register(&mut update, &file, &made, None)?;
    let salt = [now.as_nanosecond().to_be_bytes().as_slice(), b"fields"].concat();
    Ok(update.finish(&salt)?.bytes)
}

/// Writes the notes of a signature into its revision.
pub(crate) fn write(
    update: &mut Update<'_, '_>,
    file: &Pdf<'_>,
    known: &[Field],
    notes: &[Note],
) -> Result<(), SignError> {
    for note in notes {
        match &note.target {
            NoteTarget::Field(name) => {
                let field = known.iter().find(|field| field.name == *name);
                let field = field.filter(|field| field.kind.as_ref().is_some_and(|kind| kind == "Tx"));
                let field = field.ok_or_else(|| SignError::NotATextField(name.clone()))?;
                permissions::check_field(file, known, name)?;
                fill(update, file, field, note)?;
            }
            NoteTarget::Page(place) => {
                refuse_if_certified(file, known)?;
                pin(update, file, *place, note)?;
            }
        }
    }
    Ok(())
}

/// Value and appearance; nothing else of the field may change (ISO 32000-2 §12.7.4.3).
fn fill(update: &mut Update<'_, '_>, file: &Pdf<'_>, field: &Field, note: &Note) -> Result<(), SignError> {
    let value = PdfString::from_text(&note.text);
    update.replace(field.reference, field.dict.clone().with("V", value));
    let Some(widget) = field.widgets.first() else { return Ok(()) };
    let Object::Dict(dict) = update.current(*widget)? else { return Ok(()) };
    let [width, height] = appearance::area(&file.value(&dict, "Rect")?);
    if width > 0.0 && height > 0.0 {
        let place = Place { page: 1, rectangle: [0.0, 0.0, width, height] };
        let form = drawn(update, place, note, 0)?;
        update.replace(*widget, dict.with("AP", Dict::new().with("N", form)));
    }
    Ok(())
}

/// Anything but a form is beyond what P 1 and P 2 permit (ISO 32000-2 Table 257).
fn refuse_if_certified(file: &Pdf<'_>, known: &[Field]) -> Result<(), SignError> {
    for field in known.iter().filter(|field| field.is_signature() && field.is_filled()) {
        let Object::Dict(signature) = file.value(&field.dict, "V")? else { continue };
        if certification(file, &signature)?.is_some_and(|permission| permission < 3) {
            return Err(SignError::Certified);
        }
    }
    Ok(())
}

fn pin(update: &mut Update<'_, '_>, file: &Pdf<'_>, place: Place, note: &Note) -> Result<(), SignError> {
    let page = &page(file, place.page)?.ok_or(SignError::NoSuchPage(place.page))?;
    let form = drawn(update, place, note, widget::rotation(file, page)?)?;
    let [left, bottom, width, height] = place.rectangle;
    let corners = [left, bottom, left + width, bottom + height].map(Object::Real).to_vec();
    let annotation = Dict::new()
        .with("Type", "Annot")
        .with("Subtype", "Stamp")
        .with("Contents", PdfString::from_text(&note.text))
        .with("F", PINNED)
        .with("Rect", corners)
        .with("P", page.reference)
        .with("AP", Dict::new().with("N", form));
    let annotation = update.add(annotation);
    widget::attach(update, file, page, annotation)
}

fn drawn(update: &mut Update<'_, '_>, place: Place, note: &Note, rotation: i64) -> Result<Ref, SignError> {
    let [.., width, height] = place.rectangle;
    if !place.rectangle.iter().all(|n| n.is_finite()) || width <= 0.0 || height <= 0.0 {
        return Err(SignError::EmptyRectangle);
    }
    let lines = vec![Line { text: note.text.clone(), size: note.size }];
    let appearance = shown(place, lines, Some(note.font.clone()));
    appearance::draw(update, &appearance, [width, height], rotation)
}

fn shown(place: Place, lines: Vec<Line>, font: Option<Font>) -> Appearance {
    Appearance { page: place.page, rectangle: place.rectangle, lines, font, ..Appearance::default() }
}
