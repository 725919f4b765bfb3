//! The form's field tree (ISO 32000-2 §12.7.4).

use std::collections::HashSet;

use crate::pdf::{Dict, Name, Object, Pdf, PdfError, Ref};

/// More fields than any form has.
const MAX_FIELDS: usize = 100_000;

/// A field of the form that holds a value of its own.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) reference: Ref,
    pub(crate) dict: Dict,
    /// Fully qualified: partial names joined by full stops (ISO 32000-2 §12.7.4.2).
    pub(crate) name: String,
    /// `/FT`, inherited if need be.
    pub(crate) kind: Option<Name>,
    /// The widgets that show it: itself when merged, else its kids.
    pub(crate) widgets: Vec<Ref>,
}

impl Field {
    /// Whether it is a signature field.
    pub(crate) fn is_signature(&self) -> bool {
        self.kind.as_ref().is_some_and(|kind| kind == "Sig")
    }

    /// Whether it has a value, which for a signature field means: signed.
    pub(crate) fn is_filled(&self) -> bool {
        !matches!(self.dict.get("V"), None | Some(Object::Null))
    }
}

/// The interactive form and the reference to it, if it is an indirect object.
pub(crate) fn acroform(pdf: &Pdf<'_>) -> Result<Option<(Option<Ref>, Dict)>, PdfError> {
    let (_, catalog) = pdf.catalog()?;
    let form = pdf.dict_value(&catalog, "AcroForm")?;
    Ok(form.map(|form| (catalog.reference("AcroForm"), form)))
}

struct Pending {
    reference: Ref,
    prefix: String,
    kind: Option<Name>,
}

/// All terminal fields in the order of the form.
pub(crate) fn fields(pdf: &Pdf<'_>) -> Result<Vec<Field>, PdfError> {
    let Some((_, form)) = acroform(pdf)? else { return Ok(Vec::new()) };
    let roots = pdf.value(&form, "Fields")?;
    let pending = |items: &[Object], prefix: &str, kind: &Option<Name>| -> Vec<Pending> {
        let references = items.iter().rev().filter_map(Object::reference);
        references
            .map(|reference| Pending { reference, prefix: prefix.to_owned(), kind: kind.clone() })
            .collect()
    };
    let mut stack = pending(roots.array().unwrap_or_default(), "", &None);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(Pending { reference, prefix, kind }) = stack.pop() {
        // A field listed twice is one field; a tree that contains itself must end.
        if !seen.insert(reference) {
            continue;
        }
        if seen.len() > MAX_FIELDS {
            return Err(PdfError::Limit("too many form fields"));
        }
        let Object::Dict(dict) = pdf.indirect(reference)?.object else { continue };
        let partial = pdf.value(&dict, "T")?.string().map(|s| s.text());
        let name = match (&partial, prefix.is_empty()) {
            (Some(partial), true) => partial.clone(),
            (Some(partial), false) => format!("{prefix}.{partial}"),
            (None, _) => prefix,
        };
        let kind = pdf.value(&dict, "FT")?.name().cloned().or(kind);
        let kids = pdf.value(&dict, "Kids")?;
        let kids = kids.array().unwrap_or_default();
        if has_named_kid(pdf, kids)? {
            stack.extend(pending(kids, &name, &kind));
        } else {
            let widgets: Vec<Ref> = kids.iter().filter_map(Object::reference).collect();
            let widgets = if widgets.is_empty() { vec![reference] } else { widgets };
            found.push(Field { reference, dict, name, kind, widgets });
        }
    }
    Ok(found)
}

/// Kids with names are fields; kids without are the widgets of their parent (ISO 32000-2 §12.7.4.1).
fn has_named_kid(pdf: &Pdf<'_>, kids: &[Object]) -> Result<bool, PdfError> {
    for kid in kids {
        if pdf.resolve(kid)?.dict().is_some_and(|dict| dict.has("T")) {
            return Ok(true);
        }
    }
    Ok(false)
}
