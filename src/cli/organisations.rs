//! `ecabinet organisations`: the organisations of the installation, and which
//! stands under which.

use std::path::PathBuf;
use std::process::ExitCode;

use super::{CommandError, say};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::{self, actions};
use crate::jobs::Failure;

/// What to do; without a code, the organisations are listed.
#[derive(Debug, clap::Args)]
pub struct OrganisationsArguments {
    /// The organisation to place, by its code.
    #[arg(requires = "place")]
    code: Option<String>,
    /// The organisation right above it, by its code: it reads the sums of the other's figures.
    #[arg(long, group = "place", requires = "code")]
    under: Option<String>,
    /// None of this installation stands above it.
    #[arg(long, group = "place", requires = "code")]
    alone: bool,
    /// Settings file; without one, the defaults and the environment.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

pub(super) async fn run(config: Config, arguments: OrganisationsArguments) -> Result<ExitCode, CommandError> {
    let refused =
        |error: &dyn std::error::Error| CommandError::Refused(Failure::from_error(error).to_string());
    let db = Db::open(config.database_url.reveal()).await.map_err(|error| refused(&error))?;
    if let Some(code) = arguments.code {
        let mut tx = db.write().await.map_err(|error| refused(&error))?;
        let placed = actions::place(&mut tx, &code, arguments.under.as_deref(), Clock::System.now()).await;
        placed.map_err(|error| refused(&error))?;
        tx.commit().await.map_err(|error| refused(&error))?;
    }
    list(&db).await.map_err(|error| refused(&error))?;
    Ok(ExitCode::SUCCESS)
}

/// A line each: code, level, the code of the one above or a dash, name.
async fn list(db: &Db) -> Result<(), crate::db::Error> {
    let mut tx = db.read().await?;
    let all = identity::store::organisations(&mut tx).await?;
    for one in &all {
        let above = all.iter().find(|other| Some(other.id) == one.parent_id).map_or("-", |other| &other.code);
        say(format!("{}\t{}\t{above}\t{}", one.code, one.level.as_str(), one.name));
    }
    Ok(())
}
