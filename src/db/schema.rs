//! The schema and its upgrades.

use std::borrow::Cow;
use std::path::Path;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnection;

use super::Error;

macro_rules! migrations {
    ($folder:literal) => {
        migrations!($folder, "0001_foundation", "0002_identity", "0003_papers", "0004_signing", "0005_meetings",
            "0006_voting", "0007_minutes", "0008_trust", "0009_session", "0010_votes", "0011_secret_votes",
            "0012_annotations", "0013_planning", "0014_conclusions", "0015_live", "0016_outgoing", "0017_incoming",
            "0018_tasks", "0019_slips", "0020_ways", "0021_notices", "0022_indicators", "0023_retired_rooms",
            "0024_remote", "0025_files", "0026_dispatch", "0027_work_lists", "0028_search", "0029_lists",
            "0031_metadata", "0032_levels", "0033_origins", "0034_mailbox", "0035_copies", "0036_exchange",
            "0037_written_drafts", "0038_remote_pages", "0039_register_notes", "0040_unread_places")
    };
    ($folder:literal, $($name:literal),+) => {
        Migrator::with_migrations(
            [$(($name, include_str!(concat!("../../migrations/", $folder, "/", $name, ".sql")))),+]
                .into_iter()
                .map(|(name, text)| migration(number(name), name, text))
                .collect(),
        )
    };
}

/// The number a name begins with: "0007_minutes" is the seventh.
fn number(name: &str) -> i64 {
    let digits = name.chars().map_while(|letter| letter.to_digit(10));
    digits.fold(0, |number, digit| number * 10 + i64::from(digit))
}

fn migration(version: i64, name: &'static str, text: &'static str) -> Migration {
    Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, text.into_sql_str(), false)
}

/// Upgrades the embedded database; an older one with data is copied first,
/// to a file beside it.
///
/// `connection` must not enforce foreign keys: a table whose `CHECK` changes
/// is made anew and its rows are moved, which SQLite takes for a removal of
/// every row others refer to. What the upgrade leaves is checked as a whole.
pub(super) async fn upgrade_sqlite(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let migrator = migrations!("sqlite");
    if let Some(version) = installed_version(connection).await
        && migrator.iter().any(|migration| migration.version > version)
    {
        let backup = path.with_extension(format!("before-upgrade-from-{version}.db"));
        // VACUUM INTO refuses an existing file: a backup from an upgrade that was cut short stays.
        if !tokio::fs::try_exists(&backup).await.unwrap_or(false) {
            sqlx::query("VACUUM INTO $1")
                .bind(backup.to_string_lossy().into_owned())
                .execute(&mut *connection)
                .await
                .map_err(Error::Backup)?;
        }
    }
    migrator.run_direct(None, connection, false).await.map_err(Error::Schema)?;
    let dangling: Vec<(String,)> = sqlx::query_as("SELECT DISTINCT \"table\" FROM pragma_foreign_key_check")
        .fetch_all(connection)
        .await?;
    match dangling.into_iter().next() {
        Some((table,)) => Err(Error::Dangling(table)),
        None => Ok(()),
    }
}

async fn installed_version(connection: &mut SqliteConnection) -> Option<i64> {
    // A fresh file has no such table; that is no error here.
    let row: Result<(Option<i64>,), _> =
        sqlx::query_as("SELECT max(version) FROM _sqlx_migrations").fetch_one(connection).await;
    row.ok().and_then(|(version,)| version)
}

/// Upgrades a PostgreSQL database; its backups are the operator's.
pub(super) async fn upgrade_postgres(pool: &PgPool) -> Result<(), Error> {
    migrations!("postgres").run(pool).await.map_err(Error::Schema)
}
