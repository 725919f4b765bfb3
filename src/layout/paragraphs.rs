//! The running text, in paragraphs.

use super::row::{POINT, Row};

/// Rows that belong together.
#[derive(Clone, Debug)]
pub struct Paragraph {
    pub rows: Vec<Row>,
}

impl Paragraph {
    pub fn first(&self) -> Option<&Row> {
        self.rows.first()
    }

    pub fn text(&self) -> String {
        self.rows.iter().map(Row::text).collect::<Vec<_>>().join(" ")
    }
}

/// Where the running text begins and ends on its lines.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub left: f64,
    pub right: f64,
}

/// A step to the right that is meant, in millimetres.
const STEP: f64 = 3.0;
/// A line ending so far before the others is a last line.
const SHORT: f64 = 30.0;
/// Space between lines that is meant, in points.
const SPACE: f64 = 4.0;

impl Column {
    /// Where most rows begin, and as far as any reach.
    pub fn of(rows: &[Row]) -> Self {
        let left = rows.iter().map(Row::x0).fold(f64::INFINITY, f64::min);
        let right = rows.iter().map(Row::x1).fold(f64::NEG_INFINITY, f64::max);
        Self { left, right }
    }

    /// The row stands in the middle, with room on both sides.
    pub fn is_centred(&self, row: &Row) -> bool {
        let (before, behind) = (row.x0() - self.left, self.right - row.x1());
        before > 15.0 && (before - behind).abs() < 6.0
    }

    fn is_indented(&self, row: &Row) -> bool {
        row.x0() > self.left + STEP
    }
}

/// Parts rows into paragraphs.
pub fn paragraphs(rows: &[Row], column: Column) -> Vec<Paragraph> {
    let pitch = usual_pitch(rows);
    let mut found: Vec<Paragraph> = Vec::new();
    for row in rows {
        let last = found.last().and_then(|paragraph| paragraph.rows.last());
        let begins = last.is_none_or(|last| begins(last, row, column, pitch));
        match found.last_mut() {
            Some(paragraph) if !begins => paragraph.rows.push(row.clone()),
            _ => found.push(Paragraph { rows: vec![row.clone()] }),
        }
    }
    found
}

fn begins(last: &Row, row: &Row, column: Column, pitch: f64) -> bool {
    let steps_in = column.is_indented(row) && row.x0() > last.x0() + STEP;
    let is_short = last.x1() < column.right - SHORT;
    let same_page = last.page == row.page;
    let is_apart = same_page && row.y() - last.y() > pitch + SPACE * POINT;
    let is_ended = last.x1() < column.right - 2.0 && column.is_indented(row);
    let is_listed = row.text().starts_with("- ") || starts_with_mark(&row.text());
    steps_in
        || is_short
        || is_apart
        || is_ended
        || (is_listed && column.is_indented(row))
        || column.is_centred(row)
}

/// "1.", "a)", "Điều 3."
fn starts_with_mark(text: &str) -> bool {
    let first = text.split(' ').next().unwrap_or_default();
    let body = first.trim_end_matches(['.', ')']);
    first.len() > body.len() && !body.is_empty() && body.chars().count() <= 4
}

/// The least distance of rows on one page, as a line is from the next.
fn usual_pitch(rows: &[Row]) -> f64 {
    let mut steps: Vec<f64> = rows
        .windows(2)
        .filter_map(|pair| match pair {
            [one, other] if one.page == other.page && other.y() > one.y() => Some(other.y() - one.y()),
            _ => None,
        })
        .collect();
    steps.sort_by(f64::total_cmp);
    let size = rows.first().map_or(14.0, Row::size) * POINT;
    let usual = steps.get(steps.len() / 4).copied().unwrap_or(1.15 * size);
    usual.clamp(0.8 * size, 2.0 * size)
}
