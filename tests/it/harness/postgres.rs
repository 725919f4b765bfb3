//! A private PostgreSQL cluster for the test run, one database per test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

use super::left_out;
use super::server::{Server, has_program};

static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

struct Cluster {
    folder: PathBuf,
    _server: Server,
}

/// The database that others are copied from: of the newest schema, without rows.
static SCHEMA: OnceCell<String> = OnceCell::const_new();

/// The address of a fresh, empty database; `None` where PostgreSQL is not
/// installed.
pub async fn fresh_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    Some(cluster.address(&create(cluster, "template1").await))
}

/// The address of a fresh database with the newest schema and no rows; `None` as above.
pub async fn upgraded_database() -> Option<String> {
    let cluster = CLUSTER.get_or_init(start).as_ref()?;
    let schema = SCHEMA.get_or_init(async || {
        let name = create(cluster, "template1").await;
        super::office::upgrade(&cluster.address(&name)).await;
        name
    });
    let schema = schema.await;
    Some(cluster.address(&create(cluster, schema).await))
}

/// Creates a database like another, which nobody may be connected to.
async fn create(cluster: &Cluster, like: &str) -> String {
    let name = format!("test_{}", NEXT.fetch_add(1, Ordering::SeqCst));
    let mut connection = connect(cluster).await;
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE {like}"))).await.unwrap();
    name
}

impl Cluster {
    fn address(&self, database: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://ecabinet@{socket}/{database}")
    }
}

/// Asks until the cluster takes connections.
async fn connect(cluster: &Cluster) -> PgConnection {
    let address = cluster.address("postgres");
    for _ in 0..10_000 {
        if let Ok(connection) = PgConnection::connect(&address).await {
            return connection;
        }
        tokio::task::yield_now().await;
        std::thread::yield_now();
    }
    panic!("the test cluster does not answer");
}

fn start() -> Option<Cluster> {
    if !has_program("initdb") || !has_program("postgres") {
        left_out("PostgreSQL", "initdb and postgres are not on the path");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // PostgreSQL refuses to run as root.
    let user = if is_root() { "runuser -u postgres -- " } else { "" };
    if is_root() {
        run(&format!("chown postgres {}", folder.path().display()));
    }
    run(&format!(
        "{user}initdb -D {} -U ecabinet --auth=trust --no-sync --encoding=UTF8 --locale=C",
        data.display()
    ));
    let command = format!(
        "exec {user}postgres -D {} -k {} -c listen_addresses= -c fsync=off -c full_page_writes=off \
         -c autovacuum=off -c max_connections=300",
        data.display(),
        folder.path().display()
    );
    let path = folder.path().to_owned();
    let server = Server::start(&command, folder);
    wait_for_socket(&path);
    Some(Cluster { folder: path, _server: server })
}

fn wait_for_socket(folder: &Path) {
    let ready = format!("until test -S {}/.s.PGSQL.5432; do sleep 0.05; done", folder.display());
    run(&format!("timeout 30 sh -c '{ready}'"));
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|done| done.stdout == b"0\n")
}

fn run(command: &str) {
    let done = Command::new("sh").args(["-c", command]).stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{command}");
}
