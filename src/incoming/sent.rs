//! What another organisation of this installation sent: it comes to the door
//! by a clerk's act, and its sender reads what became of it. So does a sender
//! outside, where it came by the exchange.

use serde_json::json;

use super::actions::{IncomingError, claim, sync_readers};
use super::course::log;
use super::door::{self, must_be_clerk};
use super::rules::{Act, Origin, Priority, State};
use super::store::{self, Arrival, Document};
use super::{IncomingId, exchanged};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::exchange::{self, Report};
use crate::identity::Actor;
use crate::outgoing::{self, Dispatch, DispatchAnswer, DispatchId, DispatchState};
use crate::papers::{PaperId, Upload, VersionId};
use crate::registers::printed;
use crate::storage::Hash;

/// What was sent here and no clerk has taken to the door.
pub(super) async fn waiting(tx: &mut Tx, actor: &Actor) -> Result<Vec<Dispatch>, IncomingError> {
    let mut sent = outgoing::dispatches_for(tx, actor).await?;
    sent.retain(|one| one.state == DispatchState::Sent);
    Ok(sent)
}

/// Takes what was sent to the door, attachments too; its sender reads that it
/// was received. Taken twice, it is there once.
pub async fn take(
    tx: &mut Tx,
    actor: &Actor,
    id: DispatchId,
    now: Timestamp,
) -> Result<IncomingId, IncomingError> {
    let sent = outgoing::dispatch(tx, actor, id).await?.ok_or(IncomingError::NotFound)?;
    if sent.state == DispatchState::Recalled {
        return Err(IncomingError::NotNow(State::Recalled));
    }
    // Whoever comes second waits here for the first, and then finds what they took.
    outgoing::answer_dispatch(tx, actor, id, &DispatchAnswer::Received, now).await?;
    if let Some(taken) = store::of_dispatch(tx, actor.organisation, id).await? {
        return Ok(taken);
    }
    let symbol = format!("{}/{}", printed(sent.number), sent.symbol);
    let subject = format!("{}: {}", sent.kind, sent.subject);
    let (paper, file) = keep(tx, actor, (&subject, sent.sha256, sent.size), now).await?;
    let arrival = Arrival {
        id: IncomingId::new(),
        origin: Origin::Dispatch,
        dispatch: Some(id),
        exchange: None,
        paper,
        file,
        sha256: sent.sha256,
        symbol: &symbol,
        dated_on: Some(sent.day),
        sender: &sent.sender_name,
        subject: &subject,
        signer: (&sent.signer, &sent.signer_position),
        priority: Priority::of_word(sent.priority),
    };
    store::insert(tx, actor, &arrival, now).await?;
    keep_attachments(tx, actor, arrival.id, &sent, now).await?;
    store::add_to_course(tx, actor, arrival.id, (Act::Arrive, &sent.sender_name), now).await?;
    sync_readers(tx, arrival.id, actor.organisation).await?;
    let details = json!({ "sha256": sent.sha256.to_string(), "dispatch": id.to_string() });
    log(tx, actor, "incoming_arrived", arrival.id, details, now).await?;
    Ok(arrival.id)
}

async fn keep_attachments(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    sent: &Dispatch,
    now: Timestamp,
) -> Result<(), IncomingError> {
    for (title, hash, size) in &sent.attachments {
        let (paper, file) = keep(tx, actor, (title, *hash, *size), now).await?;
        store::attach(tx, id, paper, file).await?;
    }
    Ok(())
}

/// The very bytes that were issued, as a paper of this organisation.
async fn keep(
    tx: &mut Tx,
    actor: &Actor,
    (title, hash, size): (&str, Hash, i64),
    now: Timestamp,
) -> Result<(PaperId, VersionId), IncomingError> {
    let upload = Upload {
        hash,
        size: u64::try_from(size).unwrap_or_default(),
        file_name: format!("{}.pdf", title.replace('/', "-")),
        title: title.to_owned(),
        source: None,
        pages: 0,
    };
    door::keep(tx, actor, &upload, now).await
}

/// Tells the sender that it was registered, or why not; nothing for what came
/// another way.
pub(super) async fn answer(
    tx: &mut Tx,
    actor: &Actor,
    document: &Document,
    answer: DispatchAnswer,
    now: Timestamp,
) -> Result<(), IncomingError> {
    if recalled(tx, actor, document).await?.is_some() {
        return Err(IncomingError::NotNow(State::Recalled));
    }
    if let (Some(message), Some(report)) = (document.exchange_id, exchanged::report_of(&answer)) {
        exchange::report(tx, actor.organisation, message, report, now).await?;
    }
    let Some(id) = document.dispatch_id else { return Ok(()) };
    Ok(outgoing::answer_dispatch(tx, actor, id, &answer, now).await?)
}

/// Lets the sender read how far a document has come.
pub(super) async fn follow(
    tx: &mut Tx,
    document: &Document,
    state: State,
    now: Timestamp,
) -> Result<(), IncomingError> {
    if let (Some(message), Some(report)) = (document.exchange_id, exchanged::report_of_state(state)) {
        exchange::report(tx, document.organisation_id, message, (report, ""), now).await?;
    }
    let Some(id) = document.dispatch_id else { return Ok(()) };
    let reached = match state {
        State::Directed | State::Assigned => DispatchState::Assigned,
        State::InProgress => DispatchState::Processing,
        State::Completed => DispatchState::Completed,
        _ => return Ok(()),
    };
    Ok(outgoing::follow_dispatch(tx, id, reached, now).await?)
}

/// Why its sender took it back; `None`: it did not.
pub(super) async fn recalled(
    tx: &mut Tx,
    actor: &Actor,
    document: &Document,
) -> Result<Option<String>, IncomingError> {
    if let Some(message) = document.exchange_id {
        return Ok(exchange::asked_back(tx, actor.organisation, message).await?);
    }
    let Some(id) = document.dispatch_id else { return Ok(None) };
    let sent = outgoing::dispatch(tx, actor, id).await?;
    Ok(sent.filter(|sent| sent.state == DispatchState::Recalled).map(|sent| sent.reason))
}

/// Ends what its sender took back; the number, if it has one, stays taken.
pub async fn recall(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    seen: i64,
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    must_be_clerk(actor)?;
    let state = found.after(Act::Recall)?;
    let Some(reason) = recalled(tx, actor, &found.document).await? else {
        return Err(IncomingError::NotNow(found.document.state));
    };
    store::set_state(tx, id, state).await?;
    if let Some(message) = found.document.exchange_id {
        exchange::report(tx, actor.organisation, message, (Report::RecallAccepted, ""), now).await?;
    }
    let note = format!("{}: {reason}", found.document.sender);
    store::add_to_course(tx, actor, id, (Act::Recall, &note), now).await?;
    log(tx, actor, "incoming_recalled", id, json!({}), now).await
}
