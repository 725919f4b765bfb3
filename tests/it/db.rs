//! What the rest stands on: a commit that returned is on the disk, one writer
//! spoils nothing for another, and both databases have one schema.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use ecabinet::db::{Db, Tx};
use ecabinet::sql;
use futures_util::FutureExt;
use futures_util::future::join_all;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use crate::harness::{Database, TestApp, fresh_postgres};
use crate::on_both;

/// Writes a row under a name of the test's own.
async fn put(tx: &mut Tx, name: &str) -> Result<u64, ecabinet::db::Error> {
    sql!(tx => execute "INSERT INTO sign_in_failure (subject, failures, last_at) VALUES ($1, 1, 0)", name)
}

async fn names(db: &Db) -> BTreeSet<String> {
    let mut tx = db.read().await.unwrap();
    let rows = sql!(tx => fetch_all "SELECT subject FROM sign_in_failure" as (String,)).unwrap();
    rows.into_iter().map(|(name,)| name).collect()
}

/// A database in a folder of its own.
async fn sqlite() -> (tempfile::TempDir, Db) {
    let folder = tempfile::tempdir().unwrap();
    let db = open(folder.path()).await;
    (folder, db)
}

async fn open(folder: &Path) -> Db {
    Db::open(&format!("sqlite:{}", folder.join("ecabinet.db").display())).await.unwrap()
}

on_both! {
    async fn many_writers_at_once_are_all_kept(app) {
        let tasks = (0..120).map(|number| {
            let db = app.app.db.clone();
            tokio::spawn(async move {
                let mut tx = db.write().await.unwrap();
                put(&mut tx, &format!("writer {number}")).await.unwrap();
                tx.commit().await.unwrap();
            })
        });
        for done in join_all(tasks).await {
            done.unwrap();
        }
        assert_eq!(names(&app.app.db).await.len(), 120);
    }

    async fn a_writer_that_fails_takes_back_only_its_own(app) {
        let mut tx = app.app.db.write().await.unwrap();
        put(&mut tx, "taken").await.unwrap();
        tx.commit().await.unwrap();
        let tasks = (0..60).map(|number| {
            let db = app.app.db.clone();
            tokio::spawn(async move {
                let mut tx = db.write().await.unwrap();
                put(&mut tx, &format!("writer {number}")).await.unwrap();
                match number % 3 {
                    0 => tx.commit().await.unwrap(),
                    1 => drop(tx),
                    _ => assert!(put(&mut tx, "taken").await.is_err()),
                }
            })
        });
        for done in join_all(tasks).await {
            done.unwrap();
        }
        let expected: BTreeSet<String> = (0..60)
            .filter(|number| number % 3 == 0)
            .map(|number| format!("writer {number}"))
            .chain(["taken".to_owned()])
            .collect();
        assert_eq!(names(&app.app.db).await, expected);
    }

    async fn a_writer_that_goes_away_while_it_waits_blocks_nobody(app) {
        let mut first = app.app.db.write().await.unwrap();
        put(&mut first, "first").await.unwrap();
        for _ in 0..20 {
            // Asked once and then dropped: the browser went away.
            let _ = app.app.db.write().now_or_never();
        }
        let db = app.app.db.clone();
        let last = tokio::spawn(async move {
            let mut tx = db.write().await.unwrap();
            put(&mut tx, "last").await.unwrap();
            tx.commit().await.unwrap();
        });
        first.commit().await.unwrap();
        last.await.unwrap();
        assert_eq!(names(&app.app.db).await, BTreeSet::from(["first".to_owned(), "last".to_owned()]));
    }

    async fn what_one_writer_has_not_committed_nobody_sees(app) {
        let mut tx = app.app.db.write().await.unwrap();
        put(&mut tx, "not yet").await.unwrap();
        assert!(names(&app.app.db).await.is_empty());
        tx.commit().await.unwrap();
        assert_eq!(names(&app.app.db).await.len(), 1);
    }

    async fn a_reader_sees_one_moment(app) {
        let mut reading = app.app.db.read().await.unwrap();
        let (before,) = sql!(reading => fetch_one "SELECT count(subject) FROM sign_in_failure" as (i64,)).unwrap();
        let mut tx = app.app.db.write().await.unwrap();
        put(&mut tx, "later").await.unwrap();
        tx.commit().await.unwrap();
        let (after,) = sql!(reading => fetch_one "SELECT count(subject) FROM sign_in_failure" as (i64,)).unwrap();
        assert_eq!((before, after), (0, 0));
    }

    async fn a_reader_cannot_write(app) {
        let mut tx = app.app.db.read().await.unwrap();
        assert!(put(&mut tx, "by a reader").await.is_err());
    }
}

#[tokio::test]
async fn a_commit_goes_on_when_its_caller_goes_away() {
    let (_folder, db) = sqlite().await;
    let mut tx = db.write().await.unwrap();
    put(&mut tx, "sent").await.unwrap();
    let _ = tx.commit().now_or_never();
    // The next turn comes after that commit.
    db.write().await.unwrap().commit().await.unwrap();
    assert_eq!(names(&db).await.len(), 1);
}

/// On PostgreSQL a request that ends while `BEGIN` is under way must not leave its transaction in the pool.
#[tokio::test]
async fn a_caller_who_goes_away_leaves_no_transaction_open() {
    let Some(address) = fresh_postgres().await else { return };
    let db = Db::open(&address).await.unwrap();
    let mut watcher = sqlx::PgConnection::connect(&address).await.unwrap();
    for patience in (0..3000).step_by(10) {
        // Asked for some time and then dropped: the browser went away.
        let mut begun = Box::pin(db.write());
        for _ in 0..patience {
            if (&mut begun).now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(begun);
        tokio::time::timeout(Duration::from_secs(20), none_open(&mut watcher)).await.unwrap();
    }
}

async fn none_open(watcher: &mut sqlx::PgConnection) {
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    while sqlx::query_scalar::<_, i64>(open).fetch_one(&mut *watcher).await.unwrap() > 0 {}
}

/// What a killed process leaves are the files as they were at that moment.
#[tokio::test]
async fn a_process_killed_in_the_middle_of_a_write_leaves_nothing_of_it() {
    let (folder, db) = sqlite().await;
    let mut tx = db.write().await.unwrap();
    put(&mut tx, "confirmed").await.unwrap();
    tx.commit().await.unwrap();
    let mut tx = db.write().await.unwrap();
    put(&mut tx, "in the middle").await.unwrap();
    let left = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
    }
    let after = open(left.path()).await;
    assert_eq!(names(&after).await, BTreeSet::from(["confirmed".to_owned()]));
    drop(tx);
}

#[tokio::test]
async fn an_upgrade_keeps_the_data_and_leaves_a_copy_of_the_older_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ecabinet.db");
    let older = older_migrations(folder.path());
    let mut connection = connect(&path).await;
    Migrator::new(older.as_path()).await.unwrap().run_direct(None, &mut connection, false).await.unwrap();
    sqlx::query("INSERT INTO sign_in_failure VALUES ('from before', 1, 0)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();

    let db = open(folder.path()).await;
    assert_eq!(names(&db).await, BTreeSet::from(["from before".to_owned()]));
    let copies: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.to_string_lossy().contains("before-upgrade"))
        .collect();
    let [copy] = &copies[..] else { panic!("one copy, not {copies:?}") };
    let mut connection = connect(copy).await;
    let kept: Vec<(String,)> =
        sqlx::query_as("SELECT subject FROM sign_in_failure").fetch_all(&mut connection).await.unwrap();
    assert_eq!(kept, [("from before".to_owned(),)]);
    let versions = "SELECT max(version) FROM _sqlx_migrations";
    let of_copy: i64 = sqlx::query_scalar(versions).fetch_one(&mut connection).await.unwrap();
    let of_new: i64 = sqlx::query_scalar(versions).fetch_one(&mut connect(&path).await).await.unwrap();
    assert!(of_copy < of_new, "{of_copy} {of_new}");
    drop(db);
    drop(open(folder.path()).await);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().filter(is_copy).count(), 1, "no upgrade, no copy");
}

fn is_copy(file: &std::io::Result<std::fs::DirEntry>) -> bool {
    file.as_ref().is_ok_and(|file| file.file_name().to_string_lossy().contains("before-upgrade"))
}

/// All migrations but the newest, in a folder.
fn older_migrations(folder: &Path) -> std::path::PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let older = folder.join("migrations");
    std::fs::create_dir(&older).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(source).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.pop();
    for file in files {
        std::fs::copy(&file, older.join(file.file_name().unwrap())).unwrap();
    }
    older
}

async fn connect(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}

/// A column: its table, its name, and whether it may be empty.
type Column = (String, String, bool);

async fn columns(app: &TestApp) -> BTreeSet<Column> {
    let mut tx = app.app.db.read().await.unwrap();
    let rows = match &app.app.db {
        Db::Sqlite { .. } => sql!(tx => fetch_all
            "SELECT master.name, info.name, info.\"notnull\" = 0 AND info.pk = 0
             FROM sqlite_master master JOIN pragma_table_info(master.name) info
             WHERE master.type = 'table' AND master.name NOT LIKE 'sqlite_%'" as Column),
        Db::Postgres(_) => sql!(tx => fetch_all
            "SELECT CAST(table_name AS text), CAST(column_name AS text), is_nullable = 'YES'
             FROM information_schema.columns WHERE table_schema = current_schema()" as Column),
    };
    // The index of words is the one table each database has in its own way.
    let is_own = |table: &str| table == "_sqlx_migrations" || table.starts_with("search_words");
    rows.unwrap().into_iter().filter(|(table, ..)| !is_own(table)).collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let sqlite = columns(&TestApp::new(Database::Sqlite).await.unwrap()).await;
    assert!(sqlite.contains(&("ballot".into(), "choice".into(), false)));
    if let Some(app) = TestApp::new(Database::Postgres).await {
        let postgres = columns(&app).await;
        let only = |one: &BTreeSet<Column>, other| one.difference(other).cloned().collect::<Vec<_>>();
        assert_eq!(only(&sqlite, &postgres), [], "only in SQLite");
        assert_eq!(only(&postgres, &sqlite), [], "only in PostgreSQL");
    }
}

#[test]
fn both_databases_have_the_same_migrations_and_all_are_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let names = |folder: &str| -> BTreeSet<String> {
        let files = std::fs::read_dir(root.join("migrations").join(folder)).unwrap();
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
    let listed = std::fs::read_to_string(root.join("src/db/schema.rs")).unwrap();
    for name in names("sqlite") {
        let name = name.trim_end_matches(".sql");
        assert!(listed.contains(&format!("\"{name}\"")), "{name} is never run");
    }
}
