//! SQL on the week's entries and on calendars; the meetings of a week are read
//! from the earlier feature's tables for its page.

use super::{EntryId, EntryState};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::meetings::MeetingId;
use crate::meetings::rules::MeetingState;
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Entry {
    pub id: EntryId,
    pub title: String,
    pub place: String,
    /// Who goes, as written.
    pub people: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: EntryState,
    pub created_by: PersonId,
    pub version: i64,
}

pub async fn insert_entry(
    tx: &mut Tx,
    organisation: OrganisationId,
    entry: &Entry,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO schedule_entry (id, organisation_id, title, place, people, starts_at, ends_at, state,
                                     created_by, created_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)",
        entry.id, organisation, entry.title.as_str(), entry.place.as_str(), entry.people.as_str(),
        entry.starts_at, entry.ends_at, entry.state, entry.created_by, now)?;
    Ok(())
}

/// Reads an entry to change it, and holds it until `tx` ends.
pub async fn claim_entry(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: EntryId,
) -> Result<Option<Entry>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE schedule_entry SET version = version WHERE organisation_id = $1 AND id = $2
         RETURNING id, title, place, people, starts_at, ends_at, state, created_by, version" as Entry,
        organisation, id)
}

pub async fn entry(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: EntryId,
) -> Result<Option<Entry>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, title, place, people, starts_at, ends_at, state, created_by, version
         FROM schedule_entry WHERE organisation_id = $1 AND id = $2" as Entry, organisation, id)
}

/// Writes an entry anew; whoever approved the words before did not approve these.
pub async fn update_entry(
    tx: &mut Tx,
    entry: &Entry,
    approved_by: Option<PersonId>,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE schedule_entry SET title = $2, place = $3, people = $4, starts_at = $5, ends_at = $6,
                state = $7, approved_by = $8, version = version + 1 WHERE id = $1",
        entry.id, entry.title.as_str(), entry.place.as_str(), entry.people.as_str(), entry.starts_at,
        entry.ends_at, entry.state, approved_by)?;
    Ok(())
}

pub async fn delete_entry(tx: &mut Tx, id: EntryId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM schedule_entry WHERE id = $1", id)?;
    Ok(())
}

/// What stands in the week between two moments: what is approved, one's own,
/// and for those who approve (`all`) every draft.
pub async fn entries(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    all: bool,
    time: (Timestamp, Timestamp),
) -> Result<Vec<Entry>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, title, place, people, starts_at, ends_at, state, created_by, version FROM schedule_entry
         WHERE organisation_id = $1 AND starts_at < $5 AND ends_at > $4
           AND (state = 'approved' OR created_by = $2 OR ($3 AND $3))
         ORDER BY starts_at, id LIMIT 500" as Entry, organisation, person, all, time.0, time.1)
}

/// A meeting as the week shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WeekMeeting {
    pub id: MeetingId,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub room: Option<String>,
    pub chair: Option<String>,
    /// Invited, or prepares meetings: may open its page.
    pub is_ours: bool,
}

/// The announced meetings of the office that a person may know of: their own,
/// those that are not restricted, and every one for who prepares meetings.
pub async fn meetings(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    all: bool,
    time: (Timestamp, Timestamp),
) -> Result<Vec<WeekMeeting>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.title, meeting.starts_at, meeting.ends_at, room.name AS room,
                (SELECT person.full_name FROM participant chair JOIN person ON person.id = chair.person_id
                 WHERE chair.meeting_id = meeting.id AND chair.role = 'chair' LIMIT 1) AS chair,
                (participant.person_id IS NOT NULL OR ($3 AND $3)) AS is_ours
         FROM meeting
         LEFT JOIN room ON room.id = meeting.room_id
         LEFT JOIN participant ON participant.meeting_id = meeting.id AND participant.person_id = $2
         WHERE meeting.organisation_id = $1 AND meeting.starts_at < $5 AND meeting.ends_at > $4
           AND meeting.announced_at IS NOT NULL AND meeting.state <> 'cancelled'
           AND (NOT meeting.restricted OR participant.person_id IS NOT NULL OR ($3 AND $3))
         ORDER BY meeting.starts_at, meeting.id LIMIT 500" as WeekMeeting,
        organisation, person, all, time.0, time.1)
}

/// A meeting as a telephone's calendar takes it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnMeeting {
    pub id: MeetingId,
    pub title: String,
    pub starts_at: Timestamp,
    pub ends_at: Timestamp,
    pub state: MeetingState,
    pub room: Option<String>,
    pub online_url: String,
    pub restricted: bool,
    pub sequence: i64,
}

/// A person's announced meetings from a moment on, the called-off ones too: a
/// calendar must strike them out.
pub async fn own_meetings(
    tx: &mut Tx,
    person: PersonId,
    from: Timestamp,
) -> Result<Vec<OwnMeeting>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id, meeting.title, meeting.starts_at, meeting.ends_at, meeting.state,
                room.name AS room, meeting.online_url, meeting.restricted, meeting.sequence
         FROM participant JOIN meeting ON meeting.id = participant.meeting_id
         LEFT JOIN room ON room.id = meeting.room_id
         WHERE participant.person_id = $1 AND meeting.announced_at IS NOT NULL AND meeting.ends_at > $2
         ORDER BY meeting.starts_at, meeting.id LIMIT 500" as OwnMeeting, person, from)
}

/// Opens a person's calendar under a new secret; the one before leads nowhere.
pub async fn put_feed(
    tx: &mut Tx,
    person: PersonId,
    secret_hash: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO calendar_feed (person_id, secret_hash, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (person_id) DO UPDATE
         SET secret_hash = excluded.secret_hash, created_at = excluded.created_at", person, secret_hash, now)?;
    Ok(())
}

/// False: there was none.
pub async fn delete_feed(tx: &mut Tx, person: PersonId) -> Result<bool, db::Error> {
    let deleted = sql!(tx => execute "DELETE FROM calendar_feed WHERE person_id = $1", person)?;
    Ok(deleted == 1)
}

/// Since when a person's calendar is open.
pub async fn feed_since(tx: &mut Tx, person: PersonId) -> Result<Option<Timestamp>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT created_at FROM calendar_feed WHERE person_id = $1" as (Timestamp,), person)?;
    Ok(row.map(|(since,)| since))
}

/// Whose calendar a secret opens; nobody's once they have left the office.
pub async fn feed_owner(tx: &mut Tx, secret_hash: &str) -> Result<Option<PersonId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT calendar_feed.person_id FROM calendar_feed JOIN person ON person.id = calendar_feed.person_id
         WHERE calendar_feed.secret_hash = $1 AND person.active" as (PersonId,), secret_hash)?;
    Ok(row.map(|(person,)| person))
}
