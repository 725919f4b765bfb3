//! The page tree (ISO 32000-2 §7.7.3).

use std::collections::HashSet;

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

/// All pages in reading order.
///
/// Walked with an own stack, and each node once: a tree that contains itself must end, not overflow.
pub fn pages(pdf: &Pdf<'_>) -> Result<Vec<Page>, PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let root = catalog.reference("Pages").ok_or(PdfError::Structure("the catalog has no /Pages"))?;
    let mut pending = vec![root];
    let mut seen = HashSet::new();
    let mut pages = Vec::new();
    while let Some(reference) = pending.pop() {
        if !seen.insert(reference) {
            return Err(PdfError::Structure("the page tree contains a node twice"));
        }
        if seen.len() > MAX_PAGES {
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
