//! Components 1 to 4: the title of the state and its motto, the bodies,
//! number and symbol, place and date.

use super::number::{self, Written};
use super::{Check, Spot, range, rounded};
use crate::identity::rules::fold;
use crate::layout::finding::{Aspect, Part};
use crate::layout::profile::{Range, UnderIssuer};
use crate::layout::row::Row;
use crate::web::Message;

/// How deep under its text a line may be, in millimetres; closer than the
/// second it is underlining.
const DEPTH: f64 = 6.5;
const UNDERLINING: f64 = 0.75;
/// Two rows side by side may stand so far apart in height.
const LEVEL: f64 = 2.0;

impl Check<'_> {
    pub(super) fn heading(&mut self) {
        self.state_title();
        self.motto();
        self.bodies();
        self.number();
        self.date();
    }

    fn state_title(&mut self) {
        let (document, profile) = (self.document, self.profile);
        let Some(row) = &document.heading.state_title else {
            return self.missing(Part::StateTitle, Spot::page(1));
        };
        // Both places of the mark are in use: HÒA, HOÀ.
        let usual = |text: &str| text.to_uppercase().replace("HOÀ", "HÒA");
        if usual(&row.text()) != profile.state_title {
            let asked = Message::with("layout-asked-words", "words", &profile.state_title);
            self.wording(Part::StateTitle, Aspect::Wording, row, asked);
        }
        self.look(Part::StateTitle, std::slice::from_ref(row));
        let width = document.page(1).map_or(210.0, |page| page.width);
        if row.centre() < width * 0.55 {
            let asked = vec![Message::from("layout-asked-right")];
            let found = vec![Message::from("layout-found-elsewhere")];
            self.add(Part::StateTitle, Aspect::Place, Spot::row(row), asked, found);
        }
        if profile.motto.is_empty() {
            self.line(Part::StateTitle, row, profile.line.motto, row.width());
        }
    }

    fn motto(&mut self) {
        let (document, profile) = (self.document, self.profile);
        if profile.motto.is_empty() {
            return;
        }
        let Some(row) = &document.heading.motto else { return self.missing(Part::Motto, Spot::page(1)) };
        let text = row.text();
        // All in capitals is a fault of style, said there.
        let differs = if row.is_caps() { fold(&text) != fold(&profile.motto) } else { text != profile.motto };
        if differs {
            let asked = Message::with("layout-asked-words", "words", &profile.motto);
            self.wording(Part::Motto, Aspect::Wording, row, asked);
        }
        self.look(Part::Motto, std::slice::from_ref(row));
        self.line(Part::Motto, row, profile.line.motto, row.width());
        let title = document.heading.state_title.as_ref();
        if title.is_some_and(|title| (title.centre() - row.centre()).abs() > profile.tolerance.centre) {
            let asked = vec![Message::from("layout-asked-under-title")];
            let found = vec![Message::from("layout-found-off-centre")];
            self.add(Part::Motto, Aspect::Place, Spot::row(row), asked, found);
        }
    }

    /// The line drawn under a text, as long as a share of it. Of a text on several
    /// rows either its last or its `widest` may be the measure.
    pub(super) fn line(&mut self, part: Part, row: &Row, (least, most): Range, widest: f64) {
        let percent = |share: f64| rounded((share * 100.0).round());
        let asked = if least > 0.85 {
            vec![Message::from("layout-asked-full-line")]
        } else {
            let share = range(((least * 100.0).round(), (most * 100.0).round()));
            vec![Message::with("layout-asked-line", "share", share)]
        };
        let line = self.document.page(row.page).and_then(|page| page.line_under(row, DEPTH));
        let found = match line {
            None => Message::from("layout-found-no-line"),
            Some(line) if line.y0 < row.y() + UNDERLINING => Message::from("layout-found-underlined"),
            Some(line) => {
                let fits = |width: f64| (least - 0.02..=most + 0.02).contains(&(line.length() / width));
                if fits(row.width()) || fits(widest) {
                    return;
                }
                let share = line.length() / row.width();
                Message::with("layout-found-line", "share", percent(share))
            }
        };
        self.add(part, Aspect::Line, Spot::row(row), asked, vec![found]);
    }

    fn bodies(&mut self) {
        let (document, profile) = (self.document, self.profile);
        let heading = &document.heading;
        if !heading.superior.is_empty() {
            self.look(Part::Superior, &heading.superior);
        }
        let Some(last) = heading.issuer.last() else { return self.missing(Part::Issuer, Spot::page(1)) };
        self.look(Part::Issuer, &heading.issuer);
        match profile.under_issuer {
            UnderIssuer::Line => {
                let widest = heading.issuer.iter().map(Row::width).fold(0.0, f64::max);
                self.line(Part::Issuer, last, profile.line.issuer, widest);
            }
            UnderIssuer::Star if !heading.is_starred => {
                let asked = vec![Message::from("layout-asked-star")];
                let found = vec![Message::from("layout-found-nothing")];
                self.add(Part::Issuer, Aspect::Line, Spot::row(last), asked, found);
            }
            UnderIssuer::Star => {}
        }
    }

    fn number(&mut self) {
        let (document, profile) = (self.document, self.profile);
        let Some(row) = &document.heading.number else { return self.missing(Part::Number, Spot::page(1)) };
        self.look(Part::Number, std::slice::from_ref(row));
        let asked = || Message::with("layout-asked-form", "form", number::example(&profile.number));
        let Some(written) = Written::of(&row.text(), &profile.number) else {
            return self.wording(Part::Number, Aspect::Form, row, asked());
        };
        if written.digits.is_empty() {
            return self.blank_number(row);
        }
        if !written.is_well_formed() {
            return self.wording(Part::Number, Aspect::Form, row, asked());
        }
        if !written.has_right_zeros() {
            self.wording(Part::Number, Aspect::Zero, row, Message::from("layout-asked-zero"));
        }
        let code = document.kind.as_ref().map(|kind| kind.code.as_str());
        if let Some(code) = code.filter(|code| written.kind() != *code) {
            let asked = Message::with("layout-asked-code", "code", code);
            self.wording(Part::Number, Aspect::Kind, row, asked);
        }
    }

    /// A number that is still to come needs its place.
    fn blank_number(&mut self, row: &Row) {
        if !self.stage.is_unnumbered {
            return self.missing(Part::Number, Spot::row(row));
        }
        let gap = row.pieces.windows(2).filter_map(|pair| match pair {
            [one, other] => Some(other.x0 - one.x1),
            _ => None,
        });
        let widest = gap.fold(0.0, f64::max);
        if widest < self.profile.space.number {
            let asked = vec![Message::with("layout-asked-blank", "size", rounded(self.profile.space.number))];
            let found = vec![Message::with("layout-found-blank", "size", rounded(widest))];
            self.add(Part::Number, Aspect::Space, Spot::row(row), asked, found);
        }
    }

    fn date(&mut self) {
        let document = self.document;
        let is_undated = document.kind.as_ref().is_some_and(|kind| kind.undated);
        let Some(row) = &document.heading.date else {
            if !is_undated {
                self.missing(Part::Date, Spot::page(1));
            }
            return;
        };
        self.look(Part::Date, std::slice::from_ref(row));
        self.date_words(row);
        let beside = document.heading.number.as_ref();
        if let Some(number) = beside.filter(|number| (number.y() - row.y()).abs() > LEVEL) {
            let asked = vec![Message::from("layout-asked-beside-number")];
            let found =
                vec![Message::with("layout-found-height", "size", rounded((number.y() - row.y()).abs()))];
            self.add(Part::Date, Aspect::Line, Spot::row(row), asked, found);
        }
        let title = document.heading.state_title.as_ref();
        if title
            .is_some_and(|title| (title.centre() - row.centre()).abs() > 1.5 * self.profile.tolerance.centre)
        {
            let asked = vec![Message::from("layout-asked-under-title")];
            let found = vec![Message::from("layout-found-off-centre")];
            self.add(Part::Date, Aspect::Place, Spot::row(row), asked, found);
        }
    }

    fn date_words(&mut self, row: &Row) {
        let asked = Message::with("layout-asked-form", "form", number::DATE_EXAMPLE);
        let text = row.text();
        let Some(date) = number::Date::of(&text) else {
            return self.wording(Part::Date, Aspect::Form, row, asked);
        };
        if date.is_blank() {
            if !self.stage.is_unnumbered {
                return self.wording(Part::Date, Aspect::Form, row, asked);
            }
            return self.blank_date(row);
        }
        if !date.is_well_formed() {
            self.wording(Part::Date, Aspect::Form, row, asked);
        } else if !date.has_right_zeros() {
            self.wording(Part::Date, Aspect::Zero, row, Message::from("layout-asked-date-zero"));
        }
    }

    /// Day and month that are still to come need their places.
    fn blank_date(&mut self, row: &Row) {
        let wanted = ["ngay", "thang"];
        let gaps = row.pieces.windows(2).filter_map(|pair| match pair {
            [one, other] if wanted.contains(&fold(&one.text).as_str()) => Some(other.x0 - one.x1),
            _ => None,
        });
        let least = gaps.fold(f64::INFINITY, f64::min);
        if least.is_finite() && least < self.profile.space.day {
            let asked = vec![Message::with("layout-asked-blank", "size", rounded(self.profile.space.day))];
            let found = vec![Message::with("layout-found-blank", "size", rounded(least))];
            self.add(Part::Date, Aspect::Space, Spot::row(row), asked, found);
        }
    }
}
