//! What those who run the meeting do with the floor and the queue.
//!
//! Each act holds the meeting first, so two devices act one after the other
//! and the second finds what the first has done.

use serde_json::json;

use super::RequestId;
use super::actions::{SpeechError, find, log, step};
use super::rules::{Act, EXTRA_SECONDS, SpeechKind, SpeechState, after};
use super::store::{self, Request};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::Actor;
use crate::meetings::MeetingId;
use crate::meetings::actions::{self as meetings_actions};
use crate::meetings::rules::MeetingState;

/// More requests than are moved past each other by hand.
const LONGEST_QUEUE: i64 = 1_000;

/// Where a waiting request is moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    First,
    Up,
    Down,
}

/// Calls, stops, ends, passes over or puts back.
pub async fn act(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
    act: Act,
    now: Timestamp,
) -> Result<Request, SpeechError> {
    let request = claim(tx, actor, id, matches!(act, Act::Call | Act::Resume)).await?;
    let to = after(request.state, act)?;
    if act == Act::Call && store::floor(tx, request.meeting_id).await?.is_some() {
        return Err(SpeechError::FloorTaken);
    }
    if act == Act::PutBack {
        put_last(tx, &request).await?;
    }
    if !store::take_step(tx, id, &step(&request, to, now)).await? {
        return Err(SpeechError::Overtaken);
    }
    let spoken = request.time().spoken_at(now) / 1_000_000;
    log(tx, actor, word(act), id, json!({ "person": request.person_id.to_string(), "spoken": spoken }), now)
        .await?;
    Ok(request)
}

fn word(act: Act) -> &'static str {
    match act {
        Act::Call => "speaker_called",
        Act::Pause => "speaker_paused",
        Act::Resume => "speaker_resumed",
        Act::End => "speaker_ended",
        Act::Skip => "speaker_skipped",
        Act::PutBack => "speaker_put_back",
        Act::Withdraw => "speech_withdrawn",
    }
}

/// To the end of the queue; not beside a newer request of the same person.
async fn put_last(tx: &mut Tx, request: &Request) -> Result<(), SpeechError> {
    let active = store::active_of(tx, request.meeting_id, request.person_id).await?;
    if active.iter().any(|other| other.item_id == request.item_id && other.kind == request.kind) {
        return Err(SpeechError::AlreadyAsked);
    }
    let last = store::last_position(tx, request.item_id).await?;
    Ok(store::set_position(tx, request.id, last).await?)
}

/// Gives whoever has the floor one more minute.
pub async fn extend(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
    now: Timestamp,
) -> Result<Request, SpeechError> {
    let request = claim(tx, actor, id, true).await?;
    if !matches!(request.state, SpeechState::Speaking | SpeechState::Paused) {
        return Err(SpeechError::Overtaken);
    }
    store::extend(tx, id, EXTRA_SECONDS).await?;
    log(tx, actor, "speaker_extended", id, json!({ "seconds": EXTRA_SECONDS }), now).await?;
    Ok(request)
}

/// Moves a waiting request among those of its rank: a point of order stays before all others.
pub async fn move_to(
    tx: &mut Tx,
    actor: &Actor,
    id: RequestId,
    place: Place,
    now: Timestamp,
) -> Result<Request, SpeechError> {
    let request = claim(tx, actor, id, false).await?;
    if request.state != SpeechState::Registered {
        return Err(SpeechError::Overtaken);
    }
    let is_point = |kind| kind == SpeechKind::PointOfOrder;
    let mut queue = store::queue(tx, request.item_id, LONGEST_QUEUE).await?;
    queue.retain(|other| is_point(other.kind) == is_point(request.kind));
    let Some(index) = queue.iter().position(|other| other.id == id) else {
        return Err(SpeechError::Overtaken);
    };
    let target = match place {
        Place::First => 0,
        Place::Up => index.saturating_sub(1),
        Place::Down => (index + 1).min(queue.len() - 1),
    };
    let moved = queue.remove(index);
    queue.insert(target, moved);
    renumber(tx, &queue).await?;
    log(tx, actor, "speaker_moved", id, json!({ "place": target + 1 }), now).await?;
    Ok(request)
}

/// Writes the order down; most requests keep the number they had.
async fn renumber(tx: &mut Tx, queue: &[Request]) -> Result<(), SpeechError> {
    let mut numbers: Vec<i64> = queue.iter().map(|request| request.position).collect();
    numbers.sort_unstable();
    let mut least = i64::MIN;
    for (request, number) in queue.iter().zip(numbers) {
        // Two who asked at the same moment may share a number; from here on they do not.
        let number = number.max(least);
        least = number + 1;
        if request.position != number {
            store::set_position(tx, request.id, number).await?;
        }
    }
    Ok(())
}

/// Stops the clock of whoever speaks, when the meeting rests.
pub async fn halt(tx: &mut Tx, actor: &Actor, meeting: MeetingId, now: Timestamp) -> Result<(), SpeechError> {
    match store::floor(tx, meeting).await? {
        Some(request) if request.state == SpeechState::Speaking => {
            act(tx, actor, request.id, Act::Pause, now).await.map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Takes the floor back, when the item or the meeting is over.
pub async fn clear(
    tx: &mut Tx,
    actor: &Actor,
    meeting: MeetingId,
    now: Timestamp,
) -> Result<(), SpeechError> {
    match store::floor(tx, meeting).await? {
        Some(request) => act(tx, actor, request.id, Act::End, now).await.map(|_| ()),
        None => Ok(()),
    }
}

/// Holds the meeting of a request, for those who run it; `under_way` where
/// the act makes someone speak.
async fn claim(tx: &mut Tx, actor: &Actor, id: RequestId, under_way: bool) -> Result<Request, SpeechError> {
    let (request, standing) = find(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(SpeechError::NotConducting);
    }
    let (meeting, _) = meetings_actions::claim(tx, actor, request.meeting_id).await?;
    let is_possible = if under_way {
        meeting.state == MeetingState::InProgress
    } else {
        meeting.state == MeetingState::Published || meeting.state.has_begun_and_not_ended()
    };
    if !is_possible {
        return Err(SpeechError::NotUnderWay);
    }
    // Read again, now that the meeting is held.
    store::request(tx, id).await?.ok_or(SpeechError::NotFound)
}
