//! What a signature looks like on an official document (NĐ 30/2020/NĐ-CP, Phụ lục I, phần II mục 7 và 8).
//!
//! Pictures are placed by their real size in millimetres. A picture scaled to pixels would be a seal of the
//! wrong size, which the decree does not know.

use jiff::Timestamp;

use crate::pdf::{Object, Pdf, page};
use crate::sign::appearance::{LEADING, MARGIN};
use crate::sign::font::EmbeddedFont;
use crate::sign::place::Place;
use crate::sign::{Appearance, Font, Line, SignError, image, widget};

/// Points in a millimetre.
const MILLIMETRE: f64 = 72.0 / 25.4;
/// A handwritten signature is not drawn wider than this, or than the column it stands in.
const HANDWRITTEN_WIDTH: f64 = 50.0 * MILLIMETRE;
/// The size of the text in the corner, in points.
const NOTE_SIZE: f64 = 10.0;
/// From the right and the upper edge of the page to the text in its corner, in millimetres; inside the margins that the
/// decree prescribes.
pub const CORNER: [f64; 2] = [15.0, 5.0];
/// Longer lines in the corner are broken.
const NOTE_WIDTH: f64 = 90.0 * MILLIMETRE;
/// Room for rounding, so that text that fits is not made smaller.
const SLACK: f64 = 0.5;

/// A place in millimetres from the lower left corner of the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placement {
    /// Page number, from 1.
    pub page: usize,
    /// Left edge.
    pub left: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl From<Placement> for Place {
    fn from(placement: Placement) -> Place {
        let Placement { page, left, bottom, width, height } = placement;
        Place { page, rectangle: [left, bottom, width, height].map(|n| n * MILLIMETRE) }
    }
}

/// What of a page is seen, and how it is turned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageArea {
    /// Page number, from 1.
    pub page: usize,
    /// Lower left and upper right corner, in points.
    pub corners: [f64; 4],
    /// Clockwise, in degrees: 0, 90, 180 or 270.
    pub rotation: i64,
}

impl PageArea {
    /// Reads the crop box, or else the media box, of a page (ISO 32000-2 §14.11.2).
    pub fn of(pdf: &Pdf<'_>, number: usize) -> Result<PageArea, SignError> {
        let page = &page(pdf, number)?.ok_or(SignError::NoSuchPage(number))?;
        let rotation = widget::rotation(pdf, page)?;
        for key in ["CropBox", "MediaBox"] {
            let numbers = widget::inherited(pdf, page, key)?;
            let numbers: Vec<f64> =
                numbers.array().unwrap_or_default().iter().filter_map(Object::number).collect();
            if let [x1, y1, x2, y2] = *numbers.as_slice() {
                let corners = [x1.min(x2), y1.min(y2), x1.max(x2), y1.max(y2)];
                return Ok(PageArea { page: number, corners, rotation });
            }
        }
        Err(SignError::EmptyRectangle)
    }

    /// Width and height as the reader sees them, in points.
    pub fn size(&self) -> [f64; 2] {
        let [left, bottom, right, top] = self.corners;
        if self.rotation % 180 == 90 { [top - bottom, right - left] } else { [right - left, top - bottom] }
    }

    /// A place of some width and height, so many millimetres from the right and the upper edge that the reader sees.
    fn below_top_right(&self, corner: [f64; 2], [width, height]: [f64; 2]) -> Place {
        let [left, bottom, right, top] = self.corners;
        let [aside, down] = corner.map(|n| n * MILLIMETRE);
        // On a turned page the reader's width lies along the page's height.
        let rectangle = match self.rotation {
            90 => [left + down, top - aside - width, height, width],
            180 => [left + aside, bottom + down, width, height],
            270 => [right - down - height, bottom + aside, height, width],
            _ => [right - aside - width, top - down - height, width, height],
        };
        Place { page: self.page, rectangle }
    }
}

impl Appearance {
    /// The image of a person's handwritten signature, centred between title and name.
    ///
    /// It keeps its proportions and is as large as the place allows; see [`find_place`](crate::sign::find_place).
    pub fn handwritten(place: &Place, png: Vec<u8>) -> Result<Appearance, SignError> {
        let [left, bottom, width, height] = place.rectangle;
        let [pixels_wide, pixels_high] = image::dimensions(&png)?;
        let scale = (width.max(HANDWRITTEN_WIDTH) / pixels_wide).min(height / pixels_high);
        let size = [pixels_wide * scale, pixels_high * scale];
        let centre = [left + width / 2.0, bottom + height / 2.0];
        Ok(picture(place.page, centre, size, png))
    }

    /// The seal of an organisation in its real size, over the left third of a person's signature.
    pub fn seal(signature: &Appearance, png: Vec<u8>, millimetres: [f64; 2]) -> Appearance {
        let size = millimetres.map(|n| n * MILLIMETRE);
        let [left, bottom, width, height] = signature.rectangle;
        let (left, width) = (left + MARGIN, width - 2.0 * MARGIN);
        let right = left + width / 3.0;
        let centre = [right - size[0] / 2.0, bottom + height / 2.0];
        picture(signature.page, centre, size, png)
    }

    /// The seal of an organisation in its real size, centred on a point of its own.
    pub fn seal_at(page: usize, centre: [f64; 2], png: Vec<u8>, millimetres: [f64; 2]) -> Appearance {
        picture(page, centre, millimetres.map(|n| n * MILLIMETRE), png)
    }

    /// The text on an attachment in a file of its own: number and symbol of its document, time of signing.
    pub fn attachment_note(
        area: &PageArea,
        number_and_symbol: &str,
        signed_at: Timestamp,
        font: Font,
    ) -> Result<Appearance, SignError> {
        let note = CornerNote::new(&[number_and_symbol, &time_text(signed_at)], font)?;
        let Place { page, rectangle } = area.below_top_right(CORNER, note.size);
        Ok(Appearance { page, rectangle, lines: note.lines, font: Some(note.font), ..Appearance::default() })
    }
}

/// The mark on an electronic copy (box 14), before it has its place.
#[derive(Debug, Clone)]
pub struct CopyMark {
    corner: CornerNote,
    /// The picture of the seal and its real size in points.
    seal: Option<(Vec<u8>, f64)>,
}

impl CopyMark {
    /// The lines, such as the form of the copy and the body that made it, and the time of signing below them.
    pub fn new(texts: &[&str], signed_at: Timestamp, font: Font) -> Result<CopyMark, SignError> {
        let time = time_text(signed_at);
        let texts: Vec<&str> = texts.iter().copied().chain([time.as_str()]).collect();
        Ok(CopyMark { corner: CornerNote::new(&texts, font)?, seal: None })
    }

    /// The same with the picture of the seal on the left, so many millimetres wide and high.
    pub fn with_seal(self, png: Vec<u8>, millimetres: f64) -> CopyMark {
        CopyMark { seal: Some((png, millimetres * MILLIMETRE)), ..self }
    }

    /// Width and height, in points.
    pub fn size(&self) -> [f64; 2] {
        let [width, height] = self.corner.size;
        match &self.seal {
            Some((_, seal)) => [width + seal + 2.0 * MARGIN, height.max(seal + 2.0 * MARGIN)],
            None => [width, height],
        }
    }

    /// The mark so many millimetres from the right and the upper edge of the page; see [`CORNER`].
    pub fn at(self, area: &PageArea, corner: [f64; 2]) -> Appearance {
        let Place { page, rectangle } = area.below_top_right(corner, self.size());
        let CornerNote { lines, font, .. } = self.corner;
        let (image, image_size) = self.seal.map(|(png, size)| (png, [size; 2])).unzip();
        Appearance { page, rectangle, image, image_size, lines, font: Some(font) }
    }
}

/// Day and time of signing with the time zone of Viet Nam as ISO 8601 writes it.
fn time_text(time: Timestamp) -> String {
    jiff::tz::offset(7).to_datetime(time).strftime("%d/%m/%Y %H:%M:%S +07:00").to_string()
}

/// A widget that fits a picture of some size, the margin that is drawn around pictures included.
fn picture(page: usize, [x, y]: [f64; 2], [width, height]: [f64; 2], png: Vec<u8>) -> Appearance {
    let [left, bottom] = [x - width / 2.0 - MARGIN, y - height / 2.0 - MARGIN];
    let rectangle = [left, bottom, width + 2.0 * MARGIN, height + 2.0 * MARGIN];
    Appearance { page, rectangle, image: Some(png), ..Appearance::default() }
}

/// Text of size 10 for a corner of a page, as large as its lines.
#[derive(Debug, Clone)]
struct CornerNote {
    lines: Vec<Line>,
    font: Font,
    size: [f64; 2],
}

impl CornerNote {
    fn new(texts: &[&str], font: Font) -> Result<CornerNote, SignError> {
        let mut lines = Vec::new();
        for text in texts {
            lines.extend(broken(&font, text)?);
        }
        let mut width: f64 = 0.0;
        for line in &lines {
            width = width.max(EmbeddedFont::measure(&font.0, line)? * NOTE_SIZE);
        }
        let height = lines.len() as f64 * NOTE_SIZE * LEADING;
        let size = [width, height].map(|n| n + 2.0 * MARGIN + SLACK);
        let lines = lines.into_iter().map(|text| Line { text, size: NOTE_SIZE }).collect();
        Ok(CornerNote { lines, font, size })
    }
}

/// A text in lines that are not too wide, broken between words.
fn broken(font: &Font, text: &str) -> Result<Vec<String>, SignError> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if EmbeddedFont::measure(&font.0, &longer)? * NOTE_SIZE <= NOTE_WIDTH => {
                lines.pop();
                lines.push(longer);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    Ok(lines)
}
