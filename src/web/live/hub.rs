//! The events of each topic, kept for a while, and who listens.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Notify;

use super::event::{Event, Piece, What};
use super::moment::Moment;

/// Events kept of each topic, for screens that were away or are slow.
const KEPT: usize = 256;
/// Topics beyond which those nobody listens to are let go.
const TOPICS: usize = 4_096;

/// All of it. A screen holds no queue of its own, only the number it has
/// reached: one that never reads costs no more than one that does.
#[derive(Debug)]
pub(super) struct Hub {
    node: u64,
    /// The number of the latest event of all topics.
    last: u64,
    /// Topics without a place here may have had events up to this number.
    forgotten: u64,
    topics: HashMap<Arc<str>, Topic>,
    sweep_at: usize,
    next_listener: u64,
}

#[derive(Debug)]
struct Topic {
    events: VecDeque<Arc<Event>>,
    /// Events up to this number are no longer kept.
    forgotten: u64,
    listeners: BTreeMap<u64, Arc<Notify>>,
    /// The pieces as they were told last.
    drawn: Vec<Piece>,
}

/// What follows after a number.
#[derive(Clone, Debug)]
pub(super) enum Following {
    Nothing,
    Event(Arc<Event>),
    /// Something that is no longer kept: only the whole page helps. So many
    /// others are told the same.
    Forgotten {
        listeners: usize,
    },
}

/// Those who listen to what happened. They look into the hub as soon as they
/// wake, so whoever rings must not hold it.
#[must_use]
#[derive(Debug, Default)]
pub(super) struct Bells(Vec<Arc<Notify>>);

impl Bells {
    /// Gives how many were woken.
    pub fn ring(self) -> usize {
        for bell in &self.0 {
            bell.notify_one();
        }
        self.0.len()
    }
}

impl Hub {
    /// An empty one. It begins at 1, so that nobody who comes from elsewhere,
    /// with 0, is thought to know everything.
    pub fn new(node: u64) -> Self {
        Self { node, last: 1, forgotten: 1, topics: HashMap::new(), sweep_at: TOPICS, next_listener: 0 }
    }

    pub fn node(&self) -> u64 {
        self.node
    }

    pub fn now(&self) -> Moment {
        Moment { node: self.node, number: self.last }
    }

    /// The number a moment stands for; 0, older than all, if it is not ours.
    pub fn number_of(&self, moment: Moment) -> u64 {
        if moment.node == self.node && moment.number <= self.last { moment.number } else { 0 }
    }

    /// Writes an event down; gives the bells of those who listen, to be rung
    /// when the hub is free again.
    pub fn publish(&mut self, topic: &str, what: What) -> Bells {
        self.last += 1;
        let now = self.now();
        let topic = self.topic(topic);
        if matches!(what, What::Changed) {
            // The pieces too may look another way now, and nobody drew them.
            topic.drawn.clear();
        }
        let event = Event::new(now, what, topic.listeners.len());
        topic.keep(event);
        topic.bells()
    }

    /// As [`publish`](Self::publish), of those pieces that look another way
    /// than when they were told last.
    ///
    /// `joined`: several changes were drawn as one. A page may have been made
    /// between them, so a piece that looks as before may be news to it.
    pub fn publish_pieces(&mut self, topic: &str, pieces: Vec<Piece>, joined: bool) -> Bells {
        let known = &mut self.topic(topic).drawn;
        if joined {
            known.clear();
        }
        let news = pieces.iter().filter(|piece| !same_look(&piece.id, known, &pieces)).cloned().collect();
        *known = pieces;
        // Though no piece is news, pages that do not hold them may show something else of it.
        self.publish(topic, What::Pieces(news))
    }

    /// Events may have been missed: every screen must look anew.
    pub fn forget_all(&mut self) -> Bells {
        self.last += 1;
        self.forgotten = self.last;
        let mut bells = Bells::default();
        for topic in self.topics.values_mut() {
            topic.events.clear();
            topic.drawn.clear();
            topic.forgotten = self.last;
            bells.0.append(&mut topic.bells().0);
        }
        bells
    }

    /// The first event of these topics after `number`.
    pub fn following(&self, topics: &[Arc<str>], number: u64) -> Following {
        let found = || topics.iter().filter_map(|topic| self.topics.get(topic));
        if number < self.forgotten && found().count() < topics.len()
            || found().any(|topic| number < topic.forgotten)
        {
            let listeners = found().map(|topic| topic.listeners.len()).max();
            return Following::Forgotten { listeners: listeners.unwrap_or_default() };
        }
        let first = found().filter_map(|topic| topic.after(number)).min_by_key(|event| event.number);
        first.map_or(Following::Nothing, |event| Following::Event(event.clone()))
    }

    /// Has `bell` rung at each event of these topics; gives the listener's
    /// number, to leave with.
    pub fn enter(&mut self, topics: &[Arc<str>], bell: &Arc<Notify>) -> u64 {
        self.next_listener += 1;
        let listener = self.next_listener;
        for topic in topics {
            self.topic(topic).listeners.insert(listener, bell.clone());
        }
        listener
    }

    pub fn leave(&mut self, topics: &[Arc<str>], listener: u64) {
        for name in topics {
            let Some(topic) = self.topics.get_mut(name) else { continue };
            topic.listeners.remove(&listener);
            if topic.listeners.is_empty() && topic.events.is_empty() && topic.forgotten <= self.forgotten {
                self.topics.remove(name);
            }
        }
    }

    pub fn listeners(&self, topic: &str) -> usize {
        self.topics.get(topic).map_or(0, |topic| topic.listeners.len())
    }

    fn topic(&mut self, name: &str) -> &mut Topic {
        if !self.topics.contains_key(name) && self.topics.len() >= self.sweep_at {
            self.sweep();
        }
        let forgotten = self.forgotten;
        self.topics.entry(name.into()).or_insert_with(|| Topic {
            events: VecDeque::new(),
            forgotten,
            listeners: BTreeMap::new(),
            drawn: Vec::new(),
        })
    }

    /// Lets go of what nobody listens to. Who comes back to it looks anew.
    fn sweep(&mut self) {
        let mut forgotten = self.forgotten;
        self.topics.retain(|_, topic| {
            let stays = !topic.listeners.is_empty();
            if !stays {
                let last = topic.events.back().map_or(topic.forgotten, |event| event.number);
                forgotten = forgotten.max(last);
            }
            stays
        });
        self.forgotten = forgotten;
        self.sweep_at = TOPICS.max(2 * self.topics.len());
    }
}

/// True when an element looks the same in both drawings, to every audience.
fn same_look(id: &str, old: &[Piece], new: &[Piece]) -> bool {
    let is_it = |piece: &&Piece| piece.id == id;
    let (mut old, mut new) = (old.iter().filter(is_it), new.iter().filter(is_it));
    loop {
        match (old.next(), new.next()) {
            (None, None) => return true,
            (Some(old), Some(new)) if old.looks_like(new) => {}
            _ => return false,
        }
    }
}

impl Topic {
    fn keep(&mut self, event: Event) {
        if self.events.len() >= KEPT
            && let Some(oldest) = self.events.pop_front()
        {
            self.forgotten = oldest.number;
        }
        self.events.push_back(Arc::new(event));
    }

    fn after(&self, number: u64) -> Option<&Arc<Event>> {
        self.events.get(self.events.partition_point(|event| event.number <= number))
    }

    fn bells(&self) -> Bells {
        Bells(self.listeners.values().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::event::Audience;
    use super::*;

    fn topics(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|name| Arc::from(*name)).collect()
    }

    /// The numbers of all that follows; `None` where something is forgotten.
    fn all_after(hub: &Hub, names: &[&str], mut number: u64) -> Option<Vec<u64>> {
        let topics = topics(names);
        let mut numbers = Vec::new();
        loop {
            match hub.following(&topics, number) {
                Following::Nothing => return Some(numbers),
                Following::Forgotten { .. } => return None,
                Following::Event(event) => {
                    number = event.number;
                    numbers.push(number);
                }
            }
        }
    }

    #[test]
    fn events_of_several_topics_follow_in_the_order_they_happened() {
        let mut hub = Hub::new(1);
        let start = hub.now().number;
        for topic in ["a", "b", "c", "a", "b"] {
            hub.publish(topic, What::Changed).ring();
        }
        assert_eq!(all_after(&hub, &["a", "b"], start), Some(vec![2, 3, 5, 6]));
        assert_eq!(all_after(&hub, &["a", "b"], 5), Some(vec![6]), "none twice");
        assert_eq!(all_after(&hub, &["d"], start), Some(vec![]));
    }

    #[test]
    fn what_is_no_longer_kept_is_never_passed_over() {
        let mut hub = Hub::new(1);
        let start = hub.now().number;
        for _ in 0..10_000 {
            hub.publish("a", What::Changed).ring();
        }
        assert_eq!(all_after(&hub, &["a"], start), None);
        let newest = hub.now().number;
        let kept = all_after(&hub, &["a"], newest - KEPT as u64).unwrap();
        assert_eq!(kept.len(), KEPT, "the memory of a topic is bounded");
        assert_eq!(hub.topics["a"].events.len(), KEPT);
    }

    #[test]
    fn a_topic_let_go_is_looked_at_anew_and_a_topic_listened_to_stays() {
        let mut hub = Hub::new(1);
        let start = hub.now().number;
        hub.enter(&topics(&["watched"]), &Arc::default());
        hub.publish("watched", What::Changed).ring();
        for topic in 0..2 * TOPICS {
            hub.publish(&format!("idle {topic}"), What::Changed).ring();
        }
        assert!(hub.topics.len() <= TOPICS + 1);
        assert_eq!(all_after(&hub, &["watched"], start), Some(vec![2]));
        assert_eq!(all_after(&hub, &["idle 0"], start), None);
        assert_eq!(all_after(&hub, &["idle 0"], hub.now().number), Some(vec![]));
    }

    #[test]
    fn who_leaves_is_not_kept() {
        let mut hub = Hub::new(1);
        let both = topics(&["a", "person"]);
        let listener = hub.enter(&both, &Arc::default());
        hub.publish("a", What::Changed).ring();
        assert_eq!((hub.listeners("a"), hub.topics.len()), (1, 2));
        hub.leave(&both, listener);
        assert_eq!((hub.listeners("a"), hub.topics.len()), (0, 1), "only what has events stays");
    }

    #[test]
    fn a_moment_of_another_node_or_of_the_future_knows_nothing() {
        let mut hub = Hub::new(1);
        hub.publish("a", What::Changed).ring();
        assert_eq!(hub.number_of(hub.now()), 2);
        for stranger in [Moment { node: 2, number: 2 }, Moment { node: 1, number: 3 }] {
            assert_eq!(all_after(&hub, &["a"], hub.number_of(stranger)), None);
        }
    }

    #[test]
    fn after_a_break_everyone_looks_anew_once() {
        let mut hub = Hub::new(1);
        hub.publish("a", What::Changed).ring();
        let before = hub.now().number;
        hub.forget_all().ring();
        assert_eq!(all_after(&hub, &["a"], before), None);
        assert_eq!(all_after(&hub, &["never seen"], before), None);
        assert_eq!(all_after(&hub, &["a"], hub.now().number), Some(vec![]));
    }

    #[test]
    fn a_piece_that_looks_as_before_is_not_told_again() {
        let piece = |vi: &str| Piece {
            id: "p".into(),
            vi: vi.into(),
            en: "".into(),
            audience: Audience::All,
            others: String::new(),
        };
        let mut hub = Hub::new(1);
        for text in ["1", "1", "2"] {
            hub.publish_pieces("a", vec![piece(text)], false).ring();
        }
        assert_eq!(told(&hub), [1, 0, 1]);
    }

    #[test]
    fn an_element_that_becomes_the_same_for_all_is_news_to_those_who_saw_another() {
        let piece = |vi: &str, audience| Piece {
            id: "p".into(),
            vi: vi.into(),
            en: "".into(),
            audience,
            others: String::new(),
        };
        let few = Arc::new(std::collections::HashSet::new());
        let mut hub = Hub::new(1);
        let both = vec![piece("sheet", Audience::Only(few.clone())), piece("", Audience::AllBut(few))];
        hub.publish_pieces("a", both, false).ring();
        hub.publish_pieces("a", vec![piece("", Audience::All)], false).ring();
        assert_eq!(told(&hub), [2, 1]);
    }

    /// How many pieces each event of topic `a` holds.
    fn told(hub: &Hub) -> Vec<usize> {
        let count = |event: &Arc<Event>| match &event.what {
            What::Pieces(pieces) => pieces.len(),
            What::Changed | What::Rights => 0,
        };
        hub.topics["a"].events.iter().map(count).collect()
    }

    #[test]
    fn a_piece_is_told_again_after_changes_nobody_drew() {
        let piece = Piece {
            id: "p".into(),
            vi: "1".into(),
            en: "".into(),
            audience: Audience::All,
            others: String::new(),
        };
        let mut hub = Hub::new(1);
        hub.publish_pieces("a", vec![piece.clone()], false).ring();
        hub.publish("a", What::Changed).ring();
        hub.publish_pieces("a", vec![piece.clone()], false).ring();
        hub.publish_pieces("a", vec![piece], true).ring();
        assert_eq!(told(&hub), [1, 0, 1, 1]);
    }
}
