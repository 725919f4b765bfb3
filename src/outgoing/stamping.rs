//! The trusted time of the organisation's signature, where its authority was
//! slow: of the document itself by the job of `signing`, of its attachments here.

use serde_json::{Value, json};

use super::{AttachmentId, OutgoingId, store};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::jobs::Failure;
use crate::signing::rules::Level;
use crate::signing::timestamp::{self, StampError};
use crate::signing::{self, Desk, DocumentId, Sealed};
use crate::web::App;
use crate::{jobs, lights};

/// The kind of job; its payload is the attachment's id.
pub const JOB: &str = "attachment-timestamp";

/// Puts the sealed bytes of an attachment in place.
pub(super) async fn put_sealed(
    tx: &mut Tx,
    id: AttachmentId,
    sealed: &Sealed,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    store::seal_attachment(tx, id, (sealed.result, sealed.size), sealed.level).await?;
    lights::ask(tx, sealed.result, now).await?;
    if sealed.is_stamped_later {
        jobs::queue(tx, JOB, &id, now).await?;
    }
    Ok(())
}

/// Runs the job.
pub async fn run(app: &App, payload: Value) -> Result<(), Failure> {
    let stamped = stamp(app, jobs::payload(payload)?, app.clock.now()).await;
    stamped.map_err(|error| Failure::from_error(&error))
}

/// Appends a document timestamp to an attachment whose seal still lacks one.
async fn stamp(app: &App, id: AttachmentId, now: Timestamp) -> Result<(), StampError> {
    let mut tx = app.db.read().await?;
    let Some(found) = store::unstamped(&mut tx, id).await? else { return Ok(()) };
    drop(tx);
    let base = found.sealed_sha256;
    let (result, size) = timestamp::stamped(&Desk::of(app), base, now).await?;
    let mut tx = app.db.write().await?;
    if !store::stamp_attachment(&mut tx, id, (base, result), size).await? {
        return Err(StampError::Overtaken);
    }
    lights::ask(&mut tx, result, now).await?;
    let act = Act {
        chain: found.organisation_id.into(),
        actor: None,
        act: "attachment_stamped",
        subject: format!("outgoing:{}", found.outgoing_id),
        details: json!({ "base": base.to_string(), "sha256": result.to_string() }),
    };
    audit::record(&mut tx, act, now).await?;
    Ok(tx.commit().await?)
}

/// What the organisation's signatures on a document and its attachments prove
/// about their time: the least of them. `None`: it is not sealed yet.
pub async fn seal_level(
    tx: &mut Tx,
    outgoing: OutgoingId,
    document: Option<DocumentId>,
) -> Result<Option<Level>, db::Error> {
    let Some(document) = document else { return Ok(None) };
    let level = signing::seal_level(tx, document).await?;
    let lacks = store::has_unstamped(tx, outgoing).await?;
    Ok(level.map(|level| if lacks { Level::Bb } else { level }))
}
