//! Rooms: who has which, their plans, and the days on which they stay closed.

use std::collections::BTreeSet;

use serde_json::json;

use super::actions::MeetingError;
use super::rules::Slots;
use super::store::{self, Holder, Holiday, Meeting, Room, Seat};
use super::{MeetingId, RoomId};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, OrgRole};

/// Largest plan, in rows and in columns.
pub const LONGEST_SIDE: i64 = 20;
const MOST_PEOPLE: i64 = 5_000;
const LONGEST_LABEL: usize = 6;

/// Gives the meeting its room for its time, or says who has it.
pub(super) async fn hold(tx: &mut Tx, actor: &Actor, meeting: &Meeting) -> Result<(), MeetingError> {
    let Some(room) = meeting.room_id else { return Ok(store::release_rooms(tx, meeting.id).await?) };
    let slots = Slots::of(meeting.starts_at, meeting.ends_at).ok_or(MeetingError::Time)?;
    if store::hold_room(tx, meeting.id, room, slots).await? {
        return Ok(());
    }
    let holders = store::holders(tx, meeting.organisation_id, slots, meeting.id).await?;
    let holder = holders.into_iter().find(|holder| holder.room_id == room).ok_or(MeetingError::Time)?;
    Err(MeetingError::RoomTaken(Box::new(told_to(actor, holder))))
}

/// Whoever does not prepare the office's meetings learns the time, not the title.
fn told_to(actor: &Actor, holder: Holder) -> Holder {
    if actor.is(OrgRole::Secretary) { holder } else { Holder { title: "–".to_owned(), ..holder } }
}

/// A room, and who has it at a time, if someone has.
#[derive(Clone, Debug)]
pub struct RoomChoice {
    pub room: Room,
    pub holder: Option<Holder>,
}

/// Every room with who has it between two moments, apart from one meeting.
pub async fn choices(
    tx: &mut Tx,
    actor: &Actor,
    time: (Timestamp, Timestamp),
    except: Option<MeetingId>,
) -> Result<Vec<RoomChoice>, MeetingError> {
    let holders = match Slots::of(time.0, time.1) {
        // An id made now is nobody's.
        Some(slots) => store::holders(tx, actor.organisation, slots, except.unwrap_or_default()).await?,
        None => Vec::new(),
    };
    let rooms = store::rooms(tx, actor.organisation).await?;
    let choice = |room: Room| RoomChoice {
        holder: holders.iter().find(|one| one.room_id == room.id).map(|one| told_to(actor, one.clone())),
        room,
    };
    Ok(rooms.into_iter().map(choice).collect())
}

/// True when nobody has the room then.
pub(super) async fn is_free(
    tx: &mut Tx,
    actor: &Actor,
    room: RoomId,
    time: (Timestamp, Timestamp),
) -> Result<bool, MeetingError> {
    let choices = choices(tx, actor, time, None).await?;
    Ok(choices.iter().any(|choice| choice.room.id == room && choice.holder.is_none()))
}

/// What a form says about a room.
#[derive(Clone, Debug)]
pub struct RoomDetails {
    pub name: String,
    pub seats: i64,
    /// Row, column and label; without a label there is no seat.
    pub plan: Vec<Seat>,
}

/// The room of the organisation, for everyone who may choose one.
pub async fn find(tx: &mut Tx, actor: &Actor, room: RoomId) -> Result<Room, MeetingError> {
    let rooms = store::rooms(tx, actor.organisation).await?;
    rooms.into_iter().find(|known| known.id == room).ok_or(MeetingError::NotFound)
}

pub async fn create(
    tx: &mut Tx,
    actor: &Actor,
    details: &RoomDetails,
    now: Timestamp,
) -> Result<RoomId, MeetingError> {
    must_keep(actor)?;
    let room = checked(RoomId::new(), details)?;
    store::insert_room(tx, actor.organisation, &room).await?;
    log(tx, actor, "room_created", format!("room:{}", room.id), json!({ "name": room.name }), now).await?;
    Ok(room.id)
}

/// Changes name, capacity and plan.
pub async fn edit(
    tx: &mut Tx,
    actor: &Actor,
    id: RoomId,
    details: &RoomDetails,
    now: Timestamp,
) -> Result<(), MeetingError> {
    find(tx, actor, id).await?;
    must_keep(actor)?;
    let room = checked(id, details)?;
    let plan = checked_plan(&details.plan)?;
    store::update_room(tx, actor.organisation, &room).await?;
    if !store::replace_seats(tx, id, &plan).await? {
        return Err(MeetingError::Seats);
    }
    let noted = json!({ "name": room.name, "seats": room.seats, "planned": plan.len() });
    log(tx, actor, "room_edited", format!("room:{id}"), noted, now).await
}

fn checked(id: RoomId, details: &RoomDetails) -> Result<Room, MeetingError> {
    let name = clean_line(&details.name).ok_or(MeetingError::Title)?;
    let seats = details.seats;
    if !(1..=MOST_PEOPLE).contains(&seats) {
        return Err(MeetingError::Seats);
    }
    Ok(Room { id, name, seats })
}

/// Seats with a label, each label once.
fn checked_plan(plan: &[Seat]) -> Result<Vec<Seat>, MeetingError> {
    let mut labels = BTreeSet::new();
    let mut seats = Vec::new();
    for seat in plan {
        let Some(label) = clean_line(&seat.label) else { continue };
        let fits = label.chars().count() <= LONGEST_LABEL
            && (1..=LONGEST_SIDE).contains(&seat.row_number)
            && (1..=LONGEST_SIDE).contains(&seat.column_number);
        if !fits || !labels.insert(label.clone()) {
            return Err(MeetingError::Seats);
        }
        seats.push(Seat { label, ..seat.clone() });
    }
    Ok(seats)
}

/// Enters a day on which the office is closed.
pub async fn put_holiday(
    tx: &mut Tx,
    actor: &Actor,
    day: &str,
    name: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    must_keep(actor)?;
    let day: jiff::civil::Date = day.parse().map_err(|_| MeetingError::Time)?;
    let name = clean_line(name).ok_or(MeetingError::Title)?;
    let holiday = Holiday { day: day.to_string(), name };
    if !store::put_holiday(tx, actor.organisation, &holiday).await? {
        return Err(MeetingError::HolidayTwice);
    }
    log(tx, actor, "holiday_set", format!("holiday:{}", holiday.day), json!({ "name": holiday.name }), now)
        .await
}

pub async fn remove_holiday(
    tx: &mut Tx,
    actor: &Actor,
    day: &str,
    now: Timestamp,
) -> Result<(), MeetingError> {
    must_keep(actor)?;
    if !store::delete_holiday(tx, actor.organisation, day).await? {
        return Err(MeetingError::NotFound);
    }
    log(tx, actor, "holiday_removed", format!("holiday:{day}"), json!({}), now).await
}

pub(super) fn must_keep(actor: &Actor) -> Result<(), MeetingError> {
    if actor.is(OrgRole::SystemAdmin) { Ok(()) } else { Err(MeetingError::NotKeeper) }
}

pub(super) async fn log(
    tx: &mut Tx,
    actor: &Actor,
    act: &str,
    subject: String,
    details: serde_json::Value,
    now: Timestamp,
) -> Result<(), MeetingError> {
    Ok(identity::actions::log(tx, actor, act, subject, details, now).await?)
}
