//! The service as a process of its own, for what only a process can show:
//! its death and its memory.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use super::browser::form_encoded;

/// A running `ecabinet serve`; killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    url: String,
    client: Client,
}

impl Process {
    /// Starts the service and waits until it is ready. What it says goes to
    /// the end of `log`.
    pub async fn start(settings: &[(&str, String)], log: &Path) -> Self {
        let output = File::options().create(true).append(true).open(log).unwrap();
        let mut reader = File::open(log).unwrap();
        reader.seek(SeekFrom::End(0)).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_ecabinet"))
            .arg("serve")
            // A port that was free a moment ago may be another's by now.
            .env("ECABINET_LISTEN", "127.0.0.1:0")
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let client = Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        let mut said = String::new();
        let address = loop {
            reader.read_to_string(&mut said).unwrap();
            if let Some(address) = address_in(&said) {
                break address;
            }
            assert!(child.try_wait().unwrap().is_none(), "the service ended by itself: {said}");
            tokio::task::yield_now().await;
        };
        let process = Self { child, url: format!("http://{address}"), client };
        while !process.is_ready().await {
            tokio::task::yield_now().await;
        }
        process
    }

    async fn is_ready(&self) -> bool {
        let answer = self.client.get(format!("{}/health/ready", self.url)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// As `kill -9` does, between two instructions.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// A request for a page by the person of this session.
    pub fn get(&self, path: &str, session: &str) -> RequestBuilder {
        self.client.get(format!("{}{path}", self.url)).header("cookie", format!("session={session}"))
    }

    /// A form sent by the person of this session.
    pub fn post(&self, path: &str, session: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.post_unsigned(path, fields).header("cookie", format!("session={session}"))
    }

    /// A form sent without a session.
    pub fn post_unsigned(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request.header("sec-fetch-site", "same-origin");
        request.header("content-type", "application/x-www-form-urlencoded").body(form_encoded(fields))
    }
}

/// How often the service is killed in a test: three times, unless
/// `ECABINET_TEST_KILLS` says otherwise.
pub fn kills() -> usize {
    std::env::var("ECABINET_TEST_KILLS").map_or(3, |times| times.parse().unwrap())
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Where the service says it listens.
fn address_in(said: &str) -> Option<&str> {
    let line = said.split_inclusive('\n').find(|line| line.contains("Serving") && line.ends_with('\n'))?;
    let start = line.find("127.0.0.1:")?;
    line[start..].split(|letter: char| !letter.is_ascii_digit() && !".:".contains(letter)).next()
}
