//! A document taken apart into the components that the rules speak of.

use super::ending::{self, Ending};
use super::heading::Heading;
use super::page::Page;
use super::paragraphs::{self, Column, Paragraph};
use super::profile::{Kind, Profile};
use super::row::Row;
use crate::identity::rules::fold;
use crate::papers::Sheet;

#[derive(Clone, Debug)]
pub struct Document {
    pub pages: Vec<Page>,
    pub heading: Heading,
    /// What the document is called, and the kind that this names.
    pub type_name: Option<Row>,
    pub kind: Option<Kind>,
    pub subject: Vec<Row>,
    pub addressee: Vec<Row>,
    pub bases: Vec<Paragraph>,
    pub body: Vec<Paragraph>,
    pub column: Column,
    pub ending: Option<Ending>,
    pub appendices: Vec<Appendix>,
}

/// The upper part of an appendix.
#[derive(Clone, Debug)]
pub struct Appendix {
    pub heading: Row,
    pub title: Vec<Row>,
    /// "(Kèm theo …)".
    pub reference: Vec<Row>,
}

/// What legal bases begin with.
const BASES: [&str; 5] = ["can cu", "theo de nghi", "xet de nghi", "xet to trinh", "theo to trinh"];

impl Document {
    pub fn of(sheets: &[Sheet], profile: &Profile) -> Self {
        let pages: Vec<Page> = sheets.iter().map(Page::of).collect();
        let heading = pages.first().map(|page| Heading::of(page, profile)).unwrap_or_default();
        let mut upper = Upper::of(&pages, &heading, profile);
        let ending = ending::find(&pages, upper.bottom, profile);
        let appendices = appendices(&pages, ending.as_ref());
        let rows = running(&pages, upper.bottom, ending.as_ref());
        let column = column(&rows, ending.as_ref());
        let body = paragraphs::paragraphs(&rows, column);
        let rests = upper.kind.as_ref().is_some_and(|kind| kind.rests);
        let (bases, body) = part_bases(body, rests);
        Self {
            heading,
            type_name: upper.type_name.take(),
            kind: upper.kind,
            subject: upper.subject,
            addressee: upper.addressee,
            bases,
            body,
            column,
            ending,
            appendices,
            pages,
        }
    }

    /// A document without a name of its kind, addressed to someone.
    pub fn is_letter(&self) -> bool {
        self.type_name.is_none() && (!self.heading.letter_subject.is_empty() || !self.addressee.is_empty())
    }

    pub fn page(&self, number: usize) -> Option<&Page> {
        self.pages.get(number.checked_sub(1)?)
    }
}

/// What stands between the heading and the text.
struct Upper {
    type_name: Option<Row>,
    kind: Option<Kind>,
    subject: Vec<Row>,
    addressee: Vec<Row>,
    bottom: f64,
}

impl Upper {
    fn of(pages: &[Page], heading: &Heading, profile: &Profile) -> Self {
        let mut upper = Self {
            type_name: None,
            kind: None,
            subject: Vec::new(),
            addressee: Vec::new(),
            bottom: heading.bottom,
        };
        let Some(page) = pages.first() else { return upper };
        let is_mark = |row: &Row| heading.marks.iter().any(|(mark, _)| (mark.y() - row.y()).abs() < 0.5);
        let rows: Vec<&Row> =
            page.rows.iter().filter(|row| row.y() > heading.bottom + 0.5 && !is_mark(row)).collect();
        let mut rest = rows.as_slice();
        if heading.letter_subject.is_empty() {
            rest = upper.take_type(rest, profile);
            rest = upper.take_subject(rest, page);
        }
        upper.take_addressee(rest);
        upper
    }

    fn take_type<'a>(&mut self, rows: &'a [&'a Row], profile: &Profile) -> &'a [&'a Row] {
        let early = rows.iter().take(4);
        let named = early.enumerate().find_map(|(at, row)| profile.kind(&row.text()).map(|kind| (at, kind)));
        let unknown = || {
            let row = rows.first()?;
            let is_title =
                row.is_caps() && row.is_mostly_bold() && row.x0() > 50.0 && row.folded() != "kinh gui";
            is_title.then_some(0)
        };
        let (at, kind) = match named {
            Some((at, kind)) => (at, Some(kind.clone())),
            None => match unknown() {
                Some(at) => (at, None),
                None => return rows,
            },
        };
        self.kind = kind;
        if let Some(row) = rows.get(at) {
            self.bottom = row.y();
            self.type_name = Some((*row).clone());
        }
        rows.get(at + 1..).unwrap_or_default()
    }

    /// The centred lines under the name, down to the line drawn beneath them.
    fn take_subject<'a>(&mut self, rows: &'a [&'a Row], page: &Page) -> &'a [&'a Row] {
        let Some(name) = &self.type_name else { return rows };
        let mut count = 0;
        for row in rows {
            let last = self.subject.last().unwrap_or(name);
            let is_near = row.y() - last.y() < 11.0;
            // The binding side of the page is wider, so the text's middle is right of the page's.
            let middle = page.width / 2.0 + 7.5;
            let is_centred =
                (row.centre() - name.centre()).abs() < 6.0 || (row.centre() - middle).abs() < 7.0;
            let starts_other = ["can cu", "kinh gui"].iter().any(|word| row.folded().starts_with(word));
            let is_other =
                self.subject.first().is_some_and(|first| first.is_mostly_bold() != row.is_mostly_bold());
            if !is_near || !is_centred || starts_other || is_other || row.is_caps() && count > 0 {
                break;
            }
            self.subject.push((*row).clone());
            self.bottom = row.y();
            count += 1;
            if page.line_under(row, 6.5).is_some() {
                break;
            }
        }
        rows.get(count..).unwrap_or_default()
    }

    fn take_addressee(&mut self, rows: &[&Row]) {
        let mut rows =
            rows.iter().take(12).skip_while(|row| !row.folded().starts_with("kinh gui")).peekable();
        let left = rows.peek().map_or(0.0, |first| first.x0());
        for row in rows {
            let text = row.text();
            let is_ended = self.addressee.last().is_some_and(|last| last.text().ends_with(['.', ';']));
            let goes_on = text.starts_with('-') || (!is_ended && row.x0() > left + 5.0);
            if self.addressee.is_empty() || goes_on {
                self.bottom = self.bottom.max(row.y());
                self.addressee.push((*row).clone());
            } else {
                break;
            }
        }
    }
}

/// The edges of the text: recipients stand at its left edge too, where every
/// paragraph may be indented.
fn column(rows: &[Row], ending: Option<&Ending>) -> Column {
    let column = Column::of(rows);
    let listed = ending.into_iter().flat_map(|ending| &ending.recipient_list).map(Row::x0);
    Column { left: listed.fold(column.left, f64::min), ..column }
}

/// The rows of the running text.
fn running(pages: &[Page], from: f64, ending: Option<&Ending>) -> Vec<Row> {
    let last = ending.map_or(usize::MAX, |ending| ending.page);
    let end = ending.map_or(f64::INFINITY, |ending| ending.top);
    let is_running = |page: &Page, row: &Row| {
        let begun = page.number > 1 || row.y() > from + 0.5;
        let is_over = page.number == last && row.y() > end;
        begun && !is_over && !page.is_boxed(row)
    };
    let upright = pages.iter().filter(|page| page.number <= last && !page.is_landscape());
    upright.flat_map(|page| page.rows.iter().filter(move |row| is_running(page, row)).cloned()).collect()
}

/// Parts the legal bases from the text; what names the body above them is neither.
fn part_bases(mut body: Vec<Paragraph>, rests: bool) -> (Vec<Paragraph>, Vec<Paragraph>) {
    let is_basis = |paragraph: &Paragraph| {
        let folded = fold(&paragraph.text());
        BASES.iter().any(|words| folded.starts_with(words))
    };
    let Some(first) = body.iter().take(4).position(is_basis) else { return (Vec::new(), body) };
    let count = body.iter().skip(first).take_while(|paragraph| is_basis(paragraph)).count();
    if !rests && count < 2 {
        return (Vec::new(), body);
    }
    let bases = body.drain(first..first + count).collect();
    (bases, body)
}

/// Appendices begin on pages of their own.
fn appendices(pages: &[Page], ending: Option<&Ending>) -> Vec<Appendix> {
    let last = ending.map_or(1, |ending| ending.page);
    pages.iter().filter(|page| page.number > last).filter_map(appendix).collect()
}

fn appendix(page: &Page) -> Option<Appendix> {
    let at = page.rows.iter().take(3).position(|row| {
        let folded = row.folded();
        folded.starts_with("phu luc") && folded.split(' ').count() <= 3
    })?;
    let heading = page.rows.get(at)?.clone();
    let rest = page.rows.get(at + 1..).unwrap_or_default();
    let opens = |row: &Row| row.text().starts_with('(');
    let title: Vec<Row> = rest.iter().take(4).take_while(|row| !opens(row)).cloned().collect();
    let behind = rest.iter().skip(title.len());
    let mut reference = Vec::new();
    for row in behind.take(4) {
        if reference.is_empty() && !opens(row) {
            break;
        }
        reference.push(row.clone());
        if row.text().ends_with(')') {
            break;
        }
    }
    let has_title = !reference.is_empty();
    // Without a reference nobody can say where the title ends.
    let title = if has_title { title } else { title.into_iter().take(1).collect() };
    Some(Appendix { heading, title, reference })
}
