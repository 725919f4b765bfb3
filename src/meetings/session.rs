//! The session as a whole: begun, at rest, put off, gone on with, closed; and who runs it.

use serde_json::json;

use super::actions::{MeetingError, claim, log};
use super::rules::Attendance;
use super::rules::session::{Act, after};
use super::store::{self, Meeting};
use super::{ENDED_JOB, MeetingId, conduct};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};
use crate::jobs;

/// Opens the session.
pub async fn start(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<(), MeetingError> {
    let mut meeting = claim_for(tx, actor, id, Act::Start).await?;
    meeting.started_at = Some(now);
    store::update_meeting(tx, &meeting).await?;
    log(tx, actor, "meeting_started", id, json!({}), now).await
}

/// Stops for a rest. `has_open_votes` is the later feature's knowledge: nobody
/// should miss a vote over a cup of tea.
pub async fn pause(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    has_open_votes: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let meeting = claim_for(tx, actor, id, Act::Pause).await?;
    if has_open_votes {
        return Err(MeetingError::OpenVotes);
    }
    store::update_meeting(tx, &meeting).await?;
    store::begin_break(tx, id, meeting.state, now).await?;
    log(tx, actor, "meeting_paused", id, json!({}), now).await
}

/// Puts the rest of the session off until another time.
pub async fn adjourn(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    until: Timestamp,
    has_open_votes: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let mut meeting = claim_for(tx, actor, id, Act::Adjourn).await?;
    if has_open_votes {
        return Err(MeetingError::OpenVotes);
    }
    if until <= now {
        return Err(MeetingError::AdjournTime);
    }
    meeting.adjourned_until = Some(until);
    store::update_meeting(tx, &meeting).await?;
    store::end_break(tx, id, now).await?;
    store::begin_break(tx, id, meeting.state, now).await?;
    log(tx, actor, "meeting_adjourned", id, json!({ "until": until.date_time() }), now).await
}

/// Goes on after a rest or an adjournment.
pub async fn resume(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<(), MeetingError> {
    let mut meeting = claim_for(tx, actor, id, Act::Resume).await?;
    meeting.adjourned_until = None;
    store::update_meeting(tx, &meeting).await?;
    store::end_break(tx, id, now).await?;
    log(tx, actor, "meeting_resumed", id, json!({}), now).await
}

/// Closes the session. A vote still open must be closed first, by a person.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    has_open_votes: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let mut meeting = claim_for(tx, actor, id, Act::Close).await?;
    if has_open_votes {
        return Err(MeetingError::OpenVotes);
    }
    let items = store::items(tx, id).await?;
    conduct::end_current(tx, &meeting, &items, now).await?;
    mark_absent(tx, id).await?;
    meeting.adjourned_until = None;
    meeting.ended_at = Some(now);
    meeting.current_item_id = None;
    store::update_meeting(tx, &meeting).await?;
    store::end_break(tx, id, now).await?;
    jobs::queue(tx, ENDED_JOB, &id, now).await?;
    log(tx, actor, "meeting_ended", id, json!({}), now).await
}

/// Holds the meeting and gives it the state the act leads to, not saved yet.
async fn claim_for(tx: &mut Tx, actor: &Actor, id: MeetingId, act: Act) -> Result<Meeting, MeetingError> {
    let (mut meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    meeting.state = after(meeting.state, act)?;
    Ok(meeting)
}

/// Whoever never came and gave no reason was absent.
async fn mark_absent(tx: &mut Tx, id: MeetingId) -> Result<(), MeetingError> {
    for person in store::participants(tx, id).await? {
        if person.attendance == Attendance::NotChecked {
            store::set_attendance(tx, id, person.person_id, Attendance::Absent, "", None).await?;
        }
    }
    Ok(())
}

/// Runs the meeting from now on, instead of the chair; or, as the chair, runs
/// it again. Both devices may still act: the record says who had the word.
pub async fn take_over(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (mut meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_take_over() {
        return Err(MeetingError::NotOrganiser);
    }
    if !conduct::takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let conductor = (!standing.is_chair()).then_some(actor.person);
    if meeting.conductor_id == conductor {
        return Ok(());
    }
    meeting.conductor_id = conductor;
    store::update_meeting(tx, &meeting).await?;
    store::add_conductor(tx, id, actor.person, now).await?;
    log(tx, actor, "conducting_taken_over", id, json!({ "person": actor.person.to_string() }), now).await
}

/// Names a participant who may take the meeting over, or takes that back.
pub async fn set_deputy(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    person: PersonId,
    is_deputy: bool,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if !meeting.state.is_editable() {
        return Err(MeetingError::NotNow);
    }
    let named = store::participant(tx, id, person).await?.filter(|named| named.member || !is_deputy);
    let named = named.ok_or(MeetingError::NotFound)?;
    store::set_deputy(tx, id, named.person_id, is_deputy).await?;
    let details = json!({ "person": person.to_string(), "deputy": is_deputy });
    log(tx, actor, "deputy_named", id, details, now).await
}
