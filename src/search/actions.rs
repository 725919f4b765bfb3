//! Searching, and keeping searches.

use super::SavedSearchId;
use super::following;
use super::rules::{Facet, Register, Wanted, terms};
use super::store::{self, Hit, Range, SavedSearch};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::Actor;
use crate::identity::rules::clean_line;
use crate::incoming;
use crate::incoming::actions::IncomingError;

/// Searches one person may keep.
const MOST_SAVED: usize = 50;
/// Bytes of what follows the question mark.
const LONGEST_QUERY: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("there is no such saved search")]
    NotFound,
    #[error("a saved search needs a name")]
    NoName,
    #[error("too many searches are saved")]
    TooMany,
    #[error("the search is too long to be kept")]
    TooLong,
    #[error("the units of the reader cannot be found")]
    Reader(#[from] IncomingError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub typed: String,
    /// `None`: in both registers.
    pub register: Option<Register>,
    pub from: Option<Timestamp>,
    /// The first moment of the last day.
    pub to: Option<Timestamp>,
}

/// What this person may know of and that holds the words, the newest first;
/// only entries below `before`, `limit` of them at most.
pub async fn search(
    db: &Db,
    actor: &Actor,
    question: &Question,
    (before, limit): (Option<i64>, i64),
) -> Result<Vec<Hit>, SearchError> {
    following::catch_up(db, actor.organisation).await?;
    let mut tx = db.read().await?;
    let mut all = vec![Facet::organisation(actor.organisation)];
    all.extend(question.register.map(Facet::register));
    let wanted = Wanted { all, any: facets_of(&mut tx, actor).await?, terms: terms(&question.typed) };
    let range = Range {
        before: before.unwrap_or(i64::MAX),
        from: question.from.unwrap_or(Timestamp::from_micros(i64::MIN)),
        until: question.to.map_or(Timestamp::from_micros(i64::MAX), |day| day.day().1),
        limit,
    };
    Ok(store::found(&mut tx, actor.organisation, &wanted, range).await?)
}

/// One of these stands in whatever this person may know of.
async fn facets_of(tx: &mut Tx, actor: &Actor) -> Result<Vec<Facet>, SearchError> {
    let mut facets = vec![Facet::everybody(), Facet::person(actor.person)];
    facets.extend(actor.roles.iter().map(|role| Facet::role(*role)));
    facets.extend(incoming::headed(tx, actor).await?.map(Facet::unit));
    Ok(facets)
}

/// Keeps a search under a name; one of that name is replaced.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    (name, query): (&str, &str),
    now: Timestamp,
) -> Result<(), SearchError> {
    let name = clean_line(name).ok_or(SearchError::NoName)?;
    if query.len() > LONGEST_QUERY {
        return Err(SearchError::TooLong);
    }
    let kept = store::saved(tx, actor.person).await?;
    if kept.len() >= MOST_SAVED && kept.iter().all(|one| one.name != name) {
        return Err(SearchError::TooMany);
    }
    let new = SavedSearch { id: SavedSearchId::new(), name, query: query.to_owned() };
    Ok(store::save(tx, actor.person, &new, now).await?)
}

pub async fn forget(tx: &mut Tx, actor: &Actor, id: SavedSearchId) -> Result<(), SearchError> {
    if store::forget(tx, actor.person, id).await? { Ok(()) } else { Err(SearchError::NotFound) }
}
