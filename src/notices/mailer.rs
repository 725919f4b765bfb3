//! Handing mails to the mail server.

use std::sync::Arc;

use lettre::message::header::{ContentType, ContentTypeErr};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{MailId, store};
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::jobs::Failure;

/// The kind of job that hands over one mail; its payload is the mail's id.
pub const MAIL_JOB: &str = "mail";

/// The way out for mails.
#[derive(Clone, Debug)]
pub struct Mailer {
    /// `None`: no mail server is set, mails stay in the outbox.
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
    sender: Mailbox,
    /// Address of the service, put before a page's path.
    address: Arc<str>,
}

#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    #[error("smtp_url is not the address of a mail server")]
    Server(#[from] lettre::transport::smtp::Error),
    #[error("mail_from is not a mail address")]
    Sender(#[from] lettre::address::AddressError),
}

impl Mailer {
    pub fn new(config: &Config) -> Result<Self, MailerError> {
        let url = config.smtp_url.reveal();
        let transport = if url.is_empty() {
            None
        } else {
            Some(AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.build())
        };
        Ok(Self { transport, sender: config.mail_from.parse()?, address: config.public_url().into() })
    }

    /// True when mails leave the house.
    pub fn has_server(&self) -> bool {
        self.transport.is_some()
    }

    /// Tries the mail server.
    pub async fn probe(&self) -> Result<bool, Failure> {
        match &self.transport {
            Some(transport) => transport.test_connection().await.map_err(|error| Failure::from_error(&error)),
            None => Ok(false),
        }
    }

    /// Hands over one mail, once: a mail that left is not sent again.
    pub async fn send(&self, db: &Db, clock: &Clock, mail: MailId) -> Result<(), Failure> {
        let Some(transport) = &self.transport else { return Ok(()) };
        let failed = |error: &dyn std::error::Error| Failure::from_error(error);
        let mut tx = db.read().await.map_err(|error| failed(&error))?;
        let Some(mail) = store::unsent_mail(&mut tx, mail).await.map_err(|error| failed(&error))? else {
            return Ok(());
        };
        drop(tx);
        let message = Message::builder()
            .from(self.sender.clone())
            .to(mail.recipient.parse().map_err(|error: lettre::address::AddressError| failed(&error))?)
            .subject(mail.subject);
        let text = mail.body.replace("{address}", &self.address);
        let message = match mail.calendar {
            Some(calendar) => {
                message.multipart(with_calendar(text, calendar).map_err(|error| failed(&error))?)
            }
            None => message.body(text),
        };
        let message = message.map_err(|error| failed(&error))?;
        transport.send(message).await.map_err(|error| failed(&error))?;
        let mut tx = db.write().await.map_err(|error| failed(&error))?;
        store::mark_sent(&mut tx, mail.id, clock.now()).await.map_err(|error| failed(&error))?;
        tx.commit().await.map_err(|error| failed(&error))
    }
}

/// A text that carries an entry for the reader's calendar. The method stands in
/// the type too, or calendars offer nothing to accept (RFC 6047 §2.4).
fn with_calendar(text: String, calendar: String) -> Result<MultiPart, ContentTypeErr> {
    let method = calendar.lines().find_map(|line| line.strip_prefix("METHOD:")).unwrap_or("PUBLISH");
    let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}"))?;
    let entry = SinglePart::builder().header(kind).body(calendar);
    Ok(MultiPart::alternative().singlepart(SinglePart::plain(text)).singlepart(entry))
}
