//! The upper part of the first page, taken apart: components 1 to 4, the
//! subject of an official letter, and marks.

use super::page::Page;
use super::profile::{Mark, Profile};
use super::row::{POINT, Row};
use crate::identity::rules::fold;

/// What stands above the text.
#[derive(Clone, Debug, Default)]
pub struct Heading {
    pub state_title: Option<Row>,
    pub motto: Option<Row>,
    pub superior: Vec<Row>,
    pub issuer: Vec<Row>,
    /// A star stands under the issuing body.
    pub is_starred: bool,
    pub number: Option<Row>,
    pub date: Option<Row>,
    /// "V/v …", line by line.
    pub letter_subject: Vec<Row>,
    pub marks: Vec<(Row, Mark)>,
    /// Where it ends, in millimetres from the top; 0 if there is none.
    pub bottom: f64,
}

/// How deep the heading may reach, and how far its rows lie apart.
const DEEPEST: f64 = 130.0;
const BELOW_TITLE: f64 = 60.0;
const BELOW_DATE: f64 = 40.0;
/// A gap that parts the two columns, in millimetres, and how far from the
/// boundary it may be.
const GAP: f64 = 2.0;
const NEAR: f64 = 28.0;
const BEHIND: f64 = 10.0;

impl Heading {
    pub fn of(page: &Page, profile: &Profile) -> Self {
        let mut heading = Self::default();
        let rows: Vec<&Row> = page.rows.iter().filter(|row| row.y() < DEEPEST).collect();
        let mut rest: Vec<Row> = Vec::new();
        for row in &rows {
            rest.extend(heading.take_state(row, profile));
        }
        let boundary = heading.boundary(page);
        let mut left = Vec::new();
        for row in rest {
            for part in columns(&row, boundary) {
                heading.take(part, boundary, profile, &mut left);
            }
        }
        heading.name_bodies(left, profile);
        heading.bottom = heading.lowest();
        heading
    }

    /// Takes the title of the state or its motto out of a row; gives what is left of it.
    fn take_state(&mut self, row: &Row, profile: &Profile) -> Option<Row> {
        let title = start(&profile.state_title);
        let found = if self.state_title.is_none() { row.find(&title) } else { None };
        if let Some(at) = found {
            let (before, title) = row.split(at);
            self.state_title = title;
            return before;
        }
        let above = self.state_title.as_ref().map_or(0.0, Row::y);
        let is_open = self.motto.is_none() && row.y() < above.max(30.0) + 25.0 && !profile.motto.is_empty();
        match row.find(&start(&profile.motto)).filter(|_| is_open) {
            Some(at) => {
                let (before, motto) = row.split(at);
                self.motto = motto;
                before
            }
            None => Some(row.clone()),
        }
    }

    fn boundary(&self, page: &Page) -> f64 {
        let starts = [&self.state_title, &self.motto].into_iter().flatten().map(Row::x0);
        let first = starts.fold(f64::INFINITY, f64::min);
        if first.is_finite() { first } else { page.width * 0.45 }
    }

    /// The line above which bodies, number and date are looked for.
    fn limit(&self) -> f64 {
        self.state_title.as_ref().or(self.motto.as_ref()).map_or(30.0, Row::y) + BELOW_TITLE
    }

    fn take(&mut self, part: Row, boundary: f64, profile: &Profile, left: &mut Vec<Row>) {
        let text = part.text();
        if let Some(mark) = profile.marks.iter().find(|mark| fold(&mark.text) == fold(&text)) {
            self.marks.push((part, mark.clone()));
            return;
        }
        if part.y() > self.limit() {
            return;
        }
        let is_left = part.centre() < boundary;
        if !is_left && self.date.is_none() && self.is_date(&part, boundary) {
            self.date = Some(part);
        } else if is_left && self.number.is_none() && is_number(&part, profile) {
            self.number = Some(part);
        } else if is_left && self.continues_subject(&part) {
            self.letter_subject.push(part);
        } else if is_left && self.number.is_none() {
            left.push(part);
        }
    }

    /// "…, ngày … tháng … năm …", in the right column and not far below the title.
    fn is_date(&self, part: &Row, boundary: f64) -> bool {
        let folded = part.folded();
        let has = |word: &str| folded.split(' ').any(|one| one == word);
        let is_near = part.y() < self.limit() - BELOW_TITLE + BELOW_DATE;
        is_near && part.x0() > boundary - NEAR && has("ngay") && has("thang")
    }

    fn continues_subject(&self, part: &Row) -> bool {
        match self.letter_subject.last() {
            Some(last) => {
                let pitch = 1.9 * last.size() * POINT;
                part.y() - last.y() < pitch && !part.folded().starts_with("kinh gui")
            }
            None => part.folded().starts_with("v v "),
        }
    }

    /// Parts the rows of the upper left into the superior body and the issuing one.
    fn name_bodies(&mut self, rows: Vec<Row>, profile: &Profile) {
        let lowest = [&self.number, &self.date].into_iter().flatten().map(Row::y);
        let lowest = lowest.fold(f64::NEG_INFINITY, f64::max);
        let state = [&self.motto, &self.state_title].into_iter().flatten().map(|row| row.y() + 14.0).next();
        let end = if lowest.is_finite() { lowest } else { state.unwrap_or(0.0) };
        self.is_starred = rows.iter().any(|row| row.text().trim() == "*");
        let is_word = |row: &Row| row.text().chars().any(char::is_alphabetic);
        let rows: Vec<Row> = rows.into_iter().filter(|row| row.y() < end - 1.0 && is_word(row)).collect();
        let begins = |row: &Row| {
            let upper = row.text().to_uppercase();
            profile.body_kinds.iter().any(|kind| upper.starts_with(kind.as_str()))
        };
        // The issuing body is what stands last in one look, from where a body begins.
        let same = |row: &Row| rows.last().is_some_and(|last| row.is_mostly_bold() == last.is_mostly_bold());
        let alike = rows.iter().rev().take_while(|row| same(row)).count();
        let from = rows.len() - alike;
        let later = rows.iter().enumerate().skip(from).rfind(|(_, row)| begins(row));
        let mut at = later.map_or(from, |(at, _)| at);
        // A line that is not bold above bold ones is the body above, whatever it begins with.
        if from > 0 && at < from {
            at = from;
        }
        let issuer = rows.get(at..).unwrap_or_default().to_vec();
        self.superior = rows.get(..at).unwrap_or_default().to_vec();
        self.issuer = issuer;
    }

    fn lowest(&self) -> f64 {
        let single = [&self.state_title, &self.motto, &self.number, &self.date].into_iter().flatten();
        single.chain(self.letter_subject.last()).chain(self.issuer.last()).map(Row::y).fold(0.0, f64::max)
    }
}

/// The first words of a fixed text: what it is recognised by, though the rest may be wrong.
fn start(text: &str) -> String {
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}

/// The row's parts left and right of the gap that is nearest to the boundary.
fn columns(row: &Row, boundary: f64) -> Vec<Row> {
    let gap = row
        .pieces
        .windows(2)
        .enumerate()
        .filter_map(|(at, pair)| match pair {
            [one, other] if other.x0 - one.x1 > GAP => {
                let middle = f64::midpoint(one.x1, other.x0);
                // Further right lie the blanks of a date that is still to come.
                let is_near = boundary - NEAR < middle && middle < boundary + BEHIND;
                is_near.then_some((at + 1, other.x0 - one.x1))
            }
            _ => None,
        })
        .max_by(|(_, one), (_, other)| one.total_cmp(other));
    match gap {
        Some((at, _)) => {
            let (left, right) = row.split(at);
            [left, right].into_iter().flatten().collect()
        }
        None => vec![row.clone()],
    }
}

fn is_number(row: &Row, profile: &Profile) -> bool {
    let folded = row.folded();
    let word = fold(&profile.number.word);
    let behind = folded.strip_prefix(&word);
    let is_code = row.text().contains(['/', '-']);
    // "SỞ TÀI CHÍNH" begins with the same letters once its marks are off.
    behind.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        && row.text().to_lowercase().starts_with(&profile.number.word.to_lowercase())
        && (is_code || row.text().contains(':'))
}
