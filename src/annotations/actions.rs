//! What a person does with annotations: keep them, change them, find them again.

use std::collections::HashMap;

use super::rules::{Change, Kind, Placed, Shape, merged};
use super::store::{self, Annotation};
use super::{AnnotationId, placing};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::Actor;
use crate::papers::{self, DrawError, Version, VersionId};
use crate::storage;
use crate::web::App;

/// Annotations one person may have on one paper.
const MOST: i64 = 20_000;

#[derive(Debug, thiserror::Error)]
pub enum AnnotationError {
    #[error("there is no such paper for this person")]
    NotFound,
    #[error("the annotation is not sound")]
    Unsound,
    #[error("there are too many annotations on this paper")]
    TooMany,
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("a page cannot be compared")]
    Page(#[from] DrawError),
    #[error("the search for a place broke off")]
    Broken(#[from] tokio::task::JoinError),
}

/// What one change came to: the revision it has now, or that it is gone.
#[derive(Clone, Debug)]
pub struct Saved {
    pub id: AnnotationId,
    pub revision: i64,
    pub text: String,
    pub deleted: bool,
}

/// Takes the changes a device sends, in their order. Each may come twice, and
/// late; what is taken away stays away, whatever an older device sends.
pub async fn save(
    tx: &mut Tx,
    actor: &Actor,
    version: VersionId,
    changes: &[Change],
    now: Timestamp,
) -> Result<Vec<Saved>, AnnotationError> {
    let version = readable(tx, actor, version).await?;
    if !changes.iter().all(|change| change.is_sound() && change.page <= version.pages.max(1)) {
        return Err(AnnotationError::Unsound);
    }
    let before = store::count(tx, actor.person, version.paper_id).await?;
    if before + i64::try_from(changes.len()).unwrap_or(MOST) > MOST {
        return Err(AnnotationError::TooMany);
    }
    let mut saved = Vec::new();
    for change in changes {
        saved.push(take(tx, actor, &version, change, now).await?);
    }
    Ok(saved)
}

async fn take(
    tx: &mut Tx,
    actor: &Actor,
    version: &Version,
    change: &Change,
    now: Timestamp,
) -> Result<Saved, AnnotationError> {
    let place = (version.paper_id, version.id);
    if store::insert(tx, actor.person, place, change, now).await? {
        let text = if change.deleted { String::new() } else { change.text.clone() };
        return Ok(Saved { id: change.id, revision: 1, text, deleted: change.deleted });
    }
    let kept = store::claim(tx, actor.person, change.id).await?.ok_or(AnnotationError::NotFound)?;
    // An id is for one thing: else a change could carry a text from one paper to another.
    if kept.paper != version.paper_id || kept.kind != change.kind {
        return Err(AnnotationError::NotFound);
    }
    let mut saved = Saved { id: kept.id, revision: kept.revision, text: kept.text, deleted: kept.deleted };
    if kept.deleted {
        return Ok(saved);
    }
    if change.deleted {
        store::delete(tx, actor.person, kept.id, now).await?;
        return Ok(Saved { revision: kept.revision + 1, text: String::new(), deleted: true, ..saved });
    }
    if let Some(text) = merged(&saved.text, kept.revision, change) {
        store::set_text(tx, actor.person, kept.id, &text, now).await?;
        saved.text = text;
        saved.revision += 1;
    }
    Ok(saved)
}

/// Takes one away by its id alone.
pub async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    version: VersionId,
    id: AnnotationId,
    now: Timestamp,
) -> Result<(), AnnotationError> {
    let version = readable(tx, actor, version).await?;
    let kept = store::claim(tx, actor.person, id).await?.filter(|kept| kept.paper == version.paper_id);
    kept.ok_or(AnnotationError::NotFound)?;
    Ok(store::delete(tx, actor.person, id, now).await?)
}

/// A person's annotation as it stands on one version.
#[derive(Clone, Debug)]
pub struct Standing {
    pub annotation: Annotation,
    pub place: Placed,
    /// The number of the version it was made on, when that is another.
    pub made_on: Option<i64>,
}

impl Standing {
    /// The page it came from, when it stands on another one now.
    pub fn moved_from(&self) -> Option<i64> {
        match &self.place {
            Placed::At { page, .. } if self.made_on.is_some() && *page != self.annotation.page => {
                Some(self.annotation.page)
            }
            _ => None,
        }
    }
}

/// A version, what its reader has on it, and the newest version of its paper.
#[derive(Clone, Debug)]
pub struct Annotated {
    pub version: Version,
    pub newest: Version,
    pub standing: Vec<Standing>,
}

/// Everything the actor has on a paper, as it stands on one of its versions.
/// What was made on earlier ones is looked for when first asked for.
pub async fn annotated(app: &App, actor: &Actor, version: VersionId) -> Result<Annotated, AnnotationError> {
    let mut tx = app.db.read().await?;
    let version = readable(&mut tx, actor, version).await?;
    let versions = papers::versions_of(&mut tx, actor.organisation, version.paper_id).await?;
    drop(tx);
    let numbers: HashMap<VersionId, i64> = versions.iter().map(|one| (one.id, one.number)).collect();
    placing::place_missing(app, actor, &version, &versions).await?;

    let mut tx = app.db.read().await?;
    let all = store::of_paper(&mut tx, actor.person, version.paper_id).await?;
    let places: HashMap<AnnotationId, Placed> =
        store::places(&mut tx, actor.person, version.id).await?.into_iter().collect();
    let mut standing: Vec<Standing> = all
        .into_iter()
        .filter_map(|annotation| {
            let is_own = annotation.version == version.id;
            let own = || Placed::At { page: annotation.page, shape: annotation.shape.clone() };
            let place = if is_own { own() } else { places.get(&annotation.id)?.clone() };
            let made_on = (!is_own).then(|| numbers.get(&annotation.version).copied()).flatten();
            Some(Standing { annotation, place, made_on })
        })
        .collect();
    standing.sort_by_key(|one| match &one.place {
        Placed::At { page, .. } => *page,
        Placed::Lost => i64::MAX,
    });
    let newest = versions.into_iter().next_back().unwrap_or_else(|| version.clone());
    Ok(Annotated { version, newest, standing })
}

/// A version for someone who may read it.
async fn readable(tx: &mut Tx, actor: &Actor, version: VersionId) -> Result<Version, AnnotationError> {
    papers::actions::reader_of(tx, actor, version).await?.ok_or(AnnotationError::NotFound)?;
    papers::version(tx, actor.organisation, version).await?.ok_or(AnnotationError::NotFound)
}

/// A note typed for a page as a whole stands in its upper right corner.
pub fn page_note(page: i64, text: &str) -> Change {
    let shape = Shape { points: vec![0.92, 0.04], boxes: Vec::new() };
    Change {
        id: AnnotationId::new(),
        kind: Kind::Note,
        page,
        shape,
        text: text.trim().to_owned(),
        revision: 0,
        deleted: false,
    }
}
