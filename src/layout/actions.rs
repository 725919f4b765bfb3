//! Reading a file and comparing it with the rules.

use std::path::Path;

use super::checks::{self, Stage};
use super::finding::Report;
use super::profile::Profile;
use crate::papers::{Renderer, SheetsError};

/// More pages than these are not looked at; the report says so.
const MOST_PAGES: usize = 300;

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Encrypted, and nobody can say how it looks.
    #[error("the file needs a password")]
    Password,
    /// No PDF, or one that breaks its reader.
    #[error("the file cannot be read as a PDF")]
    Unreadable,
    #[error("the reading process cannot be run")]
    Start(#[source] std::io::Error),
}

impl From<SheetsError> for CheckError {
    fn from(error: SheetsError) -> Self {
        match error {
            SheetsError::Password => Self::Password,
            SheetsError::Unreadable => Self::Unreadable,
            SheetsError::Start(error) => Self::Start(error),
        }
    }
}

/// Compares the layout of a PDF with a profile.
pub async fn check(
    renderer: &Renderer,
    pdf: &Path,
    profile: &Profile,
    stage: Stage,
) -> Result<Report, CheckError> {
    let read = renderer.sheets(pdf, MOST_PAGES).await?;
    Ok(Report {
        profile: profile.name.clone(),
        source: (profile.source.vi.clone(), profile.source.en.clone()),
        pages: read.sheets.len(),
        page_sizes: read.sheets.iter().map(|sheet| (sheet.width, sheet.height)).collect(),
        findings: checks::run(&read, profile, stage),
    })
}
