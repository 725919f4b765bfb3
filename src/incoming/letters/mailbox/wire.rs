//! Commands to an IMAP server and its answers (RFC 3501, 7 and 9), with a
//! bound on everything: a server may hang, talk without end, or lie.

use std::fmt;
use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::time::timeout;

/// What a server may say beside what it was asked for, in bytes.
const TALK: usize = 1 << 20;
/// Answers before a command is done; of six commands none has many.
const MOST_ANSWERS: usize = 1_000;
/// What is repeated of a server's reason, in characters.
const LONGEST_REASON: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum WireError {
    #[error("the server cannot be reached")]
    Connect(#[source] io::Error),
    #[error("no secure connection: {0}")]
    Tls(String),
    #[error("the connection broke")]
    Broken(#[source] io::Error),
    #[error("the server closed the connection")]
    Closed,
    #[error("the server did not answer in time")]
    Silent,
    #[error("the server says more than it was asked")]
    Flood,
    #[error("the server refuses: {0}")]
    Refused(String),
    #[error("the server's answer cannot be read")]
    Answer,
}

/// A connection, secure or not.
pub(super) trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Line for T {}

/// One answer: its text, and the bytes that were announced in it.
#[derive(Debug, Default)]
pub(super) struct Response {
    pub text: String,
    pub literal: Option<Vec<u8>>,
}

impl Response {
    /// What follows `* `, for an answer that belongs to no command alone.
    pub fn untagged(&self) -> Option<&str> {
        self.text.strip_prefix("* ")
    }
}

pub(super) struct Wire {
    stream: BufReader<Box<dyn Line>>,
    /// How long one command, or the greeting, may take.
    patience: Duration,
    sent: u32,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("sent", &self.sent).finish_non_exhaustive()
    }
}

impl Wire {
    /// Waits for the server's greeting.
    pub async fn open(stream: Box<dyn Line>, patience: Duration) -> Result<Self, WireError> {
        let mut wire = Self { stream: BufReader::new(stream), patience, sent: 0 };
        let mut left = TALK;
        let greeting = in_time(patience, wire.response(&mut left)).await?;
        match greeting.untagged() {
            Some(text) if starts_with_word(text, "OK") => Ok(wire),
            Some(text) => Err(WireError::Refused(reason(text))),
            None => Err(WireError::Answer),
        }
    }

    /// Sends a command and gives the answers that came before it was done;
    /// `most` bytes are asked for with it.
    pub async fn command(&mut self, command: &str, most: usize) -> Result<Vec<Response>, WireError> {
        in_time(self.patience, self.exchange(command, most)).await
    }

    async fn exchange(&mut self, command: &str, most: usize) -> Result<Vec<Response>, WireError> {
        self.sent += 1;
        let tag = format!("e{}", self.sent);
        self.send(&format!("{tag} {command}\r\n")).await?;
        let (mut left, mut answers) = (TALK + most, Vec::new());
        loop {
            let response = self.response(&mut left).await?;
            let Some(done) = response.text.strip_prefix(&tag).and_then(|rest| rest.strip_prefix(' ')) else {
                if answers.len() == MOST_ANSWERS {
                    return Err(WireError::Flood);
                }
                answers.push(response);
                continue;
            };
            if !starts_with_word(done, "OK") {
                return Err(WireError::Refused(reason(done)));
            }
            return Ok(answers);
        }
    }

    async fn send(&mut self, text: &str) -> Result<(), WireError> {
        self.stream.write_all(text.as_bytes()).await.map_err(WireError::Broken)?;
        self.stream.flush().await.map_err(WireError::Broken)
    }

    /// One answer with its literals; of several the last is kept, for nothing
    /// is asked that has two. What is read is taken off `left`.
    async fn response(&mut self, left: &mut usize) -> Result<Response, WireError> {
        let mut response = Response::default();
        loop {
            let line = self.line(left).await?;
            response.text.push_str(line.trim_end_matches(['\r', '\n']));
            let Some(length) = announced(&response.text) else { return Ok(response) };
            // Looked at before memory is asked for.
            *left = left.checked_sub(length).ok_or(WireError::Flood)?;
            let mut literal = vec![0; length];
            self.stream.read_exact(&mut literal).await.map_err(broken)?;
            response.literal = Some(literal);
            // Or the rest of the answer would look like another announcement.
            response.text.push(' ');
        }
    }

    async fn line(&mut self, left: &mut usize) -> Result<String, WireError> {
        let mut line = Vec::new();
        let most = u64::try_from(*left).unwrap_or(u64::MAX);
        let read = (&mut self.stream).take(most).read_until(b'\n', &mut line).await;
        *left -= read.map_err(WireError::Broken)?;
        match (line.ends_with(b"\n"), *left) {
            (true, _) => Ok(String::from_utf8_lossy(&line).into_owned()),
            (false, 0) => Err(WireError::Flood),
            (false, _) => Err(WireError::Closed),
        }
    }
}

async fn in_time<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, WireError>>,
) -> Result<T, WireError> {
    timeout(patience, work).await.unwrap_or(Err(WireError::Silent))
}

fn broken(error: io::Error) -> WireError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => WireError::Closed,
        _ => WireError::Broken(error),
    }
}

/// The length of the literal that a line ends by announcing: `{310}`.
fn announced(text: &str) -> Option<usize> {
    let (_, length) = text.strip_suffix('}')?.rsplit_once('{')?;
    length.trim_end_matches('+').parse().ok()
}

pub(super) fn starts_with_word(text: &str, word: &str) -> bool {
    text.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word))
}

/// What a server says, for a person to read: short, and in one line.
fn reason(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(LONGEST_REASON).collect()
}

#[cfg(test)]
mod tests {
    use super::announced;

    #[test]
    fn a_line_announces_a_literal_at_its_end_only() {
        assert_eq!(announced("* 1 FETCH (UID 7 BODY[]<0> {310}"), Some(310));
        assert_eq!(announced("* 1 FETCH (UID 7 RFC822.SIZE 310)"), None);
        assert_eq!(announced("* OK {310} letters"), None);
        assert_eq!(announced("* OK {-1}"), None);
    }
}
