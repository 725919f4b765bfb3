//! One SQL text on two databases.
//!
//! [`Db`] opens transactions, [`Tx`] is one, and [`sql!`](crate::sql) runs a
//! statement in it. SQLite is embedded and the default; PostgreSQL is for
//! installations with more than one node. Nothing above this module knows
//! which of the two it talks to.

mod bulletin;
mod column;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection as _, Sqlite, Transaction};

use self::writer::{WriteTx, Writer};

pub use self::bulletin::{Board, Bulletin};

/// Readers of the embedded database that may work at the same time.
const SQLITE_READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a statement waits for another process to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database refused a statement")]
    Statement(#[from] sqlx::Error),
    #[error("the database could not be brought to the current schema")]
    Schema(#[source] sqlx::migrate::MigrateError),
    #[error("the database could not be backed up before an upgrade")]
    Backup(#[source] sqlx::Error),
    #[error("after the upgrade, rows of table {0} refer to rows that are not there")]
    Dangling(String),
    #[error("the address of the database is neither sqlite: nor postgres:")]
    Address,
    #[error("the folder of the database could not be made")]
    Folder(#[source] std::io::Error),
    #[error("a transaction could not be begun: {0}")]
    Begin(String),
    #[error("a commit did not reach the disk: {0}")]
    Commit(String),
}

impl Error {
    /// True when a row was to go that another row refers to.
    pub fn is_still_needed(&self) -> bool {
        matches!(self, Self::Statement(sqlx::Error::Database(error)) if error.is_foreign_key_violation())
    }
}

/// Rows of one `INSERT`: with ten columns still fewer values than either
/// database takes.
pub const ROWS_OF_INSERT: usize = 1_000;

/// The database, shared by all.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite { read: SqlitePool, write: Writer },
    Postgres(PgPool),
}

impl Db {
    /// Opens the database and brings its schema up to date.
    ///
    /// `address` is `sqlite:PATH` or a `postgres:` URL.
    pub async fn open(address: &str) -> Result<Self, Error> {
        if let Some(path) = address.strip_prefix("sqlite:") {
            Self::open_sqlite(&PathBuf::from(path)).await
        } else if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            Self::open_postgres(address).await
        } else {
            Err(Error::Address)
        }
    }

    async fn open_sqlite(path: &Path) -> Result<Self, Error> {
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(Error::Folder)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A confirmed ballot survives a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What is deleted is overwritten: the key of a secret vote must not lie in a free page.
            .pragma("secure_delete", "ON")
            // Copies of pages, kept while a transaction may still be taken back, stay off the disk.
            .pragma("temp_store", "MEMORY")
            .busy_timeout(BUSY_TIMEOUT);
        let mut upgrading = options.clone().foreign_keys(false).connect().await?;
        schema::upgrade_sqlite(&mut upgrading, path).await?;
        upgrading.close().await?;
        let mut connection = options.connect().await?;
        // A stop between a commit and the emptying after it leaves a log behind.
        writer::empty_log(&mut connection).await?;
        let read = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self::Sqlite { read, write: Writer::new(connection) })
    }

    async fn open_postgres(address: &str) -> Result<Self, Error> {
        let options = sqlx::postgres::PgConnectOptions::from_str(address)?
            // A plan for any values reads all meetings to show the last fifty.
            .options([("plan_cache_mode", "force_custom_plan")]);
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?;
        schema::upgrade_postgres(&pool).await?;
        Ok(Self::Postgres(pool))
    }

    /// Opens a transaction that only reads: one consistent view of the data.
    pub async fn read(&self) -> Result<Tx, Error> {
        match self {
            Self::Sqlite { read, .. } => Ok(Tx::SqliteRead(read.begin().await?)),
            Self::Postgres(pool) => {
                let mut tx = begin(pool).await?;
                sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .execute(&mut *tx)
                    .await?;
                Ok(Tx::Postgres(tx))
            }
        }
    }

    /// Opens a transaction that may write. Dropped without
    /// [`commit`](Tx::commit), it changed nothing.
    pub async fn write(&self) -> Result<Tx, Error> {
        match self {
            Self::Sqlite { write, .. } => Ok(Tx::SqliteWrite(write.begin().await?)),
            Self::Postgres(pool) => Ok(Tx::Postgres(begin(pool).await?)),
        }
    }

    /// Runs a statement that clears away old versions of rows. The embedded
    /// database overwrites what it deletes and needs none.
    pub async fn clear_away(&self, statement: &'static str) -> Result<(), Error> {
        if let Self::Postgres(pool) = self {
            sqlx::query(statement).execute(pool).await?;
        }
        Ok(())
    }

    /// `SQLite` or `PostgreSQL`, for the check page and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// Begins in a task of its own: a caller who goes away while `BEGIN` is under way would leave a connection
/// in the pool with a transaction nobody ends.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, Error> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin().await });
    Ok(begun.await.map_err(|error| Error::Begin(error.to_string()))??)
}

/// A transaction on either database.
#[derive(Debug)]
pub enum Tx {
    SqliteRead(Transaction<'static, Sqlite>),
    SqliteWrite(WriteTx),
    Postgres(Transaction<'static, Postgres>),
}

/// The connection under a transaction, for [`sql!`](crate::sql) only.
#[derive(Debug)]
pub enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Tx {
    /// Ends the transaction. When it returns, the data are on the disk.
    pub async fn commit(self) -> Result<(), Error> {
        match self {
            Self::SqliteRead(tx) => Ok(tx.commit().await?),
            Self::SqliteWrite(tx) => tx.commit().await,
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    /// Asks that the commit leave no trace of the order in which rows
    /// changed, as far as the database can: the embedded one empties its log
    /// of changes; PostgreSQL keeps its own until it is recycled.
    pub fn leave_no_order(&mut self) {
        if let Self::SqliteWrite(tx) = self {
            tx.leave_no_order();
        }
    }

    pub fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::SqliteRead(tx) => Connection::Sqlite(tx),
            Self::SqliteWrite(tx) => Connection::Sqlite(tx.connection()),
            Self::Postgres(tx) => Connection::Postgres(tx),
        }
    }
}

/// Runs one statement in a transaction, on whichever database it is.
///
/// `sql!(tx => execute "…", a, b)` gives the number of rows it changed;
/// `fetch_one`, `fetch_optional` and `fetch_all` with `as Row` give rows.
/// `sql!(tx => insert "INSERT INTO …" of rows, |row| row.a, row.b)` writes many
/// rows, a thousand a statement: two thousand statements would take longer
/// than the screens of a council may wait.
#[macro_export]
macro_rules! sql {
    ($tx:expr => insert $text:literal of $rows:expr, |$row:ident| $($value:expr),+ $(,)?) => {
        async {
            for rows in $rows.chunks($crate::db::ROWS_OF_INSERT) {
                match $tx.connection() {
                    $crate::db::Connection::Sqlite(connection) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($text);
                        query.push_values(rows, |mut values, $row| { values$(.push_bind($value))+; });
                        query.build().persistent(false).execute(connection).await.map(drop)
                    }
                    $crate::db::Connection::Postgres(connection) => {
                        let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($text);
                        query.push_values(rows, |mut values, $row| { values$(.push_bind($value))+; });
                        query.build().persistent(false).execute(connection).await.map(drop)
                    }
                }?;
            }
            Ok::<(), $crate::db::Error>(())
        }.await
    };
    ($tx:expr => execute $text:literal $(, $value:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::db::Connection::Sqlite(connection) => sqlx::query::<sqlx::Sqlite>($text)
                $(.bind($value))*.execute(connection).await.map(|done| done.rows_affected()),
            $crate::db::Connection::Postgres(connection) => sqlx::query::<sqlx::Postgres>($text)
                $(.bind($value))*.execute(connection).await.map(|done| done.rows_affected()),
        }.map_err($crate::db::Error::from)
    };
    ($tx:expr => $fetch:ident $text:literal as $row:ty $(, $value:expr)* $(,)?) => {
        match $tx.connection() {
            $crate::db::Connection::Sqlite(connection) => sqlx::query_as::<sqlx::Sqlite, $row>($text)
                $(.bind($value))*.$fetch(connection).await,
            $crate::db::Connection::Postgres(connection) => sqlx::query_as::<sqlx::Postgres, $row>($text)
                $(.bind($value))*.$fetch(connection).await,
        }.map_err($crate::db::Error::from)
    };
}
