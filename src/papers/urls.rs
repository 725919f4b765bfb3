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

/// A copy with the reader's name and the time on every page.
pub fn reading_copy(version: VersionId) -> String {
    format!("/papers/{version}/copy")
}

/// What may be taken away, and what each is good for.
pub fn downloads(version: VersionId) -> String {
    format!("/papers/{version}/downloads")
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

/// What the reader's script keeps of the person's own annotations.
pub fn annotations(version: VersionId) -> String {
    format!("/papers/{version}/annotations")
}

/// One's notes on a paper as a page.
pub fn notes(version: VersionId) -> String {
    format!("/papers/{version}/notes")
}
