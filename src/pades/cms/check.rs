//! Is the hash right, is the signature right, is the certificate the named one (RFC 5652 §5.6, RFC 5035 §5).

use crate::cms::algorithm::{DigestAlgorithm, SignatureAlgorithm};
use crate::cms::asn1::{Asn1Error, tag};
use crate::cms::attributes::{ess_hash, single};
use crate::cms::signed_data::{SignedData, SignerInfo};
use crate::cms::x509::Certificate;
use crate::cms::{Content, oid};

/// Why a signature does not hold, in the words of EN 319 102-1 §5.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The structure breaks a rule of its standard.
    Format(&'static str),
    /// The content is not what was signed.
    Hash,
    /// The signature value does not belong to these attributes and this key.
    Signature,
    /// The signer's certificate is not in the signature, or not the one it names.
    NoSigningCertificate,
    /// An algorithm this crate does not know.
    UnknownAlgorithm,
}

impl From<Asn1Error> for Fault {
    fn from(error: Asn1Error) -> Fault {
        Fault::Format(error.0)
    }
}

/// What the signature says about itself, proven or not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings {
    pub(crate) digest: Option<DigestAlgorithm>,
    pub(crate) algorithm: Option<SignatureAlgorithm>,
    /// The certificate the signer info names, found among those carried.
    pub(crate) certificate: Option<Certificate>,
    /// The certificate is bound by the signed ESS attribute.
    pub(crate) has_ess: bool,
    /// The signing-time attribute is there, which PAdES forbids.
    pub(crate) has_signing_time: bool,
    /// The first thing that does not hold.
    pub(crate) fault: Option<Fault>,
}

/// Checks one signer over detached or carried content.
pub(crate) fn check(data: &SignedData<'_>, signer: &SignerInfo<'_>, content: Content<'_>) -> Findings {
    let mut findings = Findings::default();
    if let Err(fault) = run(data, signer, content, &mut findings) {
        findings.fault = Some(fault);
    }
    findings
}

fn run(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    content: Content<'_>,
    findings: &mut Findings,
) -> Result<(), Fault> {
    let digest = DigestAlgorithm::from_oid(signer.digest).ok_or(Fault::UnknownAlgorithm)?;
    findings.digest = Some(digest);
    let algorithm = SignatureAlgorithm::read(signer.algorithm, digest)?.ok_or(Fault::UnknownAlgorithm)?;
    findings.algorithm = Some(algorithm);
    findings.has_signing_time = signer.signed.iter().any(|a| a.oid == oid::SIGNING_TIME);

    let certificate = named_certificate(data, signer).ok_or(Fault::NoSigningCertificate)?;
    findings.certificate = Some(certificate.clone());

    let attributes = signer.signed_bytes();
    match &attributes {
        Some(_) => check_attributes(data, signer, digest, content, certificate.der(), findings)?,
        // Without attributes the signature is over the content itself; only id-data may do so (RFC 5652 §5.3).
        None if data.content_type == oid::DATA => {}
        None => return Err(Fault::Format("signed attributes")),
    }
    let key = certificate.x509().public_key().map_err(|_| Fault::Signature)?;
    let holds = match (&attributes, content) {
        (Some(attributes), _) => algorithm.verify(&key, attributes, signer.signature),
        (None, Content::Pieces(pieces)) => algorithm.verify(&key, &pieces.concat(), signer.signature),
        (None, Content::Hashed(_)) => {
            // EdDSA hashes its message twice, so a digest of a file read in one pass does not serve it.
            let hash = algorithm.digest().ok_or(Fault::UnknownAlgorithm)?;
            algorithm.verify_digest(&key, &content.digest(hash), signer.signature)
        }
    };
    if holds { Ok(()) } else { Err(Fault::Signature) }
}

fn check_attributes(
    data: &SignedData<'_>,
    signer: &SignerInfo<'_>,
    digest: DigestAlgorithm,
    content: Content<'_>,
    der: &[u8],
    findings: &mut Findings,
) -> Result<(), Fault> {
    let content_type =
        single(&signer.signed, oid::CONTENT_TYPE)?.ok_or(Fault::Format("a content-type attribute"))?;
    if content_type.expect(tag::OID, "a content type")? != data.content_type {
        return Err(Fault::Format("a content-type attribute that fits"));
    }
    let claimed = single(&signer.signed, oid::MESSAGE_DIGEST)?.ok_or(Fault::Format("a message digest"))?;
    let actual = content.digest(digest);
    if actual.is_empty() || claimed.expect(tag::OCTET_STRING, "a message digest")? != actual {
        return Err(Fault::Hash);
    }
    check_protection(signer)?;
    if let Some(ess) = ess_hash(&signer.signed)? {
        // Another certificate for the same key would change who signed (substitution, RFC 5035 §1).
        if ess.algorithm.hash(&[der]) != ess.hash {
            return Err(Fault::NoSigningCertificate);
        }
        findings.has_ess = true;
    }
    Ok(())
}

/// CMSAlgorithmProtection, where present, must repeat the algorithms of the signer info (RFC 6211 §3).
fn check_protection(signer: &SignerInfo<'_>) -> Result<(), Fault> {
    let Some(value) = single(&signer.signed, oid::ALGORITHM_PROTECTION)? else { return Ok(()) };
    let mut reader = value.children();
    let digest = crate::cms::algorithm::identifier_oid(reader.next()?)?;
    let same_signature = match reader.optional(tag::context(1))? {
        Some(protected) => {
            let oid = |mut reader: crate::cms::asn1::Reader<'_>| reader.next().map(|e| e.content.to_vec());
            oid(protected.children())? == oid(signer.algorithm.children())?
        }
        None => true,
    };
    if digest == signer.digest && same_signature {
        Ok(())
    } else {
        Err(Fault::Format("the algorithms that the signer protected"))
    }
}

fn named_certificate(data: &SignedData<'_>, signer: &SignerInfo<'_>) -> Option<Certificate> {
    let mut carried = data.certificates.iter().filter_map(|der| Certificate::from_der(der));
    carried.find(|certificate| signer.id.names(certificate))
}
