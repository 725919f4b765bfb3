//! The report of a verdict: JSON for programs, XML after ETSI TS 119 102-2,
//! and a PDF/A with both attached for people.
//!
//! It always comes from a judgement just made, never from a verdict kept for
//! the lists.

mod compare;
mod paper;
mod xml;

use std::path::Path;

use pades::verify::{FileReport, Kind as Signed, SignatureReport};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::judging::Grounds;

pub use self::compare::Difference;
pub use self::paper::{Paper, PaperError};

const SOFTWARE: &str = "ecabinet";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A verdict with everything it depends on.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    software: &'static str,
    version: &'static str,
    /// The moment as of which was judged.
    at: String,
    /// Names the list of trusted certificates.
    trust_fingerprint: String,
    policy: &'static str,
    #[serde(skip)]
    is_online: bool,
    result: FileReport,
}

/// A report made before, perhaps by another version.
#[derive(Clone, Debug, Deserialize)]
pub struct EarlierReport {
    software: String,
    version: String,
    at: String,
    trust_fingerprint: String,
    policy: String,
    result: Value,
}

/// The forms of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Json,
    Xml,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Pdf, Self::Json, Self::Xml];

    pub fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Json => "json",
            Self::Xml => "xml",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Json => "application/json",
            Self::Xml => "application/xml",
        }
    }

    /// What a file's name asks for.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        Self::ALL.into_iter().find(|kind| kind.ending() == ending)
    }
}

impl Report {
    /// Whom the first signature names, where a second closes the document: the person's comes
    /// before the organisation's. A single one may be either, so it names nobody.
    pub fn signing_person(&self) -> Option<&str> {
        let is_signature = |one: &&SignatureReport| one.kind != Signed::Timestamp && one.intact;
        let mut signatures = self.result.signatures.iter().filter(is_signature);
        let (first, _) = (signatures.next()?, signatures.next()?);
        first.signer.as_ref()?.common_name.as_deref()
    }

    pub fn new(result: FileReport, grounds: &Grounds) -> Self {
        Self {
            software: SOFTWARE,
            version: VERSION,
            at: office_time(grounds.at),
            trust_fingerprint: grounds.trust.fingerprint(),
            policy: grounds.policy(),
            is_online: grounds.is_online,
            result,
        }
    }

    pub fn result(&self) -> &FileReport {
        &self.result
    }

    pub fn into_result(self) -> FileReport {
        self.result
    }

    pub fn to_json(&self) -> String {
        // Every key is a string and every number finite, so this cannot fail; an empty text would show it.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn to_xml(&self) -> String {
        xml::report(self)
    }
}

impl EarlierReport {
    /// `None`: this is no report of ours.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let report: Self = serde_json::from_slice(bytes).ok()?;
        (report.software == SOFTWARE && report.result.is_object()).then_some(report)
    }

    /// The moment as of which was judged, as it is written.
    pub fn at(&self) -> &str {
        &self.at
    }
}

fn office_time(at: jiff::Timestamp) -> String {
    at.display_with_offset(jiff::tz::offset(7)).to_string()
}
