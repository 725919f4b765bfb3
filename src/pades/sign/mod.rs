//! Signing: one incremental update with one signature (EN 319 142-1 §5, §6).
//!
//! Only appended: the bytes a person saw and signed are never rewritten. Signing has two halves, so that the
//! key may live in another machine: [`prepare`] lays everything out and says what is to be signed,
//! [`Prepared::complete`] takes the signature value, checks it, and gives the bytes to append.

mod acroform;
mod appearance;
mod archival;
mod batch;
mod decree;
mod dictionary;
mod document_timestamp;
mod error;
mod excerpt;
mod external;
mod font;
mod image;
mod layout;
mod long_term;
mod notes;
mod options;
mod outcome;
mod permissions;
mod pkcs12;
mod place;
mod plan;
mod prepare;
mod present;
mod reserve;
mod security_store;
mod seed;
mod seed_certificate;
mod signer;
mod stamping;
mod structure_tree;
#[cfg(feature = "pkcs11")]
mod token;
#[cfg(feature = "pkcs11")]
mod token_session;
mod watermark;
mod widget;

use jiff::Timestamp;

use crate::pdf::{Input, Source};

pub use crate::embed::FieldLock;
pub use crate::trust::{Missing, MissingProof};
pub use appearance::{Appearance, Font, Line};
pub use batch::{Batch, BatchDocument, BatchOutcome, BatchStamping, BatchSummary};
pub use decree::{CORNER, CopyMark, PageArea, Placement};
pub use document_timestamp::{append_document_timestamp, append_document_timestamp_to};
pub use error::SignError;
pub use excerpt::{About, excerpt};
pub use external::CmsFault;
pub use long_term::{
    Extended, LongTerm, append_validation_data, extend, extend_source, sign_source_to, sign_to,
};
pub use notes::{Note, NoteTarget, ReservedField, reserve_fields};
pub use options::{Permission, SignOptions, SignatureFormat, Stamping};
pub use outcome::{AppendedRevision, Level, RevisionKind, Signed, TimestampOutcome};
pub use pkcs12::{Pkcs12Error, Pkcs12Signer};
pub use place::{NoPlace, Place, TextRun, find_place};
pub use plan::may_sign;
use prepare::prepare_input;
pub use prepare::{Prepared, prepare, prepare_source};
pub use reserve::{Reserved, reserve_signature};
pub use seed::{Constraint, SeedValues, seed_values};
#[cfg(feature = "test-authority")]
pub(crate) use signer::sign_with;
pub use signer::{RsaPadding, Signer, SignerError};
pub(crate) use signer::{algorithm_for, digest_of};
#[cfg(feature = "pkcs11")]
pub use token::{KeyChoice, TokenError, TokenModule, TokenSigner};
pub use watermark::{Watermark, append_watermark};

/// Signs a PDF: prepares, lets the signer sign, completes.
pub fn sign(
    pdf: &[u8],
    options: &SignOptions,
    signer: &dyn Signer,
    stamping: Option<&Stamping<'_>>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    sign_input(Input::held(pdf), options, signer, stamping, now)
}

/// Signs a PDF that is read in pieces; what it gives is as short as for a file in memory.
pub fn sign_source(
    source: &dyn Source,
    options: &SignOptions,
    signer: &dyn Signer,
    stamping: Option<&Stamping<'_>>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    sign_input(Input::fetched(source), options, signer, stamping, now)
}

fn sign_input(
    pdf: Input<'_>,
    options: &SignOptions,
    signer: &dyn Signer,
    stamping: Option<&Stamping<'_>>,
    now: Timestamp,
) -> Result<Signed, SignError> {
    let timestamp_room = stamping.map(|stamping| stamping.service.reserve());
    let certificates = signer.certificates();
    let prepared = prepare_input(pdf, &options::Request { options, certificates, timestamp_room, now })?;
    let signature = signer.sign(prepared.to_be_signed(), prepared.algorithm())?;
    prepared.complete(&signature, stamping)
}
