//! SQL that reads what earlier features wrote down; nothing is written.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::meetings::{ItemId, MeetingId};
use crate::sql;

/// One who had the floor, in the order of being called.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct SpeechRow {
    pub item_id: ItemId,
    pub kind: String,
    pub full_name: String,
    pub topic: String,
    /// Who was questioned.
    pub addressee: Option<String>,
    /// Microseconds.
    pub spoken: i64,
    pub called_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// How a questioning was, or will be, answered.
    pub way: Option<String>,
    pub due_at: Option<Timestamp>,
    pub answer: Option<String>,
}

impl SpeechRow {
    pub fn is_question(&self) -> bool {
        self.kind == "questioning"
    }
}

pub(super) async fn speeches(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<SpeechRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT speech_request.item_id, speech_request.kind, person.full_name, speech_request.topic,
                addressee.full_name AS addressee, speech_request.spoken, speech_request.called_at,
                speech_request.ended_at, question_answer.way, question_answer.due_at,
                question_answer.text AS answer
         FROM speech_request
         JOIN person ON person.id = speech_request.person_id
         LEFT JOIN person addressee ON addressee.id = speech_request.addressee_id
         LEFT JOIN question_answer ON question_answer.request_id = speech_request.id
         WHERE speech_request.meeting_id = $1 AND speech_request.state = 'finished'
         ORDER BY speech_request.called_at, speech_request.id" as SpeechRow, meeting)
}

/// What someone wrote on a paper, and what the drafter answered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct OpinionRow {
    pub item_id: ItemId,
    pub full_name: String,
    pub paper: String,
    pub text: String,
    pub answer: String,
}

pub(super) async fn opinions(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<OpinionRow>, db::Error> {
    sql!(tx => fetch_all
        "SELECT opinion.item_id, person.full_name, paper.title AS paper, opinion.text, opinion.answer
         FROM opinion JOIN person ON person.id = opinion.person_id JOIN paper ON paper.id = opinion.paper_id
         WHERE opinion.meeting_id = $1 AND opinion.text <> ''
         ORDER BY opinion.written_at, opinion.id" as OpinionRow, meeting)
}

/// Whether the members of this body read each other's opinions.
pub(super) async fn opinions_are_shown(tx: &mut Tx, meeting: MeetingId) -> Result<bool, db::Error> {
    let (shown,) = sql!(tx => fetch_one
        "SELECT meeting_type.opinions_shown FROM meeting JOIN meeting_type ON meeting_type.id = meeting.type_id
         WHERE meeting.id = $1" as (bool,), meeting)?;
    Ok(shown)
}

/// The times in which the meeting stood still: kind, beginning and end.
pub(super) async fn breaks(
    tx: &mut Tx,
    meeting: MeetingId,
) -> Result<Vec<(String, Timestamp, Option<Timestamp>)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT kind, started_at, ended_at FROM meeting_break WHERE meeting_id = $1 ORDER BY id"
        as (String, Timestamp, Option<Timestamp>), meeting)
}
