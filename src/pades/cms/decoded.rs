//! Certificates that were decoded before.
//!
//! Most of what judging a small file costs is OpenSSL decoding the same few certificates and keys again: an
//! office sees the certificates of its members and of its authorities every day.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use openssl::x509::X509;

/// How many certificates are kept, some kilobytes each.
const CAPACITY: usize = 256;

/// Decodes a certificate, or gives the one decoded from the same bytes before.
///
/// The key is the SHA-256 of all bytes, so nothing but the time it takes depends on what was seen before.
pub(crate) fn decoded(der: &[u8], fingerprint: [u8; 32]) -> Option<X509> {
    static KNOWN: OnceLock<Mutex<HashMap<[u8; 32], X509>>> = OnceLock::new();
    let known = KNOWN.get_or_init(Mutex::default);
    if let Some(x509) = known.lock().unwrap_or_else(PoisonError::into_inner).get(&fingerprint) {
        return Some(x509.clone());
    }
    let x509 = X509::from_der(der).ok()?;
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    // Whoever floods it with certificates of their own costs others some time and nothing else.
    if known.len() >= CAPACITY {
        known.clear();
    }
    known.insert(fingerprint, x509.clone());
    Some(x509)
}
