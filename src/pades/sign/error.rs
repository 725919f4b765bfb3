//! Why nothing was signed.

use crate::cms::timestamp::TimestampError;
use crate::pdf::PdfError;
use crate::sign::external::CmsFault;
use crate::sign::seed::Constraint;
use crate::sign::signer::SignerError;

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
    /// No text field of that name is there to be filled in.
    #[error("there is no text field {0}")]
    NotATextField(String),
    /// Room for later texts is made before the first signature, not after it.
    #[error("the document is signed already, so no fields can be added")]
    SignedAlready,
    /// The name is empty or contains a full stop, which separates names of nested fields.
    #[error("a field cannot be named {0:?}")]
    FieldName(String),
    /// The field prescribes which fields are locked, and the caller something else.
    #[error("field {0} prescribes another lock")]
    FieldHasLock(String),
    /// The field's author set a condition that this signature does not meet (ISO 32000-2 Table 237).
    #[error("the field asks for something else: {0}")]
    SeedValue(Constraint),
    /// There is no signature whose level could be raised.
    #[error("the document holds no signature to extend")]
    NothingToExtend,
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
    /// The digest is too weak, or does not go with the key (ETSI TS 119 312 §5).
    #[error("the digest {0} is not one to sign with, or not with this key")]
    Digest(&'static str),
    /// The certificate may not sign documents (RFC 5280 §4.2.1.3).
    #[error("the certificate is not one for signing documents")]
    KeyUsage,
    /// The certificate has ended.
    #[error("the certificate has expired")]
    CertificateExpired,
    /// The certificate has not begun.
    #[error("the certificate is not valid yet")]
    CertificateNotYetValid,
    /// The key holder refused or failed.
    #[error("the key did not sign")]
    Signer(#[from] SignerError),
    /// The signature value does not belong to the certificate. Nothing is handed out.
    #[error("the signature value does not verify with the certificate")]
    WrongSignature,
    /// A CMS made elsewhere is not the one that belongs here. Nothing is handed out.
    #[error("the signature made elsewhere cannot be used")]
    ExternalCms(#[from] CmsFault),
    /// The timestamp was required and is not to be had.
    #[error("the required timestamp is missing")]
    Timestamp(#[source] TimestampError),
    /// The field requires a timestamp, and no service was given.
    #[error("the field requires a timestamp, and there is no service to ask")]
    TimestampRequired,
    /// The CMS is longer than the room in `/Contents`.
    #[error("the signature is longer than the room kept for it")]
    TooLong,
    /// The crypto library failed.
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
}
