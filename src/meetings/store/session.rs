//! SQL on the course of a session: its breaks, who ran it, the secret of its check-in code.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::rules::MeetingState;
use crate::meetings::rules::session::Break;
use crate::meetings::{BreakId, ConductorId, MeetingId, MeetingTypeId};
use crate::sql;

crate::column!(BreakId as uuid::Uuid);
crate::column!(ConductorId as uuid::Uuid);

/// Someone who ran the meeting instead of its chair, or the chair come back.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Conductor {
    pub person_id: PersonId,
    pub full_name: String,
    pub since: Timestamp,
}

/// The state a meeting is in, whoever asks.
pub async fn state(tx: &mut Tx, meeting: MeetingId) -> Result<Option<MeetingState>, db::Error> {
    let row =
        sql!(tx => fetch_optional "SELECT state FROM meeting WHERE id = $1" as (MeetingState,), meeting)?;
    Ok(row.map(|(state,)| state))
}

pub async fn begin_break(
    tx: &mut Tx,
    meeting: MeetingId,
    kind: MeetingState,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO meeting_break (id, meeting_id, kind, started_at) VALUES ($1, $2, $3, $4)",
        BreakId::new(), meeting, kind, now)?;
    Ok(())
}

/// Ends the break that runs, if one does.
pub async fn end_break(tx: &mut Tx, meeting: MeetingId, now: Timestamp) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE meeting_break SET ended_at = $2 WHERE meeting_id = $1 AND ended_at IS NULL", meeting, now)?;
    Ok(())
}

pub async fn breaks(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Break>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT started_at, ended_at FROM meeting_break WHERE meeting_id = $1 ORDER BY id"
        as (Timestamp, Option<Timestamp>), meeting)?;
    Ok(rows.into_iter().map(|(started_at, ended_at)| Break { started_at, ended_at }).collect())
}

pub async fn add_conductor(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
    since: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO meeting_conductor (id, meeting_id, person_id, since) VALUES ($1, $2, $3, $4)",
        ConductorId::new(), meeting, person, since)?;
    Ok(())
}

/// Who ran the meeting, in the order of their turns; empty: its chair, throughout.
pub async fn conductors(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Conductor>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting_conductor.person_id, person.full_name, meeting_conductor.since
         FROM meeting_conductor JOIN person ON person.id = meeting_conductor.person_id
         WHERE meeting_conductor.meeting_id = $1 ORDER BY meeting_conductor.id" as Conductor, meeting)
}

/// Keeps the secret of a meeting's check-in code; the first one stays.
pub async fn keep_check_in_secret(
    tx: &mut Tx,
    meeting: MeetingId,
    secret: &[u8],
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO check_in_secret (meeting_id, secret, created_at) VALUES ($1, $2, $3)
         ON CONFLICT (meeting_id) DO NOTHING", meeting, secret.to_vec(), now)?;
    Ok(())
}

pub async fn check_in_secret(tx: &mut Tx, meeting: MeetingId) -> Result<Option<Vec<u8>>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT secret FROM check_in_secret WHERE meeting_id = $1" as (Vec<u8>,), meeting)?;
    Ok(row.map(|(secret,)| secret))
}

/// What a kind of body says about its sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRule {
    /// How long a speaker has, unless the chair says otherwise.
    pub speech_minutes: i64,
    /// Members read each other's opinions on papers.
    pub opinions_shown: bool,
}

pub async fn session_rule(tx: &mut Tx, kind: MeetingTypeId) -> Result<SessionRule, db::Error> {
    sql!(tx => fetch_one
        "SELECT speech_minutes, opinions_shown FROM meeting_type WHERE id = $1" as SessionRule, kind)
}

pub async fn set_session_rule(tx: &mut Tx, kind: MeetingTypeId, rule: &SessionRule) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE meeting_type SET speech_minutes = $2, opinions_shown = $3 WHERE id = $1",
        kind, rule.speech_minutes, rule.opinions_shown)?;
    Ok(())
}
