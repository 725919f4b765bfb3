//! Letters (thư điện tử): what lies in the office's e-mail box, as a door for
//! incoming documents.
//!
//! [`mailbox`] looks into each box of the settings again and again and keeps
//! what is new, byte for byte. A clerk reads a letter, makes a document of one
//! of its files, which then stands at the door and is judged as any other, or
//! puts the letter aside. Nothing that stands in a letter is believed: anybody
//! can write a sender. So nothing is ever mailed back either.
//!
//! A letter is foreign bytes: `reading` parses it in a process of its own.

pub mod actions;
pub mod mailbox;
mod reading;
pub mod rules;
pub mod store;
pub mod web;

pub use self::reading::{Task, run as read};

crate::column!(rules::LetterState as String);
crate::column!(rules::Trouble as String);
