//! SQL on series and their numbers.

use super::rules::{NumberState, SeriesKind};
use super::{NumberId, SeriesId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;

/// Which series: the organisation is the actor's.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    pub organisation: OrganisationId,
    pub kind: SeriesKind,
    pub code: &'a str,
    pub year: i64,
}

/// Makes the series if it is new, and holds its row until `tx` ends. Gives its
/// id and the day of its last number.
///
/// The write is what holds it: whoever numbers in the same series waits here.
pub async fn claim(tx: &mut Tx, key: Key<'_>) -> Result<(SeriesId, Timestamp), db::Error> {
    sql!(tx => execute
        "INSERT INTO number_series (id, organisation_id, kind, code, year, last_number, last_day)
         VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT (organisation_id, kind, code, year) DO NOTHING",
        SeriesId::new(), key.organisation, key.kind, key.code, key.year)?;
    sql!(tx => fetch_one
        "UPDATE number_series SET last_number = last_number
         WHERE organisation_id = $1 AND kind = $2 AND code = $3 AND year = $4
         RETURNING id, last_day" as (SeriesId, Timestamp), key.organisation, key.kind, key.code, key.year)
}

/// Takes the next number of a series that [`claim`] holds.
pub async fn advance(tx: &mut Tx, series: SeriesId, day: Timestamp) -> Result<i64, db::Error> {
    let (number,) = sql!(tx => fetch_one
        "UPDATE number_series SET last_number = last_number + 1, last_day = $2 WHERE id = $1
         RETURNING last_number" as (i64,), series, day)?;
    Ok(number)
}

/// One number with what the register says of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: NumberId,
    #[sqlx(rename = "series_id")]
    pub series: SeriesId,
    pub number: i64,
    pub state: NumberState,
    pub day: Timestamp,
    pub holder: Option<String>,
    pub subject: String,
    pub link: String,
    pub reason: String,
}

/// Adds a number. False: its holder has a number already.
pub async fn insert(tx: &mut Tx, entry: &Entry, by: PersonId, now: Timestamp) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO register_number (id, series_id, number, state, day, holder, subject, link, reason,
                                      taken_by, taken_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        entry.id, entry.series, entry.number, entry.state, entry.day, entry.holder.as_deref(),
        entry.subject.as_str(), entry.link.as_str(), entry.reason.as_str(), by, now)?;
    Ok(made == 1)
}

pub async fn entry(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: NumberId,
) -> Result<Option<Entry>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT register_number.id, series_id, number, state, day, holder, subject, link, reason
         FROM register_number JOIN number_series ON number_series.id = register_number.series_id
         WHERE register_number.id = $1 AND organisation_id = $2" as Entry, id, organisation)
}

/// The kind and the code of a number's series.
pub async fn series_of(tx: &mut Tx, number: NumberId) -> Result<(SeriesKind, String), db::Error> {
    sql!(tx => fetch_one
        "SELECT kind, code FROM number_series JOIN register_number ON register_number.series_id = number_series.id
         WHERE register_number.id = $1" as (SeriesKind, String), number)
}

/// Gives a reserved number to a document. False: it is not reserved any more,
/// or the document has a number.
pub async fn hold(
    tx: &mut Tx,
    id: NumberId,
    holder: &str,
    subject: &str,
    link: &str,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE register_number SET state = 'held', holder = $2, subject = $3, link = $4
         WHERE id = $1 AND state = 'reserved' AND NOT EXISTS
               (SELECT other.id FROM register_number AS other WHERE other.holder = $2 AND other.state = 'held')",
        id, holder, subject, link)?;
    Ok(changed == 1)
}

/// Ends a number that is in state `from`. False: it is in another.
pub async fn cancel(
    tx: &mut Tx,
    id: NumberId,
    from: NumberState,
    reason: &str,
    by: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE register_number SET state = 'cancelled', reason = $3, cancelled_by = $4, cancelled_at = $5
         WHERE id = $1 AND state = $2", id, from, reason, by, now)?;
    Ok(changed == 1)
}

/// Writes what is remarked beside a number, over what stood there.
pub async fn set_note(tx: &mut Tx, id: NumberId, note: &str) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE register_number SET note = $2 WHERE id = $1", id, note)?;
    Ok(())
}

/// What is remarked beside the number that something holds; empty without one.
pub async fn note_of(tx: &mut Tx, holder: &str) -> Result<String, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT note FROM register_number WHERE holder = $1 AND state = 'held'" as (String,), holder)?;
    Ok(row.map(|(note,)| note).unwrap_or_default())
}

/// The reserved numbers of a series, lowest first.
pub async fn reserved(tx: &mut Tx, key: Key<'_>) -> Result<Vec<Entry>, db::Error> {
    sql!(tx => fetch_all
        "SELECT register_number.id, series_id, number, state, day, holder, subject, link, reason
         FROM register_number JOIN number_series ON number_series.id = register_number.series_id
         WHERE organisation_id = $1 AND kind = $2 AND code = $3 AND year = $4 AND state = 'reserved'
         ORDER BY number" as Entry, key.organisation, key.kind, key.code, key.year)
}

/// One series, with how far it has come.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Series {
    pub id: SeriesId,
    pub kind: SeriesKind,
    pub code: String,
    pub year: i64,
    pub last_number: i64,
}

/// The series of an organisation, newest year first.
pub async fn series(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Series>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, kind, code, year, last_number FROM number_series WHERE organisation_id = $1
         ORDER BY year DESC, kind DESC, code" as Series, organisation)
}

pub async fn series_by_id(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: SeriesId,
) -> Result<Option<Series>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, kind, code, year, last_number FROM number_series WHERE organisation_id = $1 AND id = $2"
        as Series, organisation, id)
}

/// A line of a register as its page shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct BookLine {
    pub id: NumberId,
    pub number: i64,
    pub state: NumberState,
    pub day: Timestamp,
    pub subject: String,
    pub link: String,
    pub reason: String,
    pub note: String,
    pub taken_by: String,
    pub taken_at: Timestamp,
}

/// The numbers of a series below `before`, the newest first.
pub async fn book(
    tx: &mut Tx,
    series: SeriesId,
    before: i64,
    limit: i64,
) -> Result<Vec<BookLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT register_number.id, number, state, day, subject, link, reason, note,
                person.full_name AS taken_by, taken_at
         FROM register_number JOIN person ON person.id = register_number.taken_by
         WHERE series_id = $1 AND number < $2 ORDER BY number DESC LIMIT $3" as BookLine, series, before, limit)
}

/// Does each kind of outgoing document have a series of its own? Unless the
/// office chose otherwise, yes.
pub async fn is_by_type(tx: &mut Tx, organisation: OrganisationId) -> Result<bool, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT by_type FROM number_scheme WHERE organisation_id = $1" as (bool,), organisation)?;
    Ok(row.is_none_or(|(by_type,)| by_type))
}

pub async fn set_by_type(tx: &mut Tx, organisation: OrganisationId, by_type: bool) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO number_scheme (organisation_id, by_type) VALUES ($1, $2)
         ON CONFLICT (organisation_id) DO UPDATE SET by_type = excluded.by_type", organisation, by_type)?;
    Ok(())
}
