//! What the caller may wish for.

use jiff::Timestamp;

use crate::cms::DigestAlgorithm;
use crate::cms::timestamp::TimestampService;
use crate::embed::FieldLock;
use crate::pdf::Password;
use crate::sign::appearance::Appearance;
use crate::sign::notes::Note;
use crate::sign::signer::RsaPadding;
use crate::trust::Anchors;

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
    /// Texts that are written in the same revision, such as number and date.
    pub notes: Vec<Note>,
    /// SHA-256, SHA-384 or SHA-512; `None` takes what goes with the key.
    pub digest: Option<DigestAlgorithm>,
    /// How an RSA key signs.
    pub rsa_padding: RsaPadding,
    /// `/SubFilter`; `None` takes PAdES, unless the field asks for something else.
    pub format: Option<SignatureFormat>,
    /// Fields that this signature locks (ISO 32000-2 §12.8.2.4).
    pub lock: Option<FieldLock>,
    /// What a certifier says of content that may show differently (ISO 32000-2 §12.8.7).
    pub legal_attestation: Option<String>,
    /// The caller will add validation data in a further revision, as some fields demand (`/AddRevInfo`).
    pub adds_validation_data: bool,
    /// Least room for the CMS in bytes, for one that is made elsewhere and may be longer than ours.
    pub contents_room: Option<usize>,
}

/// The form of a signature (ISO 32000-2 §12.8.3.3, §12.8.3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureFormat {
    /// `ETSI.CAdES.detached`: PAdES.
    #[default]
    Cades,
    /// `adbe.pkcs7.detached`, for old readers; it reaches no PAdES level.
    Pkcs7,
}

impl SignatureFormat {
    /// The value of `/SubFilter`.
    pub fn sub_filter(self) -> &'static str {
        match self {
            SignatureFormat::Cades => "ETSI.CAdES.detached",
            SignatureFormat::Pkcs7 => "adbe.pkcs7.detached",
        }
    }
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

    /// The permission that a value of `/P` names.
    pub(crate) fn from_number(number: i64) -> Option<Permission> {
        match number {
            1 => Some(Permission::Nothing),
            2 => Some(Permission::Forms),
            3 => Some(Permission::Annotations),
            _ => None,
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

/// Who signs, and when, as far as laying out needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) options: &'a SignOptions,
    /// Signer first.
    pub(crate) certificates: &'a [openssl::x509::X509],
    /// Room for a timestamp token, if one is wanted.
    pub(crate) timestamp_room: Option<usize>,
    pub(crate) now: Timestamp,
}
