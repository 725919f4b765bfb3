//! Whom the service trusts: what the settings name, and nothing else.

use std::path::{Path, PathBuf};

use pades::trust::{Anchors, AnchorsError};

use crate::config::Config;
use crate::signing::authority;

#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    #[error("the trust anchors in {path} cannot be read")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path} holds no certificate")]
    Empty { path: PathBuf, source: AnchorsError },
}

/// The anchors of the settings; a test office also trusts the test authority.
pub fn anchors(config: &Config) -> Result<Anchors, TrustError> {
    let mut anchors = Anchors::none();
    if !config.trust_file.is_empty() {
        anchors.extend(read_pem(Path::new(&config.trust_file))?);
    }
    if config.test_authority {
        anchors.extend(authority::root());
    }
    Ok(anchors)
}

/// Reads the certificates of one file.
#[expect(clippy::disallowed_methods, reason = "read once, before the service starts or by a command")]
pub fn read_pem(path: &Path) -> Result<Anchors, TrustError> {
    let bytes = std::fs::read(path).map_err(|source| TrustError::File { path: path.to_owned(), source })?;
    Anchors::from_bytes(&bytes).map_err(|source| TrustError::Empty { path: path.to_owned(), source })
}
