//! SQL on rooms, their seats, and who has them when.

use super::seats::{Seat, insert_seat};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::meetings::rules::Slots;
use crate::meetings::{MeetingId, RoomId};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Room {
    pub id: RoomId,
    pub name: String,
    pub seats: i64,
}

/// A meeting that has a room at a time.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Holder {
    pub room_id: RoomId,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
}

pub async fn insert_room(tx: &mut Tx, organisation: OrganisationId, room: &Room) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO room (id, organisation_id, name, seats) VALUES ($1, $2, $3, $4)",
        room.id, organisation, room.name.as_str(), room.seats)?;
    Ok(())
}

pub async fn rooms(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Room>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, name, seats FROM room WHERE organisation_id = $1 ORDER BY name, id" as Room, organisation)
}

/// Writes a room anew. False: it is not of this organisation.
pub async fn update_room(tx: &mut Tx, organisation: OrganisationId, room: &Room) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE room SET name = $3, seats = $4 WHERE organisation_id = $1 AND id = $2",
        organisation, room.id, room.name.as_str(), room.seats)?;
    Ok(changed == 1)
}

/// Puts a plan in the place of the one before. False: a label or a place
/// stands twice, and nothing may be committed.
pub async fn replace_seats(tx: &mut Tx, room: RoomId, seats: &[Seat]) -> Result<bool, db::Error> {
    sql!(tx => execute "DELETE FROM seat WHERE room_id = $1", room)?;
    for seat in seats {
        if !insert_seat(tx, room, seat).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives a room to a meeting for these slots, and takes back what else the
/// meeting had. False: someone has one of them; nothing may then be committed.
///
/// The key of `room_slot` decides. Taking the room's row first makes two who
/// ask at once queue there, each before it holds anything the other wants.
pub async fn hold_room(
    tx: &mut Tx,
    meeting: MeetingId,
    room: RoomId,
    slots: Slots,
) -> Result<bool, db::Error> {
    claim_room(tx, room).await?;
    let held = sql!(tx => execute
        "INSERT INTO room_slot (room_id, slot, meeting_id)
         WITH RECURSIVE wanted (slot) AS (
             SELECT CAST($3 AS BIGINT) UNION ALL SELECT slot + 1 FROM wanted WHERE slot < $4
         )
         SELECT $1, slot, $2 FROM wanted WHERE TRUE
         ON CONFLICT (room_id, slot) DO UPDATE SET meeting_id = excluded.meeting_id
         WHERE room_slot.meeting_id = excluded.meeting_id", room, meeting, slots.first, slots.last)?;
    sql!(tx => execute
        "DELETE FROM room_slot WHERE meeting_id = $1 AND (room_id <> $2 OR slot < $3 OR slot > $4)",
        meeting, room, slots.first, slots.last)?;
    Ok(i64::try_from(held).is_ok_and(|held| held == slots.count()))
}

/// Holds a room's row until `tx` ends.
pub async fn claim_room(tx: &mut Tx, room: RoomId) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE room SET seats = seats WHERE id = $1", room)?;
    Ok(())
}

/// Gives back every room a meeting has.
pub async fn release_rooms(tx: &mut Tx, meeting: MeetingId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM room_slot WHERE meeting_id = $1", meeting)?;
    Ok(())
}

/// Who has which of the organisation's rooms in these slots, apart from one meeting.
pub async fn holders(
    tx: &mut Tx,
    organisation: OrganisationId,
    slots: Slots,
    except: MeetingId,
) -> Result<Vec<Holder>, db::Error> {
    sql!(tx => fetch_all
        "SELECT DISTINCT room_slot.room_id, meeting.id, meeting.title, meeting.starts_at, meeting.ends_at
         FROM room
         JOIN room_slot ON room_slot.room_id = room.id
         JOIN meeting ON meeting.id = room_slot.meeting_id
         WHERE room.organisation_id = $1 AND room_slot.slot >= $2 AND room_slot.slot <= $3
           AND meeting.id <> $4
         ORDER BY meeting.starts_at, meeting.id" as Holder, organisation, slots.first, slots.last, except)
}

/// A day on which the office is closed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Holiday {
    /// As `2026-09-02`.
    pub day: String,
    pub name: String,
}

pub async fn holidays(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Holiday>, db::Error> {
    sql!(tx => fetch_all
        "SELECT day, name FROM holiday WHERE organisation_id = $1 ORDER BY day" as Holiday, organisation)
}

/// False: the day is entered already.
pub async fn put_holiday(
    tx: &mut Tx,
    organisation: OrganisationId,
    holiday: &Holiday,
) -> Result<bool, db::Error> {
    let made = sql!(tx => execute
        "INSERT INTO holiday (organisation_id, day, name) VALUES ($1, $2, $3)
         ON CONFLICT (organisation_id, day) DO NOTHING",
        organisation, holiday.day.as_str(), holiday.name.as_str())?;
    Ok(made == 1)
}

/// False: there was no such day.
pub async fn delete_holiday(tx: &mut Tx, organisation: OrganisationId, day: &str) -> Result<bool, db::Error> {
    let deleted = sql!(tx => execute
        "DELETE FROM holiday WHERE organisation_id = $1 AND day = $2", organisation, day)?;
    Ok(deleted == 1)
}
