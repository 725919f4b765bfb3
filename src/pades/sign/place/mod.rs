//! Finding the place of a signature: between the title and the name, in the right column (NĐ 30/2020/NĐ-CP,
//! Phụ lục I, box 7c).
//!
//! This crate draws no pages: whoever does hands in the text with its positions.

mod cells;
mod letters;

use cells::{Cell, cells};
use letters::Word;

/// Less room than this between title and name takes no signature, in points.
const LEAST_HEIGHT: f64 = 12.0;
/// More room than this means that title and name do not belong together: a page's height is 842 points.
const MOST_HEIGHT: f64 = 300.0;

/// A piece of text on a page: a glyph, a word or a line, whatever the reader of the page gives.
#[derive(Debug, Clone, PartialEq)]
pub struct TextRun {
    /// Page number, from 1.
    pub page: usize,
    /// The text, composed or decomposed.
    pub text: String,
    /// Left, bottom, width, height in points from the lower left corner of the page.
    pub rectangle: [f64; 4],
}

/// A place on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Page number, from 1.
    pub page: usize,
    /// Left, bottom, width, height in points from the lower left corner of the page.
    pub rectangle: [f64; 4],
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoPlace {
    /// The title stands nowhere.
    #[error("the title is not on any page")]
    NoTitle,
    /// The name stands nowhere.
    #[error("the name is not on any page")]
    NoName,
    /// Both are there, but nowhere one below the other.
    #[error("title and name do not stand one below the other")]
    NotTogether,
    /// Title and name leave no room between them.
    #[error("there is no room between title and name")]
    NoRoom,
}

/// Finds the rectangle between a title and the name below it.
///
/// Of several such pairs the last one counts, by page and then by height: that is where a document ends. Case,
/// white space, composed or decomposed letters and the place of the tone mark (`hoà`, `hòa`) make no difference.
pub fn find_place(runs: &[TextRun], title: &str, name: &str) -> Result<Place, NoPlace> {
    let (title, name) = (Word::of(title), Word::of(name));
    let cells = cells(runs);
    let (titles, names) = (matches(&cells, &title), matches(&cells, &name));
    if titles.is_empty() {
        return Err(NoPlace::NoTitle);
    }
    if names.is_empty() {
        return Err(NoPlace::NoName);
    }
    let mut best: Option<Place> = None;
    let mut narrow = false;
    for name in &names {
        let Some(title) = title_above(&titles, name) else { continue };
        match between(&cells, title, name) {
            Some(place) if best.is_none_or(|best| is_later(&place, &best)) => best = Some(place),
            Some(_) => {}
            None => narrow = true,
        }
    }
    best.ok_or(if narrow { NoPlace::NoRoom } else { NoPlace::NotTogether })
}

/// Where an anchor stands.
#[derive(Debug, Clone, Copy)]
struct Hit {
    page: usize,
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
    /// It is all the text of its cell: better than a part of another title, as in `PHÓ CHỦ TỊCH`.
    is_whole: bool,
}

impl Hit {
    fn middle(&self) -> f64 {
        (self.left + self.right) / 2.0
    }
}

/// All places of an anchor, within a cell or going over to the cells below it.
fn matches(cells: &[Cell], anchor: &Word) -> Vec<Hit> {
    if anchor.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        for range in anchor.find_in(&cell.letters) {
            let letters = cell.letters.get(range.clone()).unwrap_or_default();
            let (Some(first), Some(last)) = (letters.first(), letters.last()) else { continue };
            found.push(Hit {
                page: cell.page,
                left: first.left,
                right: last.right,
                bottom: cell.bottom,
                top: cell.top,
                is_whole: range.len() == cell.letters.len(),
            });
        }
        found.extend(broken(cells, index, anchor));
    }
    found
}

/// An anchor that is broken into two or three lines of one column.
fn broken(cells: &[Cell], index: usize, anchor: &Word) -> Option<Hit> {
    let first = cells.get(index).filter(|cell| anchor.begins_with(&cell.letters))?;
    let mut letters = first.letters.clone();
    let mut hit = Hit {
        page: first.page,
        left: first.left,
        right: first.right,
        bottom: first.bottom,
        top: first.top,
        is_whole: true,
    };
    let mut last = first;
    for _ in 0..2 {
        last = cells.iter().find(|cell| cell.continues(last))?;
        letters.extend(last.letters.iter().cloned());
        hit.left = hit.left.min(last.left);
        hit.right = hit.right.max(last.right);
        hit.bottom = last.bottom;
        if anchor.equals(&letters) {
            return Some(hit);
        }
    }
    None
}

/// The nearest title above a name in the same column; one that is whole before one that is part of another.
fn title_above<'h>(titles: &'h [Hit], name: &Hit) -> Option<&'h Hit> {
    let above = titles.iter().filter(|title| {
        let height = title.bottom - name.top;
        let reach = ((title.right - title.left) + (name.right - name.left)) / 2.0;
        title.page == name.page
            && (0.0..MOST_HEIGHT).contains(&height)
            && (title.middle() - name.middle()).abs() <= reach / 2.0
    });
    above.min_by(|a, b| {
        let nearer = (a.bottom - name.top).total_cmp(&(b.bottom - name.top));
        b.is_whole.cmp(&a.is_whole).then(nearer)
    })
}

/// The free rectangle: under the title and whatever stands below it in the column, above the name.
fn between(cells: &[Cell], title: &Hit, name: &Hit) -> Option<Place> {
    let (left, right) = (title.left.min(name.left), title.right.max(name.right));
    let in_between = cells.iter().filter(|cell| {
        let middle = (cell.bottom + cell.top) / 2.0;
        cell.page == title.page
            && cell.left < right
            && cell.right > left
            && (name.top..title.bottom).contains(&middle)
    });
    let top = in_between.map(|cell| cell.bottom).fold(title.bottom, f64::min);
    let height = top - name.top;
    (height >= LEAST_HEIGHT)
        .then_some(Place { page: title.page, rectangle: [left, name.top, right - left, height] })
}

fn is_later(one: &Place, other: &Place) -> bool {
    let [_, bottom, ..] = one.rectangle;
    let [_, other_bottom, ..] = other.rectangle;
    one.page > other.page || (one.page == other.page && bottom < other_bottom)
}
