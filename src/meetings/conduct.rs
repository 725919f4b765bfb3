//! Holding a meeting: the current item, and who is there.

use serde_json::json;

use super::actions::{MeetingError, claim, log};
use super::rules::{Attendance, MeetingState};
use super::store::{self, Item};
use super::{ItemId, MeetingId, answers};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{Actor, PersonId};

/// Goes to an item; the one before it is over. `seen` is the present item on
/// the screen that asks: if another device went on meanwhile, a tap meant for
/// then must not lead back. False: it is the present item already.
pub async fn go_to(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    item: ItemId,
    seen: Option<ItemId>,
    now: Timestamp,
) -> Result<bool, MeetingError> {
    let (mut meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if meeting.state != MeetingState::InProgress {
        return Err(MeetingError::NotNow);
    }
    let items = store::items(tx, id).await?;
    let next = items.iter().find(|known| known.id == item).ok_or(MeetingError::NotFound)?;
    if meeting.current_item_id == Some(item) {
        return Ok(false);
    }
    if seen.is_some() && meeting.current_item_id != seen {
        return Err(MeetingError::WentOn);
    }
    end_current(tx, &meeting, &items, now).await?;
    let begun = Item { started_at: next.started_at.or(Some(now)), ended_at: None, ..next.clone() };
    store::update_item(tx, id, &begun).await?;
    meeting.current_item_id = Some(item);
    store::update_meeting(tx, &meeting).await?;
    log(tx, actor, "item_started", id, json!({ "item": item.to_string() }), now).await?;
    Ok(true)
}

pub(super) async fn end_current(
    tx: &mut Tx,
    meeting: &store::Meeting,
    items: &[Item],
    now: Timestamp,
) -> Result<(), MeetingError> {
    let current = items.iter().find(|item| Some(item.id) == meeting.current_item_id);
    if let Some(item) = current {
        store::update_item(tx, meeting.id, &Item { ended_at: Some(now), ..item.clone() }).await?;
    }
    Ok(())
}

/// The actor says: I am here, or with you from elsewhere. From the invitation until the end.
pub async fn check_in(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    is_online: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if standing.role.is_none() {
        return Err(MeetingError::NotFound);
    }
    if !takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let attendance = if is_online { Attendance::Online } else { Attendance::Present };
    store::check_in(tx, id, actor.person, attendance, now).await?;
    let details = json!({ "person": actor.person.to_string(), "attendance": attendance });
    log(tx, actor, "checked_in", id, details, now).await
}

pub fn takes_check_ins(meeting: &store::Meeting) -> bool {
    meeting.state == MeetingState::Published || meeting.state.has_begun_and_not_ended()
}

/// The chair or secretary notes another person's presence.
pub async fn note_attendance(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    person: PersonId,
    attendance: Attendance,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if !takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let reason = clean_line(reason).unwrap_or_default();
    let left_at = (attendance == Attendance::LeftEarly).then_some(now);
    let is_invited = match attendance {
        there if there.is_there() => store::check_in(tx, id, person, there, now).await?,
        _ => store::set_attendance(tx, id, person, attendance, &reason, left_at).await?,
    };
    if !is_invited {
        return Err(MeetingError::NotFound);
    }
    let details = json!({ "person": person.to_string(), "attendance": attendance });
    log(tx, actor, "attendance_noted", id, details, now).await
}

/// The secretary seats someone for a member, on the day itself too; the body's
/// rule holds as it does when the member sends them.
pub async fn substitute(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    member: PersonId,
    substitute: PersonId,
    reason: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser);
    }
    if !takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let reason = clean_line(reason).unwrap_or_default();
    answers::seat(tx, actor, &meeting, (member, substitute), &reason, now).await
}
