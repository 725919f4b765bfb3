//! Laying a document before a leader, and what the leader says about it.

use serde_json::json;

use super::IncomingId;
use super::actions::{IncomingError, claim, heads_of, sync_readers, text};
use super::course::{log, tell};
use super::rules::Act;
use super::sent;
use super::store::{self, Direction, Document};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId, UnitId};

/// Lays a registered document before a leader, or before another one.
pub async fn present(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (leader, note, seen): (PersonId, &str, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    found.must(found.standing.is_clerk || found.standing.is_leader)?;
    found.after(Act::Present)?;
    present_to(tx, actor, &found.document, (leader, note), now).await
}

pub(super) async fn present_to(
    tx: &mut Tx,
    actor: &Actor,
    document: &Document,
    (leader, note): (PersonId, &str),
    now: Timestamp,
) -> Result<(), IncomingError> {
    // The id comes from a form: it must be someone of this organisation.
    let leader = identity::store::person(tx, actor.organisation, leader).await?;
    let leader = leader.filter(|person| person.active).ok_or(IncomingError::NotFound)?;
    store::present(tx, document.id, leader.id, now).await?;
    let note = match text(note)? {
        said if said.is_empty() => leader.full_name.clone(),
        said => format!("{}: {said}", leader.full_name),
    };
    store::add_to_course(tx, actor, document.id, (Act::Present, &note), now).await?;
    tell(tx, document, std::slice::from_ref(&leader), "incoming-presented-notice", now).await?;
    sync_readers(tx, document.id, document.organisation_id).await?;
    log(tx, actor, "incoming_presented", document.id, json!({ "to": leader.id.to_string() }), now).await
}

/// The leader says which unit deals with it, which help, until when.
pub async fn direct(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (direction, seen): (Direction, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    found.must(found.standing.is_leader)?;
    let direction = checked(tx, actor, direction, now).await?;
    if direction.lead.is_none() {
        return Err(IncomingError::NoLead);
    }
    let state = found.after(Act::Direct)?;
    store::direct(tx, id, state, &direction, now).await?;
    sent::follow(tx, &found.document, state, now).await?;
    store::name_units(tx, id, &direction).await?;
    let said = spoken(tx, id, &direction).await?;
    store::add_to_course(tx, actor, id, (Act::Direct, &said), now).await?;
    for named in store::units_of(tx, id).await? {
        let heads = heads_of(tx, actor.organisation, named.unit_id).await?;
        tell(tx, &found.document, &heads, "incoming-directed-notice", now).await?;
    }
    sync_readers(tx, id, actor.organisation).await?;
    log(tx, actor, "incoming_directed", id, json!({ "units": direction.help.len() + 1 }), now).await
}

/// The leader says that nobody has to act; units named are told.
pub async fn inform(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (direction, seen): (Direction, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    found.must(found.standing.is_leader)?;
    let state = found.after(Act::Inform)?;
    let mut direction = checked(tx, actor, direction, now).await?;
    direction.help.extend(direction.lead.take());
    direction.deadline = None;
    store::direct(tx, id, state, &direction, now).await?;
    store::name_units(tx, id, &direction).await?;
    let said = spoken(tx, id, &direction).await?;
    store::add_to_course(tx, actor, id, (Act::Inform, &said), now).await?;
    for named in store::units_of(tx, id).await? {
        let heads = heads_of(tx, actor.organisation, named.unit_id).await?;
        tell(tx, &found.document, &heads, "incoming-informed-notice", now).await?;
    }
    sync_readers(tx, id, actor.organisation).await?;
    log(tx, actor, "incoming_informed", id, json!({ "units": direction.help.len() }), now).await
}

/// A direction as typed, with ids of this organisation only.
async fn checked(
    tx: &mut Tx,
    actor: &Actor,
    typed: Direction,
    now: Timestamp,
) -> Result<Direction, IncomingError> {
    let units = identity::store::units(tx, actor.organisation).await?;
    let is_ours = |id: &UnitId| units.iter().any(|unit| unit.id == *id);
    if !typed.lead.iter().chain(&typed.help).all(is_ours) {
        return Err(IncomingError::NotFound);
    }
    if typed.deadline.is_some_and(|deadline| deadline < now) {
        return Err(IncomingError::Deadline);
    }
    // Who leads does not help itself.
    let help = typed.help.into_iter().filter(|unit| Some(*unit) != typed.lead).collect();
    Ok(Direction { text: text(&typed.text)?, help, ..typed })
}

/// A direction as the slip keeps it: later ones replace what the document
/// says, this line stays.
async fn spoken(tx: &mut Tx, id: IncomingId, direction: &Direction) -> Result<String, IncomingError> {
    let units = store::units_of(tx, id).await?;
    let mut lines: Vec<String> = vec![units.into_iter().map(|unit| unit.name).collect::<Vec<_>>().join("; ")];
    lines.extend(direction.deadline.map(|deadline| deadline.date()));
    lines.push(direction.text.clone());
    lines.retain(|line| !line.is_empty());
    Ok(lines.join("\n"))
}
