//! `ecabinet verify`: the verdict on PDFs, without server or database.

mod asker;
mod output;
mod queue;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use pades::pdf::Password;
use pades::verify::{FileReport, ReportError, Verdict};

use self::asker::Asker;
use self::output::{Form, Output};
use super::{files, say_line, trust, words};
use crate::clock::Clock;
use crate::config::Config;
use crate::verify::report::{self, EarlierReport, Paper, Report};
use crate::verify::{Disk, Grounds, Held, judge};

#[derive(Debug, Args)]
pub struct VerifyArguments {
    /// The PDFs to judge, or folders to look for them in.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// One JSON object per file and line.
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// One line per file for a spreadsheet, in UTF-8 with its mark in front.
    #[arg(long)]
    csv: bool,
    /// A file, or a folder of files, with certificates to trust (PEM or DER).
    #[arg(long, value_name = "PEM_OR_DIR")]
    trust: Vec<PathBuf>,
    /// Trust only what --trust names, not what the service's settings do.
    #[arg(long)]
    no_default_trust: bool,
    /// Use no network: nobody is asked whether a certificate was revoked.
    #[arg(long)]
    offline: bool,
    /// Judge as of this moment instead of now.
    #[arg(long, value_name = "RFC3339")]
    at: Option<jiff::Timestamp>,
    /// Variable with the password of encrypted files.
    #[arg(long, value_name = "VAR")]
    password_env: Option<String>,
    /// Also write a report. A folder: NAME.report.pdf, .json and .xml for each file. A file, with one PDF: that form of it.
    #[arg(long, value_name = "DIR_OR_FILE")]
    report: Option<PathBuf>,
    /// Say what differs from a report made before, in JSON; with one PDF.
    #[arg(long, value_name = "REPORT.json")]
    compare: Option<PathBuf>,
    /// Say on stderr how far it has come, also when that is no terminal.
    #[arg(long)]
    progress: bool,
    /// Files judged at the same time; by default, one per processor.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: Option<u8>,
}

/// Exit codes, the worst of several files wins: 2 > 1 > 3 > 4 > 0.
const USAGE: u8 = 2;
const WORST_FIRST: [u8; 5] = [USAGE, 1, 3, 4, 0];

/// What one file came to.
struct Judged {
    report: FileReport,
    /// What a comparison found.
    notes: Vec<String>,
    /// For stderr.
    complaints: Vec<String>,
    code: u8,
}

pub(super) fn run(arguments: &VerifyArguments) -> ExitCode {
    match verify_all(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(reason) => {
            say_line(&reason);
            ExitCode::from(USAGE)
        }
    }
}

fn verify_all(arguments: &VerifyArguments) -> Result<u8, String> {
    let is_one_file = matches!(arguments.files.as_slice(), [one] if !one.is_dir());
    if arguments.compare.is_some() && !is_one_file {
        return Err("--compare wants exactly one PDF".to_owned());
    }
    let bench = Bench::new(arguments, is_one_file)?;
    let form = Form::of(arguments.json, arguments.csv, is_one_file);
    let mut output = Output::new(form, arguments.progress);
    let mut worst = None;
    let files = walk::Walk::new(&arguments.files);
    let workers = arguments.workers.map_or_else(queue::processors, usize::from);
    queue::each(
        files,
        workers,
        |found| bench.judge(found),
        |judged: Judged| {
            output.show(&judged);
            worst = worst_of(worst, judged.code);
        },
    );
    output.end();
    worst.ok_or_else(|| "there is no PDF in the folders named".to_owned())
}

fn worst_of(one: Option<u8>, other: u8) -> Option<u8> {
    WORST_FIRST.into_iter().find(|code| *code == other || Some(*code) == one)
}

/// What judging takes, made once.
struct Bench<'a> {
    grounds: Grounds,
    password: Option<Password>,
    asker: Asker,
    paper: Option<Paper>,
    /// Where reports go, and whether that is a folder.
    reports: Option<(&'a Path, bool)>,
    before: Option<EarlierReport>,
}

impl<'a> Bench<'a> {
    fn new(arguments: &'a VerifyArguments, is_one_file: bool) -> Result<Self, String> {
        let config = if arguments.no_default_trust && arguments.report.is_none() {
            None
        } else {
            Some(Config::load(None).map_err(|error| words(&error))?)
        };
        let settings = config.as_ref().filter(|_| !arguments.no_default_trust);
        let trust = trust::list(settings, &arguments.trust)?;
        let reports = match &arguments.report {
            Some(path) if is_one_file && report::Kind::of(path).is_some() => Some((path.as_path(), false)),
            Some(path) if path.is_dir() => Some((path.as_path(), true)),
            Some(path) => {
                let wanted = "a folder that exists, or with one PDF a file ending in .pdf, .json or .xml";
                return Err(format!("{}: --report wants {wanted}", path.display()));
            }
            None => None,
        };
        let paper = match (&reports, config) {
            (Some(_), Some(config)) => Some(Paper::new(&config).map_err(|error| words(&error))?),
            _ => None,
        };
        let before = arguments.compare.as_deref().map(read_report).transpose()?;
        let password = arguments.password_env.as_deref().map(files::secret).transpose()?;
        let at = arguments.at.unwrap_or_else(|| Clock::System.now().to_jiff());
        Ok(Self {
            grounds: Grounds::new(Arc::new(trust), at, !arguments.offline),
            password: password.map(Password::from),
            asker: Asker::default(),
            paper,
            reports,
            before,
        })
    }

    fn judge(&self, found: Result<PathBuf, String>) -> Judged {
        let path = match found {
            Ok(path) => path,
            Err(reason) => return Judged::missing(&reason, String::new()),
        };
        let name = path.display().to_string();
        let file = match Disk::open(&path) {
            Ok(file) => file,
            Err(error) => return Judged::missing(&format!("{name}: {error}"), name),
        };
        let lookup = self.asker.lookup();
        // A reader that fails on one file must not take the others along.
        let judging = std::panic::AssertUnwindSafe(|| {
            judge(&file, &self.grounds, self.password.as_ref(), Some(&lookup))
        });
        let Ok(mut report) = std::panic::catch_unwind(judging) else {
            return Judged::missing(&format!("{name}: the file broke its reader"), name);
        };
        report.file = name;
        let reason = report.error.as_ref().map(|error| format!("{}: {}", report.file, error.message));
        let mut complaints: Vec<String> = reason.into_iter().collect();
        let mut code = exit_code(report.verdict);
        let report = Report::new(report, &self.grounds);
        if let Err(reason) = self.write_reports(&path, &report) {
            complaints.push(format!("{}: the report was not written: {reason}", path.display()));
            code = USAGE;
        }
        Judged { notes: self.compared(&report), report: report.into_result(), complaints, code }
    }

    fn write_reports(&self, path: &Path, report: &Report) -> Result<(), String> {
        let (Some((place, is_folder)), Some(paper)) = (self.reports, &self.paper) else { return Ok(()) };
        let made =
            |kind| paper.write(report, kind, Clock::System.now().to_jiff()).map_err(|error| words(&error));
        if !is_folder {
            return files::write(place, &made(report::Kind::of(place).unwrap_or(report::Kind::Json))?);
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // Files of one name in several folders: the hash keeps their reports apart.
        let short: String = report.result().sha256.chars().take(8).collect();
        report::Kind::ALL.into_iter().try_for_each(|kind| {
            let file = place.join(format!("{name}.{short}.report.{}", kind.ending()));
            files::write(&file, &made(kind)?)
        })
    }

    /// What differs from the report that was named, or that nothing does.
    fn compared(&self, report: &Report) -> Vec<String> {
        let Some(before) = &self.before else { return Vec::new() };
        let differences = before.differences(report);
        if differences.is_empty() {
            return vec![format!("Không có gì khác với báo cáo lập cho thời điểm {}.", before.at())];
        }
        differences.iter().map(|one| one.sentence().vi).collect()
    }
}

impl Judged {
    /// A file that is not there, or cannot be read at all.
    fn missing(reason: &str, name: String) -> Self {
        // An empty file cannot be read either; its report needs another reason only.
        let mut report = judge(&Held(&[]), &Grounds::nobody(), None, None);
        report.file = name;
        report.error = Some(ReportError { code: "not-readable".to_owned(), message: reason.to_owned() });
        Self { report, notes: Vec::new(), complaints: vec![reason.to_owned()], code: USAGE }
    }
}

fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Valid => 0,
        Verdict::Invalid => 1,
        Verdict::Unreadable => USAGE,
        Verdict::Indeterminate => 3,
        Verdict::Unsigned => 4,
    }
}

fn read_report(path: &Path) -> Result<EarlierReport, String> {
    let bytes = files::read(path)?;
    EarlierReport::from_json(&bytes)
        .ok_or_else(|| format!("{}: this is not a report of ecabinet", path.display()))
}
