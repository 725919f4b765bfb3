//! The exchange between bodies of the State (liên thông văn bản): documents
//! and word of them, to and from bodies that other systems serve.
//!
//! Messages ([`edxml`]) leave and come through a folder that the program of
//! the exchange's hub empties and fills. What leaves is a row in the
//! transaction that sends it and a file soon after; what comes is kept byte
//! for byte, and lies on the clerk's desk until somebody takes it to the door.

pub mod bodies;
pub mod edxml;
pub mod folder;
mod receiving;
pub mod rules;
mod sending;
pub mod store;
pub mod web;

use crate::{db, jobs, storage};

pub use self::bodies::{Body, Unknown};
pub use self::receiving::{
    Message, asked_back, message, reference_to, refuse, rejected, report, take, waiting,
};
pub use self::rules::{DeliveryState, Report};
pub use self::sending::{Delivery, Posting, deliveries, document_id, post, recall};

crate::id! {
    /// A message on its way out.
    PostingId;
    /// A document that came.
    MessageId;
    /// A message that could not be taken.
    RejectionId;
}
crate::column!(PostingId as uuid::Uuid);
crate::column!(MessageId as uuid::Uuid);
crate::column!(RejectionId as uuid::Uuid);

#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    #[error("there is no such message for this organisation")]
    NotFound,
    #[error("the message was taken, refused or recalled already")]
    NotNow,
    #[error("no folder of the exchange is set for the organisation {0}")]
    NoFolder(String),
    #[error("the folder of the exchange cannot be used")]
    Folder(#[from] std::io::Error),
    #[error("what is to be sent cannot be written down or read")]
    Content(#[from] serde_json::Error),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}
