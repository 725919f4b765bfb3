//! Finding the places of annotations on a version that came after them.

use std::collections::{BTreeMap, HashSet};

use super::AnnotationId;
use super::actions::AnnotationError;
use super::rules::{Document, Placed, Sheet, place};
use super::store::{self, Annotation};
use crate::identity::Actor;
use crate::papers::{self, DrawError, State, Version, VersionId};
use crate::web::App;

/// Looks for the actor's annotations from earlier versions that have no place
/// on this one yet, and writes down what was found.
///
/// Done when the person first opens the version: then it is for those who read
/// it alone, and what came late from a device without network is found too.
pub(super) async fn place_missing(
    app: &App,
    actor: &Actor,
    version: &Version,
    versions: &[Version],
) -> Result<(), AnnotationError> {
    if version.state != State::Ready {
        return Ok(());
    }
    let missing = missing(app, actor, version, versions).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let new = sheets(app, version).await?;
    let mut work = Vec::new();
    for earlier in versions {
        if let Some(made) = missing.get(&earlier.id) {
            work.push((sheets(app, earlier).await?, made.clone()));
        }
    }
    // Laying two long papers side by side takes a while; other requests go on meanwhile.
    let found = tokio::task::spawn_blocking(move || find(&new, &work)).await?;
    let mut tx = app.db.write().await?;
    for (id, placed) in &found {
        store::insert_place(&mut tx, actor.person, *id, version.id, placed).await?;
    }
    Ok(tx.commit().await?)
}

type Missing = BTreeMap<VersionId, Vec<Annotation>>;

async fn missing(
    app: &App,
    actor: &Actor,
    version: &Version,
    versions: &[Version],
) -> Result<Missing, AnnotationError> {
    let mut tx = app.db.read().await?;
    let all = store::of_paper(&mut tx, actor.person, version.paper_id).await?;
    let placed: HashSet<AnnotationId> =
        store::places(&mut tx, actor.person, version.id).await?.into_iter().map(|(id, _)| id).collect();
    let earlier: HashSet<VersionId> =
        versions.iter().filter(|one| one.number < version.number).map(|one| one.id).collect();
    let mut missing = Missing::new();
    for annotation in all {
        if earlier.contains(&annotation.version) && !placed.contains(&annotation.id) {
            missing.entry(annotation.version).or_default().push(annotation);
        }
    }
    Ok(missing)
}

async fn sheets(app: &App, version: &Version) -> Result<Vec<Sheet>, AnnotationError> {
    let mut tx = app.db.read().await?;
    let pages = papers::pages_of(&mut tx, version.id).await?;
    drop(tx);
    let mut sheets = Vec::new();
    for words in pages {
        let print = if words.words.is_empty() { print(app, version, words.page).await? } else { None };
        sheets.push(Sheet { words, print });
    }
    Ok(sheets)
}

/// What a page without words is known by; a page that cannot be drawn, by nothing.
async fn print(app: &App, version: &Version, page: i64) -> Result<Option<String>, AnnotationError> {
    match papers::print_of(app, version.sha256, page).await {
        Ok(print) => Ok(Some(print.to_string())),
        Err(DrawError::Undrawn) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn find(new: &[Sheet], work: &[(Vec<Sheet>, Vec<Annotation>)]) -> Vec<(AnnotationId, Placed)> {
    let new = Document::new(new);
    let mut found = Vec::new();
    for (old, made) in work {
        let old = Document::new(old);
        for one in made {
            found.push((one.id, place(&old, &new, one.kind, one.page, &one.shape)));
        }
    }
    found
}
