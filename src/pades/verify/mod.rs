//! The verdict: what a PDF's signatures prove, and what they do not (EN 319 102-1).
//!
//! The answer is a report, not a yes. Whatever is not proven keeps a signature from passing; what was added
//! after signing is allowed by a list of rules, and anything else is suspect.

mod addition;
mod blame;
mod certificates;
mod changes;
mod collect;
mod dossier;
mod evidence;
mod judge;
mod level;
mod messages;
mod report;
mod scan;
mod sentence;
mod structure;
mod time;
mod timeline;

use std::fmt;

use jiff::Timestamp;

use crate::pdf::{Input, Password, Pdf, PdfError, Source, revisions};
use crate::trust::{Anchors, Demand, Fetch, ValidationData};
use crate::verify::scan::Scan;

pub use addition::{Addition, AdditionFault, single_signature};
pub use certificates::{
    CertificateStatus, ChainLink, EvidenceReport, StampKind, StandingReport, TimestampReport,
};
pub use messages::Message;
pub use report::{
    BaselineLevel, ChangesAfter, Coverage, FileReport, Indication, Kind, ReportError, Sentence,
    SignatureReport, SignerReport, SubIndication, TimeSource, Verdict,
};

/// What to do where nothing says whether a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationPolicy {
    /// A signature passes only if each certificate of its chain is known not to have been revoked
    /// (EN 319 102-1 §5.2.6; otherwise TRY_LATER).
    Required,
    /// The same, but of a certificate whose issuer names no place to ask it is only told.
    RequiredIfNamed,
    /// What is found is weighed, and a revoked certificate does not pass. What is missing is told.
    IfAvailable,
}

impl RevocationPolicy {
    pub(crate) fn demand(self) -> Demand {
        match self {
            RevocationPolicy::Required => Demand::All,
            RevocationPolicy::RequiredIfNamed => Demand::Named,
            RevocationPolicy::IfAvailable => Demand::Nothing,
        }
    }
}

/// Everything the verdict depends on besides the file.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Whom to trust, for signers and for timestamps.
    pub anchors: &'a Anchors,
    /// The time at which is judged, usually now.
    pub at: Timestamp,
    /// What to do where evidence on revocation is missing.
    pub revocation: RevocationPolicy,
    /// For encrypted files that the empty password does not open.
    pub password: Option<&'a Password>,
    /// Certificates, OCSP responses and CRLs from elsewhere than the file.
    pub evidence: &'a [ValidationData],
    /// Asks for what is missing. Its deadline is the caller's business; without it nobody is asked.
    pub fetch: Option<&'a dyn Fetch>,
}

impl<'a> Context<'a> {
    /// Trusts these anchors, judges at this time, weighs what the file holds, and asks nobody.
    pub fn new(anchors: &'a Anchors, at: Timestamp) -> Context<'a> {
        Context {
            anchors,
            at,
            revocation: RevocationPolicy::IfAvailable,
            password: None,
            evidence: &[],
            fetch: None,
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("anchors", &self.anchors)
            .field("at", &self.at)
            .field("revocation", &self.revocation)
            .field("evidence", &self.evidence.len())
            .field("fetch", &self.fetch.is_some())
            .finish()
    }
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
    let mut file = Pdf::read(input.clone())?;
    file.authenticate(context.password)?;
    let report = judge_file(&file, context);
    // A rule may have taken what could not be read for damage.
    input.failure()?;
    Ok(report?)
}

fn judge_file(file: &Pdf<'_>, context: &Context<'_>) -> Result<FileReport, PdfError> {
    let revisions = revisions(file)?;
    // The page tree is walked once here, so that a file no viewer can show gets no verdict.
    crate::pdf::page_count(file)?;
    let mut found = collect::collect(file, &revisions)?;
    let scan = scan::scan(file.input(), &mut found)?;
    let mut signatures = judge::all(file, &revisions, &found, context);
    if file.is_repaired() {
        signatures.iter_mut().for_each(doubt);
    }
    if collect::has_stray(file, &found, &scan)? {
        signatures.push(judge::stray());
    }
    Ok(report(file.length(), &scan, revisions.len(), signatures))
}

/// Keeps a signature from passing because other programs may read the damaged file differently.
fn doubt(report: &mut SignatureReport) {
    report.changes_after = report.changes_after.max(ChangesAfter::Unexplained);
    report.messages.push(Message::new("file-repaired"));
    if report.indication == Indication::TotalPassed {
        (report.indication, report.sub_indication) =
            (Indication::Indeterminate, Some(SubIndication::Generic));
    }
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
