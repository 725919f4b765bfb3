//! Reads arguments and settings, then starts what was asked for.

use std::process::ExitCode;

use clap::Parser;
use ecabinet::cli::{self, Command};

#[derive(Debug, Parser)]
#[command(name = "ecabinet", version, about = "Paperless meetings and signed official documents")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    cli::run(Arguments::parse().command)
}
