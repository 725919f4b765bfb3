//! SQL on the seats of rooms and who sits where.

use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::{MeetingId, RoomId};
use crate::sql;

/// A seat on the plan of a room, counted from the front and from the left.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Seat {
    pub label: String,
    pub row_number: i64,
    pub column_number: i64,
}

/// The seats of a room, row by row.
pub async fn seats(tx: &mut Tx, room: RoomId) -> Result<Vec<Seat>, db::Error> {
    sql!(tx => fetch_all
        "SELECT label, row_number, column_number FROM seat WHERE room_id = $1
         ORDER BY row_number, column_number" as Seat, room)
}

/// Adds a seat. False: the label or the place is taken.
pub async fn insert_seat(tx: &mut Tx, room: RoomId, seat: &Seat) -> Result<bool, db::Error> {
    let added = sql!(tx => execute
        "INSERT INTO seat (room_id, label, row_number, column_number) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING", room, seat.label.as_str(), seat.row_number, seat.column_number)?;
    Ok(added == 1)
}

/// Takes all seats out of a room, to set them anew.
pub async fn clear_seats(tx: &mut Tx, room: RoomId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM seat WHERE room_id = $1", room)?;
    Ok(())
}

/// Seats a person; whoever sat there stands up. `None`: the person stands up. False: not invited.
pub async fn take_seat(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    seat: Option<&str>,
) -> Result<bool, db::Error> {
    sql!(tx => execute
        "UPDATE participant SET seat = NULL WHERE meeting_id = $1 AND seat = $2", meeting, seat)?;
    let changed = sql!(tx => execute
        "UPDATE participant SET seat = $3 WHERE meeting_id = $1 AND person_id = $2", meeting, person, seat)?;
    Ok(changed == 1)
}
