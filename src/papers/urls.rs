//! Addresses of papers.

use super::VersionId;

/// The page a version is read on.
pub fn reader(version: VersionId) -> String {
    format!("/papers/{version}")
}

/// What the signatures of the file came to.
pub fn verdict(version: VersionId) -> String {
    format!("/papers/{version}/verdict")
}

/// The exact bytes.
pub fn file(version: VersionId) -> String {
    format!("/papers/{version}/file")
}

/// The picture of a page, about `width` pixels wide.
pub fn page_image(version: VersionId, page: i64, width: u32) -> String {
    format!("/papers/{version}/pages/{page}?w={width}")
}

/// The words of pages, with their places.
pub fn text(version: VersionId) -> String {
    format!("/papers/{version}/text")
}

pub fn search(version: VersionId) -> String {
    format!("/papers/{version}/search")
}

/// The address of a page's picture with `{w}` where a script puts the width.
pub fn page_image_template(version: VersionId, page: i64) -> String {
    format!("/papers/{version}/pages/{page}?w={{w}}")
}
