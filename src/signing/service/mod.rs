//! Remote signing services, which keep people's keys (Cloud Signature
//! Consortium API, version 2).
//!
//! The installation is known to a service by a client id and its secret; the
//! person authorises each use of their key with a PIN, a code, on their phone,
//! or on a page of the service. What goes there is hashes, what comes back is values; they are put
//! into the files here, and accepted by the rules of every other way.

mod batch;
mod codes;
mod consent;
mod credential;
mod protocol;
mod return_visit;

pub use self::batch::{Batch, Course, Outcome, Typed};
pub use self::codes::Sent;
pub use self::consent::CameBack;
pub use self::protocol::{Service, ServiceError};
pub use self::return_visit::{Problem, Return};
