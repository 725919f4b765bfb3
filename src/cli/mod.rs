//! The commands of the one binary.

mod check;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use crate::config::{Config, ConfigError, LogFormat};
use crate::papers;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service.
    Serve {
        /// Settings file; without one, the defaults and the environment.
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Try every part the service depends on and say what is missing.
    Check {
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Read or draw one PDF; the service runs this, people do not.
    #[command(hide = true)]
    Render {
        #[command(subcommand)]
        task: papers::Task,
    },
}

/// Runs a command to its end.
pub fn run(command: Command) -> ExitCode {
    match command {
        Command::Serve { config } => with_config(config, serve::run),
        Command::Check { config } => with_config(config, check::run),
        Command::Render { task } => papers::render(task),
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
    let done = Config::load(file.as_deref()).map_err(CommandError::from).and_then(|config| {
        start_logging(&config);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(work(config))
    });
    done.unwrap_or_else(|error| {
        say_error(&error);
        ExitCode::FAILURE
    })
}

#[expect(clippy::print_stderr, reason = "the terminal is where the person who typed the command looks")]
fn say_error(error: &dyn std::error::Error) {
    eprintln!("ecabinet: {}", crate::jobs::Failure::from_error(error));
}

#[expect(clippy::print_stdout, reason = "a command's answer goes to the terminal")]
fn say(line: impl std::fmt::Display) {
    println!("{line}");
}

fn start_logging(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log);
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
}
