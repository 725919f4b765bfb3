use std::fmt;

use openssl::x509::X509;

/// The certificates a caller trusts. Nothing else is ever trusted: this crate knows no system store.
#[derive(Clone, Default)]
pub struct Anchors {
    certificates: Vec<X509>,
}

/// A file of trust anchors cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorsError {
    /// Neither PEM nor DER.
    #[error("the file holds no certificate in PEM or DER form")]
    Unreadable,
}

impl Anchors {
    /// No anchors: no signer will be trusted.
    pub fn none() -> Anchors {
        Anchors::default()
    }

    /// Reads one DER certificate or any number of PEM ones.
    pub fn from_bytes(bytes: &[u8]) -> Result<Anchors, AnchorsError> {
        if let Ok(one) = X509::from_der(bytes) {
            return Ok(Anchors { certificates: vec![one] });
        }
        match X509::stack_from_pem(bytes) {
            Ok(certificates) if !certificates.is_empty() => Ok(Anchors { certificates }),
            _ => Err(AnchorsError::Unreadable),
        }
    }

    /// Adds the anchors of another set.
    pub fn extend(&mut self, other: Anchors) {
        self.certificates.extend(other.certificates);
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    pub(crate) fn certificates(&self) -> &[X509] {
        &self.certificates
    }
}

impl FromIterator<X509> for Anchors {
    fn from_iter<I: IntoIterator<Item = X509>>(certificates: I) -> Anchors {
        Anchors { certificates: certificates.into_iter().collect() }
    }
}

impl fmt::Debug for Anchors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Anchors({} certificates)", self.certificates.len())
    }
}
