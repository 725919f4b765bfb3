//! SQL on opinions.

use super::OpinionId;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::meetings::{ItemId, MeetingId};
use crate::papers::{PaperId, VersionId};
use crate::sql;

crate::column!(OpinionId as uuid::Uuid);

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Opinion {
    pub id: OpinionId,
    pub meeting_id: MeetingId,
    pub item_id: ItemId,
    pub paper_id: PaperId,
    /// The number of the version it was written about.
    pub version: i64,
    pub person_id: PersonId,
    pub full_name: String,
    pub unit: String,
    pub text: String,
    pub changed_at: Timestamp,
    pub answer: String,
    pub answered_by: Option<String>,
    pub answered_at: Option<Timestamp>,
}

/// An opinion as it is written down.
#[derive(Clone, Debug)]
pub struct NewOpinion {
    pub meeting: MeetingId,
    pub item: ItemId,
    pub paper: PaperId,
    pub version: VersionId,
    pub person: PersonId,
    pub text: String,
}

/// Writes an opinion down, in place of the person's earlier one.
pub async fn put(tx: &mut Tx, opinion: &NewOpinion, now: Timestamp) -> Result<OpinionId, db::Error> {
    let (id,) = sql!(tx => fetch_one
        "INSERT INTO opinion (id, meeting_id, item_id, paper_id, version_id, person_id, text, written_at,
                              changed_at, answer)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, '')
         ON CONFLICT (item_id, paper_id, person_id) DO UPDATE SET text = excluded.text,
             version_id = excluded.version_id, changed_at = excluded.changed_at
         RETURNING id" as (OpinionId,),
        OpinionId::new(), opinion.meeting, opinion.item, opinion.paper, opinion.version, opinion.person,
        opinion.text.as_str(), now)?;
    Ok(id)
}

pub async fn opinion(tx: &mut Tx, id: OpinionId) -> Result<Option<Opinion>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT opinion.id, opinion.meeting_id, opinion.item_id, opinion.paper_id,
                paper_version.number AS version, opinion.person_id, person.full_name, unit.name AS unit,
                opinion.text, opinion.changed_at, opinion.answer, answerer.full_name AS answered_by,
                opinion.answered_at
         FROM opinion
         JOIN paper_version ON paper_version.id = opinion.version_id
         JOIN person ON person.id = opinion.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person answerer ON answerer.id = opinion.answered_by
         WHERE opinion.id = $1" as Opinion, id)
}

/// The opinions of a meeting in the order of the agenda, at most so many.
pub async fn opinions(tx: &mut Tx, meeting: MeetingId, most: i64) -> Result<Vec<Opinion>, db::Error> {
    sql!(tx => fetch_all
        "SELECT opinion.id, opinion.meeting_id, opinion.item_id, opinion.paper_id,
                paper_version.number AS version, opinion.person_id, person.full_name, unit.name AS unit,
                opinion.text, opinion.changed_at, opinion.answer, answerer.full_name AS answered_by,
                opinion.answered_at
         FROM opinion
         JOIN agenda_item ON agenda_item.id = opinion.item_id
         JOIN paper_version ON paper_version.id = opinion.version_id
         JOIN person ON person.id = opinion.person_id
         JOIN unit ON unit.id = person.unit_id
         LEFT JOIN person answerer ON answerer.id = opinion.answered_by
         WHERE opinion.meeting_id = $1
         ORDER BY agenda_item.position, opinion.paper_id, opinion.written_at, opinion.id LIMIT $2" as Opinion,
        meeting, most)
}

pub async fn put_answer(
    tx: &mut Tx,
    id: OpinionId,
    text: &str,
    answered_by: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE opinion SET answer = $2, answered_by = $3, answered_at = $4 WHERE id = $1",
        id, text, answered_by, now)?;
    Ok(())
}

/// The papers of a meeting's agenda that a person made or brought in.
pub async fn prepared_by(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Vec<PaperId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT DISTINCT agenda_paper.paper_id FROM agenda_paper
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         JOIN paper ON paper.id = agenda_paper.paper_id
         WHERE agenda_item.meeting_id = $1
           AND (paper.created_by = $2
                OR EXISTS (SELECT 1 FROM paper_version WHERE paper_version.paper_id = paper.id
                           AND paper_version.uploaded_by = $2))" as (PaperId,), meeting, person)?;
    Ok(rows.into_iter().map(|(paper,)| paper).collect())
}
