//! Where the pages about signing are.

use super::{ActId, BindingId, DelegationId, DocumentId};
use crate::config::ServiceName;
use crate::identity::PersonId;

/// What waits for the reader's signature.
pub fn queue() -> String {
    "/signing".to_owned()
}

/// Documents looked over once more before they are signed.
pub fn review(steps: &[(DocumentId, i64)]) -> String {
    let named: Vec<String> =
        steps.iter().map(|(document, number)| format!("step={document}.{number}")).collect();
    format!("/signing/review?{}", named.join("&"))
}

/// One step: the form, and afterwards its outcome.
pub fn step(document: DocumentId, number: i64) -> String {
    format!("/signing/{document}/{number}")
}

/// Where the form of a step is sent.
pub fn signatures(document: DocumentId, number: i64) -> String {
    format!("/signing/{document}/{number}/signatures")
}

/// The newest bytes, for the people of the document.
pub fn file(document: DocumentId) -> String {
    format!("/signing/documents/{document}/file")
}

/// What the QR on the page leads to: for anyone who holds the paper.
pub fn public(code: &str) -> String {
    format!("/d/{code}")
}

/// The signed file, for anyone who holds the paper.
pub fn public_file(code: &str) -> String {
    format!("/d/{code}/file")
}

/// The signing keys of an organisation.
pub fn keys() -> String {
    "/signing/keys".to_owned()
}

/// Where a locked key is unlocked.
pub fn unlocking(person: PersonId) -> String {
    format!("/signing/keys/{person}/unlocking")
}

/// Who may sign by which way.
pub fn policy() -> String {
    "/signing/policy".to_owned()
}

/// The certificates that are bound to people and to the organisation.
pub fn certificates() -> String {
    "/signing/certificates".to_owned()
}

/// Where a binding is ended.
pub fn binding_end(binding: BindingId) -> String {
    format!("/signing/certificates/{binding}/end")
}

/// The reader's own certificates.
pub fn own_certificates() -> String {
    "/signing/certificates/own".to_owned()
}

/// Where a step's file is taken away, to be signed elsewhere.
pub fn errands(document: DocumentId, number: i64) -> String {
    format!("/signing/{document}/{number}/errands")
}

/// A file handed out.
pub fn errand_file(act: ActId) -> String {
    format!("/signing/acts/{act}/file")
}

/// Where it is brought back.
pub fn errand_returns(act: ActId) -> String {
    format!("/signing/acts/{act}/returns")
}

/// Where a step is handed to the desktop program.
pub fn desktop_acts(document: DocumentId, number: i64) -> String {
    format!("/signing/{document}/{number}/desktop")
}

/// How far a step that was handed to another program has come.
pub fn act_state(act: ActId) -> String {
    format!("/signing/acts/{act}/state")
}

/// The file, for the desktop program that has the secret.
pub fn desktop_file(act: ActId, secret: &str) -> String {
    format!("/signing/desktop/{act}/{secret}/van-ban.pdf")
}

/// Where the desktop program brings it back.
pub fn desktop_uploads(act: ActId, secret: &str) -> String {
    format!("/signing/desktop/{act}/{secret}/uploads")
}

/// Where documents are signed with a key at a remote service.
pub fn service_batches(service: &ServiceName) -> String {
    format!("/signing/services/{}/batches", service.as_str())
}

/// Where a service is asked to send its code.
pub fn service_codes(service: &ServiceName) -> String {
    format!("/signing/services/{}/codes", service.as_str())
}

/// Where the page of a service sends the browser back to.
pub fn service_returns(service: &ServiceName) -> String {
    format!("/signing/services/{}/returns", service.as_str())
}

/// Where a document is sent back instead of being signed.
pub fn refusals(document: DocumentId, number: i64) -> String {
    format!("/signing/{document}/{number}/refusals")
}

/// Authority to sign in somebody's place: a page of the feature that knows the
/// kinds of document.
pub fn delegations() -> String {
    "/signing/delegations".to_owned()
}

pub fn delegation_confirmation(delegation: DelegationId) -> String {
    format!("/signing/delegations/{delegation}/confirmation")
}

pub fn delegation_end(delegation: DelegationId) -> String {
    format!("/signing/delegations/{delegation}/end")
}
