//! Where a bench works.

use std::path::Path;

use tempfile::TempDir;

use super::BenchError;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::identity::store::organisation_count;
use crate::web::App;
use crate::{app, sql};

/// A folder that goes away, and settings that lead there. The environment
/// stands above them: `ECABINET_DATABASE_URL` measures another database.
#[derive(Debug)]
pub struct Ground {
    folder: TempDir,
    config: Config,
}

impl Ground {
    pub fn new() -> Result<Self, BenchError> {
        let folder = tempfile::tempdir()?;
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut settings = toml::Table::new();
        settings.insert("database_url".into(), format!("sqlite:{}", path("ecabinet.db")).into());
        settings.insert("storage_url".into(), format!("file:{}", path("objects")).into());
        settings.insert("scratch".into(), path("incoming").into());
        settings.insert("log".into(), "warn,ecabinet::bench=info".into());
        Ok(Self { config: Config::load_over(settings)?, folder })
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the service's parts on an empty database.
    pub(super) async fn open(&self) -> Result<App, BenchError> {
        let app = app::open(self.config.clone(), Clock::System).await?;
        let mut tx = app.db.read().await?;
        if organisation_count(&mut tx).await? > 0 {
            return Err(BenchError("the database is not empty; a bench needs one of its own".to_owned()));
        }
        Ok(app)
    }
}

/// Waits until no job is left to do: otherwise the worker's labour would be
/// measured too.
pub(super) async fn wait_for_jobs(db: &Db) -> Result<(), BenchError> {
    let mut ticks = tokio::time::interval(std::time::Duration::from_millis(100));
    loop {
        ticks.tick().await;
        let mut tx = db.read().await?;
        let (left,) = sql!(tx => fetch_one "SELECT count(id) FROM job WHERE state = 'waiting'" as (i64,))?;
        if left == 0 {
            return Ok(());
        }
    }
}
