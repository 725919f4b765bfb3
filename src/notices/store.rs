//! SQL on notices and mails.

use super::{MailId, NoticeId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;

crate::column!(NoticeId as uuid::Uuid);
crate::column!(MailId as uuid::Uuid);

#[derive(Debug, sqlx::FromRow)]
pub struct NoticeRow {
    pub id: NoticeId,
    pub subject: String,
    pub created_at: Timestamp,
    pub read_at: Option<Timestamp>,
}

#[derive(Debug, sqlx::FromRow)]
pub struct MailRow {
    pub id: MailId,
    pub recipient: String,
    pub subject: String,
    pub body: String,
    /// For the reader's calendar (iCalendar); goes along with the mail.
    pub calendar: Option<String>,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

pub async fn insert_notice(
    tx: &mut Tx,
    person: PersonId,
    subject: &str,
    link: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO notice (id, person_id, subject, link, created_at) VALUES ($1, $2, $3, $4, $5)",
        NoticeId::new(), person, subject, link, now)?;
    Ok(())
}

pub async fn insert_mail(tx: &mut Tx, organisation: OrganisationId, mail: &MailRow) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO mail (id, organisation_id, recipient, subject, body, calendar, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        mail.id, organisation, mail.recipient.as_str(), mail.subject.as_str(), mail.body.as_str(),
        mail.calendar.as_deref(), mail.created_at)?;
    Ok(())
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

pub async fn mails_of(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<MailRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, recipient, subject, body, calendar, created_at, sent_at FROM mail
         WHERE organisation_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200" as MailRow, organisation)
}

/// A mail that was not handed over yet.
pub async fn unsent_mail(tx: &mut Tx, mail: MailId) -> Result<Option<MailRow>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, recipient, subject, body, calendar, created_at, sent_at FROM mail
         WHERE id = $1 AND sent_at IS NULL" as MailRow, mail)
}

pub async fn mark_sent(tx: &mut Tx, mail: MailId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE mail SET sent_at = $2 WHERE id = $1", mail, now)?;
    Ok(())
}
