//! The commands of the one binary.

mod agent;
mod bench;
mod bodies;
mod check;
mod demo;
mod files;
mod lint;
mod network;
mod organisations;
mod revisions;
mod serve;
mod sign;
mod timestamp;
mod trust;
mod verify;
mod verify_vote;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::bench::Name;
use crate::config::{Config, ConfigError, LogFormat};
use crate::incoming::letters;
use crate::jobs::Failure;
use crate::papers;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service.
    Serve {
        /// Settings file; without one, the defaults and the environment.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Run the service on a scratch folder, with the sample office in it.
    Demo,
    /// Try every part the service depends on and say what is missing.
    Check {
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// List the organisations of the installation, or say under which one stands.
    Organisations(organisations::OrganisationsArguments),
    /// Read a list of bodies of the State that documents can be sent to by the exchange.
    Bodies(bodies::BodiesArguments),
    /// Measure what the README says of this machine; one of them at a time.
    Bench {
        name: Name,
        /// One line of JSON instead.
        #[arg(long)]
        json: bool,
        /// Work in this folder and leave it there; `work` measures again on
        /// what it finds in it.
        #[arg(long)]
        folder: Option<PathBuf>,
    },
    /// Say what the signatures of PDFs prove. Exit code: 0 all passed, 1 one
    /// failed, 3 one is open, 4 no signature, 2 unreadable or bad usage.
    Verify(verify::VerifyArguments),
    /// Check the record of a vote: chain, count, outcome, signatures. Exit
    /// codes as of verify.
    VerifyVote(verify_vote::VerifyVoteArguments),
    /// Append one signature to a PDF. Exit code: 0 done, 1 refused, 2 bad usage.
    Sign(Box<sign::SignArguments>),
    /// Append a document timestamp to a PDF. Exit code: 0 done, 1 refused, 2 bad usage.
    Timestamp(timestamp::TimestampArguments),
    /// List the revisions of a PDF, or write one out byte for byte.
    Revisions(revisions::RevisionsArguments),
    /// Say where the layout of official documents differs from the decree.
    /// Exit code: 0 nothing blocks, 1 something does, 2 unreadable or bad usage.
    Lint(lint::LintArguments),
    /// On an official's PC: lend its token to the office's page.
    Agent(agent::AgentArguments),
    /// Read or draw one PDF; the service runs this, people do not.
    #[command(hide = true)]
    Render {
        #[command(subcommand)]
        task: papers::Task,
    },
    /// Read one letter; the service runs this, people do not.
    #[command(hide = true)]
    Letter {
        #[command(subcommand)]
        task: letters::Task,
    },
}

/// Runs a command to its end.
pub fn run(command: Command) -> ExitCode {
    match command {
        Command::Serve { config } => with_config(config, serve::run),
        Command::Demo => with(demo::load(), |(scratch, config)| {
            start_logging(&config);
            demo::run(scratch, config)
        }),
        Command::Check { config } => with_config(config, check::run),
        Command::Organisations(arguments) => {
            with_config(arguments.config.clone(), |config| organisations::run(config, arguments))
        }
        Command::Bodies(arguments) => {
            with_config(arguments.config.clone(), |config| bodies::run(config, arguments))
        }
        Command::Bench { name, json, folder } => with(bench::load(folder), |ground| {
            start_logging(ground.config());
            bench::run(name, json, ground)
        }),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::VerifyVote(arguments) => verify_vote::run(&arguments),
        Command::Sign(arguments) => sign::run(&arguments),
        Command::Timestamp(arguments) => timestamp::run(&arguments),
        Command::Revisions(arguments) => revisions::run(&arguments),
        Command::Lint(arguments) => match lint::load(arguments) {
            Ok(start) => with(Ok(start), lint::run),
            Err(error) => {
                say_line(&words(&error));
                ExitCode::from(2)
            }
        },
        Command::Agent(arguments) => with(Ok(arguments), agent::run),
        Command::Render { task } => papers::render(task),
        Command::Letter { task } => letters::read(&task),
    }
}

/// Why a command could not be carried out, for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Start(#[from] crate::app::StartError),
    #[error(transparent)]
    Mailer(#[from] crate::notices::MailerError),
    #[error(transparent)]
    Demo(#[from] crate::demo::DemoError),
    #[error(transparent)]
    Lights(#[from] crate::verify::LightsError),
    #[error(transparent)]
    Agent(#[from] crate::agent::AgentError),
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

fn with_config<F, O>(file: Option<PathBuf>, work: F) -> ExitCode
where
    F: FnOnce(Config) -> O,
    O: Future<Output = Result<ExitCode, CommandError>>,
{
    with(Config::load(file.as_deref()).map_err(CommandError::from), |config| {
        start_logging(&config);
        work(config)
    })
}

/// Runs what `work` makes of `start`, and says what went wrong.
fn with<T, F, O>(start: Result<T, CommandError>, work: F) -> ExitCode
where
    F: FnOnce(T) -> O,
    O: Future<Output = Result<ExitCode, CommandError>>,
{
    let done = start.and_then(|start| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(work(start))
    });
    done.unwrap_or_else(|error| {
        say_line(&Failure::from_error(&error).to_string());
        ExitCode::FAILURE
    })
}

/// An error with all its causes, on one line.
fn words(error: &dyn std::error::Error) -> String {
    Failure::from_error(error).to_string()
}

/// Prints one line on stderr, where the person who typed the command looks.
fn say_line(reason: &str) {
    let words: Vec<&str> =
        reason.split(|letter: char| letter.is_whitespace() || letter.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    drop(writeln!(std::io::stderr(), "ecabinet: {line}"));
}

/// Prints a line of a command's answer.
fn say(line: impl std::fmt::Display) {
    // Whoever read the output may have seen enough and gone, as `head` does.
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

fn start_logging(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
