//! Addresses of an office's sentences.

/// The list, and the form for one more.
pub fn list() -> String {
    "/phrases".to_owned()
}
