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
    /// 1, or the number of the correction plus one.
    pub number: i64,
    /// The minutes that these correct.
    pub corrects: Option<MinutesId>,
    /// Why they do; empty for the first.
    pub reason: String,
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

/// Opens the first draft of a meeting. The second time, nothing happens.
pub async fn insert(tx: &mut Tx, meeting: MeetingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO minutes (id, meeting_id, number, reason, state, created_at)
         VALUES ($1, $2, 1, '', 'draft', $3) ON CONFLICT DO NOTHING", MinutesId::new(), meeting, now)?;
    Ok(())
}

/// Opens the draft of a correction. `None`: someone else was faster.
pub async fn insert_correction(
    tx: &mut Tx,
    old: &Minutes,
    reason: &str,
    now: Timestamp,
) -> Result<Option<MinutesId>, db::Error> {
    let id = MinutesId::new();
    let made = sql!(tx => execute
        "INSERT INTO minutes (id, meeting_id, number, corrects, reason, state, created_at)
         VALUES ($1, $2, $3, $4, $5, 'draft', $6) ON CONFLICT DO NOTHING",
        id, old.meeting_id, old.number + 1, old.id, reason, now)?;
    Ok((made == 1).then_some(id))
}

/// All minutes of a meeting: the newest correction first, the first last.
pub async fn all(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Minutes>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, meeting_id, number, corrects, reason, state, document_id, created_at
         FROM minutes WHERE meeting_id = $1 ORDER BY number DESC" as Minutes, meeting)
}

/// The newest minutes of a meeting.
pub async fn minutes(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Minutes>, db::Error> {
    Ok(all(tx, meeting).await?.into_iter().next())
}

/// Reads a draft to change it, and holds it until `tx` ends.
pub async fn claim_draft(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Minutes>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE minutes SET state = state WHERE meeting_id = $1 AND state = 'draft'
         RETURNING id, meeting_id, number, corrects, reason, state, document_id, created_at" as Minutes, meeting)
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

/// Makes minutes a draft again whose document was sent back. `None`: it is not the document of any.
pub async fn reopen(tx: &mut Tx, document: DocumentId) -> Result<Option<MinutesId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE minutes SET state = 'draft', document_id = NULL, locked_at = NULL WHERE document_id = $1
         RETURNING id" as (MinutesId,), document)?;
    Ok(row.map(|(id,)| id))
}

/// Puts a text at its first version; one that is there stays.
pub async fn insert_text(
    tx: &mut Tx,
    minutes: MinutesId,
    part: &str,
    text: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO minutes_text (minutes_id, part, text, version, saved_at) VALUES ($1, $2, $3, 1, $4)
         ON CONFLICT (minutes_id, part) DO NOTHING", minutes, part, text, now)?;
    if made == 1 {
        keep_version(tx, minutes, &Edit { part, text, version: 1 }, None, now).await
    } else {
        Ok(())
    }
}

pub async fn texts(tx: &mut Tx, minutes: MinutesId) -> Result<Vec<Text>, db::Error> {
    sql!(tx => fetch_all
        "SELECT minutes_text.part, minutes_text.text, minutes_text.version, person.full_name AS saved_by,
                minutes_text.saved_at
         FROM minutes_text LEFT JOIN person ON person.id = minutes_text.saved_by
         WHERE minutes_text.minutes_id = $1 ORDER BY minutes_text.part" as Text, minutes)
}

/// One text at one version.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a> {
    pub part: &'a str,
    pub text: &'a str,
    pub version: i64,
}

/// Puts a text in the place of the version it was made from, as a version at
/// least one higher. False: someone else saved meanwhile.
pub async fn save_text(
    tx: &mut Tx,
    minutes: MinutesId,
    edit: Edit<'_>,
    over: i64,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE minutes_text SET text = $3, version = $4, saved_by = $5, saved_at = $6
         WHERE minutes_id = $1 AND part = $2 AND version = $7",
        minutes, edit.part, edit.text, edit.version, person, now, over)?;
    if changed == 1 {
        keep_version(tx, minutes, &edit, Some(person), now).await?;
    }
    Ok(changed == 1)
}

/// Writes a version down for good.
pub async fn keep_version(
    tx: &mut Tx,
    minutes: MinutesId,
    edit: &Edit<'_>,
    person: Option<PersonId>,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO minutes_text_version (minutes_id, part, version, text, saved_by, saved_at)
         VALUES ($1, $2, $3, $4, $5, $6)", minutes, edit.part, edit.version, edit.text, person, now)?;
    Ok(())
}

/// A text as it was at a version.
pub async fn text_at(
    tx: &mut Tx,
    minutes: MinutesId,
    part: &str,
    version: i64,
) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT text FROM minutes_text_version WHERE minutes_id = $1 AND part = $2 AND version = $3"
        as (String,), minutes, part, version)?;
    Ok(row.map(|(text,)| text))
}
