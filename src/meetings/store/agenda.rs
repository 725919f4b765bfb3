//! SQL on agenda items and their papers.

use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{PersonId, UnitId};
use crate::lights::Light;
use crate::meetings::rules::{PaperException, PaperState};
use crate::meetings::{ItemId, MeetingId};
use crate::papers::{PaperId, VersionId};
use crate::sql;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Item {
    pub id: ItemId,
    pub position: i64,
    pub title: String,
    pub presenter: String,
    pub minutes_allotted: i64,
    pub recurring: bool,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// The unit that prepares its papers.
    pub unit_id: Option<UnitId>,
    /// Put off until the next meeting of the kind.
    pub deferred: bool,
}

/// A paper on the agenda, with its newest version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AgendaPaper {
    pub item_id: ItemId,
    pub paper_id: PaperId,
    pub title: String,
    pub guests_may_read: bool,
    pub may_download: bool,
    pub version_id: VersionId,
    pub number: i64,
    pub sha256: String,
    pub state: String,
    /// How far it has come; `state` is that of its file.
    pub progress: PaperState,
    pub pages: i64,
    /// When this person opened this version; never yet if `None`.
    pub opened_at: Option<Timestamp>,
    /// What its signatures came to; unknown until judged.
    pub light: Option<Light>,
}

pub async fn items(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<Item>, db::Error> {
    sql!(tx => fetch_all
        "SELECT id, position, title, presenter, minutes_allotted, recurring, started_at, ended_at,
                unit_id, deferred
         FROM agenda_item WHERE meeting_id = $1 ORDER BY position, id" as Item, meeting)
}

pub async fn insert_item(tx: &mut Tx, meeting: MeetingId, item: &Item) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO agenda_item (id, meeting_id, position, title, presenter, minutes_allotted, recurring, unit_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        item.id, meeting, item.position, item.title.as_str(), item.presenter.as_str(), item.minutes_allotted,
        item.recurring, item.unit_id)?;
    Ok(())
}

/// Writes an item anew. False: it is not of this meeting.
pub async fn update_item(tx: &mut Tx, meeting: MeetingId, item: &Item) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE agenda_item SET position = $3, title = $4, presenter = $5, minutes_allotted = $6,
                recurring = $7, started_at = $8, ended_at = $9, unit_id = $10, deferred = $11
         WHERE meeting_id = $1 AND id = $2",
        meeting, item.id, item.position, item.title.as_str(), item.presenter.as_str(), item.minutes_allotted,
        item.recurring, item.started_at, item.ended_at, item.unit_id, item.deferred)?;
    Ok(changed == 1)
}

pub async fn delete_item(tx: &mut Tx, meeting: MeetingId, item: ItemId) -> Result<bool, db::Error> {
    sql!(tx => execute "DELETE FROM agenda_paper WHERE item_id = $1" , item)?;
    let deleted = sql!(tx => execute
        "DELETE FROM agenda_item WHERE meeting_id = $1 AND id = $2", meeting, item)?;
    Ok(deleted == 1)
}

pub async fn attach_paper(
    tx: &mut Tx,
    item: ItemId,
    paper: PaperId,
    position: i64,
    state: PaperState,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO agenda_paper (item_id, paper_id, position, guests_may_read, may_download, state)
         VALUES ($1, $2, $3, FALSE, TRUE, $4) ON CONFLICT (item_id, paper_id) DO NOTHING",
        item, paper, position, state)?;
    Ok(())
}

pub async fn detach_paper(tx: &mut Tx, item: ItemId, paper: PaperId) -> Result<bool, db::Error> {
    let deleted = sql!(tx => execute
        "DELETE FROM agenda_paper WHERE item_id = $1 AND paper_id = $2", item, paper)?;
    Ok(deleted == 1)
}

/// False: the paper is not on this item.
pub async fn set_paper_rule(
    tx: &mut Tx,
    item: ItemId,
    paper: PaperId,
    guests_may_read: bool,
    may_download: bool,
) -> Result<bool, db::Error> {
    let changed = sql!(tx => execute
        "UPDATE agenda_paper SET guests_may_read = $3, may_download = $4
         WHERE item_id = $1 AND paper_id = $2", item, paper, guests_may_read, may_download)?;
    Ok(changed == 1)
}

pub async fn put_exception(tx: &mut Tx, own: &PaperException) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO agenda_paper_exception (paper_id, person_id, may_read, may_download)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (paper_id, person_id)
         DO UPDATE SET may_read = excluded.may_read, may_download = excluded.may_download",
        own.paper, own.person, own.may_read, own.may_download)?;
    Ok(())
}

pub async fn exceptions(tx: &mut Tx, meeting: MeetingId) -> Result<Vec<PaperException>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT agenda_paper_exception.paper_id, agenda_paper_exception.person_id,
                agenda_paper_exception.may_read, agenda_paper_exception.may_download
         FROM agenda_paper_exception
         JOIN agenda_paper ON agenda_paper.paper_id = agenda_paper_exception.paper_id
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         WHERE agenda_item.meeting_id = $1" as (PaperId, PersonId, bool, bool), meeting)?;
    let exceptions = rows.into_iter().map(|(paper, person, may_read, may_download)| PaperException {
        paper,
        person,
        may_read,
        may_download,
    });
    Ok(exceptions.collect())
}

/// The published papers of an agenda, each with its newest version and when
/// `person` opened that.
pub async fn agenda_papers(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Vec<AgendaPaper>, db::Error> {
    let mut papers = all_papers(tx, meeting, person).await?;
    papers.retain(|paper| paper.progress == PaperState::Published);
    Ok(papers)
}

/// As [`agenda_papers`], with those still on their way.
pub async fn all_papers(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Vec<AgendaPaper>, db::Error> {
    sql!(tx => fetch_all
        "SELECT agenda_paper.item_id, agenda_paper.paper_id, paper.title, agenda_paper.guests_may_read,
                agenda_paper.may_download, paper_version.id AS version_id, paper_version.number,
                paper_version.sha256, paper_version.state, paper_version.pages, agenda_paper.state AS progress,
                paper_opening.first_opened_at AS opened_at, light.verdict AS light
         FROM agenda_paper
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         JOIN paper ON paper.id = agenda_paper.paper_id
         JOIN paper_version ON paper_version.paper_id = paper.id
              AND paper_version.number = (SELECT max(newest.number) FROM paper_version newest
                                          WHERE newest.paper_id = paper.id)
         LEFT JOIN light ON light.sha256 = paper_version.sha256
         LEFT JOIN paper_opening ON paper_opening.version_id = paper_version.id
              AND paper_opening.person_id = $2
         WHERE agenda_item.meeting_id = $1
         ORDER BY agenda_item.position, agenda_paper.position, paper.id" as AgendaPaper, meeting, person)
}

/// The papers a person may read, of one meeting.
pub async fn readable_papers(
    tx: &mut Tx,
    meeting: MeetingId,
    person: PersonId,
) -> Result<Vec<PaperId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT paper_reader.paper_id FROM paper_reader
         JOIN agenda_paper ON agenda_paper.paper_id = paper_reader.paper_id
         JOIN agenda_item ON agenda_item.id = agenda_paper.item_id
         WHERE agenda_item.meeting_id = $1 AND paper_reader.person_id = $2
           AND agenda_paper.state = 'published'" as (PaperId,), meeting, person)?;
    Ok(rows.into_iter().map(|(paper,)| paper).collect())
}

/// Everyone who may read a paper.
pub async fn readers_of(tx: &mut Tx, paper: PaperId) -> Result<Vec<PersonId>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT person_id FROM paper_reader WHERE paper_id = $1" as (PersonId,), paper)?;
    Ok(rows.into_iter().map(|(person,)| person).collect())
}
