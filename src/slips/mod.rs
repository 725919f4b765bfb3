//! Written opinion slips (phiếu lấy ý kiến): what the members of a body are
//! asked between meetings.
//!
//! A slip is drafted with its papers and questions, approved, and sent to
//! members with a deadline. Each answers on their own slip, which may be
//! changed until it is signed or the collecting ends; where the body's rule
//! asks for it, the answer becomes a one-page PDF/A with the member's
//! signature. Then the answers are put together, each opinion with what the
//! drafter says to it, and reported; the resolution or notice that follows is
//! drafted from the count, as an outgoing document.

pub mod actions;
mod answering;
mod collecting;
mod drafting;
mod following;
mod page;
mod reminder;
pub mod rules;
pub mod store;
pub mod urls;
pub mod web;

pub use self::reminder::{JOB as REMINDER_JOB, run as remind, run_with_others as remind_with_others};

crate::id! {
    /// A slip sent to many.
    SlipId;
    /// One question of a slip.
    QuestionId;
}
crate::column!(SlipId as uuid::Uuid);
crate::column!(QuestionId as uuid::Uuid);
