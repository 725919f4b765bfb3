//! The service as a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use reqwest::header::COOKIE;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use super::BenchError;
use super::machine::field;
use crate::config::Config;

/// How long a start may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a starting service is asked whether it is ready.
const ASK: Duration = Duration::from_millis(1);

pub(super) struct Server {
    child: Child,
    pid: u32,
    address: SocketAddr,
    url: String,
    client: Client,
    /// From the start of the process to its first "ready".
    pub started_in: Duration,
}

/// What a process holds, in MiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    pub resident: f64,
    /// The most it ever held.
    pub peak: f64,
}

impl Server {
    /// Starts this very program as `serve` and waits until it is ready.
    pub async fn start(config: &Config) -> Result<Self, BenchError> {
        Self::start_with(config, &[]).await
    }

    /// As [`start`](Self::start), with more in its environment.
    pub async fn start_with(config: &Config, environment: &[(&str, &Path)]) -> Result<Self, BenchError> {
        let address = free_address().await?;
        let client = Client::builder().no_proxy().redirect(Policy::none()).build()?;
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .env("ECABINET_LISTEN", address.to_string())
            .env("ECABINET_PUBLIC_URL", "")
            .env("ECABINET_DATABASE_URL", config.database_url.reveal())
            .env("ECABINET_STORAGE_URL", &config.storage_url)
            .env("ECABINET_SCRATCH", &config.scratch)
            .env("ECABINET_LOG", "warn")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let url = format!("http://{address}");
        wait_until_ready(&client, &url, &mut child, began).await?;
        let pid = child.id().ok_or_else(ended)?;
        Ok(Self { child, pid, address, url, client, started_in: began.elapsed() })
    }

    /// A request for a page, by the person of this session.
    pub fn get(&self, path: &str, session: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).header(COOKIE, format!("session={session}"))
    }

    /// A form sent from one of our own pages.
    pub fn post(&self, path: &str, session: &str) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url));
        request.header(COOKIE, format!("session={session}")).header("sec-fetch-site", "same-origin")
    }

    pub async fn memory(&self) -> Result<Memory, BenchError> {
        memory(self.pid).await
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends the service.
    pub async fn stop(mut self) -> Result<(), BenchError> {
        Ok(self.child.kill().await?)
    }
}

/// An address nobody listens on just now.
async fn free_address() -> Result<SocketAddr, BenchError> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?)
}

async fn wait_until_ready(
    client: &Client,
    url: &str,
    child: &mut Child,
    began: Instant,
) -> Result<(), BenchError> {
    let mut ticks = tokio::time::interval(ASK);
    while began.elapsed() < PATIENCE {
        ticks.tick().await;
        let answer = client.get(format!("{url}/health/ready")).send().await;
        if answer.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            return Ok(());
        }
        if child.try_wait()?.is_some() {
            return Err(ended());
        }
    }
    Err(BenchError("the service did not become ready".to_owned()))
}

fn ended() -> BenchError {
    BenchError("the service ended by itself".to_owned())
}

async fn memory(pid: u32) -> Result<Memory, BenchError> {
    let status = tokio::fs::read_to_string(format!("/proc/{pid}/status")).await?;
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
    let mib = |name| field(&status, name).unwrap_or_default() as f64 / 1024.0;
    Ok(Memory { resident: mib("VmRSS:"), peak: mib("VmHWM:") })
}

/// The most that one of a process's children held, seen until `work` is done.
/// A child that lives shorter than the pause between two looks may be missed.
pub(super) async fn with_children_watched<T>(pid: u32, work: impl Future<Output = T>) -> (T, f64) {
    let mut work = std::pin::pin!(work);
    let mut ticks = tokio::time::interval(Duration::from_millis(20));
    let mut most = 0.0_f64;
    loop {
        tokio::select! {
            done = &mut work => return (done, most),
            _ = ticks.tick() => {
                for child in children(pid).await.unwrap_or_default() {
                    // One that ended meanwhile holds nothing.
                    most = memory(child).await.map_or(most, |memory| most.max(memory.peak));
                }
            }
        }
    }
}

/// The processes that any thread of a process started.
async fn children(pid: u32) -> std::io::Result<Vec<u32>> {
    let mut found = Vec::new();
    let mut threads = tokio::fs::read_dir(format!("/proc/{pid}/task")).await?;
    while let Some(thread) = threads.next_entry().await? {
        let list = tokio::fs::read_to_string(thread.path().join("children")).await.unwrap_or_default();
        found.extend(list.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
    }
    Ok(found)
}
