//! SQL on what units are asked about a draft, and say.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::outgoing::{ConsultationId, OutgoingId};
use crate::papers::VersionId;
use crate::sql;
use crate::storage::Hash;

/// A unit asked for its comment.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Consultation {
    pub id: ConsultationId,
    pub outgoing_id: OutgoingId,
    pub unit_id: UnitId,
    pub unit: String,
    pub edition: i64,
    pub question: String,
    pub asked_at: Timestamp,
    pub due_at: Timestamp,
    pub assignee_id: Option<PersonId>,
    pub person: Option<String>,
    pub commented_at: Option<Timestamp>,
    pub commented_edition: Option<i64>,
    pub version_id: Option<VersionId>,
    pub comment: String,
    pub file_sha256: Option<Hash>,
    pub file_title: String,
    pub reply: String,
    pub replied_at: Option<Timestamp>,
}

/// What the drafter asks.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub edition: i64,
    pub text: &'a str,
    pub due: Timestamp,
}

/// Asks a unit about an edition, once. `None`: it was asked already.
pub async fn insert_consultation(
    tx: &mut Tx,
    of: OutgoingId,
    unit: UnitId,
    (question, asked_by): (&Question<'_>, PersonId),
    now: Timestamp,
) -> Result<Option<ConsultationId>, db::Error> {
    let id = ConsultationId::new();
    let made = sql!(tx => execute
        "INSERT INTO consultation (id, outgoing_id, unit_id, edition, question, asked_by, asked_at, due_at, comment,
                                   file_title, reply)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', '', '')
         ON CONFLICT (outgoing_id, unit_id, edition) DO NOTHING",
        id, of, unit, question.edition, question.text, asked_by, now, question.due)?;
    Ok((made == 1).then_some(id))
}

/// The units asked about a document, in the order they were asked.
pub async fn consultations_of(tx: &mut Tx, of: OutgoingId) -> Result<Vec<Consultation>, db::Error> {
    sql!(tx => fetch_all
        "SELECT c.id, c.outgoing_id, c.unit_id, unit.name AS unit, c.edition, c.question, c.asked_at, c.due_at,
                c.assignee_id, person.full_name AS person, c.commented_at, c.commented_edition, c.version_id,
                c.comment, c.file_sha256, c.file_title, c.reply, c.replied_at
         FROM consultation c JOIN unit ON unit.id = c.unit_id LEFT JOIN person ON person.id = c.person_id
         WHERE c.outgoing_id = $1 ORDER BY c.asked_at, c.id" as Consultation, of)
}

/// A question to a unit of the organisation.
pub async fn consultation(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: ConsultationId,
) -> Result<Option<Consultation>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT c.id, c.outgoing_id, c.unit_id, unit.name AS unit, c.edition, c.question, c.asked_at, c.due_at,
                c.assignee_id, person.full_name AS person, c.commented_at, c.commented_edition, c.version_id,
                c.comment, c.file_sha256, c.file_title, c.reply, c.replied_at
         FROM consultation c JOIN unit ON unit.id = c.unit_id
         JOIN outgoing_document o ON o.id = c.outgoing_id AND o.organisation_id = $2
         LEFT JOIN person ON person.id = c.person_id
         WHERE c.id = $1" as Consultation, id, organisation)
}

/// A draft on which a unit has not spoken yet.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Unspoken {
    pub id: ConsultationId,
    pub unit_id: UnitId,
    pub assignee_id: Option<PersonId>,
    pub subject: String,
    pub due_at: Timestamp,
}

/// What waits for a unit, or for one of its people, the nearest deadline first.
pub async fn consultations_to(
    tx: &mut Tx,
    (unit, person): (UnitId, PersonId),
) -> Result<Vec<Unspoken>, db::Error> {
    sql!(tx => fetch_all
        "SELECT c.id, c.unit_id, c.assignee_id, o.subject, c.due_at
         FROM consultation c JOIN outgoing_document o ON o.id = c.outgoing_id
         WHERE c.commented_at IS NULL AND o.state IN ('draft', 'content_review', 'format_check')
           AND (c.unit_id = $1 OR c.assignee_id = $2)
         ORDER BY c.due_at, c.id" as Unspoken, unit, person)
}

pub async fn assign_consultation(
    tx: &mut Tx,
    id: ConsultationId,
    person: PersonId,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE consultation SET assignee_id = $2 WHERE id = $1 AND commented_at IS NULL", id, person)?;
    Ok(changed == 1)
}

/// What a unit says, and about which bytes.
#[derive(Clone, Debug)]
pub struct Comment<'a> {
    pub person: PersonId,
    pub text: &'a str,
    pub edition: i64,
    pub version: VersionId,
    /// Hash and title of a file that goes with it.
    pub file: Option<(Hash, &'a str)>,
}

/// Writes a comment down, once. False: the unit has spoken already.
pub async fn put_comment(
    tx: &mut Tx,
    id: ConsultationId,
    said: &Comment<'_>,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE consultation SET person_id = $2, commented_at = $3, comment = $4, commented_edition = $5,
                version_id = $6, file_sha256 = $7, file_title = $8
         WHERE id = $1 AND commented_at IS NULL",
        id, said.person, now, said.text, said.edition, said.version, said.file.map(|(hash, _)| hash),
        said.file.map_or("", |(_, title)| title))?;
    Ok(changed == 1)
}

/// Writes down what became of a comment, once.
pub async fn put_reply(
    tx: &mut Tx,
    id: ConsultationId,
    reply: &str,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE consultation SET reply = $2, replied_at = $3
         WHERE id = $1 AND commented_at IS NOT NULL AND replied_at IS NULL", id, reply, now)?;
    Ok(changed == 1)
}

/// Notes that a unit was reminded. False: it was, or it has spoken.
pub async fn mark_reminded(
    tx: &mut Tx,
    id: ConsultationId,
    is_late: bool,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = match is_late {
        true => sql!(tx => execute
            "UPDATE consultation SET late_told_at = $2
             WHERE id = $1 AND commented_at IS NULL AND late_told_at IS NULL", id, now)?,
        false => sql!(tx => execute
            "UPDATE consultation SET reminded_at = $2
             WHERE id = $1 AND commented_at IS NULL AND reminded_at IS NULL", id, now)?,
    };
    Ok(changed == 1)
}
