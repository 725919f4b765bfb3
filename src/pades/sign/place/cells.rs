//! Lines of text, cut into the columns they belong to.

use super::TextRun;
use super::letters::{Letter, fold};

/// A gap wider than this many letter heights parts two columns; justified text has narrower ones.
const COLUMN_GAP: f64 = 2.0;
/// A gap wider than this many letter heights parts two words.
const WORD_GAP: f64 = 0.15;
/// Lines whose middles differ by less than this many letter heights are one.
const SAME_LINE: f64 = 0.4;
/// A cell goes on below within this many letter heights.
const NEXT_LINE: f64 = 1.5;

/// A piece of a line between wide gaps.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    pub(super) page: usize,
    pub(super) letters: Vec<Letter>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
    pub(super) top: f64,
}

impl Cell {
    /// Whether this cell stands right below another one, in its column.
    pub(super) fn continues(&self, above: &Cell) -> bool {
        let gap = above.bottom - self.top;
        let height = above.top - above.bottom;
        self.page == above.page
            && gap > -0.5 * height
            && gap < NEXT_LINE * height
            && self.left < above.right
            && self.right > above.left
    }
}

/// One letter with the height of its run.
struct Placed {
    letter: Letter,
    page: usize,
    bottom: f64,
    top: f64,
}

/// Puts runs into lines and cuts the lines at wide gaps. The order of the runs makes no difference.
pub(super) fn cells(runs: &[TextRun]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for line in lines(letters(runs)) {
        let mut open: Option<Cell> = None;
        for Placed { mut letter, page, bottom, top } in line {
            let height = top - bottom;
            match &mut open {
                Some(cell) if letter.left - cell.right <= COLUMN_GAP * height => {
                    letter.begins |= letter.left - cell.right > WORD_GAP * height;
                    cell.right = cell.right.max(letter.right);
                    cell.bottom = cell.bottom.min(bottom);
                    cell.top = cell.top.max(top);
                    cell.letters.push(letter);
                }
                _ => {
                    let (left, right) = (letter.left, letter.right);
                    let fresh = Cell { page, letters: vec![letter], left, right, bottom, top };
                    cells.extend(open.replace(fresh));
                }
            }
        }
        cells.extend(open);
    }
    cells
}

fn letters(runs: &[TextRun]) -> Vec<Placed> {
    let mut placed = Vec::new();
    for run in runs {
        let [left, bottom, width, height] = run.rectangle;
        // Text without extent, or nowhere, takes no part.
        if !run.rectangle.iter().all(|n| n.is_finite()) || width <= 0.0 || height <= 0.0 {
            continue;
        }
        for letter in fold(&run.text, left, left + width) {
            placed.push(Placed { letter, page: run.page, bottom, top: bottom + height });
        }
    }
    placed
}

/// Lines from top to bottom, each from left to right.
fn lines(mut letters: Vec<Placed>) -> Vec<Vec<Placed>> {
    let middle = |one: &Placed| (one.bottom + one.top) / 2.0;
    letters.sort_by(|a, b| a.page.cmp(&b.page).then(middle(b).total_cmp(&middle(a))));
    let mut lines: Vec<Vec<Placed>> = Vec::new();
    for one in letters {
        let joins = lines.last().and_then(|line| line.first()).is_some_and(|first| {
            let height = (one.top - one.bottom).max(first.top - first.bottom);
            first.page == one.page && (middle(first) - middle(&one)).abs() < SAME_LINE * height
        });
        match lines.last_mut() {
            Some(line) if joins => line.push(one),
            _ => lines.push(vec![one]),
        }
    }
    for line in &mut lines {
        line.sort_by(|a, b| a.letter.left.total_cmp(&b.letter.left));
    }
    lines
}
