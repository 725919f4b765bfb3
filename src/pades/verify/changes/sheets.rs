//! The pages and what is pinned on them, kept up from revision to revision.
//!
//! The page tree is walked once, and again only when one of its nodes was written again; so a file of a
//! thousand pages and twenty signatures costs one walk and the few pages that the signatures touched.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::pdf::{Dict, Object, Page, Pdf, PdfError, Ref, pages};
use crate::verify::changes::comparison::Comparison;

/// A page whose dictionary or list of annotations was written again.
#[derive(Debug)]
pub(crate) struct Touched {
    /// From 1.
    pub(crate) number: usize,
    pub(crate) page: Ref,
    pub(crate) before: Dict,
    pub(crate) after: Dict,
}

/// Which pages there are, and where each annotation is pinned.
#[derive(Debug, Default)]
pub(crate) struct Sheets {
    pages: Vec<Ref>,
    /// Page objects and the lists of annotations that stand in objects of their own.
    numbers: HashMap<u32, usize>,
    nodes: HashSet<u32>,
    pinned: HashMap<u32, usize>,
}

impl Sheets {
    /// Walks the page tree.
    pub(crate) fn of(pdf: &Pdf<'_>) -> Result<Sheets, PdfError> {
        let mut sheets = Sheets::default();
        for (index, page) in pages(pdf)?.into_iter().enumerate() {
            sheets.add_parents(pdf, &page)?;
            sheets.pages.push(page.reference);
            sheets.pin(pdf, index + 1, page.reference, &page.dict)?;
        }
        Ok(sheets)
    }

    /// The nodes above a page. A page that names another parent than it hangs under is found rewritten later,
    /// and then no rule explains it.
    fn add_parents(&mut self, pdf: &Pdf<'_>, page: &Page) -> Result<(), PdfError> {
        let mut parent = page.dict.reference("Parent");
        while let Some(node) = parent.filter(|node| self.nodes.insert(node.number)) {
            parent = pdf.indirect(node)?.object.dict().and_then(|dict| dict.reference("Parent"));
        }
        Ok(())
    }

    fn pin(&mut self, pdf: &Pdf<'_>, number: usize, page: Ref, dict: &Dict) -> Result<(), PdfError> {
        self.numbers.insert(page.number, number);
        if let Some(list) = dict.reference("Annots") {
            self.numbers.insert(list.number, number);
        }
        for annotation in annotations(pdf, dict)?.iter().filter_map(Object::reference) {
            self.pinned.insert(annotation.number, number);
        }
        Ok(())
    }

    /// Takes over what a revision wrote; `None` if the pages are others, or in another order.
    pub(crate) fn advance(
        &mut self,
        comparison: &Comparison<'_, '_>,
    ) -> Result<Option<Vec<Touched>>, PdfError> {
        let mut touched = BTreeSet::new();
        let mut is_rebuilt = comparison.tree_moved()?;
        for (number, rewritten) in &comparison.rewritten {
            touched.extend(self.numbers.get(number).copied());
            let lists_pages = rewritten.old.array().is_some_and(|items| {
                items.iter().filter_map(Object::reference).any(|item| self.is_node(item.number))
            });
            is_rebuilt |= self.nodes.contains(number) || lists_pages;
        }
        if is_rebuilt {
            let rebuilt = Sheets::of(comparison.new)?;
            let is_same = rebuilt.pages == self.pages;
            *self = rebuilt;
            if !is_same {
                return Ok(None);
            }
        }
        touched.into_iter().map(|number| self.turn(comparison, number)).collect::<Result<_, _>>().map(Some)
    }

    fn is_node(&self, number: u32) -> bool {
        self.nodes.contains(&number) || self.pages.iter().any(|page| page.number == number)
    }

    fn turn(&mut self, comparison: &Comparison<'_, '_>, number: usize) -> Result<Touched, PdfError> {
        let missing = PdfError::Structure("a page is missing");
        let page = self.pages.get(number.saturating_sub(1)).copied().ok_or(missing.clone())?;
        let dict = |object: Object| object.dict().cloned().ok_or(missing.clone());
        let before = dict(comparison.old.indirect(page)?.object)?;
        let after = dict(comparison.new.indirect(page)?.object)?;
        self.pin(comparison.new, number, page, &after)?;
        Ok(Touched { number, page, before, after })
    }

    /// The number of the page that an annotation is pinned on, from 1.
    pub(crate) fn number_of(&self, annotation: Ref) -> Option<usize> {
        self.pinned.get(&annotation.number).copied()
    }

    /// The page of a number.
    pub(crate) fn page(&self, number: usize) -> Option<Ref> {
        self.pages.get(number.checked_sub(1)?).copied()
    }
}

/// The annotations of a page, in the order in which they are drawn.
pub(crate) fn annotations(pdf: &Pdf<'_>, page: &Dict) -> Result<Vec<Object>, PdfError> {
    Ok(match pdf.value(page, "Annots")? {
        Object::Array(items) => items,
        _ => Vec::new(),
    })
}
