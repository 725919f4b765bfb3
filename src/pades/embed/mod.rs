//! How signatures sit in a PDF: form fields, signature dictionaries, permissions (ISO 32000-2 §12.7, §12.8).

mod fields;
mod mdp;
mod store;

pub(crate) use fields::{Field, acroform, fields};
pub use mdp::FieldLock;
pub(crate) use mdp::{LockDictionary, certification, field_lock, locks};
pub(crate) use store::{StoreAddition, store_history};
