//! Finding on a new version what an annotation was made on.
//!
//! The words under it are looked for together with those before and after
//! them. Words in a row that both versions have vote for how far the text was
//! shifted; there the two texts are laid side by side. Where nothing votes, or
//! the words themselves are gone, the annotation is lost: it is better listed
//! than set on words it never spoke of.

use super::document::{Document, GRAM, Token};
use super::{Kind, Placed, Shape};

/// Words before and after those under an annotation that help to find them.
const AROUND: usize = 14;
/// A row of words that stands in more places than this tells nothing.
const TOO_COMMON: usize = 60;
/// Words put in or taken out nearby shift the text by about so many.
const SLACK: usize = 8;
/// A note or stroke beside the text speaks of so many words nearest to it.
const NEAREST: usize = 5;
/// Part of a page's rows of words that must be on the page it became.
const SAME_PAGE: f64 = 0.3;

/// Finds the place of an annotation made on `page` of `old`.
pub fn place(old: &Document, new: &Document, kind: Kind, page: i64, shape: &Shape) -> Placed {
    let Some(sheet) = old.sheet_of(page) else { return Placed::Lost };
    if let Some(same) = unchanged_page(old, new, sheet) {
        return on_unchanged_page(old, new, [sheet, same], kind, shape);
    }
    if kind == Kind::Mark {
        let found = page_become(old, new, sheet).and_then(|found| new.sheets.get(found));
        return found.map_or(Placed::Lost, |found| Placed::At { page: found.page, shape: shape.clone() });
    }
    let under = under(old, sheet, kind, shape);
    let (Some(first), Some(last)) = (under.first(), under.last()) else { return Placed::Lost };
    let Some(start) = shifted_start(old, new, *first, *last) else { return Placed::Lost };
    let pairs = side_by_side(old, new, *first, *last, start);
    let found = counterparts(&under, &pairs);
    if kind == Kind::Highlight { highlight(new, &found) } else { beside(old, new, shape, &under, &found) }
}

/// The page that has exactly the words, or the picture, of an old one. Of
/// several, as in a form printed twice, the one with the same neighbours.
fn unchanged_page(old: &Document, new: &Document, sheet: usize) -> Option<usize> {
    let sought = old.sheets.get(sheet)?.fingerprint?;
    let print = |document: &Document, at: Option<usize>| {
        at.and_then(|at| document.sheets.get(at)).and_then(|sheet| sheet.fingerprint)
    };
    let neighbours = |found: usize| {
        let before = print(old, sheet.checked_sub(1)) == print(new, found.checked_sub(1));
        let after = print(old, Some(sheet + 1)) == print(new, Some(found + 1));
        usize::from(before) + usize::from(after)
    };
    let same = (0..new.sheets.len()).filter(|found| print(new, Some(*found)) == Some(sought));
    same.max_by_key(|found| (neighbours(*found), usize::MAX - found.abs_diff(sheet)))
}

/// The words are the same one by one; the page may be laid out anew.
fn on_unchanged_page(
    old: &Document,
    new: &Document,
    [from, to]: [usize; 2],
    kind: Kind,
    shape: &Shape,
) -> Placed {
    let (Some(span), Some(target)) = (old.sheets.get(from), new.sheets.get(to)) else { return Placed::Lost };
    if kind == Kind::Mark || span.start == span.end {
        return Placed::At { page: target.page, shape: shape.clone() };
    }
    let under = under(old, from, kind, shape);
    let found: Vec<Option<usize>> = under.iter().map(|at| Some(at - span.start + target.start)).collect();
    if kind == Kind::Highlight { highlight(new, &found) } else { beside(old, new, shape, &under, &found) }
}

/// The page with the most rows of words of an old one.
fn page_become(old: &Document, new: &Document, sheet: usize) -> Option<usize> {
    let span = old.sheets.get(sheet)?;
    let mut votes = vec![0_usize; new.sheets.len()];
    let mut rows = 0_usize;
    for gram in (span.start..span.end).filter_map(|at| old.gram(at)) {
        rows += 1;
        let mut pages: Vec<usize> =
            new.places_of(gram).iter().filter_map(|at| new.tokens.get(*at)).map(|word| word.sheet).collect();
        pages.dedup();
        for page in pages {
            if let Some(count) = votes.get_mut(page) {
                *count += 1;
            }
        }
    }
    let (found, count) =
        votes.iter().enumerate().max_by_key(|(at, count)| (**count, usize::MAX - at.abs_diff(sheet)))?;
    #[expect(clippy::cast_precision_loss, reason = "a page has few thousand words")]
    let is_enough = *count as f64 >= rows as f64 * SAME_PAGE;
    (*count > 0 && is_enough).then_some(found)
}

/// The words an annotation speaks of: those it covers, else the nearest.
fn under(old: &Document, sheet: usize, kind: Kind, shape: &Shape) -> Vec<usize> {
    let Some(start) = old.sheets.get(sheet).map(|span| span.start) else { return Vec::new() };
    let words = old.words_on(sheet);
    let covered: Vec<usize> =
        words.iter().zip(start..).filter(|(word, _)| covers(kind, shape, word)).map(|(_, at)| at).collect();
    if !covered.is_empty() || kind == Kind::Highlight {
        return covered;
    }
    let Some([left, top, right, bottom]) = shape.bounds() else { return Vec::new() };
    let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
    let mut near: Vec<(f64, usize)> =
        words.iter().zip(start..).map(|(word, at)| (distance(word, middle), at)).collect();
    near.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut nearest: Vec<usize> = near.into_iter().take(NEAREST).map(|(_, at)| at).collect();
    nearest.sort_unstable();
    nearest
}

fn covers(kind: Kind, shape: &Shape, word: &Token) -> bool {
    let [left, top, right, bottom] = word.area;
    let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
    if kind == Kind::Highlight {
        return shape.boxes.iter().any(|[bx, by, w, h]| x >= *bx && x <= bx + w && y >= *by && y <= by + h);
    }
    shape.bounds().is_some_and(|[from, above, to, below]| {
        left <= to && right >= from && top <= below && bottom >= above
    })
}

/// How far a word is from a spot; lines count more than letters.
fn distance(word: &Token, (x, y): (f64, f64)) -> f64 {
    let [left, top, right, bottom] = word.area;
    let across = (left - x).max(x - right).max(0.0);
    let down = (top - y).max(y - bottom).max(0.0);
    across.hypot(down * 3.0)
}

/// Where in the new text the words from `first` on begin, as most rows of
/// words around them say.
fn shifted_start(old: &Document, new: &Document, first: usize, last: usize) -> Option<usize> {
    let window = first.saturating_sub(AROUND)..(last + AROUND + 1).min(old.tokens.len());
    let mut shifts: Vec<isize> = Vec::new();
    for at in window {
        let Some(gram) = old.gram(at) else { continue };
        let places = new.places_of(gram);
        if places.len() <= TOO_COMMON {
            shifts.extend(places.iter().map(|place| place.cast_signed() - at.cast_signed()));
        }
    }
    shifts.sort_unstable();
    let expected = expected_shift(old, new, first);
    let groups = shifts.iter().enumerate().map(|(at, shift)| {
        let near = shifts.get(at..).unwrap_or_default().iter();
        let votes = near.take_while(|other| **other <= shift + SLACK.cast_signed()).count();
        (votes, std::cmp::Reverse((shift - expected).abs()), *shift)
    });
    let (_, _, shift) = groups.max()?;
    first.checked_add_signed(shift)
}

/// How far the page as a whole was shifted: it settles ties between texts that
/// stand in the paper several times, such as the head of a table.
fn expected_shift(old: &Document, new: &Document, first: usize) -> isize {
    let shift = || {
        let sheet = old.tokens.get(first)?.sheet;
        let become_ = page_become(old, new, sheet)?;
        let (from, to) = (old.sheets.get(sheet)?, new.sheets.get(become_)?);
        Some(to.start.cast_signed() - from.start.cast_signed())
    };
    shift().unwrap_or_default()
}

/// Pairs of equal words, old and new, in order: the longest row of them that
/// the old words around an annotation have in common with the new ones.
fn side_by_side(
    old: &Document,
    new: &Document,
    first: usize,
    last: usize,
    start: usize,
) -> Vec<(usize, usize)> {
    let from = first.saturating_sub(AROUND);
    let to = (last + AROUND + 1).min(old.tokens.len());
    let new_from = start.saturating_sub(AROUND + 2 * SLACK);
    let new_to = (start + (last - first) + AROUND + 3 * SLACK).min(new.tokens.len());
    let one = old.tokens.get(from..to).unwrap_or_default();
    let other = new.tokens.get(new_from..new_to.max(new_from)).unwrap_or_default();
    let wide = other.len() + 1;
    // longest[i][j]: the most words that one[i..] and other[j..] have in common.
    let mut longest = vec![0_u32; (one.len() + 1) * wide];
    let best = |longest: &[u32], i: usize, j: usize| longest.get(i * wide + j).copied().unwrap_or_default();
    for (i, word) in one.iter().enumerate().rev() {
        for (j, fresh) in other.iter().enumerate().rev() {
            let length = if word.text == fresh.text {
                best(&longest, i + 1, j + 1) + 1
            } else {
                best(&longest, i + 1, j).max(best(&longest, i, j + 1))
            };
            if let Some(cell) = longest.get_mut(i * wide + j) {
                *cell = length;
            }
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while let (Some(word), Some(fresh)) = (one.get(i), other.get(j)) {
        if word.text == fresh.text {
            pairs.push((from + i, new_from + j));
            (i, j) = (i + 1, j + 1);
        } else if best(&longest, i + 1, j) >= best(&longest, i, j + 1) {
            i += 1;
        } else {
            j += 1;
        }
    }
    in_rows(&pairs)
}

/// Pairs that stand in a row with others. A word alone is found by chance in
/// any text: "ban" in a deleted paragraph is not the "ban" of the next.
fn in_rows(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let is_next = |one: &(usize, usize), other: &(usize, usize)| other.0 == one.0 + 1 && other.1 == one.1 + 1;
    pairs.chunk_by(is_next).filter(|row| row.len() >= GRAM).flatten().copied().collect()
}

/// For each word under an annotation, the new word in its place, if any. A
/// word that was only changed, between two that stayed, is followed too.
fn counterparts(under: &[usize], pairs: &[(usize, usize)]) -> Vec<Option<usize>> {
    let exact = |at: usize| pairs.iter().find(|(old, _)| *old == at).map(|(_, new)| *new);
    let changed = |at: usize| {
        let (old_before, new_before) = pairs.iter().rev().find(|(old, _)| *old < at)?;
        let (old_after, new_after) = pairs.iter().find(|(old, _)| *old > at)?;
        let is_as_long = old_after - old_before == new_after - new_before;
        is_as_long.then(|| new_before + (at - old_before))
    };
    let found: Vec<Option<usize>> = under.iter().map(|at| exact(*at).or_else(|| changed(*at))).collect();
    let kept = found.iter().flatten().count();
    if kept * 2 < under.len() { vec![None; under.len()] } else { found }
}

/// Colour over the words found, on the page that has most of them.
fn highlight(new: &Document, found: &[Option<usize>]) -> Placed {
    let Some(sheet) = main_sheet(new, found) else { return Placed::Lost };
    let (Some(first), Some(last)) = (found.iter().flatten().min(), found.iter().flatten().max()) else {
        return Placed::Lost;
    };
    // Words put in between belong to it; a jump to somewhere else does not.
    let is_whole = last - first <= found.len() * 2 + SLACK;
    let words = new.tokens.iter().enumerate();
    let boxes = words
        .filter(|(at, word)| {
            let is_meant = if is_whole { at >= first && at <= last } else { found.contains(&Some(*at)) };
            word.sheet == sheet && is_meant
        })
        .map(|(_, word)| {
            let [left, top, right, bottom] = word.area;
            [left, top, super::rounded(right - left), super::rounded(bottom - top)]
        })
        .collect();
    let shape = Shape { points: Vec::new(), boxes };
    new.sheets.get(sheet).map_or(Placed::Lost, |target| Placed::At { page: target.page, shape })
}

/// A stroke or note moves with the words it stands by: as far as most of them did.
fn beside(old: &Document, new: &Document, shape: &Shape, under: &[usize], found: &[Option<usize>]) -> Placed {
    let Some(sheet) = main_sheet(new, found) else { return Placed::Lost };
    let (mut across, mut down) = (Vec::new(), Vec::new());
    for (at, fresh) in under.iter().zip(found) {
        let word = old.tokens.get(*at);
        let fresh = fresh.and_then(|fresh| new.tokens.get(fresh)).filter(|fresh| fresh.sheet == sheet);
        if let (Some(word), Some(fresh)) = (word, fresh) {
            across.push(fresh.area[0] - word.area[0]);
            down.push(fresh.area[1] - word.area[1]);
        }
    }
    let shape = shape.shifted(middle_of(across), middle_of(down));
    new.sheets.get(sheet).map_or(Placed::Lost, |target| Placed::At { page: target.page, shape })
}

fn middle_of(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// The page that most of the words are on.
fn main_sheet(new: &Document, found: &[Option<usize>]) -> Option<usize> {
    let mut sheets: Vec<usize> =
        found.iter().flatten().filter_map(|at| new.tokens.get(*at)).map(|word| word.sheet).collect();
    sheets.sort_unstable();
    let count = |sheet: usize| sheets.iter().filter(|other| **other == sheet).count();
    sheets.iter().copied().max_by_key(|sheet| count(*sheet))
}

#[cfg(test)]
mod tests;
