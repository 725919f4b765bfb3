//! Handing mails to the mail server.

use std::sync::Arc;

use lettre::message::header::{ContentType, ContentTypeErr};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::delivery::Handed;
use super::store::outbox::Delivery;
use crate::config::Config;
use crate::jobs::Failure;

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

#[derive(Debug, thiserror::Error)]
enum ComposeError {
    #[error("this is no mail address")]
    Recipient(#[from] lettre::address::AddressError),
    #[error("the mail cannot be composed")]
    Message(#[from] lettre::error::Error),
    #[error("the calendar entry cannot go along")]
    Calendar(#[from] ContentTypeErr),
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

    /// There is a mail server to try.
    pub(super) fn is_set(&self) -> bool {
        self.transport.is_some()
    }

    /// Tries the mail server.
    pub async fn probe(&self) -> Result<bool, Failure> {
        match &self.transport {
            Some(transport) => transport.test_connection().await.map_err(|error| Failure::from_error(&error)),
            None => Ok(false),
        }
    }

    pub(super) async fn send(&self, mail: &Delivery) -> Handed {
        let Some(transport) = &self.transport else { return Handed::Kept };
        let message = match self.compose(mail) {
            Ok(message) => message,
            Err(error) => return Handed::Refused(Failure::from_error(&error).to_string()),
        };
        match transport.send(message).await {
            Ok(_) => Handed::Sent,
            Err(error) => {
                let reason = Failure::from_error(&error).to_string();
                match error.status().map(u16::from) {
                    // There is no such mailbox (RFC 5321 §4.2.3).
                    Some(550 | 551 | 553) => Handed::Refused(reason),
                    // The server does not take our password, or nobody's mail just now: the next fares no better.
                    Some(421 | 454 | 530 | 534 | 535 | 538) | None => Handed::Down(reason),
                    Some(_) => Handed::Later(reason),
                }
            }
        }
    }

    /// The mail; one that leaves a second time bears the same Message-ID.
    fn compose(&self, mail: &Delivery) -> Result<Message, ComposeError> {
        let id = format!("<{}@{}>", mail.id, self.sender.email.domain());
        let message = Message::builder()
            .from(self.sender.clone())
            .to(mail.recipient.parse()?)
            .message_id(Some(id))
            .subject(mail.subject.clone());
        let text = mail.text(&self.address);
        Ok(match mail.calendar.clone() {
            Some(calendar) => message.multipart(with_calendar(text, calendar)?)?,
            None => message.body(text)?,
        })
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
