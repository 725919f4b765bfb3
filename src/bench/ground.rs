//! Where a bench works.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::BenchError;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::store::organisation_count;
use crate::web::App;
use crate::{app, sql};

/// A folder, and settings that lead there. The environment stands above them:
/// `ECABINET_DATABASE_URL` measures another database.
#[derive(Debug)]
pub struct Ground {
    folder: PathBuf,
    config: Config,
    /// Held so that the folder goes away with it; `None`: it was asked to stay.
    _scratch: Option<TempDir>,
}

impl Ground {
    /// In `kept`, or in a folder that goes away.
    pub fn new(kept: Option<PathBuf>) -> Result<Self, BenchError> {
        let (folder, scratch) = match kept {
            Some(kept) => (kept, None),
            None => {
                let scratch = tempfile::tempdir()?;
                (scratch.path().to_owned(), Some(scratch))
            }
        };
        let path = |name: &str| folder.join(name).display().to_string();
        let mut settings = toml::Table::new();
        settings.insert("database_url".into(), format!("sqlite:{}", path("ecabinet.db")).into());
        settings.insert("storage_url".into(), format!("file:{}", path("objects")).into());
        settings.insert("scratch".into(), path("incoming").into());
        settings.insert("log".into(), "warn,ecabinet::bench=info".into());
        Ok(Self { config: Config::load_over(settings)?, folder, _scratch: scratch })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Opens the service's parts on an empty database.
    pub(super) async fn open(&self) -> Result<App, BenchError> {
        let app = self.open_again().await?;
        if is_filled(&app).await? {
            return Err(BenchError("the database is not empty; a bench needs one of its own".to_owned()));
        }
        Ok(app)
    }

    /// Opens them on what an earlier run may have left.
    pub(super) async fn open_again(&self) -> Result<App, BenchError> {
        Ok(app::open(self.config.clone(), Clock::System).await?)
    }
}

pub(super) async fn is_filled(app: &App) -> Result<bool, BenchError> {
    let mut tx = app.db.read().await?;
    Ok(organisation_count(&mut tx).await? > 0)
}

/// Waits until no job is left to do: otherwise the worker's labour would be
/// measured too.
pub(super) async fn wait_for_jobs(db: &Db) -> Result<(), BenchError> {
    wait_for_kind(db, "").await
}

/// Waits until no job of a kind is left to do today; the empty kind is all.
/// A certificate's warning of next year is nobody's labour now.
pub(super) async fn wait_for_kind(db: &Db, kind: &str) -> Result<(), BenchError> {
    let today = Clock::System.now().plus_seconds(86_400);
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
    loop {
        ticks.tick().await;
        let mut tx = db.read().await?;
        let (left,) = sql!(tx => fetch_one
            "SELECT count(id) FROM job WHERE state = 'waiting' AND run_at < $2 AND ($1 = '' OR kind = $1)"
            as (i64,), kind, today)?;
        if left == 0 {
            return Ok(());
        }
    }
}
