//! Who signs what, in which order, and how a signature comes onto a PDF.
//!
//! A document is opened with its steps: the secretary first, then the chair.
//! Each step is one person's own act with a PIN. It appends a signature to the
//! newest bytes, and counts only if nobody changed those bytes meanwhile.
//! Nothing here rewrites what somebody signed.

mod acceptance;
pub mod actions;
pub mod acts;
mod alone;
pub mod authority;
mod autograph;
mod bytes;
pub mod certificate;
pub mod certificates;
pub mod delegations;
mod desk;
mod desktop;
mod hand_over;
pub mod keys;
mod module;
pub mod policy;
pub mod rules;
pub mod service;
pub mod signature;
mod stamps;
mod store;
pub mod timestamp;
pub mod urls;
pub mod web;

pub use self::actions::{NewDocument, Step, new_code};
pub use self::alone::{SignedAlone, has_key, record_alone, sign_alone};
pub use self::bytes::{is_signed_by, sign_bytes};
pub use self::desk::Desk;
pub use self::hand_over::{Sealed, put_sealed, seal_level, withdraw};
pub use self::keys::test_keys_present;
pub use self::module::{ModuleError, ModuleKey, SealModule};
pub use self::rules::{DocumentState, StepState};
pub use self::stamps::Stamps;
pub use self::store::acts::{RefusalRow, Return, refusals, returned};
pub use self::store::{Document, Status, StepStatus, document_by_code, status, waiting_for};

crate::id! {
    /// A document that people sign.
    DocumentId;
    /// A step that was handed to a key elsewhere.
    ActId;
    /// A certificate bound to somebody.
    BindingId;
    /// Authority to sign in somebody's place.
    DelegationId;
    /// A use of a key that its owner is asked about on a remote service's page.
    AuthorisationId;
}
crate::column!(DocumentId as uuid::Uuid);
crate::column!(ActId as uuid::Uuid);
crate::column!(BindingId as uuid::Uuid);
crate::column!(DelegationId as uuid::Uuid);
crate::column!(AuthorisationId as uuid::Uuid);
