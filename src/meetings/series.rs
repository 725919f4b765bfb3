//! Meetings made from others: like the last one, or recurring.

use jiff::civil::Date;
use serde_json::json;

use super::actions::{Basics, MeetingError, change, claim_editable, create, find, log};
use super::rooms;
use super::rules::{Rhythm, recurrences};
use super::store::{self, Item, Meeting};
use super::{ItemId, MeetingId};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;

/// "Như kỳ trước": a new draft with the people, room and recurring items of an
/// earlier meeting, and what was put off there.
pub async fn copy(
    tx: &mut Tx,
    actor: &Actor,
    from: MeetingId,
    starts_at: Timestamp,
    now: Timestamp,
) -> Result<MeetingId, MeetingError> {
    let (model, standing) = find(tx, actor, from).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser);
    }
    let id = make_like(tx, actor, &model, starts_at, now).await?;
    log(tx, actor, "meeting_copied", id, json!({ "from": from.to_string() }), now).await?;
    Ok(id)
}

async fn make_like(
    tx: &mut Tx,
    actor: &Actor,
    model: &Meeting,
    starts_at: Timestamp,
    now: Timestamp,
) -> Result<MeetingId, MeetingError> {
    let ends_at = starts_at.plus_seconds(model.ends_at.seconds_since(model.starts_at));
    let mut basics = basics_of(tx, model).await?;
    basics.starts_at = starts_at;
    basics.ends_at = ends_at;
    // A room that others have then is left out: the readiness list says so.
    if let Some(room) = basics.room
        && !rooms::is_free(tx, actor, room, (starts_at, ends_at)).await?
    {
        basics.room = None;
    }
    let id = create(tx, actor, basics, now).await?;
    for (position, person) in (1..).zip(store::participants(tx, model.id).await?) {
        if person.substitute_for.is_none() {
            store::put_participant(tx, id, person.person_id, person.role, position).await?;
        }
    }
    let items = store::items(tx, model.id).await?;
    let items = items.into_iter().filter(|item| item.recurring || item.deferred);
    for (position, item) in (0..).zip(items) {
        let id_of_copy = ItemId::new();
        let copied =
            Item { id: id_of_copy, position, started_at: None, ended_at: None, deferred: false, ..item };
        store::insert_item(tx, id, &copied).await?;
    }
    Ok(id)
}

async fn basics_of(tx: &mut Tx, model: &Meeting) -> Result<Basics, MeetingError> {
    let plan = store::plan(tx, model.id).await?;
    Ok(Basics {
        title: model.title.clone(),
        kind: model.type_id,
        room: model.room_id,
        starts_at: model.starts_at,
        ends_at: model.ends_at,
        online_url: plan.online_url,
        restricted: plan.restricted,
    })
}

/// Makes drafts like this meeting on every later day of a rhythm; gives how
/// many there are.
pub async fn repeat(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    rhythm: Rhythm,
    until: Date,
    now: Timestamp,
) -> Result<usize, MeetingError> {
    let model = claim_editable(tx, actor, id).await?;
    if store::plan(tx, id).await?.series_id.is_some() || model.state.has_begun_and_not_ended() {
        return Err(MeetingError::NotNow);
    }
    let first = model.starts_at.in_office().date();
    let days = recurrences(first, rhythm, until);
    if days.is_empty() {
        return Err(MeetingError::Time);
    }
    // Before the log, which other holders of the room may wait for.
    if let Some(room) = model.room_id {
        store::claim_room(tx, room).await?;
    }
    let series = store::insert_series(tx, actor.organisation, rhythm, actor.person, now).await?;
    store::set_series(tx, id, series).await?;
    for day in &days {
        let apart = i64::from((*day - first).get_days());
        let made = make_like(tx, actor, &model, model.starts_at.plus_seconds(apart * 86_400), now).await?;
        store::set_series(tx, made, series).await?;
    }
    log(tx, actor, "meeting_repeated", id, json!({ "rhythm": rhythm, "meetings": days.len() }), now).await?;
    Ok(days.len())
}

/// Changes this meeting and those that follow in its series: title, kind,
/// place; and the time by as much as this one moves.
pub async fn edit_following(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    basics: Basics,
    version: i64,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_editable(tx, actor, id).await?;
    if meeting.version != version {
        return Err(MeetingError::Stale);
    }
    let plan = store::plan(tx, id).await?;
    let series = plan.series_id.ok_or(MeetingError::NotFound)?;
    let moved = basics.starts_at.seconds_since(meeting.starts_at);
    let length = basics.ends_at.seconds_since(basics.starts_at);
    let mut turns = vec![id];
    turns.extend(store::following(tx, series, meeting.starts_at).await?);
    // The last first when they move on, so that none runs into the next one's room.
    if moved > 0 {
        turns.reverse();
    }
    // All are held before anything is written: who holds one of them waits for nothing of ours.
    let mut held = Vec::new();
    for turn in turns {
        held.push(claim_editable(tx, actor, turn).await?);
    }
    for one in held {
        let starts_at = one.starts_at.plus_seconds(moved);
        let ends_at = starts_at.plus_seconds(length);
        change(tx, actor, one, Basics { starts_at, ends_at, ..basics.clone() }, now).await?;
    }
    Ok(())
}
