//! A signature beside its content: CMS over bytes that are no PDF (RFC 5652, EN 319 122-1).
//!
//! It has no trusted time and asks nobody about revocation. Who needs these signs a PDF.

use jiff::Timestamp;

use crate::cms::attributes::for_signing;
use crate::cms::build::{Parts, signed_data};
use crate::cms::certificate::{common_name, may_sign_documents, purposes_allow_signing};
use crate::cms::check::{self, Fault};
use crate::cms::signed_data::read;
use crate::cms::x509::Certificate;
use crate::cms::{Content, oid};
use crate::sign::{RsaPadding, SignError, Signer, algorithm_for, digest_of};
use crate::trust::{Anchors, ChainFault, Moment, Purpose, chain};

/// Signs bytes; gives the CMS, without the bytes in it.
pub fn sign(content: &[u8], signer: &dyn Signer) -> Result<Vec<u8>, SignError> {
    let certificates: Vec<Vec<u8>> =
        signer.certificates().iter().map(|one| one.to_der()).collect::<Result<_, _>>()?;
    let own = signer.certificates().first().ok_or(SignError::WrongSignature)?;
    let der = certificates.first().ok_or(SignError::WrongSignature)?;
    let key = own.public_key()?;
    let algorithm = algorithm_for(&key, None, RsaPadding::Pkcs1)?;
    let digest = digest_of(algorithm);
    let attributes = for_signing(oid::DATA, &digest.hash(&[content]), digest, &algorithm, der);
    let signature = signer.sign(&attributes, algorithm)?;
    // A key that belongs to another certificate must not become a signature.
    if !algorithm.verify(&key, &attributes, &signature) {
        return Err(SignError::WrongSignature);
    }
    let parts = Parts {
        content_type: oid::DATA,
        content: None,
        certificates: &certificates,
        digest,
        algorithm,
        attributes: &attributes,
        signature: &signature,
        timestamp: None,
    };
    signed_data(&parts).ok_or(SignError::WeakKey)
}

/// Whether the signer's certificate leads to an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// It does, and every certificate was valid at the time asked about.
    Anchored,
    /// No way leads to an anchor.
    Unknown,
    /// A certificate was not valid at that time.
    OutOfBounds,
    /// A certificate may not do what it does here.
    Unfit,
}

/// A signature that holds over the content; whom to believe is another matter.
#[derive(Debug, Clone)]
pub struct Signed {
    /// DER of the signer's certificate.
    pub certificate: Vec<u8>,
    /// The common name in it, safe to show.
    pub common_name: String,
    /// Whether it leads to an anchor.
    pub trust: Trust,
}

/// Why there is no signature over the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Not a SignedData with one signer and detached content.
    #[error("it is malformed")]
    Malformed,
    /// It signs other bytes.
    #[error("it signs other bytes")]
    OtherContent,
    /// Its signature does not hold, or its algorithms are too weak to hold anything.
    #[error("its signature does not hold")]
    Signature,
    /// The certificate is missing, or not the one that is bound.
    #[error("the signer's certificate is missing or another one")]
    Certificate,
}

/// Checks a CMS over bytes, and its signer's chain at a time.
pub fn verify(content: &[u8], cms: &[u8], anchors: &Anchors, at: Timestamp) -> Result<Signed, Broken> {
    let data = read(cms).map_err(|_| Broken::Malformed)?;
    let [signer] = data.signers.as_slice() else { return Err(Broken::Malformed) };
    if data.content.is_some() || data.content_type != oid::DATA {
        return Err(Broken::Malformed);
    }
    let findings = check::check(&data, signer, Content::Pieces(&[content]));
    match findings.fault {
        None => {}
        Some(Fault::Hash) => return Err(Broken::OtherContent),
        Some(Fault::Signature | Fault::UnknownAlgorithm) => return Err(Broken::Signature),
        Some(Fault::NoSigningCertificate) => return Err(Broken::Certificate),
        Some(Fault::Format(_)) => return Err(Broken::Malformed),
    }
    let is_reliable = findings.digest.is_some_and(|digest| digest.is_reliable())
        && findings.algorithm.is_some_and(|algorithm| algorithm.is_reliable());
    if !is_reliable {
        return Err(Broken::Signature);
    }
    let certificate = findings.certificate.ok_or(Broken::Certificate)?;
    let others: Vec<Certificate> =
        data.certificates.iter().filter_map(|der| Certificate::from_der(der)).collect();
    Ok(Signed {
        common_name: common_name(certificate.x509().subject_name()).unwrap_or_default(),
        trust: trust(&certificate, &others, anchors, at),
        certificate: certificate.der().to_vec(),
    })
}

fn trust(certificate: &Certificate, others: &[Certificate], anchors: &Anchors, at: Timestamp) -> Trust {
    if !may_sign_documents(certificate.der()) || !purposes_allow_signing(certificate.der()) {
        return Trust::Unfit;
    }
    match chain(certificate, others, anchors, Moment::At(at), Purpose::Signing) {
        Ok(_) => Trust::Anchored,
        Err(ChainFault::NoChain | ChainFault::General) => Trust::Unknown,
        Err(ChainFault::OutOfBounds) => Trust::OutOfBounds,
        Err(ChainFault::Constraints) => Trust::Unfit,
    }
}
