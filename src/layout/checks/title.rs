//! Component 5: the name of the document and its subject; and to whom a
//! letter goes.

use super::{Check, Row, Spot};
use crate::layout::finding::{Aspect, Part};
use crate::web::Message;

/// How far the name may be off the middle of the text, in millimetres.
const OFF: f64 = 6.0;

impl Check<'_> {
    pub(super) fn title(&mut self) {
        let document = self.document;
        if document.is_letter() {
            self.letter();
        } else {
            self.named();
        }
        if !document.addressee.is_empty() {
            self.addressee();
        }
    }

    fn named(&mut self) {
        let document = self.document;
        let Some(name) = &document.type_name else { return self.missing(Part::TypeName, Spot::page(1)) };
        self.look(Part::TypeName, std::slice::from_ref(name));
        if document.kind.is_none() {
            let asked = Message::from("layout-asked-kind");
            self.wording(Part::TypeName, Aspect::Wording, name, asked);
        }
        if self.middles().into_iter().all(|middle| (name.centre() - middle).abs() > OFF) {
            let asked = vec![Message::from("layout-asked-centred")];
            let found = vec![Message::from("layout-found-off-centre")];
            self.add(Part::TypeName, Aspect::Place, Spot::row(name), asked, found);
        }
        let Some(last) = document.subject.last() else { return self.missing(Part::Subject, Spot::row(name)) };
        self.look(Part::Subject, &document.subject);
        let widest = document.subject.iter().map(Row::width).fold(0.0, f64::max);
        self.line(Part::Subject, last, self.profile.line.subject, widest);
    }

    /// The middle of the text as it is, and as its margins should make it.
    fn middles(&self) -> [f64; 2] {
        let (column, page) = (self.document.column, &self.profile.page);
        let middle = |(least, most): (f64, f64)| f64::midpoint(least, most);
        let (left, right) = (middle(page.margins.left), page.width - middle(page.margins.right));
        [f64::midpoint(column.left, column.right), f64::midpoint(left, right)]
    }

    fn letter(&mut self) {
        let document = self.document;
        let subject = &document.heading.letter_subject;
        match (subject.first(), &document.heading.number) {
            (None, _) => self.missing(Part::LetterSubject, Spot::page(1)),
            (Some(first), number) => {
                self.look(Part::LetterSubject, subject);
                let is_under =
                    number.as_ref().is_none_or(|number| (number.centre() - first.centre()).abs() < 12.0);
                if !is_under {
                    let asked = vec![Message::from("layout-asked-under-number")];
                    let found = vec![Message::from("layout-found-off-centre")];
                    self.add(Part::LetterSubject, Aspect::Place, Spot::of(subject), asked, found);
                }
            }
        }
        if document.addressee.is_empty() {
            self.missing(Part::Addressee, Spot::page(1));
        }
    }

    fn addressee(&mut self) {
        let document = self.document;
        self.look(Part::Addressee, &document.addressee);
        let Some((first, rest)) = document.addressee.split_first() else { return };
        if !first.text().starts_with("Kính gửi:") {
            let asked = Message::with("layout-asked-words", "words", "Kính gửi:");
            return self.wording(Part::Addressee, Aspect::Form, first, asked);
        }
        let listed = rest.iter().filter(|row| row.text().starts_with('-')).count();
        if listed > 0 && !is_list(&rest.iter().map(Row::text).collect::<Vec<_>>()) {
            let asked = vec![Message::from("layout-asked-list")];
            let found = vec![Message::with("layout-found-words", "words", first_fault(rest))];
            self.add(Part::Addressee, Aspect::Form, Spot::of(&document.addressee), asked, found);
        }
    }
}

/// Lines with a dash that end with semicolons, the last with a stop.
pub(super) fn is_list(lines: &[String]) -> bool {
    let whole = lines.join("\n");
    let mut items = whole.split("\n-").map(|item| item.trim_start_matches('-')).peekable();
    let mut is_list = whole.starts_with("- ");
    while let Some(item) = items.next() {
        let end = if items.peek().is_some() { ';' } else { '.' };
        is_list &= item.starts_with(' ') && item.trim_end().ends_with(end);
    }
    is_list
}

/// The line that a list is not one for.
fn first_fault(rows: &[Row]) -> String {
    let is_fine = |row: &&Row| row.text().starts_with("- ") && row.text().ends_with(';');
    let fault = rows.iter().find(|row| !is_fine(row)).or(rows.last());
    fault.map(Row::text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_list;

    #[test]
    fn a_list_has_dashes_semicolons_and_a_stop() {
        let list = |lines: &[&str]| is_list(&lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>());
        assert!(list(&["- Như trên;", "- Sở Tài chính", "thành phố;", "- Lưu: VT."]));
        assert!(!list(&["- Như trên;", "- Lưu: VT"]));
        assert!(!list(&["- Như trên", "- Lưu: VT."]));
        assert!(!list(&["Như trên;", "- Lưu: VT."]));
        assert!(!list(&["-Như trên;", "- Lưu: VT."]));
    }
}
