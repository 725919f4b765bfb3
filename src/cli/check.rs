//! `ecabinet check`: does every part work, and what is missing.

use std::process::ExitCode;

use super::{CommandError, say};
use crate::audit::{self, Finding};
use crate::config::Config;
use crate::db::Db;
use crate::jobs::{self, Failure};
use crate::notices::Mailer;
use crate::storage::Storage;

/// One part, tried.
struct Line {
    part: &'static str,
    outcome: Outcome,
}

enum Outcome {
    Works(String),
    /// The service runs without it, with less.
    Absent(String),
    Fails(String),
}

pub(super) async fn run(config: Config) -> Result<ExitCode, CommandError> {
    let mut lines = database(&config).await;
    lines.push(storage(&config).await);
    lines.push(mail(&config).await);
    let is_broken = lines.iter().any(|line| matches!(line.outcome, Outcome::Fails(_)));
    for line in lines {
        let (mark, words) = match line.outcome {
            Outcome::Works(words) => ("ok     ", words),
            Outcome::Absent(words) => ("absent ", words),
            Outcome::Fails(words) => ("FAILS  ", words),
        };
        say(format!("{mark} {}: {words}", line.part));
    }
    Ok(if is_broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn database(config: &Config) -> Vec<Line> {
    let fails = |error: &dyn std::error::Error| Outcome::Fails(Failure::from_error(error).to_string());
    let db = match Db::open(config.database_url.reveal()).await {
        Ok(db) => db,
        Err(error) => return vec![Line { part: "database", outcome: fails(&error) }],
    };
    let mut lines = vec![Line { part: "database", outcome: Outcome::Works(db.kind().to_owned()) }];
    let log = async {
        let mut tx = db.read().await?;
        Ok::<_, crate::db::Error>((audit::verify(&mut tx).await?, jobs::stuck_count(&mut tx).await?))
    };
    match log.await {
        Ok((finding, stuck)) => {
            let outcome = match finding {
                Finding::Intact { entries } => Outcome::Works(format!("{entries} entries, chain intact")),
                Finding::Broken { sequence } => Outcome::Fails(format!("broken at entry {sequence}")),
            };
            lines.push(Line { part: "audit log", outcome });
            let outcome = match stuck {
                0 => Outcome::Works("none given up".to_owned()),
                count => Outcome::Absent(format!("{count} given up; see the page of background jobs")),
            };
            lines.push(Line { part: "jobs", outcome });
        }
        Err(error) => lines.push(Line { part: "audit log", outcome: fails(&error) }),
    }
    lines
}

async fn storage(config: &Config) -> Line {
    let tried = async { Storage::open(config).await?.probe().await };
    let outcome = match tried.await {
        Ok(()) => Outcome::Works(config.storage_url.clone()),
        Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
    };
    Line { part: "object storage", outcome }
}

async fn mail(config: &Config) -> Line {
    let outcome = match Mailer::new(config) {
        Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
        Ok(mailer) => match mailer.probe().await {
            Ok(true) => Outcome::Works("mail server answers".to_owned()),
            Ok(false) => Outcome::Absent("no mail server set; mails stay in the outbox page".to_owned()),
            Err(error) => Outcome::Fails(error.to_string()),
        },
    };
    Line { part: "mail", outcome }
}
