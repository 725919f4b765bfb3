//! What is true about annotations: what one may hold, how two devices' changes
//! are joined, where one stands on a new version.

mod document;
mod place;

use serde::{Deserialize, Serialize};

pub use self::document::{Document, Sheet};
pub use self::place::place;

crate::words! {
    /// What an annotation is.
    Kind {
        /// One stroke of a finger or pen.
        Ink = "ink",
        /// Words under colour.
        Highlight = "highlight",
        /// A text at a spot of the page.
        Note = "note",
        /// The page as a whole.
        Mark = "mark",
    }
}

/// Numbers in a stroke, two a point: more than a hand draws without lifting.
const MOST_NUMBERS: usize = 6_000;
/// Words under one highlight.
const MOST_BOXES: usize = 1_500;
/// Letters of a note.
pub const LONGEST_TEXT: usize = 8_000;
/// A hand may slip over the page's edge, but not far.
const SLIP: f64 = 0.1;

/// Where an annotation lies, in parts of the page's width and height.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// Of a stroke, x and y in turn; of a note, its spot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<f64>,
    /// Of a highlight, a box a word: x, y, width, height.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub boxes: Vec<[f64; 4]>,
}

impl Shape {
    /// The smallest box around it: left, top, right, bottom. `None` for a mark.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let points = self.points.chunks_exact(2).filter_map(|pair| match pair {
            [x, y] => Some([*x, *y, *x, *y]),
            _ => None,
        });
        let boxes = self.boxes.iter().map(|[x, y, w, h]| [*x, *y, x + w, y + h]);
        points.chain(boxes).reduce(|one, other| {
            let [left, top, right, bottom] = one;
            [left.min(other[0]), top.min(other[1]), right.max(other[2]), bottom.max(other[3])]
        })
    }

    /// The same elsewhere on a page, kept within its edges as a whole.
    pub fn shifted(&self, across: f64, down: f64) -> Self {
        let [left, top, right, bottom] = self.bounds().unwrap_or_default();
        let across = across.clamp(-left.max(0.0), (1.0 - right).max(0.0));
        let down = down.clamp(-top.max(0.0), (1.0 - bottom).max(0.0));
        let points = self.points.iter().zip([across, down].into_iter().cycle());
        Self {
            points: points.map(|(number, by)| rounded(number + by)).collect(),
            boxes: self
                .boxes
                .iter()
                .map(|[x, y, w, h]| [rounded(x + across), rounded(y + down), *w, *h])
                .collect(),
        }
    }
}

/// Four digits: a tenth of a point on an A4 page.
fn rounded(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// A change as a device sends it: the annotation as it is there now.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    pub id: super::AnnotationId,
    pub kind: Kind,
    pub page: i64,
    #[serde(default)]
    pub shape: Shape,
    #[serde(default)]
    pub text: String,
    /// The revision the change was made on; 0 for a new one.
    #[serde(default)]
    pub revision: i64,
    #[serde(default)]
    pub deleted: bool,
}

impl Change {
    /// True when it holds what its kind needs, and nothing that no page has.
    pub fn is_sound(&self) -> bool {
        let numbers = self.shape.points.iter().chain(self.shape.boxes.iter().flatten());
        let is_on_page = numbers.clone().all(|number| (-SLIP..=1.0 + SLIP).contains(number));
        let has_what_it_needs = match self.kind {
            Kind::Ink => {
                (2..=MOST_NUMBERS).contains(&self.shape.points.len())
                    && self.shape.points.len().is_multiple_of(2)
            }
            Kind::Highlight => (1..=MOST_BOXES).contains(&self.shape.boxes.len()),
            Kind::Note => self.shape.points.len() == 2 && !self.text.trim().is_empty(),
            Kind::Mark => self.shape == Shape::default(),
        };
        let is_short = self.text.chars().count() <= LONGEST_TEXT;
        self.page > 0 && (self.deleted || (is_on_page && has_what_it_needs && is_short))
    }
}

/// What is kept of a text when a change arrives, or `None` if nothing changes.
///
/// A change made on the newest revision wins. One made on an older revision
/// comes from a device that did not know the newer text; then neither text may
/// be lost: if one contains the other, the longer stays, else both stand one
/// below the other. Sent again, it changes nothing.
pub fn merged(kept: &str, kept_revision: i64, change: &Change) -> Option<String> {
    if change.text == kept {
        return None;
    }
    if change.revision >= kept_revision || change.text.contains(kept) {
        return Some(change.text.clone());
    }
    if kept.contains(&change.text) {
        return None;
    }
    let joined = format!("{kept}\n—\n{}", change.text);
    Some(joined.chars().take(LONGEST_TEXT).collect())
}

/// Where an annotation stands on a version it was not made on.
#[derive(Clone, Debug, PartialEq)]
pub enum Placed {
    At {
        page: i64,
        shape: Shape,
    },
    /// What it spoke of is not there any more.
    Lost,
}

#[cfg(test)]
mod tests {
    use super::{Change, Kind, Shape, merged};
    use crate::annotations::AnnotationId;

    fn note(text: &str, revision: i64) -> Change {
        let shape = Shape { points: vec![0.5, 0.5], boxes: Vec::new() };
        Change {
            id: AnnotationId::new(),
            kind: Kind::Note,
            page: 1,
            shape,
            text: text.into(),
            revision,
            deleted: false,
        }
    }

    #[test]
    fn a_change_on_the_newest_revision_wins() {
        assert_eq!(merged("cũ", 3, &note("mới", 3)), Some("mới".into()));
        assert_eq!(merged("như nhau", 3, &note("như nhau", 1)), None);
    }

    #[test]
    fn two_texts_from_two_devices_both_stay_and_once() {
        let joined = merged("từ máy một", 2, &note("từ máy hai", 1)).unwrap();
        assert_eq!(joined, "từ máy một\n—\ntừ máy hai");
        assert_eq!(merged(&joined, 3, &note("từ máy hai", 1)), None);
        assert_eq!(merged("đầu", 2, &note("đầu và đuôi", 1)), Some("đầu và đuôi".into()));
        assert_eq!(merged("đầu và đuôi", 2, &note("đuôi", 1)), None);
    }

    #[test]
    fn an_annotation_holds_what_its_kind_needs() {
        assert!(note("ghi", 0).is_sound());
        assert!(!note(" \n", 0).is_sound() && !note(&"a".repeat(8_001), 0).is_sound());
        assert!(!Change { page: 0, ..note("ghi", 0) }.is_sound());
        let off = Shape { points: vec![0.5, 7.0], boxes: Vec::new() };
        assert!(!Change { shape: off, ..note("ghi", 0) }.is_sound());
        let nan = Shape { points: vec![f64::NAN, 0.1], boxes: Vec::new() };
        assert!(!Change { shape: nan, ..note("ghi", 0) }.is_sound());
        let odd = Shape { points: vec![0.5, 0.5, 0.5], boxes: Vec::new() };
        assert!(!Change { kind: Kind::Ink, shape: odd, ..note("", 0) }.is_sound());
        assert!(!Change { kind: Kind::Highlight, ..note("", 0) }.is_sound());
        assert!(!Change { kind: Kind::Mark, ..note("", 0) }.is_sound());
        assert!(Change { deleted: true, ..note("", 0) }.is_sound());
    }

    #[test]
    fn a_shifted_shape_stays_on_its_page() {
        let stroke = Shape { points: vec![0.2, 0.3, 0.4, 0.5], boxes: Vec::new() };
        assert_eq!(stroke.shifted(0.1, -0.1).points, [0.3, 0.2, 0.5, 0.4]);
        assert_eq!(stroke.shifted(9.0, -9.0).points, [0.8, 0.0, 1.0, 0.2]);
        assert_eq!(stroke.bounds(), Some([0.2, 0.3, 0.4, 0.5]));
    }
}
