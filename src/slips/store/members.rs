//! SQL on the members of a slip and what they answer.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::signing::DocumentId;
use crate::slips::rules::{Choice, MemberState};
use crate::slips::{QuestionId, SlipId};
use crate::sql;

/// One whom a slip is sent to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Member {
    pub person_id: PersonId,
    pub full_name: String,
    pub position: String,
    pub substitute_id: Option<PersonId>,
    pub substitute: Option<String>,
    pub state: MemberState,
    pub version: i64,
    pub opened_at: Option<Timestamp>,
    pub answered_at: Option<Timestamp>,
    pub document_id: Option<DocumentId>,
}

impl Member {
    /// Who answers: the member, or whoever was named instead.
    pub fn answerer(&self) -> PersonId {
        self.substitute_id.unwrap_or(self.person_id)
    }
}

pub async fn members(tx: &mut Tx, slip: SlipId) -> Result<Vec<Member>, db::Error> {
    sql!(tx => fetch_all
        "SELECT slip_member.person_id, person.full_name, person.position, slip_member.substitute_id,
                substitute.full_name AS substitute, slip_member.state, slip_member.version, slip_member.opened_at,
                slip_member.answered_at, slip_member.document_id
         FROM slip_member JOIN person ON person.id = slip_member.person_id
         LEFT JOIN person substitute ON substitute.id = slip_member.substitute_id
         WHERE slip_member.slip_id = $1 ORDER BY slip_member.position, slip_member.person_id" as Member, slip)
}

pub async fn insert_member(
    tx: &mut Tx,
    slip: SlipId,
    person: PersonId,
    position: i64,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO slip_member (slip_id, person_id, position, state, version) VALUES ($1, $2, $3, 'pending', 1)
         ON CONFLICT (slip_id, person_id) DO NOTHING", slip, person, position)?;
    Ok(())
}

/// Takes everyone off a draft.
pub async fn remove_members(tx: &mut Tx, slip: SlipId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM slip_member WHERE slip_id = $1", slip)?;
    Ok(())
}

pub async fn mark_opened(
    tx: &mut Tx,
    slip: SlipId,
    person: PersonId,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip_member SET state = 'opened', opened_at = $3
         WHERE slip_id = $1 AND person_id = $2 AND state = 'pending'", slip, person, now)?;
    Ok(changed == 1)
}

/// Names who answers instead. False: the member has answered already.
pub async fn set_substitute(
    tx: &mut Tx,
    slip: SlipId,
    person: PersonId,
    substitute: PersonId,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip_member SET substitute_id = $3, state = 'pending', opened_at = NULL, version = version + 1
         WHERE slip_id = $1 AND person_id = $2 AND state IN ('pending', 'opened')", slip, person, substitute)?;
    Ok(changed == 1)
}

/// Notes an answer over the version it was typed on. False: signed already, or
/// answered on another device meanwhile.
pub async fn save_answered(
    tx: &mut Tx,
    slip: SlipId,
    (person, version): (PersonId, i64),
    now: Timestamp,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip_member SET state = 'answered', answered_at = $4, version = version + 1
         WHERE slip_id = $1 AND person_id = $2 AND version = $3 AND state <> 'signed'", slip, person, version, now)?;
    Ok(changed == 1)
}

/// Notes the signed slip of exactly the answer it was made from. False: that
/// answer was changed or signed meanwhile.
pub async fn save_signed(
    tx: &mut Tx,
    slip: SlipId,
    (person, version): (PersonId, i64),
    document: DocumentId,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip_member SET state = 'signed', document_id = $4, version = version + 1
         WHERE slip_id = $1 AND person_id = $2 AND version = $3 AND state = 'answered'",
        slip, person, version, document)?;
    Ok(changed == 1)
}

/// What a member says to one question.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answer {
    pub person_id: PersonId,
    pub question_id: QuestionId,
    pub choice: Choice,
    pub text: String,
    pub response: String,
}

pub async fn answers(tx: &mut Tx, slip: SlipId) -> Result<Vec<Answer>, db::Error> {
    sql!(tx => fetch_all
        "SELECT person_id, question_id, choice, text, response FROM slip_answer WHERE slip_id = $1" as Answer, slip)
}

/// Writes an answer down, in place of the member's earlier one.
pub async fn put_answer(tx: &mut Tx, slip: SlipId, answer: &Answer) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO slip_answer (slip_id, person_id, question_id, choice, text, response)
         VALUES ($1, $2, $3, $4, $5, '')
         ON CONFLICT (slip_id, person_id, question_id) DO UPDATE SET choice = excluded.choice, text = excluded.text",
        slip, answer.person_id, answer.question_id, answer.choice, answer.text.as_str())?;
    Ok(())
}

/// What the drafter says to an answer. False: there is none.
pub async fn respond(tx: &mut Tx, slip: SlipId, answer: &Answer) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE slip_answer SET response = $4 WHERE slip_id = $1 AND person_id = $2 AND question_id = $3",
        slip, answer.person_id, answer.question_id, answer.response.as_str())?;
    Ok(changed == 1)
}
