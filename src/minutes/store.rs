//! SQL on minutes and their texts.

use super::{MinutesId, MinutesState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::MeetingId;
use crate::signing::DocumentId;
use crate::sql;

crate::column!(MinutesId as uuid::Uuid);
crate::column!(MinutesState as String);

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Minutes {
    pub id: MinutesId,
    pub meeting_id: MeetingId,
    pub state: MinutesState,
    pub document_id: Option<DocumentId>,
    pub created_at: Timestamp,
}

/// One text the secretary writes.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Text {
    pub part: String,
    pub text: String,
    pub version: i64,
    pub saved_by: Option<String>,
    pub saved_at: Timestamp,
}

/// Opens a draft. The second time, nothing happens.
pub async fn insert(tx: &mut Tx, meeting: MeetingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO minutes (id, meeting_id, state, created_at) VALUES ($1, $2, 'draft', $3)
         ON CONFLICT (meeting_id) DO NOTHING", MinutesId::new(), meeting, now)?;
    Ok(())
}

pub async fn minutes(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Minutes>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, meeting_id, state, document_id, created_at FROM minutes WHERE meeting_id = $1" as Minutes,
        meeting)
}

/// Reads a draft to change it, and holds it until `tx` ends.
pub async fn claim_draft(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Minutes>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE minutes SET state = state WHERE meeting_id = $1 AND state = 'draft'
         RETURNING id, meeting_id, state, document_id, created_at" as Minutes, meeting)
}

pub async fn lock(
    tx: &mut Tx,
    minutes: MinutesId,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE minutes SET state = 'locked', document_id = $2, locked_at = $3 WHERE id = $1",
        minutes, document, now)?;
    Ok(())
}

pub async fn insert_text(
    tx: &mut Tx,
    minutes: MinutesId,
    part: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO minutes_text (minutes_id, part, text, version, saved_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (minutes_id, part) DO NOTHING", minutes, part, text, now)?;
    Ok(())
}

pub async fn texts(tx: &mut Tx, minutes: MinutesId) -> Result<Vec<Text>, db::Error> {
    sql!(tx => fetch_all
        "SELECT minutes_text.part, minutes_text.text, minutes_text.version, person.full_name AS saved_by,
                minutes_text.saved_at
         FROM minutes_text LEFT JOIN person ON person.id = minutes_text.saved_by
         WHERE minutes_text.minutes_id = $1 ORDER BY minutes_text.part" as Text, minutes)
}

/// Saves a text over the version it was typed on. `None`: someone else saved
/// meanwhile; else the new version.
pub async fn save_text(
    tx: &mut Tx,
    minutes: MinutesId,
    part: &str,
    text: &str,
    version: i64,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<i64>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE minutes_text SET text = $3, version = version + 1, saved_by = $5, saved_at = $6
         WHERE minutes_id = $1 AND part = $2 AND version = $4 RETURNING version" as (i64,),
        minutes, part, text, version, person, now)?;
    Ok(row.map(|(version,)| version))
}
