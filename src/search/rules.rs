//! What a search asks for, as the index is asked.

use std::fmt::Write as _;

use crate::identity::rules::fold;
use crate::identity::{OrgRole, OrganisationId, PersonId, UnitId};

crate::words! {
    /// The register a document belongs to.
    Register { Outgoing = "outgoing", Incoming = "incoming" }
}

/// Terms of one search; what is typed after them is not looked for.
const MOST_TERMS: usize = 20;
/// A longer word is no word of a language, and PostgreSQL takes none above 2 KB.
const LONGEST_WORD: usize = 100;
/// Bytes of folded text kept of one document, some hundred pages. PostgreSQL
/// takes a megabyte of words with their places.
const LONGEST_TEXT: usize = 300_000;
/// The last place of a word that PostgreSQL can tell from the next.
const LAST_PLACE: usize = 16_383;

/// What a document is, or who may know of it: letters and digits only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facet(String);

impl Facet {
    pub fn organisation(id: OrganisationId) -> Self {
        Self(format!("o{id}"))
    }

    pub fn register(register: Register) -> Self {
        Self(format!("b{}", register.as_str()))
    }

    /// Everybody in the organisation may know of it.
    pub fn everybody() -> Self {
        Self("e".to_owned())
    }

    pub fn person(id: PersonId) -> Self {
        Self(format!("p{id}"))
    }

    /// Those who speak for the unit.
    pub fn unit(id: UnitId) -> Self {
        Self(format!("u{id}"))
    }

    pub fn role(role: OrgRole) -> Self {
        Self(format!("r{}", role.as_str().replace('_', "")))
    }
}

/// Words that must stand one after the other.
type Phrase = Vec<String>;

/// Reads what a person typed: each word must be there, and words between
/// quotation marks one after the other.
pub fn terms(typed: &str) -> Vec<Phrase> {
    let mut terms = Vec::new();
    for (index, part) in typed.split(['"', '“', '”']).enumerate() {
        let words: Phrase = kept_words(&fold(part)).map(str::to_owned).collect();
        if index % 2 == 1 && words.len() > 1 {
            terms.push(words);
        } else {
            terms.extend(words.into_iter().map(|word| vec![word]));
        }
    }
    terms.truncate(MOST_TERMS);
    terms
}

fn kept_words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(' ').filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD)
}

/// What the index is asked: all of these facets, one of those, every term.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub all: Vec<Facet>,
    pub any: Vec<Facet>,
    pub terms: Vec<Phrase>,
}

impl Wanted {
    /// For SQLite's FTS5. A typed word is between quotation marks and holds
    /// letters and digits only, so it cannot be taken for an operator.
    pub fn for_sqlite(&self) -> String {
        let quoted = |facets: &[Facet], between: &str| {
            facets.iter().map(|facet| format!("\"{}\"", facet.0)).collect::<Vec<_>>().join(between)
        };
        let all = quoted(&self.all, " AND ");
        let mut asked = format!("facets : ({all} AND ({}))", quoted(&self.any, " OR "));
        for phrase in &self.terms {
            let _ = write!(asked, " AND words : \"{}\"", phrase.join(" "));
        }
        asked
    }

    /// For PostgreSQL's `tsquery`: facets have the weight A, words D.
    pub fn for_postgres(&self) -> String {
        let weighed = |facets: &[Facet], between: &str| {
            facets.iter().map(|facet| format!("'{}':A", facet.0)).collect::<Vec<_>>().join(between)
        };
        let all = weighed(&self.all, " & ");
        let mut asked = format!("{all} & ({})", weighed(&self.any, " | "));
        for phrase in &self.terms {
            let words: Vec<String> = phrase.iter().map(|word| format!("'{word}':D")).collect();
            let _ = write!(asked, " & ({})", words.join(" <-> "));
        }
        asked
    }
}

/// What a document is found by.
#[derive(Clone, Debug)]
pub struct Words {
    pub facets: Vec<Facet>,
    /// Fields and text, folded.
    pub text: String,
}

impl Words {
    /// The words of the fields, then as many of the file's as are kept.
    pub fn new(facets: Vec<Facet>, fields: &[&str], pages: &[String]) -> Self {
        let mut text = fold(&fields.join(" "));
        for page in pages {
            let left = LONGEST_TEXT.saturating_sub(text.len() + 1);
            text.push(' ');
            let end = (0..=left.min(page.len())).rev().find(|end| page.is_char_boundary(*end));
            text.push_str(page.get(..end.unwrap_or(0)).unwrap_or_default());
        }
        Self { facets, text }
    }

    pub(super) fn facets_for_sqlite(&self) -> String {
        self.facets.iter().map(|facet| facet.0.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The literal of a `tsvector`. Folded words hold no sign that means
    /// anything in one.
    pub(super) fn for_postgres(&self) -> String {
        let mut literal = String::with_capacity(self.text.len() * 2);
        for facet in &self.facets {
            let _ = write!(literal, "{}:1A ", facet.0);
        }
        for (place, word) in kept_words(&self.text).enumerate() {
            let _ = write!(literal, "{word}:{} ", (place + 1).min(LAST_PLACE));
        }
        literal
    }
}

#[cfg(test)]
mod tests {
    use super::{Facet, LONGEST_TEXT, Wanted, Words, terms};

    #[test]
    fn words_between_quotation_marks_stay_together() {
        assert_eq!(
            terms("Đầu tư “công trình” 12/QĐ"),
            [
                vec!["dau".to_owned()],
                vec!["tu".to_owned()],
                vec!["cong".to_owned(), "trinh".to_owned()],
                vec!["12".to_owned()],
                vec!["qd".to_owned()],
            ]
        );
        assert_eq!(terms("\"một\" ' \" * -"), [vec!["mot".to_owned()]]);
    }

    #[test]
    fn what_is_typed_stays_words() {
        let terms = terms("x\" OR facets : \"e' | 'e':A");
        let wanted = Wanted { all: vec![Facet("o1".into())], any: vec![Facet("p1".into())], terms };
        assert!(wanted.for_sqlite().starts_with("facets : (\"o1\" AND (\"p1\")) AND words : \"x\""));
        assert_eq!(wanted.for_postgres().matches(":A").count(), 2);
        assert_eq!(wanted.for_sqlite().matches("facets :").count(), 1);
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let pages = vec!["ớ".repeat(LONGEST_TEXT), "sau".to_owned()];
        let words = Words::new(Vec::new(), &["Tờ trình"], &pages);
        assert!(words.text.starts_with("to trinh") && words.text.len() <= LONGEST_TEXT + 2);
    }
}
