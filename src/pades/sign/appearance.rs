//! What is seen of a signature on the page: a form XObject (ISO 32000-2 §12.7.5.5, §8.10).

use crate::embed::Field;
use crate::pdf::{Dict, Object, Page, Pdf, Ref, Update};
use crate::sign::font::EmbeddedFont;
use crate::sign::image::{self, Picture};
use crate::sign::{SignError, widget};

/// The share of the width that an image gets when text stands beside it.
const IMAGE_SHARE: f64 = 0.4;
/// Space around and between the parts, in points.
pub(crate) const MARGIN: f64 = 2.0;
/// Line distance as a multiple of the font size; Vietnamese letters stack two marks.
pub(crate) const LEADING: f64 = 1.25;

/// A visible signature. For an existing field only image and text count; the field has its own place.
#[derive(Debug, Clone, Default)]
pub struct Appearance {
    /// Page number, from 1.
    pub page: usize,
    /// Left, bottom, width, height in points from the lower left corner of the page.
    pub rectangle: [f64; 4],
    /// A PNG image; its transparency is kept.
    pub image: Option<Vec<u8>>,
    /// How wide and high the image is drawn, in points; `None`: as large as there is room.
    pub image_size: Option<[f64; 2]>,
    /// Text beside the image, or alone.
    pub lines: Vec<Line>,
    /// The font for the text. It is embedded, so every Vietnamese letter shows everywhere.
    pub font: Option<Font>,
}

/// A line of text.
#[derive(Debug, Clone)]
pub struct Line {
    /// The text; composed (NFC) letters, as fonts have them.
    pub text: String,
    /// Font size in points; smaller if the lines would not fit.
    pub size: f64,
}

/// A TrueType font file.
#[derive(Debug, Clone)]
pub struct Font(
    /// The bytes of the file.
    pub Vec<u8>,
);

/// A drawn appearance and the rectangle of its widget.
#[derive(Debug)]
pub(crate) struct Drawn {
    pub(crate) form: Ref,
    /// Lower left and upper right corner (ISO 32000-2 §7.9.5).
    pub(crate) rectangle: [f64; 4],
}

/// Draws for a new widget on a page; without an appearance the widget is empty and has no area.
pub(crate) fn draw_new(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    page: &Page,
    appearance: Option<&Appearance>,
) -> Result<Drawn, SignError> {
    let Some(appearance) = appearance else {
        let form = add_form(update, [0.0, 0.0], 0, Dict::new(), Vec::new());
        return Ok(Drawn { form, rectangle: [0.0; 4] });
    };
    let [left, bottom, width, height] = appearance.rectangle;
    if !appearance.rectangle.iter().all(|n| n.is_finite()) || width <= 0.0 || height <= 0.0 {
        return Err(SignError::EmptyRectangle);
    }
    let form = draw(update, appearance, [width, height], widget::rotation(pdf, page)?)?;
    Ok(Drawn { form, rectangle: [left, bottom, left + width, bottom + height] })
}

/// Fills an empty field: its value, and a picture in the area that its widget has.
pub(crate) fn fill_existing(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    field: &Field,
    signature: Ref,
    appearance: Option<&Appearance>,
) -> Result<(), SignError> {
    update.replace(field.reference, field.dict.clone().with("V", signature));
    let Some(widget) = field.widgets.first() else { return Ok(()) };
    let Object::Dict(dict) = update.current(*widget)? else { return Ok(()) };
    let area = area(&pdf.value(&dict, "Rect")?);
    let form = match (appearance, area) {
        (Some(appearance), [width, height]) if width > 0.0 && height > 0.0 => {
            draw(update, appearance, [width, height], 0)?
        }
        _ => add_form(update, area, 0, Dict::new(), Vec::new()),
    };
    // Print stays or comes; what hides the widget goes (ISO 32000-2 Table 167).
    let flags = (dict.integer("F").unwrap_or(0) | 132) & !0b10_0011;
    let dict = dict.with("F", flags).with("AP", Dict::new().with("N", form));
    update.replace(*widget, dict);
    Ok(())
}

pub(crate) fn area(rectangle: &Object) -> [f64; 2] {
    let numbers: Vec<f64> = rectangle.array().unwrap_or_default().iter().filter_map(Object::number).collect();
    match numbers.as_slice() {
        [x1, y1, x2, y2] => [(x2 - x1).abs(), (y2 - y1).abs()],
        _ => [0.0, 0.0],
    }
}

pub(crate) fn draw(
    update: &mut Update<'_, '_>,
    appearance: &Appearance,
    [width, height]: [f64; 2],
    rotation: i64,
) -> Result<Ref, SignError> {
    // On a turned page the reader's width is the page's height.
    let size = if rotation % 180 == 90 { [height, width] } else { [width, height] };
    let mut content = Content::default();
    let beside = appearance.image.is_some() && !appearance.lines.is_empty();
    let image_width = match appearance.image_size {
        Some([width, _]) if beside => width + 2.0 * MARGIN,
        None if beside => size[0] * IMAGE_SHARE,
        _ => size[0],
    };
    if let Some(png) = &appearance.image {
        let picture = image::decode(png)?;
        let room = [image_width, size[1]].map(|n| (n - 2.0 * MARGIN).max(1.0));
        content.image(update, picture, [image_width, size[1]], appearance.image_size.unwrap_or(room));
    }
    if !appearance.lines.is_empty() {
        let font = appearance.font.as_ref().ok_or(SignError::Appearance("text needs a font"))?;
        let left = if appearance.image.is_some() { image_width } else { 0.0 };
        content.text(update, &font.0, &appearance.lines, left, size)?;
    }
    Ok(add_form(update, size, rotation, content.resources, content.operators))
}

/// A form XObject; on a turned page its matrix turns it back (ISO 32000-2 §12.5.5).
pub(crate) fn add_form(
    update: &mut Update<'_, '_>,
    [width, height]: [f64; 2],
    rotation: i64,
    resources: Dict,
    content: Vec<u8>,
) -> Ref {
    let bounds = [0.0, 0.0, width, height].map(Object::Real).to_vec();
    let mut dict = Dict::new()
        .with("Type", "XObject")
        .with("Subtype", "Form")
        .with("BBox", bounds)
        .with("Resources", resources);
    let matrix = match rotation {
        90 => Some([0, 1, -1, 0, 0, 0]),
        180 => Some([-1, 0, 0, -1, 0, 0]),
        270 => Some([0, -1, 1, 0, 0, 0]),
        _ => None,
    };
    if let Some(matrix) = matrix {
        dict.set("Matrix", matrix.map(Object::Integer).to_vec());
    }
    update.add_stream(dict, content)
}

#[derive(Default)]
struct Content {
    resources: Dict,
    operators: Vec<u8>,
}

impl Content {
    /// Draws the image centred in the left part, as large as its proportions and the room for it allow.
    fn image(
        &mut self,
        update: &mut Update<'_, '_>,
        picture: Picture,
        [width, height]: [f64; 2],
        room: [f64; 2],
    ) {
        let pixels = [f64::from(picture.width), f64::from(picture.height)];
        let scale = (room[0] / pixels[0]).min(room[1] / pixels[1]);
        let [w, h] = pixels.map(|n| n * scale);
        let [x, y] = [(width - w) / 2.0, (height - h) / 2.0];
        let reference = image::embed(update, picture);
        self.resources.set("XObject", Dict::new().with("Im0", reference));
        self.operators.extend(format!("q {w:.3} 0 0 {h:.3} {x:.3} {y:.3} cm /Im0 Do Q\n").bytes());
    }

    /// Writes the lines from the top, smaller if they would not fit.
    fn text(
        &mut self,
        update: &mut Update<'_, '_>,
        font: &[u8],
        lines: &[Line],
        left: f64,
        [width, height]: [f64; 2],
    ) -> Result<(), SignError> {
        let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        let font = EmbeddedFont::subset(font, &texts)?;
        let wide = lines.iter().map(|l| font.width(&l.text) * l.size).fold(0.0, f64::max);
        let high: f64 = lines.iter().map(|l| l.size * LEADING).sum();
        let fit = |room: f64, need: f64| if need > room { room.max(1.0) / need } else { 1.0 };
        let scale = fit(width - left - 2.0 * MARGIN, wide).min(fit(height - 2.0 * MARGIN, high));
        let mut baseline = height - (height - high * scale) / 2.0;
        self.operators.extend(b"BT 0 g\n");
        for line in lines {
            let size = line.size * scale;
            baseline -= size * LEADING;
            let (x, y) = (left + MARGIN, baseline + size * (LEADING - 1.0));
            let glyphs = font.encode(&line.text);
            self.operators
                .extend(format!("/F0 {size:.3} Tf 1 0 0 1 {x:.3} {y:.3} Tm <{glyphs}> Tj\n").bytes());
        }
        self.operators.extend(b"ET\n");
        let reference = font.embed(update);
        self.resources.set("Font", Dict::new().with("F0", reference));
        Ok(())
    }
}
