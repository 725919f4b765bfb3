//! Reading foreign PDFs in a process of its own.
//!
//! The process is this very program, started as `ecabinet render`, without
//! our environment, with limits on memory and time. Whatever a file does to
//! it, run in circles, eat memory or overflow the stack, ends there.

mod answer;
mod making;

use std::collections::VecDeque;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;
use tokio::sync::{Mutex, OnceCell, Semaphore};

pub(super) use self::answer::{Pages, Pictures};
use self::answer::{Running, ended_well};
use super::drawing::{NEEDS_PASSWORD, UNREADABLE};
use super::sheet::Sheet;
use crate::config::Config;
use crate::storage::{self, Hash, Incoming, Storage};

/// Pages drawn at once for people who wait.
const DRAWN_AT_ONCE: usize = 2;
/// Readers for whom the pages to come are drawn at once, and how many.
const AHEAD_AT_ONCE: usize = 1;
const AHEAD: i64 = 8;
/// Files on their way in that are looked at together.
const INSPECTED_AT_ONCE: usize = 2;
/// Files kept ready on the local disk, so that the pages of one paper do not
/// each fetch it from the storage.
const COPIES: usize = 4;
const PATIENCE: Duration = Duration::from_secs(30);
/// For a whole file: all its words, or all its small pictures.
const LONG_PATIENCE: Duration = Duration::from_secs(120);
/// For a comparison somebody looks at, and how large its pages are drawn:
/// a digit that differs still does.
const PATIENCE_TO_COMPARE: Duration = Duration::from_secs(15);
const COMPARED_AT: u32 = 600;
/// What is said of how all pages are set.
const LARGEST_ANSWER: u64 = 64 << 20;
/// Pictures are bounded in pixels, so a longer answer is no picture.
const LARGEST_PICTURE: u64 = 64 << 20;

/// What opening a PDF showed.
#[derive(Debug)]
pub(super) enum Verdict {
    Readable { pages: u32, first_page: Vec<String> },
    NeedsPassword,
    Unreadable,
}

#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The file is at fault: it broke its reader, or took too long.
    #[error("the page cannot be drawn")]
    Undrawn,
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("the renderer cannot be started")]
    Start(#[from] io::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum SheetsError {
    #[error("the file needs a password")]
    Password,
    #[error("the file cannot be read as a PDF")]
    Unreadable,
    #[error("the reading process cannot be run")]
    Start(#[from] io::Error),
}

/// Starts the processes that read PDFs.
#[derive(Clone, Debug)]
pub struct Renderer {
    program: Arc<Path>,
    turns: Arc<Semaphore>,
    inspections: Arc<Semaphore>,
    ahead: Arc<Semaphore>,
    copies: Arc<Mutex<Copies>>,
}

/// A stored file on the local disk, from the moment it has been fetched.
pub type Copy = Arc<OnceCell<Incoming>>;
type Copies = VecDeque<(Hash, Copy)>;

/// What the process says first about a file.
#[derive(Debug, Deserialize)]
struct Inspected {
    pages: u32,
    first_page: Vec<String>,
}

impl Renderer {
    pub fn new(config: &Config) -> io::Result<Self> {
        let program = if config.renderer.is_empty() {
            std::env::current_exe()?
        } else {
            PathBuf::from(&config.renderer)
        };
        Ok(Self {
            program: program.into(),
            turns: Arc::new(Semaphore::new(DRAWN_AT_ONCE)),
            inspections: Arc::new(Semaphore::new(INSPECTED_AT_ONCE)),
            ahead: Arc::new(Semaphore::new(AHEAD_AT_ONCE)),
            copies: Arc::default(),
        })
    }

    /// Reads an empty page. False: what should read PDFs cannot.
    pub async fn probe(&self) -> io::Result<bool> {
        let mut page = tempfile::NamedTempFile::new()?;
        page.write_all(super::BLANK)?;
        Ok(matches!(self.inspect(page.path()).await?, Verdict::Readable { pages: 1, .. }))
    }

    pub(super) async fn inspect(&self, pdf: &Path) -> io::Result<Verdict> {
        let _turn = self.inspections.acquire().await.map_err(io::Error::other)?;
        let mut running = self.start(&["inspect"], pdf)?;
        let mut answer = String::new();
        let read = async {
            running.answer.read_to_string(&mut answer).await?;
            running.child.wait().await
        };
        // Too long, or not text: the file's fault alike.
        let status = match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(status)) => status,
            Ok(Err(error)) if error.kind() != io::ErrorKind::InvalidData => return Err(error),
            Ok(Err(_)) | Err(_) => return Ok(Verdict::Unreadable),
        };
        Ok(match (status.code(), serde_json::from_str::<Inspected>(&answer)) {
            (Some(0), Ok(Inspected { pages, first_page })) => Verdict::Readable { pages, first_page },
            (Some(NEEDS_PASSWORD), _) => Verdict::NeedsPassword,
            (Some(UNREADABLE), _) => Verdict::Unreadable,
            _ => {
                tracing::warn!(%status, "A PDF broke its reader and was refused");
                Verdict::Unreadable
            }
        })
    }

    /// Reads the words of every page, one page after the other.
    pub(super) fn text(&self, pdf: &Path) -> io::Result<Pages> {
        let Running { child, answer } = self.start(&["text"], pdf)?;
        Ok(Pages { child, lines: answer.lines(), deadline: tokio::time::Instant::now() + LONG_PATIENCE })
    }

    /// Reads how the pages of a file are set, `most` of them at the most.
    pub async fn sheets(&self, pdf: &Path, most: usize) -> Result<Sheets, SheetsError> {
        let _turn = self.inspections.acquire().await.map_err(io::Error::other)?;
        let Running { mut child, answer } = self.start(&["sheets"], pdf)?;
        let mut lines = answer.take(LARGEST_ANSWER).lines();
        let deadline = tokio::time::Instant::now() + PATIENCE;
        let mut sheets = Vec::new();
        while let Ok(Ok(Some(line))) = tokio::time::timeout_at(deadline, lines.next_line()).await {
            // A line cut short is where the longest answer ended.
            match serde_json::from_str(&line) {
                Ok(sheet) if sheets.len() < most => sheets.push(sheet),
                _ if sheets.is_empty() => return Err(SheetsError::Unreadable),
                _ => return Ok(Sheets { sheets, is_whole: false }),
            }
        }
        match tokio::time::timeout_at(deadline, child.wait())
            .await
            .map(|ended| ended.map(|status| status.code()))
        {
            Ok(Ok(Some(0))) => Ok(Sheets { sheets, is_whole: true }),
            Ok(Ok(Some(NEEDS_PASSWORD))) => Err(SheetsError::Password),
            _ => Err(SheetsError::Unreadable),
        }
    }

    /// Draws every page small.
    pub(super) fn thumbnails(&self, pdf: &Path) -> io::Result<Pictures> {
        let running = self.start(&["thumbnails"], pdf)?;
        Ok(Pictures { running, deadline: tokio::time::Instant::now() + LONG_PATIENCE })
    }

    /// Draws the pages after one that somebody looks at, in one go: a long
    /// scan is then opened once for several pages, and leafing on does not
    /// wait. Whoever comes while it is busy draws their own pages as before.
    pub(super) fn draw_ahead(&self, storage: &Storage, hash: Hash, page: i64, width: u32, pages: i64) {
        let Ok(turn) = self.ahead.clone().try_acquire_owned() else { return };
        let (renderer, storage) = (self.clone(), storage.clone());
        tokio::spawn(async move {
            let _turn = turn;
            let last = (page + AHEAD).min(pages);
            if let Err(error) = renderer.draw_pages(&storage, hash, (page + 1, last), width).await {
                tracing::warn!(%error, "Pages to come could not be drawn ahead");
            }
        });
    }

    async fn draw_pages(
        &self,
        storage: &Storage,
        hash: Hash,
        (from, to): (i64, i64),
        width: u32,
    ) -> Result<(), DrawError> {
        let mut first = from;
        while first <= to && storage.has_derived(hash, &picture_name(first, width)).await? {
            first += 1;
        }
        // Half of them drawn is far enough ahead: so each start is for several pages.
        if first > from + AHEAD / 2 || first > to {
            return Ok(());
        }
        let copy = self.copy(storage, hash).await?;
        let copy = copy.get().ok_or(DrawError::Undrawn)?;
        let (start, count, wide) = (first.to_string(), (to - first + 1).to_string(), width.to_string());
        let running =
            self.start(&["pictures", "--first", &start, "--count", &count, "--width", &wide], copy.path())?;
        let mut drawn = Pictures { running, deadline: tokio::time::Instant::now() + PATIENCE };
        while let Some((page, picture)) = drawn.next().await {
            storage.put_derived(hash, &picture_name(page, width), picture).await?;
        }
        Ok(())
    }

    /// Draws one page, once: afterwards the storage has the picture.
    pub(super) async fn picture(
        &self,
        storage: &Storage,
        hash: Hash,
        page: i64,
        width: u32,
    ) -> Result<Bytes, DrawError> {
        let name = picture_name(page, width);
        if let Some(drawn) = storage.read_derived(hash, &name).await? {
            return Ok(drawn);
        }
        let _turn = self.turns.acquire().await.map_err(|_| DrawError::Undrawn)?;
        // Someone may have drawn it while we waited.
        if let Some(drawn) = storage.read_derived(hash, &name).await? {
            return Ok(drawn);
        }
        let copy = self.copy(storage, hash).await?;
        let copy = copy.get().ok_or(DrawError::Undrawn)?;
        let drawn = tokio::time::timeout(PATIENCE, self.draw(copy.path(), page, width)).await;
        let drawn = drawn.map_err(|_| DrawError::Undrawn)??;
        storage.put_derived(hash, &name, drawn.clone()).await?;
        Ok(drawn)
    }

    /// Draws a page of a file that is not in the storage, as it was when the
    /// file ended at `end`. Nothing of it is kept.
    pub async fn picture_at(&self, pdf: &Path, end: u64, page: i64, width: u32) -> Result<Bytes, DrawError> {
        let _turn = self.turns.acquire().await.map_err(|_| DrawError::Undrawn)?;
        let (page, width, end) = (page.to_string(), width.to_string(), end.to_string());
        let task = ["picture", "--page", &page, "--width", &width, "--end", &end];
        let drawn = tokio::time::timeout(PATIENCE, self.answer(&task, pdf)).await;
        drawn.map_err(|_| DrawError::Undrawn)?
    }

    /// Which pages look different from the file as it was when it ended at
    /// `before`: looked for as long as a person waits, and until `most` are found.
    pub async fn changes(&self, pdf: &Path, before: u64, most: usize) -> Result<Changes, DrawError> {
        let _turn = self.turns.acquire().await.map_err(|_| DrawError::Undrawn)?;
        let (before, width) = (before.to_string(), COMPARED_AT.to_string());
        let running = self.start(&["changes", "--before", &before, "--width", &width], pdf)?;
        let deadline = tokio::time::Instant::now() + PATIENCE_TO_COMPARE;
        let mut lines = running.answer.lines();
        let mut changes = Changes::default();
        while changes.pages.len() < most {
            let line = match tokio::time::timeout_at(deadline, lines.next_line()).await {
                Ok(line) => line?,
                Err(_) => return Ok(changes),
            };
            let Some(line) = line else { break };
            let page: ComparedPage = serde_json::from_str(&line).map_err(|_| DrawError::Undrawn)?;
            changes.compared = page.page;
            if page.differs {
                changes.pages.push(page);
            }
        }
        let mut child = running.child;
        // Enough found: dropped, the process ends.
        let is_full = changes.pages.len() >= most;
        changes.is_whole = !is_full && ended_well(tokio::time::timeout_at(deadline, child.wait()).await)?;
        Ok(changes)
    }

    async fn draw(&self, pdf: &Path, page: i64, width: u32) -> Result<Bytes, DrawError> {
        let (page, width) = (page.to_string(), width.to_string());
        self.answer(&["picture", "--page", &page, "--width", &width], pdf).await
    }

    /// The picture a task answers with.
    async fn answer(&self, task: &[&str], pdf: &Path) -> Result<Bytes, DrawError> {
        let mut running = self.start(task, pdf)?;
        let mut drawn = Vec::new();
        (&mut running.answer).take(LARGEST_PICTURE).read_to_end(&mut drawn).await?;
        let is_whole = running.child.wait().await?.success() && !drawn.is_empty();
        if is_whole { Ok(drawn.into()) } else { Err(DrawError::Undrawn) }
    }

    /// The file on the local disk, fetched once for those who ask together.
    pub async fn copy(&self, storage: &Storage, hash: Hash) -> Result<Copy, storage::Error> {
        let copy = self.slot(hash).await;
        copy.get_or_try_init(|| storage.copy_to_scratch(hash)).await?;
        Ok(copy)
    }

    async fn slot(&self, hash: Hash) -> Copy {
        let mut copies = self.copies.lock().await;
        let at = copies.iter().position(|(kept, _)| *kept == hash);
        let found = at.and_then(|at| copies.remove(at)).unwrap_or_else(|| (hash, Arc::default()));
        let copy = found.1.clone();
        copies.push_front(found);
        copies.truncate(COPIES);
        copy
    }

    fn start(&self, task: &[&str], pdf: &Path) -> io::Result<Running> {
        self.start_command(&[&["render"], task].concat(), pdf)
    }

    fn start_command(&self, command: &[&str], file: &Path) -> io::Result<Running> {
        let mut child = Command::new(self.program.as_os_str())
            .args(command)
            .arg(file)
            // Our environment holds passwords; a broken reader must not find them.
            .env_clear()
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let answer = child.stdout.take().ok_or_else(|| io::Error::other("the renderer has no output"))?;
        Ok(Running { child, answer: BufReader::new(answer) })
    }
}

/// The drawing of a page changes with the program that draws it.
pub(super) fn picture_name(page: i64, width: u32) -> String {
    format!("page-{page}-{width}-v1")
}

/// How the pages of two states of a file compare.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Those that look different.
    pub pages: Vec<ComparedPage>,
    /// The last page that was looked at.
    pub compared: i64,
    /// Every page was looked at.
    pub is_whole: bool,
}

/// One page in two states of a file.
#[derive(Clone, Debug, Deserialize)]
pub struct ComparedPage {
    pub page: i64,
    differs: bool,
    /// It is there in the earlier state, and in the later one.
    pub was: bool,
    pub is: bool,
}

/// How the pages of a file are set.
#[derive(Clone, Debug)]
pub struct Sheets {
    pub sheets: Vec<Sheet>,
    /// Every page was read.
    pub is_whole: bool,
}
