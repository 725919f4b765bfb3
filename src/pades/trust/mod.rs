//! Trust and time: does a certificate lead to an anchor that the caller trusts (RFC 5280 §6), and was it good
//! when it was used (EN 319 102-1 §5.2.5, §5.2.6, §5.6.2)?

mod algorithms;
mod anchors;
mod certificate;
mod chain;
mod collect;
mod crl;
mod evidence;
mod fetch;
mod ocsp;
mod revocation;
mod statement;

pub use anchors::{Anchors, AnchorsError};
pub use certificate::Certificate;
pub(crate) use chain::{ChainFault, Purpose, chain};
pub use collect::{Collected, Collection, Missing, MissingProof, collect};
pub use evidence::{Evidence, EvidenceKind, EvidenceSource, ValidationData, ValidationDataError};
pub use fetch::{Fetch, FetchError};
pub use ocsp::request as ocsp_request;
pub use revocation::{Finding, Provenance, Question, Refusal, Standing, status};
pub use statement::{RevocationReason, Said, Unusable};
