//! Component 6: legal bases and the running text.

use super::{Check, Spot, range, rounded};
use crate::identity::rules::fold;
use crate::layout::finding::{Aspect, Part};
use crate::layout::paragraphs::Paragraph;
use crate::layout::row::{POINT, Row};
use crate::web::Message;

/// A line that ends so close to the right edge reaches it.
const REACHES: f64 = 1.5;
/// Single line spacing of Times New Roman, in parts of the size.
const SINGLE: f64 = 1.149;
/// Steps to the right that are no first-line indent, in millimetres.
const NO_STEP: f64 = 1.5;
const DEEP: f64 = 25.0;

impl Check<'_> {
    pub(super) fn bases(&mut self) {
        let document = self.document;
        let Some(last) = document.bases.last() else { return };
        let rows: Vec<Row> = document.bases.iter().flat_map(|basis| basis.rows.clone()).collect();
        self.look(Part::Basis, &rows);
        for basis in &document.bases {
            let is_last = std::ptr::eq(basis, last);
            let (end, key) =
                if is_last { ('.', "layout-asked-stop") } else { (';', "layout-asked-semicolon") };
            if let Some(row) = basis.rows.last().filter(|row| !row.text().trim_end().ends_with(end)) {
                self.wording(Part::Basis, Aspect::Ending, row, Message::from(key));
                return;
            }
        }
    }

    pub(super) fn body(&mut self) {
        self.body_sizes();
        self.alignment();
        self.indents();
        self.gaps();
        self.pitches();
        self.articles();
    }

    /// Each page is spoken of once.
    fn body_sizes(&mut self) {
        let form = self.profile.form(Part::Body).clone();
        let mut said = 0;
        for row in self.document.body.iter().flat_map(|paragraph| &paragraph.rows) {
            let has_words = row.text().chars().filter(|letter| letter.is_alphabetic()).count() > 3;
            if row.page != said && has_words && !self.is_sized(&form, row) {
                said = row.page;
                let asked = vec![Message::with("layout-size", "size", range(form.size.unwrap_or_default()))];
                let found = vec![Message::with("layout-size", "size", rounded(row.size()))];
                self.add(Part::Body, Aspect::Size, Spot::row(row), asked, found);
            }
        }
    }

    /// Running paragraphs: they fill the column over several lines.
    fn running(&self) -> impl Iterator<Item = &Paragraph> {
        let left = self.document.column.left;
        let all = self.document.body.iter().chain(&self.document.bases);
        all.filter(move |paragraph| paragraph.rows.get(1).is_some_and(|second| second.x0() < left + NO_STEP))
    }

    fn alignment(&mut self) {
        let right = self.document.column.right;
        let (mut full, mut ragged) = (0, Vec::new());
        for paragraph in self.running() {
            let lines = paragraph.rows.split_last().map_or(&[][..], |(_, before)| before);
            full += lines.len();
            ragged.extend(lines.iter().filter(|row| row.x1() < right - REACHES).cloned());
        }
        if let Some(row) = ragged.first().filter(|_| full >= 3 && ragged.len() * 3 > full) {
            let asked = vec![Message::from("layout-asked-justified")];
            let found = vec![Message::from("layout-found-ragged")];
            self.add(Part::Body, Aspect::Alignment, Spot::row(row), asked, found);
        }
    }

    fn indents(&mut self) {
        let left = self.document.column.left;
        let (least, most) = self.profile.text.indent;
        let slack = self.profile.tolerance.length;
        let firsts: Vec<&Row> = self.running().filter_map(Paragraph::first).collect();
        let step = |row: &Row| row.x0() - left;
        let is_off = |row: &Row| step(row) < DEEP && !(least - slack..=most + slack).contains(&step(row));
        let off: Vec<&Row> = firsts.iter().copied().filter(|row| is_off(row)).collect();
        if let Some(row) = off.first().filter(|_| off.len() * 2 > firsts.len()) {
            let asked = vec![Message::with(
                "layout-asked-indent",
                "size",
                format!("{} / {}", rounded(least), rounded(most)),
            )];
            let found = vec![Message::with("layout-found-indent", "size", rounded(step(row).max(0.0)))];
            let spot = Spot::row(row);
            self.add(Part::Body, Aspect::Indent, spot, asked, found);
        }
    }

    fn gaps(&mut self) {
        let steps = self.steps();
        let pitch = steps.get(steps.len() / 2).map(|(step, _)| *step);
        let mut gaps = Vec::new();
        for pair in self.document.body.windows(2) {
            let [one, other] = pair else { continue };
            let (Some(last), Some(first)) = (one.rows.last(), other.first()) else { continue };
            let is_wide = first.size() > last.size() + 0.5 || first.x0() > self.document.column.left + DEEP;
            // Without lines that run on, single spacing is the least there can be.
            let single = first.size() * POINT * SINGLE;
            if last.page == first.page && !is_wide {
                gaps.push(((first.y() - last.y() - pitch.unwrap_or(single)) / POINT, first.clone()));
            }
        }
        gaps.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let asked = self.profile.text.paragraph_gap;
        let middle = gaps.get(gaps.len() / 2).cloned();
        if let Some((gap, row)) = middle.filter(|(gap, _)| gaps.len() >= 3 && *gap < asked - 0.8) {
            let found = vec![Message::with("layout-found-gap", "size", rounded(gap.max(0.0)))];
            let asked = vec![Message::with("layout-asked-gap", "size", rounded(asked))];
            self.add(Part::Body, Aspect::Gap, Spot::row(&row), asked, found);
        }
    }

    /// From line to line within paragraphs, in millimetres, the least first.
    fn steps(&self) -> Vec<(f64, Row)> {
        let mut steps = Vec::new();
        for paragraph in self.running() {
            for pair in paragraph.rows.windows(2) {
                if let [one, other] = pair
                    && one.page == other.page
                {
                    steps.push((other.y() - one.y(), other.clone()));
                }
            }
        }
        steps.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        steps
    }

    fn pitches(&mut self) {
        let (least, most) = self.profile.text.line_pitch;
        let steps = self.steps();
        let Some((step, row)) = steps.get(steps.len() / 2) else { return };
        let lines = step / (row.size() * POINT * SINGLE);
        if lines < least - 0.06 || lines > most + 0.06 {
            let asked = vec![Message::with("layout-asked-pitch", "size", range((least, most)))];
            let found = vec![Message::with("layout-found-pitch", "size", rounded(lines))];
            self.add(Part::Body, Aspect::Pitch, Spot::row(row), asked, found);
        }
    }

    /// "Điều 1." is bold; "Chương I" is bold and stands in the middle.
    fn articles(&mut self) {
        let document = self.document;
        for row in document.body.iter().filter_map(Paragraph::first) {
            let folded = fold(&row.text());
            let mut words = folded.split(' ');
            let (word, mark) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let is_counted = mark.chars().all(|digit| digit.is_ascii_digit()) && !mark.is_empty();
            if word == "dieu" && is_counted && row.text().starts_with("Điều") && row.text().contains('.') {
                let head = row.split(2).0.into_iter().collect::<Vec<_>>();
                self.look(Part::Article, &head);
            }
            let is_chapter = matches!(word, "chuong" | "phan") && words.next().is_none() && !mark.is_empty();
            if is_chapter {
                self.look(Part::Chapter, std::slice::from_ref(row));
                if !document.column.is_centred(row) {
                    let asked = vec![Message::from("layout-asked-centred")];
                    let found = vec![Message::from("layout-found-off-centre")];
                    self.add(Part::Chapter, Aspect::Place, Spot::row(row), asked, found);
                }
            }
        }
    }
}
