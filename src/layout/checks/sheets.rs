//! Size of the sheets, margins, page numbers.

use super::{Check, Spot, range, rounded};
use crate::layout::finding::{Aspect, Part};
use crate::layout::page::Page;
use crate::layout::profile::Range;
use crate::layout::row::{Area, Row};
use crate::web::Message;

/// A first line may hang lower than the margin, by spacing above it.
const LOWER: f64 = 4.0;
/// A page that others follow may end early, to keep lines together.
const EARLY: f64 = 12.0;

impl Check<'_> {
    pub(super) fn pages(&mut self) {
        self.sizes();
        self.side_margins();
        self.upper_margins();
        self.lower_margins();
        self.page_numbers();
    }

    fn sizes(&mut self) {
        let form = &self.profile.page;
        let near = |one: f64, other: f64| (one - other).abs() <= form.tolerance;
        for page in &self.document.pages {
            let is_upright = near(page.width, form.width) && near(page.height, form.height);
            let is_turned = near(page.width, form.height) && near(page.height, form.width);
            let size = |one: f64, other: f64| format!("{} × {}", rounded(one), rounded(other));
            if is_turned && page.boxes.is_empty() {
                let found = vec![Message::from("layout-found-landscape")];
                let asked = vec![Message::from("layout-asked-portrait")];
                self.add(Part::Page, Aspect::Orientation, Spot::page(page.number), asked, found);
                return;
            }
            if !is_upright && !is_turned {
                let asked = vec![Message::with("layout-asked-page", "size", size(form.width, form.height))];
                let found = vec![Message::with("layout-found-page", "size", size(page.width, page.height))];
                self.add(Part::Page, Aspect::Size, Spot::page(page.number), asked, found);
                return;
            }
        }
    }

    fn upright(&self) -> impl Iterator<Item = &Page> {
        self.document.pages.iter().filter(|page| !page.is_landscape() && !page.rows.is_empty())
    }

    fn side_margins(&mut self) {
        let margins = self.profile.page.margins.clone();
        let left = |page: &Page| page.rows.iter().map(Row::x0).fold(f64::INFINITY, f64::min);
        let right =
            |page: &Page| page.width - page.rows.iter().map(Row::x1).fold(f64::NEG_INFINITY, f64::max);
        let worst_left = self
            .upright()
            .map(|page| (page.number, left(page)))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        let worst_right = self
            .upright()
            .map(|page| (page.number, right(page)))
            .min_by(|one, other| one.1.total_cmp(&other.1));
        self.margin(Aspect::Left, worst_left, margins.left);
        self.margin(Aspect::Right, worst_right, margins.right);
    }

    fn margin(&mut self, side: Aspect, worst: Option<(usize, f64)>, (least, most): Range) {
        let Some((page, measured)) = worst else { return };
        let slack = self.profile.tolerance.length;
        // A short text reaches no margin; only one with lines enough shows that it is too wide.
        let is_full = self.document.body.iter().map(|paragraph| paragraph.rows.len()).sum::<usize>() >= 4;
        if measured < least - slack || (measured > most + slack && is_full) {
            let asked = vec![Message::with("layout-asked-margin", "size", range((least, most)))];
            let found = vec![Message::with("layout-found-margin", "size", rounded(measured))];
            let place = self.document.page(page).map(|page| strip(page, side, measured));
            self.add(Part::Margin, side, Spot { page, place }, asked, found);
        }
    }

    fn upper_margins(&mut self) {
        let (least, most) = self.profile.page.margins.top;
        let slack = self.profile.tolerance.length;
        let mut worst = None;
        for page in self.upright() {
            let Some(first) = page.rows.first() else { continue };
            let is_high = first.capitals_top() < least - slack;
            let is_low = first.ascent_top() > most + slack + LOWER
                && !page.boxes.iter().any(|frame| frame.y0 < first.y());
            if is_high || is_low {
                let measured = if is_high { first.capitals_top() } else { first.ascent_top() };
                worst = worst.or(Some((page.number, measured)));
            }
        }
        if let Some((page, measured)) = worst {
            self.vertical(Aspect::Top, page, measured, (least, most));
        }
    }

    fn lower_margins(&mut self) {
        let (least, most) = self.profile.page.margins.bottom;
        let slack = self.profile.tolerance.length;
        let measure = |page: &Page| page.height - page.rows.last().map_or(0.0, Row::y);
        let measured: Vec<(usize, f64)> = self.upright().map(|page| (page.number, measure(page))).collect();
        if let Some((page, least_found)) = measured.iter().copied().find(|(_, found)| *found < least - slack)
        {
            self.vertical(Aspect::Bottom, page, least_found, (least, most));
            return;
        }
        // All pages but the last: of several, one at least should be full.
        let (_, followed) = measured.split_last().unwrap_or((&(1, 0.0), &[]));
        let fullest = followed.iter().copied().min_by(|one, other| one.1.total_cmp(&other.1));
        if let Some((page, found)) =
            fullest.filter(|(_, found)| followed.len() > 1 && *found > most + slack + EARLY)
        {
            self.vertical(Aspect::Bottom, page, found, (least, most));
        }
    }

    fn vertical(&mut self, side: Aspect, page: usize, measured: f64, asked: Range) {
        let place = self.document.page(page).map(|page| strip(page, side, measured));
        let asked = vec![Message::with("layout-asked-margin", "size", range(asked))];
        let found = vec![Message::with("layout-found-margin", "size", rounded(measured))];
        self.add(Part::Margin, side, Spot { page, place }, asked, found);
    }

    fn page_numbers(&mut self) {
        let mut expected = 0;
        for page in &self.document.pages {
            expected += 1;
            let begins_appendix =
                self.document.appendices.iter().any(|appendix| appendix.heading.page == page.number);
            match &page.shown_number {
                None if page.number > 1 && !begins_appendix => {
                    return self.missing(Part::PageNumber, Spot::page(page.number));
                }
                None => {}
                Some(row) if page.number == 1 => {
                    let asked = vec![Message::from("layout-asked-no-number")];
                    let found = vec![Message::with("layout-found-words", "words", row.text())];
                    self.add(Part::PageNumber, Aspect::First, Spot::row(row), asked, found);
                }
                Some(row) => {
                    let shown: Option<usize> = row.text().parse().ok();
                    // Appendices count on, or begin anew.
                    if begins_appendix && shown == Some(1) {
                        expected = 1;
                    }
                    if self.page_number(page, row, expected) {
                        return;
                    }
                }
            }
            if begins_appendix && page.shown_number.is_none() {
                expected = self.next_number(page.number).map_or(expected, |next| next.saturating_sub(1));
            }
        }
    }

    /// The number that the page behind shows.
    fn next_number(&self, page: usize) -> Option<usize> {
        self.document.page(page + 1)?.shown_number.as_ref()?.text().parse().ok()
    }

    /// True when something was found: the same on every page is said once.
    fn page_number(&mut self, page: &Page, row: &Row, expected: usize) -> bool {
        let before = self.findings.len();
        let text = row.text();
        let spot = Spot::row(row);
        let words = || vec![Message::with("layout-found-words", "words", text.clone())];
        let in_top = row.y() < page.height / 2.0;
        let is_centred = (row.centre() - page.width / 2.0).abs() < 10.0
            || (row.centre() - f64::midpoint(self.document.column.left, self.document.column.right)).abs()
                < 5.0;
        if !in_top || !is_centred {
            let asked = vec![Message::from("layout-asked-number-place")];
            let found = if in_top { "layout-found-off-centre" } else { "layout-found-at-foot" };
            self.add(Part::PageNumber, Aspect::Place, spot, asked, vec![Message::from(found)]);
        }
        if !text.chars().all(|digit| digit.is_ascii_digit()) {
            let asked = vec![Message::from("layout-asked-digits")];
            self.add(Part::PageNumber, Aspect::Form, spot, asked, words());
        } else if text.parse() != Ok(expected) {
            let asked = vec![Message::with("layout-asked-words", "words", expected)];
            self.add(Part::PageNumber, Aspect::Order, spot, asked, words());
        }
        self.look(Part::PageNumber, std::slice::from_ref(row));
        self.findings.len() > before
    }
}

/// The margin as a rectangle.
fn strip(page: &Page, side: Aspect, measured: f64) -> Area {
    let whole = Area { x0: 0.0, y0: 0.0, x1: page.width, y1: page.height };
    match side {
        Aspect::Left => Area { x1: measured, ..whole },
        Aspect::Right => Area { x0: page.width - measured, ..whole },
        Aspect::Top => Area { y1: measured, ..whole },
        _ => Area { y0: page.height - measured, ..whole },
    }
}
