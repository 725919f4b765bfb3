//! SQL on notices.

pub mod outbox;

use super::{DeliveryId, Letter, NoticeId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::sql;

crate::column!(NoticeId as uuid::Uuid);
crate::column!(DeliveryId as uuid::Uuid);

#[derive(Debug, sqlx::FromRow)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub subject: String,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

pub(super) async fn insert_notices(
    tx: &mut Tx,
    letters: &[Letter<'_>],
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => insert
        "INSERT INTO notice (id, person_id, subject, link, created_at) " of letters,
        |letter| NoticeId::new(), letter.person, letter.tidings.subject, letter.tidings.link, now)
}

pub async fn unread_count(tx: &mut Tx, person: PersonId) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM notice WHERE person_id = $1 AND read_at IS NULL" as (i64,), person)?;
    Ok(count)
}

pub async fn notices_of(tx: &mut Tx, person: PersonId) -> Result<Vec<NoticeRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, subject, created_at, read_at FROM notice
         WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100" as NoticeRow, person)
}

/// Marks a person's own notice as read and tells where it leads.
pub async fn mark_read(
    tx: &mut Tx,
    person: PersonId,
    notice: NoticeId,
    now: Timestamp,
) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE notice SET read_at = coalesce(read_at, $3) WHERE id = $2 AND person_id = $1 RETURNING link"
        as (String,), person, notice, now)?;
    Ok(row.map(|(link,)| link))
}

pub async fn mark_all_read(tx: &mut Tx, person: PersonId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE notice SET read_at = $2 WHERE person_id = $1 AND read_at IS NULL", person, now)?;
    Ok(())
}
