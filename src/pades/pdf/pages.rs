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
pub fn pages(pdf: &Pdf<'_>) -> Result<Vec<Page>, PdfError> {
    let mut pages = Vec::new();
    walk(pdf, |page| pages.push(page))?;
    Ok(pages)
}

/// The page of a number, from 1. All are visited, so that nothing is signed that a viewer cannot show.
pub fn page(pdf: &Pdf<'_>, number: usize) -> Result<Option<Page>, PdfError> {
    let (mut visited, mut wanted) = (0, None);
    walk(pdf, |page| {
        visited += 1;
        if visited == number {
            wanted = Some(page);
        }
    })?;
    Ok(wanted)
}

/// How many pages there are.
pub fn page_count(pdf: &Pdf<'_>) -> Result<usize, PdfError> {
    let mut count = 0;
    walk(pdf, |_| count += 1)?;
    Ok(count)
}

/// Shows each page in reading order.
///
/// Walked with an own stack, and each node once: a tree that contains itself must end, not overflow.
fn walk(pdf: &Pdf<'_>, mut visit: impl FnMut(Page)) -> Result<(), PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let root = catalog.reference("Pages").ok_or(PdfError::Structure("the catalog has no /Pages"))?;
    let mut pending = vec![root];
    let mut seen = Seen::default();
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
            _ => visit(Page { reference, dict }),
        }
    }
    Ok(())
}
