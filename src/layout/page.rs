//! One page taken apart: its number, its rows, the boxes drawn on it.

use super::row::{self, Area, Row};
use crate::papers::{Sheet, Stroke};

#[derive(Clone, Debug)]
pub struct Page {
    pub number: usize,
    pub width: f64,
    pub height: f64,
    /// The row that says which page it is.
    pub shown_number: Option<Row>,
    pub rows: Vec<Row>,
    /// Frames and tables.
    pub boxes: Vec<Area>,
    pub strokes: Vec<Stroke>,
}

/// How far from the edge a page number may stand, in millimetres.
const MARGIN: f64 = 24.0;
const MARGIN_ON_FIRST: f64 = 18.0;

impl Page {
    pub fn of(sheet: &Sheet) -> Self {
        let mut rows = row::rows(sheet);
        let shown_number = take_number(&mut rows, sheet);
        Self {
            number: sheet.page,
            width: sheet.width,
            height: sheet.height,
            shown_number,
            rows,
            boxes: boxes(&sheet.strokes),
            strokes: sheet.strokes.clone(),
        }
    }

    pub fn is_landscape(&self) -> bool {
        self.width > self.height
    }

    /// Does the row stand in a table or frame?
    pub fn is_boxed(&self, row: &Row) -> bool {
        let area = row.area();
        let middle = f64::midpoint(area.y0, area.y1);
        self.boxes.iter().any(|frame| {
            frame.y0 < middle && middle < frame.y1 && frame.overlap(&area).0 > 0.5 * (area.x1 - area.x0)
        })
    }

    /// The level line closest beneath a row, no deeper than `depth` and about centred on it.
    pub fn line_under(&self, row: &Row, depth: f64) -> Option<Stroke> {
        let (area, y) = (row.area(), row.y());
        let is_under = |stroke: &&Stroke| {
            let middle = f64::midpoint(stroke.x0, stroke.x1);
            stroke.is_level()
                && y - 0.5 < stroke.y0
                && stroke.y0 < y + depth
                && area.x0 < middle
                && middle < area.x1
        };
        let under = self.strokes.iter().filter(is_under);
        under.min_by(|one, other| one.y0.total_cmp(&other.y0)).copied()
    }
}

/// Takes the page number out of the rows: digits alone, in the upper or lower margin.
fn take_number(rows: &mut Vec<Row>, sheet: &Sheet) -> Option<Row> {
    let top = if sheet.page == 1 { MARGIN_ON_FIRST } else { MARGIN };
    let is_first = rows.first().is_some_and(|row| row.y() < top && is_number(row));
    if is_first {
        return Some(rows.remove(0));
    }
    let is_last = rows.last().is_some_and(|row| row.y() > sheet.height - MARGIN && is_number(row));
    if is_last { rows.pop() } else { None }
}

/// "2", "- 2 -", "Trang 2/5", "ii".
fn is_number(row: &Row) -> bool {
    let folded = row.folded();
    let words: Vec<&str> =
        folded.split(' ').filter(|word| !matches!(*word, "trang" | "page" | "of")).collect();
    let is_digits = |word: &&str| word.chars().all(|digit| digit.is_ascii_digit());
    let is_roman = |word: &&str| word.chars().all(|digit| "ivx".contains(digit));
    (1..=2).contains(&words.len())
        && words.iter().all(|word| !word.is_empty() && word.len() <= 4)
        && (words.iter().all(is_digits) || words.iter().all(is_roman))
}

/// Strokes closer than this touch.
const TOUCHES: f64 = 1.0;

/// Groups of touching strokes with two level and two upright ones at least.
fn boxes(strokes: &[Stroke]) -> Vec<Area> {
    let mut groups: Vec<(Area, Vec<Stroke>)> = Vec::new();
    for stroke in strokes {
        let mut area = Area { x0: stroke.x0, y0: stroke.y0, x1: stroke.x1, y1: stroke.y1 };
        let mut members = vec![*stroke];
        let mut apart = Vec::new();
        for (other, its) in groups {
            let (across, down) = area.overlap(&other);
            if across > -TOUCHES && down > -TOUCHES {
                area = area.union(other);
                members.extend(its);
            } else {
                apart.push((other, its));
            }
        }
        apart.push((area, members));
        groups = apart;
    }
    let is_box = |members: &[Stroke]| {
        let level = members.iter().filter(|stroke| stroke.is_level()).count();
        level >= 2 && members.len() - level >= 2
    };
    groups.into_iter().filter(|(_, members)| is_box(members)).map(|(area, _)| area).collect()
}
