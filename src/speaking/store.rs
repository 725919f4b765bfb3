//! SQL on requests to speak.

mod answers;
mod history;

use super::RequestId;
use super::rules::{AnswerWay, SpeakingTime, SpeechKind, SpeechState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::{ItemId, MeetingId};
use crate::sql;

pub use self::answers::{Answer, answer, answers, put_answer};
pub use self::history::{Total, history, totals};

crate::column!(RequestId as uuid::Uuid);
crate::column!(SpeechKind as String);
crate::column!(SpeechState as String);
crate::column!(AnswerWay as String);

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Request {
    pub id: RequestId,
    pub meeting_id: MeetingId,
    pub item_id: ItemId,
    pub person_id: PersonId,
    pub full_name: String,
    pub unit: String,
    pub kind: SpeechKind,
    pub topic: String,
    pub addressee_id: Option<PersonId>,
    pub addressee: Option<String>,
    pub state: SpeechState,
    pub position: i64,
    pub allotted_seconds: i64,
    pub spoken: i64,
    pub running_since: Option<Timestamp>,
    pub called_at: Option<Timestamp>,
}

impl Request {
    pub fn time(&self) -> SpeakingTime {
        SpeakingTime {
            allotted_seconds: self.allotted_seconds,
            spoken: self.spoken,
            running_since: self.running_since,
        }
    }
}

/// A request as it is written down.
#[derive(Clone, Debug)]
pub struct NewRequest {
    pub id: RequestId,
    pub meeting: MeetingId,
    pub item: ItemId,
    pub person: PersonId,
    pub kind: SpeechKind,
    pub topic: String,
    pub addressee: Option<PersonId>,
    pub allotted_seconds: i64,
    /// Who wrote it down for the person.
    pub entered_by: Option<PersonId>,
}

/// Puts a request at the end of the queue of its item. False: the person has
/// one of this kind there already.
pub async fn insert(tx: &mut Tx, request: &NewRequest, now: Timestamp) -> Result<bool, db::Error> {
    let added = sql!(tx => execute
        "INSERT INTO speech_request (id, meeting_id, item_id, person_id, kind, topic, addressee_id, state,
                                     position, allotted_seconds, spoken, asked_at, entered_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'registered',
                 (SELECT coalesce(max(position), 0) + 1 FROM speech_request WHERE item_id = $3), $8, 0, $9, $10)
         ON CONFLICT (item_id, person_id, kind) WHERE state IN ('registered', 'speaking', 'paused') DO NOTHING",
        request.id, request.meeting, request.item, request.person, request.kind, request.topic.as_str(),
        request.addressee, request.allotted_seconds, now, request.entered_by)?;
    Ok(added == 1)
}

pub async fn request(tx: &mut Tx, id: RequestId) -> Result<Option<Request>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT request.id, request.meeting_id, request.item_id, request.person_id, person.full_name,
                unit.name AS unit, request.kind, request.topic, request.addressee_id,
                addressee.full_name AS addressee, request.state, request.position, request.allotted_seconds,
                request.spoken, request.running_since, request.called_at
         FROM speech_request request
         JOIN person ON person.id = request.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person addressee ON addressee.id = request.addressee_id
         WHERE request.id = $1" as Request, id)
}

/// The first who wait on an item, in the order they are called: points of
/// order before all others.
pub async fn queue(tx: &mut Tx, item: ItemId, most: i64) -> Result<Vec<Request>, db::Error> {
    sql!(tx => fetch_all
        "SELECT request.id, request.meeting_id, request.item_id, request.person_id, person.full_name,
                unit.name AS unit, request.kind, request.topic, request.addressee_id,
                addressee.full_name AS addressee, request.state, request.position, request.allotted_seconds,
                request.spoken, request.running_since, request.called_at
         FROM speech_request request
         JOIN person ON person.id = request.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person addressee ON addressee.id = request.addressee_id
         WHERE request.item_id = $1 AND request.state = 'registered'
         ORDER BY request.kind <> 'point_of_order', request.position, request.id LIMIT $2" as Request,
        item, most)
}

/// How many wait on an item.
pub async fn waiting(tx: &mut Tx, item: ItemId) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM speech_request WHERE item_id = $1 AND state = 'registered'" as (i64,), item)?;
    Ok(count)
}

/// How many of those who wait are called before this request.
pub async fn ahead_of(tx: &mut Tx, request: &Request) -> Result<i64, db::Error> {
    let is_point = request.kind == SpeechKind::PointOfOrder;
    let (count,) = sql!(tx => fetch_one
        "SELECT count(id) FROM speech_request
         WHERE item_id = $1 AND state = 'registered'
           AND ((kind = 'point_of_order' AND NOT ($2 AND $2))
                OR ((kind = 'point_of_order') = ($2 AND $2)
                    AND (position < $3 OR (position = $3 AND id < $4))))" as (i64,),
        request.item_id, is_point, request.position, request.id)?;
    Ok(count)
}

/// Who has the floor of a meeting.
pub async fn floor(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Request>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT id FROM speech_request WHERE meeting_id = $1 AND state IN ('speaking', 'paused')"
        as (RequestId,), meeting)?;
    match row {
        Some((id,)) => request(tx, id).await,
        None => Ok(None),
    }
}

/// The requests of a person that wait or have the floor.
pub async fn active_of(tx: &mut Tx, meeting: MeetingId, person: PersonId) -> Result<Vec<Request>, db::Error> {
    sql!(tx => fetch_all
        "SELECT request.id, request.meeting_id, request.item_id, request.person_id, person.full_name,
                unit.name AS unit, request.kind, request.topic, request.addressee_id,
                addressee.full_name AS addressee, request.state, request.position, request.allotted_seconds,
                request.spoken, request.running_since, request.called_at
         FROM speech_request request
         JOIN person ON person.id = request.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person addressee ON addressee.id = request.addressee_id
         WHERE request.meeting_id = $1 AND request.person_id = $2
           AND request.state IN ('registered', 'speaking', 'paused')
         ORDER BY request.asked_at, request.id" as Request, meeting, person)
}

/// What an act makes of a request.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub from: SpeechState,
    pub to: SpeechState,
    pub spoken: i64,
    pub running_since: Option<Timestamp>,
    pub now: Timestamp,
}

/// Takes a step. False: the request was not in the state it starts from.
pub async fn take_step(tx: &mut Tx, id: RequestId, step: &Step) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE speech_request SET state = $3, spoken = $4, running_since = $5,
                called_at = CASE WHEN $3 = 'speaking' THEN coalesce(called_at, $6) ELSE called_at END,
                ended_at = CASE WHEN $3 IN ('finished', 'skipped', 'withdrawn') THEN $6 END
         WHERE id = $1 AND state = $2", id, step.from, step.to, step.spoken, step.running_since, step.now)?;
    Ok(changed == 1)
}

pub async fn extend(tx: &mut Tx, id: RequestId, seconds: i64) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE speech_request SET allotted_seconds = allotted_seconds + $2 WHERE id = $1", id, seconds)?;
    Ok(())
}

pub async fn set_position(tx: &mut Tx, id: RequestId, position: i64) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE speech_request SET position = $2 WHERE id = $1", id, position)?;
    Ok(())
}

/// The place behind the last request of an item.
pub async fn last_position(tx: &mut Tx, item: ItemId) -> Result<i64, db::Error> {
    let (position,) = sql!(tx => fetch_one
        "SELECT coalesce(max(position), 0) + 1 FROM speech_request WHERE item_id = $1" as (i64,), item)?;
    Ok(position)
}
