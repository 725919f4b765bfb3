//! The two halves of signing, around a key that may be elsewhere.

use jiff::Timestamp;
use openssl::hash::Hasher;
use openssl::x509::X509;

use crate::cms::attributes::for_signing;
use crate::cms::build::{Parts, signed_data};
use crate::cms::certificate::may_sign_documents;
use crate::cms::timestamp::{self, TimestampError};
use crate::cms::{Content, DigestAlgorithm, SignatureAlgorithm, oid};
use crate::embed::fields;
use crate::pdf::{Appended, Dict, Input, Pdf, SignatureBody, Source, Update, pages};
use crate::sign::acroform::{Slot, merged_widget, register, slot};
use crate::sign::signer::{algorithm_for, digest_of};
use crate::sign::{
    Level, SignError, SignOptions, Signed, Stamping, TimestampOutcome, appearance, dictionary, permissions,
    structure_tree, widget,
};

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
    prepare_input(Input::held(pdf), options, certificates, timestamp_room, now)
}

/// [`prepare`] for a file that is read in pieces.
pub fn prepare_source(
    source: &dyn Source,
    options: &SignOptions,
    certificates: &[X509],
    timestamp_room: Option<usize>,
    now: Timestamp,
) -> Result<Prepared, SignError> {
    prepare_input(Input::fetched(source), options, certificates, timestamp_room, now)
}

pub(super) fn prepare_input(
    pdf: Input<'_>,
    options: &SignOptions,
    certificates: &[X509],
    timestamp_room: Option<usize>,
    now: Timestamp,
) -> Result<Prepared, SignError> {
    let signer = certificates.first().ok_or(SignError::KeyUsage)?;
    check_certificate(signer, now)?;
    let algorithm = algorithm_for(signer.public_key()?.as_ref())?;
    let certificates: Vec<Vec<u8>> = certificates.iter().map(|c| c.to_der()).collect::<Result<_, _>>()?;

    let mut file = Pdf::read(pdf)?;
    file.authenticate(options.password.as_ref())?;
    let dict = dictionary::signature(options, now);
    let reserved =
        reserve(&certificates, algorithm, timestamp_room.unwrap_or(0)).ok_or(SignError::KeyUsage)?;
    let (appended, field) = lay_out(&file, options, SignatureBody { dict, reserved }, now)?;
    let layout = Layout::new(file.length(), appended, reserved)?;
    let digest = layout.digest(file.input(), digest_of(algorithm))?;
    let first = certificates.first().ok_or(SignError::KeyUsage)?;
    let attributes = for_signing(oid::DATA, &digest, digest_of(algorithm), &algorithm, first);
    Ok(Prepared {
        hole: layout.hole,
        appended: layout.appended,
        attributes,
        certificates: certificates.iter().map(hex::encode).collect(),
        algorithm,
        field,
        digest_hex: hex::encode(digest),
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

    /// Puts the signature value in, and a timestamp over it if one is wanted.
    ///
    /// The value is checked with the certificate first: a token that signed something else, or a wrong key,
    /// must not become a file.
    pub fn complete(&self, signature: &[u8], stamping: Option<&Stamping<'_>>) -> Result<Signed, SignError> {
        let certificates: Vec<Vec<u8>> = self
            .certificates
            .iter()
            .map(hex::decode)
            .collect::<Result<_, _>>()
            .map_err(|_| SignError::WrongSignature)?;
        let first = certificates.first().ok_or(SignError::WrongSignature)?;
        let key = X509::from_der(first)?.public_key()?;
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
        Ok(Signed {
            appended: fill(&self.appended, self.hole, &cms)?,
            level: if token.is_some() { Level::BT } else { Level::BB },
            timestamp: outcome,
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

impl Stamping<'_> {
    /// Asks for a token over some bytes and checks it before anyone uses it.
    pub(crate) fn obtain(
        &self,
        digest: DigestAlgorithm,
        stamped: Content<'_>,
    ) -> Result<(Vec<u8>, Timestamp), TimestampError> {
        let request = timestamp::request(digest, &stamped.digest(digest), &self.nonce);
        let token = timestamp::token_of(&self.service.timestamp(&request)?)?;
        let checked = timestamp::check_token_over(&token, stamped)?;
        if !timestamp::answers(&checked, &self.nonce) {
            return Err(TimestampError::Nonce);
        }
        if let Some(anchors) = self.anchors {
            let purpose = crate::trust::Purpose::Timestamping;
            let moment = crate::trust::Moment::At(checked.time);
            crate::trust::chain(&checked.certificate, &checked.certificates, anchors, moment, purpose)
                .map_err(|fault| TimestampError::Untrusted(format!("{fault:?}")))?;
        }
        Ok((token, checked.time))
    }
}

/// Refuses a certificate that a verifier would refuse.
fn check_certificate(certificate: &X509, now: Timestamp) -> Result<(), SignError> {
    if !may_sign_documents(&certificate.to_der()?) {
        return Err(SignError::KeyUsage);
    }
    let now = openssl::asn1::Asn1Time::from_unix(now.as_second())?;
    if certificate.not_before() > now || certificate.not_after() < now {
        return Err(SignError::CertificateExpired);
    }
    Ok(())
}

/// Bytes to keep free for the CMS, measured by a dry run with a signature of full length.
fn reserve(certificates: &[Vec<u8>], algorithm: SignatureAlgorithm, token: usize) -> Option<usize> {
    let key = X509::from_der(certificates.first()?).ok()?.public_key().ok()?;
    let signature = vec![0xFF; key.size()];
    let digest = digest_of(algorithm);
    let hash = digest.hash(&[]);
    let attributes = for_signing(oid::DATA, &hash, digest, &algorithm, certificates.first()?);
    let parts = Parts {
        content_type: oid::DATA,
        content: None,
        certificates,
        digest,
        algorithm,
        attributes: &attributes,
        signature: &signature,
        timestamp: None,
    };
    Some(signed_data(&parts)?.len() + token + SLACK)
}

/// The update with everything but the signature value.
fn lay_out(
    file: &Pdf<'_>,
    options: &SignOptions,
    body: SignatureBody,
    now: Timestamp,
) -> Result<(Appended, String), SignError> {
    let known = fields(file)?;
    let slot = slot(&known, options.field.as_deref())?;
    permissions::check(file, &known, slot.name(), options.certify.is_some())?;
    let mut update = Update::new(file);
    let signature = update.add_signature(body);
    let certifies = options.certify.map(|_| signature);
    match &slot {
        Slot::Existing(field) => {
            appearance::fill_existing(&mut update, file, field, signature, options.appearance.as_ref())?;
            register(&mut update, file, None, certifies)?;
        }
        Slot::New(name) => {
            let all = pages(file)?;
            let number = options.appearance.as_ref().map_or(1, |a| a.page);
            let page = number.checked_sub(1).and_then(|i| all.get(i)).ok_or(SignError::NoSuchPage(number))?;
            let drawn = appearance::draw_new(&mut update, file, page, options.appearance.as_ref())?;
            let dict: Dict = merged_widget(name, page.reference, drawn.rectangle, signature, drawn.form);
            let field = update.add(dict);
            widget::attach(&mut update, file, page, field)?;
            structure_tree::tag_widget(&mut update, file, &known, page, field)?;
            register(&mut update, file, Some(field), certifies)?;
        }
    }
    let salt = [now.as_nanosecond().to_be_bytes().as_slice(), slot.name().as_bytes()].concat();
    Ok((update.finish(&salt)?, slot.name().to_owned()))
}

/// An update with its one open place.
pub(crate) struct Layout {
    pub(crate) appended: Vec<u8>,
    /// Start of the digits within `appended`, and the bytes they can hold.
    pub(crate) hole: (usize, usize),
    /// Offsets around `/Contents` in the whole file.
    contents: (usize, usize),
    base: usize,
}

impl Layout {
    pub(crate) fn new(base: usize, appended: Appended, reserved: usize) -> Result<Layout, SignError> {
        let contents = appended.contents.ok_or(SignError::TooLong)?;
        let start = contents.0.saturating_sub(base) + 1;
        Ok(Layout { hole: (start, reserved), appended: appended.bytes, contents, base })
    }

    /// The digest of what `/ByteRange` names: the file and the update but for the token of `/Contents`.
    pub(crate) fn digest(&self, pdf: &Input<'_>, algorithm: DigestAlgorithm) -> Result<Vec<u8>, SignError> {
        let before = self.appended.get(..self.contents.0 - self.base).unwrap_or_default();
        let after = self.appended.get(self.contents.1 - self.base..).unwrap_or_default();
        let mut hasher = Hasher::new(algorithm.openssl())?;
        let mut result = Ok(());
        pdf.visit(0..self.base, &mut |_, piece| {
            result = hasher.update(piece);
            result.is_ok()
        })?;
        result?;
        hasher.update(before)?;
        hasher.update(after)?;
        Ok(hasher.finish()?.to_vec())
    }
}

/// Writes a CMS into the open place; what is left of it stays zeros (ISO 32000-2 §12.8.3.3).
pub(crate) fn fill(
    appended: &[u8],
    (start, reserved): (usize, usize),
    cms: &[u8],
) -> Result<Vec<u8>, SignError> {
    if cms.len() > reserved {
        return Err(SignError::TooLong);
    }
    let digits = hex::encode(cms);
    let mut filled = appended.to_vec();
    let place = filled.get_mut(start..start + digits.len()).ok_or(SignError::TooLong)?;
    place.copy_from_slice(digits.as_bytes());
    Ok(filled)
}
