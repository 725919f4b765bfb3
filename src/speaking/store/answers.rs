//! SQL on the answers to questionings.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::MeetingId;
use crate::speaking::RequestId;
use crate::speaking::rules::AnswerWay;
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Answer {
    pub request_id: RequestId,
    pub way: AnswerWay,
    /// Until when a written answer is due.
    pub due_at: Option<Timestamp>,
    pub text: String,
    /// When it was given; awaited if `None`.
    pub answered_at: Option<Timestamp>,
}

/// Writes the answer down, or what was settled about it, in place of an earlier one.
pub async fn put_answer(
    tx: &mut Tx,
    answer: &Answer,
    answered_by: Option<PersonId>,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO question_answer (request_id, way, due_at, text, answered_by, answered_at)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (request_id) DO UPDATE SET way = excluded.way, due_at = excluded.due_at,
             text = excluded.text, answered_by = excluded.answered_by, answered_at = excluded.answered_at",
        answer.request_id, answer.way, answer.due_at, answer.text.as_str(), answered_by,
        answer.answered_at)?;
    Ok(())
}

pub async fn answer(tx: &mut Tx, request: RequestId) -> Result<Option<Answer>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT request_id, way, due_at, text, answered_at FROM question_answer WHERE request_id = $1"
        as Answer, request)
}

/// The answers given or due in a meeting.
pub async fn answers(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Answer>, db::Error> {
    sql!(tx => fetch_all
        "SELECT question_answer.request_id, question_answer.way, question_answer.due_at, question_answer.text,
                question_answer.answered_at
         FROM question_answer JOIN speech_request ON speech_request.id = question_answer.request_id
         WHERE speech_request.meeting_id = $1" as Answer, meeting)
}
