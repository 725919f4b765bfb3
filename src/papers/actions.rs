//! What people do with papers: bring one, replace its file, open it.

use serde_json::json;

use super::rules::{Marking, marking_in_name};
use super::store::{self, NewVersion, Version};
use super::{DERIVE_JOB, PaperId, Upload, VersionId};
use crate::audit::{self, Act};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::actions::log;
use crate::identity::rules::clean_line;
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::storage::Hash;
use crate::{jobs, lights};

pub use super::upload::read_upload;

#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("there is no such paper here")]
    NotFound,
    #[error("the title is empty or too long")]
    Title,
    #[error("the title bears the marking {}", .0.as_str())]
    Classified(Marking),
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Jobs(#[from] jobs::Error),
}

/// Adds a paper with its first file. Its pages are read by a job: ring the
/// bell after the commit.
pub async fn add_paper(
    tx: &mut Tx,
    actor: &Actor,
    upload: &Upload,
    title: &str,
    now: Timestamp,
) -> Result<PaperId, PaperError> {
    let title = checked_title(title)?;
    let paper = PaperId::new();
    store::insert_paper(tx, actor, paper, &title, now).await?;
    let details = json!({ "title": title });
    log(tx, actor, "paper_added", format!("paper:{paper}"), details, now).await?;
    append(tx, actor, paper, upload, now).await?;
    Ok(paper)
}

/// Adds the next file of a paper; the ones before stay as they are.
pub async fn add_version(
    tx: &mut Tx,
    actor: &Actor,
    paper: PaperId,
    upload: &Upload,
    now: Timestamp,
) -> Result<VersionId, PaperError> {
    store::claim_paper(tx, actor.organisation, paper).await?.ok_or(PaperError::NotFound)?;
    append(tx, actor, paper, upload, now).await
}

/// Adds the same file with something appended that nobody did by hand, such
/// as a trusted time; the paper's readers stay.
pub async fn add_appended(
    tx: &mut Tx,
    organisation: OrganisationId,
    base: &Version,
    (hash, size): (Hash, i64),
    now: Timestamp,
) -> Result<VersionId, PaperError> {
    store::claim_paper(tx, organisation, base.paper_id).await?.ok_or(PaperError::NotFound)?;
    let version = NewVersion {
        id: VersionId::new(),
        paper: base.paper_id,
        number: store::next_number(tx, base.paper_id).await?,
        hash,
        size,
        file_name: &base.file_name,
        source: None,
        uploaded_by: base.uploaded_by,
    };
    store::insert_version(tx, &version, now).await?;
    jobs::queue(tx, DERIVE_JOB, &version.id, now).await?;
    lights::ask(tx, hash, now).await?;
    let details = json!({ "paper": base.paper_id, "number": version.number, "sha256": hash.to_string() });
    let (act, subject) = ("paper_version_added", format!("version:{}", version.id));
    audit::record(tx, Act { chain: organisation.into(), actor: None, act, subject, details }, now).await?;
    Ok(version.id)
}

async fn append(
    tx: &mut Tx,
    actor: &Actor,
    paper: PaperId,
    upload: &Upload,
    now: Timestamp,
) -> Result<VersionId, PaperError> {
    let version = NewVersion {
        id: VersionId::new(),
        paper,
        number: store::next_number(tx, paper).await?,
        hash: upload.hash,
        size: i64::try_from(upload.size).unwrap_or(i64::MAX),
        file_name: &upload.file_name,
        source: upload.source,
        uploaded_by: actor.person,
    };
    store::insert_version(tx, &version, now).await?;
    jobs::queue(tx, DERIVE_JOB, &version.id, now).await?;
    lights::ask(tx, version.hash, now).await?;
    let details = json!({ "paper": paper, "number": version.number, "sha256": version.hash.to_string() });
    log(tx, actor, "paper_version_added", format!("version:{}", version.id), details, now).await?;
    Ok(version.id)
}

/// Gives a paper another title.
pub async fn rename_paper(
    tx: &mut Tx,
    actor: &Actor,
    paper: PaperId,
    title: &str,
    now: Timestamp,
) -> Result<(), PaperError> {
    let title = checked_title(title)?;
    let before = store::claim_paper(tx, actor.organisation, paper).await?.ok_or(PaperError::NotFound)?;
    store::rename(tx, paper, &title).await?;
    let details = json!({ "from": before, "to": title });
    Ok(log(tx, actor, "paper_renamed", format!("paper:{paper}"), details, now).await?)
}

fn checked_title(title: &str) -> Result<String, PaperError> {
    let title = clean_line(title).ok_or(PaperError::Title)?;
    match marking_in_name(&title) {
        Some(marking) => Err(PaperError::Classified(marking)),
        None => Ok(title),
    }
}

/// Lets exactly these people read a paper; the second of each pair says
/// whether they may take its file away. The caller has judged who asks.
pub async fn set_readers(tx: &mut Tx, paper: PaperId, readers: &[(PersonId, bool)]) -> Result<(), db::Error> {
    store::remove_readers(tx, paper).await?;
    for (person, may_download) in readers {
        store::add_reader(tx, paper, *person, *may_download).await?;
    }
    Ok(())
}

/// Lets those of a paper's readers who run its meeting, and may download it,
/// take the exact bytes: they answer for them, and pass them on to be checked.
/// Everyone else who may download gets a copy with their own name on it.
pub async fn set_keepers(tx: &mut Tx, paper: PaperId, keepers: &[PersonId]) -> Result<(), db::Error> {
    for person in keepers {
        store::let_take_original(tx, paper, *person).await?;
    }
    Ok(())
}

/// What a person may do with a version they may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// A copy with the reader's name and the time on it.
    pub may_download: bool,
    /// The exact bytes.
    pub may_take_original: bool,
}

/// `None`: not for this person, or not there.
pub async fn reader_of(tx: &mut Tx, actor: &Actor, version: VersionId) -> Result<Option<Reading>, db::Error> {
    let permission = store::permission(tx, actor, version).await?;
    Ok(permission.map(|(may_download, may_take_original)| Reading { may_download, may_take_original }))
}

pub async fn may_read(tx: &mut Tx, actor: &Actor, version: VersionId) -> Result<bool, db::Error> {
    Ok(reader_of(tx, actor, version).await?.is_some())
}

/// Notes in the log that someone took a file away.
pub(super) async fn note_taking(
    tx: &mut Tx,
    actor: &Actor,
    version: &Version,
    act: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    let details = json!({ "number": version.number, "sha256": version.sha256.to_string() });
    log(tx, actor, act, format!("version:{}", version.id), details, now).await
}

/// A version for someone who may read it, with what else they may.
pub(super) async fn open(
    tx: &mut Tx,
    actor: &Actor,
    version: VersionId,
) -> Result<Option<(Version, Reading)>, db::Error> {
    let Some(reading) = reader_of(tx, actor, version).await? else { return Ok(None) };
    let found = store::version(tx, actor.organisation, version).await?;
    Ok(found.map(|version| (version, reading)))
}
