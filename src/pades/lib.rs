//! PAdES signatures in PDF bytes: append them, and judge them.
//!
//! Cut along the standards: [`pdf`] reads bytes and revisions (ISO 32000-2), `cms` the signature itself
//! (RFC 5652, EN 319 122-1), `embed` how it sits in the file, [`trust`] whether its certificate leads to an
//! anchor, [`sign`] appends one (EN 319 142-1) and [`verify`] gives the verdict (EN 319 102-1).
//!
//! Everything from outside is an argument: the time, the anchors, the timestamp service, randomness. The
//! crate opens no file and no socket.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on should panic")
)]
#![warn(missing_docs)]

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("README.md")]
struct Readme;

#[cfg(feature = "test-authority")]
pub mod authority;
mod cms;
pub mod detached;
mod embed;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
pub mod pdf;
pub mod sign;
pub mod trust;
pub mod verify;

pub use cms::timestamp::{ServiceError, TimestampError, TimestampService};
pub use cms::{DigestAlgorithm, SignatureAlgorithm};
