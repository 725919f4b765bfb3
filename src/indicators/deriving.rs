//! What a subject of the log adds to the figures now, from its own rows.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::rules::{self, ClosedFile, DoneTask, EndedMeeting, Fact, Incoming, Subject};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::outgoing::OutgoingId;
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
        Subject::File(id) => closed_file(tx, organisation, id).await?.iter().map(rules::of_file).collect(),
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

/// A file with what its documents that went out come to now.
async fn closed_file(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: Uuid,
) -> Result<Option<ClosedFile>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT keeper_id, unit_id, closed_at FROM work_file WHERE id = $1 AND closed_at IS NOT NULL"
        as (PersonId, UnitId, Timestamp), id)?;
    let Some((keeper, unit, closed_at)) = row else { return Ok(None) };
    let documents = sql!(tx => fetch_all
        "SELECT outgoing_id FROM work_file_document
         WHERE file_id = $1 AND outgoing_id IS NOT NULL AND taken_out_at IS NULL" as (OutgoingId,), id)?;
    let mut deviations = BTreeSet::new();
    for (document,) in documents {
        deviations
            .extend(judge(tx, organisation, document).await?.into_iter().flat_map(|one| one.deviations));
    }
    Ok(Some(ClosedFile { keeper, unit, closed_at, deviations }))
}

/// The closed files whose figure hangs on a document that went out.
pub(super) async fn files_around(tx: &mut Tx, subject: Subject) -> Result<Vec<Subject>, db::Error> {
    let Subject::Outgoing(id) = subject else { return Ok(Vec::new()) };
    let rows = sql!(tx => fetch_all
        "SELECT work_file.id FROM work_file_document JOIN work_file ON work_file.id = work_file_document.file_id
         WHERE work_file_document.outgoing_id = $1 AND work_file_document.taken_out_at IS NULL
           AND work_file.closed_at IS NOT NULL" as (Uuid,), id)?;
    Ok(rows.into_iter().map(|(file,)| Subject::File(file)).collect())
}

/// Who was asked to sign a document, and when; nobody, if `subject` names none.
pub(super) async fn signers(tx: &mut Tx, subject: &str) -> Result<Vec<(PersonId, Timestamp)>, db::Error> {
    let id = subject.strip_prefix("document:").and_then(|id| Uuid::parse_str(id).ok());
    let Some(id) = id else { return Ok(Vec::new()) };
    sql!(tx => fetch_all
        "SELECT signature_step.person_id, signing_document.created_at FROM signature_step
         JOIN signing_document ON signing_document.id = signature_step.document_id
         WHERE signing_document.id = $1" as (PersonId, Timestamp), id)
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
