//! Drawing once what many see alike.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use tokio::sync::Notify;

use super::Live;
use super::event::{Piece, What};

/// Microseconds that each listener adds to the rest after a drawing, so that
/// changes which come in a crowd reach thousands of screens a few times a
/// second and not a few hundred.
const REST: u32 = 50;

/// Draws the pieces of a topic as they are in the database now; `None` if it
/// has none, or they cannot be drawn.
#[derive(Clone)]
pub struct Artist(Arc<Draw>);

type Draw = dyn Fn(String) -> BoxFuture<'static, Option<Vec<Piece>>> + Send + Sync;

impl Artist {
    pub fn new<W, O>(draw: W) -> Self
    where
        W: Fn(String) -> O + Send + Sync + 'static,
        O: Future<Output = Option<Vec<Piece>>> + Send + 'static,
    {
        Self(Arc::new(move |topic| Box::pin(draw(topic))))
    }
}

impl Artist {
    /// A panic, which is logged where it happens, must not leave the topic
    /// marked as being drawn for ever.
    async fn draw(&self, topic: &str) -> Option<Vec<Piece>> {
        AssertUnwindSafe((self.0)(topic.to_owned())).catch_unwind().await.ok().flatten()
    }
}

impl fmt::Debug for Artist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Artist")
    }
}

/// The topics being drawn.
#[derive(Debug, Default)]
pub(super) struct Drawings(Mutex<HashMap<String, Changes>>);

/// What waits for the next drawing of a topic.
#[derive(Debug, Default)]
struct Changes {
    waiting: usize,
    /// Rung by a change that must not wait until the rest is over.
    bell: Arc<Notify>,
}

/// Whether a change waits until the rest after the last drawing is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Haste {
    AtOnce,
    AfterRest,
}

impl Drawings {
    /// Notes a change. True: nobody draws this topic yet.
    fn add(&self, topic: &str, haste: Haste) -> bool {
        let mut all = self.all();
        let is_drawn = all.contains_key(topic);
        let changes = all.entry(topic.to_owned()).or_default();
        changes.waiting += 1;
        if is_drawn && haste == Haste::AtOnce {
            changes.bell.notify_one();
        }
        !is_drawn
    }

    /// The number of changes that wait, and what rings when the next is in
    /// haste; what is drawn after this shows them all. `None` if there are
    /// none: then the topic is left.
    fn take(&self, topic: &str) -> Option<(usize, Arc<Notify>)> {
        let mut all = self.all();
        match all.get_mut(topic) {
            Some(changes) if changes.waiting > 0 => {
                Some((std::mem::take(&mut changes.waiting), changes.bell.clone()))
            }
            _ => {
                all.remove(topic);
                None
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Changes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Hands over who draws pieces; without one, pages ask for themselves.
    pub fn draw_with(&self, artist: Artist) {
        // Set once, when the service is put together.
        let _ = self.0.artist.set(artist);
    }

    pub(super) fn draw(&self, topic: &str, haste: Haste) {
        let is_heard = self.hub().listeners(topic) > 0;
        match self.0.artist.get().filter(|_| is_heard) {
            Some(artist) if self.0.drawings.add(topic, haste) => {
                tokio::spawn(self.clone().draw_on(topic.to_owned(), artist.clone()));
            }
            Some(_) => {}
            None => _ = self.publish(topic, What::Changed),
        }
    }

    /// Draws one after the other, so that an older drawing never follows a
    /// newer one.
    async fn draw_on(self, topic: String, artist: Artist) {
        while let Some((joined, haste)) = self.0.drawings.take(&topic) {
            let listeners = match artist.draw(&topic).await {
                Some(pieces) => self.publish_pieces(&topic, pieces, joined > 1),
                None => self.publish(&topic, What::Changed),
            };
            let listeners = u32::try_from(listeners).unwrap_or(u32::MAX);
            tokio::select! {
                () = tokio::time::sleep(Duration::from_micros(listeners.saturating_mul(REST).into())) => {}
                () = haste.notified() => {}
            }
        }
    }
}
