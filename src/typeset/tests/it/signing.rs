//! What a signer finds: room for the signature, where it belongs.

use typeset::{Placed, SignatureBox};

use crate::samples::{self, lines};
use crate::{letters, run, set_invitation, set_minutes, text};

#[test]
fn the_room_is_between_capacity_and_name() {
    let Some(placed) = set_minutes(&samples::minutes()) else { return };
    let Some(words) = words(&placed) else { return };
    let [secretary, chair] = placed.signature_boxes.as_slice() else { unreachable!("two sign") };

    for (space, name, capacity, last_name) in
        [(secretary, "secretary", "KÝ", "Hạnh"), (chair, "chair", "TỌA", "An")]
    {
        assert_eq!(space.name, name);
        assert!(space.h >= 30.0 * 72.0 / 25.4);
        let column: Vec<&Word> = words.iter().filter(|word| word.is_in_column_of(space)).collect();
        assert!(column.iter().any(|word| word.text == capacity && word.bottom + GRACE >= space.y + space.h));
        assert!(column.iter().any(|word| word.text == last_name && word.top - GRACE <= space.y));
    }
}

#[test]
fn the_room_is_on_the_paper_empty_and_nobody_elses() {
    for placed in [
        set_invitation(&samples::invitation()),
        set_minutes(&samples::minutes()),
        set_minutes(&samples::long_minutes()),
    ] {
        let Some(placed) = placed else { return };
        let Some(words) = words(&placed) else { return };
        for (at, space) in placed.signature_boxes.iter().enumerate() {
            assert!(space.page <= placed.pages);
            assert!(space.x >= 85.0 && space.x + space.w <= 595.3 - 56.0);
            assert!(space.y >= 56.0 && space.y + space.h <= 841.9 - 56.0);
            assert!(!words.iter().any(|word| word.is_inside(space)));
            assert!(placed.signature_boxes.iter().skip(at + 1).all(|other| are_apart(space, other)));
        }
    }
}

#[test]
fn the_ending_stays_together_wherever_the_text_ends() {
    let mut form = samples::minutes();
    for paragraphs in 0..32 {
        form.conclusions = lines(&vec!["Giao Phòng Kinh tế theo dõi, đôn đốc."; paragraphs]);
        let Some(placed) = set_minutes(&form) else { return };
        let Some(last) = text(&placed, placed.pages) else { return };
        for part in [
            "Cuộc họp kết thúc vào",
            "THƯ KÝ",
            "CHỦ TỌA",
            "Vũ Thị Hạnh",
            "Nguyễn Văn An",
            "Nơi nhận:",
            "Quét mã",
        ] {
            assert!(last.contains(part), "{part} is not on the last page after {paragraphs} paragraphs");
        }
        assert!(placed.signature_boxes.iter().all(|space| space.page == placed.pages));
    }
}

#[test]
fn an_invitation_is_not_signed_on_an_empty_page() {
    let mut form = samples::invitation();
    for notes in 1..24 {
        form.notes = lines(&vec!["Đại biểu mang theo tài liệu."; notes]);
        let Some(placed) = set_invitation(&form) else { return };
        let Some(last) = text(&placed, placed.pages) else { return };
        assert!(last.contains("Đại biểu mang theo tài liệu."));
        assert!(letters(&last).contains("PHÓCHỦTỊCH") && last.contains("Trần Thị Bích Ngọc"));
        assert!(last.contains("Quét mã"));
    }
}

/// Poppler counts a font's whole ascent and descent to a word, which is more
/// than its ink.
const GRACE: f64 = 2.0;

/// A word on a page, with its edges counted from the lower left.
pub struct Word {
    pub page: usize,
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
    pub text: String,
}

impl Word {
    fn is_in_column_of(&self, space: &SignatureBox) -> bool {
        self.page == space.page && self.left >= space.x && self.right <= space.x + space.w
    }

    fn is_inside(&self, space: &SignatureBox) -> bool {
        self.page == space.page
            && self.left < space.x + space.w
            && self.right > space.x
            && self.bottom + GRACE < space.y + space.h
            && self.top - GRACE > space.y
    }
}

/// All words with their places, as poppler sees them.
pub fn words(placed: &Placed) -> Option<Vec<Word>> {
    let output = run("pdftotext", &["-bbox", "{}", "-"], placed)?;
    let listing = String::from_utf8(output.stdout).unwrap();
    let mut page = 0;
    let mut words = Vec::new();
    for line in listing.lines().map(str::trim) {
        if line.starts_with("<page") {
            page += 1;
        } else if line.starts_with("<word") {
            let edge = |name| attribute(line, name).parse::<f64>().unwrap();
            let text = line.split(['<', '>']).nth(2).unwrap().to_owned();
            let (top, bottom) = (841.89 - edge("yMin"), 841.89 - edge("yMax"));
            words.push(Word { page, left: edge("xMin"), right: edge("xMax"), top, bottom, text });
        }
    }
    Some(words)
}

fn attribute<'a>(line: &'a str, name: &str) -> &'a str {
    line.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap()
}

fn are_apart(one: &SignatureBox, other: &SignatureBox) -> bool {
    one.page != other.page
        || one.x + one.w <= other.x
        || other.x + other.w <= one.x
        || one.y + one.h <= other.y
        || other.y + other.h <= one.y
}
