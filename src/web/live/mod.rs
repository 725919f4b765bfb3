//! Screens that follow what happens.
//!
//! After its commit an act says which topic changed. Screens that listen are
//! told in one of two ways. [`Live::changed`] sends a signal only: each page
//! asks for itself again and gets what its reader may see, so a signal tells
//! nobody more than a page would. [`Live::changed_alike`] is for what many see
//! exactly alike, such as the sheet of a vote that opens: the elements are drawn
//! once a language and sent in the event, to those only whose page would show
//! the same; the others get the signal.
//!
//! Each topic keeps its latest events, numbered through. A screen is no more
//! than a number it has reached: it can be slow, or away for a while, and goes
//! on where it was; if that is no longer kept it is told to look anew. Pages
//! carry the [`Moment`] they were made at, so nothing falls between a page and
//! its stream.

mod draw;
mod event;
mod hub;
mod moment;
mod nodes;
mod poll;
mod stream;

use std::fmt::Display;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use uuid::Uuid;

use self::draw::{Drawings, Haste};
use self::event::What;
use self::hub::Hub;
use self::nodes::Words;
use crate::identity::PersonId;

pub use self::draw::Artist;
pub use self::event::{Audience, Piece, Viewer};
pub use self::moment::{Moment, Since};
pub use self::poll::since;
pub use self::stream::{Right, Seat, stream};

/// Tells screens what changed; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Live(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    hub: RwLock<Hub>,
    drawings: Drawings,
    artist: OnceLock<Artist>,
    /// Words for the other nodes, if there are any.
    words: OnceLock<Arc<Words>>,
}

impl Default for Shared {
    fn default() -> Self {
        let (_, node) = Uuid::new_v4().as_u64_pair();
        Self {
            hub: RwLock::new(Hub::new(node)),
            drawings: Drawings::default(),
            artist: OnceLock::new(),
            words: OnceLock::new(),
        }
    }
}

impl Live {
    /// Says that anything of a topic may have changed. Called after the
    /// commit, never before.
    pub fn changed(&self, topic: impl Display) {
        self.tell(&topic.to_string(), Word::Changed);
    }

    /// Says that only what many see alike changed. Called after the commit.
    pub fn changed_alike(&self, topic: impl Display) {
        self.tell(&topic.to_string(), Word::Alike);
    }

    /// As [`changed_alike`](Self::changed_alike), for what happens to hundreds
    /// in a minute, such as checking in: screens are told a few times a second.
    pub fn changed_alike_often(&self, topic: impl Display) {
        self.tell(&topic.to_string(), Word::AlikeOften);
    }

    /// Says that who may listen changed: every stream of the topic asks
    /// whether it may go on. Called after the commit.
    pub fn rights_changed(&self, topic: impl Display) {
        self.tell(&topic.to_string(), Word::Rights);
    }

    /// The moment now. A page that is read from the database after this shows
    /// everything that happened up to it.
    pub fn now(&self) -> Moment {
        self.hub().now()
    }

    fn tell(&self, topic: &str, word: Word) {
        self.hear(topic, word);
        if let Some(words) = self.0.words.get() {
            words.post(topic, word);
        }
    }

    /// Passes a word on to the screens of this node.
    fn hear(&self, topic: &str, word: Word) {
        match word {
            Word::Changed => _ = self.publish(topic, What::Changed),
            Word::Alike => self.draw(topic, Haste::AtOnce),
            Word::AlikeOften => self.draw(topic, Haste::AfterRest),
            Word::Rights => _ = self.publish(topic, What::Rights),
        }
    }

    /// Gives how many listen.
    fn publish(&self, topic: &str, what: What) -> usize {
        let bells = self.hub_to_write().publish(topic, what);
        bells.ring()
    }

    /// Gives how many listen.
    fn publish_pieces(&self, topic: &str, pieces: Vec<Piece>, joined: bool) -> usize {
        let bells = self.hub_to_write().publish_pieces(topic, pieces, joined);
        bells.ring()
    }

    /// Events may have been missed: every screen must look anew.
    fn forget_all(&self) {
        let bells = self.hub_to_write().forget_all();
        bells.ring();
    }

    /// Thousands look in at the same moment.
    fn hub(&self) -> RwLockReadGuard<'_, Hub> {
        // Nothing in there panics half-way.
        self.0.hub.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn hub_to_write(&self) -> RwLockWriteGuard<'_, Hub> {
        self.0.hub.write().unwrap_or_else(PoisonError::into_inner)
    }
}

crate::words! {
    /// What one node tells the others of a topic.
    Word { Changed = "changed", Alike = "alike", AlikeOften = "alike_often", Rights = "rights" }
}

/// The topic of one person: every stream of theirs listens to it.
pub fn person_topic(person: PersonId) -> String {
    format!("person:{person}")
}
