//! Who signs what, in which order, and how a signature comes onto a PDF.
//!
//! A document is opened with its steps: the secretary first, then the chair.
//! Each step is one person's own act with a PIN. It appends a signature to the
//! newest bytes, and counts only if nobody changed those bytes meanwhile.
//! Nothing here rewrites what somebody signed.

pub mod actions;
pub mod rules;
mod store;
pub mod urls;

pub use self::actions::{NewDocument, Step, new_code};
pub use self::rules::{DocumentState, StepState};
pub use self::store::{Status, StepStatus, status};

crate::id! {
    /// A document that people sign.
    DocumentId;
}
crate::column!(DocumentId as uuid::Uuid);
