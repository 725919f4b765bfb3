//! Sentences an office writes again and again (mẫu câu), with gaps such as
//! `{chủ trì}` that are filled where the sentence is used.
//!
//! Secretaries keep the list. Minutes offer it beside each text.

pub mod actions;
mod rules;
mod store;
pub mod urls;
pub mod web;

pub use self::actions::filled;
pub use self::rules::{GAPS, Gap};
pub use self::store::Phrase;

crate::id! {
    /// A sentence of an office.
    PhraseId;
}
crate::column!(PhraseId as uuid::Uuid);
