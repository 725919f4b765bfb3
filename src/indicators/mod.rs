//! The figures leaders trust: shares of documents, tasks, opinions and meetings
//! that went as they should (chỉ số).
//!
//! A figure is a sum of facts: what one document, task, slip, meeting or person
//! adds to it. The facts follow the log of acts. Each organisation's log is one
//! chain without gaps, whose entries become visible in order, so reading on
//! from the last entry counted misses none and counts none twice, also after a
//! stop; and an act is never slowed down, nor refused, by what counts it. For
//! each entry the facts of its subject are worked out anew from the subject's
//! own rows and put in place of the old ones, and the sums change with them in
//! the same transaction. Whoever asks for figures reads on first.
//!
//! Who was active and who has a certificate is counted by head (`heads`). An office
//! reads the sums of those that stand under it, and nothing else of theirs
//! (`offices`).
//!
//! A rebuild reads the whole log again by the same code, a page at a time, while
//! the figures stay readable, and in the end sweeps away what it did not find.

pub mod actions;
mod deriving;
mod export;
pub mod following;
mod heads;
pub mod keys;
pub mod offices;
pub mod rules;
pub mod store;
mod urls;
pub mod web;

crate::id! {
    /// A key by which an operations centre reads figures.
    KeyId;
}
crate::column!(KeyId as uuid::Uuid);
crate::column!(rules::Indicator as String);

/// The kind of job that counts an organisation's log anew; its payload is the
/// organisation's id.
pub const REBUILD_JOB: &str = "indicators_rebuild";
