//! Where a document leaves room: for number and date, and for the signature.

use std::path::Path;

use super::actions::CheckError;
use super::document::Document;
use super::profile::Profile;
use super::row::{Area, Row};
use crate::identity::rules::fold;
use crate::papers::Renderer;

/// A blank narrower than this, in millimetres, is a space between words.
const LEAST: f64 = 3.0;
/// What follows the last word of a line has this much room: four digits.
const BEHIND: f64 = 12.0;

/// Room within a line of the first page, in millimetres from its top left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Blank {
    pub x0: f64,
    pub x1: f64,
    /// The line the letters beside it stand on.
    pub y: f64,
    /// Their size, in points.
    pub size: f64,
}

/// Room that was left; `None`: it was not found.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// Between "Số:" and the symbol.
    pub number: Option<Blank>,
    /// Behind "ngày", "tháng" and "năm".
    pub day: Option<Blank>,
    pub month: Option<Blank>,
    pub year: Option<Blank>,
    /// The page, and the place between position and name.
    pub signature: Option<(usize, Area)>,
}

impl Places {
    /// What is missing, as the key of a sentence.
    pub fn obstacle(&self) -> Option<&'static str> {
        let has_blanks = self.number.is_some() && self.day.is_some() && self.month.is_some();
        match (has_blanks, self.signature.is_some()) {
            (false, _) => Some("outgoing-no-room-number"),
            (true, false) => Some("outgoing-no-room-signature"),
            (true, true) => None,
        }
    }
}

/// Looks for the room in a PDF whose number is still to come.
pub async fn places(renderer: &Renderer, pdf: &Path, profile: &Profile) -> Result<Places, CheckError> {
    let read = renderer.sheets(pdf, super::actions::MOST_PAGES).await?;
    let rules = profile.clone();
    let found = tokio::task::spawn_blocking(move || of(&Document::of(&read.sheets, &rules)));
    found.await.map_err(|error| CheckError::Start(std::io::Error::other(error)))
}

fn of(document: &Document) -> Places {
    let date = |word: &str| document.heading.date.as_ref().and_then(|row| behind(row, word));
    let signature = document.ending.as_ref().and_then(|ending| {
        let place = ending.signatures.first()?.place()?;
        Some((ending.page, place))
    });
    Places {
        number: document.heading.number.as_ref().and_then(|row| behind(row, "so")),
        day: date("ngay"),
        month: date("thang"),
        year: date("nam"),
        signature,
    }
}

/// The blank behind a word of a line.
fn behind(row: &Row, word: &str) -> Option<Blank> {
    let at = row.pieces.iter().position(|piece| fold(&piece.text) == word)?;
    let before = row.pieces.get(at)?;
    let end = row.pieces.get(at + 1).map_or(before.x1 + BEHIND, |next| next.x0);
    (end - before.x1 >= LEAST).then_some(Blank { x0: before.x1, x1: end, y: row.y(), size: row.size() })
}
