//! Documents on their way to bodies outside, and what became of them there.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::bodies::Body;
use super::edxml::{Enclosure, Letter, Organ, Status};
use super::rules::{self, Business, DeliveryState, PostingKind, PostingState};
use super::store::{self, NewPosting, PostedFile};
use super::{ExchangeError, PostingId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::storage::Hash;
use crate::{audit, jobs};

/// The job that writes a posting into the folder.
pub const POSTING_JOB: &str = "exchange_posting";

#[derive(Debug, Serialize, Deserialize)]
pub struct PostingPayload {
    pub posting: PostingId,
}

/// What a posting says, but for its sender: that stands in the settings, and
/// is read when it leaves.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Content {
    Letter(Box<Letter>),
    Status(Status),
}

/// A document to be sent.
#[derive(Clone, Debug)]
pub struct Posting<'a> {
    pub organisation: OrganisationId,
    /// What it is, as its feature names it: "outgoing:018f…".
    pub about: &'a str,
    /// Its sender and what messages call it are filled in here.
    pub letter: Letter,
    /// Names and hashes of its files, the document first.
    pub files: &'a [(String, Hash)],
}

/// Sends a document to the bodies its letter names.
pub async fn post(tx: &mut Tx, posting: Posting<'_>, now: Timestamp) -> Result<(), ExchangeError> {
    let id = PostingId::new();
    let letter = Letter { document_id: id.to_string(), ..posting.letter };
    let to: Vec<Body> =
        letter.to.iter().map(|to| Body { code: to.code.clone(), name: to.name.clone() }).collect();
    let matter = (posting.organisation, posting.about);
    queue(tx, (id, PostingKind::Document), matter, &Content::Letter(Box::new(letter)), now).await?;
    for (position, (name, sha256)) in (1..).zip(posting.files) {
        let content_id = format!("cid:{position}.{id}");
        let file = PostedFile { content_id, name: name.clone(), sha256: *sha256 };
        store::insert_file(tx, id, position, &file).await?;
    }
    for body in &to {
        store::insert_delivery(tx, id, body, now).await?;
    }
    Ok(())
}

/// Writes a posting down, and queues the job that lays it into the folder.
pub(super) async fn queue(
    tx: &mut Tx,
    (id, kind): (PostingId, PostingKind),
    (organisation, about): (OrganisationId, &str),
    content: &Content,
    now: Timestamp,
) -> Result<(), ExchangeError> {
    let document_id = match content {
        Content::Letter(letter) => &letter.document_id,
        Content::Status(status) => &status.about.document_id,
    };
    let text = serde_json::to_string(content)?;
    let new = NewPosting { id, organisation, kind, about, document_id, content: &text };
    store::insert_posting(tx, &new, now).await?;
    Ok(jobs::queue(tx, POSTING_JOB, &PostingPayload { posting: id }, now).await?)
}

pub(super) fn enclosure(file: &PostedFile) -> Enclosure {
    Enclosure {
        content_id: file.content_id.clone(),
        name: file.name.clone(),
        description: file.name.trim_end_matches(".pdf").to_owned(),
    }
}

/// Takes back what was sent about a matter: what has not left stays here, and
/// every other body is asked to give it back.
pub async fn recall(
    tx: &mut Tx,
    organisation: OrganisationId,
    (about, reason): (&str, &str),
    now: Timestamp,
) -> Result<(), ExchangeError> {
    for (posting, state, document_id) in store::documents_about(tx, organisation, about).await? {
        let stays = state == PostingState::Queued && store::cancel_posting(tx, posting).await?;
        let mut asked = Vec::new();
        for delivery in store::deliveries_of(tx, posting).await? {
            let known = if stays { DeliveryState::Queued } else { sent_at_least(delivery.state) };
            let Some(next) = rules::recalled(known) else { continue };
            store::set_delivery(tx, (posting, &delivery.body_code), (next, reason), now).await?;
            asked.push(Organ { code: delivery.body_code, name: delivery.body_name });
        }
        if stays || asked.is_empty() {
            continue;
        }
        let reason = reason.to_owned();
        let letter = Letter { document_id, business: Business::Recall, reason, ..Letter::blank(asked, now) };
        let id = (PostingId::new(), PostingKind::Recall);
        queue(tx, id, (organisation, about), &Content::Letter(Box::new(letter)), now).await?;
    }
    Ok(())
}

/// Its file may lie in the folder although that is not written down yet.
fn sent_at_least(state: DeliveryState) -> DeliveryState {
    if state == DeliveryState::Queued { DeliveryState::Sent } else { state }
}

/// What messages call the document that was sent about a matter; `None`: none was.
pub async fn document_id(
    tx: &mut Tx,
    organisation: OrganisationId,
    about: &str,
) -> Result<Option<String>, db::Error> {
    let sent = store::documents_about(tx, organisation, about).await?;
    Ok(sent.into_iter().next_back().map(|(_, _, document_id)| document_id))
}

/// How far a document has come at one body.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub name: String,
    pub state: DeliveryState,
    pub reason: String,
    pub changed_at: Timestamp,
}

/// What became of everything that was sent about a matter.
pub async fn deliveries(
    tx: &mut Tx,
    organisation: OrganisationId,
    about: &str,
) -> Result<Vec<Delivery>, db::Error> {
    let mut all = Vec::new();
    for (posting, _, _) in store::documents_about(tx, organisation, about).await? {
        for row in store::deliveries_of(tx, posting).await? {
            let name = if row.body_name.is_empty() { row.body_code } else { row.body_name };
            all.push(Delivery { name, state: row.state, reason: row.reason, changed_at: row.changed_at });
        }
    }
    Ok(all)
}

/// Writes down what a body told of a document of ours. False: no document of
/// ours went to it under that name.
pub(super) async fn hear(
    tx: &mut Tx,
    organisation: OrganisationId,
    status: &Status,
    now: Timestamp,
) -> Result<bool, ExchangeError> {
    let Some((posting, about)) = store::posting_of(tx, organisation, &status.about.document_id).await? else {
        return Ok(false);
    };
    let deliveries = store::deliveries_of(tx, posting).await?;
    let Some(delivery) = deliveries.into_iter().find(|one| one.body_code == status.from.code) else {
        return Ok(false);
    };
    let place = (posting, delivery.body_code.as_str());
    if !store::insert_report(tx, place, (status.report, &status.description), now).await? {
        return Ok(true);
    }
    if let Some(next) = rules::after(delivery.state, status.report) {
        store::set_delivery(tx, place, (next, &status.description), now).await?;
    }
    let details = json!({ "from": status.from.code, "report": status.report, "reason": status.description });
    let act = audit::Act {
        chain: organisation.into(),
        actor: None,
        act: "exchange_reported",
        subject: about,
        details,
    };
    audit::record(tx, act, now).await?;
    Ok(true)
}
