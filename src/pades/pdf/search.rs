//! Looking for a word in bytes that come in pieces.

use std::ops::Range;

use crate::pdf::{Input, PdfError};

/// Finds a word across the borders of pieces, which must follow each other.
#[derive(Debug)]
pub(crate) struct WordSearch<'w> {
    word: &'w [u8],
    /// The last bytes of the pieces before, one less than the word has.
    carried: Vec<u8>,
}

impl<'w> WordSearch<'w> {
    pub(crate) fn new(word: &'w [u8]) -> WordSearch<'w> {
        WordSearch { word, carried: Vec::new() }
    }

    /// Tells where the word begins, in order.
    pub(crate) fn feed(&mut self, at: usize, piece: &[u8], found: &mut dyn FnMut(usize)) {
        let keep = self.word.len().saturating_sub(1);
        let before = at - self.carried.len();
        self.carried.extend_from_slice(piece.get(..keep).unwrap_or(piece));
        memchr::memmem::find_iter(&self.carried, self.word).for_each(|hit| found(before + hit));
        memchr::memmem::find_iter(piece, self.word).for_each(|hit| found(at + hit));
        if piece.len() >= keep {
            self.carried.clear();
            self.carried.extend_from_slice(piece.get(piece.len() - keep..).unwrap_or_default());
        } else {
            let surplus = self.carried.len().saturating_sub(keep);
            self.carried.drain(..surplus);
        }
    }
}

impl Input<'_> {
    /// All places of a word, at most `limit` of them.
    pub(crate) fn positions(&self, word: &[u8], limit: usize) -> Result<Vec<usize>, PdfError> {
        let mut search = WordSearch::new(word);
        let mut found = Vec::new();
        self.visit(0..self.length(), &mut |at, piece| {
            search.feed(at, piece, &mut |hit| found.push(hit));
            found.len() <= limit
        })?;
        if found.len() > limit { Err(PdfError::Limit("too many objects to look for")) } else { Ok(found) }
    }

    /// Whether one of some words stands in a range.
    pub(crate) fn contains(&self, range: Range<usize>, words: &[&[u8]]) -> Result<bool, PdfError> {
        let mut searches: Vec<WordSearch<'_>> = words.iter().map(|word| WordSearch::new(word)).collect();
        let mut found = false;
        self.visit(range, &mut |at, piece| {
            searches.iter_mut().for_each(|search| search.feed(at, piece, &mut |_| found = true));
            !found
        })?;
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_however_the_pieces_fall() {
        let text = b"obj..objobj.ob.j.obj";
        for length in 1..text.len() {
            let mut search = WordSearch::new(b"obj");
            let mut hits = Vec::new();
            for (index, piece) in text.chunks(length).enumerate() {
                search.feed(index * length, piece, &mut |hit| hits.push(hit));
            }
            assert_eq!(hits, [0, 5, 8, 17], "pieces of {length}");
        }
    }
}
