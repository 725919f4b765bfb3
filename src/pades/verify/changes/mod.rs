//! What was appended after a signature, and whether the signatures before it permit that.
//!
//! ISO 32000-2 §12.8.2.2 names what a certification permits; how to recognise it in the bytes is nowhere
//! standardised, so here is our list. Each revision is compared once with the one before it, and each change
//! needs a rule that explains it. What no rule explains is `unexplained`; no default lets anything pass.
//!
//! | file | explains |
//! |---|---|
//! | `catalog` | trailer, catalog, metadata |
//! | `store` | validation data |
//! | `form` | the form, new fields |
//! | `field`, `look` | values and appearances of fields that were there |
//! | `page` | pages and their annotations |
//! | `cover`, `marks` | what something new lies over |
//! | `tags` | the structure tree |
//! | `gaps` | bytes that no cross-reference reaches |
//!
//! Bounds: the objects of a file are read once, to know who refers to whom; after that each revision costs
//! what it wrote. A file may hold a thousand signatures, and its revisions together a million fields (the
//! collector refuses more); sections, objects, nesting and inflated data are bounded by the reader. A signature
//! is told of [`MAX_TOLD`] changes, and judged by all.

mod catalog;
mod comparison;
mod cover;
mod field;
mod form;
mod gaps;
mod holders;
mod look;
mod marks;
mod page;
pub(crate) mod rectangle;
mod sheets;
mod store;
mod tags;

use std::collections::BTreeSet;

use crate::embed::{Field, FieldLock, fields, locks};
use crate::pdf::{Closing, Object, Pdf, PdfError, Ref, Revision};
use crate::verify::changes::comparison::{Comparison, hidden_by_size};
use crate::verify::changes::holders::Holders;
use crate::verify::changes::sheets::Sheets;
use crate::verify::collect::Found;
use crate::verify::messages::Message;
use crate::verify::report::{ChangesAfter, SignatureReport};

/// How many changes a signature is told of. All are judged; nobody reads a thousand lines, and a thousand
/// signatures of a thousand lines each would fill the memory.
const MAX_TOLD: usize = 100;

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
    /// Field locks do not speak of it.
    pub(crate) is_lock_exempt: bool,
}

impl Change {
    pub(crate) fn new(code: &'static str, effect: ChangesAfter) -> Change {
        Change {
            code,
            effect,
            page: None,
            field: None,
            detail: None,
            is_visible: false,
            is_lock_exempt: false,
        }
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

    pub(crate) fn exempt_from_locks(self, is_lock_exempt: bool) -> Change {
        Change { is_lock_exempt, ..self }
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
        let covers = |field: &String| self.locks.iter().any(|lock| lock.covers(field));
        let locked = !change.is_lock_exempt && change.field.as_ref().is_some_and(covers);
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
    let closed: BTreeSet<usize> = found.iter().map(|f| f.revision).collect();
    let steps = steps(pdf, revisions, first, &closed);
    for (own, report) in found.iter().zip(reports) {
        let permissions = permissions(pdf, revisions, found, own.revision);
        let mut told = 0;
        let later = steps.iter().filter(|(index, _)| *index > own.revision).flat_map(|(_, changes)| changes);
        for change in later {
            let (effect, code) = permissions.judge(change);
            report.changes_after = report.changes_after.max(effect);
            let message = change.message(code);
            if told < MAX_TOLD && !report.messages.contains(&message) {
                report.messages.push(message);
                told += 1;
            }
        }
    }
}

/// Every change of the revisions after one, by its index, signed or not.
pub(crate) fn since(pdf: &Pdf<'_>, revisions: &[Revision], index: usize) -> Vec<Change> {
    steps(pdf, revisions, index, &BTreeSet::new()).into_iter().flat_map(|(_, changes)| changes).collect()
}

/// The changes of every revision after the first signed one, each compared once and shared by all signatures.
///
/// `closed` are the revisions that a signature closes: with the newest, those that anybody saw.
fn steps(
    pdf: &Pdf<'_>,
    revisions: &[Revision],
    first: usize,
    closed: &BTreeSet<usize>,
) -> Vec<(usize, Vec<Change>)> {
    let mut history: Option<History> = None;
    let mut steps = Vec::new();
    for (index, pair) in revisions.windows(2).enumerate().skip(first) {
        let [older, newer] = pair else { continue };
        let is_seen = closed.contains(&(index + 1)) || index + 2 == revisions.len();
        let changes = step(pdf, (older, newer), is_seen, &mut history);
        // A revision that cannot be read cannot be explained.
        let unjudged = |error: PdfError| {
            history = None;
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

/// What is known of the older revision, so that the next comparison need not read it again.
#[derive(Debug)]
struct History {
    holders: Holders,
    sheets: Sheets,
    fields: Vec<Field>,
    /// Objects beyond `/Size` in the last revision that anybody saw.
    hidden: BTreeSet<u32>,
}

impl History {
    fn of(pdf: &Pdf<'_>) -> Result<History, PdfError> {
        let fields = fields(pdf)?;
        let (holders, sheets, hidden) = (Holders::of(pdf), Sheets::of(pdf)?, hidden_by_size(pdf));
        Ok(History { holders, sheets, fields, hidden })
    }
}

fn step(
    pdf: &Pdf<'_>,
    (older, newer): (&Revision, &Revision),
    is_seen: bool,
    history: &mut Option<History>,
) -> Result<Vec<Change>, PdfError> {
    let (old, new) = (pdf.at(older.section, older.end), pdf.at(newer.section, newer.end));
    let known = match history.take() {
        Some(known) => known,
        None => History::of(&old)?,
    };
    let after = fields(&new)?;
    let mut comparison = Comparison::new((&old, &new), newer.sections, &known.holders, &known.fields)?;
    let hidden = if is_seen { comparison.sizes(&known.hidden) } else { known.hidden };
    let mut sheets = known.sheets;
    let touched = sheets.advance(&comparison)?;
    comparison.sheets = sheets;
    catalog::explain(&mut comparison)?;
    form::explain(&mut comparison, &after)?;
    page::explain(&mut comparison, touched.as_deref())?;
    tags::explain(&mut comparison)?;
    comparison.report_unexplained();
    let Comparison { mut changes, sheets, added, .. } = comparison;
    if newer.closing != Closing::Complete {
        changes.push(Change::new("incomplete-revision", ChangesAfter::Unexplained));
    }
    if gaps::has_unreferenced_objects(&old, &new, newer.sections) {
        changes.push(Change::new("unreferenced-objects-appended", ChangesAfter::Forbidden));
    }
    let mut holders = known.holders;
    holders.advance(&new, newer.sections);
    changes.extend(unused(&new, &holders, added.into_iter()));
    *history = Some(History { holders, sheets, fields: after, hidden });
    Ok(changes)
}

/// Objects that nothing shows yet, of a kind that a page shows: somebody may mean to use them later.
fn unused(pdf: &Pdf<'_>, holders: &Holders, added: impl Iterator<Item = u32>) -> Option<Change> {
    let root = pdf.catalog().ok().map(|(root, _)| root.number);
    let is_content = |number: &u32| {
        let reference = Ref { number: *number, generation: 0 };
        match pdf.indirect(reference).map(|indirect| indirect.object) {
            Ok(Object::Stream(stream)) => {
                !["XRef", "ObjStm", "Metadata"].iter().any(|kind| stream.dict.is("Type", kind))
            }
            Ok(Object::Dict(dict)) => dict.is("Type", "Page") || dict.is("Type", "Font"),
            _ => false,
        }
    };
    let mut loose = added.filter(|number| !holders.has_any(*number) && Some(*number) != root);
    let found = loose.find(is_content)?;
    Some(Change::new("unused-content-added", ChangesAfter::LtvUpdate).about(format!("{found} 0 R")))
}

/// What each signature and all before it permit; permissions only ever get stricter.
fn permissions(pdf: &Pdf<'_>, revisions: &[Revision], found: &[Found], until: usize) -> Permissions {
    let mut permissions = Permissions::default();
    for signature in found.iter().filter(|f| f.revision <= until) {
        let Some(revision) = revisions.get(signature.revision) else { continue };
        // Most signatures set nothing, which their dictionary says at once.
        if !signature.dict.has("Reference") {
            continue;
        }
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
