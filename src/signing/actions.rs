//! What people do about signing: open a document, sign it in turn.

use openssl::rand::rand_bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rules::{DocumentState, StepRefusal, StepState, may_sign};
use super::store::{self, Document, acts};
use super::{DocumentId, urls};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{self, Actor, OrganisationId, PersonId};
use crate::storage::Hash;
use crate::{jobs, notices};

/// The kind of job that lets whoever made a document that was sent back open
/// its draft again; its payload is a [`SentBack`].
pub const SENT_BACK_JOB: &str = "document-sent-back";

/// A document that was sent back.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SentBack {
    pub organisation: OrganisationId,
    pub document: DocumentId,
}

/// Letters of a reason for sending back.
const MOST_REASON: usize = 1000;

/// A PDF that is to be signed.
#[derive(Debug)]
pub struct NewDocument<'a> {
    pub title: &'a str,
    /// From [`new_code`], and already printed in the PDF.
    pub code: &'a str,
    /// Page where a signer can read about it.
    pub link: &'a str,
    pub original: Hash,
    pub size: u64,
    /// What leaves the house about it does not name it.
    pub is_discreet: bool,
    /// In the order of signing.
    pub steps: Vec<Step>,
}

/// One person's place on the page.
#[derive(Clone, Debug)]
pub struct Step {
    pub person: PersonId,
    /// In which capacity: "secretary", "chair".
    pub capacity: String,
    /// From 1.
    pub page: i64,
    /// Left, bottom, width and height in points from the lower left corner.
    pub area: [f64; 4],
}

/// A code nobody can guess, for the QR on a page: made before the PDF is,
/// because it stands in it.
pub fn new_code() -> Result<String, openssl::error::ErrorStack> {
    let mut code = [0_u8; 20];
    rand_bytes(&mut code)?;
    Ok(hex::encode(code))
}

/// Opens a document for signing and tells the first signer.
pub async fn open_document(
    tx: &mut Tx,
    actor: &Actor,
    new: NewDocument<'_>,
    now: Timestamp,
) -> Result<DocumentId, jobs::Error> {
    let document = Document {
        id: DocumentId::new(),
        organisation_id: actor.organisation,
        title: new.title.to_owned(),
        code: new.code.to_owned(),
        original_sha256: new.original,
        sha256: new.original,
        // No file comes near 2^63 bytes.
        size: i64::try_from(new.size).unwrap_or(i64::MAX),
        state: DocumentState::Signing,
        link: new.link.to_owned(),
        opened_by: Some(actor.person),
        is_discreet: new.is_discreet,
    };
    store::insert_document(tx, &document, &new.steps, now).await?;
    let details = json!({ "sha256": document.original_sha256.to_string(), "steps": new.steps.len() });
    identity::actions::log(tx, actor, "document_opened", subject(document.id), details, now).await?;
    tell_next(tx, &document, now).await?;
    Ok(document.id)
}

/// What the log calls a document.
pub(super) fn subject(document: DocumentId) -> String {
    format!("document:{document}")
}

/// Tells the person whose turn it is.
pub(super) async fn tell_next(tx: &mut Tx, document: &Document, now: Timestamp) -> Result<(), jobs::Error> {
    let turns = store::turns(tx, document.id).await?;
    let Some(next) = turns.iter().find(|turn| turn.state == StepState::Waiting) else { return Ok(()) };
    let subject = format!("Chờ ký: {}", document.title);
    tell(tx, document, next.person, &subject, &urls::step(document.id, next.number), now).await
}

pub(super) async fn tell(
    tx: &mut Tx,
    document: &Document,
    person: PersonId,
    subject: &str,
    link: &str,
    now: Timestamp,
) -> Result<(), jobs::Error> {
    let Some(person) = identity::store::person(tx, document.organisation_id, person).await? else {
        return Ok(());
    };
    let tidings =
        notices::Tidings { organisation: document.organisation_id, subject, link, body: &document.title };
    let manner = notices::Manner { calendar: None, is_discreet: document.is_discreet };
    notices::actions::tell_in(tx, (person.id, &person.email), &tidings, manner, now).await
}

#[derive(Debug, thiserror::Error)]
pub enum SendBackError {
    #[error("there is no such step for this person")]
    NotFound,
    #[error("the reason is empty or too long")]
    Reason,
    #[error("it is not this person's turn, or the document is no longer under way")]
    NotPossible,
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// Sends a document back instead of signing it, and tells whoever opened it
/// and those who signed before. Their signatures stay in the file.
pub async fn send_back(
    tx: &mut Tx,
    actor: &Actor,
    (id, number): (DocumentId, i64),
    reason: &str,
    now: Timestamp,
) -> Result<(), SendBackError> {
    let turns = store::turns(tx, id).await?;
    match may_sign(&turns, number, actor.person) {
        Ok(()) => {}
        Err(StepRefusal::NotFound) => return Err(SendBackError::NotFound),
        Err(StepRefusal::AlreadySigned | StepRefusal::NotYourTurn) => return Err(SendBackError::NotPossible),
    }
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MOST_REASON {
        return Err(SendBackError::Reason);
    }
    let document = store::document(tx, id).await?.ok_or(SendBackError::NotFound)?;
    if !acts::send_back(tx, id, (number, actor.person), reason, now).await? {
        return Err(SendBackError::NotPossible);
    }
    let details = json!({ "step": number, "reason": reason, "sha256": document.sha256.to_string() });
    identity::actions::log(tx, actor, "document_sent_back", subject(id), details, now).await?;
    // Whoever made the document stands after us in the order of features; a job tells them.
    jobs::queue(tx, SENT_BACK_JOB, &SentBack { organisation: document.organisation_id, document: id }, now)
        .await?;
    let signed = turns.iter().filter(|turn| turn.state == StepState::Signed).map(|turn| turn.person);
    let mut told = vec![actor.person];
    for person in document.opened_by.into_iter().chain(signed) {
        if !told.contains(&person) {
            told.push(person);
            let subject = format!("Trả lại, chưa ký: {}", document.title);
            tell(tx, &document, person, &subject, &document.link, now).await?;
        }
    }
    Ok(())
}

/// May the actor read the newest bytes? Its signers may, and within its
/// organisation whoever `is_entitled` for another reason, such as a secretary.
pub async fn may_read(
    tx: &mut Tx,
    actor: &Actor,
    document: &Document,
    is_entitled: bool,
) -> Result<bool, db::Error> {
    if actor.organisation != document.organisation_id {
        return Ok(false);
    }
    let turns = store::turns(tx, document.id).await?;
    Ok(is_entitled || turns.iter().any(|turn| turn.person == actor.person))
}
