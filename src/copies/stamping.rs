//! The trusted time of the seal on a copy, where its authority was slow.

use serde_json::{Value, json};

use super::{CopyId, store};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::jobs::{self, Failure};
use crate::papers::{self, PaperError};
use crate::signing::Desk;
use crate::signing::timestamp::{self, StampError};
use crate::web::App;

/// The kind of job; its payload is the copy's id.
pub const JOB: &str = "copy-timestamp";

#[derive(Debug, thiserror::Error)]
pub enum CopyStampError {
    #[error(transparent)]
    Stamp(#[from] StampError),
    #[error(transparent)]
    Paper(#[from] PaperError),
    #[error(transparent)]
    Db(#[from] crate::db::Error),
}

/// Runs the job.
pub async fn run(app: &App, payload: Value) -> Result<(), Failure> {
    let stamped = stamp(app, jobs::payload(payload)?, app.clock.now()).await;
    stamped.map_err(|error| Failure::from_error(&error))
}

/// Appends a document timestamp to a copy whose seal still lacks one; its
/// paper gets the next version.
async fn stamp(app: &App, id: CopyId, now: Timestamp) -> Result<(), CopyStampError> {
    let mut tx = app.db.read().await?;
    let Some(found) = store::unstamped(&mut tx, id).await? else { return Ok(()) };
    let base = papers::version(&mut tx, found.organisation_id, found.version_id).await?;
    let base = base.ok_or(PaperError::NotFound)?;
    drop(tx);
    let stamped = timestamp::stamped(&Desk::of(app), base.sha256, now).await?;
    let mut tx = app.db.write().await?;
    let version = papers::actions::add_appended(&mut tx, found.organisation_id, &base, stamped, now).await?;
    if !store::set_stamped(&mut tx, id, (base.id, version)).await? {
        return Err(StampError::Overtaken.into());
    }
    let act = Act {
        chain: found.organisation_id.into(),
        actor: None,
        act: "copy_stamped",
        subject: format!("copy:{id}"),
        details: json!({ "base": base.sha256.to_string(), "sha256": stamped.0.to_string() }),
    };
    audit::record(&mut tx, act, now).await?;
    Ok(tx.commit().await?)
}
