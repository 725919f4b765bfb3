//! What people are told: in the application and by mail.
//!
//! A notice and its mail are rows written in the transaction that caused
//! them. Mails leave by a job; without a mail server they stay in the outbox,
//! which the administrator can read.

pub mod actions;
mod mailer;
mod store;
pub mod web;

use crate::identity::OrganisationId;

crate::id! {
    /// A notice.
    NoticeId;
    /// A mail.
    MailId;
}

pub use self::mailer::{MAIL_JOB, Mailer, MailerError};
pub use self::store::unread_count;

/// What a person is to be told.
#[derive(Debug)]
pub struct Tidings<'a> {
    pub organisation: OrganisationId,
    pub subject: &'a str,
    /// Path of the page it is about.
    pub link: &'a str,
    /// Text of the mail; the address of the page is added.
    pub body: &'a str,
}
