//! A connection to the service that costs the machine as little as can be:
//! ten thousand of them share its two cores with what is measured.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::bench::BenchError;

/// Bytes asked for at a time.
const PIECE: usize = 4096;

/// HTTP/1.1 over the loopback, by one person who is signed in.
pub(super) struct Line {
    stream: TcpStream,
    /// Read, and not taken yet.
    read: Vec<u8>,
}

/// An answer with a length.
pub(super) struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Line {
    pub async fn open(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// One whose owner has room for hardly anything that is sent.
    pub async fn open_narrow(address: SocketAddr) -> Result<Self, BenchError> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(2048)?;
        Ok(Self { stream: socket.connect(address).await?, read: Vec::new() })
    }

    pub async fn get(&mut self, path: &str, session: &str) -> Result<(), BenchError> {
        let head = format!(
            "GET {path} HTTP/1.1\r\nHost: office\r\nCookie: session={session}\r\nAccept: text/html\r\n\r\n"
        );
        Ok(self.stream.write_all(head.as_bytes()).await?)
    }

    /// Sends a form from one of our own pages.
    pub async fn post(&mut self, path: &str, session: &str, form: &str) -> Result<(), BenchError> {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: office\r\nCookie: session={session}\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        Ok(self.stream.write_all(head.as_bytes()).await?)
    }

    pub async fn answer(&mut self) -> Result<Answer, BenchError> {
        let head = self.until(b"\r\n\r\n").await?;
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.trim().parse().ok());
        let body = self.exactly(length.unwrap_or_default()).await?;
        Ok(Answer { status, body })
    }

    /// What comes up to and with `mark`.
    pub async fn until(&mut self, mark: &[u8]) -> Result<Vec<u8>, BenchError> {
        let mut looked_at = 0;
        loop {
            let unseen = self.read.get(looked_at..).unwrap_or_default();
            if let Some(at) = unseen.windows(mark.len()).position(|part| part == mark) {
                let rest = self.read.split_off(looked_at + at + mark.len());
                return Ok(std::mem::replace(&mut self.read, rest));
            }
            looked_at = self.read.len().saturating_sub(mark.len());
            self.more().await?;
        }
    }

    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, BenchError> {
        while self.read.len() < length {
            self.more().await?;
        }
        let rest = self.read.split_off(length);
        Ok(std::mem::replace(&mut self.read, rest))
    }

    async fn more(&mut self) -> Result<(), BenchError> {
        self.read.reserve(PIECE);
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(BenchError("the service ended a connection".to_owned())),
            _ => Ok(()),
        }
    }

    /// Ends it without a word, as a tablet whose battery is empty.
    pub fn break_off(self) -> Result<(), BenchError> {
        Ok(self.stream.set_zero_linger()?)
    }
}
