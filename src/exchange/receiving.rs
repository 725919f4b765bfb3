//! What came from bodies outside, until it is an incoming document, and what
//! its sender is told of it.

use serde_json::json;

use super::edxml::{Letter, Organ, Reference, Status};
use super::rules::{Business, MessageState, PostingKind, Report};
use super::sending::{self, Content};
use super::store::{self, MessageRow, NewMessage, Rejection};
use super::{ExchangeError, MessageId, PostingId};
use crate::audit;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::store::Organisation;
use crate::identity::{self, OrgRole, OrganisationId};
use crate::notices::{self, Tidings};
use crate::storage::Hash;

/// Most that a desk shows.
const LISTED: i64 = 200;

/// How long the desk shows what could not be taken, in seconds, and how much of it.
const REMEMBERED: i64 = 3 * 86_400;
const SHOWN: i64 = 20;

/// A document that came, with its files.
#[derive(Clone, Debug)]
pub struct Message {
    pub row: MessageRow,
    /// Names and hashes, the document first.
    pub files: Vec<(String, Hash)>,
}

impl Message {
    /// Who sent it, by name where it gave one.
    pub fn sender(&self) -> &str {
        if self.row.sender_name.is_empty() { &self.row.sender_code } else { &self.row.sender_name }
    }
}

/// What came and nobody has taken to the door, the oldest first.
pub async fn waiting(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Message>, db::Error> {
    let mut all = Vec::new();
    for row in store::messages(tx, organisation, MessageState::Waiting, LISTED).await? {
        let files = store::files(tx, row.id).await?;
        all.push(Message { row, files });
    }
    Ok(all)
}

/// What could not be taken of late: the file's name and why, the newest first.
pub async fn rejected(
    tx: &mut Tx,
    organisation: OrganisationId,
    now: Timestamp,
) -> Result<Vec<Rejection>, db::Error> {
    store::rejections(tx, organisation, now.plus_seconds(-REMEMBERED), SHOWN).await
}

pub async fn message(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MessageId,
) -> Result<Option<Message>, db::Error> {
    match store::message(tx, organisation, id).await? {
        Some(row) => Ok(Some(Message { files: store::files(tx, row.id).await?, row })),
        None => Ok(None),
    }
}

/// How messages name the document that became one of ours; `None`: it came another way.
pub async fn reference_to(
    tx: &mut Tx,
    organisation: OrganisationId,
    taken_as: &str,
) -> Result<Option<Reference>, db::Error> {
    let row = store::message_taken_as(tx, organisation, taken_as).await?;
    Ok(row.as_ref().map(reference))
}

fn reference(row: &MessageRow) -> Reference {
    Reference {
        organ: row.sender_code.clone(),
        symbol: row.symbol.clone(),
        dated: row.dated_on,
        document_id: row.document_id.clone(),
    }
}

/// A message becomes an incoming document, which `as_what` names.
pub async fn take(tx: &mut Tx, id: MessageId, as_what: &str) -> Result<(), ExchangeError> {
    match store::set_state(tx, id, MessageState::Taken, (Some(as_what), "")).await? {
        true => Ok(()),
        false => Err(ExchangeError::NotNow),
    }
}

/// Sends a message back unopened; its sender reads why.
pub async fn refuse(
    tx: &mut Tx,
    organisation: OrganisationId,
    (id, reason): (MessageId, &str),
    now: Timestamp,
) -> Result<(), ExchangeError> {
    if !store::set_state(tx, id, MessageState::Refused, (None, reason)).await? {
        return Err(ExchangeError::NotNow);
    }
    report(tx, organisation, id, (Report::Refused, reason), now).await
}

/// Tells a document's sender how far it has come.
pub async fn report(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MessageId,
    told: (Report, &str),
    now: Timestamp,
) -> Result<(), ExchangeError> {
    let row = store::message(tx, organisation, id).await?.ok_or(ExchangeError::NotFound)?;
    tell_sender(tx, organisation, reference(&row), (&format!("exchange:{id}"), told), now).await
}

pub(super) async fn tell_sender(
    tx: &mut Tx,
    organisation: OrganisationId,
    about: Reference,
    (subject, (report, description)): (&str, (Report, &str)),
    now: Timestamp,
) -> Result<(), ExchangeError> {
    let status =
        Status { from: Organ::default(), report, description: description.to_owned(), at: now, about };
    let id = (PostingId::new(), PostingKind::Status);
    sending::queue(tx, id, (organisation, subject), &Content::Status(status), now).await
}

/// Why its sender wants a taken document back; `None`: it does not.
pub async fn asked_back(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MessageId,
) -> Result<Option<String>, db::Error> {
    let row = store::message(tx, organisation, id).await?;
    Ok(row.filter(|row| row.recall_asked_at.is_some()).map(|row| row.reason))
}

/// What a letter came to.
#[derive(Debug)]
pub(super) enum Kept {
    /// It is there now, or was there before.
    Done,
    /// It cannot be taken, for this reason.
    Rejected(&'static str),
}

/// Keeps a letter that came and tells the clerks, and its sender that it arrived.
pub(super) async fn keep(
    tx: &mut Tx,
    office: &Organisation,
    (letter, sha256, files): (&Letter, Hash, &[(String, Hash)]),
    now: Timestamp,
) -> Result<Kept, ExchangeError> {
    let known = store::known_document(tx, office.id, (&letter.from.code, &letter.document_id)).await?;
    if letter.business == Business::New
        && let Some(known) = &known
    {
        // Sent once more, packed anew, it is the same; other files under one name are not.
        let same = store::files(tx, known.id).await? == files;
        return Ok(if same {
            Kept::Done
        } else {
            Kept::Rejected("Trùng mã văn bản với một văn bản khác đã nhận")
        });
    }
    let id = MessageId::new();
    if !insert(tx, office.id, (id, letter, sha256), now).await? {
        return Ok(Kept::Done);
    }
    for (position, (name, hash)) in (1..).zip(files) {
        store::insert_message_file(tx, id, position, (name, *hash)).await?;
    }
    report(tx, office.id, id, (Report::Arrived, ""), now).await?;
    let details =
        json!({ "from": letter.from.code, "document": letter.document_id, "sha256": sha256.to_string() });
    record(tx, office.id, ("exchange_received", format!("exchange:{id}")), details, now).await?;
    let subject = format!("Văn bản liên thông: {}", letter.symbol());
    tell_clerks(tx, office.id, (&subject, &letter.subject), now).await?;
    Ok(Kept::Done)
}

/// Writes a letter down. False: the very same message is there already.
async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    (id, letter, sha256): (MessageId, &Letter, Hash),
    now: Timestamp,
) -> Result<bool, db::Error> {
    let answers = answered(tx, organisation, letter).await?;
    let new = NewMessage {
        id,
        organisation,
        business: letter.business,
        sender: (&letter.from.code, &letter.from.name),
        document_id: &letter.document_id,
        symbol: &letter.symbol(),
        dated_on: letter.dated,
        kind: &letter.kind,
        subject: &letter.subject,
        signer: (&letter.signer, &letter.position),
        priority: letter.priority,
        remark: &remark(letter),
        answers: answers.as_deref(),
        sha256,
    };
    store::insert_message(tx, &new, now).await
}

/// Why it corrects or replaces another, and which.
fn remark(letter: &Letter) -> String {
    let parts = letter.replaces.iter().map(String::as_str).chain([letter.reason.as_str()]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
}

/// The document of ours that a letter answers.
async fn answered(
    tx: &mut Tx,
    organisation: OrganisationId,
    letter: &Letter,
) -> Result<Option<String>, db::Error> {
    for reference in &letter.answers {
        if let Some((_, about)) = store::posting_of(tx, organisation, &reference.document_id).await? {
            return Ok(Some(about));
        }
    }
    Ok(None)
}

/// Its sender takes a document back: what waits is let go at once, what was
/// taken is the clerk's to end.
pub(super) async fn give_back(
    tx: &mut Tx,
    office: &Organisation,
    letter: &Letter,
    now: Timestamp,
) -> Result<Kept, ExchangeError> {
    let place = (letter.from.code.as_str(), letter.document_id.as_str());
    let Some(known) = store::known_document(tx, office.id, place).await? else {
        return Ok(Kept::Rejected("Yêu cầu lấy lại một văn bản chưa từng nhận"));
    };
    let reason = if letter.reason.is_empty() { "Nơi gửi yêu cầu lấy lại" } else { &letter.reason };
    let subject = format!("exchange:{}", known.id);
    let details = json!({ "reason": reason });
    if store::set_state(tx, known.id, MessageState::Recalled, (None, reason)).await? {
        report(tx, office.id, known.id, (Report::RecallAccepted, ""), now).await?;
        record(tx, office.id, ("exchange_recalled", subject), details, now).await?;
    } else if known.state == MessageState::Taken && store::ask_back(tx, known.id, reason, now).await? {
        record(tx, office.id, ("exchange_asked_back", subject), details, now).await?;
        tell_clerks(tx, office.id, (&format!("Nơi gửi lấy lại: {}", known.symbol), &known.subject), now)
            .await?;
    }
    Ok(Kept::Done)
}

async fn record(
    tx: &mut Tx,
    organisation: OrganisationId,
    (act, subject): (&str, String),
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), db::Error> {
    audit::record(tx, audit::Act { chain: organisation.into(), actor: None, act, subject, details }, now)
        .await
}

async fn tell_clerks(
    tx: &mut Tx,
    organisation: OrganisationId,
    (subject, body): (&str, &str),
    now: Timestamp,
) -> Result<(), ExchangeError> {
    let roles = identity::store::all_roles(tx, organisation).await?;
    for (clerk, _) in roles.into_iter().filter(|(_, role)| *role == OrgRole::Clerk) {
        if let Some(clerk) = identity::store::person(tx, organisation, clerk).await? {
            let tidings = Tidings { organisation, subject, link: "/incoming", body };
            notices::actions::tell(tx, clerk.id, &clerk.email, &tidings, now).await?;
        }
    }
    Ok(())
}
