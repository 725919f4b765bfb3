//! Incoming documents (văn bản đến): from the door, over the leader's desk and
//! the units, to the file.
//!
//! A document arrives as a file, or from another organisation of this
//! installation. Its signatures are judged at the door and what they came to
//! is kept. The clerk registers it under the next arrival number, or refuses
//! it; from then on [`rules::State`] says whose turn it is. The file is never
//! written on: the mark "Đến" and the routing slip are a page beside it.

pub mod actions;
pub mod answering;
mod book;
mod course;
mod desk;
pub mod directing;
pub mod door;
pub mod exchanged;
pub mod letters;
pub mod rules;
pub mod sent;
mod slip;
pub mod store;
pub mod urls;
pub mod web;
pub mod working;

pub use self::desk::{Waiting, headed, waiting_for};

crate::id! {
    /// An incoming document.
    IncomingId;
    /// One thing that was done with an incoming document.
    CourseId;
    /// A letter of the office's e-mail box.
    LetterId;
}
crate::column!(IncomingId as uuid::Uuid);
crate::column!(CourseId as uuid::Uuid);
crate::column!(LetterId as uuid::Uuid);
crate::column!(rules::State as String);
crate::column!(rules::Act as String);
crate::column!(rules::Origin as String);
crate::column!(rules::Priority as i64);
