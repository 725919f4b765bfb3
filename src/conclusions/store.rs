//! SQL on notices and their conclusions.

use typeset::SignatureBox;

use super::{ConclusionId, ConclusionNoticeId, NoticeState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{PersonId, UnitId};
use crate::meetings::MeetingId;
use crate::signing::DocumentId;
use crate::signing::rules::thousandths;
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    pub id: ConclusionNoticeId,
    pub meeting_id: MeetingId,
    pub state: NoticeState,
    pub subject: String,
    pub opening: String,
    pub closing: String,
    /// Over the signature, a line each.
    pub capacity: String,
    /// Where copies go, a line each.
    pub recipients: String,
    pub signer_id: PersonId,
    pub version: i64,
    pub changes: i64,
    pub document_id: Option<DocumentId>,
}

/// One conclusion with those who carry it out.
#[derive(Clone, Debug)]
pub struct Conclusion {
    pub id: ConclusionId,
    pub text: String,
    pub lead_unit: Option<UnitId>,
    pub co_units: Vec<UnitId>,
    pub deadline: Option<Timestamp>,
    pub version: i64,
}

/// Adds a draft. False: the meeting has a notice already.
pub async fn insert(tx: &mut Tx, notice: &Notice, now: Timestamp) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO conclusion_notice (id, meeting_id, state, subject, opening, closing, capacity, recipients,
                                        signer_id, version, changes, created_at)
         VALUES ($1, $2, 'draft', $3, $4, $5, $6, $7, $8, 1, 1, $9) ON CONFLICT (meeting_id) DO NOTHING",
        notice.id, notice.meeting_id, notice.subject.as_str(), notice.opening.as_str(), notice.closing.as_str(),
        notice.capacity.as_str(), notice.recipients.as_str(), notice.signer_id, now)?;
    Ok(made == 1)
}

pub async fn notice(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Notice>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, meeting_id, state, subject, opening, closing, capacity, recipients, signer_id, version, changes,
                document_id
         FROM conclusion_notice WHERE meeting_id = $1" as Notice, meeting)
}

/// Reads a draft that is about to change, counts the change, and holds it
/// until `tx` ends.
pub async fn claim_draft(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Notice>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE conclusion_notice SET changes = changes + 1 WHERE meeting_id = $1 AND state = 'draft'
         RETURNING id, meeting_id, state, subject, opening, closing, capacity, recipients, signer_id, version,
                   changes, document_id" as Notice, meeting)
}

/// Saves the texts over the version they were typed on. False: someone else
/// saved meanwhile.
pub async fn save(tx: &mut Tx, notice: &Notice) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE conclusion_notice SET subject = $3, opening = $4, closing = $5, capacity = $6, recipients = $7,
                signer_id = $8, version = version + 1
         WHERE id = $1 AND version = $2",
        notice.id, notice.version, notice.subject.as_str(), notice.opening.as_str(), notice.closing.as_str(),
        notice.capacity.as_str(), notice.recipients.as_str(), notice.signer_id)?;
    Ok(changed == 1)
}

pub async fn lock(
    tx: &mut Tx,
    notice: ConclusionNoticeId,
    document: DocumentId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE conclusion_notice SET state = 'locked', document_id = $2, locked_at = $3 WHERE id = $1",
        notice, document, now)?;
    Ok(())
}

/// Makes a notice a draft again whose document was sent back. `None`: it is not the document of any.
pub async fn reopen(tx: &mut Tx, document: DocumentId) -> Result<Option<ConclusionNoticeId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE conclusion_notice SET state = 'draft', document_id = NULL, locked_at = NULL WHERE document_id = $1
         RETURNING id" as (ConclusionNoticeId,), document)?;
    let Some((notice,)) = row else { return Ok(None) };
    // The places belong to the file that was sent back.
    sql!(tx => execute "DELETE FROM conclusion_space WHERE notice_id = $1", notice)?;
    Ok(Some(notice))
}

/// Keeps the places of number and date for the register.
pub async fn insert_spaces(
    tx: &mut Tx,
    notice: ConclusionNoticeId,
    spaces: &[SignatureBox],
) -> Result<(), db::Error> {
    for space in spaces {
        let page = i64::try_from(space.page).unwrap_or(1);
        let [x, y, width, height] = [space.x, space.y, space.w, space.h].map(thousandths);
        sql!(tx => execute
            "INSERT INTO conclusion_space (notice_id, name, page, box_x, box_y, box_width, box_height)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            notice, space.name.as_str(), page, x, y, width, height)?;
    }
    Ok(())
}

/// The places of number and date: name, page, and left, bottom, width and
/// height in thousandths of a point.
pub async fn spaces(
    tx: &mut Tx,
    notice: ConclusionNoticeId,
) -> Result<Vec<(String, i64, i64, i64, i64, i64)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT name, page, box_x, box_y, box_width, box_height FROM conclusion_space
         WHERE notice_id = $1 ORDER BY name DESC" as (String, i64, i64, i64, i64, i64), notice)
}

/// Adds a conclusion behind the others.
pub async fn insert_conclusion(
    tx: &mut Tx,
    notice: ConclusionNoticeId,
    text: &str,
) -> Result<ConclusionId, db::Error> {
    let id = ConclusionId::new();
    sql!(tx => execute
        "INSERT INTO conclusion (id, notice_id, position, text, version)
         SELECT $1, $2, coalesce(max(position) + 1, 0), $3, 1 FROM conclusion WHERE notice_id = $2",
        id, notice, text)?;
    Ok(id)
}

#[derive(sqlx::FromRow)]
struct ConclusionRow {
    id: ConclusionId,
    text: String,
    lead_unit_id: Option<UnitId>,
    deadline: Option<Timestamp>,
    version: i64,
}

/// The conclusions of a notice, in their order.
pub async fn conclusions(tx: &mut Tx, notice: ConclusionNoticeId) -> Result<Vec<Conclusion>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id, text, lead_unit_id, deadline, version FROM conclusion
         WHERE notice_id = $1 ORDER BY position, id" as ConclusionRow, notice)?;
    let helping = sql!(tx => fetch_all
        "SELECT conclusion_unit.conclusion_id, conclusion_unit.unit_id
         FROM conclusion_unit JOIN conclusion ON conclusion.id = conclusion_unit.conclusion_id
         JOIN unit ON unit.id = conclusion_unit.unit_id
         WHERE conclusion.notice_id = $1 ORDER BY unit.position, unit.id" as (ConclusionId, UnitId), notice)?;
    let conclusion = |row: ConclusionRow| Conclusion {
        co_units: helping.iter().filter(|(of, _)| *of == row.id).map(|(_, unit)| *unit).collect(),
        id: row.id,
        text: row.text,
        lead_unit: row.lead_unit_id,
        deadline: row.deadline,
        version: row.version,
    };
    Ok(rows.into_iter().map(conclusion).collect())
}

/// Saves a conclusion over the version it was typed on. False: someone else
/// saved meanwhile.
pub async fn save_conclusion(tx: &mut Tx, new: &Conclusion) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE conclusion SET text = $3, lead_unit_id = $4, deadline = $5, version = version + 1
         WHERE id = $1 AND version = $2", new.id, new.version, new.text.as_str(), new.lead_unit, new.deadline)?;
    if changed == 0 {
        return Ok(false);
    }
    sql!(tx => execute "DELETE FROM conclusion_unit WHERE conclusion_id = $1", new.id)?;
    for unit in &new.co_units {
        sql!(tx => execute
            "INSERT INTO conclusion_unit (conclusion_id, unit_id) VALUES ($1, $2)
             ON CONFLICT (conclusion_id, unit_id) DO NOTHING", new.id, *unit)?;
    }
    Ok(true)
}

pub async fn delete_conclusion(tx: &mut Tx, conclusion: ConclusionId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM conclusion_unit WHERE conclusion_id = $1", conclusion)?;
    sql!(tx => execute "DELETE FROM conclusion WHERE id = $1", conclusion)?;
    Ok(())
}
