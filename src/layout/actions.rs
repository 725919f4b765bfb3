//! Reading a file and comparing it with the rules.

use std::path::Path;

use super::checks::{self, Stage};
use super::finding::Report;
use super::profile::{Profile, ProfileError};
use crate::config::Config;
use crate::papers::{Renderer, SheetsError};

/// More pages than these are not looked at; the report says so.
pub(super) const MOST_PAGES: usize = 300;

#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// Encrypted, and nobody can say how it looks.
    #[error("the file needs a password")]
    Password,
    /// No PDF, or one that breaks its reader.
    #[error("the file cannot be read as a PDF")]
    Unreadable,
    /// Not the file's fault.
    #[error("the file cannot be checked here")]
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

/// The rules an office wrote for itself, if the settings name them.
pub async fn own_profile(config: &Config) -> Result<Option<Profile>, ProfileError> {
    if config.layout_profile.is_empty() {
        return Ok(None);
    }
    let text = tokio::fs::read_to_string(&config.layout_profile).await?;
    Profile::parse(&text).map(Some)
}

/// Compares the layout of a PDF with a profile.
pub async fn check(
    renderer: &Renderer,
    pdf: &Path,
    profile: &Profile,
    stage: Stage,
) -> Result<Report, CheckError> {
    let read = renderer.sheets(pdf, MOST_PAGES).await?;
    let pages = read.sheets.len();
    let page_sizes = read.sheets.iter().map(|sheet| (sheet.width, sheet.height)).collect();
    let rules = profile.clone();
    // A file made to be slow to compare must not hold up others.
    let compared = tokio::task::spawn_blocking(move || checks::run(&read, &rules, stage)).await;
    Ok(Report {
        profile: profile.name.clone(),
        source: (profile.source.vi.clone(), profile.source.en.clone()),
        pages,
        page_sizes,
        findings: compared.map_err(|error| CheckError::Start(std::io::Error::other(error)))?,
    })
}
