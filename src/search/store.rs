//! SQL on entries, the place reached in the log, and saved searches.

mod words;

use uuid::Uuid;

use super::SavedSearchId;
use super::rules::Register;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::papers::VersionId;
use crate::sql;

pub use self::words::{Hit, Range, found, set_words};

/// A document as a search shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub register: Register,
    pub subject_id: Uuid,
    pub state: String,
    pub number: String,
    pub arrival_number: Option<i64>,
    pub day: Timestamp,
    pub title: String,
    pub origin: String,
    pub version_id: VersionId,
    pub awaits_text: bool,
}

/// Writes an entry, or writes it anew; gives its id in the index.
pub async fn put(tx: &mut Tx, organisation: OrganisationId, entry: &Entry) -> Result<i64, db::Error> {
    let (id,) = sql!(tx => fetch_one
        "INSERT INTO search_entry (organisation_id, register, subject_id, state, number, arrival_number, day, title,
                                   origin, version_id, awaits_text)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (subject_id) DO UPDATE SET state = excluded.state, number = excluded.number,
            arrival_number = excluded.arrival_number, day = excluded.day, title = excluded.title,
            origin = excluded.origin, version_id = excluded.version_id, awaits_text = excluded.awaits_text
         RETURNING id" as (i64,),
        organisation, entry.register, entry.subject_id, entry.state.as_str(), entry.number.as_str(),
        entry.arrival_number, entry.day, entry.title.as_str(), entry.origin.as_str(), entry.version_id,
        entry.awaits_text)?;
    Ok(id)
}

/// Documents whose file was read since they were put into the index.
pub async fn read_since(
    tx: &mut Tx,
    organisation: OrganisationId,
    limit: i64,
) -> Result<Vec<(Register, Uuid)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT e.register, e.subject_id FROM search_entry e JOIN paper_version v ON v.id = e.version_id
         WHERE e.awaits_text AND e.organisation_id = $1 AND v.state <> 'deriving' LIMIT $2" as (Register, Uuid),
        organisation, limit)
}

/// The last entry of the log that the index knows of.
pub async fn progress(tx: &mut Tx, organisation: OrganisationId) -> Result<i64, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT sequence FROM search_progress WHERE organisation_id = $1" as (i64,), organisation)?;
    Ok(row.map_or(0, |(sequence,)| sequence))
}

/// The same, held until `tx` ends: so one reads on at a time.
pub async fn claim_progress(tx: &mut Tx, organisation: OrganisationId) -> Result<i64, db::Error> {
    let (sequence,) = sql!(tx => fetch_one
        "INSERT INTO search_progress (organisation_id, sequence) VALUES ($1, 0)
         ON CONFLICT (organisation_id) DO UPDATE SET sequence = search_progress.sequence RETURNING sequence"
        as (i64,), organisation)?;
    Ok(sequence)
}

pub async fn save_progress(
    tx: &mut Tx,
    organisation: OrganisationId,
    sequence: i64,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE search_progress SET sequence = $2 WHERE organisation_id = $1", organisation, sequence)?;
    Ok(())
}

/// A search a person keeps.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SavedSearch {
    pub id: SavedSearchId,
    pub name: String,
    pub query: String,
}

pub async fn saved(tx: &mut Tx, person: PersonId) -> Result<Vec<SavedSearch>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, name, query FROM saved_search WHERE person_id = $1 ORDER BY created_at, id" as SavedSearch,
        person)
}

/// Keeps a search under its name; one of that name is replaced.
pub async fn save(tx: &mut Tx, person: PersonId, new: &SavedSearch, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO saved_search (id, person_id, name, query, created_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (person_id, name) DO UPDATE SET query = excluded.query",
        new.id, person, new.name.as_str(), new.query.as_str(), now)?;
    Ok(())
}

/// Forgets a search of this person. False: there is none such.
pub async fn forget(tx: &mut Tx, person: PersonId, id: SavedSearchId) -> Result<bool, db::Error> {
    let gone = sql!(tx => execute "DELETE FROM saved_search WHERE id = $1 AND person_id = $2", id, person)?;
    Ok(gone == 1)
}
