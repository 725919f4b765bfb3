//! What earlier signatures permit: DocMDP and FieldMDP (ISO 32000-2 §12.8.2).

use crate::embed::Field;
use crate::pdf::{Dict, Object, Pdf, PdfError, PdfString};

/// Which fields a signature locks (ISO 32000-2 Table 258).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldLock {
    /// All of them.
    All,
    /// These, and what is nested in them.
    Include(Vec<String>),
    /// All but these.
    Exclude(Vec<String>),
}

impl FieldLock {
    /// Whether it covers a field.
    pub fn covers(&self, field: &str) -> bool {
        let listed = |names: &[String]| {
            names.iter().any(|name| {
                field.strip_prefix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
        };
        match self {
            FieldLock::All => true,
            FieldLock::Include(names) => listed(names),
            FieldLock::Exclude(names) => !listed(names),
        }
    }

    /// `/Action` and `/Fields`, which locks and FieldMDP parameters have alike (ISO 32000-2 Tables 236, 259).
    pub(crate) fn write(&self, dict: Dict) -> Dict {
        let (action, names) = match self {
            FieldLock::All => return dict.with("Action", "All"),
            FieldLock::Include(names) => ("Include", names),
            FieldLock::Exclude(names) => ("Exclude", names),
        };
        let names: Vec<Object> = names.iter().map(|name| PdfString::from_text(name).into()).collect();
        dict.with("Action", action).with("Fields", names)
    }

    /// Reads the same keys. Unknown actions lock everything: the stricter reading is the safe one.
    fn read(pdf: &Pdf<'_>, dict: &Dict) -> Result<FieldLock, PdfError> {
        let names = pdf.value(dict, "Fields")?;
        let names: Vec<String> =
            names.array().unwrap_or_default().iter().filter_map(|n| n.string().map(|s| s.text())).collect();
        let action = pdf.value(dict, "Action")?;
        Ok(match action.name() {
            Some(action) if action == "Include" => FieldLock::Include(names),
            Some(action) if action == "Exclude" => FieldLock::Exclude(names),
            _ => FieldLock::All,
        })
    }
}

/// The lock dictionary of a signature field: what signing it shall lock (ISO 32000-2 Table 236).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LockDictionary {
    pub(crate) fields: FieldLock,
    /// `/P`: what the document permits once this field is signed.
    pub(crate) permission: Option<i64>,
}

impl LockDictionary {
    pub(crate) fn dictionary(&self) -> Dict {
        let dict = self.fields.write(Dict::new().with("Type", "SigFieldLock"));
        match self.permission {
            Some(permission) => dict.with("P", permission),
            None => dict,
        }
    }
}

/// The `/Lock` of a signature field, if it has one.
pub(crate) fn field_lock(pdf: &Pdf<'_>, field: &Field) -> Result<Option<LockDictionary>, PdfError> {
    let Some(dict) = pdf.dict_value(&field.dict, "Lock")? else { return Ok(None) };
    let fields = FieldLock::read(pdf, &dict)?;
    Ok(Some(LockDictionary { fields, permission: pdf.value(&dict, "P")?.integer() }))
}

/// The transform parameters of a signature for one method.
fn transforms(pdf: &Pdf<'_>, signature: &Dict, method: &str) -> Result<Vec<Dict>, PdfError> {
    let references = pdf.value(signature, "Reference")?;
    let mut found = Vec::new();
    for reference in references.array().unwrap_or_default() {
        let resolved = pdf.resolve(reference)?;
        let Some(reference) = resolved.dict() else { continue };
        if pdf.value(reference, "TransformMethod")?.name().is_some_and(|name| name == method) {
            found.push(pdf.dict_value(reference, "TransformParams")?.unwrap_or_default());
        }
    }
    Ok(found)
}

/// The strictest `/P` that a signature's DocMDP sets, 1 to 3; `None` if it does not certify.
pub(crate) fn certification(pdf: &Pdf<'_>, signature: &Dict) -> Result<Option<u8>, PdfError> {
    let parameters = transforms(pdf, signature, "DocMDP")?;
    let mut strictest = None;
    for parameters in parameters {
        let level = match pdf.value(&parameters, "P")? {
            Object::Integer(1) => 1,
            Object::Integer(3) => 3,
            Object::Integer(2) | Object::Null => 2,
            // A level nobody defined permits nothing.
            _ => 1,
        };
        strictest = Some(strictest.map_or(level, |known: u8| known.min(level)));
    }
    Ok(strictest)
}

/// The locks that a signature puts on fields.
pub(crate) fn locks(pdf: &Pdf<'_>, signature: &Dict) -> Result<Vec<FieldLock>, PdfError> {
    let parameters = transforms(pdf, signature, "FieldMDP")?;
    parameters.iter().map(|parameters| FieldLock::read(pdf, parameters)).collect()
}
