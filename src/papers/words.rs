//! The words of a page with their places.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt, interpret_page,
};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A word and its box, in parts of the page's width and height, from the top
/// left: what `static/js/reader-layers.js` lays over the picture.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Word {
    pub t: String,
    pub x: f64,
    pub y: f64,
    pub w: f64,
    pub h: f64,
}

/// One page as the reading process tells it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct PageText {
    pub page: u32,
    /// In points, after rotation.
    pub width: u32,
    pub height: u32,
    pub words: Vec<Word>,
}

/// More words than any printed page has.
const MOST_WORDS: usize = 20_000;
const LONGEST_WORD: usize = 200;
/// A gap this wide, in parts of the letter height, parts two words.
const WORD_GAP: f64 = 0.2;
/// How far letters reach below and above their line.
const BELOW: f64 = 0.25;
const ABOVE: f64 = 0.85;

/// Reads a page's words.
pub(super) fn read<'a>(
    number: u32,
    page: &'a Page<'a>,
    cache: &InterpreterCache<'a>,
    settings: &InterpreterSettings,
) -> PageText {
    let (width, height) = page.render_dimensions();
    let (width, height) = (f64::from(width).max(1.0), f64::from(height).max(1.0));
    let area = Rect::new(0.0, 0.0, width, height);
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, area, cache, page.xref(), settings.clone());
    let mut reader = Reader::default();
    interpret_page(page, &mut context, &mut reader);
    reader.end_word();
    let words = reader.words.iter().filter_map(|found| found.placed(area)).collect();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded above and below")]
    let points = |length: f64| length.round().min(1e6) as u32;
    PageText { page: number, width: points(width), height: points(height), words }
}

/// The lines of a page as a person sees them: words side by side, without a
/// wide gap between.
pub(super) fn lines(page: &PageText) -> Vec<String> {
    let middle = |word: &Word| word.y + word.h / 2.0;
    let mut words: Vec<&Word> = page.words.iter().collect();
    words.sort_by(|one, other| middle(one).total_cmp(&middle(other)));
    let mut rows: Vec<Vec<&Word>> = Vec::new();
    for word in words {
        match rows.last_mut() {
            Some(row) if row.first().is_some_and(|first| middle(word) - middle(first) < first.h / 2.0) => {
                row.push(word);
            }
            _ => rows.push(vec![word]),
        }
    }
    let ratio = f64::from(page.height.max(1)) / f64::from(page.width.max(1));
    let mut lines = Vec::new();
    for mut row in rows {
        row.sort_by(|one, other| one.x.total_cmp(&other.x));
        let mut end = f64::NEG_INFINITY;
        for word in row {
            match lines.last_mut() {
                Some(line) if word.x - end < word.h * ratio && end.is_finite() => {
                    *line = format!("{line} {}", word.t);
                }
                _ => lines.push(word.t.clone()),
            }
            end = word.x + word.w;
        }
    }
    lines
}

/// A word as its letters come.
#[derive(Debug, Default)]
struct Found {
    text: String,
    area: Option<Rect>,
    /// Where its last letter started and ended, on the line.
    last: (Point, Point),
}

impl Found {
    /// The word in parts of the page; `None` when nothing of it is there.
    fn placed(&self, page: Rect) -> Option<Word> {
        let area = self.area?.intersect(page);
        let text: String = self.text.nfc().filter(|letter| !letter.is_control()).collect();
        if text.is_empty() || area.width() <= 0.0 || area.height() <= 0.0 {
            return None;
        }
        let part = |length: f64, whole: f64| (length / whole * 10_000.0).round() / 10_000.0;
        Some(Word {
            t: text,
            x: part(area.x0, page.width()),
            y: part(area.y0, page.height()),
            w: part(area.width(), page.width()),
            h: part(area.height(), page.height()),
        })
    }

    /// Does a letter that starts at `start` go on with this word?
    fn goes_on(&self, start: Point, height: f64) -> bool {
        let (begin, end) = self.last;
        let ahead = start - end;
        let step = end - begin;
        let along = if step.hypot() > 0.0 { step / step.hypot() } else { step };
        let gap = ahead.dot(along);
        let aside = ahead.cross(along).abs();
        // A letter drawn back over the last one is a mark that belongs to it.
        aside < height * 0.4 && gap < height * WORD_GAP && gap > -height * 1.2
    }
}

/// Gathers words from what a page draws, and draws nothing.
#[derive(Debug, Default)]
struct Reader {
    words: Vec<Found>,
    current: Found,
    /// Where the last run stood: text both filled and stroked comes twice.
    last_run: Option<(Point, usize)>,
}

impl Reader {
    fn end_word(&mut self) {
        let word = std::mem::take(&mut self.current);
        if !word.text.is_empty() && self.words.len() < MOST_WORDS {
            self.words.push(word);
        }
    }

    fn add(&mut self, text: &str, transform: Affine, advance: f64) {
        let (start, end) = (transform * Point::ZERO, transform * Point::new(advance, 0.0));
        let up = transform * Point::new(0.0, 1000.0) - start;
        let height = up.hypot();
        if !(height.is_finite() && start.is_finite() && end.is_finite()) {
            return;
        }
        if text.chars().all(|letter| letter.is_whitespace() || letter == '\u{fffd}') {
            return self.end_word();
        }
        let is_full = self.current.text.len() > LONGEST_WORD;
        if !self.current.text.is_empty() && (is_full || !self.current.goes_on(start, height)) {
            self.end_word();
        }
        let (top, bottom) = (up * ABOVE, up * -BELOW);
        let mut area = Rect::from_points(start + bottom, end + top);
        area = area.union(Rect::from_points(start + top, end + bottom));
        self.current.area = Some(self.current.area.map_or(area, |before| before.union(area)));
        self.current.text.push_str(text);
        self.current.last = (start, end);
    }
}

impl Device<'_> for Reader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        let Some(first) = run.glyphs().first() else { return };
        let here = (props.transform * first.transform() * Point::ZERO, run.glyphs().len());
        if self.last_run.replace(here) == Some(here) {
            return;
        }
        for placed in run.glyphs() {
            let advance = match &**placed {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let text = match placed.as_unicode() {
                Some(BfString::Char(letter)) => letter.to_string(),
                Some(BfString::String(letters)) => letters,
                // A letter that does not say which it is parts words like a space.
                None => "\u{fffd}".to_owned(),
            };
            let transform = props.transform * placed.transform();
            self.add(&text, transform, f64::from(advance.unwrap_or(500.0)));
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
