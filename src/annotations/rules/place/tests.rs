use super::super::{Document, Kind, Placed, Shape, Sheet};
use super::place;
use crate::papers::{PageWords, Word};

/// Pages of lines of words; each word stands a tenth of the page wide.
fn document(pages: &[&str]) -> Document {
    let sheets: Vec<Sheet> = (1..).zip(pages).map(|(page, text)| sheet(page, text)).collect();
    Document::new(&sheets)
}

fn sheet(page: i64, text: &str) -> Sheet {
    let mut words = Vec::new();
    for (line, text) in (0_u32..).zip(text.lines()) {
        for (at, word) in (0_u32..).zip(text.split(' ')) {
            let (x, y) = (f64::from(at) / 10.0, f64::from(line) / 20.0);
            words.push(Word { t: word.into(), x, y, w: 0.08, h: 0.03 });
        }
    }
    let print = words.is_empty().then(|| text.to_owned());
    Sheet { words: PageWords { page, words }, print }
}

fn over(boxes: &[[f64; 4]]) -> Shape {
    Shape { points: Vec::new(), boxes: boxes.to_vec() }
}

const ONE: &str = "Điều 1 Phạm vi điều chỉnh\nQuy chế này quy định việc họp\nkhông giấy tờ tại cơ quan";
const TWO: &str = "Điều 2 Đối tượng áp dụng\nCán bộ công chức của phường\nvà đại biểu được mời";
const THREE: &str = "Phụ lục thiết bị phòng họp\nMáy tính bảng mười lăm chiếc\nMàn hình hai chiếc";

#[test]
fn a_page_put_in_before_shifts_everything_by_one() {
    let placed = place(
        &document(&[ONE, TWO]),
        &document(&[THREE, ONE, TWO]),
        Kind::Highlight,
        2,
        &over(&[[0.2, 0.05, 0.08, 0.03]]),
    );
    assert_eq!(placed, Placed::At { page: 3, shape: over(&[[0.2, 0.05, 0.08, 0.03]]) });
}

#[test]
fn a_line_put_in_above_moves_what_stands_below() {
    let new = format!("Căn cứ Luật Tổ chức\n{TWO}");
    let at = Shape { points: vec![0.15, 0.06], boxes: Vec::new() };
    let placed = place(&document(&[ONE, TWO]), &document(&[ONE, &new]), Kind::Note, 2, &at);
    assert_eq!(placed, Placed::At { page: 2, shape: at.shifted(0.0, 0.05) });
}

#[test]
fn a_figure_that_was_corrected_keeps_its_highlight() {
    let new = THREE.replace("mười lăm", "mười sáu");
    let placed = place(
        &document(&[ONE, THREE]),
        &document(&[ONE, &new]),
        Kind::Highlight,
        2,
        &over(&[[0.4, 0.05, 0.08, 0.03]]),
    );
    assert_eq!(placed, Placed::At { page: 2, shape: over(&[[0.4, 0.05, 0.08, 0.03]]) });
}

#[test]
fn words_that_were_taken_out_leave_no_place() {
    let gone = document(&[ONE, THREE]);
    for kind in [Kind::Highlight, Kind::Mark] {
        let shape = if kind == Kind::Mark { Shape::default() } else { over(&[[0.2, 0.05, 0.3, 0.03]]) };
        assert_eq!(place(&document(&[ONE, TWO, THREE]), &gone, kind, 2, &shape), Placed::Lost);
    }
}

#[test]
fn of_two_equal_pages_the_one_with_the_same_neighbours_is_meant() {
    let old = document(&[THREE, ONE, THREE, TWO]);
    let new = document(&[TWO, THREE, ONE, THREE, TWO]);
    for (page, now) in [(1, 2), (3, 4)] {
        let placed = place(&old, &new, Kind::Mark, page, &Shape::default());
        assert_eq!(placed, Placed::At { page: now, shape: Shape::default() });
    }
}

#[test]
fn a_page_without_words_is_known_by_its_picture() {
    let scan = |print: &str, page| Sheet {
        words: PageWords { page, words: Vec::new() },
        print: Some(print.to_owned()),
    };
    let old = Document::new(&[scan("a", 1), scan("b", 2)]);
    let new = Document::new(&[scan("c", 1), scan("a", 2), scan("b", 3)]);
    let stroke = Shape { points: vec![0.1, 0.1, 0.2, 0.2], boxes: Vec::new() };
    assert_eq!(place(&old, &new, Kind::Ink, 2, &stroke), Placed::At { page: 3, shape: stroke.clone() });
    let other = Document::new(&[scan("c", 1), scan("d", 2)]);
    assert_eq!(place(&old, &other, Kind::Ink, 2, &stroke), Placed::Lost);
}
