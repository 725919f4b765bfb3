//! `ecabinet bench`: figures on the terminal.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{CommandError, say};
use crate::bench::{self, BenchError, Ground, Name};

pub(super) async fn run(name: Name, json: bool, ground: Ground) -> Result<ExitCode, CommandError> {
    super::serve::raise_open_files();
    let report = bench::run(name, &ground).await.map_err(refused)?;
    if json {
        say(report.to_json());
    } else {
        say(report);
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder to work in, and the settings that lead to it.
pub(super) fn load(kept: Option<PathBuf>) -> Result<Ground, CommandError> {
    Ground::new(kept).map_err(refused)
}

fn refused(error: BenchError) -> CommandError {
    CommandError::Refused(error.to_string())
}
