//! Checking in by the code on the screen of the room, and taking seats.

use openssl::rand::rand_bytes;
use serde_json::json;

use super::actions::{MeetingError, claim, log};
use super::rules::{Attendance, check_in_code, seating};
use super::{MeetingId, conduct, store};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, PersonId};

/// The code of this moment, for the screen of the room.
pub async fn code(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<String, MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if !conduct::takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let secret = match store::check_in_secret(tx, id).await? {
        Some(secret) => secret,
        None => {
            let mut secret = [0; 32];
            rand_bytes(&mut secret)?;
            store::keep_check_in_secret(tx, id, &secret, now).await?;
            secret.to_vec()
        }
    };
    Ok(check_in_code::code(&secret, id, now)?)
}

/// Checks the actor in who read the code in the room.
pub async fn check_in(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    code: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if standing.role.is_none() {
        return Err(MeetingError::NotFound);
    }
    if !conduct::takes_check_ins(&meeting) {
        return Err(MeetingError::NotNow);
    }
    let secret = store::check_in_secret(tx, id).await?.ok_or(MeetingError::StaleCode)?;
    if !check_in_code::is_fresh(&secret, id, code, now)? {
        return Err(MeetingError::StaleCode);
    }
    store::check_in(tx, id, actor.person, Attendance::Present, now).await?;
    let details =
        json!({ "person": actor.person.to_string(), "attendance": Attendance::Present, "by": "code" });
    log(tx, actor, "checked_in", id, details, now).await
}

/// Seats a person, or lets one stand up; whoever sat there stands up.
pub async fn seat(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
    person: PersonId,
    label: Option<&str>,
    now: Timestamp,
) -> Result<(), MeetingError> {
    let seats = claim_seats(tx, actor, id).await?;
    if label.is_some_and(|label| !seats.iter().any(|seat| seat == label)) {
        return Err(MeetingError::NotFound);
    }
    if !store::take_seat(tx, id, person, label).await? {
        return Err(MeetingError::NotFound);
    }
    log(tx, actor, "seat_taken", id, json!({ "person": person.to_string(), "seat": label }), now).await
}

/// Gives everyone without a seat the next free one, in the order of the list.
pub async fn seat_all(tx: &mut Tx, actor: &Actor, id: MeetingId, now: Timestamp) -> Result<(), MeetingError> {
    let seats = claim_seats(tx, actor, id).await?;
    let people = store::participants(tx, id).await?;
    // A seat that is no more in the plan is no seat.
    let seat_of = |person: &store::Participant| person.seat.clone().filter(|seat| seats.contains(seat));
    let taken: Vec<String> = people.iter().filter_map(seat_of).collect();
    let taken: Vec<&str> = taken.iter().map(String::as_str).collect();
    let standing: Vec<PersonId> =
        people.iter().filter(|person| seat_of(person).is_none()).map(|person| person.person_id).collect();
    for (person, seat) in seating::fill(&seats, &taken, &standing) {
        store::take_seat(tx, id, person, Some(&seat)).await?;
    }
    log(tx, actor, "seats_filled", id, json!({ "people": standing.len() }), now).await
}

/// Holds the meeting and gives the labels of its room's seats, to those who run it.
async fn claim_seats(tx: &mut Tx, actor: &Actor, id: MeetingId) -> Result<Vec<String>, MeetingError> {
    let (meeting, standing) = claim(tx, actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser);
    }
    if !meeting.state.is_editable() {
        return Err(MeetingError::NotNow);
    }
    let seats = match meeting.room_id {
        Some(room) => store::seats(tx, room).await?,
        None => Vec::new(),
    };
    Ok(seats.into_iter().map(|seat| seat.label).collect())
}
