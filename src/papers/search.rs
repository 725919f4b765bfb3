//! Finding words in a paper, with or without their marks.

use serde::Serialize;

use super::words::Word;
use crate::identity::rules::fold;

/// Words shown before and after what was found.
const AROUND: usize = 6;

/// A place where the sought words stand: what `static/js/reader-find.js` lists.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Hit {
    pub page: i64,
    pub snippet: String,
    /// A box for each word, in parts of the page: x, y, width, height.
    pub boxes: Vec<[f64; 4]>,
}

/// Finds `sought`, already folded, among the words of a page. It must start
/// where a word starts, and may end within one.
pub(super) fn hits(page: i64, words: &[Word], sought: &str) -> Vec<Hit> {
    if sought.is_empty() {
        return Vec::new();
    }
    let mut text = String::new();
    // Where each word's folded letters start in `text`, and which word it is.
    let mut starts = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let folded = fold(&word.t);
        if !folded.is_empty() {
            starts.push((text.len(), index));
            text.push_str(&folded);
            text.push(' ');
        }
    }
    let at_word_start = |at: usize| at == 0 || text.as_bytes().get(at - 1) == Some(&b' ');
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(sought)).map(|at| at + from) {
        let end = at + sought.len();
        if at_word_start(at) {
            let first = starts.partition_point(|(start, _)| *start <= at).saturating_sub(1);
            let last = starts.partition_point(|(start, _)| *start < end).saturating_sub(1);
            if let (Some((_, first)), Some((_, last))) = (starts.get(first), starts.get(last)) {
                found.push(hit(page, words, *first, *last));
            }
        }
        from = end;
    }
    found
}

fn hit(page: i64, words: &[Word], first: usize, last: usize) -> Hit {
    let around =
        words.get(first.saturating_sub(AROUND)..(last + AROUND + 1).min(words.len())).unwrap_or_default();
    let snippet = around.iter().map(|word| word.t.as_str()).collect::<Vec<_>>().join(" ");
    let boxes = words.get(first..=last).unwrap_or_default().iter();
    Hit { page, snippet, boxes: boxes.map(|word| [word.x, word.y, word.w, word.h]).collect() }
}

#[cfg(test)]
mod tests {
    use super::{Hit, hits};
    use crate::papers::words::Word;

    fn words(text: &str) -> Vec<Word> {
        let word =
            |(at, text): (u32, &str)| Word { t: text.into(), x: f64::from(at), y: 0.0, w: 1.0, h: 1.0 };
        (0..).zip(text.split(' ')).map(word).collect()
    }

    fn found(text: &str, sought: &str) -> Vec<usize> {
        hits(1, &words(text), sought).iter().map(|hit: &Hit| hit.boxes.len()).collect()
    }

    #[test]
    fn marked_words_are_found_by_plain_letters() {
        let hits = hits(3, &words("Thị xã Điện Bàn, tỉnh Quảng Nam"), "dien ban");
        assert_eq!(hits.len(), 1);
        assert_eq!(hits[0].boxes, [[2.0, 0.0, 1.0, 1.0], [3.0, 0.0, 1.0, 1.0]]);
        assert_eq!((hits[0].page, hits[0].snippet.as_str()), (3, "Thị xã Điện Bàn, tỉnh Quảng Nam"));
    }

    #[test]
    fn a_hit_starts_with_a_word_and_may_end_within_one() {
        assert_eq!(found("bản in và Inox", "in"), [1, 1]);
        assert_eq!(found("chính", "in"), Vec::<usize>::new());
        assert_eq!(found("số 12/QĐ-UBND ngày", "12 qd"), [1]);
        assert_eq!(found("một – hai", "mot hai"), [3]);
        assert_eq!(found("một", ""), Vec::<usize>::new());
    }
}
