//! Remote signing services, which keep people's keys (Cloud Signature
//! Consortium API, version 2).
//!
//! The installation is known to a service by a client id and its secret; the
//! person authorises each use of their key with a PIN, a code, or on their
//! phone. What goes there is hashes, what comes back is values; they are put
//! into the files here, and accepted by the rules of every other way.

mod batch;
mod credential;
mod protocol;

pub use self::batch::{Batch, Outcome, Typed};
pub use self::protocol::{Service, ServiceError};
