//! Makes every string of a form fit to be set: what a person typed arrives on
//! the page letter by letter, and nothing that they typed acts.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// The longest run without a place to break a line. No Vietnamese syllable
/// comes near it (the longest has seven letters), and it fits half a page.
const LONGEST_RUN: usize = 24;

/// A place where a line may break, and no ink.
const BREAK: char = '\u{200b}';

/// What stands for a letter that no font has. PDF/A forbids the empty box.
const UNKNOWN: char = '\u{fffd}';

/// Cleans all strings in the value. Keys are ours and stay.
pub(crate) fn clean(value: Value, covers: &impl Fn(char) -> bool) -> Value {
    match value {
        Value::String(text) => Value::String(clean_text(&text, covers)),
        Value::Array(items) => items.into_iter().map(|item| clean(item, covers)).collect(),
        Value::Object(fields) => fields.into_iter().map(|(key, item)| (key, clean(item, covers))).collect(),
        other => other,
    }
}

/// NFC, controls as spaces, invisible characters left out, unknown letters
/// marked, endless words made breakable.
pub(crate) fn clean_text(text: &str, covers: &impl Fn(char) -> bool) -> String {
    let visible = text.nfc().filter(|character| !is_invisible(*character)).map(|character| {
        if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
            ' '
        } else if is_private(character) || !covers(character) {
            UNKNOWN
        } else {
            character
        }
    });
    with_breaks(visible)
}

/// Marks that draw nothing. Among them are those that turn the reading
/// direction, with which a name could be made to read as another's.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Letters whose meaning is nobody's agreement; PDF/A level A refuses them.
fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

fn with_breaks(characters: impl Iterator<Item = char>) -> String {
    let mut run = 0;
    let mut text = String::new();
    for character in characters {
        run = if character == ' ' { 0 } else { run + 1 };
        if run > LONGEST_RUN {
            text.push(BREAK);
            run = 1;
        }
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        clean_text(text, &|character| character != '漢')
    }

    #[test]
    fn letters_typed_in_parts_are_joined() {
        assert_eq!(cleaned("Nguye\u{302}\u{303}n"), "Nguyễn");
    }

    #[test]
    fn marks_that_turn_the_direction_are_left_out() {
        assert_eq!(cleaned("\u{202e}An\u{2066}h\u{200f}"), "Anh");
    }

    #[test]
    fn controls_become_spaces() {
        assert_eq!(cleaned("một\nhai\0ba"), "một hai ba");
    }

    #[test]
    fn a_letter_that_no_font_has_is_marked() {
        assert_eq!(cleaned("a漢\u{e000}b"), "a\u{fffd}\u{fffd}b");
    }

    #[test]
    fn only_endless_words_get_places_to_break() {
        assert_eq!(cleaned("Ủy ban nhân dân xã"), "Ủy ban nhân dân xã");
        let parts: Vec<usize> =
            cleaned(&"w".repeat(100)).split(BREAK).map(|part| part.chars().count()).collect();
        assert_eq!(parts, [24, 24, 24, 24, 4]);
    }
}
