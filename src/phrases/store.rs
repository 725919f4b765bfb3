//! SQL on the sentences of offices.

use super::PhraseId;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;

/// A sentence with its short name.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Phrase {
    pub id: PhraseId,
    pub title: String,
    pub text: String,
}

pub async fn phrases(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Phrase>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, title, text FROM phrase WHERE organisation_id = $1 ORDER BY created_at, id" as Phrase,
        organisation)
}

/// Adds a sentence. False: there is one of that name.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    phrase: &Phrase,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO phrase (id, organisation_id, title, text, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation_id, title) DO NOTHING",
        phrase.id, organisation, phrase.title.as_str(), phrase.text.as_str(), person, now)?;
    Ok(made == 1)
}

/// Takes a sentence off the list. False: there is none such.
pub async fn delete(tx: &mut Tx, organisation: OrganisationId, phrase: PhraseId) -> Result<bool, db::Error> {
    let gone = sql!(tx => execute "DELETE FROM phrase WHERE organisation_id = $1 AND id = $2", organisation, phrase)?;
    Ok(gone == 1)
}
