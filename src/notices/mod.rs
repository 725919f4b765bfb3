//! What people are told: in the application, and outside by mail, SMS and push.
//!
//! A notice and what leaves the house for it are rows written in the
//! transaction that caused them. A job hands each over; it is tried for three
//! days, and then shown to the administrator, who may send it again. Without a
//! mail server mails stay in the outbox, which can be read.
//!
//! What leaves the house names the matter and leads to its page; it never holds
//! a paper. Of a restricted meeting it does not even name the title, and an SMS
//! names only the kind of matter: it passes through a stranger's hands.

pub mod actions;
mod delivery;
mod gateway;
mod letter;
mod mailer;
mod push;
pub mod rules;
mod store;
mod wishes;
pub mod web;

use crate::identity::OrganisationId;

crate::id! {
    /// A notice.
    NoticeId;
    /// Something that leaves the house: a mail, an SMS, a push message.
    DeliveryId;
}

pub use self::delivery::{DELIVERY_JOB, DIGEST_JOB, deliver, gather, take_up};
pub use self::letter::Letter;
pub use self::mailer::{Mailer, MailerError};
pub use self::store::unread_count;

/// What a person is to be told.
#[derive(Clone, Copy, Debug)]
pub struct Tidings<'a> {
    pub organisation: OrganisationId,
    pub subject: &'a str,
    /// Path of the page it is about.
    pub link: &'a str,
    /// Text of the mail; the address of the page is added.
    pub body: &'a str,
}

/// How tidings go, where it is not the usual way.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manner<'a> {
    /// For the reader's calendar; such a mail waits for no digest.
    pub calendar: Option<&'a str>,
    /// Outside the application nothing but the link is told.
    pub is_discreet: bool,
}
