//! Reads arguments and settings, then starts what was asked for.

use std::alloc::System;
use std::process::ExitCode;

use clap::Parser;
use ecabinet::cli::{self, Command};
use zeroizing_alloc::ZeroAlloc;

/// Wipes memory that is given back, so that no session and no secret ballot
/// is found there later.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

#[derive(Debug, Parser)]
#[command(name = "ecabinet", version, about = "Paperless meetings and signed official documents")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    cli::run(Arguments::parse().command)
}
