//! Tasks (giao việc, nhắc việc): who does what until when, from the moment it
//! is given to the moment its result is accepted.
//!
//! A task comes from a conclusion of a meeting, from a document's direction,
//! by hand, or follows another that recurs. One unit leads, others may help,
//! one person holds it. Deadlines are counted in the office's working days;
//! reminders are jobs, told once per deadline, and what stays late reaches the
//! leaders.

pub mod actions;
mod dealing;
mod giving;
mod reminder;
pub mod rules;
mod settings;
pub mod store;
pub mod urls;
pub mod web;

pub use self::giving::{NewTask, give};
pub use self::reminder::{
    JOB as REMINDER_JOB, retired, run as remind, run_with_others as remind_with_others,
};
pub use self::settings::{set_leaders, working_days};
pub use self::store::Waiting;

crate::id! {
    /// A task.
    TaskId;
    /// One step towards it.
    StepId;
}
crate::column!(TaskId as uuid::Uuid);
crate::column!(StepId as uuid::Uuid);
