//! Group commit for the embedded database.
//!
//! SQLite has one writer, and each commit waits for the disk. When many
//! ballots arrive at once, a commit each would make the last voter wait for
//! all the others' disk writes. So writers that queue share one commit: each
//! works in a savepoint of its own, and is answered only after the commit
//! that holds it reached the disk. A writer that fails takes back its own
//! savepoint and nobody else's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::Error;

/// How long emptying the log waits for readers: a voter waits with it.
const BRIEFLY: &str = "PRAGMA busy_timeout = 200";
const AS_EVER: &str = "PRAGMA busy_timeout = 5000";
/// Writers that share one commit at most: bounds how long the first one waits.
const BATCH: usize = 256;

/// The one connection that writes, and the queue before it.
#[derive(Clone, Debug)]
pub struct Writer {
    batch: Arc<Mutex<Batch>>,
    waiting: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct Batch {
    connection: SqliteConnection,
    is_open: bool,
    /// The log of changes is to be emptied after the commit.
    leaves_no_order: bool,
    /// Those who finished their part and wait for the commit.
    finished: Vec<oneshot::Sender<Result<(), String>>>,
}

/// One writer's turn.
#[derive(Debug)]
pub struct WriteTx {
    /// `None` only after `commit` took it.
    turn: Option<Turn>,
}

#[derive(Debug)]
struct Turn {
    batch: OwnedMutexGuard<Batch>,
    waiting: Arc<AtomicUsize>,
}

impl Writer {
    pub(super) fn new(connection: SqliteConnection) -> Self {
        let batch = Batch { connection, is_open: false, leaves_no_order: false, finished: Vec::new() };
        Self { batch: Arc::new(Mutex::new(batch)), waiting: Arc::default() }
    }

    pub(super) async fn begin(&self) -> Result<WriteTx, Error> {
        let writer = self.clone();
        // A task of its own: a caller who goes away while queueing must not
        // leave the queue counted wrong, or an open batch with nobody to end it.
        let turn = tokio::spawn(async move {
            writer.waiting.fetch_add(1, Ordering::SeqCst);
            let mut batch = writer.batch.lock_owned().await;
            writer.waiting.fetch_sub(1, Ordering::SeqCst);
            let begun = batch.begin().await;
            let tx = WriteTx { turn: Some(Turn { batch, waiting: writer.waiting }) };
            begun.map(|()| tx)
        });
        Ok(turn.await.map_err(|error| Error::Begin(error.to_string()))??)
    }
}

impl WriteTx {
    #[expect(clippy::expect_used, reason = "commit consumes self, so a caller always finds the turn")]
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.turn.as_mut().expect("commit consumes self").batch.connection
    }

    /// Asks for the log of changes to be emptied when the batch commits.
    pub(super) fn leave_no_order(&mut self) {
        if let Some(turn) = &mut self.turn {
            turn.batch.leaves_no_order = true;
        }
    }

    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let Some(turn) = self.turn.take() else { return Ok(()) };
        // A task of its own: a caller who goes away must not stop it half-way.
        let task = tokio::spawn(turn.commit());
        task.await.map_err(|error| Error::Commit(error.to_string()))?.map_err(Error::Commit)
    }
}

impl Drop for WriteTx {
    fn drop(&mut self) {
        if let Some(turn) = self.turn.take() {
            tokio::spawn(turn.roll_back());
        }
    }
}

impl Turn {
    async fn commit(mut self) -> Result<(), String> {
        if let Err(error) = self.batch.run("RELEASE act").await {
            self.batch.fail(&error).await;
            return Err(error);
        }
        let (sender, receiver) = oneshot::channel();
        self.batch.finished.push(sender);
        self.pass_on().await;
        receiver.await.map_err(|error| error.to_string())?
    }

    async fn roll_back(mut self) {
        if self.batch.is_open
            && let Err(error) = self.batch.run("ROLLBACK TO act; RELEASE act").await
        {
            self.batch.fail(&error).await;
        }
        self.pass_on().await;
    }

    /// Leaves the commit to the next in the queue, or makes it when nobody is
    /// there or the batch is full.
    async fn pass_on(mut self) {
        let someone_follows = self.waiting.load(Ordering::SeqCst) > 0;
        if !someone_follows || self.batch.finished.len() >= BATCH {
            self.batch.commit().await;
        }
    }
}

/// True when the log of changes is empty afterwards.
pub(super) async fn empty_log(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    sqlx::raw_sql(BRIEFLY).execute(&mut *connection).await?;
    let done = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await;
    sqlx::raw_sql(AS_EVER).execute(connection).await?;
    let (is_busy, ..): (i64, i64, i64) = done?;
    Ok(is_busy == 0)
}

impl Batch {
    async fn begin(&mut self) -> Result<(), sqlx::Error> {
        if !self.is_open {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut self.connection).await?;
            self.is_open = true;
        }
        sqlx::query("SAVEPOINT act").execute(&mut self.connection).await?;
        Ok(())
    }

    async fn run(&mut self, text: &'static str) -> Result<(), String> {
        sqlx::raw_sql(text).execute(&mut self.connection).await.map(|_| ()).map_err(|error| error.to_string())
    }

    async fn commit(&mut self) {
        if !self.is_open {
            return;
        }
        match self.run("COMMIT").await {
            Ok(()) => {
                if self.leaves_no_order {
                    self.empty_log().await;
                }
                self.answer(&Ok(()));
            }
            Err(error) => self.fail(&error).await,
        }
    }

    /// Brings the log of changes into the database file and cuts it to
    /// nothing. A reader in the midst of a long answer can be in the way; then
    /// the next commit tries again, and this one holds all the same.
    async fn empty_log(&mut self) {
        self.leaves_no_order = !empty_log(&mut self.connection).await.unwrap_or(false);
    }

    /// Nothing of the batch holds: takes it back and tells everyone in it.
    async fn fail(&mut self, error: &str) {
        // The engine may have rolled back by itself; then this is refused, and that is fine.
        let _ = self.run("ROLLBACK").await;
        self.answer(&Err(error.to_owned()));
    }

    fn answer(&mut self, outcome: &Result<(), String>) {
        self.is_open = false;
        for caller in self.finished.drain(..) {
            // A caller who went away needs no answer.
            let _ = caller.send(outcome.clone());
        }
    }
}
