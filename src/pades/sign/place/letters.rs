//! Vietnamese text made comparable: without case, white space, and the place of the tone mark.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// Grave, acute, tilde, hook above, dot below: the five tones. The other marks make letters of their own.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// A letter or a mark of one, and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Letter {
    /// Lower case, decomposed, never a tone.
    pub(super) base: char,
    /// The tone that stands on it, for whichever letter of the syllable it was typed.
    pub(super) tone: Option<char>,
    /// White space or an edge is before it.
    pub(super) begins: bool,
    pub(super) left: f64,
    pub(super) right: f64,
}

/// The letters of a text that reaches from `left` to `right`, each with an equal share of the width.
pub(super) fn fold(text: &str, left: f64, right: f64) -> Vec<Letter> {
    let composed: Vec<char> = text.nfc().filter(|c| !is_invisible(*c)).collect();
    let share = if composed.is_empty() { 0.0 } else { (right - left) / composed.len() as f64 };
    let mut letters: Vec<Letter> = Vec::new();
    let mut begins = false;
    for (index, letter) in composed.into_iter().enumerate() {
        if letter.is_whitespace() {
            begins = true;
            continue;
        }
        let left = left + share * index as f64;
        for part in letter.to_lowercase().nfd() {
            if TONES.contains(&part) {
                if let Some(last) = letters.last_mut() {
                    last.tone = Some(part);
                }
            } else {
                letters.push(Letter { base: part, tone: None, begins, left, right: left + share });
                begins = false;
            }
        }
    }
    letters
}

/// Soft hyphens, zero-width characters and the like: text extraction gives them, nobody sees them.
fn is_invisible(letter: char) -> bool {
    letter.is_control() && !letter.is_whitespace()
        || matches!(letter, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
}

/// An anchor to look for.
pub(super) struct Word {
    letters: Vec<Letter>,
}

impl Word {
    pub(super) fn of(text: &str) -> Word {
        Word { letters: fold(text, 0.0, 0.0) }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Whether these letters are the anchor and nothing else.
    pub(super) fn equals(&self, letters: &[Letter]) -> bool {
        self.letters.len() == letters.len() && self.find_in(letters).next().is_some()
    }

    /// Whether the anchor goes on after these letters.
    pub(super) fn begins_with(&self, letters: &[Letter]) -> bool {
        let head = self.letters.get(..letters.len());
        head.is_some_and(|head| head.iter().zip(letters).all(|(a, b)| a.base == b.base))
    }

    /// Where the anchor stands among letters, from the begin of a word to the end of one.
    pub(super) fn find_in<'l>(&'l self, letters: &'l [Letter]) -> impl Iterator<Item = Range<usize>> + 'l {
        letters.windows(self.letters.len().max(1)).enumerate().filter_map(move |(start, window)| {
            let end = start + window.len();
            let is_word = |at: usize| at == 0 || letters.get(at).is_none_or(|letter| letter.begins);
            let same = || window.iter().zip(&self.letters).all(|(a, b)| a.base == b.base);
            (is_word(start) && is_word(end) && same() && tones(window).eq(tones(&self.letters)))
                .then_some(start..end)
        })
    }
}

/// The tones in their order. A syllable has at most one, so its place within the syllable says nothing.
fn tones(letters: &[Letter]) -> impl Iterator<Item = char> + '_ {
    letters.iter().filter_map(|letter| letter.tone)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(anchor: &str, text: &str) -> bool {
        Word::of(anchor).find_in(&fold(text, 0.0, 1.0)).next().is_some()
    }

    #[test]
    fn case_composition_and_tone_place_make_no_difference() {
        assert!(found("Nguyễn Thị Thuỷ", "nguyễn thị thủy"));
        let decomposed: String = "CHỦ TỊCH".nfd().collect();
        assert!(found("Chủ tịch", &decomposed));
        assert!(found("Hoà", "HÒA"));
    }

    #[test]
    fn other_letters_and_tones_do() {
        assert!(!found("Nguyễn Văn Ân", "Nguyễn Văn An"));
        assert!(!found("Lê Hoa", "Lê Hoà"));
        assert!(!found("Đào", "Dào"));
    }

    #[test]
    fn a_part_of_a_word_is_not_the_word() {
        assert!(!found("An", "Anh"));
        assert!(found("An", "Lê An"));
    }
}
