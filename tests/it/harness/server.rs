//! Servers that live as long as the test run.

use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// A process that ends when the test run ends, however that ends: a shell
/// waits for the pipe from us to close, stops its child and clears its folder.
/// A server shared by all tests is never dropped, so it could not do so itself.
#[derive(Debug)]
pub struct Server {
    _shell: Child,
}

impl Server {
    /// Runs `command` (one shell word list) under a watching shell; its data lie in `folder`.
    pub fn start(command: &str, folder: TempDir) -> Self {
        let script = format!(
            "{command} >/dev/null 2>&1 & server=$!; read _; kill -TERM $server; wait $server; rm -rf '{}'",
            folder.keep().display()
        );
        let shell = Command::new("sh")
            .args(["-c", &script])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { _shell: shell }
    }
}

/// True when a program can be found.
pub fn has_program(name: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("command -v {name}")])
        .stdout(Stdio::null())
        .status()
        .unwrap()
        .success()
}
