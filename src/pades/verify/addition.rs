//! What somebody else's program made of a file that was given to it: one signature, or something to refuse.
//!
//! A file goes out to be signed by another program and comes back. The report on it would say what its signatures
//! prove; here is asked less and more: that the bytes given out stand at its front, and that nothing was added but
//! one signature, in one revision. What a later revision may do to a signed file (another signature, comments,
//! proofs) is no matter here: whoever was asked for a signature was asked for nothing else.

use crate::embed::{Field, certification, fields, locks};
use crate::pdf::{Input, Object, Pdf, PdfError, Ref, Source, pages, revisions};
use crate::sign::Place;
use crate::verify::changes::{self, rectangle::Rectangle};
use crate::verify::collect::Found;
use crate::verify::evidence::gather;
use crate::verify::report::{BaselineLevel, ChangesAfter, Coverage, Kind, SignatureReport};
use crate::verify::{Context, collect, judge, scan};

/// Changes that come with a signature: its field, what draws it, and its place in a tagged document.
const BELONGING: [&str; 8] = [
    "signature-added",
    "form-settings-changed",
    "metadata-changed",
    "extensions-declared",
    "structure-tree-grown",
    "tab-order-changed",
    "crosses-content",
    "covers-signature",
];

/// The one signature that was added.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// Fully qualified name of its field.
    pub field: String,
    /// The signer's certificate, DER. The signature was made with its key; who that is, and whether anybody
    /// trusts it, was not asked.
    pub certificate: Vec<u8>,
    /// Where it shows; `None` if it does not.
    pub place: Option<Place>,
    /// A trusted timestamp is in it.
    pub is_stamped: bool,
}

/// Why a file is not the one given out with one signature more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdditionFault {
    /// The bytes that were given out are not at its front.
    #[error("the file does not begin with the bytes that were given out")]
    OtherBytes,
    /// It is the file that was given out, or its new bytes hold no signature.
    #[error("no signature was added")]
    Unsigned,
    /// More than one signature, or a revision beside the signature's.
    #[error("more than one signature was added, or a revision beside it")]
    More,
    /// Something else changed in the signature's revision, by the codes of the rules.
    #[error("more was changed than signing needs: {}", .0.join(", "))]
    OtherChanges(Vec<&'static str>),
    /// The signature forbids what others still have to do.
    #[error("the signature locks the document for those who sign later")]
    Locks,
    /// The digest or the signature does not hold, or it does not cover the file.
    #[error("the signature does not hold")]
    Broken,
    /// The file cannot be read, or needed repair.
    #[error("the file cannot be read")]
    Unreadable(#[from] PdfError),
}

/// Judges a file that came back against the bytes that were given out.
///
/// `may_fill` names the form fields that this signer fills in with the signature: number and date with the seal.
/// The context's anchors only decide whether a timestamp counts.
pub fn single_signature(
    given: &dyn Source,
    returned: &dyn Source,
    may_fill: &[&str],
    context: &Context<'_>,
) -> Result<Addition, AdditionFault> {
    let (given, returned) = (Input::fetched(given), Input::fetched(returned));
    if !begins_with(&returned, &given)? {
        return Err(AdditionFault::OtherBytes);
    }
    let known = revisions(&opened(&given)?)?.len();
    let file = opened(&returned)?;
    let all = revisions(&file)?;
    let mut found = collect::collect(&file, &all)?;
    let seen = scan::scan(file.input(), &mut found)?;
    let fresh: Vec<usize> =
        found.iter().enumerate().filter(|(_, one)| one.revision >= known).map(|(index, _)| index).collect();
    let (index, own) = match fresh.as_slice() {
        [] => return Err(AdditionFault::Unsigned),
        [one] if all.len() == known + 1 => (*one, found.get(*one).ok_or(AdditionFault::Unsigned)?),
        _ => return Err(AdditionFault::More),
    };
    if file.is_repaired() || collect::has_stray(&file, &found, &seen)? {
        return Err(AdditionFault::OtherChanges(vec!["unreferenced-signature"]));
    }
    refuse_other_changes(&file, &changes::since(&file, &all, known - 1), own, may_fill)?;
    let reports = judge::all(&file, &all, &found, context);
    let report = reports.get(index).ok_or(AdditionFault::Broken)?;
    judge_report(report)?;
    let certificate = gather(&file, &all, own).certificate.ok_or(AdditionFault::Broken)?;
    returned.failure()?;
    Ok(Addition {
        place: place(&file, &own.field)?,
        field: own.field.clone(),
        certificate: certificate.der().to_vec(),
        is_stamped: report.level >= Some(BaselineLevel::BT),
    })
}

/// Everything but the signature and what belongs to it.
fn refuse_other_changes(
    file: &Pdf<'_>,
    changes: &[changes::Change],
    own: &Found,
    may_fill: &[&str],
) -> Result<(), AdditionFault> {
    let others = changes.iter().filter(|change| !belongs(change, &own.field, may_fill));
    let others: Vec<&str> = others.map(|change| change.code).collect();
    // Said first: what a certification writes into the catalog would pass for another change.
    if certification(file, &own.dict)?.is_some() || !locks(file, &own.dict)?.is_empty() {
        return Err(AdditionFault::Locks);
    }
    if others.is_empty() { Ok(()) } else { Err(AdditionFault::OtherChanges(others)) }
}

/// It is an ordinary signature, it holds, and it covers all of the file.
fn judge_report(report: &SignatureReport) -> Result<(), AdditionFault> {
    match report.kind {
        Kind::Approval if report.intact && report.coverage == Coverage::EntireFile => Ok(()),
        Kind::Approval => Err(AdditionFault::Broken),
        Kind::Certification => Err(AdditionFault::Locks),
        Kind::Timestamp => Err(AdditionFault::Unsigned),
    }
}

fn opened<'a>(input: &Input<'a>) -> Result<Pdf<'a>, PdfError> {
    let mut file = Pdf::read(input.clone())?;
    file.authenticate(None)?;
    Ok(file)
}

/// Compares piece by piece, so that length does not count for memory.
fn begins_with(returned: &Input<'_>, given: &Input<'_>) -> Result<bool, PdfError> {
    if returned.length() < given.length() {
        return Ok(false);
    }
    let mut is_same = true;
    let mut fault = None;
    given.visit(0..given.length(), &mut |at, piece| {
        match returned.window(at..at + piece.len()) {
            Ok(own) => is_same = own.as_ref() == piece,
            Err(error) => fault = Some(error),
        }
        is_same && fault.is_none()
    })?;
    fault.map_or(Ok(is_same), Err)
}

fn belongs(change: &changes::Change, own: &str, may_fill: &[&str]) -> bool {
    let is_own = |name: &&str| change.field.as_deref().is_none_or(|field| field == *name);
    let is_known = BELONGING.contains(&change.code) && is_own(&own);
    let fills = change.code == "field-changed"
        && change.field.as_deref().is_some_and(|field| may_fill.contains(&field) || field == own);
    change.effect <= ChangesAfter::FormFilling && (is_known || fills)
}

/// The widget's page and area.
fn place(file: &Pdf<'_>, name: &str) -> Result<Option<Place>, PdfError> {
    let all = fields(file)?;
    let Some(field) = all.iter().find(|field| field.name == name) else { return Ok(None) };
    let [widget] = field.widgets.as_slice() else { return Ok(None) };
    let Some(dict) = file.indirect(*widget)?.object.dict().cloned() else { return Ok(None) };
    let area = Rectangle::of(file, &dict, "Rect")?.filter(|area| area.size() > 0.0);
    let page = page_of(file, field, *widget)?;
    Ok(area.zip(page).map(|(area, page)| Place {
        page,
        rectangle: [area.left, area.bottom, area.right - area.left, area.top - area.bottom],
    }))
}

/// The page that lists the widget: what a widget says of its page is only a hint (ISO 32000-2 Table 166).
fn page_of(file: &Pdf<'_>, field: &Field, widget: Ref) -> Result<Option<usize>, PdfError> {
    let is_ours = |item: &Object| item.reference().is_some_and(|one| one == widget || one == field.reference);
    for (number, page) in (1..).zip(pages(file)?) {
        if file.value(&page.dict, "Annots")?.array().unwrap_or_default().iter().any(is_ours) {
            return Ok(Some(number));
        }
    }
    Ok(None)
}
