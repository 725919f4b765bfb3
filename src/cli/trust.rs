//! Whom a command trusts: what the settings name, and the files the person names.

use std::path::{Path, PathBuf};

use openssl::x509::X509;

use super::words;
use crate::config::Config;
use crate::verify::{TrustList, configured, read_certificates};

/// The roots that `settings` name, if they count, and those in files and folders of files.
pub(super) fn list(settings: Option<&Config>, paths: &[PathBuf]) -> Result<TrustList, String> {
    let mut certificates: Vec<X509> = Vec::new();
    if let Some(config) = settings {
        certificates.extend(configured(config).map_err(|error| words(&error))?);
    }
    for path in paths {
        for file in certificate_files(path)? {
            certificates.extend(read_certificates(&file).map_err(|error| words(&error))?);
        }
    }
    TrustList::new(&certificates).map_err(|error| words(&error))
}

/// The file itself, or the certificate files of a folder.
fn certificate_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(failed)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("pem" | "crt" | "cer" | "der")) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(format!("{}: the folder holds no .pem, .crt, .cer or .der file", path.display()));
    }
    files.sort();
    Ok(files)
}
