//! The one way to a verdict: page, command, report and light all come here.

use jiff::Timestamp;
use pades::verify::{Context, FileReport, verify};

use super::trust::TrustList;

/// What a verdict rests on besides the file, in a line for reports.
pub const POLICY: &str = "ETSI EN 319 102-1; certificates are not asked about revocation";

/// Judges a file by a trust list, as of a moment. A file that cannot be read
/// gets a report too.
pub fn judge(file: &[u8], trust: &TrustList, at: Timestamp) -> FileReport {
    let context = Context::new(trust.anchors(), at);
    verify(file, &context).unwrap_or_else(|unreadable| unreadable.report(file))
}
