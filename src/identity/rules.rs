//! What is true about people, sessions and names.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::OrganisationId;
use crate::clock::Timestamp;

/// Fewest characters of a password.
pub const SHORTEST_PASSWORD: usize = 10;
/// Longest text taken for a name, a title or a position, in characters.
pub const LONGEST_TITLE: usize = 500;
/// Failed sign-ins before the next must wait.
const FREE_FAILURES: i64 = 5;
const LONGEST_WAIT: i64 = 900;

/// Text as it is searched: without marks, lower case, one space between words.
pub fn fold(text: &str) -> String {
    let letters: String = text
        .nfd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| match letter {
            'đ' => 'd',
            letter if letter.is_alphanumeric() => letter,
            _ => ' ',
        })
        .collect();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One line of text as a person meant it: composed (TCVN 6909), trimmed, and
/// without control characters or marks that turn the reading direction, which
/// can make a name look like another. `None`: nothing left, or too long.
pub fn clean_line(text: &str) -> Option<String> {
    let line: String =
        text.nfc().filter(|letter| !letter.is_control() && !is_direction_mark(*letter)).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty() && line.chars().count() <= LONGEST_TITLE).then_some(line)
}

/// Several lines of text, cleaned alike; line breaks stay.
pub fn clean_text(text: &str) -> String {
    text.replace("\r\n", "\n")
        .nfc()
        .filter(|letter| *letter == '\n' || (!letter.is_control() && !is_direction_mark(*letter)))
        .collect()
}

fn is_direction_mark(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The key Vietnamese names are sorted by: the given name comes last and
/// counts first.
pub fn name_order(full_name: &str) -> String {
    let folded = fold(full_name);
    match folded.rsplit_once(' ') {
        Some((before, given)) => format!("{given} {before}"),
        None => folded,
    }
}

/// What a browser says of itself, in words its owner knows: `Chrome, Windows`.
/// What is not recognised is shown as it came.
pub fn device_name(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (first(BROWSERS), first(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => user_agent.to_owned(),
    }
}

/// Those that call themselves by another's name too stand before it.
const BROWSERS: &[(&str, &str)] = &[
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// Seconds until the next try may be made, after so many failures.
pub fn wait_after(failures: i64, last: Timestamp, now: Timestamp) -> i64 {
    if failures < FREE_FAILURES {
        return 0;
    }
    let exponent = u32::try_from((failures - FREE_FAILURES).min(5)).unwrap_or(5);
    let wait = (30 * 2_i64.pow(exponent)).min(LONGEST_WAIT);
    (wait - now.seconds_since(last)).max(0)
}

/// Everyone under an organisation, by however many steps. Each is given with
/// the one right above it; a ring made by hand has an end too.
pub fn below(
    organisation: OrganisationId,
    placed: &[(OrganisationId, Option<OrganisationId>)],
) -> BTreeSet<OrganisationId> {
    let mut found = BTreeSet::new();
    loop {
        let known = found.len();
        for (one, parent) in placed {
            if parent.is_some_and(|parent| parent == organisation || found.contains(&parent)) {
                found.insert(*one);
            }
        }
        if found.len() == known {
            return found;
        }
    }
}

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionTerms {
    pub idle_seconds: i64,
    pub absolute_seconds: i64,
}

impl SessionTerms {
    pub fn holds(&self, created_at: Timestamp, seen_at: Timestamp, now: Timestamp) -> bool {
        now < seen_at.plus_seconds(self.idle_seconds) && now < created_at.plus_seconds(self.absolute_seconds)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{SessionTerms, below, clean_line, device_name, fold, name_order, wait_after};
    use crate::clock::Timestamp;
    use crate::identity::OrganisationId;

    #[test]
    fn an_organisation_stands_under_those_above_it_and_a_ring_has_an_end() {
        let [ward, city, ministry, other] = [(); 4].map(|()| OrganisationId::new());
        let placed = [(ward, Some(city)), (city, Some(ministry)), (ministry, None), (other, None)];
        assert_eq!(below(ministry, &placed), BTreeSet::from([city, ward]));
        assert_eq!(below(city, &placed), BTreeSet::from([ward]));
        assert_eq!(below(ward, &placed), BTreeSet::new());
        let ring = [(ward, Some(city)), (city, Some(ward)), (other, None)];
        assert_eq!(below(ward, &ring), BTreeSet::from([city, ward]));
    }

    #[test]
    fn a_device_is_named_as_its_owner_would() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0";
        assert_eq!(device_name(edge), "Edge, Windows");
        let tablet = "Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) Version/16.0 Mobile/15E148 Safari/604.1";
        assert_eq!(device_name(tablet), "Safari, iPad");
        assert_eq!(device_name("curl/8.5.0"), "curl/8.5.0");
    }

    #[test]
    fn search_finds_marked_letters_by_plain_ones() {
        assert_eq!(fold("Điện Bàn – Quyết định số 12/QĐ-UBND"), "dien ban quyet dinh so 12 qd ubnd");
        assert_eq!(fold("Đie\u{302}\u{323}n"), "dien");
    }

    #[test]
    fn a_line_loses_what_could_deceive() {
        assert_eq!(clean_line(" Tờ\u{202e} trình \n 12 ").as_deref(), Some("Tờ trình 12"));
        assert_eq!(clean_line("\u{200f}\u{0}"), None);
        assert_eq!(clean_line(&"a".repeat(501)), None);
    }

    #[test]
    fn names_sort_by_the_given_name() {
        assert!(name_order("Trần Văn An") < name_order("Lê Thị Bình"));
    }

    #[test]
    fn the_sixth_try_waits_and_longer_each_time() {
        let last = Timestamp::from_micros(0);
        assert_eq!(wait_after(4, last, last), 0);
        assert_eq!(wait_after(5, last, last.plus_seconds(10)), 20);
        assert_eq!(wait_after(6, last, last), 60);
        assert_eq!(wait_after(99, last, last), 900);
    }

    #[test]
    fn a_session_ends_when_idle_and_in_any_case() {
        let terms = SessionTerms { idle_seconds: 60, absolute_seconds: 100 };
        let start = Timestamp::from_micros(0);
        assert!(terms.holds(start, start, start.plus_seconds(59)));
        assert!(!terms.holds(start, start, start.plus_seconds(60)));
        assert!(!terms.holds(start, start.plus_seconds(90), start.plus_seconds(100)));
    }
}
