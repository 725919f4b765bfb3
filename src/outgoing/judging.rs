//! Was an issued document handled by the correct procedure? Judged from what is
//! on record, for its page and for the figures alike.

use super::OutgoingId;
use super::rules::{Act, Deviation, Facts, deviations};
use super::store::{self, Attachment, Outgoing, Step};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::lights::{self, Light};
use crate::signing;

/// An issued document and how it came about.
#[derive(Clone, Debug)]
pub struct Judged {
    pub drafter: PersonId,
    pub issued_at: Timestamp,
    /// Signed by the leader, and then by the organisation.
    pub has_both_signatures: bool,
    pub light: Option<Light>,
    pub deviations: Vec<Deviation>,
}

/// Judges a document; `None`: it was never issued.
pub async fn judge(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: OutgoingId,
) -> Result<Option<Judged>, db::Error> {
    let Some(document) = store::outgoing(tx, organisation, id).await? else { return Ok(None) };
    let Some(issued_at) = document.issued_at else { return Ok(None) };
    let status = match document.document_id {
        Some(signing) => signing::status(tx, signing).await?,
        None => None,
    };
    let light = match status {
        Some(status) => lights::of(tx, status.sha256).await?,
        None => None,
    };
    let steps = store::steps(tx, id).await?;
    let attachments = store::attachments(tx, id).await?;
    Ok(Some(Judged {
        drafter: document.drafter_id,
        issued_at,
        has_both_signatures: document.signed_at.is_some() && document.sealed_at.is_some(),
        light,
        deviations: deviations(&facts(&document, &steps, &attachments, light)),
    }))
}

/// What is on record, counting only what came after the last way back.
pub fn facts(document: &Outgoing, steps: &[Step], attachments: &[Attachment], light: Option<Light>) -> Facts {
    let is_back = |step: &&Step| matches!(step.act, Act::Return | Act::Withdraw | Act::Revise);
    let since = steps.iter().rfind(is_back).map(|step| step.at);
    let done = |act: Act| {
        let found = steps.iter().rfind(|step| step.act == act);
        found.filter(|step| since.is_none_or(|since| step.at >= since)).map(|step| step.at)
    };
    Facts {
        content_approved: done(Act::ApproveContent).is_some(),
        format_approved: done(Act::ApproveFormat).is_some(),
        signed_at: document.signed_at,
        numbered_at: done(Act::Number),
        sealed_at: document.sealed_at,
        issued_at: document.issued_at,
        filed_at: document.filed_at,
        unsealed_attachments: attachments.iter().filter(|one| one.sealed_sha256.is_none()).count(),
        light,
    }
}
