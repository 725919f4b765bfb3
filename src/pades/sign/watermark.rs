//! A person's name and the time over every page, for copies that are taken away to be read.
//!
//! A revision is appended, as for a signature, so what stands in the file stays there byte for byte and only the tail
//! is made here. Signatures see their document changed afterwards, which is true of such a copy.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::pdf::{Dict, Object, Page, Pdf, PdfString, Ref, Source, Update, pages};
use crate::sign::font::EmbeddedFont;
use crate::sign::{Font, SignError, appearance, widget};

/// Print, ReadOnly, Locked, LockedContents (ISO 32000-2 Table 167).
const PINNED: i64 = 4 | 64 | 128 | 512;
/// A4, for pages that do not say how large they are.
const USUAL: [f64; 4] = [0.0, 0.0, 595.0, 842.0];
const ROWS: u32 = 3;
const FOOT_SIZE: f64 = 9.0;
const LARGEST: f64 = 36.0;

/// What is written over the pages.
#[derive(Debug, Clone)]
pub struct Watermark<'a> {
    /// Faint, across each page, several times.
    pub across: &'a str,
    /// Small and plain, at the foot of each page.
    pub foot: &'a str,
    /// The font of both; embedded with the letters used. Letters it lacks become question marks.
    pub font: &'a Font,
    /// When it is made.
    pub now: Timestamp,
}

/// The bytes that, appended to a PDF, write the watermark over all its pages.
pub fn append_watermark(source: &dyn Source, mark: &Watermark<'_>) -> Result<Vec<u8>, SignError> {
    let mut file = Pdf::open_source(source)?;
    file.authenticate(None)?;
    let across = EmbeddedFont::with_known(&mark.font.0, mark.across)?;
    let foot = EmbeddedFont::with_known(&mark.font.0, mark.foot)?;
    let font = EmbeddedFont::subset(&mark.font.0, &[&across, &foot])?;
    let mut update = Update::new(&file);
    let shared = Shared::new(&mut update, font, [&across, &foot]);
    // Pages of one size share what is drawn on them.
    let mut drawn: BTreeMap<[i64; 3], Ref> = BTreeMap::new();
    for page in &pages(&file)? {
        let area = area(&file, page)?;
        let rotation = widget::rotation(&file, page)?;
        let [left, bottom, right, top] = area;
        let size = [right - left, top - bottom];
        let key = [size[0].round() as i64, size[1].round() as i64, rotation];
        let form = *drawn.entry(key).or_insert_with(|| shared.draw(&mut update, size, rotation));
        let annotation = Dict::new()
            .with("Type", "Annot")
            .with("Subtype", "Stamp")
            .with("Contents", PdfString::from_text(&foot))
            .with("F", PINNED)
            .with("Rect", area.map(Object::Real).to_vec())
            .with("P", page.reference)
            .with("AP", Dict::new().with("N", form));
        let annotation = update.add(annotation);
        widget::attach(&mut update, &file, page, annotation)?;
    }
    let salt = [mark.now.as_nanosecond().to_be_bytes().as_slice(), across.as_bytes()].concat();
    Ok(update.finish(&salt)?.bytes)
}

/// What a viewer shows of a page (ISO 32000-2 §14.11.2): left, bottom, right, top.
fn area(file: &Pdf<'_>, page: &Page) -> Result<[f64; 4], SignError> {
    for key in ["CropBox", "MediaBox"] {
        let value = widget::inherited(file, page, key)?;
        let numbers: Vec<f64> = value.array().unwrap_or_default().iter().filter_map(Object::number).collect();
        if let [x1, y1, x2, y2] = numbers.as_slice() {
            let area = [x1.min(*x2), y1.min(*y2), x1.max(*x2), y1.max(*y2)];
            if area.iter().all(|n| n.is_finite()) && area[2] - area[0] > 1.0 && area[3] - area[1] > 1.0 {
                return Ok(area);
            }
        }
    }
    Ok(USUAL)
}

/// What all pages have in common.
struct Shared {
    resources: Dict,
    /// The two texts as glyphs, and how wide they are at font size 1.
    across: (String, f64),
    foot: (String, f64),
}

impl Shared {
    fn new(update: &mut Update<'_, '_>, font: EmbeddedFont, [across, foot]: [&str; 2]) -> Shared {
        let line = |text: &str| (font.encode(text), font.width(text));
        let (across, foot) = (line(across), line(foot));
        let faint = update.add(Dict::new().with("Type", "ExtGState").with("ca", 0.16).with("CA", 0.16));
        let font = font.embed(update);
        let resources = Dict::new()
            .with("Font", Dict::new().with("F0", font))
            .with("ExtGState", Dict::new().with("Faint", faint));
        Shared { resources, across, foot }
    }

    /// A form for pages of a size, drawn as their reader sees them.
    fn draw(&self, update: &mut Update<'_, '_>, [width, height]: [f64; 2], rotation: i64) -> Ref {
        let [width, height] = if rotation % 180 == 90 { [height, width] } else { [width, height] };
        let (glyphs, wide) = &self.across;
        // Thirty degrees; as long as the page is wide.
        let (sine, cosine) = (0.5, 0.866);
        let size = (width * 0.9 / cosine / wide.max(0.1)).min(LARGEST);
        let mut content = format!("q /Faint gs 0 g BT /F0 {size:.2} Tf\n");
        for row in 0..ROWS {
            let middle = [width / 2.0, height * (f64::from(row) + 0.5) / f64::from(ROWS)];
            let (x, y) = (middle[0] - wide * size / 2.0 * cosine, middle[1] - wide * size / 2.0 * sine);
            content.push_str(&format!("{cosine} {sine} -{sine} {cosine} {x:.2} {y:.2} Tm <{glyphs}> Tj\n"));
        }
        content.push_str("ET Q\n");
        let (glyphs, wide) = &self.foot;
        let size = (width * 0.94 / wide.max(0.1)).min(FOOT_SIZE);
        let x = (width - wide * size) / 2.0;
        content.push_str(&format!("q 0.25 g BT /F0 {size:.2} Tf 1 0 0 1 {x:.2} 8 Tm <{glyphs}> Tj ET Q\n"));
        appearance::add_form(update, [width, height], rotation, self.resources.clone(), content.into_bytes())
    }
}
