//! Papers in great number, for `ecabinet bench` alone.

use super::store::{self, NewVersion, Page};
use super::{PaperId, State, Upload, VersionId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::Actor;
use crate::identity::rules::fold;

/// Writes down a paper of one page as [`add_paper`](super::actions::add_paper)
/// and the job after it would have left it, without the log and the job: a
/// hundred thousand jobs would read the same file for an hour.
pub(crate) async fn put_paper(
    tx: &mut Tx,
    actor: &Actor,
    upload: &Upload,
    title: &str,
    now: Timestamp,
) -> Result<PaperId, db::Error> {
    let (paper, version) = (PaperId::new(), VersionId::new());
    store::insert_paper(tx, actor, paper, title, now).await?;
    let first = NewVersion {
        id: version,
        paper,
        number: 1,
        hash: upload.hash,
        size: i64::try_from(upload.size).unwrap_or(i64::MAX),
        file_name: &upload.file_name,
        source: None,
        uploaded_by: actor.person,
    };
    store::insert_version(tx, &first, now).await?;
    let words = "[]".to_owned();
    let page = Page { page: 1, width: 595, height: 842, words, folded_text: fold(title) };
    store::insert_page(tx, version, &page).await?;
    store::end_deriving(tx, version, State::Ready, 1).await?;
    Ok(paper)
}
