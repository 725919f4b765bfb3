//! Telling people.

use super::mailer::MAIL_JOB;
use super::store::{self, MailRow};
use super::{MailId, Tidings};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::PersonId;
use crate::jobs;

/// Tells one person, in the application and by mail when there is an address.
pub async fn tell(
    tx: &mut Tx,
    person: PersonId,
    email: &str,
    tidings: &Tidings<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    tell_with_calendar(tx, (person, email), tidings, None, now).await
}

/// As [`tell`]; the mail carries an entry for the reader's calendar.
pub async fn tell_with_calendar(
    tx: &mut Tx,
    to: (PersonId, &str),
    tidings: &Tidings<'_>,
    calendar: Option<&str>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let (person, email) = to;
    store::insert_notice(tx, person, tidings.subject, tidings.link, now).await?;
    if email.is_empty() {
        return Ok(());
    }
    let calendar = calendar.map(str::to_owned);
    queue_mail(tx, email, tidings, calendar, now).await
}

/// Writes to someone outside: there is only the mail.
pub async fn write_to(
    tx: &mut Tx,
    email: &str,
    tidings: &Tidings<'_>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    queue_mail(tx, email, tidings, None, now).await
}

async fn queue_mail(
    tx: &mut Tx,
    email: &str,
    tidings: &Tidings<'_>,
    calendar: Option<String>,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let mail = MailRow {
        id: MailId::new(),
        recipient: email.to_owned(),
        subject: tidings.subject.to_owned(),
        body: format!("{}\n\n{{address}}{}\n", tidings.body, tidings.link),
        calendar,
        created_at: now,
        sent_at: None,
    };
    store::insert_mail(tx, tidings.organisation, &mail).await?;
    jobs::queue(tx, MAIL_JOB, &mail.id, now).await
}
