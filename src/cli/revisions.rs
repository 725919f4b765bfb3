//! `ecabinet revisions`: the saved states of a PDF, and any of them byte for
//! byte.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{files, say, say_line};
use crate::verify::{Disk, Grounds, closer, judge, revision_ends};

#[derive(Debug, Args)]
pub struct RevisionsArguments {
    file: PathBuf,
    /// Write revision N, counted from 1, to OUT.
    #[arg(long, num_args = 2, value_names = ["N", "OUT"])]
    extract: Option<Vec<String>>,
}

pub(super) fn run(arguments: &RevisionsArguments) -> ExitCode {
    match list_or_extract(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say_line(&reason);
            ExitCode::from(2)
        }
    }
}

fn list_or_extract(arguments: &RevisionsArguments) -> Result<(), String> {
    let path = arguments.file.display();
    let file = Disk::open(&arguments.file).map_err(|error| format!("{path}: {error}"))?;
    let ends = revision_ends(&file).map_err(|error| format!("{path}: {error}"))?;
    if let Some([number, out]) = arguments.extract.as_deref() {
        let end = number.parse().ok().and_then(|number: usize| ends.get(number.checked_sub(1)?));
        let end = end.ok_or_else(|| format!("there is no revision {number}; the file has {}", ends.len()))?;
        return files::copy(&arguments.file, *end, out.as_ref());
    }
    // Nobody is trusted: the list tells whose name stands there, not whether it is right.
    let report = judge(&file, &Grounds::nobody(), None, None);
    for (number, end) in (1..).zip(&ends) {
        let name = closer(&report, number).map(|one| {
            let signer = one.signer.as_ref().and_then(|signer| signer.common_name.as_deref());
            format!("{} ({})", one.field, signer.unwrap_or("-"))
        });
        say(format!("{number}\t{end} bytes\t{}", name.unwrap_or_else(|| "-".to_owned())));
    }
    Ok(())
}
