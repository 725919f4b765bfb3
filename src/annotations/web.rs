//! Annotations over HTTP: what the reader's script loads and sends, and the
//! same as a page that needs no script.

mod notes;

use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::AnnotationId;
use super::actions::{self, Annotated, AnnotationError, Saved, Standing};
use super::rules::{Change, Kind, Placed, Shape};
use crate::identity::Actor;
use crate::papers::{self, DrawError, VersionId};
use crate::web::{self, App, Now, Path};

pub use self::notes::{NoteLine, note_lines};

pub fn router() -> Router<App> {
    Router::new()
        .route("/papers/{version}/annotations", get(list).post(save))
        .route("/papers/{version}/notes", get(notes::show).post(notes::add))
        .route("/papers/{version}/notes/{annotation}/removal", post(notes::remove))
}

/// What the script draws.
#[derive(Debug, Serialize)]
struct Listed {
    annotations: Vec<ListedOne>,
    /// Those whose words are gone from this version.
    lost: Vec<LostOne>,
    /// Where the newest version is read, when this is an older one.
    newest: Option<String>,
}

#[derive(Debug, Serialize)]
struct ListedOne {
    id: AnnotationId,
    kind: Kind,
    page: i64,
    shape: Shape,
    text: String,
    revision: i64,
    /// The page it stood on before the paper was replaced.
    moved_from: Option<i64>,
}

#[derive(Debug, Serialize)]
struct LostOne {
    id: AnnotationId,
    kind: Kind,
    text: String,
    revision: i64,
    /// The page it was made on, its version, and where that is read.
    page: i64,
    version: i64,
    url: String,
    picture: String,
}

async fn list(
    Path(id): Path<VersionId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Json<Listed>, web::Error> {
    let found = actions::annotated(&app, &actor, id).await.map_err(refusal)?;
    Ok(Json(listed(found)))
}

fn listed(found: Annotated) -> Listed {
    let is_newest = found.newest.id == found.version.id;
    let newest = (!is_newest).then(|| papers::urls::reader(found.newest.id));
    let mut listed = Listed { annotations: Vec::new(), lost: Vec::new(), newest };
    for standing in found.standing {
        let moved_from = standing.moved_from();
        let Standing { annotation, place, made_on } = standing;
        match place {
            Placed::At { page, shape } => listed.annotations.push(ListedOne {
                id: annotation.id,
                kind: annotation.kind,
                page,
                shape,
                text: annotation.text,
                revision: annotation.revision,
                moved_from,
            }),
            Placed::Lost => listed.lost.push(LostOne {
                id: annotation.id,
                kind: annotation.kind,
                text: annotation.text,
                revision: annotation.revision,
                page: annotation.page,
                version: made_on.unwrap_or_default(),
                url: page_of(annotation.version, annotation.page),
                picture: papers::urls::page_image(annotation.version, annotation.page, 640),
            }),
        }
    }
    listed
}

/// A page in the reader.
fn page_of(version: VersionId, page: i64) -> String {
    format!("{}#page={page}", papers::urls::reader(version))
}

#[derive(Debug, Deserialize)]
struct Sent {
    changes: Vec<Change>,
}

#[derive(Debug, Serialize)]
struct Kept {
    saved: Vec<KeptOne>,
}

#[derive(Debug, Serialize)]
struct KeptOne {
    id: AnnotationId,
    revision: i64,
    text: String,
    deleted: bool,
}

impl From<Saved> for KeptOne {
    fn from(saved: Saved) -> Self {
        Self { id: saved.id, revision: saved.revision, text: saved.text, deleted: saved.deleted }
    }
}

async fn save(
    Path(id): Path<VersionId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    body: Bytes,
) -> Result<Json<Kept>, web::Error> {
    let mut tx = app.db.write().await?;
    if !papers::actions::may_read(&mut tx, &actor, id).await? {
        return Err(web::Error::NotFound);
    }
    let sent: Sent =
        serde_json::from_slice(&body).map_err(|_| web::Error::Invalid("annotation-unsound".into()))?;
    let saved = actions::save(&mut tx, &actor, id, &sent.changes, now).await.map_err(refusal)?;
    tx.commit().await?;
    Ok(Json(Kept { saved: saved.into_iter().map(KeptOne::from).collect() }))
}

/// What a person is told whose annotation was not taken.
pub fn refusal(error: AnnotationError) -> web::Error {
    match error {
        AnnotationError::NotFound => web::Error::NotFound,
        AnnotationError::Unsound => web::Error::Invalid("annotation-unsound".into()),
        AnnotationError::TooMany => web::Error::Conflict("annotation-too-many".into()),
        AnnotationError::Db(error) => error.into(),
        AnnotationError::Storage(error) | AnnotationError::Page(DrawError::Storage(error)) => error.into(),
        AnnotationError::Page(error @ (DrawError::Undrawn | DrawError::Start(_))) => {
            web::Error::internal(error)
        }
        AnnotationError::Broken(error) => web::Error::internal(error),
    }
}
