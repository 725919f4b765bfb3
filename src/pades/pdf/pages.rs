//! The page tree (ISO 32000-2 §7.7.3).

use crate::pdf::xref_table::MAX_OBJECT;
use crate::pdf::{Dict, Object, Pdf, PdfError, Ref};

/// More pages than any file we sign or judge.
const MAX_PAGES: usize = 200_000;

/// A page and its place in the tree.
#[derive(Debug, Clone)]
pub struct Page {
    /// The page object.
    pub reference: Ref,
    /// Its dictionary.
    pub dict: Dict,
}

/// Which objects were met, a bit for each.
#[derive(Default)]
struct Seen {
    bits: Vec<u64>,
    count: usize,
}

impl Seen {
    /// Notes an object; `false` if it was met before or its number is higher than any object has.
    fn insert(&mut self, target: Ref) -> bool {
        let (word, bit) = (target.number as usize / 64, 1 << (target.number % 64));
        if u64::from(target.number) > MAX_OBJECT {
            return false;
        }
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let is_new = self.bits.get(word).is_some_and(|bits| bits & bit == 0);
        self.bits.get_mut(word).into_iter().for_each(|bits| *bits |= bit);
        self.count += usize::from(is_new);
        is_new
    }
}

/// All pages in reading order.
///
/// Walked with an own stack, and each node once: a tree that contains itself must end, not overflow.
pub fn pages(pdf: &Pdf<'_>) -> Result<Vec<Page>, PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let root = catalog.reference("Pages").ok_or(PdfError::Structure("the catalog has no /Pages"))?;
    let mut pending = vec![root];
    let mut seen = Seen::default();
    let mut pages = Vec::new();
    while let Some(reference) = pending.pop() {
        if !seen.insert(reference) {
            return Err(PdfError::Structure("the page tree contains a node twice"));
        }
        if seen.count > MAX_PAGES {
            return Err(PdfError::Limit("too many pages"));
        }
        let Object::Dict(dict) = pdf.indirect(reference)?.object else {
            return Err(PdfError::Structure("a page tree node is not a dictionary"));
        };
        match pdf.value(&dict, "Kids")? {
            Object::Array(kids) if !dict.is("Type", "Page") => {
                let kids: Option<Vec<Ref>> = kids.iter().rev().map(Object::reference).collect();
                pending.extend(kids.ok_or(PdfError::Structure("a page is not an indirect object"))?);
            }
            _ => pages.push(Page { reference, dict }),
        }
    }
    Ok(pages)
}
