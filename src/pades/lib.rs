//! PAdES signatures in PDF bytes.

#[cfg(feature = "test-authority")]
pub mod authority;
mod cms;
mod embed;
pub mod pdf;
pub mod sign;
pub mod trust;

pub use cms::timestamp::{ServiceError, TimestampError, TimestampService};
pub use cms::{DigestAlgorithm, SignatureAlgorithm};
