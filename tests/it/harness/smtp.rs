//! A real mail server for one test: aiosmtpd, keeping what it gets in a folder.
//! It knows nobody called "gone".

use std::net::TcpListener;
use std::path::PathBuf;
use std::time::Duration;

use super::left_out;
use super::server::{Server, has_program};

pub struct Smtp {
    pub url: String,
    maildir: PathBuf,
    _server: Server,
}

impl Smtp {
    /// `None`: not installed here.
    pub async fn start() -> Option<Self> {
        let python = std::env::var("ECABINET_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        if !has_program(&python) || !has_module(&python) {
            left_out("SMTP", "aiosmtpd is not installed; pip install it, or set ECABINET_TEST_PYTHON");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let maildir = folder.path().join("mails");
        let command = format!(
            "exec env PYTHONPATH={} {python} -m aiosmtpd -n -l 127.0.0.1:{port} -c smtp_handler.Picky {}",
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/harness"),
            maildir.display()
        );
        let server = Server::start(&command, folder);
        let smtp = Self { url: format!("smtp://127.0.0.1:{port}"), maildir, _server: server };
        smtp.wait(port).await;
        Some(smtp)
    }

    async fn wait(&self, port: u16) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..600 {
            look.tick().await;
            if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return;
            }
        }
        panic!("the mail server does not answer");
    }

    /// The mails it got, as they came.
    pub fn mails(&self) -> Vec<String> {
        let Ok(files) = std::fs::read_dir(self.maildir.join("new")) else { return Vec::new() };
        files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap()).collect()
    }
}

fn has_module(python: &str) -> bool {
    std::process::Command::new(python)
        .args(["-c", "import aiosmtpd"])
        .output()
        .is_ok_and(|done| done.status.success())
}
