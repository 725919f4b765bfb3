//! The only test binary of the crate: each file of `it/` is a subject.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::print_stdout, reason = "a skipped group says so")]

#[path = "it/office.rs"]
mod office;

#[path = "it/signing.rs"]
mod signing;
