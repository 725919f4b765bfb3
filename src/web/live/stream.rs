//! One screen's stream of server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::{Instant, Interval, MissedTickBehavior};

use super::event::{Viewer, What, frame, window};
use super::hub::Following;
use super::moment::Moment;
use super::{Live, person_topic};

/// How often a quiet stream says that it is alive; proxies close silent ones.
const BEAT: Duration = Duration::from_secs(15);
/// Beats after which a stream asks by itself whether it may go on: sessions
/// also end by time, of which nobody tells.
const BEATS_PER_CHECK: u32 = 4;
/// Milliseconds after which a browser comes back to a stream that broke, and
/// the span over which many that broke together come back.
const RETURN: u64 = 1_000;
const RETURN_SPAN: u64 = 2_000;

/// Says whether the one who listens still may. An error is a no: who still may
/// comes back by themselves.
pub struct Right(Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>);

impl Right {
    pub fn new<W, O>(holds: W) -> Self
    where
        W: Fn() -> O + Send + Sync + 'static,
        O: Future<Output = bool> + Send + 'static,
    {
        Self(Box::new(move || Box::pin(holds())))
    }
}

/// Who listens, to what, and by which right.
pub struct Seat {
    pub viewer: Viewer,
    pub topics: Vec<String>,
    /// What the screen knows already; `None`: everything up to now.
    pub since: Option<Moment>,
    pub right: Right,
}

/// Streams the events of a screen's topics until it leaves or may no longer
/// listen.
pub fn stream(live: &Live, seat: Seat) -> Response {
    let listener = Listener::new(live.clone(), seat);
    let frames = futures_util::stream::unfold(listener, Listener::next);
    let mut response = Body::from_stream(frames).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    // Or nginx would gather the events before passing them on.
    headers.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

struct Listener {
    live: Live,
    number: u64,
    topics: Vec<Arc<str>>,
    bell: Arc<Notify>,
    viewer: Viewer,
    right: Right,
    /// The last event passed on.
    reached: u64,
    /// Events up to this one happened before the stream. They are told as
    /// signals: what was drawn then may be outdated by what the person did
    /// on another screen.
    past: u64,
    beat: Interval,
    beats: u32,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was sent yet.
    Fresh,
    Following,
    Over,
}

impl Listener {
    fn new(live: Live, seat: Seat) -> Self {
        let mut topics: Vec<Arc<str>> = seat.topics.into_iter().map(Arc::from).collect();
        topics.push(person_topic(seat.viewer.person).into());
        let bell = Arc::new(Notify::new());
        let mut hub = live.hub_to_write();
        let number = hub.enter(&topics, &bell);
        let past = hub.now().number;
        let reached = seat.since.map_or(past, |since| hub.number_of(since));
        drop(hub);
        let mut beat = tokio::time::interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (viewer, right) = (seat.viewer, seat.right);
        Self { live, number, topics, bell, viewer, right, reached, past, beat, beats: 0, state: State::Fresh }
    }

    /// The next words for the screen. `None`: there are no more.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let words = match self.state {
            State::Fresh => {
                self.state = State::Following;
                self.greeting()
            }
            State::Following => self.wait().await.unwrap_or_else(|| self.farewell()),
            State::Over => return None,
        };
        Some((Ok(words), self))
    }

    /// Waits for something to say; `None` when the right to hear it is gone.
    async fn wait(&mut self) -> Option<Bytes> {
        loop {
            let following = self.live.hub().following(&self.topics, self.reached);
            match following {
                Following::Event(event) => {
                    self.reached = event.number;
                    if matches!(event.what, What::Rights) {
                        self.check().await?;
                    }
                    let is_past = event.number <= self.past;
                    let frame = if is_past { event.signal() } else { event.frame_for(&self.viewer) };
                    if frame.is_some() {
                        return frame;
                    }
                }
                Following::Forgotten { listeners } => return Some(self.look_anew(listeners)),
                Following::Nothing => tokio::select! {
                    () = self.bell.notified() => {}
                    _ = self.beat.tick() => return self.beat().await,
                },
            }
        }
    }

    /// The first words tell the page that the stream comes through.
    fn greeting(&self) -> Bytes {
        // The listener's number parts those who come back in the same second.
        let back = RETURN + self.number.wrapping_mul(397) % RETURN_SPAN;
        format!("retry: {back}\nevent: here\ndata: \n\n").into()
    }

    fn look_anew(&mut self, listeners: usize) -> Bytes {
        let now = self.live.now();
        self.reached = now.number;
        self.past = now.number;
        frame(now, "anew", &window(listeners).to_string())
    }

    async fn beat(&mut self) -> Option<Bytes> {
        self.beats += 1;
        if self.beats.is_multiple_of(BEATS_PER_CHECK) {
            self.check().await?;
        }
        Some(Bytes::from_static(b":\n\n"))
    }

    async fn check(&self) -> Option<()> {
        (self.right.0)().await.then_some(())
    }

    /// The page asks for itself a last time and finds out what it may see.
    fn farewell(&mut self) -> Bytes {
        self.state = State::Over;
        Bytes::from_static(b"event: over\ndata: \n\n")
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.live.hub_to_write().leave(&self.topics, self.number);
    }
}
