//! Annotations: what a person draws, highlights and writes on a paper, for
//! themselves alone.
//!
//! Nobody else reads them: no chair, no administrator, no log. That is why
//! this feature, unlike all others, writes nothing into the audit: an entry
//! would tell who marks which paper, and when.
//!
//! A device makes the ids, keeps what it could not send and sends it again, so
//! [`actions::save`] bears the same change twice, changes out of order, and two
//! devices at once ([`rules::merged`]). The stored file is never touched. When
//! a paper is replaced, each annotation is looked for among the words of the
//! new version ([`rules::place`]); one whose words are gone is listed, with
//! the page it was made on, and never dropped.

pub mod actions;
mod placing;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// One stroke, highlight, note or mark; made by the device.
    AnnotationId;
}
crate::column!(AnnotationId as uuid::Uuid);
