//! SQL on the people of a meeting.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{PersonId, UnitId};
use crate::meetings::MeetingId;
use crate::meetings::rules::{Attendance, MeetingRole};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Participant {
    pub person_id: PersonId,
    pub unit_id: UnitId,
    pub full_name: String,
    pub position: String,
    pub email: String,
    pub role: MeetingRole,
    pub member: bool,
    pub attendance: Attendance,
    pub checked_in_at: Option<Timestamp>,
    pub left_at: Option<Timestamp>,
    pub absence_reason: String,
    pub substitute_for: Option<PersonId>,
    /// The label of a seat of the meeting's room.
    pub seat: Option<String>,
    /// May run the meeting when the chair cannot.
    pub deputy: bool,
}

/// The invited: chair first, then as they were added.
pub async fn participants(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Participant>, db::Error> {
    sql!(tx => fetch_all
        "SELECT participant.person_id, person.unit_id, person.full_name, person.position, person.email,
                participant.role, participant.member, participant.attendance, participant.checked_in_at,
                participant.left_at, participant.absence_reason, participant.substitute_for,
                participant.seat, participant.deputy
         FROM participant JOIN person ON person.id = participant.person_id
         WHERE participant.meeting_id = $1
         ORDER BY CASE participant.role WHEN 'chair' THEN 0 WHEN 'secretary' THEN 1 WHEN 'delegate' THEN 2
                  ELSE 3 END, participant.position, participant.person_id" as Participant, meeting)
}

/// One invited person.
pub async fn participant(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Option<Participant>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT participant.person_id, person.unit_id, person.full_name, person.position, person.email,
                participant.role, participant.member, participant.attendance, participant.checked_in_at,
                participant.left_at, participant.absence_reason, participant.substitute_for,
                participant.seat, participant.deputy
         FROM participant JOIN person ON person.id = participant.person_id
         WHERE participant.meeting_id = $1 AND participant.person_id = $2" as Participant, meeting, person)
}

/// What a person is in a meeting, and whether named a deputy of its chair.
pub async fn place_in(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Option<(MeetingRole, bool)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT role, deputy FROM participant WHERE meeting_id = $1 AND person_id = $2"
        as (MeetingRole, bool), meeting, person)
}

/// Invites a person, or gives an invited person another role. Who sits in for
/// a member is none, in any role.
pub async fn put_participant(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    role: MeetingRole,
    position: i64,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO participant (meeting_id, person_id, role, member, attendance, absence_reason, position)
         VALUES ($1, $2, $3, $4, 'not_checked', '', $5)
         ON CONFLICT (meeting_id, person_id) DO UPDATE SET role = excluded.role,
                member = CASE WHEN participant.substitute_for IS NULL THEN excluded.member ELSE FALSE END",
        meeting, person, role, role.is_member(), position)?;
    Ok(())
}

pub async fn remove_participant(tx: &mut Tx, meeting: MeetingId, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute
        "DELETE FROM participant WHERE meeting_id = $1 AND person_id = $2", meeting, person)?;
    Ok(())
}

/// Notes that a person is there, in the room or from elsewhere; the first time counts. False: not invited.
pub async fn check_in(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    attendance: Attendance,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE participant SET attendance = $4, checked_in_at = coalesce(checked_in_at, $3),
                left_at = NULL, absence_reason = ''
         WHERE meeting_id = $1 AND person_id = $2", meeting, person, now, attendance)?;
    Ok(changed == 1)
}

pub async fn set_attendance(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    attendance: Attendance,
    reason: &str,
    left_at: Option<Timestamp>,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE participant SET attendance = $3, absence_reason = $4, left_at = $5
         WHERE meeting_id = $1 AND person_id = $2", meeting, person, attendance, reason, left_at)?;
    Ok(changed == 1)
}

/// Names a deputy of the chair, or takes that back.
pub async fn set_deputy(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    is_deputy: bool,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE participant SET deputy = $3 WHERE meeting_id = $1 AND person_id = $2",
        meeting, person, is_deputy)?;
    Ok(())
}
