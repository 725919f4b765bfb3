//! Size and style of a component, as its profile says.

use super::{Check, Spot, range, rounded};
use crate::layout::finding::{Aspect, Part};
use crate::layout::profile::PartForm;
use crate::layout::row::Row;
use crate::web::Message;

/// So much of a line must be as asked, and so little not; one letter in ten may differ.
const NEARLY_ALL: f64 = 0.9;
const NEARLY_NONE: f64 = 0.1;

impl Check<'_> {
    /// Compares size and style of these rows with what is asked of the component.
    pub(super) fn look(&mut self, part: Part, rows: &[Row]) {
        let form = self.profile.form(part);
        let off_size = rows.iter().find(|row| !self.is_sized(form, row));
        if let Some(row) = off_size {
            let found = vec![Message::with("layout-size", "size", rounded(row.size()))];
            self.add(part, Aspect::Size, Spot::of(rows), asked(form), found);
        }
        let found = deviations(form, rows);
        if !found.is_empty() {
            self.add(part, Aspect::Style, Spot::of(rows), asked(form), found);
        }
    }

    pub(super) fn is_sized(&self, form: &PartForm, row: &Row) -> bool {
        let slack = self.profile.tolerance.size;
        form.size.is_none_or(|(least, most)| least - slack <= row.size() && row.size() <= most + slack)
    }
}

/// What is asked, in words.
fn asked(form: &PartForm) -> Vec<Message> {
    let mut words = Vec::new();
    match form.caps {
        Some(true) => words.push(Message::from("layout-caps")),
        Some(false) => words.push(Message::from("layout-small")),
        None => {}
    }
    match form.italic {
        Some(true) => words.push(Message::from("layout-italic")),
        Some(false) => words.push(Message::from("layout-upright")),
        None => {}
    }
    match form.bold {
        Some(true) => words.push(Message::from("layout-bold")),
        Some(false) => words.push(Message::from("layout-regular")),
        None => {}
    }
    words.extend(form.size.map(|size| Message::with("layout-size", "size", range(size))));
    words
}

/// What is not as asked, in words.
fn deviations(form: &PartForm, rows: &[Row]) -> Vec<Message> {
    let mut words = Vec::new();
    let is_whole = |row: &&Row| row.text().chars().filter(|letter| letter.is_alphabetic()).count() > 3;
    if form.caps == Some(true) && rows.iter().any(|row| !row.is_caps()) {
        words.push(Message::from("layout-small"));
    }
    // A short line in capitals may be an abbreviation.
    if form.caps == Some(false) && rows.iter().filter(is_whole).any(Row::is_caps) {
        words.push(Message::from("layout-caps"));
    }
    match form
        .italic
        .filter(|wanted| rows.iter().any(|row| !agrees(row.share(|piece| piece.italic), *wanted)))
    {
        Some(true) => words.push(Message::from("layout-upright")),
        Some(false) => words.push(Message::from("layout-italic")),
        None => {}
    }
    match form.bold.filter(|wanted| rows.iter().any(|row| !agrees(row.share(|piece| piece.bold), *wanted))) {
        Some(true) => words.push(Message::from("layout-regular")),
        Some(false) => words.push(Message::from("layout-bold")),
        None => {}
    }
    words
}

/// What the file does not tell is not held against it.
fn agrees(share: Option<f64>, wanted: bool) -> bool {
    share.is_none_or(|share| if wanted { share >= NEARLY_ALL } else { share <= NEARLY_NONE })
}
