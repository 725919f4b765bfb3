//! What the reading process answers, as it comes.

use std::io;
use std::path::Path;
use std::process::ExitStatus;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout};

use super::{PATIENCE, Renderer};
use crate::papers::words::PageText;

/// The process, and what it says.
pub(super) struct Running {
    pub(super) child: Child,
    pub(super) answer: BufReader<ChildStdout>,
}

/// The pages of a file, as they are read.
pub(in crate::papers) struct Pages {
    pub(super) child: Child,
    pub(super) lines: tokio::io::Lines<BufReader<ChildStdout>>,
    pub(super) deadline: tokio::time::Instant,
}

impl Pages {
    /// The next page. `None`: no more came, see [`end`](Self::end).
    pub(in crate::papers) async fn next(&mut self) -> Option<PageText> {
        let line = tokio::time::timeout_at(self.deadline, self.lines.next_line()).await;
        line.ok()?.ok()?.and_then(|line| serde_json::from_str(&line).ok())
    }

    /// True when the process came to the file's end by itself.
    pub(in crate::papers) async fn end(mut self) -> io::Result<bool> {
        ended_well(tokio::time::timeout_at(self.deadline, self.child.wait()).await)
    }
}

/// Pictures of pages, as they are drawn.
pub(in crate::papers) struct Pictures {
    pub(super) running: Running,
    pub(super) deadline: tokio::time::Instant,
}

impl Pictures {
    /// The next page's number and picture.
    pub(in crate::papers) async fn next(&mut self) -> Option<(i64, Bytes)> {
        tokio::time::timeout_at(self.deadline, self.frame()).await.ok()?.ok()
    }

    async fn frame(&mut self) -> io::Result<(i64, Bytes)> {
        let page = self.running.answer.read_u32().await?;
        let length = self.running.answer.read_u32().await?;
        let mut picture = Vec::new();
        (&mut self.running.answer).take(u64::from(length)).read_to_end(&mut picture).await?;
        Ok((i64::from(page), picture.into()))
    }
}

impl Renderer {
    /// What this program, started apart as for a PDF, answers to another command
    /// about a foreign file. `None`: the file broke its reader, or took too long.
    pub async fn ask(&self, command: &[&str], file: &Path, most: u64) -> io::Result<Option<Bytes>> {
        let _turn = self.inspections.acquire().await.map_err(io::Error::other)?;
        let mut running = self.start_command(command, file)?;
        let mut answer = Vec::new();
        let read = async {
            (&mut running.answer).take(most).read_to_end(&mut answer).await?;
            running.child.wait().await
        };
        let is_whole = ended_well(tokio::time::timeout(PATIENCE, read).await)?;
        Ok(is_whole.then(|| answer.into()))
    }
}

pub(super) fn ended_well(
    waited: Result<io::Result<ExitStatus>, tokio::time::error::Elapsed>,
) -> io::Result<bool> {
    match waited {
        Ok(status) => Ok(status?.success()),
        Err(_) => Ok(false),
    }
}
