//! The two halves of signing, around a key that may be elsewhere.

use jiff::Timestamp;
use openssl::pkey::{PKey, Public};
use openssl::x509::X509;

use crate::cms::attributes::SignedAttributes;
use crate::cms::build::{Parts, signed_data};
use crate::cms::timestamp::TimestampError;
use crate::cms::x509::Certificate;
use crate::cms::{Content, DigestAlgorithm, SignatureAlgorithm, oid};
use crate::pdf::{Input, Pdf, Source};
use crate::sign::external::{self, Expected};
use crate::sign::layout::{Layout, fill, lay_out};
use crate::sign::options::{Request, SignatureFormat};
use crate::sign::outcome::{AppendedRevision, RevisionKind};
use crate::sign::plan::{check_certificate, plan};
use crate::sign::signer::{algorithm_for, digest_of};
use crate::sign::{Level, SignError, SignOptions, Signed, Stamping, TimestampOutcome};

/// Room for what a dry run cannot know: length bytes that grow, an ECDSA value of another length.
const SLACK: usize = 128;

/// A signature that lacks only its value. It may be kept while the key holder signs elsewhere.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Prepared {
    #[serde(with = "hex::serde")]
    appended: Vec<u8>,
    /// Where the hexadecimal digits of `/Contents` begin in `appended`, and how many bytes they hold.
    hole: (usize, usize),
    #[serde(with = "hex::serde")]
    attributes: Vec<u8>,
    certificates: Vec<String>,
    algorithm: SignatureAlgorithm,
    field: String,
    digest_hex: String,
    /// The field's author insists on a timestamp.
    #[serde(default)]
    timestamp_required: bool,
    /// PAdES, or the older form that has its time in the attributes.
    #[serde(default = "yes")]
    is_pades: bool,
    /// The signer's public key, while it is still at hand: reading it costs a fifth of a signature.
    #[serde(skip)]
    key: Option<PKey<Public>>,
}

fn yes() -> bool {
    true
}

/// Lays out the update and computes what is to be signed.
///
/// `timestamp_room` is the room for a token, if one is wanted; see [`crate::TimestampService::reserve`].
pub fn prepare(
    pdf: &[u8],
    options: &SignOptions,
    certificates: &[X509],
    timestamp_room: Option<usize>,
    now: Timestamp,
) -> Result<Prepared, SignError> {
    prepare_input(Input::held(pdf), &Request { options, certificates, timestamp_room, now })
}

/// [`prepare`] for a file that is read in pieces.
pub fn prepare_source(
    source: &dyn Source,
    options: &SignOptions,
    certificates: &[X509],
    timestamp_room: Option<usize>,
    now: Timestamp,
) -> Result<Prepared, SignError> {
    prepare_input(Input::fetched(source), &Request { options, certificates, timestamp_room, now })
}

pub(super) fn prepare_input(pdf: Input<'_>, request: &Request<'_>) -> Result<Prepared, SignError> {
    let Request { options, certificates, timestamp_room, now } = *request;
    let signer = certificates.first().ok_or(SignError::KeyUsage)?;
    check_certificate(signer, now)?;
    let mut file = Pdf::read(pdf)?;
    file.authenticate(options.password.as_ref())?;
    let plan = plan(&file, request)?;
    let key = signer.public_key()?;
    let algorithm = algorithm_for(&key, plan.digest, options.rsa_padding)?;
    let certificates: Vec<Vec<u8>> = certificates.iter().map(|c| c.to_der()).collect::<Result<_, _>>()?;
    let is_pades = plan.format == SignatureFormat::Cades;
    let signing_time = (!is_pades).then_some(now);
    let dry = dry_run(&certificates, algorithm, key.size(), signing_time).ok_or(SignError::KeyUsage)?;
    let reserved = (dry + timestamp_room.unwrap_or(0)).max(options.contents_room.unwrap_or(0));
    let layout = Layout::new(file.length(), lay_out(&file, request, &plan, reserved)?, reserved)?;
    let digest_algorithm = digest_of(algorithm);
    let digest = layout.digest(file.input(), digest_algorithm)?;
    let attributes = SignedAttributes {
        content_type: oid::DATA,
        digest: &digest,
        digest_algorithm,
        signature: algorithm,
        certificate_der: certificates.first().ok_or(SignError::KeyUsage)?,
        signing_time,
    };
    Ok(Prepared {
        hole: layout.hole,
        appended: layout.appended,
        attributes: attributes.encode(),
        certificates: certificates.iter().map(hex::encode).collect(),
        algorithm,
        field: plan.slot.name().to_owned(),
        digest_hex: hex::encode(digest),
        timestamp_required: plan.timestamp_required,
        is_pades,
        key: Some(key),
    })
}

impl Prepared {
    /// The bytes the key signs: the DER of the signed attributes. They bind the document by its digest.
    pub fn to_be_signed(&self) -> &[u8] {
        &self.attributes
    }

    /// The algorithm the key must use.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The digest over the document, in hexadecimal, for the record of who agreed to sign what.
    pub fn document_digest(&self) -> &str {
        &self.digest_hex
    }

    /// The algorithm of [`document_digest`](Self::document_digest), for one who makes the whole CMS.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        digest_of(self.algorithm)
    }

    /// Puts the signature value in, and a timestamp over it if one is wanted.
    ///
    /// The value is checked with the certificate first: a token that signed something else, or a wrong key,
    /// must not become a file.
    pub fn complete(&self, signature: &[u8], stamping: Option<&Stamping<'_>>) -> Result<Signed, SignError> {
        let certificates = self.certificates()?;
        let first = certificates.first().ok_or(SignError::WrongSignature)?;
        let key = match &self.key {
            Some(key) => key.clone(),
            None => Certificate::from_der(first).ok_or(SignError::WrongSignature)?.x509().public_key()?,
        };
        if !self.algorithm.verify(&key, &self.attributes, signature) {
            return Err(SignError::WrongSignature);
        }
        let mut parts = Parts {
            content_type: oid::DATA,
            content: None,
            certificates: &certificates,
            digest: digest_of(self.algorithm),
            algorithm: self.algorithm,
            attributes: &self.attributes,
            signature,
            timestamp: None,
        };
        let stamped = stamping.map(|stamping| self.stamp(&parts, stamping)).transpose()?;
        let (token, outcome) = stamped.unwrap_or((None, TimestampOutcome::NotRequested));
        parts.timestamp = token.as_deref();
        let cms = signed_data(&parts).ok_or(SignError::WeakKey)?;
        self.finish(&cms, outcome)
    }

    /// Puts a whole CMS in that was made elsewhere, as signing applications and remote services give it.
    ///
    /// It must sign this document's digest, with the certificate that was announced, and its signature must
    /// hold. A timestamp that is inside already is checked too.
    pub fn complete_with_cms(&self, cms: &[u8]) -> Result<Signed, SignError> {
        let certificates = self.certificates()?;
        let digest = hex::decode(&self.digest_hex).map_err(|_| SignError::WrongSignature)?;
        let expected = Expected {
            algorithm: digest_of(self.algorithm),
            digest: &digest,
            certificate: certificates.first().ok_or(SignError::WrongSignature)?,
            may_have_signing_time: !self.is_pades,
        };
        let checked = external::check(cms, &expected)?;
        self.finish(&checked.der, checked.timestamp)
    }

    fn certificates(&self) -> Result<Vec<Vec<u8>>, SignError> {
        let decoded = self.certificates.iter().map(hex::decode).collect::<Result<_, _>>();
        decoded.map_err(|_| SignError::WrongSignature)
    }

    fn finish(&self, cms: &[u8], timestamp: TimestampOutcome) -> Result<Signed, SignError> {
        let is_stamped = matches!(timestamp, TimestampOutcome::Present(_));
        if self.timestamp_required && !is_stamped {
            return Err(match timestamp {
                TimestampOutcome::Missing(reason) => SignError::Timestamp(reason),
                _ => SignError::TimestampRequired,
            });
        }
        let appended = fill(&self.appended, self.hole, cms)?;
        Ok(Signed {
            revisions: vec![AppendedRevision { kind: RevisionKind::Signature, length: appended.len() }],
            appended,
            level: if is_stamped { Level::BT } else { Level::BB },
            timestamp,
            missing: Vec::new(),
            field: self.field.clone(),
            signature_digest: self.digest_hex.clone(),
        })
    }

    /// A token that fits, or the honest reason why there is none.
    fn stamp(
        &self,
        parts: &Parts<'_>,
        stamping: &Stamping<'_>,
    ) -> Result<(Option<Vec<u8>>, TimestampOutcome), SignError> {
        let obtained = stamping
            .obtain(DigestAlgorithm::Sha256, Content::Pieces(&[parts.signature]))
            .and_then(|(token, time)| {
                let with_token = Parts { timestamp: Some(&token), ..*parts };
                let length = signed_data(&with_token).map_or(usize::MAX, |cms| cms.len());
                if length > self.hole.1 { Err(TimestampError::TooLong) } else { Ok((token, time)) }
            });
        match obtained {
            Ok((token, time)) => Ok((Some(token), TimestampOutcome::Present(time))),
            Err(reason) if stamping.required => Err(SignError::Timestamp(reason)),
            Err(reason) => Ok((None, TimestampOutcome::Missing(reason))),
        }
    }
}

/// Bytes of a CMS with a signature of full length, without timestamp.
fn dry_run(
    certificates: &[Vec<u8>],
    algorithm: SignatureAlgorithm,
    signature_length: usize,
    signing_time: Option<Timestamp>,
) -> Option<usize> {
    let first = certificates.first()?;
    let digest = digest_of(algorithm);
    let attributes = SignedAttributes {
        content_type: oid::DATA,
        digest: &digest.hash(&[]),
        digest_algorithm: digest,
        signature: algorithm,
        certificate_der: first,
        signing_time,
    };
    let parts = Parts {
        content_type: oid::DATA,
        content: None,
        certificates,
        digest,
        algorithm,
        attributes: &attributes.encode(),
        signature: &vec![0xFF; signature_length],
        timestamp: None,
    };
    Some(signed_data(&parts)?.len() + SLACK)
}
