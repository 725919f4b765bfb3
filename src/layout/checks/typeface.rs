//! The letters themselves: typeface, colour, and whether a program can read them.

use super::{Check, Spot};
use crate::layout::finding::{Aspect, Part};
use crate::layout::profile::Profile;
use crate::layout::row::Row;
use crate::papers::{Face, Sheet};
use crate::web::Message;

/// Letters darker than this count as black.
const DARK: u8 = 70;
/// Letters without a meaning that a bullet or two explains.
const FEW: usize = 3;

impl Check<'_> {
    pub(super) fn typefaces(&mut self) {
        self.faces();
        self.letters();
        self.composition();
        self.colours();
    }

    /// Each typeface is spoken of once, where it is used first.
    fn faces(&mut self) {
        let mut seen = Vec::new();
        for sheet in self.sheets {
            for (at, face) in sheet.faces.iter().enumerate() {
                let family = family(face);
                let Some(row) = first_use(sheet, at).filter(|_| !seen.contains(&family)) else { continue };
                seen.push(family);
                self.face(face, &row);
            }
        }
    }

    fn face(&mut self, face: &Face, row: &Row) {
        let named = || vec![Message::with("layout-found-typeface", "name", face.name.clone())];
        let asked = || vec![Message::from("layout-asked-typeface")];
        match standing(face, self.profile) {
            Standing::Asked => {}
            Standing::Unknown => {
                let found = vec![Message::from("layout-found-unknown-typeface")];
                self.add(Part::Text, Aspect::Typeface, Spot::row(row), asked(), found);
            }
            Standing::Other => self.add(Part::Text, Aspect::Typeface, Spot::row(row), asked(), named()),
            Standing::Legacy => {
                let asked = vec![Message::from("layout-asked-unicode")];
                self.add(Part::Text, Aspect::Encoding, Spot::row(row), asked, named());
            }
        }
        if !face.is_embedded && !face.name.is_empty() {
            let asked = vec![Message::from("layout-asked-embedded")];
            let found = vec![Message::with("layout-found-not-embedded", "name", face.name.clone())];
            self.add(Part::Text, Aspect::Embedding, Spot::row(row), asked, found);
        }
    }

    fn letters(&mut self) {
        let unread = |sheet: &Sheet| -> usize {
            sheet.pieces.iter().map(|piece| piece.text.matches('\u{fffd}').count()).sum()
        };
        let all: usize = self.sheets.iter().map(unread).sum();
        let bad = self.sheets.iter().find(|sheet| unread(sheet) > 0);
        if let Some(sheet) = bad.filter(|_| all > FEW) {
            let piece = sheet.pieces.iter().find(|piece| piece.text.contains('\u{fffd}')).cloned();
            let row = Row::of(sheet.page, piece.into_iter().collect());
            let spot = row.map_or_else(|| Spot::page(sheet.page), |row| Spot::row(&row));
            let asked = vec![Message::from("layout-asked-letters")];
            let found = vec![Message::with("layout-found-letters", "count", all)];
            self.add(Part::Text, Aspect::Letters, spot, asked, found);
        }
    }

    fn composition(&mut self) {
        let mut rows = self.sheets.iter().filter_map(|sheet| {
            let piece = sheet.pieces.iter().find(|piece| piece.was_decomposed)?;
            Row::of(sheet.page, vec![piece.clone()])
        });
        if let Some(row) = rows.next() {
            self.wording(Part::Text, Aspect::Composition, &row, Message::from("layout-asked-composed"));
        }
    }

    fn colours(&mut self) {
        let marks = &self.document.heading.marks;
        let is_mark =
            |page: usize, y: f64| marks.iter().any(|(row, _)| row.page == page && (row.y() - y).abs() < 1.0);
        let coloured = self.sheets.iter().find_map(|sheet| {
            let is_off = |colour: [u8; 3]| colour.iter().any(|part| *part > DARK);
            let piece =
                sheet.pieces.iter().find(|piece| is_off(piece.colour) && !is_mark(sheet.page, piece.y))?;
            Row::of(sheet.page, vec![piece.clone()])
        });
        if let Some(row) = coloured {
            let [red, green, blue] = row.pieces.first().map_or([0; 3], |piece| piece.colour);
            let asked = vec![Message::from("layout-asked-black")];
            let found = vec![Message::with(
                "layout-found-colour",
                "colour",
                format!("#{red:02x}{green:02x}{blue:02x}"),
            )];
            self.add(Part::Text, Aspect::Colour, Spot::row(&row), asked, found);
        }
    }

    /// Only the first pages of a very long file were looked at.
    pub(super) fn partial(&mut self, pages: usize) {
        let asked = vec![Message::from("layout-asked-whole")];
        let found = vec![Message::with("layout-found-partial", "pages", pages)];
        self.add(Part::Text, Aspect::Partial, Spot::page(pages), asked, found);
    }
}

enum Standing {
    Asked,
    Other,
    /// Drawn for an encoding that is not Unicode.
    Legacy,
    Unknown,
}

fn standing(face: &Face, profile: &Profile) -> Standing {
    let lower = face.name.to_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    if face.name.is_empty() {
        Standing::Unknown
    } else if profile.legacy_typefaces.iter().any(|start| lower.starts_with(start)) {
        Standing::Legacy
    } else if profile.typefaces.iter().any(|start| plain.starts_with(start)) {
        Standing::Asked
    } else {
        Standing::Other
    }
}

/// A typeface without its cuts: of bold and italic, one finding is enough, unless only one is in the file.
fn family(face: &Face) -> (String, bool) {
    let mut name: String = face.name.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect();
    for cut in ["bold", "italic", "oblique", "regular", "psmt", "mt"] {
        name = name.replace(cut, "");
    }
    (name, face.is_embedded)
}

/// The first words in a face; signs such as bullets and boxes are no words.
fn first_use(sheet: &Sheet, face: usize) -> Option<Row> {
    let says = |text: &str| text.chars().any(|letter| letter.is_alphanumeric() || letter == '\u{fffd}');
    let piece = sheet.pieces.iter().find(|piece| piece.face == face && says(&piece.text))?;
    Row::of(sheet.page, vec![piece.clone()])
}
