//! Văn bản đi: from the draft through checks, signature, number and seal to its
//! recipients and into a file (NĐ 30/2020, Điều 10–19).
//!
//! The leader signs first, while number and date are empty form fields. The
//! clerk's number comes from `registers`; it is written into those fields by
//! the very revision that carries the organisation's signature, which is what
//! a form is for, so the leader's signature stays good. A new file is the next
//! edition: what was approved or signed before is void for it, and kept.
//!
//! Another organisation of the installation reads what was sent to it with
//! [`dispatches_for`] and answers with [`answer_dispatch`].

pub mod actions;
pub mod answers;
mod book;
pub mod consulting;
mod delivery;
pub mod desk;
pub mod drafting;
mod exchanging;
pub mod judging;
pub mod preparing;
mod recipients;
pub mod reviewing;
pub mod rules;
mod seal;
pub mod sealing;
pub mod stamping;
pub mod store;
pub mod urls;
pub mod web;
pub mod writing;

pub use self::actions::{OutgoingError, Waiting, waiting_for};
pub use self::delivery::{
    Dispatch, DispatchAnswer, answer_dispatch, dispatch, dispatches_for, follow_dispatch,
};
pub use self::recipients::recipients_of;
pub use self::seal::{is_in_module as seal_is_in_module, issue_test_seal};

crate::id! {
    /// An outgoing document.
    OutgoingId;
    /// A file that goes with one.
    AttachmentId;
    /// What was sent to one organisation.
    DispatchId;
    /// An organisation or address a document goes to.
    RecipientId;
    /// A unit asked for its comment on a draft.
    ConsultationId;
}
crate::column!(OutgoingId as uuid::Uuid);
crate::column!(AttachmentId as uuid::Uuid);
crate::column!(DispatchId as uuid::Uuid);
crate::column!(RecipientId as uuid::Uuid);
crate::column!(ConsultationId as uuid::Uuid);

crate::words! {
    /// How far a document has come at one organisation it was sent to.
    DispatchState {
        Sent = "sent",
        /// It lies before their clerk.
        Received = "received",
        /// They gave it an arrival number.
        Accepted = "accepted",
        Refused = "refused",
        /// A leader gave it to a unit.
        Assigned = "assigned",
        Processing = "processing",
        Completed = "completed",
        Recalled = "recalled",
    }

    /// What a document is to the one it names.
    Relation { Replaces = "replaces", Corrects = "corrects" }
}
crate::column!(DispatchState as String);
crate::column!(Relation as String);
