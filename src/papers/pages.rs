//! The pages of a version, for features that look for a place on them.

use super::rules::THUMBNAIL;
use super::words::Word;
use super::{DrawError, PaperId, Version, VersionId, store};
use crate::db::{self, Tx};
use crate::identity::OrganisationId;
use crate::storage::Hash;
use crate::web::App;

/// A page with its words, in the order in which the file draws them.
#[derive(Clone, Debug)]
pub struct PageWords {
    pub page: i64,
    pub words: Vec<Word>,
}

/// Every page of a version. Empty while they are being read.
pub async fn pages_of(tx: &mut Tx, version: VersionId) -> Result<Vec<PageWords>, db::Error> {
    let rows = store::all_words(tx, version).await?;
    let read = |(page, words): (i64, String)| PageWords {
        page,
        words: serde_json::from_str(&words).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// The text of each page without marks and in lower case, for an index of words.
pub async fn folded_pages(tx: &mut Tx, version: VersionId) -> Result<Vec<String>, db::Error> {
    store::folded_pages(tx, version).await
}

/// All versions of a paper of the organisation, oldest first.
pub async fn versions_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    paper: PaperId,
) -> Result<Vec<Version>, db::Error> {
    store::versions_of(tx, organisation, paper).await
}

/// The hash of a page's small picture: what tells scanned pages apart, which
/// have no words. Two files that draw the same page alike have it in common.
pub async fn print_of(app: &App, file: Hash, page: i64) -> Result<Hash, DrawError> {
    Ok(Hash::of(&app.renderer.picture(&app.storage, file, page, THUMBNAIL).await?))
}
