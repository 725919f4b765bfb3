//! Screens that follow what happens: server-sent events.
//!
//! An event carries no content, only "something changed here". The page then
//! asks for itself again and gets what its reader may see, so no event can
//! tell a person more than a page would.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

/// Events a slow screen may fall behind before it is told to look anew.
const BACKLOG: usize = 256;
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Tells screens that a topic changed.
#[derive(Clone, Debug)]
pub struct Live {
    sender: broadcast::Sender<String>,
}

impl Default for Live {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }
}

impl Live {
    /// Says that a topic changed. Called after the commit, never before.
    pub fn changed(&self, topic: impl std::fmt::Display) {
        // Nobody listening is no error.
        let _ = self.sender.send(topic.to_string());
    }
}

/// The stream of one screen: an event each time one of its topics changed, and
/// one at the start, for what happened before it listened.
pub fn stream(
    live: &Live,
    topics: Vec<String>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>> + use<>> {
    let changes = BroadcastStream::new(live.sender.subscribe()).filter_map(move |event| {
        let concerns_us = match event {
            Ok(changed) => topics.contains(&changed),
            // Fell behind: anything may have been missed.
            Err(_) => true,
        };
        std::future::ready(concerns_us.then(changed))
    });
    let first = futures_util::stream::once(std::future::ready(changed()));
    Sse::new(first.chain(changes)).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}

fn changed() -> Result<Event, Infallible> {
    Ok(Event::default().data("changed"))
}
