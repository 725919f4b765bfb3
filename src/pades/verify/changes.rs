//! What was appended after a signature.
//!
//! Nothing is explained yet by a rule, so everything appended needs a person's eye.

use crate::pdf::{Pdf, Revision};
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{ChangesAfter, SignatureReport};

/// Sets `changes_after` of every signature.
pub(crate) fn weigh<'r>(
    _pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &[Found],
    reports: impl Iterator<Item = &'r mut SignatureReport>,
) {
    for (found, report) in found.iter().zip(reports) {
        if found.revision + 1 < revisions.len() {
            report.changes_after = ChangesAfter::Unexplained;
            report.messages.push(Message::new("changes-unjudged"));
        }
    }
}
