//! Screens that follow a meeting, and when each of them knew.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::line::Line;
use crate::bench::BenchError;
use crate::bench::report::Times;
use crate::meetings::{MeetingId, urls};

/// Streams that are opened at the same time.
const DOOR: usize = 100;
/// How long the last screen may take before the measurement counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Screens of one meeting. They end when this is dropped.
pub(super) struct Screens {
    seen: mpsc::UnboundedReceiver<Seen>,
    count: usize,
    _tasks: JoinSet<()>,
}

/// What one screen then showed, and when.
struct Seen {
    content: Arc<[u8]>,
    at: Instant,
    /// By the event itself; otherwise the page was asked for again.
    is_pushed: bool,
}

/// How a moment reached the screens.
pub(super) struct Reached {
    pub times: Times,
    /// Screens that had to ask for their page.
    pub asked: usize,
}

impl Screens {
    /// Opens a stream for each session; returns when all are followed.
    pub async fn open(
        address: SocketAddr,
        meeting: MeetingId,
        sessions: &[Arc<str>],
    ) -> Result<Self, BenchError> {
        let (sender, seen) = mpsc::unbounded_channel();
        let (ready, mut followed) = mpsc::unbounded_channel();
        let door = Arc::new(Semaphore::new(DOOR));
        let mut tasks = JoinSet::new();
        for session in sessions {
            let screen = Screen { address, page: urls::meeting(meeting), session: session.clone() };
            let (door, ready, sender) = (door.clone(), ready.clone(), sender.clone());
            tasks.spawn(async move {
                let opened = screen.open(&door).await;
                let is_open = opened.as_ref().map(|_| ()).map_err(ToString::to_string);
                // The receivers live as long as anybody listens.
                let _ = ready.send(is_open);
                if let Ok(line) = opened {
                    let _ = screen.follow(line, &sender).await;
                }
            });
        }
        for _ in sessions {
            followed.recv().await.unwrap_or_else(|| Err("a screen ended".to_owned())).map_err(BenchError)?;
        }
        Ok(Self { seen, count: sessions.len(), _tasks: tasks })
    }

    /// Waits until each screen has shown `content`, and says how long after
    /// `began` it did.
    pub async fn until_all_show(&mut self, content: &str, began: Instant) -> Result<Reached, BenchError> {
        let (mut times, mut asked, mut unread) = (Vec::new(), 0, Vec::new());
        while times.len() < self.count {
            let next = tokio::time::timeout(PATIENCE, self.seen.recv()).await;
            let Ok(Some(seen)) = next else {
                return Err(BenchError(format!("{} of {} screens showed it", times.len(), self.count)));
            };
            unread.push(seen);
            // Read only when enough came: reading takes time from those who still wait.
            if times.len() + unread.len() >= self.count {
                for seen in unread.drain(..).filter(|seen| holds(&seen.content, content.as_bytes())) {
                    times.push(seen.at.saturating_duration_since(began));
                    asked += usize::from(!seen.is_pushed);
                }
            }
        }
        Ok(Reached { times: times.into_iter().collect(), asked })
    }

    /// Passes over what the screens showed up to now.
    pub fn forget(&mut self) {
        while self.seen.try_recv().is_ok() {}
    }
}

struct Screen {
    address: SocketAddr,
    page: String,
    session: Arc<str>,
}

impl Screen {
    async fn open(&self, door: &Semaphore) -> Result<Line, BenchError> {
        let _turn = door.acquire().await?;
        let mut line = Line::open(self.address).await?;
        line.get(&format!("{}/events?pieces=yes", self.page), &self.session).await?;
        line.until(b"event: here\ndata: \n\n").await?;
        Ok(line)
    }

    async fn follow(&self, mut line: Line, seen: &mpsc::UnboundedSender<Seen>) -> Result<(), BenchError> {
        loop {
            let event = line.until(b"\n\n").await?;
            let at = Instant::now();
            if holds(&event, b"event: pieces") {
                let _ = seen.send(Seen { content: event.into(), at, is_pushed: true });
            } else if let Some(window) = window(&event) {
                tokio::time::sleep(window.mul_f64(share(&self.session))).await;
                let mut page = Line::open(self.address).await?;
                page.get(&self.page, &self.session).await?;
                let content = page.answer().await?.body.into();
                let _ = seen.send(Seen { content, at: Instant::now(), is_pushed: false });
            }
        }
    }
}

/// The window of a signal, in which a screen takes its own moment to ask.
fn window(event: &[u8]) -> Option<Duration> {
    let text = String::from_utf8_lossy(event);
    let is_signal = text.contains("event: changed") || text.contains("event: anew");
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")?.trim().parse().ok());
    is_signal.then(|| Duration::from_millis(data.unwrap_or_default()))
}

/// A share of the window that differs from person to person, as a browser's
/// random number does.
fn share(session: &str) -> f64 {
    let letters = session.get(..4).and_then(|start| u16::from_str_radix(start, 16).ok());
    f64::from(letters.unwrap_or_default()) / f64::from(u16::MAX)
}

fn holds(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|found| found == part)
}
