//! The meeting under way: one page for its members, one for its chair.
//!
//! It owns no table. It puts together what `meetings`, `papers` and `voting`
//! know, shows it to the person who asks, and lets the chair run the session.
//! Both pages follow the meeting's live stream.

mod cockpit;
mod notes;
mod session;
mod view;
pub mod web;
