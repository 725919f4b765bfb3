//! Words from node to node, through PostgreSQL.

use sqlx::postgres::{PgListener, PgPool};

use super::{Db, Error};

const CHANNEL: &str = "ecabinet_live";

/// Where the nodes that serve one database leave words for each other.
#[derive(Clone, Debug)]
pub struct Bulletin(PgPool);

/// One node's view of it, from when it began to read.
#[derive(Debug)]
pub struct Board(PgListener);

impl Db {
    /// `None`: the database is embedded, and there are no other nodes.
    pub fn bulletin(&self) -> Option<Bulletin> {
        match self {
            Self::Sqlite { .. } => None,
            Self::Postgres(pool) => Some(Bulletin(pool.clone())),
        }
    }
}

impl Bulletin {
    /// Tells every node that reads, this one too. Takes less than 8,000 bytes.
    pub async fn post(&self, text: &str) -> Result<(), Error> {
        sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(&self.0).await?;
        Ok(())
    }

    /// Whether the database was closed on purpose: nothing comes any more.
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Begins to read. Holds a connection as long as the board lives.
    pub async fn read(&self) -> Result<Board, Error> {
        let mut listener = PgListener::connect_with(&self.0).await?;
        listener.listen(CHANNEL).await?;
        Ok(Board(listener))
    }
}

impl Board {
    /// The next words. `None`: the connection broke and was made anew; words
    /// may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>, Error> {
        let words = self.0.try_recv().await?;
        Ok(words.map(|words| words.payload().to_owned()))
    }
}
