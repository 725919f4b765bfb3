//! SQL on meetings, participants and agendas.

mod agenda;
mod answers;
mod documents;
mod people;
mod plan;
mod rooms;
mod seats;
mod session;
mod types;

use super::rules::{Attendance, MeetingRole, MeetingState};
use super::{ItemId, MeetingId, MeetingTypeId, RoomId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::sql;

pub use self::agenda::{
    AgendaPaper, Item, agenda_papers, all_papers, attach_paper, delete_item, detach_paper, exceptions,
    insert_item, items, put_exception, readable_papers, readers_of, set_paper_rule, update_item,
};
pub use self::answers::{
    GivenAnswer, OpenInvitation, UnitAsked, UnitInvitation, answers, asked_of, delete_answer,
    delete_unit_invitation, forget_answers, insert_nominee, mark_assigned, nominees, put_answer,
    put_unit_invitation, set_substitute, unanswered, unit_invitations, unread_papers,
};
pub use self::documents::{
    PaperStep, PreparedPaper, UnitItem, insert_step, items_of_unit, people_of_unit, prepared_paper,
    set_item_plan, set_paper_state, steps, unit_of,
};
pub use self::people::{
    Participant, body, chair_name, check_in, participant, participants, place_in, presence, put_participant,
    remove_participant, set_attendance, set_deputy,
};
pub use self::plan::{
    LetterRow, Plan, following, insert_letter, insert_series, newest_letter, next_sequence, plan, set_plan,
    set_series,
};
pub use self::rooms::{
    Holder, Holiday, Room, claim_room, delete_holiday, hold_room, holders, holidays, insert_room,
    put_holiday, release_rooms, replace_seats, rooms, update_room,
};
pub use self::seats::{Seat, clear_seats, insert_seat, seats, take_seat};
pub use self::session::{
    Conductor, SessionRule, add_conductor, begin_break, breaks, check_in_secret, conductors, end_break,
    keep_check_in_secret, session_rule, set_session_rule, state,
};
pub use self::types::{
    MeetingType, insert_terms, insert_type, meeting_type, planning_rules, set_planning_rules, terms, types,
    update_type,
};

crate::column!(MeetingId as uuid::Uuid);
crate::column!(ItemId as uuid::Uuid);
crate::column!(MeetingState as String);
crate::column!(MeetingRole as String);
crate::column!(Attendance as String);

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Meeting {
    pub id: MeetingId,
    pub organisation_id: OrganisationId,
    pub type_id: MeetingTypeId,
    pub room_id: Option<RoomId>,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: MeetingState,
    pub current_item_id: Option<ItemId>,
    /// When the invited were told.
    pub announced_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// When it goes on, while it is adjourned.
    pub adjourned_until: Option<Timestamp>,
    /// Who runs it instead of its chair.
    pub conductor_id: Option<PersonId>,
    pub version: i64,
}

impl Meeting {
    /// Whether it begins or ends when another does not.
    pub(super) fn is_at_another_time(&self, than: &Self) -> bool {
        (self.starts_at, self.ends_at) != (than.starts_at, than.ends_at)
    }
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct MeetingLine {
    pub id: MeetingId,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: MeetingState,
    pub room: Option<String>,
    pub role: Option<MeetingRole>,
    pub chair: Option<String>,
    /// Invited, not marked as present or absent, and it is not over.
    pub awaits_check_in: bool,
}

pub async fn insert_meeting(
    tx: &mut Tx,
    meeting: &Meeting,
    created_by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    let folded = crate::identity::rules::fold(&meeting.title);
    sql!(tx => execute
        "INSERT INTO meeting (id, organisation_id, type_id, room_id, title, folded_title, starts_at, ends_at,
                              state, created_by, created_at, version, announced_at, started_at, ended_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        meeting.id, meeting.organisation_id, meeting.type_id, meeting.room_id, meeting.title.as_str(), folded,
        meeting.starts_at, meeting.ends_at, meeting.state, created_by, now, meeting.version,
        meeting.announced_at, meeting.started_at, meeting.ended_at)?;
    Ok(())
}

pub async fn meeting(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MeetingId,
) -> Result<Option<Meeting>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, type_id, room_id, title, starts_at, ends_at, state, current_item_id,
                announced_at, started_at, ended_at, adjourned_until, conductor_id, version
         FROM meeting WHERE organisation_id = $1 AND id = $2" as Meeting, organisation, id)
}

/// Whose meeting it is, for what is done in nobody's name.
pub async fn organisation_of(tx: &mut Tx, id: MeetingId) -> Result<Option<OrganisationId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT organisation_id FROM meeting WHERE id = $1" as (OrganisationId,), id)?;
    Ok(row.map(|(organisation,)| organisation))
}

/// Reads a meeting to change it, and holds it until `tx` ends.
pub async fn claim(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: MeetingId,
) -> Result<Option<Meeting>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE meeting SET version = version WHERE organisation_id = $1 AND id = $2
         RETURNING id, organisation_id, type_id, room_id, title, starts_at, ends_at, state, current_item_id,
                   announced_at, started_at, ended_at, adjourned_until, conductor_id, version" as Meeting, organisation, id)
}

pub async fn update_meeting(tx: &mut Tx, meeting: &Meeting) -> Result<(), db::Error> {
    let folded = crate::identity::rules::fold(&meeting.title);
    sql!(tx => execute
        "UPDATE meeting SET type_id = $2, room_id = $3, title = $4, folded_title = $5, starts_at = $6,
                ends_at = $7, state = $8, current_item_id = $9, started_at = $10, ended_at = $11,
                version = $12, announced_at = $13, adjourned_until = $14, conductor_id = $15
         WHERE id = $1",
        meeting.id, meeting.type_id, meeting.room_id, meeting.title.as_str(), folded, meeting.starts_at,
        meeting.ends_at, meeting.state, meeting.current_item_id, meeting.started_at, meeting.ended_at,
        meeting.version, meeting.announced_at, meeting.adjourned_until, meeting.conductor_id)?;
    Ok(())
}

/// Meetings a person may know of, from `from` on, the soonest first. Whoever
/// prepares meetings (`all`) sees every one.
pub async fn upcoming(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    all: bool,
    from: Timestamp,
    search: &str,
) -> Result<Vec<MeetingLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.title, meeting.starts_at, meeting.ends_at, meeting.state,
                room.name AS room, participant.role AS role,
                (SELECT person.full_name FROM participant chair JOIN person ON person.id = chair.person_id
                 WHERE chair.meeting_id = meeting.id AND chair.role = 'chair' LIMIT 1) AS chair,
                coalesce(participant.attendance = 'not_checked'
                         AND meeting.state IN ('published', 'in_progress', 'paused', 'adjourned'), FALSE) AS awaits_check_in
         FROM meeting
         LEFT JOIN room ON room.id = meeting.room_id
         LEFT JOIN participant ON participant.meeting_id = meeting.id AND participant.person_id = $2
         WHERE meeting.organisation_id = $1
           AND (meeting.ends_at >= $3 OR meeting.state IN ('in_progress', 'paused', 'adjourned'))
           AND (($4 AND $4) OR (participant.role IS NOT NULL AND meeting.announced_at IS NOT NULL))
           AND meeting.folded_title LIKE '%' || $5 || '%'
         ORDER BY meeting.starts_at, meeting.id LIMIT 100" as MeetingLine,
        organisation, person, from, all, search)
}

/// Meetings that ended before `before`, the latest first.
pub async fn past(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    all: bool,
    before: Timestamp,
    search: &str,
) -> Result<Vec<MeetingLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.title, meeting.starts_at, meeting.ends_at, meeting.state,
                room.name AS room, participant.role AS role,
                (SELECT person.full_name FROM participant chair JOIN person ON person.id = chair.person_id
                 WHERE chair.meeting_id = meeting.id AND chair.role = 'chair' LIMIT 1) AS chair,
                coalesce(participant.attendance = 'not_checked'
                         AND meeting.state IN ('published', 'in_progress', 'paused', 'adjourned'), FALSE) AS awaits_check_in
         FROM meeting
         LEFT JOIN room ON room.id = meeting.room_id
         LEFT JOIN participant ON participant.meeting_id = meeting.id AND participant.person_id = $2
         WHERE meeting.organisation_id = $1 AND meeting.starts_at < $3 AND meeting.ends_at < $3
           AND meeting.state NOT IN ('in_progress', 'paused', 'adjourned')
           AND (($4 AND $4) OR (participant.role IS NOT NULL AND meeting.announced_at IS NOT NULL))
           AND meeting.folded_title LIKE '%' || $5 || '%'
         ORDER BY meeting.starts_at DESC, meeting.id DESC LIMIT 50" as MeetingLine,
        organisation, person, before, all, search)
}

/// A person's meetings that touch the time from `start` to `end`.
pub async fn between(
    tx: &mut Tx,
    person: PersonId,
    start: Timestamp,
    end: Timestamp,
) -> Result<Vec<MeetingLine>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.title, meeting.starts_at, meeting.ends_at, meeting.state,
                room.name AS room, participant.role AS role,
                (SELECT person.full_name FROM participant chair JOIN person ON person.id = chair.person_id
                 WHERE chair.meeting_id = meeting.id AND chair.role = 'chair' LIMIT 1) AS chair,
                coalesce(participant.attendance = 'not_checked'
                         AND meeting.state IN ('published', 'in_progress', 'paused', 'adjourned'), FALSE) AS awaits_check_in
         FROM participant
         JOIN meeting ON meeting.id = participant.meeting_id
         LEFT JOIN room ON room.id = meeting.room_id
         WHERE participant.person_id = $1 AND meeting.starts_at < $3
           AND (meeting.ends_at >= $2 OR meeting.state IN ('in_progress', 'paused', 'adjourned'))
           AND meeting.state IN ('published', 'in_progress', 'paused', 'adjourned', 'ended')
         ORDER BY meeting.starts_at, meeting.id LIMIT 20" as MeetingLine, person, start, end)
}
