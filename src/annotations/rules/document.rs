//! A version as a row of words, with what is needed to find some of them again.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::identity::rules::fold;
use crate::papers::{PageWords, Word};

/// Words in a row that are looked up together.
pub(super) const GRAM: usize = 3;

/// One page: its words, and the hash of its picture where it has none.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub words: PageWords,
    pub print: Option<String>,
}

/// A word of the document, folded, so that a corrected mark is no other word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub text: String,
    /// Which page it is on, counted from 0.
    pub sheet: usize,
    /// Left, top, right, bottom, in parts of the page.
    pub area: [f64; 4],
}

/// All words of a version in reading order.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) tokens: Vec<Token>,
    /// For each page, its number and where its words start and end in `tokens`.
    pub(super) sheets: Vec<Span>,
    grams: HashMap<u64, Vec<usize>>,
}

#[derive(Clone, Debug)]
pub(super) struct Span {
    pub page: i64,
    pub start: usize,
    pub end: usize,
    /// Equal for two pages with the same words, or, without words, the same picture.
    pub fingerprint: Option<u64>,
}

impl Document {
    pub fn new(sheets: &[Sheet]) -> Self {
        let mut document = Self { tokens: Vec::new(), sheets: Vec::new(), grams: HashMap::new() };
        for (at, sheet) in sheets.iter().enumerate() {
            let start = document.tokens.len();
            document.tokens.extend(sheet.words.words.iter().filter_map(|word| token(word, at)));
            let words = document.tokens.get(start..).unwrap_or_default();
            let fingerprint = if words.is_empty() {
                sheet.print.as_ref().map(hashed)
            } else {
                Some(hashed(&words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>()))
            };
            let end = document.tokens.len();
            document.sheets.push(Span { page: sheet.words.page, start, end, fingerprint });
        }
        for at in 0..document.tokens.len() {
            if let Some(gram) = document.gram(at) {
                document.grams.entry(gram).or_default().push(at);
            }
        }
        document
    }

    /// The words from `at` on, as one number. `None` at the document's end.
    pub(super) fn gram(&self, at: usize) -> Option<u64> {
        let words = self.tokens.get(at..at + GRAM)?;
        Some(hashed(&words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>()))
    }

    /// Where these words in a row stand.
    pub(super) fn places_of(&self, gram: u64) -> &[usize] {
        self.grams.get(&gram).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn sheet_of(&self, page: i64) -> Option<usize> {
        self.sheets.iter().position(|sheet| sheet.page == page)
    }

    pub(super) fn words_on(&self, sheet: usize) -> &[Token] {
        let span = self.sheets.get(sheet);
        span.and_then(|span| self.tokens.get(span.start..span.end)).unwrap_or_default()
    }
}

fn token(word: &Word, sheet: usize) -> Option<Token> {
    let text = fold(&word.t);
    let area = [word.x, word.y, word.x + word.w, word.y + word.h];
    (!text.is_empty()).then_some(Token { text, sheet, area })
}

fn hashed(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
