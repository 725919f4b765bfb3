//! The work on a document, from the unit's people to the file.

use serde_json::json;

use super::IncomingId;
use super::actions::{IncomingError, claim, hold, reason_of, sync_readers, text};
use super::course::{log, tell};
use super::rules::{Act, State};
use super::store;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, PersonId};
use crate::meetings;

/// A unit says who of its people works on the document; a second list
/// replaces the first.
pub async fn assign(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (people, note, seen): (&[PersonId], &str, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    let (unit, is_lead) = found.standing.heads.ok_or(IncomingError::NotYours)?;
    let state = found.after(if is_lead { Act::Assign } else { Act::Help })?;
    let of_unit = meetings::store::people_of_unit(tx, unit).await?;
    if people.iter().any(|person| !of_unit.contains(person)) {
        return Err(IncomingError::NotFound);
    }
    if people.is_empty() {
        return Err(IncomingError::Nobody);
    }
    store::replace_assignments(tx, id, unit, now).await?;
    for person in people {
        store::assign(tx, id, unit, *person).await?;
    }
    store::set_state(tx, id, state).await?;
    let note = named(tx, actor, people, &text(note)?).await?;
    let act = if is_lead { Act::Assign } else { Act::Help };
    store::add_to_course(tx, actor, id, (act, &note), now).await?;
    let mut all = identity::store::people(tx, actor.organisation).await?;
    all.retain(|one| people.contains(&one.id) && one.id != actor.person);
    tell(tx, &found.document, &all, "incoming-assigned-notice", now).await?;
    sync_readers(tx, id, actor.organisation).await?;
    log(tx, actor, "incoming_assigned", id, json!({ "people": people.len() }), now).await
}

async fn named(tx: &mut Tx, actor: &Actor, people: &[PersonId], note: &str) -> Result<String, IncomingError> {
    let all = identity::store::people(tx, actor.organisation).await?;
    let names = all.iter().filter(|one| people.contains(&one.id)).map(|one| one.full_name.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    Ok(if note.is_empty() { names } else { format!("{names}\n{note}") })
}

/// Someone at work says how far they are. `is_done`: their part is; when the
/// lead unit says so, the document is.
pub async fn report(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (said, is_done, seen): (&str, bool, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    let leads = found.standing.works.ok_or(IncomingError::NotYours)?;
    let said = Some(text(said)?).filter(|said| !said.is_empty()).ok_or(IncomingError::Text)?;
    let act = match (leads, is_done) {
        (true, true) => Act::Complete,
        (true, false) => Act::Report,
        (false, _) => Act::Help,
    };
    let state = found.after(act)?;
    store::complete(tx, id, state, (act == Act::Complete).then_some(now)).await?;
    if is_done {
        store::mark_done(tx, id, actor.person, Some(now)).await?;
    }
    store::add_to_course(tx, actor, id, (act, &said), now).await?;
    if act == Act::Complete {
        let mut leader = identity::store::people(tx, actor.organisation).await?;
        leader.retain(|one| Some(one.id) == found.document.presented_to);
        tell(tx, &found.document, &leader, "incoming-completed-notice", now).await?;
    }
    log(tx, actor, "incoming_reported", id, json!({ "done": is_done }), now).await
}

/// The leader finds that what was called done is not.
pub async fn reopen(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (reason, seen): (&str, i64),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = claim(tx, actor, id, seen).await?;
    found.must(found.standing.is_leader)?;
    let state = found.after(Act::Reopen)?;
    let reason = reason_of(reason)?;
    store::complete(tx, id, state, None).await?;
    let lead = found.document.lead_unit_id;
    for one in found.people.iter().filter(|one| Some(one.unit_id) == lead) {
        store::mark_done(tx, id, one.person_id, None).await?;
    }
    store::add_to_course(tx, actor, id, (Act::Reopen, &reason), now).await?;
    let mut people = identity::store::people(tx, actor.organisation).await?;
    people.retain(|one| found.people.iter().any(|at_work| at_work.person_id == one.id));
    tell(tx, &found.document, &people, "incoming-reopened-notice", now).await?;
    log(tx, actor, "incoming_reopened", id, json!({}), now).await
}

/// A registered document lies in a file (hồ sơ), the first or one more; `all`
/// names every file it lies in now. When its work is done, that ends its way;
/// before, it only lies there. `files` calls this with its own row.
pub async fn file(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (file, all): (&str, &str),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let found = hold(tx, actor, id).await?;
    found.must(found.standing.is_clerk || found.standing.leads_work())?;
    let document = &found.document;
    let state = document.state.after(Act::File).unwrap_or(document.state);
    let filed_at = (state == State::Filed).then(|| document.filed_at.unwrap_or(now));
    store::file(tx, id, state, (all, filed_at)).await?;
    store::add_to_course(tx, actor, id, (Act::File, file), now).await?;
    log(tx, actor, "incoming_filed", id, json!({ "file": file }), now).await
}

/// A document was taken out of a file; `left` names those it lies in still. In
/// none: it waits to be filed again. The file judged who may.
pub async fn take_out(
    tx: &mut Tx,
    actor: &Actor,
    id: IncomingId,
    (left, note): (&str, &str),
    now: Timestamp,
) -> Result<(), IncomingError> {
    let document = store::claim(tx, actor.organisation, id).await?.ok_or(IncomingError::NotFound)?;
    let state = match document.state {
        State::Filed if !left.is_empty() => State::Filed,
        State::Filed if document.completed_at.is_some() => State::Completed,
        State::Filed => State::InfoOnly,
        other => other,
    };
    let filed_at = document.filed_at.filter(|_| state == State::Filed);
    store::file(tx, id, state, (left, filed_at)).await?;
    store::add_to_course(tx, actor, id, (Act::TakeOut, note), now).await?;
    log(tx, actor, "incoming_taken_out", id, json!({ "note": note }), now).await
}
