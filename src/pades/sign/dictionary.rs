//! The signature dictionary (ISO 32000-2 Table 255, EN 319 142-1 §6.3).

use jiff::Timestamp;

use crate::embed::FieldLock;
use crate::pdf::{Dict, Object, PdfString, Ref};
use crate::sign::plan::Plan;
use crate::sign::{Permission, SignOptions};

/// All keys but `/ByteRange` and `/Contents`. FieldMDP looks at `root`, the catalog.
pub(crate) fn signature(options: &SignOptions, plan: &Plan, root: Ref, now: Timestamp) -> Dict {
    let mut dict = Dict::new()
        .with("Type", "Sig")
        .with("Filter", "Adobe.PPKLite")
        .with("SubFilter", plan.format.sub_filter())
        .with("M", PdfString::new(date(now)));
    let texts = [
        ("Name", &options.name),
        ("Reason", &plan.reason),
        ("Location", &options.location),
        ("ContactInfo", &options.contact),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            dict.set(key, PdfString::from_text(text));
        }
    }
    let certifies = plan.certify.map(doc_mdp);
    let locks = plan.lock.as_ref().map(|lock| field_mdp(lock, root));
    let references: Vec<Object> = certifies.into_iter().chain(locks).map(Object::Dict).collect();
    if !references.is_empty() {
        dict.set("Reference", references);
    }
    dict
}

/// The dictionary of a document timestamp (ISO 32000-2 §12.8.5): no `/M`, the token has the time.
pub(crate) fn document_timestamp() -> Dict {
    Dict::new().with("Type", "DocTimeStamp").with("Filter", "Adobe.PPKLite").with("SubFilter", "ETSI.RFC3161")
}

/// The signature reference that certifies (ISO 32000-2 Tables 256, 257).
fn doc_mdp(permission: Permission) -> Dict {
    let parameters =
        Dict::new().with("Type", "TransformParams").with("P", permission.number()).with("V", "1.2");
    Dict::new().with("Type", "SigRef").with("TransformMethod", "DocMDP").with("TransformParams", parameters)
}

/// The signature reference that locks fields (ISO 32000-2 Tables 256, 259).
fn field_mdp(lock: &FieldLock, root: Ref) -> Dict {
    let parameters = lock.write(Dict::new().with("Type", "TransformParams")).with("V", "1.2");
    Dict::new()
        .with("Type", "SigRef")
        .with("TransformMethod", "FieldMDP")
        .with("TransformParams", parameters)
        .with("Data", root)
}

/// A date string (ISO 32000-2 §7.9.4) in the time of Viet Nam, where +07 holds all year.
pub(crate) fn date(now: Timestamp) -> String {
    let local = jiff::tz::offset(7).to_datetime(now);
    format!("D:{}+07'00'", local.strftime("%Y%m%d%H%M%S"))
}
