//! From node to node, where several serve one database.
//!
//! A word is sent after the commit it tells of, not within: PostgreSQL lets
//! only one transaction with a `NOTIFY` commit at a time, so that two thousand
//! ballots would wait for each other. Words that wait are joined, a topic once.
//! A node that ends between its commit and its word leaves the others' screens
//! behind; so each node that starts tells all screens to look anew.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use super::{Live, Word};
use crate::db::{self, Board, Bulletin, Db};
use crate::jobs::Failure;

/// PostgreSQL takes less than 8,000 bytes.
const LONGEST: usize = 7_500;
/// How long to wait before trying again after the database refused.
const PAUSE: Duration = Duration::from_secs(1);
/// The one line of a node that starts.
const ANEW: &str = "anew";

/// What waits to be told to the other nodes.
#[derive(Debug, Default)]
pub(super) struct Words {
    waiting: Mutex<BTreeSet<(String, Word)>>,
    bell: Notify,
}

impl Words {
    pub(super) fn post(&self, topic: &str, word: Word) {
        self.put_back([(topic.to_owned(), word)].into());
        self.bell.notify_one();
    }

    fn put_back(&self, mut words: BTreeSet<(String, Word)>) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).append(&mut words);
    }

    fn take(&self) -> BTreeSet<(String, Word)> {
        std::mem::take(&mut self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Live {
    /// Joins the other nodes on the same database, if it is one that several
    /// can serve. When this returns, their words are heard.
    pub async fn join(&self, db: &Db) -> Result<(), db::Error> {
        let Some(bulletin) = db.bulletin() else { return Ok(()) };
        let board = bulletin.read().await?;
        bulletin.post(&format!("{}\n{ANEW}", name(self.now().node))).await?;
        let words = Arc::new(Words::default());
        if self.0.words.set(words.clone()).is_ok() {
            tokio::spawn(self.clone().post_words(words, bulletin.clone()));
            tokio::spawn(self.clone().hear_words(board, bulletin));
        }
        Ok(())
    }

    async fn post_words(self, words: Arc<Words>, bulletin: Bulletin) {
        loop {
            words.bell.notified().await;
            let waiting = words.take();
            for text in letters(self.now().node, &waiting) {
                if let Err(error) = bulletin.post(&text).await {
                    if bulletin.is_closed() {
                        return;
                    }
                    let cause = Failure::from_error(&error);
                    tracing::warn!(%cause, "The other nodes could not be told of a change; trying again");
                    words.put_back(waiting);
                    tokio::time::sleep(PAUSE).await;
                    words.bell.notify_one();
                    break;
                }
            }
        }
    }

    async fn hear_words(self, board: Board, bulletin: Bulletin) {
        let mut board = Some(board);
        while let Some(mut read) = board {
            let error = loop {
                match read.next().await {
                    Ok(Some(text)) => self.hear_letter(&text),
                    // The connection broke: anything may have been missed.
                    Ok(None) => self.forget_all(),
                    Err(error) => break error,
                }
            };
            // Its connection goes back, or a database that closes would wait for it.
            drop(read);
            if !bulletin.is_closed() {
                let cause = Failure::from_error(&error);
                tracing::warn!(%cause, "The other nodes cannot be heard; trying again");
            }
            board = read_again(&bulletin).await;
            self.forget_all();
        }
    }

    fn hear_letter(&self, text: &str) {
        let mut lines = text.lines();
        if lines.next() == Some(name(self.now().node).as_str()) {
            return;
        }
        for line in lines {
            match line.split_once(' ').map(|(word, topic)| (word.parse(), topic)) {
                Some((Ok(word), topic)) => self.hear(topic, word),
                // A node that starts; or one of a later version, whose words are not passed over.
                _ => self.forget_all(),
            }
        }
    }
}

/// `None`: this node has closed its database and hears no more.
async fn read_again(bulletin: &Bulletin) -> Option<Board> {
    while !bulletin.is_closed() {
        tokio::time::sleep(PAUSE).await;
        if let Ok(board) = bulletin.read().await {
            return Some(board);
        }
    }
    None
}

fn name(node: u64) -> String {
    format!("{node:x}")
}

/// The words in as few letters as hold them: the sender's name, then a line
/// each.
fn letters(node: u64, words: &BTreeSet<(String, Word)>) -> Vec<String> {
    let mut letters: Vec<String> = Vec::new();
    for (topic, word) in words {
        let line = format!("\n{} {topic}", word.as_str());
        match letters.last_mut() {
            Some(letter) if letter.len() + line.len() <= LONGEST => letter.push_str(&line),
            _ => letters.push(name(node) + &line),
        }
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fill_letters_that_the_database_takes() {
        let words: BTreeSet<_> =
            (0..1_000).map(|number| (format!("meeting:{number:032}"), Word::Changed)).collect();
        let letters = letters(0xfeed, &words);
        assert!(letters.len() > 1 && letters.iter().all(|letter| letter.len() <= LONGEST));
        let lines = letters.iter().flat_map(|letter| letter.lines().skip(1));
        assert_eq!(lines.count(), 1_000);
    }

    #[test]
    fn a_node_hears_the_others_and_not_itself() {
        let live = Live::default();
        let before = live.now();
        live.hear_letter(&format!("{}\nchanged a", name(before.node)));
        live.hear_letter("stranger");
        assert_eq!(live.now(), before);
        live.hear_letter("stranger\nchanged a\nrights b");
        assert_eq!(live.now().number, before.number + 2);
    }
}
