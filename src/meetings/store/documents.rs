//! SQL on papers on their way to the meeting.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{OrganisationId, PersonId, UnitId};
use crate::meetings::rules::PaperState;
use crate::meetings::{ItemId, MeetingId};
use crate::papers::{PaperId, VersionId};
use crate::sql;

crate::column!(PaperState as String);

/// A paper of an item that a unit prepares, in its newest version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PreparedPaper {
    pub meeting_id: MeetingId,
    pub item_id: ItemId,
    pub unit_id: Option<UnitId>,
    pub paper_id: PaperId,
    pub title: String,
    pub state: PaperState,
    pub version_id: VersionId,
    pub number: i64,
    pub uploaded_by: PersonId,
}

pub async fn prepared_paper(
    tx: &mut Tx,
    meeting: MeetingId,
    paper: PaperId,
) -> Result<Option<PreparedPaper>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT agenda_item.meeting_id, agenda_item.id AS item_id, agenda_item.unit_id, agenda_paper.paper_id,
                paper.title, agenda_paper.state, paper_version.id AS version_id, paper_version.number,
                paper_version.uploaded_by
         FROM agenda_paper
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         JOIN paper ON paper.id = agenda_paper.paper_id
         JOIN paper_version ON paper_version.paper_id = paper.id
              AND paper_version.number = (SELECT max(newest.number) FROM paper_version newest
                                          WHERE newest.paper_id = paper.id)
         WHERE agenda_item.meeting_id = $1 AND agenda_paper.paper_id = $2" as PreparedPaper, meeting, paper)
}

pub async fn set_paper_state(
    tx: &mut Tx,
    item: ItemId,
    paper: PaperId,
    state: PaperState,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE agenda_paper SET state = $3 WHERE item_id = $1 AND paper_id = $2", item, paper, state)?;
    Ok(())
}

/// A step a paper took.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PaperStep {
    pub paper_id: PaperId,
    pub state: PaperState,
    pub version: i64,
    pub full_name: String,
    pub reason: String,
    pub at: Timestamp,
}

pub async fn insert_step(
    tx: &mut Tx,
    paper: PaperId,
    step: (PaperState, i64, &str),
    person: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    let (state, version, reason) = step;
    sql!(tx => execute
        "INSERT INTO paper_step (paper_id, number, state, version, person_id, reason, at)
         SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6 FROM paper_step WHERE paper_id = $1",
        paper, state, version, person, reason, now)?;
    Ok(())
}

/// The steps of every paper of a meeting, the oldest first.
pub async fn steps(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<PaperStep>, db::Error> {
    sql!(tx => fetch_all
        "SELECT paper_step.paper_id, paper_step.state, paper_step.version, person.full_name,
                paper_step.reason, paper_step.at
         FROM paper_step
         JOIN agenda_paper ON agenda_paper.paper_id = paper_step.paper_id
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         JOIN person ON person.id = paper_step.person_id
         WHERE agenda_item.meeting_id = $1 ORDER BY paper_step.paper_id, paper_step.number" as PaperStep, meeting)
}

/// An item that a unit prepares.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnitItem {
    pub meeting_id: MeetingId,
    pub meeting: String,
    pub starts_at: Timestamp,
    pub item_id: ItemId,
    pub title: String,
}

/// What a unit is to prepare for meetings that are not over or called off.
pub async fn items_of_unit(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
    now: Timestamp,
) -> Result<Vec<UnitItem>, db::Error> {
    sql!(tx => fetch_all
        "SELECT meeting.id AS meeting_id, meeting.title AS meeting, meeting.starts_at,
                agenda_item.id AS item_id, agenda_item.title
         FROM agenda_item JOIN meeting ON meeting.id = agenda_item.meeting_id
         WHERE agenda_item.unit_id = $2 AND meeting.organisation_id = $1 AND meeting.ends_at > $3
           AND meeting.state NOT IN ('ended', 'cancelled')
         ORDER BY meeting.starts_at, meeting.id, agenda_item.position LIMIT 100" as UnitItem,
        organisation, unit, now)
}

/// Says which unit prepares an item, and whether it was put off.
pub async fn set_item_plan(
    tx: &mut Tx,
    item: ItemId,
    unit: Option<UnitId>,
    deferred: bool,
) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE agenda_item SET unit_id = $2, deferred = $3 WHERE id = $1", item, unit, deferred)?;
    Ok(())
}

/// The people of a unit who work there now.
pub async fn people_of_unit(tx: &mut Tx, unit: UnitId) -> Result<Vec<PersonId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id FROM person WHERE unit_id = $1 AND active ORDER BY id" as (PersonId,), unit)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Which unit a person belongs to.
pub async fn unit_of(tx: &mut Tx, person: PersonId) -> Result<UnitId, db::Error> {
    let (unit,) = sql!(tx => fetch_one "SELECT unit_id FROM person WHERE id = $1" as (UnitId,), person)?;
    Ok(unit)
}
