//! Addresses of annotations.

use super::AnnotationId;
use crate::papers::VersionId;

pub use crate::papers::urls::{annotations, notes};

/// Taking one away, without scripts.
pub fn removal(version: VersionId, annotation: AnnotationId) -> String {
    format!("/papers/{version}/notes/{annotation}/removal")
}
