//! Whom the service trusts: what the settings name, and what two
//! administrators put on the list. Nothing else.

use std::path::{Path, PathBuf};

use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::x509::X509;
use pades::trust::Anchors;
use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::signing::authority;

#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("the trust anchors in {path} cannot be read")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} holds no certificate")]
    Empty { path: PathBuf },
    #[error("the crypto library failed")]
    Crypto(#[from] ErrorStack),
}

/// Trusted certificates under a name that says which they are.
#[derive(Clone, Debug, Default)]
pub struct TrustList {
    anchors: Anchors,
    /// SHA-256 of each certificate, sorted, none twice.
    members: Vec<[u8; 32]>,
}

impl TrustList {
    pub fn new(certificates: &[X509]) -> Result<Self, ErrorStack> {
        let mut members = certificates.iter().map(sha256).collect::<Result<Vec<_>, _>>()?;
        members.sort_unstable();
        members.dedup();
        Ok(Self { anchors: certificates.iter().cloned().collect(), members })
    }

    pub fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Names the list: two lists with this in common hold the same certificates.
    ///
    /// SHA-256 over the certificates' own SHA-256 in lower-case hexadecimal, sorted, a line each, so that
    /// `sort | sha256sum` gives it too.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        for member in &self.members {
            hasher.update(hex::encode(member));
            hasher.update(b"\n");
        }
        hex::encode(hasher.finalize())
    }
}

/// SHA-256 of a certificate's DER.
pub(super) fn sha256(certificate: &X509) -> Result<[u8; 32], ErrorStack> {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(certificate.digest(MessageDigest::sha256())?.get(..32).unwrap_or(&[0; 32]));
    Ok(bytes)
}

/// The certificates of the settings; a test office also trusts the test authority.
pub fn configured(config: &Config) -> Result<Vec<X509>, TrustError> {
    let mut certificates = Vec::new();
    if !config.trust_file.is_empty() {
        certificates.extend(read_certificates(Path::new(&config.trust_file))?);
    }
    if config.test_authority {
        certificates.extend(parse_certificates(authority::ROOT));
    }
    Ok(certificates)
}

/// Reads the certificates of one file: one in DER, or any number in PEM.
#[expect(clippy::disallowed_methods, reason = "read once, before the service starts or by a command")]
pub fn read_certificates(path: &Path) -> Result<Vec<X509>, TrustError> {
    let bytes = std::fs::read(path).map_err(|source| TrustError::File { path: path.to_owned(), source })?;
    let certificates = parse_certificates(&bytes);
    if certificates.is_empty() { Err(TrustError::Empty { path: path.to_owned() }) } else { Ok(certificates) }
}

/// The certificates in a file's bytes; none if it holds something else.
pub fn parse_certificates(bytes: &[u8]) -> Vec<X509> {
    match X509::from_der(bytes) {
        Ok(one) => vec![one],
        Err(_) => X509::stack_from_pem(bytes).unwrap_or_default(),
    }
}

/// True for a certificate that a real office must never trust: its key is public.
pub(super) fn is_of_test_authority(certificate: &X509) -> bool {
    let named = |name: &openssl::x509::X509NameRef| {
        name.entries().any(|entry| authority::is_named(&String::from_utf8_lossy(entry.data().as_slice())))
    };
    let is_root = parse_certificates(authority::ROOT).iter().any(|root| {
        // Issued anew under another name, it is still the key that everyone has.
        match (root.public_key(), certificate.public_key()) {
            (Ok(known), Ok(offered)) => known.public_eq(&offered),
            _ => false,
        }
    });
    is_root || named(certificate.subject_name()) || named(certificate.issuer_name())
}

/// True for a certificate that may issue others (RFC 5280 §4.2.1.9). One that
/// may not would, as an anchor, vouch for whoever holds its key and nobody else.
pub(super) fn may_issue(certificate: &X509) -> bool {
    let Ok(der) = certificate.to_der() else { return false };
    let Ok((_, parsed)) = x509_parser::parse_x509_certificate(&der) else { return false };
    parsed.is_ca()
}

#[cfg(test)]
mod tests {
    use super::{TrustList, is_of_test_authority, parse_certificates};
    use crate::signing::authority;

    #[test]
    fn a_list_is_named_by_what_it_holds_in_whatever_order() {
        let root = parse_certificates(authority::ROOT);
        let twice: Vec<_> = root.iter().chain(&root).cloned().collect();
        let (one, two) = (TrustList::new(&root).unwrap(), TrustList::new(&twice).unwrap());
        assert_eq!(one.fingerprint(), two.fingerprint());
        assert_eq!((one.len(), two.len()), (1, 1));
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(TrustList::new(&[]).unwrap().fingerprint(), empty);
        assert_ne!(one.fingerprint(), empty);
    }

    #[test]
    fn the_test_authority_is_known() {
        assert!(parse_certificates(authority::ROOT).iter().all(is_of_test_authority));
    }

    #[test]
    fn a_person_s_certificate_is_no_root() {
        let person = include_bytes!("../../certs-dev/ocsp.cert.pem");
        assert!(parse_certificates(authority::ROOT).iter().all(super::may_issue));
        assert!(!parse_certificates(person).iter().any(super::may_issue));
    }

    #[test]
    fn a_file_without_certificates_gives_none() {
        assert!(parse_certificates(b"-----BEGIN CERTIFICATE-----\nAAAA").is_empty());
    }
}
