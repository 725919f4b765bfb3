//! Addresses of written opinion slips.

use super::SlipId;

pub fn list() -> String {
    "/slips".to_owned()
}

/// A slip, as whoever asks may see it: to answer, or to follow.
pub fn slip(slip: SlipId) -> String {
    format!("/slips/{slip}")
}

/// How each body asks in writing.
pub fn rules() -> String {
    "/slips/rules".to_owned()
}
