//! The trusted time that comes later: a document timestamp over a file whose
//! signatures had to do without.

use std::sync::Arc;

use pades::pdf::{Pdf, Source as _};
use pades::sign::{SignError as PdfError, append_document_timestamp_to};
use serde_json::json;

use super::actions::subject;
use super::desk::Desk;
use super::{DocumentId, store};
use crate::audit::{self, Act};
use crate::clock::{Clock, Timestamp};
use crate::db;
use crate::jobs::{self, Failure, Handler};
use crate::lights;
use crate::storage::{self, Hash, Stored};

/// The kind of job; its payload is the document's id.
pub const JOB: &str = "timestamp";

#[derive(Debug, thiserror::Error)]
pub enum StampError {
    #[error("no timestamp authority is set")]
    NoAuthority,
    #[error("somebody signed meanwhile")]
    Overtaken,
    #[error("the timestamp could not be appended")]
    Pdf(#[from] PdfError),
    #[error("the crypto library failed")]
    Crypto(#[from] openssl::error::ErrorStack),
    #[error("the work broke off")]
    Broken(#[from] tokio::task::JoinError),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Runs the job.
pub fn handler(desk: Desk, clock: Clock) -> Handler {
    Arc::new(move |payload| {
        let (desk, clock) = (desk.clone(), clock.clone());
        Box::pin(async move {
            let stamped = stamp(&desk, jobs::payload(payload)?, clock.now()).await;
            stamped.map_err(|error| Failure::from_error(&error))
        })
    })
}

/// Appends a document timestamp if a signature still lacks a trusted time.
pub async fn stamp(desk: &Desk, id: DocumentId, now: Timestamp) -> Result<(), StampError> {
    let mut tx = desk.db.read().await?;
    let Some(document) = store::document(&mut tx, id).await? else { return Ok(()) };
    if !store::lacks_timestamp(&mut tx, id).await? {
        return Ok(());
    }
    drop(tx);
    let (result, size) = stamped(desk, document.sha256, now).await?;
    let mut tx = desk.db.write().await?;
    if !store::advance(&mut tx, id, document.sha256, result, size).await? {
        return Err(StampError::Overtaken);
    }
    store::mark_stamped(&mut tx, id).await?;
    lights::ask(&mut tx, result, now).await?;
    let act = Act {
        chain: document.organisation_id.into(),
        actor: None,
        act: "document_stamped",
        subject: subject(id),
        details: json!({ "base": document.sha256.to_string(), "sha256": result.to_string() }),
    };
    audit::record(&mut tx, act, now).await?;
    Ok(tx.commit().await?)
}

/// Appends a document timestamp to a stored file; gives the new bytes' hash and size.
pub async fn stamped(desk: &Desk, base: Hash, now: Timestamp) -> Result<(Hash, i64), StampError> {
    let base = desk.storage.source(base).await?;
    let (base, appended) = append(desk.clone(), base, now).await?;
    let size = i64::try_from(base.length() + appended.len()).unwrap_or(i64::MAX);
    Ok((desk.storage.append(base, appended.into()).await?, size))
}

async fn append(desk: Desk, base: Stored, now: Timestamp) -> Result<(Stored, Vec<u8>), StampError> {
    let work = move || {
        let stamps = desk.stamps.as_ref().ok_or(StampError::NoAuthority)?;
        let mut file = Pdf::open_source(&base).map_err(PdfError::from)?;
        file.authenticate(None).map_err(PdfError::from)?;
        let stamped = append_document_timestamp_to(&file, &desk.stamping(stamps, true)?, now.to_jiff())?;
        drop(file);
        Ok((base, stamped.appended))
    };
    tokio::task::spawn_blocking(work).await?
}
