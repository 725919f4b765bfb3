//! Bản sao: sao y, sao lục and trích sao in electronic form (NĐ 30/2020, Điều
//! 25–27).
//!
//! Somebody a document concerns asks for a copy of it, one whom the head lets
//! sign copies says yes, the clerk numbers and seals it. The seal is appended
//! to the very bytes of the source, so the signatures that are there stay good
//! in front of it; an extract is a new file of the pages chosen, and says what
//! it was taken from. Copies are not sent on from here: they are downloaded,
//! or attached to what is sent.

pub mod actions;
pub mod asking;
mod book;
pub mod desk;
pub mod marking;
mod origin;
pub mod rules;
pub mod sealing;
pub mod signers;
pub mod stamping;
pub mod store;
pub mod urls;
pub mod web;

pub use self::actions::{CopyError, Waiting, waiting_for};
pub use self::origin::Wanted;

crate::id! {
    /// A copy, from the moment it is asked for.
    CopyId;
    /// Somebody's leave to sign copies.
    CopySignerId;
    /// One thing that was done with a copy.
    CopyStepId;
}
crate::column!(CopyId as uuid::Uuid);
crate::column!(CopySignerId as uuid::Uuid);
crate::column!(CopyStepId as uuid::Uuid);
