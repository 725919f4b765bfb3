//! Trust and time: does a certificate lead to an anchor that the caller trusts (RFC 5280 §6)?

mod anchors;
mod chain;

pub use anchors::{Anchors, AnchorsError};
pub(crate) use chain::{ChainFault, Purpose, chain};
