//! `ecabinet revisions`: the saved states of a PDF, and any of them byte for
//! byte.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use pades::pdf::{Pdf, revisions};
use pades::trust::Anchors;
use pades::verify::{Context, Coverage, verify};

use super::{files, say, say_line};

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
    let bytes = files::read(&arguments.file)?;
    let unreadable = |error: pades::pdf::PdfError| format!("{}: {error}", arguments.file.display());
    let ends: Vec<usize> = {
        let pdf = Pdf::open(&bytes).map_err(unreadable)?;
        let found = revisions(&pdf).map_err(unreadable)?;
        found.iter().map(|revision| end_of(&bytes, revision.end)).collect()
    };
    if let Some([number, out]) = arguments.extract.as_deref() {
        let end = number.parse().ok().and_then(|number: usize| ends.get(number.checked_sub(1)?));
        let end = end.ok_or_else(|| format!("there is no revision {number}; the file has {}", ends.len()))?;
        return files::write(out.as_ref(), bytes.get(..*end).unwrap_or(&bytes));
    }
    for (number, end) in (1..).zip(&ends) {
        let closers = closers(bytes.get(..*end).unwrap_or(&bytes), number);
        say(format!("{number}\t{end} bytes\t{closers}"));
    }
    Ok(())
}

/// A revision as it was saved ends after the line of its `%%EOF`.
fn end_of(bytes: &[u8], end: usize) -> usize {
    match bytes.get(end..) {
        Some([b'\r', b'\n', ..]) => end + 2,
        Some([b'\r' | b'\n', ..]) => end + 1,
        _ => end,
    }
}

/// Who closed a revision: the last signature of the file as it then was.
fn closers(prefix: &[u8], number: usize) -> String {
    let none = Anchors::none();
    let context = Context::new(&none, jiff::Timestamp::UNIX_EPOCH);
    let Ok(report) = verify(prefix, &context) else { return "-".to_owned() };
    let mut whole = report.signatures.iter().filter(|_| report.revisions == number);
    let last = whole.rfind(|one| one.coverage == Coverage::EntireFile);
    last.map_or_else(
        || "-".to_owned(),
        |one| {
            let name = one.signer.as_ref().and_then(|signer| signer.common_name.as_deref()).unwrap_or("-");
            format!("{} ({name})", one.field)
        },
    )
}
