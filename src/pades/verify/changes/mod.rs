//! What was appended after a signature, and whether the signatures before it permit that.
//!
//! ISO 32000-2 §12.8.2.2 names what a certification permits; how to recognise it in the bytes is nowhere
//! standardised, so here is our list. Each revision is compared once with the one before it, and each change
//! needs a rule that explains it. What no rule explains is `unexplained`; no default lets anything pass.
//!
//! | file | explains |
//! |---|---|
//! | `catalog` | trailer, catalog, metadata, validation data |
//! | `form` | the form, new fields |
//! | `field` | values and appearances of fields that were there |
//! | `page` | pages and their annotations |
//! | `tags` | the structure tree |
//! | `gaps` | bytes that no cross-reference reaches |

mod catalog;
mod comparison;
mod field;
mod form;
mod gaps;
mod holders;
mod page;
mod tags;

use crate::embed::{FieldLock, locks};
use crate::pdf::{Closing, Pdf, PdfError, Revision};
use crate::verify::changes::comparison::Comparison;
use crate::verify::changes::holders::Holders;
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{ChangesAfter, SignatureReport};

/// One change that a rule recognised, before permissions are weighed.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The rule's code, which is the message's code.
    pub(crate) code: &'static str,
    pub(crate) effect: ChangesAfter,
    pub(crate) page: Option<usize>,
    pub(crate) field: Option<String>,
    pub(crate) detail: Option<String>,
    /// It puts something new before the reader's eyes.
    pub(crate) is_visible: bool,
}

impl Change {
    pub(crate) fn new(code: &'static str, effect: ChangesAfter) -> Change {
        Change { code, effect, page: None, field: None, detail: None, is_visible: false }
    }

    pub(crate) fn on_page(self, page: Option<usize>) -> Change {
        Change { page, ..self }
    }

    pub(crate) fn in_field(self, field: &str) -> Change {
        Change { field: Some(field.to_owned()), ..self }
    }

    pub(crate) fn about(self, detail: impl Into<String>) -> Change {
        Change { detail: Some(detail.into()), ..self }
    }

    pub(crate) fn visible(self, is_visible: bool) -> Change {
        Change { is_visible, ..self }
    }

    fn message(&self, code: &str) -> Message {
        let mut message = match &self.detail {
            Some(detail) => Message::about(code, detail),
            None => Message::new(code),
        };
        message.page = self.page;
        message.field = self.field.clone();
        message
    }
}

/// What the signatures up to one of them permit; permissions only ever get stricter.
#[derive(Debug, Default)]
struct Permissions {
    certification: Option<u8>,
    locks: Vec<FieldLock>,
}

impl Permissions {
    /// The effect of a change under these permissions, and the code to report.
    fn judge(&self, change: &Change) -> (ChangesAfter, &'static str) {
        let forbidden = (ChangesAfter::Forbidden, "forbidden-by-certification");
        let locked = change.field.as_ref().is_some_and(|field| self.locks.iter().any(|l| l.covers(field)));
        match (change.effect, self.certification) {
            (ChangesAfter::FormFilling, _) if locked => (ChangesAfter::Forbidden, "locked-field"),
            (ChangesAfter::FormFilling | ChangesAfter::Annotation, Some(1)) => forbidden,
            (ChangesAfter::Annotation, Some(2)) => forbidden,
            // Without a certification nobody said that comments are welcome.
            (ChangesAfter::Annotation, None) => (ChangesAfter::Unexplained, change.code),
            // A signature field may be permitted and still be painted over the text (sneaky signature attack).
            (ChangesAfter::FormFilling, Some(_)) if change.is_visible => {
                (ChangesAfter::Unexplained, "visible-field-on-certified")
            }
            // Content that is seen to change is what every certification forbids.
            (ChangesAfter::Unexplained, Some(_))
                if matches!(change.code, "page-changed" | "pages-changed") =>
            {
                forbidden
            }
            (effect, _) => (effect, change.code),
        }
    }
}

/// Sets `changes_after` of every signature and tells it what changed.
pub(crate) fn weigh<'r>(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    found: &[Found],
    reports: impl Iterator<Item = &'r mut SignatureReport>,
) {
    let Some(first) = found.iter().map(|f| f.revision).min() else { return };
    let steps = steps(pdf, revisions, first);
    for (own, report) in found.iter().zip(reports) {
        let permissions = permissions(pdf, revisions, found, own.revision);
        let later = steps.iter().filter(|(index, _)| *index > own.revision).flat_map(|(_, changes)| changes);
        for change in later {
            let (effect, code) = permissions.judge(change);
            report.changes_after = report.changes_after.max(effect);
            let message = change.message(code);
            if !report.messages.contains(&message) {
                report.messages.push(message);
            }
        }
    }
}

/// The changes of every revision after the first signed one, each compared once and shared by all signatures.
fn steps(pdf: &Pdf<'_>, revisions: &[Revision], first: usize) -> Vec<(usize, Vec<Change>)> {
    let mut holders: Option<Holders> = None;
    let mut steps = Vec::new();
    for (index, pair) in revisions.windows(2).enumerate().skip(first) {
        let [older, newer] = pair else { continue };
        let changes = step(pdf, older, newer, &mut holders);
        // A revision that cannot be read cannot be explained.
        let unjudged = |error: PdfError| {
            vec![Change::new("changes-unjudged", ChangesAfter::Unexplained).about(error.to_string())]
        };
        steps.push((index + 1, changes.unwrap_or_else(unjudged)));
    }
    let end = revisions.last().map_or(0, |revision| revision.end);
    if gaps::has_trailing_data(pdf, end) {
        steps.push((usize::MAX, vec![Change::new("trailing-data", ChangesAfter::Forbidden)]));
    }
    steps
}

fn step(
    pdf: &Pdf<'_>,
    older: &Revision,
    newer: &Revision,
    holders: &mut Option<Holders>,
) -> Result<Vec<Change>, PdfError> {
    let (old, new) = (pdf.at(older.section, older.end), pdf.at(newer.section, newer.end));
    let holders = holders.get_or_insert_with(|| Holders::of(&old));
    let mut comparison = Comparison::new(&old, &new, newer.sections, holders)?;
    catalog::explain(&mut comparison)?;
    form::explain(&mut comparison)?;
    page::explain(&mut comparison)?;
    tags::explain(&mut comparison)?;
    comparison.report_unexplained();
    let mut changes = comparison.changes;
    if newer.closing != Closing::Complete {
        changes.push(Change::new("incomplete-revision", ChangesAfter::Unexplained));
    }
    if gaps::has_unreferenced_objects(&old, &new, newer.sections) {
        changes.push(Change::new("unreferenced-objects-appended", ChangesAfter::Forbidden));
    }
    holders.advance(&new, newer.sections);
    Ok(changes)
}

fn permissions(pdf: &Pdf<'_>, revisions: &[Revision], found: &[Found], until: usize) -> Permissions {
    let mut permissions = Permissions::default();
    for signature in found.iter().filter(|f| f.revision <= until) {
        let Some(revision) = revisions.get(signature.revision) else { continue };
        let view = pdf.at(revision.section, revision.end);
        // A permission that cannot be read permits nothing.
        let level = crate::embed::certification(&view, &signature.dict).unwrap_or(Some(1));
        permissions.certification = match (permissions.certification, level) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        permissions.locks.extend(locks(&view, &signature.dict).unwrap_or_else(|_| vec![FieldLock::All]));
    }
    permissions
}
