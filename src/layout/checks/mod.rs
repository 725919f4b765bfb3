//! The checks: each compares one component with what the profile asks of it.

mod body;
mod ending;
mod heading;
mod look;
mod marks;
mod number;
mod sheets;
mod title;
mod typeface;

use super::document::Document;
use super::finding::{Aspect, Finding, Part, Severity};
use super::profile::Profile;
use super::row::{Area, Row, around};
use crate::papers::{Sheet, Sheets};
use crate::web::Message;

/// What is known of a document besides its pages.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stage {
    /// Number and date come later: their places must be blank.
    pub is_unnumbered: bool,
}

/// Compares a document with a profile.
pub fn run(read: &Sheets, profile: &Profile, stage: Stage) -> Vec<Finding> {
    let sheets = read.sheets.as_slice();
    let document = Document::of(sheets, profile);
    let mut check = Check { document: &document, sheets, profile, stage, findings: Vec::new() };
    if !check.has_text() {
        return check.findings;
    }
    check.marked();
    check.pages();
    check.typefaces();
    check.heading();
    check.title();
    check.bases();
    check.body();
    check.ending();
    check.appendices();
    if !read.is_whole {
        check.partial(sheets.len());
    }
    let mut findings = check.findings;
    let top = |finding: &Finding| finding.place.map_or(0.0, |place| place.y0);
    findings.sort_by(|one, other| one.page.cmp(&other.page).then(top(one).total_cmp(&top(other))));
    findings
}

struct Check<'a> {
    document: &'a Document,
    sheets: &'a [Sheet],
    profile: &'a Profile,
    stage: Stage,
    findings: Vec<Finding>,
}

/// Where something is, or should be.
#[derive(Clone, Copy, Debug)]
struct Spot {
    page: usize,
    place: Option<Area>,
}

impl Spot {
    fn page(page: usize) -> Self {
        Self { page, place: None }
    }

    fn of(rows: &[Row]) -> Self {
        Self { page: rows.first().map_or(1, |row| row.page), place: around(rows) }
    }

    fn row(row: &Row) -> Self {
        Self { page: row.page, place: Some(row.area()) }
    }
}

impl Check<'_> {
    fn add(&mut self, part: Part, aspect: Aspect, spot: Spot, asked: Vec<Message>, found: Vec<Message>) {
        let Some(severity) = self.profile.severity(part, aspect) else { return };
        let form = self.profile.form(part);
        let clause = form.clause.clone();
        let label = match part {
            Part::Margin => format!("margin-{}", aspect.as_str()),
            _ => form.label.clone().unwrap_or_else(|| part.as_str().to_owned()),
        };
        let finding = Finding {
            part,
            aspect,
            severity,
            clause,
            page: spot.page,
            place: spot.place,
            label,
            asked,
            found,
        };
        self.findings.push(finding);
    }

    fn missing(&mut self, part: Part, spot: Spot) {
        self.add(part, Aspect::Missing, spot, Vec::new(), vec![Message::from("layout-found-nothing")]);
    }

    /// A finding about words: these should stand there, those do.
    fn wording(&mut self, part: Part, aspect: Aspect, row: &Row, asked: Message) {
        let found = Message::with("layout-found-words", "words", row.text());
        self.add(part, aspect, Spot::row(row), vec![asked], vec![found]);
    }

    /// Is there anything to check? A document that is pictures only never passes.
    fn has_text(&mut self) -> bool {
        let letters =
            |sheet: &Sheet| -> usize { sheet.pieces.iter().map(|piece| piece.text.chars().count()).sum() };
        let all: usize = self.sheets.iter().map(letters).sum();
        let asked = || vec![Message::from("layout-asked-text")];
        if all < LEAST_LETTERS {
            let found = vec![Message::from("layout-found-no-text")];
            self.add(Part::Text, Aspect::Missing, Spot::page(1), asked(), found);
            // Whatever an office switched off, this is no pass.
            if self.findings.is_empty() {
                self.unread();
            }
            return false;
        }
        for sheet in self.sheets {
            if letters(sheet) < LEAST_LETTERS && sheet.pictured > MOSTLY {
                let found = vec![Message::from("layout-found-picture")];
                self.add(Part::Text, Aspect::Missing, Spot::page(sheet.page), asked(), found);
            }
        }
        true
    }

    fn unread(&mut self) {
        self.findings.push(Finding {
            part: Part::Text,
            aspect: Aspect::Missing,
            severity: Severity::Blocking,
            clause: String::new(),
            page: 1,
            place: None,
            label: Part::Text.as_str().to_owned(),
            asked: Vec::new(),
            found: vec![Message::from("layout-found-no-text")],
        });
    }
}

/// Fewer letters than these are no document.
const LEAST_LETTERS: usize = 20;
/// A picture that covers so much of a page is a scan.
const MOSTLY: f64 = 0.4;

/// A length or share as people read it.
fn rounded(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    if (tenths - tenths.round()).abs() < 0.05 { format!("{tenths:.0}") } else { format!("{tenths:.1}") }
}

fn range((least, most): (f64, f64)) -> String {
    if (least - most).abs() < 0.05 {
        rounded(least)
    } else {
        format!("{}–{}", rounded(least), rounded(most))
    }
}
