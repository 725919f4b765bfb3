//! Joining what two people typed into the same text at the same time.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Past so many words a text is compared line by line: comparing two long
/// texts that have nothing in common takes as many steps as both have words.
const MOST_WORDS: usize = 6000;

/// What came of two texts that began as one.
#[derive(Debug, PartialEq, Eq)]
pub enum Merge {
    /// The changes lie apart: all of them, in one text.
    Clean(String),
    /// Both changed the same words. Where they did, the lines of both stand
    /// one after the other, so that nothing is lost while a person chooses.
    Overlap(String),
}

/// Joins `ours` and `theirs`, which both began as `base`.
pub fn merge(base: &str, ours: &str, theirs: &str) -> Merge {
    let longest = [base, ours, theirs].iter().map(|text| words(text).len()).max().unwrap_or_default();
    let clean = if longest <= MOST_WORDS { weave(base, ours, theirs, words, None) } else { None };
    if let Some(text) = clean.or_else(|| weave(base, ours, theirs, lines, None)) {
        return Merge::Clean(text);
    }
    let both = weave(base, ours, theirs, lines, Some(one_after_the_other)).unwrap_or_default();
    Merge::Overlap(both)
}

/// Takes the changes of both over `base`, cut into pieces by `cut`. Where both
/// changed the same piece, `choose` makes the text; without it there is none.
fn weave<'a>(
    base: &'a str,
    ours: &'a str,
    theirs: &'a str,
    cut: fn(&'a str) -> Vec<&'a str>,
    choose: Option<fn(&str, &str) -> String>,
) -> Option<String> {
    let base = cut(base);
    let sides = [Side::new(&base, cut(theirs)), Side::new(&base, cut(ours))];
    let mut text = String::new();
    let mut done = 0;
    for place in places(&sides) {
        text.push_str(&pieces(&base, done..place.start).concat());
        let [from_them, from_us] = sides.each_ref().map(|side| side.within(&base, &place));
        match (from_them, from_us) {
            (Some(one), None) | (None, Some(one)) => text.push_str(&one),
            (Some(one), Some(other)) if one == other => text.push_str(&one),
            (Some(one), Some(other)) => text.push_str(&choose?(&one, &other)),
            (None, None) => text.push_str(&pieces(&base, place.clone()).concat()),
        }
        done = place.end;
    }
    text.push_str(&pieces(&base, done..base.len()).concat());
    Some(text)
}

/// One person's text as changes of the base.
struct Side<'a> {
    pieces: Vec<&'a str>,
    /// Range of the base, and the range of `pieces` in its place.
    changes: Vec<(Range<usize>, Range<usize>)>,
}

impl<'a> Side<'a> {
    fn new(base: &[&'a str], pieces: Vec<&'a str>) -> Self {
        let ops = capture_diff_slices(Algorithm::Myers, base, &pieces);
        let changes = ops
            .iter()
            .filter(|op| !matches!(op, DiffOp::Equal { .. }))
            .map(|op| (op.old_range(), op.new_range()));
        Self { changes: joined(changes.collect()), pieces }
    }

    /// What this side has in a place of the base; `None`: what was there before.
    fn within(&self, base: &[&str], place: &Range<usize>) -> Option<String> {
        let inside = |change: &&(Range<usize>, Range<usize>)| {
            place.start <= change.0.start && change.0.end <= place.end
        };
        let mut done = place.start;
        let mut text = String::new();
        for (old, new) in self.changes.iter().filter(inside) {
            text.push_str(&pieces(base, done..old.start).concat());
            text.push_str(&pieces(&self.pieces, new.clone()).concat());
            done = old.end;
        }
        let is_changed = self.changes.iter().any(|change| inside(&change));
        text.push_str(&pieces(base, done..place.end).concat());
        is_changed.then_some(text)
    }
}

/// Changes that follow each other without a piece between them are one.
fn joined(changes: Vec<(Range<usize>, Range<usize>)>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut joined: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (old, new) in changes {
        match joined.last_mut() {
            Some(last) if last.0.end == old.start && last.1.end == new.start => {
                last.0.end = old.end;
                last.1.end = new.end;
            }
            _ => joined.push((old, new)),
        }
    }
    joined
}

/// The places of the base that anyone changed, those that touch as one.
fn places(sides: &[Side<'_>; 2]) -> Vec<Range<usize>> {
    let mut places: Vec<Range<usize>> =
        sides.iter().flat_map(|side| side.changes.iter().map(|(old, _)| old.clone())).collect();
    places.sort_by_key(|place| (place.start, place.end));
    let mut apart: Vec<Range<usize>> = Vec::new();
    for place in places {
        match apart.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => apart.push(place),
        }
    }
    apart
}

fn pieces<'a, 'b>(all: &'b [&'a str], range: Range<usize>) -> &'b [&'a str] {
    all.get(range).unwrap_or_default()
}

/// Words with the blanks behind them; a line break is a piece of its own, so
/// that a change of one paragraph does not touch the next.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for line in lines(text) {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |before| (before, "\n"));
        words.extend(line.split_inclusive(' '));
        words.extend((!end.is_empty()).then_some(end));
    }
    words
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn one_after_the_other(theirs: &str, ours: &str) -> String {
    let is_open = !theirs.is_empty() && !theirs.ends_with('\n') && !ours.is_empty();
    format!("{theirs}{}{ours}", if is_open { "\n" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::{Merge, merge};

    const BASE: &str = "Chủ tọa khai mạc.\nÔng Thọ phát biểu về đường.\nChủ tọa kết luận.";

    fn clean(ours: &str, theirs: &str) -> String {
        match merge(BASE, ours, theirs) {
            Merge::Clean(text) => text,
            Merge::Overlap(both) => panic!("overlaps: {both}"),
        }
    }

    #[test]
    fn changes_of_two_paragraphs_are_both_taken() {
        let ours = BASE.replace("khai mạc", "khai mạc lúc 8 giờ");
        let theirs = BASE.replace("kết luận", "kết luận và giao việc");
        let expected = ours.replace("kết luận", "kết luận và giao việc");
        assert_eq!(clean(&ours, &theirs), expected);
        assert_eq!(clean(&theirs, &ours), expected);
    }

    #[test]
    fn changes_of_two_words_of_one_line_are_both_taken() {
        let ours = BASE.replace("Thọ", "Huỳnh Đức Thọ");
        let theirs = BASE.replace("đường", "cầu");
        assert_eq!(clean(&ours, &theirs), ours.replace("đường", "cầu"));
    }

    #[test]
    fn a_paragraph_put_in_and_one_taken_out_are_both_done() {
        let ours = BASE.replace("Chủ tọa kết luận.", "Bà Ưng giải trình.\nChủ tọa kết luận.");
        let theirs = BASE.replace("Chủ tọa khai mạc.\n", "");
        assert_eq!(clean(&ours, &theirs), ours.replace("Chủ tọa khai mạc.\n", ""));
    }

    #[test]
    fn the_same_change_twice_is_made_once() {
        let both = BASE.replace("đường", "cầu");
        assert_eq!(clean(&both, &both), both);
        assert_eq!(clean(BASE, &both), both);
        assert_eq!(clean(&both, BASE), both);
    }

    #[test]
    fn the_same_word_changed_twice_keeps_both_lines() {
        let ours = BASE.replace("đường", "cầu");
        let theirs = BASE.replace("đường", "chợ");
        let Merge::Overlap(both) = merge(BASE, &ours, &theirs) else { panic!("no overlap seen") };
        for kept in ["khai mạc", "về cầu.", "về chợ.", "kết luận"] {
            assert!(both.contains(kept), "{kept} is lost: {both}");
        }
    }

    #[test]
    fn two_who_write_at_the_same_end_lose_nothing() {
        let ours = format!("{BASE}\nÔng A nói.");
        let theirs = format!("{BASE}\nBà B nói.");
        let Merge::Overlap(both) = merge(BASE, &ours, &theirs) else { panic!("no overlap seen") };
        assert!(both.contains("Ông A nói.") && both.contains("Bà B nói.") && both.contains("khai mạc"));
        let Merge::Overlap(both) = merge("", "của tôi", "của bạn") else { panic!("no overlap seen") };
        assert_eq!(both, "của bạn\ncủa tôi");
    }

    #[test]
    fn what_one_takes_out_and_the_other_changes_is_asked_about() {
        let ours = BASE.replace("Ông Thọ phát biểu về đường.\n", "");
        let theirs = BASE.replace("đường", "cầu");
        let Merge::Overlap(both) = merge(BASE, &ours, &theirs) else { panic!("no overlap seen") };
        assert!(both.contains("cầu"));
    }

    #[test]
    fn letters_of_any_kind_survive() {
        let ours = "a\u{301}😀 <b>x</b>\n\n  hai";
        assert_eq!(merge("", ours, ""), Merge::Clean(ours.to_owned()));
        assert_eq!(merge(ours, ours, ours), Merge::Clean(ours.to_owned()));
    }

    #[test]
    fn a_text_too_long_for_words_is_joined_by_lines() {
        let base = "từ ngữ trong câu\n".repeat(2000);
        let ours = format!("đầu\n{base}");
        let theirs = format!("{base}cuối\n");
        assert_eq!(merge(&base, &ours, &theirs), Merge::Clean(format!("đầu\n{base}cuối\n")));
    }
}
