//! What a subject of the log adds to the figures now, from its own rows.

use uuid::Uuid;

use super::rules::{self, DoneTask, EndedMeeting, Fact, Incoming, Subject};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::outgoing::judging::judge;
use crate::sql;

/// The facts of a subject; none, if it adds nothing (yet).
pub(super) async fn facts_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    subject: Subject,
) -> Result<Vec<Fact>, db::Error> {
    Ok(match subject {
        Subject::Outgoing(id) => judge(tx, organisation, id.into())
            .await?
            .map(|judged| rules::of_outgoing(&judged))
            .unwrap_or_default(),
        Subject::Number(id) => number(tx, id).await?,
        Subject::Incoming(id) => {
            incoming(tx, id).await?.map(|one| rules::of_incoming(&one)).unwrap_or_default()
        }
        Subject::Task(id) => done_task(tx, id).await?.iter().map(rules::of_task).collect(),
        Subject::Slip(id) => slip(tx, id).await?,
        Subject::Meeting(id) => meeting(tx, id).await?.map(|one| rules::of_meeting(&one)).unwrap_or_default(),
    })
}

/// Numbers of the outgoing register only: other series have their documents.
async fn number(tx: &mut Tx, id: Uuid) -> Result<Vec<Fact>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT register_number.taken_by, register_number.day, register_number.state
         FROM register_number JOIN number_series ON number_series.id = register_number.series_id
         WHERE register_number.id = $1 AND number_series.kind = 'outgoing'" as (PersonId, Timestamp, String), id)?;
    Ok(row.map(|(person, day, state)| rules::of_number(person, day, state == "reserved")).unwrap_or_default())
}

#[derive(sqlx::FromRow)]
struct IncomingRow {
    brought_by: PersonId,
    registered_by: Option<PersonId>,
    arrived_at: Timestamp,
    registered_at: Option<Timestamp>,
    state: String,
    lead_unit_id: Option<UnitId>,
    deadline: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    completed_by: Option<PersonId>,
}

async fn incoming(tx: &mut Tx, id: Uuid) -> Result<Option<Incoming>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT brought_by, registered_by, arrived_at, registered_at, state, lead_unit_id, deadline, completed_at,
                (SELECT person_id FROM incoming_course
                 WHERE document_id = incoming_document.id AND act = 'complete'
                 ORDER BY done_at DESC, id DESC LIMIT 1) AS completed_by
         FROM incoming_document WHERE id = $1" as IncomingRow, id)?;
    Ok(row.map(|row| Incoming {
        clerk: row.registered_by.unwrap_or(row.brought_by),
        arrived_at: row.arrived_at,
        registered_at: row.registered_at,
        is_turned_away: row.registered_at.is_none() && ["refused", "recalled"].contains(&row.state.as_str()),
        lead_unit: row.lead_unit_id,
        deadline: row.deadline,
        completed: row.completed_at.zip(row.completed_by),
    }))
}

#[derive(sqlx::FromRow)]
struct TaskRow {
    person_id: Option<PersonId>,
    giver_id: PersonId,
    lead_unit_id: UnitId,
    due_at: Timestamp,
    ended_at: Timestamp,
    reported_at: Option<Timestamp>,
}

async fn done_task(tx: &mut Tx, id: Uuid) -> Result<Option<DoneTask>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT person_id, giver_id, lead_unit_id, due_at, ended_at,
                (SELECT max(at) FROM task_act WHERE task_id = task.id AND act = 'report') AS reported_at
         FROM task WHERE id = $1 AND state = 'approved_done' AND ended_at IS NOT NULL" as TaskRow, id)?;
    Ok(row.map(|row| DoneTask {
        person: row.person_id.unwrap_or(row.giver_id),
        lead_unit: row.lead_unit_id,
        due_at: row.due_at,
        reported_at: row.reported_at.unwrap_or(row.ended_at),
    }))
}

/// Whoever was to answer: the substitute, where one was named.
async fn slip(tx: &mut Tx, id: Uuid) -> Result<Vec<Fact>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT coalesce(slip_member.substitute_id, slip_member.person_id), slip_member.answered_at, slip.deadline,
                slip.closed_at
         FROM slip JOIN slip_member ON slip_member.slip_id = slip.id
         WHERE slip.id = $1 AND slip.state IN ('closed', 'reported') AND slip.closed_at IS NOT NULL"
        as (PersonId, Option<Timestamp>, Timestamp, Timestamp), id)?;
    let fact = |(person, answered, deadline, closed)| rules::of_slip(person, answered, (deadline, closed));
    Ok(rows.into_iter().map(fact).collect())
}

/// Pages as `statistics` counts them: of each paper's newest version, for each
/// who might read it.
async fn meeting(tx: &mut Tx, id: Uuid) -> Result<Option<EndedMeeting>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT created_by, started_at FROM meeting WHERE id = $1 AND state = 'ended' AND started_at IS NOT NULL"
        as (PersonId, Timestamp), id)?;
    let Some((organiser, started_at)) = row else { return Ok(None) };
    let (papers, pages) = sql!(tx => fetch_one
        "SELECT count(DISTINCT shown.paper_id),
                CAST(coalesce(sum(CASE WHEN paper_reader.person_id IS NOT NULL THEN paper_version.pages END), 0)
                     AS BIGINT)
         FROM (SELECT DISTINCT agenda_paper.paper_id
               FROM agenda_paper JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
               WHERE agenda_item.meeting_id = $1) shown
         JOIN paper_version ON paper_version.paper_id = shown.paper_id
              AND paper_version.number = (SELECT max(newest.number) FROM paper_version newest
                                          WHERE newest.paper_id = shown.paper_id)
         LEFT JOIN paper_reader ON paper_reader.paper_id = shown.paper_id" as (i64, i64), id)?;
    Ok(Some(EndedMeeting { organiser, started_at, papers, pages }))
}
