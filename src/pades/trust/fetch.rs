/// Someone who asks the addresses that certificates name. This crate opens no socket.
///
/// Answers are checked like any other evidence, so the transport need not be trusted. How long to wait in all
/// is the caller's to decide: once its deadline is over, each call should fail at once. Addresses come from
/// the file under judgement, so a caller should refuse those of its own network.
pub trait Fetch {
    /// Posts a DER OCSPRequest and gives the body of the answer (RFC 6960 Appendix A.1).
    fn ocsp(&self, address: &str, request: &[u8]) -> Result<Vec<u8>, FetchError>;

    /// Gets a CRL (RFC 5280 §4.2.1.13).
    fn crl(&self, address: &str) -> Result<Vec<u8>, FetchError>;

    /// Gets the certificate of an issuer, alone or in a certs-only CMS (RFC 5280 §4.2.2.1).
    fn certificate(&self, address: &str) -> Result<Vec<u8>, FetchError>;
}

/// An address gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no answer: {0}")]
pub struct FetchError(pub String);
