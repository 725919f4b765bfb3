//! What goes to bodies outside the installation, by the exchange.

use super::actions::OutgoingError;
use super::store::{self, Outgoing};
use super::{OutgoingId, Relation};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange::edxml::{Letter, Organ};
use crate::exchange::rules::Business;
use crate::exchange::{self, Body, Posting};
use crate::identity::rules::fold;
use crate::identity::store::Organisation;
use crate::identity::{self, OrganisationId};
use crate::registers::printed;
use crate::signing;
use crate::storage::Hash;

/// As the exchange, the log and others name a document.
fn subject(id: OutgoingId) -> String {
    format!("outgoing:{id}")
}

/// The bodies that lines name, and those of them that are served here: what
/// goes to these needs no exchange.
pub(super) async fn bodies(
    tx: &mut Tx,
    typed: &str,
) -> Result<(Vec<Body>, Vec<OrganisationId>), OutgoingError> {
    let found = exchange::bodies::find_all(tx, typed).await?.map_err(OutgoingError::Body)?;
    let here = identity::store::organisations(tx).await?;
    let served = |body: &Body| here.iter().find(|one| fold(&one.name) == fold(&body.name)).map(|one| one.id);
    let neighbours = found.iter().filter_map(served).collect();
    Ok((found.into_iter().filter(|body| served(body).is_none()).collect(), neighbours))
}

/// Sends an issued document to the bodies it names; gives their number.
pub(super) async fn send(tx: &mut Tx, document: &Outgoing, now: Timestamp) -> Result<usize, OutgoingError> {
    let bodies = store::bodies_of(tx, document.id).await?;
    if bodies.is_empty() {
        return Ok(0);
    }
    let office = identity::store::organisation(tx, document.organisation_id).await?;
    let letter = letter(tx, (document, &office), &bodies, now).await?;
    let (about, files) = (subject(document.id), files(tx, document).await?);
    let posting = Posting { organisation: office.id, about: &about, letter, files: &files };
    exchange::post(tx, posting, now).await?;
    Ok(bodies.len())
}

async fn letter(
    tx: &mut Tx,
    (document, office): (&Outgoing, &Organisation),
    bodies: &[Body],
    now: Timestamp,
) -> Result<Letter, OutgoingError> {
    let signer = identity::store::person(tx, office.id, document.signer_id).await?;
    let signer = signer.ok_or(OutgoingError::NotFound)?;
    let answers = match document.answers.as_deref() {
        Some(answered) => exchange::reference_to(tx, office.id, answered).await?,
        None => None,
    };
    let business = match document.relation {
        Some(Relation::Replaces) => Business::Replace,
        Some(Relation::Corrects) => Business::Update,
        None => Business::New,
    };
    let replaces = match document.related_id {
        Some(related) => exchange::document_id(tx, office.id, &subject(related)).await?,
        None => None,
    };
    let to = bodies.iter().map(|body| Organ { code: body.code.clone(), name: body.name.clone() });
    Ok(Letter {
        number: document.number.map(printed).unwrap_or_default(),
        notation: document.symbol.clone(),
        place: office.place.clone(),
        dated: document.day,
        kind: document.kind.legal_name().to_owned(),
        subject: document.subject.clone(),
        capacity: document.capacity.word().to_owned(),
        position: signer.position,
        signer: signer.full_name,
        due: document.answer_by,
        priority: document.priority.number(),
        copies: document.copies,
        answers: answers.into_iter().collect(),
        business,
        replaces: replaces.into_iter().collect(),
        ..Letter::blank(to.collect(), now)
    })
}

/// The signed file, then its attachments with their seals.
async fn files(tx: &mut Tx, document: &Outgoing) -> Result<Vec<(String, Hash)>, OutgoingError> {
    let signed = document.document_id.ok_or(OutgoingError::NotNow)?;
    let signed = signing::status(tx, signed).await?.ok_or(OutgoingError::NotFound)?;
    let mut files = vec![(file_name(&document.number_and_symbol()), signed.sha256)];
    for attachment in store::attachments(tx, document.id).await? {
        files.push((file_name(&attachment.title), attachment.newest().0));
    }
    Ok(files)
}

/// What a file of this title is called.
pub(super) fn file_name(title: &str) -> String {
    format!("{}.pdf", title.replace(['/', '\\'], "-"))
}

/// Asks the bodies it went to for a document back.
pub(super) async fn recall(
    tx: &mut Tx,
    document: &Outgoing,
    reason: &str,
    now: Timestamp,
) -> Result<(), OutgoingError> {
    Ok(exchange::recall(tx, document.organisation_id, (&subject(document.id), reason), now).await?)
}

/// How far it has come at each of them.
pub(super) async fn deliveries(
    tx: &mut Tx,
    document: &Outgoing,
) -> Result<Vec<exchange::Delivery>, OutgoingError> {
    Ok(exchange::deliveries(tx, document.organisation_id, &subject(document.id)).await?)
}
