//! The job that reads a version's pages, so that people can leaf and search.

use super::renderer::{Pages, picture_name};
use super::rules::THUMBNAIL;
use super::store::{self, Page};
use super::words::PageText;
use super::{State, VersionId};
use crate::db;
use crate::identity::rules::fold;
use crate::jobs::Failure;
use crate::storage::{self, Hash};
use crate::web::App;

/// The kind of job that reads a version's pages; its payload is its id.
pub const DERIVE_JOB: &str = "derive";

/// Widths in which phones and tablets ask for the first page.
const FIRST_LOOK: [u32; 2] = [960, 1440];
/// Pages written in one transaction: nobody waits long for the database.
const BATCH: usize = 40;

#[derive(Debug, thiserror::Error)]
enum DeriveError {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("the reading process cannot be run")]
    Run(#[from] std::io::Error),
}

/// Reads the pages of a version. Run twice, it finds its work done.
pub async fn derive(app: &App, version: VersionId) -> Result<(), Failure> {
    read(app, version).await.map_err(|error| Failure::from_error(&error))
}

async fn read(app: &App, version: VersionId) -> Result<(), DeriveError> {
    let mut tx = app.db.read().await?;
    let Some((hash, State::Deriving)) = store::to_derive(&mut tx, version).await? else { return Ok(()) };
    drop(tx);
    let copy = app.renderer.copy(&app.storage, hash).await?;
    let Some(pdf) = copy.get() else { return Ok(()) };

    let mut pages = app.renderer.text(pdf.path())?;
    let count = keep_pages(app, version, &mut pages).await?;
    // The file is at fault: trying again would only break the reader again.
    let state = if pages.end().await? && count > 0 { State::Ready } else { State::Unreadable };
    if state == State::Ready {
        for width in FIRST_LOOK {
            // Who opens the paper first waits for nothing; what cannot be drawn now is tried again then.
            app.renderer.picture(&app.storage, hash, 1, width).await.ok();
        }
    }
    let mut tx = app.db.write().await?;
    store::end_deriving(&mut tx, version, state, count).await?;
    tx.commit().await?;
    if state == State::Ready {
        keep_thumbnails(app, hash, pdf.path()).await?;
    }
    Ok(())
}

async fn keep_pages(app: &App, version: VersionId, pages: &mut Pages) -> Result<i64, DeriveError> {
    let mut count = 0;
    loop {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(page) = pages.next().await
        {
            batch.push(kept(&page));
        }
        if batch.is_empty() {
            return Ok(count);
        }
        let mut tx = app.db.write().await?;
        for page in &batch {
            store::insert_page(&mut tx, version, page).await?;
            count += 1;
        }
        tx.commit().await?;
    }
}

fn kept(page: &PageText) -> Page {
    let folded: Vec<String> =
        page.words.iter().map(|word| fold(&word.t)).filter(|word| !word.is_empty()).collect();
    Page {
        page: page.page.into(),
        width: page.width.into(),
        height: page.height.into(),
        words: serde_json::to_string(&page.words).unwrap_or_else(|_| "[]".to_owned()),
        folded_text: folded.join(" "),
    }
}

/// Draws the small pictures ahead of the first look. What is not drawn in
/// time is drawn when someone asks for it.
async fn keep_thumbnails(app: &App, hash: Hash, pdf: &std::path::Path) -> Result<(), DeriveError> {
    let mut thumbnails = app.renderer.thumbnails(pdf)?;
    while let Some((page, picture)) = thumbnails.next().await {
        app.storage.put_derived(hash, &picture_name(page, THUMBNAIL), picture).await?;
    }
    Ok(())
}
