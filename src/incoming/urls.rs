//! Addresses of incoming documents.

use super::{IncomingId, LetterId};
use crate::exchange::MessageId;
use crate::outgoing::DispatchId;

/// What waits for a person: at the door, on the leader's desk, in the unit.
pub fn desk() -> String {
    "/incoming".to_owned()
}

/// The register of a year.
pub fn register() -> String {
    "/incoming/register".to_owned()
}

/// One document with its course.
pub fn document(id: IncomingId) -> String {
    format!("/incoming/{id}")
}

/// What one does with a document; `act` is the noun of its form.
pub fn act(id: IncomingId, act: &str) -> String {
    format!("/incoming/{id}/{act}")
}

/// Where a clerk takes what another organisation sent to the door.
pub fn take(id: DispatchId) -> String {
    format!("/incoming/dispatches/{id}/arrival")
}

/// Where a clerk takes what came by the exchange to the door.
pub fn take_message(id: MessageId) -> String {
    format!("/incoming/messages/{id}/arrival")
}

/// Where a clerk sends it back to its sender.
pub fn refuse_message(id: MessageId) -> String {
    format!("/incoming/messages/{id}/refusal")
}

/// A letter of the e-mail box.
pub fn letter(id: LetterId) -> String {
    format!("/incoming/letters/{id}")
}
