//! The index of words: the one thing the two databases have no common words
//! for. SQLite has its FTS5, PostgreSQL its `tsvector`.

use super::Entry;
use crate::clock::Timestamp;
use crate::db::{self, Connection, Tx};
use crate::identity::OrganisationId;
use crate::search::rules::{Wanted, Words};

/// The newest entries that PostgreSQL looks at one by one before it asks its
/// index: that gives no order, and words that stand everywhere would have all
/// their documents sorted.
const NEWEST: i64 = 3_000;

/// Puts the words of entries in place of those they had.
pub async fn set_words(tx: &mut Tx, entries: &[(i64, Words)]) -> Result<(), db::Error> {
    match tx.connection() {
        Connection::Sqlite(connection) => {
            for (entry, words) in entries {
                sqlx::query("DELETE FROM search_words WHERE rowid = $1")
                    .bind(entry)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("INSERT INTO search_words (rowid, facets, words) VALUES ($1, $2, $3)")
                    .bind(entry)
                    .bind(words.facets_for_sqlite())
                    .bind(words.text.as_str())
                    .execute(&mut *connection)
                    .await?;
            }
        }
        Connection::Postgres(connection) => {
            let ids: Vec<i64> = entries.iter().map(|(entry, _)| *entry).collect();
            let words: Vec<String> = entries.iter().map(|(_, words)| words.for_postgres()).collect();
            sqlx::query(
                "INSERT INTO search_words (id, words)
                 SELECT id, CAST(words AS tsvector) FROM unnest($1, $2) AS new (id, words)
                 ON CONFLICT (id) DO UPDATE SET words = excluded.words",
            )
            .bind(ids)
            .bind(words)
            .execute(connection)
            .await?;
        }
    }
    Ok(())
}

/// Which of the documents found are shown.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Entries with a smaller id.
    pub before: i64,
    pub from: Timestamp,
    /// The first moment that is too late.
    pub until: Timestamp,
    pub limit: i64,
}

/// An entry with its id in the index.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Hit {
    pub id: i64,
    #[sqlx(flatten)]
    pub entry: Entry,
}

/// What the index knows for these words, the newest first.
pub async fn found(
    tx: &mut Tx,
    organisation: OrganisationId,
    wanted: &Wanted,
    range: Range,
) -> Result<Vec<Hit>, db::Error> {
    match tx.connection() {
        Connection::Sqlite(connection) => Ok(sqlx::query_as(
            "SELECT e.id, e.register, e.subject_id, e.state, e.number, e.arrival_number, e.day, e.title, e.origin,
                    e.version_id, e.awaits_text
             FROM search_words CROSS JOIN search_entry e ON e.id = search_words.rowid
             WHERE search_words MATCH $1 AND search_words.rowid < $2 AND e.organisation_id = $3
               AND e.day >= $4 AND e.day < $5
             ORDER BY search_words.rowid DESC LIMIT $6",
        )
        .bind(wanted.for_sqlite())
        .bind(range.before)
        .bind(organisation)
        .bind(range.from)
        .bind(range.until)
        .bind(range.limit)
        .fetch_all(connection)
        .await?),
        Connection::Postgres(_) => found_by_postgres(tx, organisation, wanted, range).await,
    }
}

async fn found_by_postgres(
    tx: &mut Tx,
    organisation: OrganisationId,
    wanted: &Wanted,
    range: Range,
) -> Result<Vec<Hit>, db::Error> {
    let Connection::Postgres(connection) = tx.connection() else { return Ok(Vec::new()) };
    let asked = wanted.for_postgres();
    let newest: Vec<Hit> = sqlx::query_as(
        "SELECT e.id, e.register, e.subject_id, e.state, e.number, e.arrival_number, e.day, e.title, e.origin,
                e.version_id, e.awaits_text
         FROM search_entry e JOIN search_words w ON w.id = e.id
         WHERE w.words @@ CAST($1 AS tsquery) AND e.organisation_id = $3 AND e.day >= $4 AND e.day < $5
           AND e.id < $2 AND e.id >= least($2, (SELECT coalesce(max(id), 0) + 1 FROM search_entry)) - $7
         ORDER BY e.id DESC LIMIT $6",
    )
    .bind(&asked)
    .bind(range.before)
    .bind(organisation)
    .bind(range.from)
    .bind(range.until)
    .bind(range.limit)
    .bind(NEWEST)
    .fetch_all(&mut *connection)
    .await?;
    if i64::try_from(newest.len()).is_ok_and(|found| found == range.limit) {
        return Ok(newest);
    }
    // The index of words alone, then each entry by its id: joined, all entries newer than the few that are found would be
    // passed, and of all older ones a map would be made.
    Ok(sqlx::query_as(
        "SELECT e.id, e.register, e.subject_id, e.state, e.number, e.arrival_number, e.day, e.title, e.origin,
                e.version_id, e.awaits_text
         FROM search_entry e
         WHERE e.id = ANY (ARRAY(SELECT id FROM search_words WHERE words @@ CAST($1 AS tsquery)))
           AND e.id < $2 AND e.organisation_id = $3 AND e.day >= $4 AND e.day < $5
         ORDER BY e.id DESC LIMIT $6",
    )
    .bind(asked)
    .bind(range.before)
    .bind(organisation)
    .bind(range.from)
    .bind(range.until)
    .bind(range.limit)
    .fetch_all(connection)
    .await?)
}
