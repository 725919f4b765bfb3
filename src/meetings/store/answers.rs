//! SQL on answers to invitations, and on units that are asked who comes.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::meetings::MeetingId;
use crate::meetings::rules::{Answer, MeetingRole};
use crate::sql;

crate::column!(Answer as String);

/// What one person answered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GivenAnswer {
    pub person_id: PersonId,
    pub answer: Answer,
    pub reason: String,
    pub answered_at: Timestamp,
}

pub async fn answers(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<GivenAnswer>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person_id, answer, reason, answered_at FROM answer WHERE meeting_id = $1" as GivenAnswer, meeting)
}

pub async fn put_answer(tx: &mut Tx, meeting: MeetingId, given: &GivenAnswer) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO answer (meeting_id, person_id, answer, reason, answered_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (meeting_id, person_id) DO UPDATE
         SET answer = excluded.answer, reason = excluded.reason, answered_at = excluded.answered_at",
        meeting, given.person_id, given.answer, given.reason.as_str(), given.answered_at)?;
    Ok(())
}

pub async fn delete_answer(tx: &mut Tx, meeting: MeetingId, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM answer WHERE meeting_id = $1 AND person_id = $2", meeting, person)?;
    Ok(())
}

/// Forgets who comes and who does not, and that these were excused. Those who
/// sent a substitute stay as they are: the substitute is asked instead.
pub async fn forget_answers(tx: &mut Tx, meeting: MeetingId) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE participant SET attendance = 'not_checked', absence_reason = ''
         WHERE meeting_id = $1 AND attendance = 'absent_excused' AND person_id IN
               (SELECT person_id FROM answer WHERE meeting_id = $1 AND answer = 'declined')", meeting)?;
    sql!(tx => execute
        "DELETE FROM answer WHERE meeting_id = $1 AND answer IN ('accepted', 'declined')", meeting)?;
    Ok(())
}

/// How many readable papers of a meeting each person has not opened yet, in
/// their newest version.
pub async fn unread_papers(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<(PersonId, i64)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT paper_reader.person_id, count(paper_reader.paper_id)
         FROM agenda_item
         JOIN agenda_paper ON agenda_paper.item_id = agenda_item.id AND agenda_paper.state = 'published'
         JOIN paper_reader ON paper_reader.paper_id = agenda_paper.paper_id
         JOIN paper_version ON paper_version.paper_id = agenda_paper.paper_id
              AND paper_version.number = (SELECT max(newest.number) FROM paper_version newest
                                          WHERE newest.paper_id = agenda_paper.paper_id)
         LEFT JOIN paper_opening ON paper_opening.version_id = paper_version.id
              AND paper_opening.person_id = paper_reader.person_id
         WHERE agenda_item.meeting_id = $1 AND paper_opening.person_id IS NULL
         GROUP BY paper_reader.person_id" as (PersonId, i64), meeting)
}

/// An invitation that waits for a person's answer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OpenInvitation {
    pub meeting_id: MeetingId,
    pub title: String,
    pub starts_at: Timestamp,
}

/// What a person was invited to and has not answered, from `now` on. Who
/// chairs or keeps the record is not asked.
pub async fn unanswered(
    tx: &mut Tx,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<OpenInvitation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, meeting.title, meeting.starts_at
         FROM participant JOIN meeting ON meeting.id = participant.meeting_id
         LEFT JOIN answer ON answer.meeting_id = meeting.id AND answer.person_id = participant.person_id
         WHERE participant.person_id = $1 AND participant.role IN ('delegate', 'guest')
           AND participant.attendance = 'not_checked' AND answer.person_id IS NULL
           AND meeting.state = 'published' AND meeting.starts_at > $2
         ORDER BY meeting.starts_at, meeting.id LIMIT 20" as OpenInvitation, person, now)
}

/// A unit asked to name people.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnitInvitation {
    pub meeting_id: MeetingId,
    pub unit_id: UnitId,
    pub unit: String,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub room: Option<String>,
    pub places: i64,
    pub role: MeetingRole,
    pub due_at: Timestamp,
    pub note: String,
    pub assigned_at: Option<Timestamp>,
}

/// What a form says about asking a unit.
#[derive(Clone, Debug)]
pub struct UnitAsked {
    pub unit: UnitId,
    pub places: i64,
    pub role: MeetingRole,
    pub due_at: Timestamp,
    pub note: String,
}

pub async fn put_unit_invitation(
    tx: &mut Tx,
    meeting: MeetingId,
    asked: &UnitAsked,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO unit_invitation (meeting_id, unit_id, places, role, due_at, note)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (meeting_id, unit_id) DO UPDATE
         SET places = excluded.places, role = excluded.role, due_at = excluded.due_at, note = excluded.note",
        meeting, asked.unit, asked.places, asked.role, asked.due_at, asked.note.as_str())?;
    Ok(())
}

/// False: the unit was not asked.
pub async fn delete_unit_invitation(
    tx: &mut Tx,
    meeting: MeetingId,
    unit: UnitId,
) -> Result<bool, db::Error> {
    sql!(tx => execute "DELETE FROM unit_nominee WHERE meeting_id = $1 AND unit_id = $2", meeting, unit)?;
    let deleted = sql!(tx => execute
        "DELETE FROM unit_invitation WHERE meeting_id = $1 AND unit_id = $2", meeting, unit)?;
    Ok(deleted == 1)
}

pub async fn unit_invitations(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<UnitInvitation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, unit.id AS unit_id, unit.name AS unit, meeting.title,
                meeting.starts_at, meeting.ends_at, room.name AS room, unit_invitation.places,
                unit_invitation.role, unit_invitation.due_at, unit_invitation.note, unit_invitation.assigned_at
         FROM unit_invitation
         JOIN meeting ON meeting.id = unit_invitation.meeting_id
         JOIN unit ON unit.id = unit_invitation.unit_id
         LEFT JOIN room ON room.id = meeting.room_id
         WHERE meeting.id = $1 ORDER BY unit.position, unit.id" as UnitInvitation, meeting)
}

/// What a unit was asked for meetings that are announced and not begun.
pub async fn asked_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
    now: Timestamp,
) -> Result<Vec<UnitInvitation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, unit.id AS unit_id, unit.name AS unit, meeting.title,
                meeting.starts_at, meeting.ends_at, room.name AS room, unit_invitation.places,
                unit_invitation.role, unit_invitation.due_at, unit_invitation.note, unit_invitation.assigned_at
         FROM unit_invitation
         JOIN meeting ON meeting.id = unit_invitation.meeting_id
         JOIN unit ON unit.id = unit_invitation.unit_id
         LEFT JOIN room ON room.id = meeting.room_id
         WHERE unit.id = $2 AND meeting.organisation_id = $1 AND meeting.state = 'published'
           AND meeting.starts_at > $3
         ORDER BY meeting.starts_at, meeting.id LIMIT 50" as UnitInvitation, organisation, unit, now)
}

/// The people units named for a meeting.
pub async fn nominees(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<(UnitId, PersonId)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT unit_id, person_id FROM unit_nominee WHERE meeting_id = $1 ORDER BY person_id"
        as (UnitId, PersonId), meeting)
}

pub async fn insert_nominee(
    tx: &mut Tx,
    meeting: MeetingId,
    unit: UnitId,
    person: PersonId,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO unit_nominee (meeting_id, person_id, unit_id) VALUES ($1, $2, $3)
         ON CONFLICT (meeting_id, person_id) DO NOTHING", meeting, person, unit)?;
    Ok(())
}

/// Notes that a unit named its people; those named before are forgotten.
pub async fn mark_assigned(
    tx: &mut Tx,
    meeting: MeetingId,
    unit: UnitId,
    by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM unit_nominee WHERE meeting_id = $1 AND unit_id = $2", meeting, unit)?;
    sql!(tx => execute
        "UPDATE unit_invitation SET assigned_by = $3, assigned_at = $4 WHERE meeting_id = $1 AND unit_id = $2",
        meeting, unit, by, now)?;
    Ok(())
}

/// Seats one person for another. The mandate stays the member's; whether the
/// substitute holds it is for the body's rule to say, when a vote opens.
pub async fn set_substitute(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    instead_of: PersonId,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE participant SET substitute_for = $3, member = FALSE
         WHERE meeting_id = $1 AND person_id = $2", meeting, person, instead_of)?;
    Ok(())
}
