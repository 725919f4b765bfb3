//! Doors for the fuzz targets to readers that have no public name.

use crate::cms::content::Content;
use crate::cms::{check, signed_data, timestamp};

/// Reads `/Contents` as a signature over some bytes and as a timestamp token; says whether either held.
pub fn contents(bytes: &[u8], signed: &[u8]) -> bool {
    let Ok(trimmed) = signed_data::trim(bytes) else { return false };
    let token = timestamp::check_token_over(&trimmed.der, Content::Pieces(&[signed])).is_ok();
    let Ok(data) = signed_data::read(&trimmed.der) else { return token };
    let held = |signer| check::check(&data, signer, Content::Pieces(&[signed])).fault.is_none();
    data.signers.iter().any(held) || token
}
