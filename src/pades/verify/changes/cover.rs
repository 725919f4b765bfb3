//! Whether something new hides what was signed (shadow attacks, attacks on certified documents).

use crate::pdf::{Dict, Object, Pdf, PdfError, Ref, Stream};
use crate::verify::changes::comparison::Comparison;
use crate::verify::changes::marks::{self, Marks, inherited};
use crate::verify::changes::rectangle::Rectangle;
use crate::verify::changes::sheets::annotations;

/// Of a page whose content cannot be read, so much may be painted over; more is taken to hide something.
const BLIND_SHARE: f64 = 0.1;
/// A line of text is hidden where so much of its height is, over more than a hair's breadth.
const LINE_SHARE: f64 = 0.3;
const HAIR: f64 = 1.5;
/// So many thin veils make a curtain.
const VEILS: usize = 3;
/// Annotations that, without a picture of their own, viewers draw as lines, or so that text shines through.
const SHEER: [&str; 10] =
    ["Highlight", "Underline", "Squiggly", "StrikeOut", "Line", "PolyLine", "Ink", "Popup", "Caret", "Link"];

/// How much of a page's own text and pictures something new lies over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Covered {
    /// Lines and pictures painted over.
    pub(crate) hidden: usize,
    /// Lines and pictures written over.
    pub(crate) crossed: usize,
}

/// What an annotation or widget with this dictionary hides of a page as it was signed.
pub(crate) fn covered(
    comparison: &Comparison<'_, '_>,
    own: Ref,
    annotation: &Dict,
    page: Option<usize>,
) -> Result<Covered, PdfError> {
    let Some(page) = signed_page(comparison, page)? else { return Ok(Covered::default()) };
    let painted = painted(comparison.new, annotation)?;
    beneath(comparison, own, &page, &painted)
}

/// The same for the widget as it was: what it hid already, it was signed with.
pub(crate) fn covered_before(
    comparison: &Comparison<'_, '_>,
    own: Ref,
    annotation: &Dict,
    page: Option<usize>,
) -> Result<Covered, PdfError> {
    let Some(page) = signed_page(comparison, page)? else { return Ok(Covered::default()) };
    let mut marks = painted(comparison.old, annotation)?;
    let colours = comparison.old.dict_value(annotation, "MK")?.unwrap_or_default();
    if colours.has("BG") {
        // A field with a background of its own hides what is under it as soon as it is drawn.
        marks.opaque.extend(Rectangle::of(comparison.old, annotation, "Rect")?);
    }
    beneath(comparison, own, &page, &marks)
}

/// A page as it was signed, by its number.
fn signed_page(comparison: &Comparison<'_, '_>, number: Option<usize>) -> Result<Option<Dict>, PdfError> {
    let Some(page) = number.and_then(|number| comparison.sheets.page(number)) else { return Ok(None) };
    Ok(comparison.old.indirect(page)?.object.dict().cloned())
}

fn beneath(
    comparison: &Comparison<'_, '_>,
    own: Ref,
    page: &Dict,
    painted: &Marks,
) -> Result<Covered, PdfError> {
    if painted.opaque.is_empty() && painted.read.is_empty() && painted.faint.len() < VEILS {
        return Ok(Covered::default());
    }
    let pdf = comparison.old;
    let bounds = inherited(pdf, page, "MediaBox")?;
    let bounds = Rectangle::of(pdf, &Dict::new().with("Box", bounds), "Box")?;
    let size = bounds.map_or(f64::INFINITY, |bounds| bounds.size());
    let Ok(mut signed) = marks::of_page(pdf, page, size).map(|marks| marks.read) else {
        // Nobody can tell what lies beneath.
        let painted: f64 = painted.opaque.iter().map(Rectangle::size).sum();
        return Ok(Covered { hidden: usize::from(painted > BLIND_SHARE * size), crossed: 0 });
    };
    signed.extend(neighbours(pdf, own, page, size)?);
    let mut covered = Covered::default();
    for line in &signed {
        let veils = painted.faint.iter().filter(|area| lies_over(area, line)).count();
        if veils >= VEILS || painted.opaque.iter().any(|area| lies_over(area, line)) {
            covered.hidden += 1;
        } else if painted.read.iter().any(|area| lies_over(area, line)) {
            covered.crossed += 1;
        }
    }
    Ok(covered)
}

/// Other annotations of the page, sealed fields left to their own rule.
fn neighbours(pdf: &Pdf<'_>, own: Ref, page: &Dict, size: f64) -> Result<Vec<Rectangle>, PdfError> {
    let mut found = Vec::new();
    for annotation in annotations(pdf, page)?.iter().filter(|a| a.reference() != Some(own)) {
        let Some(dict) = pdf.resolve(annotation)?.dict().cloned() else { continue };
        if !dict.is("FT", "Sig") && !dict.is("Subtype", "Link") && !dict.is("Subtype", "Popup") {
            found.extend(Rectangle::of(pdf, &dict, "Rect")?.filter(|area| area.size() < 0.25 * size));
        }
    }
    Ok(found)
}

fn lies_over(area: &Rectangle, line: &Rectangle) -> bool {
    let width = line.right.min(area.right) - line.left.max(area.left);
    let height = line.top.min(area.top) - line.bottom.max(area.bottom);
    width > HAIR && height > LINE_SHARE * (line.top - line.bottom) && height > 0.0
}

/// What an annotation paints on its page.
fn painted(pdf: &Pdf<'_>, annotation: &Dict) -> Result<Marks, PdfError> {
    let Some(area) = Rectangle::of(pdf, annotation, "Rect")?.filter(|area| area.size() > 0.0) else {
        return Ok(Marks::default());
    };
    if !is_seen(pdf, annotation)? {
        return Ok(Marks::default());
    }
    if let Some(look) = look(pdf, annotation)? {
        // A picture that cannot be read may be a white sheet.
        return Ok(marks::of_appearance(pdf, &look, &area)
            .unwrap_or_else(|_| Marks { opaque: vec![area], ..Marks::default() }));
    }
    let subtype = annotation.name("Subtype").map(|name| name.text()).unwrap_or_default();
    let is_outline = matches!(subtype.as_str(), "Square" | "Circle" | "Polygon") && !annotation.has("IC");
    let is_sheer = SHEER.contains(&subtype.as_str()) || subtype == "Widget" || is_outline;
    Ok(Marks { opaque: if is_sheer { Vec::new() } else { vec![area] }, ..Marks::default() })
}

/// The normal appearance of the state that is on (ISO 32000-2 §12.5.5).
pub(crate) fn look(pdf: &Pdf<'_>, annotation: &Dict) -> Result<Option<Stream>, PdfError> {
    let looks = pdf.dict_value(annotation, "AP")?.unwrap_or_default();
    let mut normal = pdf.value(&looks, "N")?;
    if let (Object::Dict(states), Some(state)) = (&normal, annotation.name("AS")) {
        normal = pdf.value(states, &state.text())?;
    }
    Ok(match normal {
        Object::Stream(stream) => Some(stream),
        _ => None,
    })
}

/// Neither hidden nor kept from the screen (ISO 32000-2 Table 167).
pub(crate) fn is_seen(pdf: &Pdf<'_>, annotation: &Dict) -> Result<bool, PdfError> {
    let flags = pdf.value(annotation, "F")?.integer().unwrap_or(0);
    Ok(flags & 0b10_0010 == 0)
}

/// The largest share of an earlier signature's picture that a new widget lies over, 0 to 1.
pub(crate) fn share_of_seals(
    comparison: &Comparison<'_, '_>,
    widget: Ref,
    dict: &Dict,
) -> Result<f64, PdfError> {
    let page = comparison.sheets.number_of(widget);
    let Some(area) = Rectangle::of(comparison.new, dict, "Rect")? else { return Ok(0.0) };
    let mut largest: f64 = 0.0;
    for field in comparison.fields.iter().filter(|f| f.is_signature() && f.is_filled()) {
        for other in field.widgets.iter().filter(|o| comparison.sheets.number_of(**o) == page) {
            let Some(other) = comparison.old.indirect(*other)?.object.dict().cloned() else { continue };
            let seal = Rectangle::of(comparison.old, &other, "Rect")?.filter(|seal| seal.size() > 0.0);
            if let (Some(seal), true) = (seal, is_seen(comparison.old, &other)?) {
                largest = largest.max(seal.share_under(&area));
            }
        }
    }
    Ok(largest)
}
