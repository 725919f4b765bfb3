//! A page as it is set: its letters with typeface, size and place, and the
//! lines drawn on it. What a check of the layout measures.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, PathEl, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, TransformExt, interpret_page,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::faces::{Face, Faces};

/// One page; lengths in millimetres from its top left, after rotation.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Sheet {
    pub page: usize,
    pub width: f64,
    pub height: f64,
    pub pieces: Vec<Piece>,
    pub strokes: Vec<Stroke>,
    pub faces: Vec<Face>,
    /// How much of the page its largest picture covers, from 0 to 1.
    pub pictured: f64,
    /// Dots an inch of that picture, in the direction that has fewer; `None`: there is none.
    pub dots: Option<f64>,
}

/// Letters set side by side in one look, without a space between.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Piece {
    /// In composed form; `U+FFFD` where the file does not say which letter it is.
    pub text: String,
    /// The file holds letters and marks apart.
    pub was_decomposed: bool,
    /// Nothing parts it from the piece before: only the look changed.
    pub goes_on: bool,
    pub x0: f64,
    pub x1: f64,
    /// The line the letters stand on.
    pub y: f64,
    /// In points.
    pub size: f64,
    /// Which of the sheet's faces.
    pub face: usize,
    /// `None`: the file does not tell.
    pub bold: Option<bool>,
    pub italic: Option<bool>,
    pub colour: [u8; 3],
}

/// A straight line, level or upright.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Stroke {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Stroke {
    pub fn is_level(&self) -> bool {
        self.y1 - self.y0 < self.x1 - self.x0
    }

    pub fn length(&self) -> f64 {
        (self.x1 - self.x0).max(self.y1 - self.y0)
    }
}

const MM: f64 = 25.4 / 72.0;
/// Points in an inch.
const POINTS: f64 = 72.0;
/// More than any printed page has.
const MOST_PIECES: usize = 8_000;
const MOST_STROKES: usize = 2_000;
const LONGEST_PIECE: usize = 400;
/// A gap this wide, in parts of the letter height, parts two words.
const WORD_GAP: f64 = 0.2;
/// A filled shape thinner than this is a line; one shorter is a dot.
const THICKEST: f64 = 1.2;
const SHORTEST: f64 = 2.0;

/// Reads how a page is set.
pub(super) fn read<'a>(
    number: usize,
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
) -> Sheet {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
    let area = Rect::new(0.0, 0.0, width, height);
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, page.xref(), settings.clone());
    let mut setter = Setter::new(area, Faces::of(page.resources()));
    interpret_page(page, &mut context, &mut setter);
    setter.end_piece();
    Sheet {
        page: number,
        width: width * MM,
        height: height * MM,
        pieces: setter.pieces,
        strokes: setter.strokes,
        faces: setter.faces.used(),
        pictured: setter.pictured / area.area(),
        dots: setter.dots,
    }
}

/// The look of a run of letters.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Look {
    face: usize,
    bold: Option<bool>,
    italic: Option<bool>,
    colour: [u8; 3],
}

/// A piece as its letters come.
#[derive(Debug)]
struct Growing {
    text: String,
    look: Look,
    size: f64,
    goes_on: bool,
    start: Point,
    /// Where its last letter started and ended, on the line.
    last: (Point, Point),
    right: f64,
}

impl Growing {
    /// Does a letter that starts at `start` stand right behind?
    fn touches(&self, start: Point, size: f64) -> bool {
        let (begin, end) = self.last;
        let (ahead, step) = (start - end, end - begin);
        let along = if step.hypot() > 0.0 { step / step.hypot() } else { step };
        let gap = ahead.dot(along);
        // A letter drawn back over the last one is a mark that belongs to it.
        ahead.cross(along).abs() < size * 0.4 && gap < size * WORD_GAP && gap > -size * 1.2
    }

    fn looks(&self, look: Look, size: f64) -> bool {
        self.look == look && (self.size - size).abs() < 0.1
    }
}

/// Gathers what a page sets, and draws nothing.
struct Setter {
    area: Rect,
    faces: Faces,
    pieces: Vec<Piece>,
    strokes: Vec<Stroke>,
    pictured: f64,
    dots: Option<f64>,
    current: Option<Growing>,
    /// Where the last run stood: text both filled and stroked comes twice.
    last_run: Option<(Point, usize)>,
}

impl Setter {
    fn new(area: Rect, faces: Faces) -> Self {
        Self {
            area,
            faces,
            pieces: Vec::new(),
            strokes: Vec::new(),
            pictured: 0.0,
            dots: None,
            current: None,
            last_run: None,
        }
    }

    fn end_piece(&mut self) {
        let Some(grown) = self.current.take() else { return };
        let is_here = self.area.contains(grown.start) && self.pieces.len() < MOST_PIECES;
        let text: String = grown.text.nfc().filter(|letter| !letter.is_control()).collect();
        if !is_here || text.is_empty() {
            return;
        }
        self.pieces.push(Piece {
            was_decomposed: !is_nfc(&grown.text),
            text,
            goes_on: grown.goes_on,
            x0: round(grown.start.x),
            x1: round(grown.right),
            y: round(grown.start.y),
            size: (grown.size * 20.0).round() / 20.0,
            face: grown.look.face,
            bold: grown.look.bold,
            italic: grown.look.italic,
            colour: grown.look.colour,
        });
    }

    fn add(&mut self, text: &str, look: Look, transform: Affine, advance: f64) {
        let (start, end) = (transform * Point::ZERO, transform * Point::new(advance, 0.0));
        let up = transform * Point::new(0.0, 1000.0) - start;
        let size = up.hypot();
        if !(size.is_finite() && start.is_finite() && end.is_finite()) {
            return;
        }
        if text.chars().all(char::is_whitespace) {
            return self.end_piece();
        }
        // Letters that lean without an italic face are leaned by the program that wrote them.
        let leans = (end - start).dot(up).abs() > 0.1 * (end - start).hypot() * size;
        let look = Look { italic: if leans { Some(true) } else { look.italic }, ..look };
        let touches = self.current.as_ref().is_some_and(|grown| grown.touches(start, size));
        let same = self.current.as_ref().is_some_and(|grown| grown.looks(look, size));
        let is_full = self.current.as_ref().is_some_and(|grown| grown.text.len() > LONGEST_PIECE);
        if !(touches && same) || is_full {
            self.end_piece();
        }
        let begun = || Growing {
            text: String::new(),
            look,
            size,
            goes_on: touches && !is_full,
            start,
            last: (start, end),
            right: end.x,
        };
        let grown = self.current.get_or_insert_with(begun);
        grown.text.push_str(text);
        grown.last = (start, end);
        grown.right = grown.right.max(end.x);
    }

    fn add_stroke(&mut self, from: Point, to: Point) {
        let area = Rect::from_points(from, to);
        let is_straight = area.width().min(area.height()) * MM < THICKEST;
        let is_long = area.width().max(area.height()) * MM > SHORTEST;
        if is_straight && is_long && area.is_finite() && self.strokes.len() < MOST_STROKES {
            let (x0, y0, x1, y1) = (round(area.x0), round(area.y0), round(area.x1), round(area.y1));
            self.strokes.push(Stroke { x0, y0, x1, y1 });
        }
    }

    fn add_outline(&mut self, path: &BezPath, transform: Affine) {
        let (mut first, mut last) = (Point::ZERO, Point::ZERO);
        for element in path {
            match element {
                PathEl::MoveTo(to) => (first, last) = (transform * to, transform * to),
                PathEl::LineTo(to) => {
                    self.add_stroke(last, transform * to);
                    last = transform * to;
                }
                PathEl::QuadTo(_, to) | PathEl::CurveTo(_, _, to) => last = transform * to,
                PathEl::ClosePath => self.add_stroke(last, first),
            }
        }
    }
}

/// Points as millimetres, to the hundredth.
fn round(points: f64) -> f64 {
    (points * MM * 100.0).round() / 100.0
}

fn colour(paint: &Paint<'_>) -> [u8; 3] {
    match paint {
        Paint::Color(colour) => {
            let [red, green, blue, _] = colour.to_rgba().to_rgba8();
            [red, green, blue]
        }
        Paint::Pattern(_) => [0; 3],
    }
}

impl Device<'_> for Setter {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        // Hidden words lie behind scans; nobody sees how they are set.
        let Some(first) = run.glyphs().first().filter(|_| !matches!(mode, DrawMode::Invisible)) else {
            return;
        };
        let here = (props.transform * first.transform() * Point::ZERO, run.glyphs().len());
        if self.last_run.replace(here) == Some(here) {
            return;
        }
        let face = self.faces.find(first);
        let thickened = matches!(mode, DrawMode::FillAndStroke(..));
        let (bold, italic) = self.faces.style(face);
        let bold = if thickened { Some(true) } else { bold };
        let look = Look { face, bold, italic, colour: colour(&props.paint) };
        for placed in run.glyphs() {
            let advance = match &**placed {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let text = match placed.as_unicode() {
                Some(BfString::Char(letter)) => letter.to_string(),
                Some(BfString::String(letters)) => letters,
                None => "\u{fffd}".to_owned(),
            };
            let transform = props.transform * placed.transform();
            self.add(&text, look, transform, f64::from(advance.unwrap_or(500.0)));
        }
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'_>, mode: &DrawMode) {
        if colour(&props.paint) == [255; 3] {
            return;
        }
        match mode {
            DrawMode::Stroke(_) | DrawMode::FillAndStroke(..) => self.add_outline(path, props.transform),
            DrawMode::Fill(_) => {
                let area = props.transform.transform_rect_bbox(path.bounding_box());
                self.add_stroke(area.origin(), Point::new(area.x1, area.y1));
            }
            DrawMode::Invisible => {}
        }
    }

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let whole = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let drawn = props.transform.transform_rect_bbox(whole);
        let area = drawn.intersect(self.area);
        if area.is_finite() && area.area() > self.pictured {
            self.pictured = area.area();
            // A picture lying on its side has its width along the page's height.
            let [a, b, ..] = props.transform.as_coeffs();
            let is_lying = b.abs() > a.abs();
            let (wide, high) =
                if is_lying { (whole.height(), whole.width()) } else { (whole.width(), whole.height()) };
            self.dots = Some((wide / drawn.width()).min(high / drawn.height()) * POINTS);
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
