//! SQL on who spoke and how long.

use super::Request;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::MeetingId;
use crate::sql;

/// How long a person spoke in a meeting, in microseconds, and how often.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Total {
    pub person_id: PersonId,
    pub full_name: String,
    pub unit: String,
    pub times: i64,
    pub spoken: i64,
}

/// Who spoke, is speaking, was passed over or asked in vain, the latest first;
/// `skip` of them left out.
pub async fn history(
    tx: &mut Tx,
    meeting: MeetingId,
    skip: i64,
    most: i64,
) -> Result<Vec<Request>, db::Error> {
    sql!(tx => fetch_all
        "SELECT request.id, request.meeting_id, request.item_id, request.person_id, person.full_name,
                unit.name AS unit, request.kind, request.topic, request.addressee_id,
                addressee.full_name AS addressee, request.state, request.position, request.allotted_seconds,
                request.spoken, request.running_since, request.called_at
         FROM speech_request request
         JOIN person ON person.id = request.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person addressee ON addressee.id = request.addressee_id
         WHERE request.meeting_id = $1 AND request.state IN ('speaking', 'paused', 'finished', 'skipped')
         ORDER BY coalesce(request.called_at, request.ended_at) DESC, request.id DESC LIMIT $2 OFFSET $3"
        as Request, meeting, most, skip)
}

/// The time of each who spoke until `now`, the longest first.
pub async fn totals(tx: &mut Tx, meeting: MeetingId, now: Timestamp) -> Result<Vec<Total>, db::Error> {
    sql!(tx => fetch_all
        "SELECT request.person_id, person.full_name, unit.name AS unit, count(request.id) AS times,
                CAST(sum(request.spoken + CASE WHEN request.running_since < $2 THEN $2 - request.running_since
                                               ELSE 0 END) AS BIGINT) AS spoken
         FROM speech_request request
         JOIN person ON person.id = request.person_id
         JOIN unit ON unit.id = person.unit_id
         WHERE request.meeting_id = $1 AND request.state IN ('speaking', 'paused', 'finished')
         GROUP BY request.person_id, person.full_name, unit.name, person.folded_name
         ORDER BY 5 DESC, person.folded_name LIMIT 500" as Total, meeting, now)
}
