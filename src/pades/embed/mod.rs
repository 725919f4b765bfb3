//! How signatures sit in a PDF: form fields, signature dictionaries, permissions (ISO 32000-2 §12.7, §12.8).

mod fields;
mod mdp;
mod store;

pub(crate) use fields::{Field, acroform, fields};
pub(crate) use mdp::{FieldLock, certification, locks};
pub(crate) use store::{StoreAddition, store_history};
