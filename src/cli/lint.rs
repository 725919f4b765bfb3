//! `ecabinet lint`: where the layout of official documents differs from the
//! regulation.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::{CommandError, files, say, say_line};
use crate::clock::Clock;
use crate::config::Config;
use crate::layout::{self, CheckError, Finding, Profile, Report, Severity, Stage};
use crate::papers::Renderer;
use crate::web::Lang;

#[derive(Debug, Args)]
pub struct LintArguments {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// A profile that comes along (`nd30_state`, `party`), or the file of an office's own.
    #[arg(long, value_name = "NAME_OR_FILE", default_value = "nd30_state")]
    profile: String,
    /// One object a file, one a line.
    #[arg(long)]
    json: bool,
    /// Number and date are still to come: their places must be blank.
    #[arg(long)]
    unnumbered: bool,
}

/// From best to worst.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Passed = 0,
    Blocked = 1,
    Unreadable = 2,
}

#[derive(Serialize)]
struct FileJson<'a> {
    file: String,
    error: Option<String>,
    #[serde(flatten)]
    report: Option<&'a Report>,
}

pub(super) fn load(arguments: LintArguments) -> Result<(LintArguments, Profile, Renderer), CommandError> {
    let profile = profile(&arguments.profile).map_err(CommandError::Refused)?;
    if !profile.is_in_force(Clock::System.now().in_office().date()) {
        say_line(&format!("the profile {} does not hold today", profile.name));
    }
    let renderer = Renderer::new(&Config::load(None)?)?;
    Ok((arguments, profile, renderer))
}

fn profile(name: &str) -> Result<Profile, String> {
    if Profile::names().any(|known| known == name) {
        return Profile::named(name).map_err(|error| error.to_string());
    }
    let bytes = files::read(Path::new(name))?;
    let text = String::from_utf8(bytes).map_err(|error| format!("{name}: {error}"))?;
    Profile::parse(&text).map_err(|error| format!("{name}: {error}"))
}

pub(super) async fn run(
    (arguments, profile, renderer): (LintArguments, Profile, Renderer),
) -> Result<ExitCode, CommandError> {
    let stage = Stage { is_unnumbered: arguments.unnumbered };
    let mut worst = Outcome::Passed;
    for file in &arguments.files {
        let checked = check(&renderer, file, &profile, stage).await;
        worst = worst.max(match &checked {
            Ok(report) if report.is_blocked() => Outcome::Blocked,
            Ok(_) => Outcome::Passed,
            Err(_) => Outcome::Unreadable,
        });
        tell(file, &checked, arguments.json);
    }
    Ok(ExitCode::from(worst as u8))
}

async fn check(renderer: &Renderer, file: &Path, profile: &Profile, stage: Stage) -> Result<Report, String> {
    // The reading process only says that it failed; here a person named the file.
    tokio::fs::metadata(file).await.map_err(|error| error.to_string())?;
    layout::check(renderer, file, profile, stage).await.map_err(|error| match error {
        CheckError::Start(error) => error.to_string(),
        error => error.to_string(),
    })
}

fn tell(file: &Path, checked: &Result<Report, String>, json: bool) {
    let name = file.display().to_string();
    match checked {
        _ if json => {
            let error = checked.as_ref().err().cloned();
            let line = FileJson { file: name, error, report: checked.as_ref().ok() };
            if let Ok(line) = serde_json::to_string(&line) {
                say(line);
            }
        }
        Ok(report) => {
            for finding in &report.findings {
                say(line(&name, report, finding));
            }
            let count = |severity| report.count(severity).to_string();
            let counts = [
                ("file", name.as_str()),
                ("pages", &report.pages.to_string()),
                ("blocking", &count(Severity::Blocking)),
                ("warnings", &count(Severity::Warning)),
                ("notes", &count(Severity::Note)),
            ];
            say(Lang::Vi.t_with("layout-summary", &counts));
        }
        Err(reason) => say_line(&format!("{name}: {reason}")),
    }
}

fn line(name: &str, report: &Report, finding: &Finding) -> String {
    let severity = Lang::Vi.t(&format!("layout-severity-{}", finding.severity.as_str()));
    let place =
        finding.place.map(|place| format!(" ({:.0}, {:.0} mm)", place.x0, place.y0)).unwrap_or_default();
    let (sentence, code) = (finding.sentence(Lang::Vi), finding.code());
    let citation = report.citation(finding, Lang::Vi);
    format!("{name}:{}{place}: {severity}: {sentence} [{code}; {citation}]", finding.page)
}
