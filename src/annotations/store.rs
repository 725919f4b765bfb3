//! SQL on annotations and their places on later versions.

use super::AnnotationId;
use super::rules::{Change, Kind, Placed, Shape};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::PersonId;
use crate::papers::{PaperId, VersionId};
use crate::sql;

crate::column!(Kind as String);

/// An annotation as it was made.
#[derive(Clone, Debug)]
pub struct Annotation {
    pub id: AnnotationId,
    pub paper: PaperId,
    pub version: VersionId,
    pub page: i64,
    pub kind: Kind,
    pub shape: Shape,
    pub text: String,
    pub revision: i64,
    pub deleted: bool,
    pub made_at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct AnnotationRow {
    id: AnnotationId,
    paper_id: PaperId,
    version_id: VersionId,
    page: i64,
    kind: Kind,
    shape: String,
    text: String,
    revision: i64,
    deleted: bool,
    made_at: Timestamp,
}

impl From<AnnotationRow> for Annotation {
    fn from(row: AnnotationRow) -> Self {
        Self {
            id: row.id,
            paper: row.paper_id,
            version: row.version_id,
            page: row.page,
            kind: row.kind,
            shape: shape(&row.shape),
            text: row.text,
            revision: row.revision,
            deleted: row.deleted,
            made_at: row.made_at,
        }
    }
}

fn shape(json: &str) -> Shape {
    serde_json::from_str(json).unwrap_or_default()
}

fn json(shape: &Shape) -> String {
    serde_json::to_string(shape).unwrap_or_else(|_| "{}".to_owned())
}

/// Adds an annotation. False: its id is there already.
pub async fn insert(
    tx: &mut Tx,
    person: PersonId,
    (paper, version): (PaperId, VersionId),
    change: &Change,
    now: Timestamp,
) -> Result<bool, db::Error> {
    let (shape, text) =
        if change.deleted { ("{}".to_owned(), "") } else { (json(&change.shape), change.text.as_str()) };
    let added = sql!(tx => execute
        "INSERT INTO annotation (person_id, id, paper_id, version_id, page, kind, shape, text, revision, deleted,
                                 made_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10) ON CONFLICT (person_id, id) DO NOTHING",
        person, change.id, paper, version, change.page, change.kind, shape.as_str(), text, change.deleted, now)?;
    Ok(added == 1)
}

/// Reads a person's annotation and holds it until `tx` ends.
pub async fn claim(tx: &mut Tx, person: PersonId, id: AnnotationId) -> Result<Option<Annotation>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE annotation SET revision = revision WHERE person_id = $1 AND id = $2
         RETURNING id, paper_id, version_id, page, kind, shape, text, revision, deleted, made_at" as AnnotationRow,
        person, id)?;
    Ok(row.map(Annotation::from))
}

pub async fn set_text(
    tx: &mut Tx,
    person: PersonId,
    id: AnnotationId,
    text: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE annotation SET text = $3, revision = revision + 1, changed_at = $4
         WHERE person_id = $1 AND id = $2 AND NOT deleted", person, id, text, now)?;
    Ok(())
}

/// Empties an annotation; its id stays taken.
pub async fn delete(
    tx: &mut Tx,
    person: PersonId,
    id: AnnotationId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "DELETE FROM annotation_place WHERE person_id = $1 AND annotation_id = $2", person, id)?;
    sql!(tx => execute
        "UPDATE annotation SET deleted = $3, text = '', shape = '{}', revision = revision + 1, changed_at = $4
         WHERE person_id = $1 AND id = $2 AND NOT deleted", person, id, true, now)?;
    Ok(())
}

/// What a person has on a paper, whatever the version, in the order of the pages.
pub async fn of_paper(tx: &mut Tx, person: PersonId, paper: PaperId) -> Result<Vec<Annotation>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT id, paper_id, version_id, page, kind, shape, text, revision, deleted, made_at FROM annotation
         WHERE person_id = $1 AND paper_id = $2 AND NOT deleted ORDER BY page, made_at, id" as AnnotationRow,
        person, paper)?;
    Ok(rows.into_iter().map(Annotation::from).collect())
}

/// How many a person has on a paper, those taken away included.
pub async fn count(tx: &mut Tx, person: PersonId, paper: PaperId) -> Result<i64, db::Error> {
    let (count,) = sql!(tx => fetch_one
        "SELECT CAST(count(id) AS BIGINT) FROM annotation WHERE person_id = $1 AND paper_id = $2" as (i64,),
        person, paper)?;
    Ok(count)
}

/// Where a person's annotations were found on a version they were not made on.
pub async fn places(
    tx: &mut Tx,
    person: PersonId,
    version: VersionId,
) -> Result<Vec<(AnnotationId, Placed)>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT annotation_id, page, shape FROM annotation_place WHERE person_id = $1 AND version_id = $2"
        as (AnnotationId, Option<i64>, Option<String>), person, version)?;
    let placed = |(id, page, json): (AnnotationId, Option<i64>, Option<String>)| match (page, json) {
        (Some(page), Some(json)) => (id, Placed::At { page, shape: shape(&json) }),
        _ => (id, Placed::Lost),
    };
    Ok(rows.into_iter().map(placed).collect())
}

/// Writes down where an annotation was found; what was found before stays. One
/// that was taken away meanwhile gets no place.
pub async fn insert_place(
    tx: &mut Tx,
    person: PersonId,
    id: AnnotationId,
    version: VersionId,
    placed: &Placed,
) -> Result<(), db::Error> {
    let (page, shape) = match placed {
        Placed::At { page, shape } => (Some(*page), Some(json(shape))),
        Placed::Lost => (None, None),
    };
    sql!(tx => execute
        "INSERT INTO annotation_place (person_id, annotation_id, version_id, page, shape)
         SELECT person_id, id, $3, $4, $5 FROM annotation WHERE person_id = $1 AND id = $2 AND NOT deleted
         ON CONFLICT (person_id, annotation_id, version_id) DO NOTHING",
        person, id, version, page, shape.as_deref())?;
    Ok(())
}
