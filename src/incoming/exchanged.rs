//! What came by the exchange from a body outside: to the door by a clerk's
//! act, while its sender is told how far it has come.

use std::convert::Infallible;

use futures_util::stream;
use serde_json::json;

use super::IncomingId;
use super::actions::{IncomingError, reason_of, sync_readers};
use super::course::log;
use super::door::{self, must_be_clerk};
use super::rules::{Act, Origin, Priority, State};
use super::store::{self, Arrival};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange::{self, Message, MessageId, Report};
use crate::identity::Actor;
use crate::outgoing::{self, DispatchAnswer};
use crate::papers::{self, Upload, UploadError};
use crate::storage::Hash;
use crate::web::App;

/// What came and no clerk has taken to the door.
pub(super) async fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Vec<Message>, IncomingError> {
    must_be_clerk(actor)?;
    Ok(exchange::waiting(tx, actor.organisation).await?)
}

/// What came of late and could not be taken: the file's name and why.
pub(super) async fn rejected(
    tx: &mut Tx,
    actor: &Actor,
    now: Timestamp,
) -> Result<Vec<(String, String)>, IncomingError> {
    must_be_clerk(actor)?;
    let rejected = exchange::rejected(tx, actor.organisation, now).await?;
    Ok(rejected.into_iter().map(|one| (one.file_name, one.reason)).collect())
}

/// The document of ours that a message answers: number and symbol, address.
pub(super) async fn answered(
    tx: &mut Tx,
    actor: &Actor,
    message: &Message,
) -> Result<Option<(String, String)>, IncomingError> {
    let Some(named) = message.row.answers.as_deref() else { return Ok(None) };
    let id = named.strip_prefix("outgoing:").and_then(|id| id.parse().ok());
    let Some(id) = id else { return Ok(None) };
    let found = outgoing::store::outgoing(tx, actor.organisation, id).await?;
    Ok(found.map(|found| (found.number_and_symbol(), outgoing::urls::document(id))))
}

/// The files of a message, looked at as every upload is.
pub struct Opened {
    message: Message,
    document: Upload,
    attachments: Vec<Upload>,
    /// Files that no paper can be made of; they stay with the message.
    left: Vec<String>,
}

impl Opened {
    /// "Công văn: Phối hợp kiểm tra"; the title of the file where the message has no subject.
    fn subject(&self) -> String {
        let row = &self.message.row;
        match (row.kind.as_str(), row.subject.as_str()) {
            (_, "") => self.document.title.clone(),
            ("", subject) => subject.to_owned(),
            (kind, subject) => format!("{kind}: {subject}"),
        }
    }

    /// Who sent it, what it replaces, and which of its files stay with the message.
    fn note(&self) -> String {
        let head = [self.message.sender(), &self.message.row.remark];
        let parts = head.into_iter().chain(self.left.iter().map(String::as_str));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// The document that a message is already; whoever asks twice finds it.
pub async fn taken(app: &App, actor: &Actor, id: MessageId) -> Result<Option<IncomingId>, IncomingError> {
    must_be_clerk(actor)?;
    let mut tx = app.db.read().await?;
    let message = exchange::message(&mut tx, actor.organisation, id).await?;
    let message = message.ok_or(IncomingError::NotFound)?;
    let named = message.row.taken_as.as_deref().and_then(|named| named.strip_prefix("incoming:"));
    Ok(named.and_then(|id| id.parse().ok()))
}

/// Looks at the files of a message. The first must be a document.
pub async fn open(app: &App, actor: &Actor, id: MessageId) -> Result<Opened, IncomingError> {
    must_be_clerk(actor)?;
    let mut tx = app.db.read().await?;
    let message = exchange::message(&mut tx, actor.organisation, id).await?;
    let message = message.ok_or(IncomingError::NotFound)?;
    drop(tx);
    let mut files = message.files.iter();
    let first = files.next().ok_or(IncomingError::NotFound)?;
    let document = look_at(app, first).await?.map_err(IncomingError::Upload)?;
    let (mut attachments, mut left) = (Vec::new(), Vec::new());
    for file in files {
        match look_at(app, file).await? {
            Ok(upload) => attachments.push(upload),
            Err(_) => left.push(file.0.clone()),
        }
    }
    Ok(Opened { message, document, attachments, left })
}

async fn look_at(
    app: &App,
    (name, hash): &(String, Hash),
) -> Result<Result<Upload, UploadError>, IncomingError> {
    let bytes = app.storage.read(*hash).await?;
    let bytes = stream::once(async move { Ok::<_, Infallible>(bytes) });
    match papers::actions::read_upload(app, name, bytes).await {
        Err(UploadError::Storage(error)) => Err(error.into()),
        looked => Ok(looked),
    }
}

/// Takes a message to the door, attachments too. Of two who take it at once, one is told.
pub async fn take(
    tx: &mut Tx,
    actor: &Actor,
    opened: &Opened,
    now: Timestamp,
) -> Result<IncomingId, IncomingError> {
    must_be_clerk(actor)?;
    let row = &opened.message.row;
    let id = IncomingId::new();
    exchange::take(tx, row.id, &format!("incoming:{id}")).await?;
    let subject = opened.subject();
    let document = Upload { title: subject.clone(), ..opened.document.clone() };
    let (paper, file) = door::keep(tx, actor, &document, now).await?;
    let arrival = Arrival {
        id,
        origin: Origin::Exchange,
        dispatch: None,
        exchange: Some(row.id),
        paper,
        file,
        sha256: opened.document.hash,
        symbol: &row.symbol,
        dated_on: row.dated_on,
        sender: opened.message.sender(),
        subject: &subject,
        signer: (&row.signer_name, &row.signer_position),
        priority: Priority::try_from(row.priority).unwrap_or(Priority::Normal),
    };
    store::insert(tx, actor, &arrival, now).await?;
    for upload in &opened.attachments {
        door::attach(tx, actor, id, upload, now).await?;
    }
    store::add_to_course(tx, actor, id, (Act::Arrive, &opened.note()), now).await?;
    sync_readers(tx, id, actor.organisation).await?;
    let details = json!({ "sha256": opened.document.hash.to_string(), "exchange": row.id.to_string() });
    log(tx, actor, "incoming_arrived", id, details, now).await?;
    Ok(id)
}

/// Sends a message back without taking it to the door; its sender reads why.
pub async fn refuse(
    tx: &mut Tx,
    actor: &Actor,
    (id, reason): (MessageId, &str),
    now: Timestamp,
) -> Result<(), IncomingError> {
    must_be_clerk(actor)?;
    exchange::message(tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
    let reason = reason_of(reason)?;
    exchange::refuse(tx, actor.organisation, (id, &reason), now).await?;
    let subject = format!("exchange:{id}");
    let details = json!({ "reason": reason });
    Ok(crate::identity::actions::log(tx, actor, "exchange_refused", subject, details, now).await?)
}

/// What a clerk's answer is called in messages.
pub(super) fn report_of(answer: &DispatchAnswer) -> Option<(Report, &str)> {
    match answer {
        // That it arrived was told when it came.
        DispatchAnswer::Received => None,
        DispatchAnswer::Accepted => Some((Report::Accepted, "")),
        DispatchAnswer::Refused { reason } => Some((Report::Refused, reason)),
    }
}

/// What a state of ours is called in messages; others concern nobody outside.
pub(super) fn report_of_state(state: State) -> Option<Report> {
    match state {
        State::Directed | State::Assigned => Some(Report::Assigned),
        State::InProgress => Some(Report::Processing),
        State::Completed => Some(Report::Completed),
        _ => None,
    }
}
