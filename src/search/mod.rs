//! Search over all official documents: every field and the text of the file,
//! with or without marks, for those who may know of them.
//!
//! The index follows the log of acts ([`following`]): what an entry of the log
//! names is described anew from its own rows, so no other feature has to
//! remember it. Who may know of a document is part of the index; a search asks
//! for the words and for one of the reader's facets at once, and never sees what
//! is not for them.

pub mod actions;
mod describing;
pub mod following;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// A search a person keeps.
    SavedSearchId;
}
crate::column!(SavedSearchId as uuid::Uuid);
crate::column!(rules::Register as String);
