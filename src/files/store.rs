//! SQL on files, their contents and what was done with them.

mod contents;

pub use self::contents::{
    Of, Paper, contents, files_of, insert_placement, latest_for, notations_of, placement, take_out,
};

use super::rules::{Access, Act, Retention, State};
use super::{EventId, WorkFileId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::sql;

/// A file as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WorkFile {
    pub id: WorkFileId,
    pub organisation_id: OrganisationId,
    pub year: i64,
    pub notation: String,
    pub title: String,
    pub retention: Retention,
    pub access: Access,
    pub language: String,
    pub keeper_id: PersonId,
    pub unit_id: UnitId,
    pub note: String,
    pub state: State,
    pub opened_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub hand_in_by: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    pub handed_in_at: Option<Timestamp>,
    pub version: i64,
    pub created_at: Timestamp,
}

/// Adds a file to the list of its year. False: the number and symbol is taken.
pub async fn insert(tx: &mut Tx, new: &WorkFile, folded: &str) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO work_file (id, organisation_id, year, notation, title, folded, retention, access, language,
                                keeper_id, unit_id, note, state, opened_at, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15)
         ON CONFLICT (organisation_id, year, notation) DO NOTHING",
        new.id, new.organisation_id, new.year, new.notation.as_str(), new.title.as_str(), folded, new.retention,
        new.access, new.language.as_str(), new.keeper_id, new.unit_id, new.note.as_str(), new.state, new.opened_at,
        new.created_at)?;
    Ok(made == 1)
}

/// A file of the organisation, whoever may see it.
pub async fn file(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: WorkFileId,
) -> Result<Option<WorkFile>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, year, notation, title, retention, access, language, keeper_id, unit_id, note, state,
                opened_at, closed_at, hand_in_by, reminded_at, handed_in_at, version, created_at
         FROM work_file WHERE id = $1 AND organisation_id = $2" as WorkFile, id, organisation)
}

/// Holds a file that is about to change until `tx` ends.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: WorkFileId,
) -> Result<Option<WorkFile>, db::Error> {
    sql!(tx => execute
        "UPDATE work_file SET version = version WHERE id = $1 AND organisation_id = $2", id, organisation)?;
    file(tx, organisation, id).await
}

/// The organisation of a file, for a job that knows only its id.
pub async fn organisation_of(tx: &mut Tx, id: WorkFileId) -> Result<Option<OrganisationId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT organisation_id FROM work_file WHERE id = $1" as (OrganisationId,), id)?;
    Ok(row.map(|(organisation,)| organisation))
}

/// Is this number and symbol another file's in the same year?
pub async fn is_taken(tx: &mut Tx, new: &WorkFile) -> Result<bool, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM work_file WHERE organisation_id = $1 AND year = $2 AND notation = $3 AND id <> $4"
        as (WorkFileId,), new.organisation_id, new.year, new.notation.as_str(), new.id)?;
    Ok(row.is_some())
}

/// Saves the details over the version they were typed on. False: someone saved
/// meanwhile.
pub async fn save(tx: &mut Tx, new: &WorkFile, folded: &str) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE work_file SET notation = $3, title = $4, folded = $5, retention = $6, access = $7, language = $8,
                keeper_id = $9, unit_id = $10, note = $11, version = version + 1
         WHERE id = $1 AND version = $2",
        new.id, new.version, new.notation.as_str(), new.title.as_str(), folded, new.retention, new.access,
        new.language.as_str(), new.keeper_id, new.unit_id, new.note.as_str())?;
    Ok(changed == 1)
}

/// Moves a file on; what is claimed cannot have moved meanwhile.
pub async fn set_state(tx: &mut Tx, new: &WorkFile) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE work_file SET state = $2, opened_at = $3, closed_at = $4, hand_in_by = $5, reminded_at = $6,
                handed_in_at = $7, version = version + 1 WHERE id = $1",
        new.id, new.state, new.opened_at, new.closed_at, new.hand_in_by, new.reminded_at, new.handed_in_at)?;
    Ok(())
}

/// A file in the list of a year.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: WorkFileId,
    pub notation: String,
    pub title: String,
    pub retention: Retention,
    pub keeper_id: PersonId,
    pub keeper: String,
    pub unit_id: UnitId,
    pub unit: String,
    pub note: String,
    pub state: State,
    pub hand_in_by: Option<Timestamp>,
    pub documents: i64,
}

/// What a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    pub organisation: OrganisationId,
    pub year: i64,
    /// Folded; empty: whatever the words.
    pub words: &'a str,
    /// `Some`: only this person's files.
    pub keeper: Option<PersonId>,
    pub limit: i64,
    pub offset: i64,
}

/// The list of a year (danh mục hồ sơ), by number and symbol.
pub async fn list(tx: &mut Tx, filter: Filter<'_>) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT f.id, f.notation, f.title, f.retention, f.keeper_id, person.full_name AS keeper, f.unit_id,
                unit.name AS unit, f.note, f.state, f.hand_in_by,
                (SELECT count(*) FROM work_file_document d WHERE d.file_id = f.id AND d.taken_out_at IS NULL) AS documents
         FROM work_file f JOIN person ON person.id = f.keeper_id JOIN unit ON unit.id = f.unit_id
         WHERE f.organisation_id = $1 AND f.year = $2 AND ($3 = '' OR f.folded LIKE '%' || $3 || '%')
           AND ($4 OR f.keeper_id = $5)
         ORDER BY f.notation LIMIT $6 OFFSET $7" as Line,
        filter.organisation, filter.year, filter.words, filter.keeper.is_none(), filter.keeper, filter.limit,
        filter.offset)
}

/// The years that have a list, the latest first.
pub async fn years(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<i64>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT DISTINCT year FROM work_file WHERE organisation_id = $1 ORDER BY year DESC" as (i64,), organisation)?;
    Ok(rows.into_iter().map(|(year,)| year).collect())
}

/// Every file of a year, for the list of the next.
pub async fn of_year(
    tx: &mut Tx,
    organisation: OrganisationId,
    year: i64,
) -> Result<Vec<WorkFile>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, organisation_id, year, notation, title, retention, access, language, keeper_id, unit_id, note, state,
                opened_at, closed_at, hand_in_by, reminded_at, handed_in_at, version, created_at
         FROM work_file WHERE organisation_id = $1 AND year = $2 ORDER BY notation" as WorkFile, organisation, year)
}

/// The open files a person may put a document in: all of the office, or their
/// own and their unit's. Their own first, then the latest year.
pub async fn open_for(
    tx: &mut Tx,
    organisation: OrganisationId,
    (person, unit, sees_all): (PersonId, UnitId, bool),
) -> Result<Vec<(WorkFileId, i64, String, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, year, notation, title FROM work_file
         WHERE organisation_id = $1 AND state = 'open' AND ($4 OR keeper_id = $2 OR unit_id = $3)
         ORDER BY CASE WHEN keeper_id = $2 THEN 0 ELSE 1 END, year DESC, notation LIMIT 1000"
        as (WorkFileId, i64, String, String), organisation, person, unit, sees_all)
}

/// What was done with a file.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Event {
    pub act: Act,
    pub full_name: String,
    pub note: String,
    pub at: Timestamp,
}

pub async fn add_event(
    tx: &mut Tx,
    file: WorkFileId,
    (act, person, note): (Act, PersonId, &str),
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO work_file_event (id, file_id, act, person_id, note, at) VALUES ($1, $2, $3, $4, $5, $6)",
        EventId::new(), file, act, person, note, now)?;
    Ok(())
}

/// What was done with a file, the first thing first.
pub async fn events(tx: &mut Tx, file: WorkFileId) -> Result<Vec<Event>, db::Error> {
    sql!(tx => fetch_all
        "SELECT e.act, person.full_name, e.note, e.at FROM work_file_event e
         JOIN person ON person.id = e.person_id WHERE e.file_id = $1 ORDER BY e.at, e.id" as Event, file)
}
