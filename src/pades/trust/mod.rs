//! Trust and time: does a certificate lead to an anchor that the caller trusts (RFC 5280 §6), and was it good
//! when it was used (EN 319 102-1 §5.2.5, §5.2.6, §5.6.2)?

mod algorithms;
mod anchors;
mod chain;
mod collect;
mod crl;
mod embedded;
mod evidence;
mod fetch;
mod ocsp;
mod path;
mod revocation;
mod statement;

pub use crate::cms::x509::Certificate;
pub(crate) use algorithms::{digest_is_reliable, weakness};
pub use anchors::{Anchors, AnchorsError};
pub(crate) use chain::{ChainFault, Moment, Purpose, chain};
pub use collect::{Collected, Collection, Missing, MissingProof, collect};
pub(crate) use embedded::{Carried, carried};
pub use evidence::{Evidence, EvidenceKind, EvidenceSource, ValidationData, ValidationDataError};
pub use fetch::{Fetch, FetchError};
pub use ocsp::request as ocsp_request;
pub(crate) use path::{Knowledge, Link, Path, PathFault, judge};
pub use revocation::{Finding, Provenance, Question, Refusal, Standing, status};
pub(crate) use revocation::{Memory, SKEW};
pub use statement::{RevocationReason, Said, Unusable};
