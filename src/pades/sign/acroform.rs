//! Putting the signature field into the form (ISO 32000-2 §12.7.3, §12.7.4).

use crate::embed::{Field, acroform};
use crate::pdf::{Dict, Object, Pdf, PdfString, Ref, Update};
use crate::sign::SignError;

/// SignaturesExist and AppendOnly (ISO 32000-2 Table 225).
const SIG_FLAGS: i64 = 3;

/// Which field the signature goes into.
#[derive(Debug, Clone)]
pub(crate) enum Slot {
    /// An empty signature field that is there.
    Existing(Box<Field>),
    /// A field to be made, with this name.
    New(String),
}

impl Slot {
    pub(crate) fn name(&self) -> &str {
        match self {
            Slot::Existing(field) => &field.name,
            Slot::New(name) => name,
        }
    }
}

/// Finds the field by name, or picks the first free `SignatureN`.
pub(crate) fn slot(fields: &[Field], wanted: Option<&str>) -> Result<Slot, SignError> {
    let Some(wanted) = wanted else {
        let taken = |name: &String| fields.iter().any(|field| field.name == *name);
        let name = (1..).map(|n| format!("Signature{n}")).find(|name| !taken(name));
        return Ok(Slot::New(name.unwrap_or_default()));
    };
    if wanted.is_empty() {
        return Err(SignError::FieldName(wanted.to_owned()));
    }
    match fields.iter().find(|field| field.name == wanted) {
        Some(field) if !field.is_signature() => Err(SignError::NotASignatureField(wanted.to_owned())),
        Some(field) if field.is_filled() => Err(SignError::FieldSigned(wanted.to_owned())),
        Some(field) => Ok(Slot::Existing(Box::new(field.clone()))),
        None if wanted.contains('.') => Err(SignError::FieldName(wanted.to_owned())),
        None => Ok(Slot::New(wanted.to_owned())),
    }
}

/// Lists new fields in `/AcroForm` and sets its flags. `certifies` names the certification signature.
pub(crate) fn register(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    made: &[Ref],
    certifies: Option<Ref>,
) -> Result<(), SignError> {
    let (root, mut catalog) = pdf.catalog()?;
    let (home, mut form) = acroform(pdf)?.unwrap_or_default();
    let mut form_changed = form.integer("SigFlags") != Some(SIG_FLAGS);
    form.set("SigFlags", SIG_FLAGS);
    // With this flag viewers draw every field anew; some then lose the picture of a signature. PDF 2.0 has
    // deprecated it, and PDF/A forbids it (ISO 32000-2 Table 224, ISO 19005-2 §6.4.1).
    if form.has("NeedAppearances") {
        form.remove("NeedAppearances");
        form_changed = true;
    }
    if !made.is_empty() {
        form_changed |= add_fields(update, pdf, &mut form, made)?;
    }
    if let (Some(home), true) = (home, form_changed) {
        update.replace(home, form.clone());
    }
    let catalog_changed = (home.is_none() && form_changed) || certifies.is_some();
    if home.is_none() {
        catalog.set("AcroForm", form);
    }
    if let Some(signature) = certifies {
        let permissions = pdf.dict_value(&catalog, "Perms")?.unwrap_or_default();
        catalog.set("Perms", permissions.with("DocMDP", signature));
    }
    if catalog_changed {
        update.replace(root, catalog);
    }
    Ok(())
}

/// Appends to `/Fields` in the form found; says whether the form dictionary itself changed.
fn add_fields(
    update: &mut Update<'_, '_>,
    pdf: &Pdf<'_>,
    form: &mut Dict,
    made: &[Ref],
) -> Result<bool, SignError> {
    let mut fields = pdf.value(form, "Fields")?.array().unwrap_or_default().to_vec();
    fields.extend(made.iter().copied().map(Object::Reference));
    match form.reference("Fields") {
        Some(home) => {
            update.replace(home, fields);
            Ok(false)
        }
        None => {
            form.set("Fields", fields);
            Ok(true)
        }
    }
}

/// The dictionary of a new field merged with its widget (ISO 32000-2 §12.5.6.19).
///
/// `/F` 132 is Print and Locked: PDF/A wants Print (ISO 19005-2 §6.3.2), and nobody should drag a signature.
pub(crate) fn merged_widget(name: &str, page: Ref, rectangle: [f64; 4], signature: Ref, form: Ref) -> Dict {
    Dict::new()
        .with("Type", "Annot")
        .with("Subtype", "Widget")
        .with("FT", "Sig")
        .with("T", PdfString::from_text(name))
        .with("F", 132)
        .with("Rect", rectangle.map(Object::Real).to_vec())
        .with("P", page)
        .with("V", signature)
        .with("AP", Dict::new().with("N", form))
}
