//! A file that one person makes and signs in the same moment, such as a slip
//! with their opinion.
//!
//! The signature is made before the document is known to anyone: a wrong PIN
//! leaves nothing that waits.

use pades::pdf::Source as _;
use pades::sign::TimestampOutcome;
use serde_json::json;

use super::actions::{NewDocument, subject};
use super::desk::Desk;
use super::rules::{DocumentState, Level, SignerRole, Way};
use super::signature::{SignError, append, open_key, options};
use super::store::{self, Document, SignedStep};
use super::{DocumentId, Step, policy, timestamp};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, PersonId};
use crate::storage::Hash;
use crate::{jobs, lights};

/// A signed file that nobody knows of yet.
#[derive(Debug)]
pub struct SignedAlone {
    result: Hash,
    size: i64,
    level: Level,
    /// SHA-256 of the signer's.
    certificate: Hash,
    is_stamped_later: bool,
}

/// Signs a stored PDF in its one place with the PIN just typed. Nothing counts
/// until [`record_alone`].
pub async fn sign_alone(
    desk: &Desk,
    actor: &Actor,
    (original, step): (Hash, &Step),
    pin: String,
    now: Timestamp,
) -> Result<SignedAlone, SignError> {
    let mut tx = desk.db.read().await?;
    policy::must_be_open(&mut tx, actor.organisation, SignerRole::Member, Way::KeptKey).await?;
    drop(tx);
    let key = open_key(desk, actor, pin, now).await?;
    let base = desk.storage.source(original).await?;
    let options = options(actor, step, key.image);
    let (base, signed) = append(desk.clone(), base, options, key.signer, now).await?;
    let size = i64::try_from(base.length() + signed.appended.len()).unwrap_or(i64::MAX);
    let result = desk.storage.append(base, signed.appended.into()).await?;
    let is_stamped = matches!(signed.timestamp, TimestampOutcome::Present(_));
    let level = if is_stamped { Level::Bt } else { Level::Bb };
    let is_stamped_later = !is_stamped && desk.stamps.is_some();
    Ok(SignedAlone { result, size, level, certificate: key.certificate, is_stamped_later })
}

/// Makes the document known, complete from its first moment.
pub async fn record_alone(
    tx: &mut Tx,
    actor: &Actor,
    new: NewDocument<'_>,
    made: &SignedAlone,
    now: Timestamp,
) -> Result<DocumentId, SignError> {
    let document = Document {
        id: DocumentId::new(),
        organisation_id: actor.organisation,
        title: new.title.to_owned(),
        code: new.code.to_owned(),
        original_sha256: new.original,
        sha256: made.result,
        size: made.size,
        state: DocumentState::Signing,
        link: new.link.to_owned(),
        opened_by: Some(actor.person),
        is_discreet: new.is_discreet,
    };
    let SignedAlone { level, result: bytes, certificate, .. } = *made;
    let signed = SignedStep { level, bytes, way: Way::KeptKey, certificate };
    store::insert_document(tx, &document, &new.steps, now).await?;
    store::mark_signed(tx, document.id, 1, &signed, now).await?;
    store::complete_if_signed(tx, document.id, now).await?;
    let details = json!({ "step": 1, "level": made.level, "base": new.original.to_string(),
                          "sha256": made.result.to_string() });
    identity::actions::log(tx, actor, "document_signed", subject(document.id), details, now).await?;
    lights::ask(tx, made.result, now).await?;
    if made.is_stamped_later {
        jobs::queue(tx, timestamp::JOB, &document.id, now).await?;
    }
    Ok(document.id)
}

/// Can this person sign here with a PIN?
pub async fn has_key(tx: &mut Tx, person: PersonId) -> Result<bool, db::Error> {
    Ok(store::key(tx, person).await?.is_some())
}
