//! Signing: one incremental update with one signature (EN 319 142-1 §5, §6).
//!
//! Only appended: the bytes a person saw and signed are never rewritten. Signing has two halves, so that the
//! key may live in another machine: [`prepare`] lays everything out and says what is to be signed,
//! [`Prepared::complete`] takes the signature value, checks it, and gives the bytes to append.

mod acroform;
mod appearance;
mod dictionary;
mod document_timestamp;
mod font;
mod image;
mod permissions;
mod pkcs12;
mod prepare;
mod signer;
mod structure_tree;
mod widget;

use jiff::Timestamp;

use crate::cms::timestamp::{TimestampError, TimestampService};
use crate::pdf::{Input, Password, PdfError, Source};
use crate::trust::Anchors;

pub use appearance::{Appearance, Font, Line};
pub use document_timestamp::{append_document_timestamp, append_document_timestamp_to};
pub use pkcs12::{Pkcs12Error, Pkcs12Signer};
use prepare::prepare_input;
pub use prepare::{Prepared, prepare, prepare_source};
#[cfg(feature = "test-authority")]
pub(crate) use signer::sign_with;
pub use signer::{Signer, SignerError};

/// What is to be signed, and how it shall look.
#[derive(Debug, Clone, Default)]
pub struct SignOptions {
    /// Name of the field: a new one, or an existing empty one. `None` takes the first free `SignatureN`.
    pub field: Option<String>,
    /// `/Reason` (ISO 32000-2 Table 255).
    pub reason: Option<String>,
    /// `/Location`.
    pub location: Option<String>,
    /// `/ContactInfo`.
    pub contact: Option<String>,
    /// `/Name`: the signer as the signer writes it; the verdict goes by the certificate.
    pub name: Option<String>,
    /// Makes this a certification signature (ISO 32000-2 §12.8.2.2).
    pub certify: Option<Permission>,
    /// What is seen on the page; `None` makes an invisible signature.
    pub appearance: Option<Appearance>,
    /// For encrypted files that the empty password does not open.
    pub password: Option<Password>,
}

/// What a certified document still permits (ISO 32000-2 Table 257).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// P 1: nothing.
    Nothing,
    /// P 2: filling in forms and signing.
    Forms,
    /// P 3: annotations too.
    Annotations,
}

impl Permission {
    /// The value of `/P`.
    pub fn number(self) -> i64 {
        match self {
            Permission::Nothing => 1,
            Permission::Forms => 2,
            Permission::Annotations => 3,
        }
    }
}

/// A timestamp service and how to deal with it.
#[derive(Clone, Copy)]
pub struct Stamping<'a> {
    /// Who stamps.
    pub service: &'a dyn TimestampService,
    /// Random bytes that make the request unique, so that an old answer cannot be replayed.
    pub nonce: [u8; 16],
    /// Anchors the token's certificate must lead to; `None` leaves that to the verifier.
    pub anchors: Option<&'a Anchors>,
    /// Whether a missing timestamp is an error or a lesser signature that says so.
    pub required: bool,
}

impl std::fmt::Debug for Stamping<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stamping").field("required", &self.required).finish_non_exhaustive()
    }
}

/// What became of the timestamp.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimestampOutcome {
    /// None was asked for.
    NotRequested,
    /// It is in the signature, checked.
    Present(Timestamp),
    /// It was asked for, is not there, and this is why.
    Missing(TimestampError),
}

/// The level reached (EN 319 142-1 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// A signature.
    BB,
    /// A signature with a trusted time.
    BT,
}

/// A finished signature.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Append these bytes to the original and nothing else.
    pub appended: Vec<u8>,
    /// The level reached, which may be less than was wished for; see `timestamp`.
    pub level: Level,
    /// What became of the timestamp.
    pub timestamp: TimestampOutcome,
    /// Name of the field that holds the signature.
    pub field: String,
    /// The message digest that was signed, in hexadecimal.
    pub signature_digest: String,
}

impl Signed {
    /// The whole signed file. For large files write the two parts one after the other instead.
    pub fn onto(&self, original: &[u8]) -> Vec<u8> {
        [original, &self.appended].concat()
    }
}

/// Why nothing was signed. The original is as it was.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file cannot be read without guessing, so it cannot be appended to safely.
    #[error("the file cannot be signed")]
    Unreadable(#[from] PdfError),
    /// An earlier certification forbids any change (P 1).
    #[error("the document was certified and permits no further signature")]
    Certified,
    /// A certification signature must be the first one (ISO 32000-2 §12.8.2.2).
    #[error("the document is signed already, so it cannot be certified any more")]
    CertificationTooLate,
    /// An earlier signature locks the field (ISO 32000-2 §12.8.2.4).
    #[error("field {0} is locked by an earlier signature")]
    Locked(String),
    /// Usage rights, which any signature would break (ISO 32000-2 §12.8.2.3).
    #[error("the document carries usage rights that a signature would break")]
    UsageRights,
    /// The field is signed already.
    #[error("field {0} is signed already")]
    FieldSigned(String),
    /// A field of that name exists and is not for signatures.
    #[error("field {0} is not a signature field")]
    NotASignatureField(String),
    /// The name is empty or contains a full stop, which separates names of nested fields.
    #[error("a field cannot be named {0:?}")]
    FieldName(String),
    /// There is no such page.
    #[error("there is no page {0}")]
    NoSuchPage(usize),
    /// The rectangle is empty or not a number.
    #[error("the rectangle of the signature is empty")]
    EmptyRectangle,
    /// The font or image for the appearance cannot be used.
    #[error("the appearance cannot be drawn: {0}")]
    Appearance(&'static str),
    /// The key is too short or of an unknown kind (ETSI TS 119 312 §6).
    #[error("the key is too weak or of an unknown kind: RSA needs 2048 bits, curves P-256 or better")]
    WeakKey,
    /// The certificate may not sign documents (RFC 5280 §4.2.1.3).
    #[error("the certificate is not one for signing documents")]
    KeyUsage,
    /// The certificate has ended, or has not begun.
    #[error("the certificate is not valid at this time")]
    CertificateExpired,
    /// The key holder refused or failed.
    #[error("the key did not sign")]
    Signer(#[from] SignerError),
    /// The signature value does not belong to the certificate. Nothing is handed out.
    #[error("the signature value does not verify with the certificate")]
    WrongSignature,
    /// The timestamp was required and is not to be had.
    #[error("the required timestamp is missing")]
    Timestamp(#[source] TimestampError),
    /// The CMS is longer than the room in `/Contents`.
    #[error("the signature is longer than the room kept for it")]
    TooLong,
    /// The crypto library failed.
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
}

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
    let room = stamping.map(|stamping| stamping.service.reserve());
    let prepared = prepare_input(pdf, options, signer.certificates(), room, now)?;
    let signature = signer.sign(prepared.to_be_signed(), prepared.algorithm())?;
    prepared.complete(&signature, stamping)
}
