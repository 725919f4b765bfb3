//! `ecabinet verify-vote`: is the record of a vote intact, and does it count as it says?

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{files, say, say_line, trust, words};
use crate::clock::Clock;
use crate::config::Config;
use crate::voting::record::{Finding, Judged, Verdict, judge};
use crate::web::Lang;

#[derive(Debug, Args)]
pub struct VerifyVoteArguments {
    /// The exported record.
    file: PathBuf,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// A file, or a folder of files, with certificates to trust (PEM or DER).
    #[arg(long, value_name = "PEM_OR_DIR")]
    trust: Vec<PathBuf>,
    /// Trust only what --trust names, not what the service's settings do.
    #[arg(long)]
    no_default_trust: bool,
    /// Judge as of this moment instead of now.
    #[arg(long, value_name = "RFC3339")]
    at: Option<jiff::Timestamp>,
}

/// Unreadable, or bad usage.
const USAGE: u8 = 2;

pub(super) fn run(arguments: &VerifyVoteArguments) -> ExitCode {
    match check(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(reason) => {
            say_line(&reason);
            ExitCode::from(USAGE)
        }
    }
}

fn check(arguments: &VerifyVoteArguments) -> Result<u8, String> {
    let config = match arguments.no_default_trust {
        true => None,
        false => Some(Config::load(None).map_err(|error| words(&error))?),
    };
    let trust = trust::list(config.as_ref(), &arguments.trust)?;
    let at = arguments.at.unwrap_or_else(|| Clock::System.now().to_jiff());
    let bytes = files::read(&arguments.file)?;
    let judged = judge(&bytes, trust.anchors(), at);
    if judged.verdict == Verdict::Unreadable {
        say_line(&format!("{}: {}", arguments.file.display(), sentence(Lang::Vi, judged.verdict)));
    }
    if arguments.json {
        say(report(arguments, &bytes, &judged));
    } else {
        show(arguments, &judged);
    }
    Ok(exit_code(judged.verdict))
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

fn sentence(lang: Lang, verdict: Verdict) -> String {
    lang.t(match verdict {
        Verdict::Valid => "record-valid",
        Verdict::Indeterminate => "record-indeterminate",
        Verdict::Invalid => "record-invalid",
        Verdict::Unsigned => "record-unsigned",
        Verdict::Unreadable => "record-unreadable",
    })
}

fn finding_text(lang: Lang, finding: &Finding) -> String {
    let text = lang.t(&format!("finding-{}", finding.code));
    if finding.about.is_empty() { text } else { format!("{text} ({})", harmless(&finding.about)) }
}

/// What stands in a file is anybody's text, and a terminal obeys control letters.
fn harmless(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).collect()
}

fn show(arguments: &VerifyVoteArguments, judged: &Judged) {
    say(format_args!("{}: {}", arguments.file.display(), sentence(Lang::Vi, judged.verdict)));
    if let Some(vote) = &judged.vote {
        say(format_args!("  {}. {}", vote.number, harmless(&vote.question)));
    }
    if let Some(result) = &judged.recounted {
        let counts: Vec<String> =
            result.counts.iter().map(|one| format!("{} {}", harmless(&one.choice), one.ballots)).collect();
        say(format_args!(
            "  {}/{}/{}: {} → {}",
            result.total_members,
            result.present + result.proxies,
            result.voted,
            counts.join(", "),
            result.outcome.as_str()
        ));
    }
    for signer in &judged.signers {
        say(format_args!("  {} ({})", harmless(&signer.name), harmless(&signer.signed_at)));
    }
    for finding in &judged.findings {
        say(format_args!("  - {}", finding_text(Lang::Vi, finding)));
    }
}

fn report(arguments: &VerifyVoteArguments, bytes: &[u8], judged: &Judged) -> Value {
    let message = |finding: &Finding| {
        json!({
            "code": finding.code, "about": finding.about, "fault": finding.is_fault,
            "vi": finding_text(Lang::Vi, finding), "en": finding_text(Lang::En, finding),
        })
    };
    json!({
        "file": arguments.file.display().to_string(),
        "size": bytes.len(),
        "sha256": hex::encode(Sha256::digest(bytes)),
        "verdict": judged.verdict,
        "sentence": { "vi": sentence(Lang::Vi, judged.verdict), "en": sentence(Lang::En, judged.verdict) },
        "vote": judged.vote,
        "recounted": judged.recounted,
        "signers": judged.signers,
        "signed_ballots": judged.signed_ballots,
        "messages": judged.findings.iter().map(message).collect::<Vec<_>>(),
    })
}
