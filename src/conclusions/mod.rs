//! Notices of conclusions (thông báo kết luận): what the chair concluded, told
//! to those who carry it out.
//!
//! A notice is drafted from the conclusion in the minutes, one row a point,
//! each with the unit that leads, those that help, and a deadline: what a task
//! is made from. Locking makes the PDF/A and opens it for its one signer.
//! Number and date are the register's; their place on the page stays free.

pub mod actions;
pub mod issue;
mod rules;
mod search;
pub mod store;
pub mod urls;
pub mod web;

crate::id! {
    /// The notice of a meeting's conclusions.
    ConclusionNoticeId;
    /// One conclusion.
    ConclusionId;
}
crate::column!(ConclusionNoticeId as uuid::Uuid);
crate::column!(ConclusionId as uuid::Uuid);

crate::words! {
    NoticeState { Draft = "draft", Locked = "locked" }
}
crate::column!(NoticeState as String);
