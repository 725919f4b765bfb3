//! SQL on written opinion slips.

mod members;

pub use self::members::{
    Answer, Member, answers, insert_member, mark_opened, members, put_answer, remove_members, respond,
    save_answered, save_signed, set_substitute,
};

use super::rules::{Moment, State, Terms, Unanswered};
use super::{QuestionId, SlipId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId};
use crate::meetings::MeetingTypeId;
use crate::outgoing::OutgoingId;
use crate::papers::{PaperId, VersionId};
use crate::sql;
use crate::storage::Hash;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Slip {
    pub id: SlipId,
    pub organisation_id: OrganisationId,
    pub type_id: MeetingTypeId,
    pub title: String,
    pub statement: String,
    pub drafter_id: PersonId,
    pub adviser_id: PersonId,
    pub approver_id: PersonId,
    pub state: State,
    pub reason: String,
    pub deadline: Timestamp,
    pub unanswered: Unanswered,
    pub is_signed: bool,
    pub hours_before: i64,
    pub hours_after: i64,
    pub version: i64,
    pub sent_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub report_sha256: Option<Hash>,
}

impl Slip {
    pub fn terms(&self) -> Terms {
        Terms {
            unanswered: self.unanswered,
            is_signed: self.is_signed,
            hours_before: self.hours_before,
            hours_after: self.hours_after,
        }
    }

    pub fn set_terms(&mut self, terms: Terms) {
        self.unanswered = terms.unanswered;
        self.is_signed = terms.is_signed;
        self.hours_before = terms.hours_before;
        self.hours_after = terms.hours_after;
    }
}

pub async fn insert(tx: &mut Tx, slip: &Slip, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO slip (id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state,
                           reason, deadline, unanswered, is_signed, hours_before, hours_after, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', $10, $11, $12, $13, $14, 1, $15)",
        slip.id, slip.organisation_id, slip.type_id, slip.title.as_str(), slip.statement.as_str(), slip.drafter_id,
        slip.adviser_id, slip.approver_id, slip.state, slip.deadline, slip.unanswered, slip.is_signed,
        slip.hours_before, slip.hours_after, now)?;
    Ok(())
}

pub async fn slip(tx: &mut Tx, organisation: OrganisationId, id: SlipId) -> Result<Option<Slip>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state, reason,
                deadline, unanswered, is_signed, hours_before, hours_after, version, sent_at, closed_at, report_sha256
         FROM slip WHERE organisation_id = $1 AND id = $2" as Slip, organisation, id)
}

/// As [`slip`], and holds it until `tx` ends: an answer and the end of the
/// collecting wait for each other.
pub async fn claim(tx: &mut Tx, id: SlipId) -> Result<Option<Slip>, db::Error> {
    sql!(tx => fetch_optional
        "UPDATE slip SET version = version WHERE id = $1
         RETURNING id, organisation_id, type_id, title, statement, drafter_id, adviser_id, approver_id, state, reason,
                   deadline, unanswered, is_signed, hours_before, hours_after, version, sent_at, closed_at,
                   report_sha256" as Slip, id)
}

/// Saves a slip over the version it was decided on. False: someone else saved
/// meanwhile.
pub async fn save(tx: &mut Tx, slip: &Slip) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip SET type_id = $3, title = $4, statement = $5, adviser_id = $6, approver_id = $7, state = $8,
                reason = $9, deadline = $10, unanswered = $11, is_signed = $12, hours_before = $13, hours_after = $14,
                sent_at = $15, closed_at = $16, report_sha256 = $17, version = version + 1
         WHERE id = $1 AND version = $2",
        slip.id, slip.version, slip.type_id, slip.title.as_str(), slip.statement.as_str(), slip.adviser_id,
        slip.approver_id, slip.state, slip.reason.as_str(), slip.deadline, slip.unanswered, slip.is_signed,
        slip.hours_before, slip.hours_after, slip.sent_at, slip.closed_at, slip.report_sha256)?;
    Ok(changed == 1)
}

/// A slip in a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    pub id: SlipId,
    pub title: String,
    pub body: String,
    pub state: State,
    pub deadline: Timestamp,
    pub asked: i64,
    /// Answered, and signed where that is the rule.
    pub back: i64,
    /// The reader is asked and has not finished.
    pub is_waiting: bool,
}

/// Slips a person may know of, those under way first. Whoever prepares
/// meetings (`all`) sees every one.
pub async fn lines(
    tx: &mut Tx,
    organisation: OrganisationId,
    person: PersonId,
    all: bool,
) -> Result<Vec<Line>, db::Error> {
    sql!(tx => fetch_all
        "SELECT slip.id, slip.title, meeting_type.body_name AS body, slip.state, slip.deadline,
                (SELECT count(person_id) FROM slip_member WHERE slip_member.slip_id = slip.id) AS asked,
                (SELECT count(person_id) FROM slip_member WHERE slip_member.slip_id = slip.id
                 AND (slip_member.state = 'signed' OR (slip_member.state = 'answered' AND NOT slip.is_signed))) AS back,
                (slip.state = 'collecting' AND EXISTS
                 (SELECT person_id FROM slip_member WHERE slip_member.slip_id = slip.id
                  AND coalesce(slip_member.substitute_id, slip_member.person_id) = $2
                  AND NOT (slip_member.state = 'signed' OR (slip_member.state = 'answered' AND NOT slip.is_signed))))
                    AS is_waiting
         FROM slip JOIN meeting_type ON meeting_type.id = slip.type_id
         WHERE slip.organisation_id = $1
           AND (($3 AND $3) OR slip.drafter_id = $2 OR slip.adviser_id = $2 OR slip.approver_id = $2
                OR (slip.state IN ('collecting', 'closed', 'reported') AND slip.id IN
                    (SELECT slip_id FROM slip_member WHERE person_id = $2
                     UNION SELECT slip_id FROM slip_member WHERE substitute_id = $2)))
         ORDER BY CASE WHEN slip.state IN ('reported', 'cancelled') THEN 1 ELSE 0 END, slip.deadline DESC, slip.id
         LIMIT 200" as Line, organisation, person, all)
}

/// A slip that waits for one person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Waiting {
    pub id: SlipId,
    pub title: String,
    pub deadline: Timestamp,
    pub state: State,
}

/// What waits for a person: slips to answer, and those to approve.
pub async fn waiting_for(tx: &mut Tx, person: PersonId) -> Result<Vec<Waiting>, db::Error> {
    sql!(tx => fetch_all
        "SELECT slip.id, slip.title, slip.deadline, slip.state FROM slip
         WHERE (slip.state = 'submitted' AND slip.approver_id = $1)
            OR (slip.state = 'collecting' AND EXISTS
                (SELECT person_id FROM slip_member WHERE slip_member.slip_id = slip.id
                 AND coalesce(slip_member.substitute_id, slip_member.person_id) = $1
                 AND NOT (slip_member.state = 'signed' OR (slip_member.state = 'answered' AND NOT slip.is_signed))))
         ORDER BY slip.deadline, slip.id LIMIT 50" as Waiting, person)
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Question {
    pub id: QuestionId,
    pub text: String,
}

pub async fn questions(tx: &mut Tx, slip: SlipId) -> Result<Vec<Question>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, text FROM slip_question WHERE slip_id = $1 ORDER BY position, id" as Question, slip)
}

/// Puts these questions in the place of the ones before; nobody has answered yet.
pub async fn replace_questions(tx: &mut Tx, slip: SlipId, texts: &[String]) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM slip_question WHERE slip_id = $1", slip)?;
    for (position, text) in (0_i64..).zip(texts) {
        sql!(tx => execute
            "INSERT INTO slip_question (id, slip_id, position, text) VALUES ($1, $2, $3, $4)",
            QuestionId::new(), slip, position, text.as_str())?;
    }
    Ok(())
}

/// A paper that goes with a slip: its newest version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Paper {
    pub paper_id: PaperId,
    pub version_id: VersionId,
    pub title: String,
}

pub async fn attach(tx: &mut Tx, slip: SlipId, paper: PaperId) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO slip_paper (slip_id, paper_id, position)
         SELECT $1, $2, coalesce(max(position) + 1, 0) FROM slip_paper WHERE slip_id = $1", slip, paper)?;
    Ok(())
}

pub async fn papers(tx: &mut Tx, slip: SlipId) -> Result<Vec<Paper>, db::Error> {
    sql!(tx => fetch_all
        "SELECT paper.id AS paper_id, paper_version.id AS version_id, paper.title
         FROM slip_paper JOIN paper ON paper.id = slip_paper.paper_id
         JOIN paper_version ON paper_version.paper_id = paper.id
         WHERE slip_paper.slip_id = $1
           AND paper_version.number = (SELECT max(number) FROM paper_version latest WHERE latest.paper_id = paper.id)
         ORDER BY slip_paper.position, paper.id" as Paper, slip)
}

/// How a body asks in writing; the usual way, if nobody said.
pub async fn terms(tx: &mut Tx, body: MeetingTypeId) -> Result<Terms, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT unanswered, is_signed, hours_before, hours_after FROM slip_rule WHERE type_id = $1"
        as (Unanswered, bool, i64, i64), body)?;
    let known = |(unanswered, is_signed, hours_before, hours_after)| Terms {
        unanswered,
        is_signed,
        hours_before,
        hours_after,
    };
    Ok(row.map(known).unwrap_or_default())
}

pub async fn set_terms(tx: &mut Tx, body: MeetingTypeId, terms: Terms) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO slip_rule (type_id, unanswered, is_signed, hours_before, hours_after) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (type_id) DO UPDATE SET unanswered = excluded.unanswered, is_signed = excluded.is_signed,
             hours_before = excluded.hours_before, hours_after = excluded.hours_after",
        body, terms.unanswered, terms.is_signed, terms.hours_before, terms.hours_after)?;
    Ok(())
}

/// Those whom a body's newest slip was sent to.
pub async fn last_members(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<PersonId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT person_id FROM slip_member WHERE slip_id =
             (SELECT id FROM slip WHERE organisation_id = $1 ORDER BY created_at DESC, id DESC LIMIT 1)
         ORDER BY position" as (PersonId,), organisation)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}

/// Notes that a moment of a deadline is told. False: it was told before.
pub async fn note_reminder(
    tx: &mut Tx,
    slip: &Slip,
    moment: Moment,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let noted = sql!(tx => execute
        "INSERT INTO slip_reminder (slip_id, deadline, moment, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (slip_id, deadline, moment) DO NOTHING", slip.id, slip.deadline, moment, now)?;
    Ok(noted == 1)
}

/// Notes the document that follows a slip. False: there is one.
pub async fn insert_document(tx: &mut Tx, slip: SlipId, document: OutgoingId) -> Result<bool, db::Error> {
    let inserted = sql!(tx => execute
        "INSERT INTO slip_document (slip_id, outgoing_id) VALUES ($1, $2) ON CONFLICT (slip_id) DO NOTHING",
        slip, document)?;
    Ok(inserted == 1)
}

pub async fn document(tx: &mut Tx, slip: SlipId) -> Result<Option<OutgoingId>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT outgoing_id FROM slip_document WHERE slip_id = $1" as (OutgoingId,), slip)?;
    Ok(row.map(|(document,)| document))
}
