//! Keeping and using the sentences of an office.

use serde_json::json;

use super::PhraseId;
use super::rules::{Gap, fill};
use super::store::{self, Phrase};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::rules::{clean_line, clean_text};
use crate::identity::{self, Actor, OrgRole, OrganisationId};

/// Longest sentence, in characters.
const LONGEST: usize = 2000;
/// Most sentences of one office: a list people can still read.
const MOST: usize = 200;

#[derive(Debug, thiserror::Error)]
pub enum PhraseError {
    #[error("there is no such sentence")]
    NotFound,
    #[error("only secretaries keep the sentences")]
    NotSecretary,
    #[error("a name or the sentence is missing or too long")]
    Unusable,
    #[error("there is a sentence of that name, or no room for more")]
    Taken,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// The sentences of an office, with the known gaps filled.
pub async fn filled(
    tx: &mut Tx,
    organisation: OrganisationId,
    values: &[(Gap, String)],
) -> Result<Vec<Phrase>, db::Error> {
    let phrases = store::phrases(tx, organisation).await?;
    Ok(phrases.into_iter().map(|phrase| Phrase { text: fill(&phrase.text, values), ..phrase }).collect())
}

/// The sentences as they were typed.
pub async fn list(tx: &mut Tx, actor: &Actor) -> Result<Vec<Phrase>, PhraseError> {
    must_keep(actor)?;
    Ok(store::phrases(tx, actor.organisation).await?)
}

pub async fn add(
    tx: &mut Tx,
    actor: &Actor,
    title: &str,
    text: &str,
    now: Timestamp,
) -> Result<PhraseId, PhraseError> {
    must_keep(actor)?;
    let title = clean_line(title).ok_or(PhraseError::Unusable)?;
    let text = clean_text(text).trim().to_owned();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(PhraseError::Unusable);
    }
    let phrase = Phrase { id: PhraseId::new(), title, text };
    let has_room = store::phrases(tx, actor.organisation).await?.len() < MOST;
    if !has_room || !store::insert(tx, actor.organisation, &phrase, actor.person, now).await? {
        return Err(PhraseError::Taken);
    }
    let details = json!({ "title": phrase.title });
    identity::actions::log(tx, actor, "phrase_added", subject(phrase.id), details, now).await?;
    Ok(phrase.id)
}

pub async fn remove(tx: &mut Tx, actor: &Actor, id: PhraseId, now: Timestamp) -> Result<(), PhraseError> {
    must_keep(actor)?;
    if !store::delete(tx, actor.organisation, id).await? {
        return Err(PhraseError::NotFound);
    }
    Ok(identity::actions::log(tx, actor, "phrase_removed", subject(id), json!({}), now).await?)
}

fn must_keep(actor: &Actor) -> Result<(), PhraseError> {
    if actor.is(OrgRole::Secretary) { Ok(()) } else { Err(PhraseError::NotSecretary) }
}

fn subject(phrase: PhraseId) -> String {
    format!("phrase:{phrase}")
}
