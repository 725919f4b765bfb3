//! Where the pages about verdicts are.

use super::RootId;

/// A file kept for the stranger who sent it.
pub fn kept(secret: &str) -> String {
    format!("/verify/kept/{secret}")
}

/// The list of trusted certificates.
pub fn trust() -> String {
    "/trust".to_owned()
}

/// Where a second administrator agrees to a change.
pub fn confirmation(root: RootId) -> String {
    format!("/trust/{root}/confirmation")
}

/// Where an administrator asks for a certificate to go.
pub fn removal(root: RootId) -> String {
    format!("/trust/{root}/removal")
}

/// Where a change that waits is taken back.
pub fn withdrawal(root: RootId) -> String {
    format!("/trust/{root}/withdrawal")
}
