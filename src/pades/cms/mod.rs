//! CMS: the signature itself, apart from any PDF (RFC 5652, ETSI EN 319 122-1).
//!
//! Structures are read as spans of the original bytes and never encoded again before hashing: of real
//! certificates some do not re-encode to the same bytes, and a hash over other bytes proves nothing.

pub(crate) mod algorithm;
pub(crate) mod asn1;
pub(crate) mod attributes;
pub(crate) mod build;
pub(crate) mod certificate;
pub(crate) mod check;
pub(crate) mod content;
mod decoded;
pub(crate) mod oid;
pub(crate) mod signed_data;
pub(crate) mod time;
pub mod timestamp;
pub(crate) mod x509;

pub use algorithm::{DigestAlgorithm, SignatureAlgorithm};
pub(crate) use content::{Content, Digests};
