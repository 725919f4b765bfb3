//! SQL on what is planned around a meeting: where online, who may know of it,
//! in which series it stands; and its invitation as a signed document.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::meetings::rules::Rhythm;
use crate::meetings::{MeetingId, SeriesId};
use crate::signing::DocumentId;
use crate::sql;

crate::column!(SeriesId as uuid::Uuid);
crate::column!(Rhythm as String);

#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Plan {
    /// The video conference; empty: none.
    pub online_url: String,
    /// Only the invited know of the meeting.
    pub restricted: bool,
    /// How often people were told of a change.
    pub sequence: i64,
    pub series_id: Option<SeriesId>,
}

pub async fn plan(tx: &mut Tx, meeting: MeetingId) -> Result<Plan, db::Error> {
    sql!(tx => fetch_one
        "SELECT online_url, restricted, sequence, series_id FROM meeting WHERE id = $1" as Plan, meeting)
}

pub async fn set_plan(
    tx: &mut Tx,
    meeting: MeetingId,
    online_url: &str,
    restricted: bool,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE meeting SET online_url = $2, restricted = $3 WHERE id = $1", meeting, online_url, restricted)?;
    Ok(())
}

/// Counts one more change that people are told of; gives the new number.
pub async fn next_sequence(tx: &mut Tx, meeting: MeetingId) -> Result<i64, db::Error> {
    let (sequence,) = sql!(tx => fetch_one
        "UPDATE meeting SET sequence = sequence + 1 WHERE id = $1 RETURNING sequence" as (i64,), meeting)?;
    Ok(sequence)
}

pub async fn insert_series(
    tx: &mut Tx,
    organisation: OrganisationId,
    rhythm: Rhythm,
    created_by: PersonId,
    now: Timestamp,
) -> Result<SeriesId, db::Error> {
    let id = SeriesId::new();
    sql!(tx => execute
        "INSERT INTO meeting_series (id, organisation_id, rhythm, created_by, created_at)
         VALUES ($1, $2, $3, $4, $5)", id, organisation, rhythm, created_by, now)?;
    Ok(id)
}

pub async fn set_series(tx: &mut Tx, meeting: MeetingId, series: SeriesId) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE meeting SET series_id = $2 WHERE id = $1", meeting, series)?;
    Ok(())
}

/// The meetings of a series that start later than `after` and can still be
/// changed, the soonest first.
pub async fn following(tx: &mut Tx, series: SeriesId, after: Timestamp) -> Result<Vec<MeetingId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id FROM meeting WHERE series_id = $1 AND starts_at > $2 AND state IN ('draft', 'published')
         ORDER BY starts_at, id" as (MeetingId,), series, after)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// An invitation that was opened for its signature.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct LetterRow {
    pub document_id: DocumentId,
    /// The meeting's version it was made from.
    pub meeting_version: i64,
}

pub async fn insert_letter(
    tx: &mut Tx,
    meeting: MeetingId,
    document: DocumentId,
    meeting_version: i64,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO invitation_letter (document_id, meeting_id, meeting_version, made_at)
         VALUES ($1, $2, $3, $4)", document, meeting, meeting_version, now)?;
    Ok(())
}

/// The newest invitation of a meeting.
pub async fn newest_letter(tx: &mut Tx, meeting: MeetingId) -> Result<Option<LetterRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT document_id, meeting_version FROM invitation_letter
         WHERE meeting_id = $1 ORDER BY made_at DESC, document_id DESC LIMIT 1" as LetterRow, meeting)
}
