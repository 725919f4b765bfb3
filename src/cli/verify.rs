//! `ecabinet verify`: the verdict on PDFs, without server or database.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use pades::trust::Anchors;
use pades::verify::{Context, FileReport, Indication, SignatureReport, Verdict, verify};

use super::{files, say, say_line};
use crate::clock::Clock;
use crate::config::Config;
use crate::verify::{anchors, read_pem};

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The PDFs to judge.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object per file and line.
    #[arg(long)]
    json: bool,
    /// A file, or a folder of files, with certificates to trust (PEM or DER).
    #[arg(long, value_name = "PEM_OR_DIR")]
    trust: Vec<PathBuf>,
    /// Trust only what --trust names, not what the service's settings do.
    #[arg(long)]
    no_default_trust: bool,
    /// Use no network. This version never does.
    #[arg(long)]
    offline: bool,
    /// Judge as of this moment instead of now.
    #[arg(long, value_name = "RFC3339")]
    at: Option<jiff::Timestamp>,
    /// Variable with the password of encrypted files; not supported yet.
    #[arg(long, value_name = "VAR")]
    password_env: Option<String>,
}

/// Exit codes, the worst of several files wins: 2 > 1 > 3 > 4 > 0.
const USAGE: u8 = 2;
const WORST_FIRST: [u8; 5] = [USAGE, 1, 3, 4, 0];

pub(super) fn run(arguments: &VerifyArguments) -> ExitCode {
    if arguments.password_env.is_some() {
        return refuse("encrypted files cannot be opened yet, so --password-env cannot be used");
    }
    let anchors = match trusted(arguments) {
        Ok(anchors) => anchors,
        Err(reason) => return refuse(&reason),
    };
    let at = arguments.at.unwrap_or_else(|| Clock::System.now().to_jiff());
    // No evidence about revocation is fetched; each signature says so.
    let context = Context::new(&anchors, at);
    let codes: Vec<u8> = arguments.files.iter().map(|path| judge(path, &context, arguments.json)).collect();
    ExitCode::from(WORST_FIRST.into_iter().find(|code| codes.contains(code)).unwrap_or(USAGE))
}

fn refuse(reason: &str) -> ExitCode {
    say_line(reason);
    ExitCode::from(USAGE)
}

fn trusted(arguments: &VerifyArguments) -> Result<Anchors, String> {
    let words = |error: &dyn std::error::Error| crate::jobs::Failure::from_error(error).to_string();
    let mut all = Anchors::none();
    if !arguments.no_default_trust {
        let config = Config::load(None).map_err(|error| words(&error))?;
        all.extend(anchors(&config).map_err(|error| words(&error))?);
    }
    for path in &arguments.trust {
        for file in certificate_files(path)? {
            all.extend(read_pem(&file).map_err(|error| words(&error))?);
        }
    }
    Ok(all)
}

/// The file itself, or the certificate files of a folder.
fn certificate_files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(path).map_err(failed)?;
    let mut files = Vec::new();
    for entry in entries {
        let file = entry.map_err(failed)?.path();
        let ending = file.extension().and_then(|ending| ending.to_str());
        if matches!(ending, Some("pem" | "crt" | "cer" | "der")) {
            files.push(file);
        }
    }
    if files.is_empty() {
        return Err(format!("{}: the folder holds no .pem, .crt, .cer or .der file", path.display()));
    }
    files.sort();
    Ok(files)
}

/// Judges one file, says the verdict, and gives its exit code.
fn judge(path: &Path, context: &Context<'_>, as_json: bool) -> u8 {
    let (mut report, reason) = match files::read(path) {
        Ok(bytes) => {
            let report = verify(&bytes, context).unwrap_or_else(|unreadable| unreadable.report(&bytes));
            let reason = report.error.as_ref().map(|error| format!("{}: {}", path.display(), error.message));
            (report, reason)
        }
        Err(reason) => (missing(&reason), Some(reason)),
    };
    report.file = path.display().to_string();
    if as_json {
        say(report.to_json());
    } else if reason.is_none() {
        describe(&report);
    }
    if let Some(reason) = reason {
        say_line(&reason);
    }
    match report.verdict {
        Verdict::Valid => 0,
        Verdict::Invalid => 1,
        Verdict::Unreadable => USAGE,
        Verdict::Indeterminate => 3,
        Verdict::Unsigned => 4,
    }
}

/// The report on a file that is not there.
fn missing(reason: &str) -> FileReport {
    // An empty file cannot be read either; its report needs another reason only.
    let none = pades::trust::Anchors::none();
    let context = Context::new(&none, jiff::Timestamp::UNIX_EPOCH);
    let mut report = verify(&[], &context).unwrap_or_else(|unreadable| unreadable.report(&[]));
    report.error =
        Some(pades::verify::ReportError { code: "not-readable".to_owned(), message: reason.to_owned() });
    report
}

fn describe(report: &FileReport) {
    say(format!("{}: {}", report.file, report.sentence.vi));
    say(format!("  {}", report.sentence.en));
    for signature in &report.signatures {
        describe_signature(signature);
    }
}

fn describe_signature(signature: &SignatureReport) {
    let mark = match signature.indication {
        Indication::TotalPassed => "passed",
        Indication::Indeterminate => "open  ",
        Indication::TotalFailed => "FAILED",
    };
    let who = signature.signer.as_ref().and_then(|signer| signer.common_name.as_deref());
    let when = signature.signing_time.as_deref().unwrap_or("-");
    say(format!("  {mark} {}: {}, {when}", signature.field, who.unwrap_or("-")));
    for message in &signature.messages {
        say(format!("         {}: {}", message.code, message.vi));
    }
}
