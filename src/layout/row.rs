//! Letters that stand on one line, and where they stand.

use serde::Serialize;

use crate::identity::rules::fold;
use crate::papers::{Piece, Sheet};

/// A rectangle on a page, in millimetres from its top left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Area {
    pub x0: f64,
    pub y0: f64,
    pub x1: f64,
    pub y1: f64,
}

impl Area {
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// How much of `other` it covers, across and down.
    pub fn overlap(&self, other: &Self) -> (f64, f64) {
        (self.x1.min(other.x1) - self.x0.max(other.x0), self.y1.min(other.y1) - self.y0.max(other.y0))
    }
}

/// A point in millimetres.
pub const POINT: f64 = 25.4 / 72.0;
/// How high capitals and ascenders of Times New Roman stand, how deep its
/// descenders hang, in parts of the size.
const CAPITAL: f64 = 0.66;
const ASCENT: f64 = 0.891;
const DESCENT: f64 = 0.216;

/// Pieces side by side; there is at least one.
#[derive(Clone, Debug)]
pub struct Row {
    pub page: usize,
    pub pieces: Vec<Piece>,
}

impl Row {
    /// `None` of no pieces.
    pub fn of(page: usize, pieces: Vec<Piece>) -> Option<Self> {
        (!pieces.is_empty()).then_some(Self { page, pieces })
    }

    /// As a person reads it, one space between words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            if !text.is_empty() && !piece.goes_on {
                text.push(' ');
            }
            text.extend(piece.text.chars().map(|letter| if letter == '\u{a0}' { ' ' } else { letter }));
        }
        text
    }

    /// The words in small letters without marks.
    pub fn folded(&self) -> String {
        fold(&self.text())
    }

    pub fn x0(&self) -> f64 {
        self.pieces.iter().map(|piece| piece.x0).fold(f64::INFINITY, f64::min)
    }

    pub fn x1(&self) -> f64 {
        self.pieces.iter().map(|piece| piece.x1).fold(f64::NEG_INFINITY, f64::max)
    }

    pub fn width(&self) -> f64 {
        self.x1() - self.x0()
    }

    pub fn centre(&self) -> f64 {
        f64::midpoint(self.x0(), self.x1())
    }

    /// The line most of it stands on.
    pub fn y(&self) -> f64 {
        self.most(|piece| (piece.y * 100.0).round()) / 100.0
    }

    /// The size of most of its letters, in points.
    pub fn size(&self) -> f64 {
        self.most(|piece| (piece.size * 100.0).round()) / 100.0
    }

    fn most(&self, of: impl Fn(&Piece) -> f64) -> f64 {
        let mut counts: Vec<(f64, usize)> = Vec::new();
        for piece in &self.pieces {
            let (value, letters) = (of(piece), piece.text.chars().count());
            match counts.iter_mut().find(|(known, _)| (*known - value).abs() < 0.5) {
                Some((_, count)) => *count += letters,
                None => counts.push((value, letters)),
            }
        }
        counts.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(value, _)| value)
    }

    /// The top of its capitals, of its whole line, and where it hangs to.
    pub fn capitals_top(&self) -> f64 {
        self.y() - CAPITAL * self.size() * POINT
    }

    pub fn ascent_top(&self) -> f64 {
        self.y() - ASCENT * self.size() * POINT
    }

    pub fn area(&self) -> Area {
        let (y, size) = (self.y(), self.size() * POINT);
        Area { x0: self.x0(), x1: self.x1(), y0: y - ASCENT * size, y1: y + DESCENT * size }
    }

    /// How much of its letters are so, from 0 to 1; `None` if the file does not tell.
    pub fn share(&self, of: impl Fn(&Piece) -> Option<bool>) -> Option<f64> {
        let (mut so, mut all) = (0_usize, 0_usize);
        for piece in &self.pieces {
            let letters = piece.text.chars().filter(|letter| letter.is_alphanumeric()).count();
            if let Some(is_so) = of(piece) {
                all += letters;
                so += if is_so { letters } else { 0 };
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "letters of one line")]
        (all > 0).then(|| so as f64 / all as f64)
    }

    pub fn is_mostly_bold(&self) -> bool {
        self.share(|piece| piece.bold).is_some_and(|share| share > 0.5)
    }

    /// No small letter, and at least one capital.
    pub fn is_caps(&self) -> bool {
        let text = self.text();
        !text.chars().any(char::is_lowercase) && text.chars().any(char::is_uppercase)
    }

    /// The parts with wide gaps between them, in parts of the size.
    pub fn cut(&self, gap: f64) -> Vec<Self> {
        let mut parts: Vec<Vec<Piece>> = Vec::new();
        let mut end = f64::NEG_INFINITY;
        for piece in &self.pieces {
            let is_far = piece.x0 - end > gap * piece.size * POINT;
            match parts.last_mut() {
                Some(part) if !is_far => part.push(piece.clone()),
                _ => parts.push(vec![piece.clone()]),
            }
            end = end.max(piece.x1);
        }
        parts.into_iter().filter_map(|pieces| Self::of(self.page, pieces)).collect()
    }

    /// What stands before and from the piece at `at` on.
    pub fn split(&self, at: usize) -> (Option<Self>, Option<Self>) {
        let (before, behind) = self.pieces.split_at(at.min(self.pieces.len()));
        (Self::of(self.page, before.to_vec()), Self::of(self.page, behind.to_vec()))
    }

    /// The piece in which these words begin, spaces and marks left aside.
    pub fn find(&self, words: &str) -> Option<usize> {
        let (mut letters, mut owners) = (String::new(), Vec::new());
        for (at, piece) in self.pieces.iter().enumerate() {
            let folded = fold(&piece.text).replace(' ', "");
            owners.extend(std::iter::repeat_n(at, folded.len()));
            letters.push_str(&folded);
        }
        owners.get(letters.find(&fold(words).replace(' ', ""))?).copied()
    }
}

/// Letters count as on one line when their lines are so close, in parts of the size.
const SAME_LINE: f64 = 0.35;

/// The rows of a page, from top to bottom.
pub fn rows(sheet: &Sheet) -> Vec<Row> {
    let mut pieces: Vec<&Piece> = sheet.pieces.iter().collect();
    pieces.sort_by(|one, other| one.y.total_cmp(&other.y));
    let mut groups: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let near = groups
            .last()
            .and_then(|group| group.last())
            .is_some_and(|last| (piece.y - last.y).abs() < SAME_LINE * last.size.min(piece.size) * POINT);
        match groups.last_mut() {
            Some(group) if near => group.push(piece.clone()),
            _ => groups.push(vec![piece.clone()]),
        }
    }
    for group in &mut groups {
        group.sort_by(|one, other| one.x0.total_cmp(&other.x0));
    }
    groups.into_iter().filter_map(|pieces| Row::of(sheet.page, pieces)).collect()
}

/// The rectangle around rows of one page.
pub fn around(rows: &[Row]) -> Option<Area> {
    rows.iter().map(Row::area).reduce(Area::union)
}
