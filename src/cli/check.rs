//! `ecabinet check`: does every part work, and what is missing.

use std::process::ExitCode;

use openssl::rand::rand_bytes;
use pades::sign::{Stamping, append_document_timestamp};
use pades::trust::Anchors;
use tokio::runtime::Handle;

use super::{CommandError, say};
use crate::audit::{self, Finding};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::exchange::folder;
use crate::incoming::letters::mailbox;
use crate::jobs::{self, Failure};
use crate::layout;
use crate::notices::Mailer;
use crate::papers::{self, Renderer};
use crate::remote::{Reach, Remote};
use crate::signing::service::Service;
use crate::signing::{SealModule, Stamps, test_keys_present};
use crate::storage::Storage;
use crate::verify;
use crate::verify::report::Paper;

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
    lines.push(renderer(&config).await);
    lines.push(converter().await);
    lines.push(layout_rules(&config).await);
    lines.extend(trust(&config).await);
    lines.push(seal_device(&config));
    lines.extend(signing_services(&config).await);
    lines.extend(exchange_folders(&config).await);
    lines.push(reports(&config));
    lines.push(mail(&config).await);
    lines.extend(mailboxes(&config).await);
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
    lines.push(test_keys(&db, config).await);
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

/// What `serve` refuses to start with, said before it does.
async fn test_keys(db: &Db, config: &Config) -> Line {
    let found = async { test_keys_present(&mut db.read().await?).await };
    let outcome = match (found.await, config.test_authority) {
        (Err(error), _) => Outcome::Fails(Failure::from_error(&error).to_string()),
        (Ok(false), _) => Outcome::Works("none".to_owned()),
        (Ok(true), true) => {
            Outcome::Absent("this office only practises; its signatures are worthless".to_owned())
        }
        (Ok(true), false) => Outcome::Fails("present, but test_authority is false; remove them".to_owned()),
    };
    Line { part: "test signing keys", outcome }
}

async fn storage(config: &Config) -> Line {
    let tried = async { Storage::open(config).await?.probe().await };
    let outcome = match tried.await {
        Ok(()) => Outcome::Works(config.storage_url.clone()),
        Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
    };
    Line { part: "object storage", outcome }
}

/// Loads the module and looks for tokens; its PIN is not tried, for each try counts.
fn seal_device(config: &Config) -> Line {
    let outcome = match SealModule::of(config).map(|module| module.map(|module| module.tokens())) {
        Ok(None) => Outcome::Absent("no seal_module; seals are kept as files".to_owned()),
        Ok(Some(Ok(tokens))) if tokens.is_empty() => Outcome::Fails("no token is there".to_owned()),
        Ok(Some(Ok(tokens))) => Outcome::Works(tokens.join(", ")),
        Ok(Some(Err(error))) | Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
    };
    Line { part: "device of the seal", outcome }
}

/// Asks each remote signing service who it is, and to be admitted. No person's PIN is tried.
async fn signing_services(config: &Config) -> Vec<Line> {
    let remote = Remote::new(config.remote_hosts.clone(), Reach::Outside, Handle::current());
    let mut lines = Vec::new();
    for service in Service::all(config, &remote) {
        let asked = async {
            let name = service.info().await?;
            service.admission().await.map(|_| name)
        };
        let title = &service.settings.title;
        let outcome = match asked.await {
            Ok(name) => Outcome::Works(format!("{title}: {name} admits this installation")),
            Err(error) => Outcome::Fails(format!("{title}: {}", Failure::from_error(&error))),
        };
        lines.push(Line { part: "remote signing", outcome });
    }
    lines
}

/// Can each folder of the exchange be read and written?
async fn exchange_folders(config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    for settings in &config.exchange {
        let place = format!("{}: {}", settings.organisation, settings.folder.display());
        let outcome = match folder::prepare(settings).await {
            Ok(()) => Outcome::Works(place),
            Err(error) => Outcome::Fails(format!("{place}: {error}")),
        };
        lines.push(Line { part: "exchange", outcome });
    }
    lines
}

async fn layout_rules(config: &Config) -> Line {
    let outcome = match layout::own_profile(config).await {
        Ok(None) => Outcome::Works("those that come along".to_owned()),
        Ok(Some(own)) => Outcome::Works(own.name),
        Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
    };
    Line { part: "layout rules", outcome }
}

async fn renderer(config: &Config) -> Line {
    let tried = async { Renderer::new(config)?.probe().await };
    let outcome = match tried.await {
        Ok(true) => Outcome::Works("reads a page in a process of its own".to_owned()),
        Ok(false) => Outcome::Fails("cannot read an empty page".to_owned()),
        Err(error) => Outcome::Fails(error.to_string()),
    };
    Line { part: "PDF reader", outcome }
}

async fn converter() -> Line {
    let outcome = match papers::converts_office_files().await {
        Ok(true) => Outcome::Works("LibreOffice converts".to_owned()),
        Ok(false) => Outcome::Absent("LibreOffice is not installed; only PDFs are taken".to_owned()),
        Err(error) => Outcome::Fails(error.to_string()),
    };
    Line { part: "office files", outcome }
}

/// Whom signatures are judged by, and who says what time it is.
async fn trust(config: &Config) -> Vec<Line> {
    let anchors = match verify::configured(config) {
        Ok(certificates) => certificates.into_iter().collect(),
        Err(error) => {
            let outcome = Outcome::Fails(Failure::from_error(&error).to_string());
            return vec![Line { part: "trust anchors", outcome }];
        }
    };
    let outcome = match (config.trust_file.as_str(), config.test_authority) {
        ("", false) => Outcome::Absent("no trust_file set; no signature is called trusted".to_owned()),
        ("", true) => Outcome::Absent("only the test authority is trusted".to_owned()),
        (file, false) => Outcome::Works(file.to_owned()),
        (file, true) => Outcome::Works(format!("{file}, and the test authority")),
    };
    vec![Line { part: "trust anchors", outcome }, timestamps(config, anchors).await]
}

/// Who signs reports of verdicts.
fn reports(config: &Config) -> Line {
    let outcome = match Paper::new(config) {
        Ok(paper) if paper.is_sealed() => {
            Outcome::Works("signed with the key of this installation".to_owned())
        }
        Ok(_) => Outcome::Absent("no report_key set; reports are not signed".to_owned()),
        Err(error) => Outcome::Fails(Failure::from_error(&error).to_string()),
    };
    Line { part: "reports", outcome }
}

/// Asks for a real timestamp, and whether its authority is one we trust.
async fn timestamps(config: &Config, anchors: Anchors) -> Line {
    let remote = Remote::new(config.remote_hosts.clone(), Reach::Outside, Handle::current());
    let outcome = match Stamps::of(config, &remote, &Clock::System) {
        None => Outcome::Absent("no timestamp_url set; signatures get no trusted time".to_owned()),
        Some(stamps) => match tokio::task::spawn_blocking(move || stamp(&stamps, &anchors)).await {
            Ok(Ok(())) if config.timestamp_url.is_empty() => {
                Outcome::Works("the built-in test authority".to_owned())
            }
            Ok(Ok(())) => Outcome::Works(config.timestamp_url.clone()),
            Ok(Err(failure)) => Outcome::Fails(failure.to_string()),
            Err(error) => Outcome::Fails(error.to_string()),
        },
    };
    Line { part: "timestamps", outcome }
}

fn stamp(stamps: &Stamps, anchors: &Anchors) -> Result<(), Failure> {
    let mut nonce = [0; 16];
    rand_bytes(&mut nonce).map_err(|error| Failure::from_error(&error))?;
    let anchors = (!anchors.is_empty()).then_some(anchors);
    let stamping = Stamping { service: stamps, nonce, anchors, required: true };
    let stamped = append_document_timestamp(papers::BLANK, &stamping, Clock::System.now().to_jiff());
    stamped.map(|_| ()).map_err(|error| Failure::from_error(&error))
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

/// Signs in to each e-mail box and opens its folder; nothing is read or marked.
async fn mailboxes(config: &Config) -> Vec<Line> {
    let mut lines = Vec::new();
    for mailbox in &config.mailboxes {
        let name = mailbox.url.name();
        let outcome = match mailbox::probe(config, mailbox).await {
            Ok(()) => Outcome::Works(format!("{name} opens")),
            Err(error) => Outcome::Fails(format!("{name}: {}", Failure::from_error(&error))),
        };
        lines.push(Line { part: "mailbox", outcome });
    }
    lines
}
