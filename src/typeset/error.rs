use typst::WorldExt;
use typst::diag::SourceDiagnostic;

use crate::world::FormWorld;

/// Why a form could not be set.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TypesetError {
    /// The given fonts lack something that every form needs.
    #[error("fonts: {0}")]
    Fonts(&'static str),
    /// The address does not fit into a QR code.
    #[error("verification address cannot be a QR code")]
    VerifyUrl(#[source] qrcode::types::QrError),
    /// The form's data could not be written as JSON.
    #[error("form data")]
    Data(#[from] serde_json::Error),
    /// The time of making is outside the years that a PDF can name.
    #[error("time of making is out of range")]
    MadeAt,
    /// Typst could not lay out the form; holds what it said.
    #[error("layout: {0}")]
    Layout(String),
    /// Typst could not write the pages as PDF/A; holds what it said.
    #[error("PDF/A: {0}")]
    Export(String),
}

/// One line for each diagnostic: where in the template (counted with the
/// shared parts in front), what, and the hints.
pub(crate) fn diagnostics_text(diagnostics: &[SourceDiagnostic], world: &FormWorld<'_>) -> String {
    let line = |diagnostic: &SourceDiagnostic| {
        let start = world.range(diagnostic.span).map_or(0, |range| range.start);
        let line = world.template.lines().byte_to_line(start).map_or(0, |line| line + 1);
        let hints = diagnostic.hints.iter().map(|hint| format!(" ({})", hint.v));
        format!("line {line}: {}{}", diagnostic.message, hints.collect::<String>())
    };
    diagnostics.iter().map(line).collect::<Vec<_>>().join("\n")
}
