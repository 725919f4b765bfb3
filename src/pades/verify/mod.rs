//! The verdict: what a PDF's signatures prove, and what they do not (EN 319 102-1).
//!
//! The answer is a report, not a yes. Whatever is not proven keeps a signature from passing; what was added
//! after signing is allowed by a list of rules, and anything else is suspect.

mod changes;
mod collect;
mod evidence;
mod judge;
mod messages;
mod report;
mod scan;
mod sentence;
mod structure;
mod time;

use jiff::Timestamp;

use crate::pdf::{Input, Pdf, PdfError, Source, revisions};
use crate::trust::Anchors;
use crate::verify::scan::Scan;

pub use messages::Message;
pub use report::{
    BaselineLevel, ChangesAfter, Coverage, FileReport, Indication, Kind, ReportError, Sentence,
    SignatureReport, SignerReport, SubIndication, TimeSource, Verdict,
};

/// What to do about revocation, of which this crate has no evidence of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationPolicy {
    /// A signature passes only if its certificate is known not to be revoked.
    Required,
    /// Revocation is left out, and each signature says so.
    NotChecked,
}

/// Everything the verdict depends on besides the file.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Whom to trust, for signers and for timestamps.
    pub anchors: &'a Anchors,
    /// The time at which is judged, usually now.
    pub at: Timestamp,
    /// What to do about revocation.
    pub revocation: RevocationPolicy,
}

/// The file could not be judged. This is not a verdict on its signatures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the file could not be judged")]
pub struct Unreadable(#[from] pub PdfError);

/// Judges all signatures of a PDF.
pub fn verify(pdf: &[u8], context: &Context<'_>) -> Result<FileReport, Unreadable> {
    judge_input(Input::held(pdf), context)
}

/// Judges all signatures of a PDF that is read in pieces. Its length does not count for memory.
pub fn verify_source(source: &dyn Source, context: &Context<'_>) -> Result<FileReport, Unreadable> {
    judge_input(Input::fetched(source), context)
}

fn judge_input(input: Input<'_>, context: &Context<'_>) -> Result<FileReport, Unreadable> {
    let file = Pdf::read(input.clone())?;
    file.refuse_encrypted()?;
    let report = judge_file(&file, context);
    // A rule may have taken what could not be read for damage.
    input.failure()?;
    Ok(report?)
}

fn judge_file(file: &Pdf<'_>, context: &Context<'_>) -> Result<FileReport, PdfError> {
    let revisions = revisions(file)?;
    // The page tree is walked once here, so that a file no viewer can show gets no verdict.
    crate::pdf::pages(file)?;
    let mut found = collect::collect(file, &revisions)?;
    let scan = scan::scan(file.input(), &mut found)?;
    let mut signatures = judge::all(file, &revisions, &found, context);
    if collect::has_stray(file, &found, &scan)? {
        signatures.push(judge::stray());
    }
    Ok(report(file.length(), &scan, revisions.len(), signatures))
}

fn report(size: usize, scan: &Scan, revisions: usize, signatures: Vec<SignatureReport>) -> FileReport {
    let any = |wanted| signatures.iter().any(|s: &SignatureReport| s.indication == wanted);
    let verdict = if signatures.is_empty() {
        Verdict::Unsigned
    } else if any(Indication::TotalFailed) {
        Verdict::Invalid
    } else if any(Indication::Indeterminate) {
        Verdict::Indeterminate
    } else {
        Verdict::Valid
    };
    FileReport {
        file: String::new(),
        size,
        sha256: hex::encode(&scan.sha256),
        revisions,
        verdict,
        sentence: sentence::sentence(verdict, &signatures),
        error: None,
        signatures,
    }
}

impl Unreadable {
    /// The report on a file that could not be judged.
    pub fn report(&self, pdf: &[u8]) -> FileReport {
        self.report_input(&Input::held(pdf))
    }

    /// The same for a file that is read in pieces. What cannot be read has no digest.
    pub fn report_source(&self, source: &dyn Source) -> FileReport {
        self.report_input(&Input::fetched(source))
    }

    fn report_input(&self, input: &Input<'_>) -> FileReport {
        let message = self.0.to_string();
        FileReport {
            file: String::new(),
            size: input.length(),
            sha256: scan::scan(input, &mut []).map(|scan| hex::encode(scan.sha256)).unwrap_or_default(),
            revisions: 0,
            verdict: Verdict::Unreadable,
            sentence: sentence::sentence(Verdict::Unreadable, &[]),
            error: Some(ReportError { code: self.0.code().to_owned(), message }),
            signatures: Vec::new(),
        }
    }
}
