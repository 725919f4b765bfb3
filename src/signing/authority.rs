//! The built-in test authority: real structures, worthless trust.
//!
//! Its private keys are public. It exists so that a demonstration or test
//! office can sign and stamp; an office with `test_authority = false` neither
//! trusts it nor lets its keys sign.

use openssl::error::ErrorStack;
use pades::authority::{Authority, TestTimestampAuthority};
use pades::trust::Anchors;

/// Its root, as PEM; only a test office trusts it.
pub const ROOT: &[u8] = include_bytes!("../../certs-dev/root.cert.pem");
const ISSUER: &[u8] = include_bytes!("../../certs-dev/sub-ca.cert.pem");
const ISSUER_KEY: &[u8] = include_bytes!("../../certs-dev/sub-ca.key.pem");
const STAMPER: &[u8] = include_bytes!("../../certs-dev/tsa.cert.pem");
const STAMPER_KEY: &[u8] = include_bytes!("../../certs-dev/tsa.key.pem");
/// Stands in the name of each of its certificates.
const MARK: &str = "TEST - khong co gia tri phap ly";

/// The anchor that only a test office trusts.
pub fn root() -> Anchors {
    // The file is compiled in; a test reads it.
    Anchors::from_bytes(ROOT).unwrap_or_default()
}

/// Issues certificates for the people of a test office.
pub fn issuer() -> Result<Authority, ErrorStack> {
    Authority::from_pem(ISSUER, ISSUER_KEY, &[])
}

/// Answers timestamp requests.
pub(super) fn stamper() -> Result<TestTimestampAuthority, ErrorStack> {
    TestTimestampAuthority::from_pem(STAMPER, STAMPER_KEY, &[])
}

/// Says an issuer's name that it is this authority? Only to warn a reader,
/// never to trust: a name proves nothing.
pub fn is_named(issuer: &str) -> bool {
    issuer.contains(MARK)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_compiled_in_files_are_readable() {
        assert!(!super::root().is_empty());
        super::issuer().unwrap();
        super::stamper().unwrap();
    }
}
