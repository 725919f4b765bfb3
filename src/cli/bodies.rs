//! `ecabinet bodies`: the directory of bodies that documents can be sent to by
//! the exchange.

use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;

use super::{CommandError, say};
use crate::config::Config;
use crate::db::Db;
use crate::exchange;
use crate::jobs::Failure;

#[derive(Debug, clap::Args)]
pub struct BodiesArguments {
    /// A list as CSV with the columns code, name and, if known, old_code.
    list: PathBuf,
    /// Settings file; without one, the defaults and the environment.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

pub(super) async fn run(config: Config, arguments: BodiesArguments) -> Result<ExitCode, CommandError> {
    let refused =
        |error: &dyn std::error::Error| CommandError::Refused(Failure::from_error(error).to_string());
    let list = File::open(&arguments.list)?;
    let db = Db::open(config.database_url.reveal()).await.map_err(|error| refused(&error))?;
    let mut tx = db.write().await.map_err(|error| refused(&error))?;
    let count = exchange::bodies::import(&mut tx, list).await.map_err(|error| refused(&error))?;
    tx.commit().await.map_err(|error| refused(&error))?;
    say(format!("{count} bodies read"));
    Ok(ExitCode::SUCCESS)
}
