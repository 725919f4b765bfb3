//! Drawing once what many see alike.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::Live;
use super::event::{Piece, What};

/// Microseconds of rest that each listener adds after a drawing, so that a
/// burst of changes, such as everyone checking in, reaches thousands of
/// screens a few times a second and not a few hundred.
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

/// The topics being drawn, each with the changes that wait for the next
/// drawing.
#[derive(Debug, Default)]
pub(super) struct Drawings(Mutex<HashMap<String, usize>>);

impl Drawings {
    /// Notes a change. True: nobody draws this topic yet.
    fn add(&self, topic: &str) -> bool {
        let mut all = self.all();
        let is_drawn = all.contains_key(topic);
        *all.entry(topic.to_owned()).or_default() += 1;
        !is_drawn
    }

    /// The number of changes that wait; what is drawn after this shows them
    /// all. `None` if there are none: then the topic is left.
    fn take(&self, topic: &str) -> Option<usize> {
        let mut all = self.all();
        match all.get_mut(topic) {
            Some(waiting) if *waiting > 0 => Some(std::mem::take(waiting)),
            _ => {
                all.remove(topic);
                None
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Live {
    /// Hands over who draws pieces; without one, pages ask for themselves.
    pub fn draw_with(&self, artist: Artist) {
        // Set once, when the service is put together.
        let _ = self.0.artist.set(artist);
    }

    pub(super) fn draw(&self, topic: &str) {
        let is_heard = self.hub().listeners(topic) > 0;
        match self.0.artist.get().filter(|_| is_heard) {
            Some(artist) if self.0.drawings.add(topic) => {
                tokio::spawn(self.clone().draw_on(topic.to_owned(), artist.clone()));
            }
            Some(_) => {}
            None => self.hub().publish(topic, What::Changed),
        }
    }

    /// Draws one after the other, so that an older drawing never follows a
    /// newer one.
    async fn draw_on(self, topic: String, artist: Artist) {
        while let Some(joined) = self.0.drawings.take(&topic) {
            let drawn = artist.draw(&topic).await;
            let rest = self.show(&topic, drawn, joined > 1);
            tokio::time::sleep(rest).await;
        }
    }

    fn show(&self, topic: &str, drawn: Option<Vec<Piece>>, joined: bool) -> Duration {
        let mut hub = self.hub();
        match drawn {
            Some(pieces) => hub.publish_pieces(topic, pieces, joined),
            None => hub.publish(topic, What::Changed),
        }
        let listeners = u32::try_from(hub.listeners(topic)).unwrap_or(u32::MAX);
        Duration::from_micros(listeners.saturating_mul(REST).into())
    }
}
