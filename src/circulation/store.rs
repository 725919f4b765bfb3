//! SQL on drafts that were sent out, and on what came back.

use super::rules::{Decision, Kind};
use super::{CirculationId, CommentId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::meetings::MeetingId;
use crate::minutes::MinutesId;
use crate::minutes::store::Text;
use crate::sql;
use crate::storage::Hash;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Circulation {
    pub id: CirculationId,
    pub minutes_id: MinutesId,
    pub sha256: Hash,
    pub opened_at: Timestamp,
    pub deadline: Timestamp,
    pub closed_at: Option<Timestamp>,
}

/// A part as it went out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Part {
    pub part: String,
    pub version: i64,
    pub text: String,
}

/// One whom it went to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    pub person_id: PersonId,
    pub full_name: String,
    pub email: String,
    pub agreed_at: Option<Timestamp>,
    pub comments: i64,
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Comment {
    pub id: CommentId,
    pub person_id: PersonId,
    pub full_name: String,
    pub part: String,
    pub kind: Kind,
    pub text: String,
    pub created_at: Timestamp,
    pub decision: Decision,
    pub answer: String,
}

pub async fn insert(tx: &mut Tx, new: &Circulation, size: i64, person: PersonId) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO circulation (id, minutes_id, sha256, size, opened_by, opened_at, deadline)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        new.id, new.minutes_id, new.sha256, size, person, new.opened_at, new.deadline)?;
    Ok(())
}

pub async fn insert_part(tx: &mut Tx, circulation: CirculationId, text: &Text) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO circulation_part (circulation_id, part, version, text) VALUES ($1, $2, $3, $4)",
        circulation, text.part.as_str(), text.version, text.text.as_str())?;
    Ok(())
}

pub async fn insert_member(
    tx: &mut Tx,
    circulation: CirculationId,
    person: PersonId,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO circulation_member (circulation_id, person_id) VALUES ($1, $2)", circulation, person)?;
    Ok(())
}

/// The newest sending-out of a meeting's minutes.
pub async fn newest(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Circulation>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT circulation.id, circulation.minutes_id, circulation.sha256, circulation.opened_at,
                circulation.deadline, circulation.closed_at
         FROM circulation JOIN minutes ON minutes.id = circulation.minutes_id
         WHERE minutes.meeting_id = $1 ORDER BY circulation.opened_at DESC, circulation.id DESC LIMIT 1"
        as Circulation, meeting)
}

/// As [`newest`], and holds it until `tx` ends: an answer and the end of
/// answering wait for each other.
pub async fn claim(tx: &mut Tx, circulation: CirculationId) -> Result<Option<Circulation>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE circulation SET deadline = deadline WHERE id = $1
         RETURNING id, minutes_id, sha256, opened_at, deadline, closed_at" as Circulation, circulation)
}

/// The meeting whose minutes went out.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Subject {
    pub meeting_id: MeetingId,
    pub organisation_id: OrganisationId,
    pub title: String,
}

pub async fn subject_of(tx: &mut Tx, circulation: CirculationId) -> Result<Option<Subject>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT meeting.id AS meeting_id, meeting.organisation_id, meeting.title FROM circulation
         JOIN minutes ON minutes.id = circulation.minutes_id JOIN meeting ON meeting.id = minutes.meeting_id
         WHERE circulation.id = $1" as Subject, circulation)
}

pub async fn close(tx: &mut Tx, circulation: CirculationId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE circulation SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", circulation, now)?;
    Ok(())
}

pub async fn parts(tx: &mut Tx, circulation: CirculationId) -> Result<Vec<Part>, db::Error> {
    sql!(tx => fetch_all
        "SELECT part, version, text FROM circulation_part WHERE circulation_id = $1 ORDER BY part" as Part,
        circulation)
}

/// Whom it went to, in the order of the meeting's list.
pub async fn members(tx: &mut Tx, circulation: CirculationId) -> Result<Vec<Member>, db::Error> {
    sql!(tx => fetch_all
        "SELECT circulation_member.person_id, person.full_name, person.email, circulation_member.agreed_at,
                (SELECT count(circulation_comment.id) FROM circulation_comment
                 WHERE circulation_comment.circulation_id = circulation_member.circulation_id
                   AND circulation_comment.person_id = circulation_member.person_id) AS comments
         FROM circulation_member JOIN person ON person.id = circulation_member.person_id
         WHERE circulation_member.circulation_id = $1 ORDER BY person.folded_name, person.id" as Member,
        circulation)
}

/// Notes that a member agrees; the first time counts. False: not theirs to say.
pub async fn agree(
    tx: &mut Tx,
    circulation: CirculationId,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE circulation_member SET agreed_at = coalesce(agreed_at, $3)
         WHERE circulation_id = $1 AND person_id = $2", circulation, person, now)?;
    Ok(changed == 1)
}

/// Notes that a member was reminded now.
pub async fn mark_reminded(
    tx: &mut Tx,
    circulation: CirculationId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE circulation_member SET reminded_at = $3 WHERE circulation_id = $1 AND person_id = $2",
        circulation, person, now)?;
    Ok(())
}

pub async fn insert_comment(
    tx: &mut Tx,
    circulation: CirculationId,
    comment: &Comment,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO circulation_comment (id, circulation_id, person_id, part, kind, text, created_at, decision,
                                          answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'waiting', '')",
        comment.id, circulation, comment.person_id, comment.part.as_str(), comment.kind, comment.text.as_str(),
        comment.created_at)?;
    Ok(())
}

pub async fn comments(tx: &mut Tx, circulation: CirculationId) -> Result<Vec<Comment>, db::Error> {
    sql!(tx => fetch_all
        "SELECT circulation_comment.id, circulation_comment.person_id, person.full_name, circulation_comment.part,
                circulation_comment.kind, circulation_comment.text, circulation_comment.created_at,
                circulation_comment.decision, circulation_comment.answer
         FROM circulation_comment JOIN person ON person.id = circulation_comment.person_id
         WHERE circulation_comment.circulation_id = $1
         ORDER BY circulation_comment.created_at, circulation_comment.id" as Comment, circulation)
}

/// Answers a comment that waits. False: it was answered already.
pub async fn decide(
    tx: &mut Tx,
    comment: CommentId,
    decision: Decision,
    answer: &str,
    (person, now): (PersonId, Timestamp),
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE circulation_comment SET decision = $2, answer = $3, decided_by = $4, decided_at = $5
         WHERE id = $1 AND decision = 'waiting'", comment, decision, answer, person, now)?;
    Ok(changed == 1)
}
