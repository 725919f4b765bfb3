//! `ecabinet timestamp`: appends a document timestamp.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use pades::sign::append_document_timestamp;

use super::files;
use super::network::{Network, stamping};
use super::sign::Refusal;
use crate::clock::Clock;

#[derive(Debug, Args)]
pub struct TimestampArguments {
    file: PathBuf,
    /// Where the stamped file goes; nothing is written when stamping is refused.
    #[arg(short, long)]
    out: PathBuf,
    /// Timestamp authority (RFC 3161).
    #[arg(long, value_name = "URL")]
    tsa: String,
}

pub(super) fn run(arguments: &TimestampArguments) -> ExitCode {
    Refusal::exit(stamp_file(arguments))
}

fn stamp_file(arguments: &TimestampArguments) -> Result<(), Refusal> {
    let file = files::read(&arguments.file).map_err(Refusal::Refused)?;
    let now = Clock::System.now().to_jiff();
    let network = Network::open()?;
    let authority = network.authority(&arguments.tsa);
    let stamped = append_document_timestamp(&file, &stamping(&authority)?, now);
    let stamped = stamped.map_err(|error| Refusal::of(&error))?;
    files::write(&arguments.out, &stamped.onto(&file)).map_err(Refusal::Refused)
}
