//! Who signed and where copies go: components 7 to 9b.

use super::page::Page;
use super::profile::Profile;
use super::row::{Area, Row};
use crate::identity::rules::fold;

/// Authority, position, blank place and name of one who signs.
#[derive(Clone, Debug, Default)]
pub struct Signature {
    pub position: Vec<Row>,
    pub name: Option<Row>,
    /// Words where the signature should come.
    pub occupant: Option<Row>,
}

/// The end of the document.
#[derive(Clone, Debug, Default)]
pub struct Ending {
    pub page: usize,
    pub top: f64,
    pub signatures: Vec<Signature>,
    pub recipients: Option<Row>,
    pub recipient_list: Vec<Row>,
}

/// The block may begin so far above "Nơi nhận", and reach so far down.
const ABOVE: f64 = 12.0;
const DEPTH: f64 = 95.0;
/// Left edge of the right column, in parts of the page.
const RIGHT_FROM: f64 = 0.4;
/// A gap between lines where a signature fits.
const PLACE: f64 = 10.0;

/// Finds the end of the document; `from` is where its heading ends on page one.
pub fn find(pages: &[Page], from: f64, profile: &Profile) -> Option<Ending> {
    let below = |page: &Page, row: &Row| page.number > 1 || row.y() > from;
    let labelled = pages.iter().find_map(|page| {
        let row = page.rows.iter().filter(|row| below(page, row)).find_map(label)?;
        Some((page, Some(row)))
    });
    let (page, label) = labelled.or_else(|| {
        let page = pages.iter().find(|page| first_position(page, from, profile).is_some())?;
        Some((page, None))
    })?;
    let start = match &label {
        Some(row) => row.y() - ABOVE,
        None => first_position(page, from, profile)?.y() - 0.5,
    };
    let start = if page.number == 1 { start.max(from + 1.0) } else { start };
    let ending = Ending::of(page, start, label.clone(), profile);
    // On minutes people sign above the line that says where copies go.
    let has_position = ending.signatures.iter().any(|signature| !signature.position.is_empty());
    match first_position(page, from, profile).filter(|_| !has_position) {
        Some(first) => Some(Ending::of(page, first.y() - 0.5, label, profile)),
        None => Some(ending),
    }
}

/// "Nơi nhận:", alone in its column.
fn label(row: &Row) -> Option<Row> {
    row.cut(1.2).into_iter().find(|part| part.folded() == "noi nhan")
}

/// The first row in the right column that names a position in capitals.
fn first_position(page: &Page, from: f64, profile: &Profile) -> Option<Row> {
    let rows =
        page.rows.iter().filter(|row| (page.number > 1 || row.y() > from + 15.0) && !page.is_boxed(row));
    rows.flat_map(|row| row.cut(1.2)).find(|part| is_right(part, page) && is_position(part, profile))
}

fn is_right(part: &Row, page: &Page) -> bool {
    part.x0() > RIGHT_FROM * page.width && part.centre() > 0.5 * page.width
}

fn is_position(part: &Row, profile: &Profile) -> bool {
    let folded = part.folded();
    let names = |words: &String| folded.contains(&fold(words));
    let text = part.text();
    let has_authority = profile.authorities.iter().any(|word| text.starts_with(word.as_str()));
    part.is_caps() && (has_authority || profile.positions.iter().any(names))
}

impl Ending {
    fn of(page: &Page, start: f64, label: Option<Row>, profile: &Profile) -> Self {
        let rows: Vec<&Row> =
            page.rows.iter().filter(|row| row.y() > start && row.y() < start + DEPTH + ABOVE).collect();
        let parts: Vec<Row> = rows.iter().flat_map(|row| row.cut(1.2)).collect();
        let right: Vec<Row> = parts.iter().filter(|part| is_right(part, page)).cloned().collect();
        let mut signatures: Vec<Signature> = Signature::of(&right).into_iter().collect();
        let first = right.first().map_or(start, Row::y);
        // A second one signs on the left, as on minutes.
        let left: Vec<Row> = parts.iter().filter(|part| !is_right(part, page)).cloned().collect();
        let beside =
            left.iter().position(|part| (part.y() - first).abs() < 3.0 && is_position(part, profile));
        if let Some(at) = beside {
            let until = label.as_ref().map_or(f64::INFINITY, Row::y);
            let column: Vec<Row> =
                left.iter().skip(at).filter(|part| part.y() < until - 1.0).cloned().collect();
            signatures.extend(Signature::of(&column));
        }
        let recipient_list = label.as_ref().map(|label| listed(&left, label)).unwrap_or_default();
        let all = || signatures.iter().flat_map(Signature::rows).chain(&recipient_list).chain(&label);
        let top = all().map(|row| row.ascent_top()).fold(f64::INFINITY, f64::min);
        Self { page: page.number, top: top.min(start + ABOVE), signatures, recipients: label, recipient_list }
    }
}

/// The rows under the label, as far as they follow close on each other.
fn listed(left: &[Row], label: &Row) -> Vec<Row> {
    let mut list: Vec<Row> = Vec::new();
    for row in left.iter().filter(|row| row.y() > label.y() + 1.0 && row.x0() < label.x1() + 20.0) {
        let last = list.last().unwrap_or(label);
        let is_ended = list.last().is_some_and(|last| {
            fold(&last.text()).starts_with("luu ") && last.text().trim_end().ends_with('.')
        });
        if row.y() - last.y() > 12.0 || is_ended {
            break;
        }
        list.push(row.clone());
    }
    list
}

impl Signature {
    fn of(column: &[Row]) -> Option<Self> {
        let widest = column
            .windows(2)
            .enumerate()
            .filter_map(|(at, pair)| match pair {
                [one, other] => Some((at + 1, other.capitals_top() - one.y())),
                _ => None,
            })
            .filter(|(_, gap)| *gap > PLACE)
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        let at = widest.map_or_else(|| column.iter().take_while(|row| row.is_caps()).count(), |(at, _)| at);
        let (position, rest) = column.split_at(at.min(column.len()));
        let is_word = |row: &&Row| row.text().starts_with(['(', '[']);
        let (mut position, mut occupant) = (position.to_vec(), rest.iter().find(is_word).cloned());
        if position.last().is_some_and(|row| is_word(&row)) {
            occupant = position.pop();
        }
        let name = rest.iter().find(|row| !is_word(row)).cloned();
        (!position.is_empty() || name.is_some()).then_some(Self { position, name, occupant })
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.position.iter().chain(&self.name)
    }

    /// The blank place between position and name.
    pub fn place(&self) -> Option<Area> {
        let (last, name) = (self.position.last()?, self.name.as_ref()?);
        let around = last.area().union(name.area());
        Some(Area { x0: around.x0, x1: around.x1, y0: last.y() + 0.5, y1: name.capitals_top() })
    }
}
