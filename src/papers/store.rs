//! SQL on papers, their versions, pages, readers and openings.

use super::{PaperId, State, VersionId};
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::sql;
use crate::storage::Hash;

/// A version with the paper it belongs to.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Version {
    pub id: VersionId,
    pub paper_id: PaperId,
    pub title: String,
    pub number: i64,
    pub sha256: Hash,
    pub size: i64,
    pub file_name: String,
    pub state: State,
    pub pages: i64,
    pub uploaded_by: PersonId,
    pub uploaded_at: Timestamp,
}

/// A page as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Page {
    pub page: i64,
    pub width: i64,
    pub height: i64,
    pub words: String,
    pub folded_text: String,
}

/// A page's place in the list of pages.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub(super) struct PageSize {
    pub page: i64,
    pub width: i64,
    pub height: i64,
}

pub(super) async fn insert_paper(
    tx: &mut Tx,
    actor: &Actor,
    paper: PaperId,
    title: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO paper (id, organisation_id, title, created_by, created_at) VALUES ($1, $2, $3, $4, $5)",
        paper, actor.organisation, title, actor.person, now)?;
    Ok(())
}

/// Holds a paper of the organisation until `tx` ends, so that two files that
/// arrive at once get two numbers. `None`: there is no such paper here.
pub(super) async fn claim_paper(
    tx: &mut Tx,
    organisation: OrganisationId,
    paper: PaperId,
) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "UPDATE paper SET title = title WHERE id = $1 AND organisation_id = $2 RETURNING title" as (String,),
        paper, organisation)?;
    Ok(row.map(|(title,)| title))
}

pub(super) async fn rename(tx: &mut Tx, paper: PaperId, title: &str) -> Result<(), db::Error> {
    sql!(tx => execute "UPDATE paper SET title = $2 WHERE id = $1", paper, title)?;
    Ok(())
}

pub(super) async fn next_number(tx: &mut Tx, paper: PaperId) -> Result<i64, db::Error> {
    let (last,) = sql!(tx => fetch_one
        "SELECT CAST(coalesce(max(number), 0) AS BIGINT) FROM paper_version WHERE paper_id = $1" as (i64,), paper)?;
    Ok(last + 1)
}

/// What a new version is made of.
#[derive(Debug)]
pub(super) struct NewVersion<'a> {
    pub id: VersionId,
    pub paper: PaperId,
    pub number: i64,
    pub hash: Hash,
    pub size: i64,
    pub file_name: &'a str,
    pub source: Option<Hash>,
    pub uploaded_by: PersonId,
}

pub(super) async fn insert_version(
    tx: &mut Tx,
    version: &NewVersion<'_>,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO paper_version (id, paper_id, number, sha256, size, file_name, source_sha256, state, pages,
                                    uploaded_by, uploaded_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'deriving', 0, $8, $9)",
        version.id, version.paper, version.number, version.hash, version.size, version.file_name, version.source,
        version.uploaded_by, now)?;
    Ok(())
}

/// A version of the organisation, whoever may read it.
pub async fn version(
    tx: &mut Tx,
    organisation: OrganisationId,
    version: VersionId,
) -> Result<Option<Version>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT v.id, v.paper_id, p.title, v.number, v.sha256, v.size, v.file_name, v.state, v.pages, v.uploaded_by,
                v.uploaded_at
         FROM paper_version v JOIN paper p ON p.id = v.paper_id
         WHERE v.id = $1 AND p.organisation_id = $2" as Version, version, organisation)
}

/// The newest version of a paper of the organisation.
pub async fn latest_version(
    tx: &mut Tx,
    organisation: OrganisationId,
    paper: PaperId,
) -> Result<Option<Version>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT v.id, v.paper_id, p.title, v.number, v.sha256, v.size, v.file_name, v.state, v.pages, v.uploaded_by,
                v.uploaded_at
         FROM paper_version v JOIN paper p ON p.id = v.paper_id
         WHERE p.id = $1 AND p.organisation_id = $2 ORDER BY v.number DESC LIMIT 1" as Version, paper, organisation)
}

/// All versions of a paper of the organisation, oldest first.
pub(super) async fn versions_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    paper: PaperId,
) -> Result<Vec<Version>, db::Error> {
    sql!(tx => fetch_all
        "SELECT v.id, v.paper_id, p.title, v.number, v.sha256, v.size, v.file_name, v.state, v.pages, v.uploaded_by,
                v.uploaded_at
         FROM paper_version v JOIN paper p ON p.id = v.paper_id
         WHERE p.id = $1 AND p.organisation_id = $2 ORDER BY v.number" as Version, paper, organisation)
}

/// A version as a job sees it, in whichever organisation it is.
pub(super) async fn to_derive(tx: &mut Tx, version: VersionId) -> Result<Option<(Hash, State)>, db::Error> {
    sql!(tx => fetch_optional "SELECT sha256, state FROM paper_version WHERE id = $1" as (Hash, State), version)
}

/// May this person download a version they may read, and its exact bytes?
/// `None`: not for them. Whoever brought the paper, or this file of it, may
/// always.
pub(super) async fn permission(
    tx: &mut Tx,
    actor: &Actor,
    version: VersionId,
) -> Result<Option<(bool, bool)>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT p.created_by = $2 OR v.uploaded_by = $2, r.may_download, r.may_take_original
         FROM paper_version v JOIN paper p ON p.id = v.paper_id
         LEFT JOIN paper_reader r ON r.paper_id = p.id AND r.person_id = $2
         WHERE v.id = $1 AND p.organisation_id = $3" as (bool, Option<bool>, Option<bool>),
        version, actor.person, actor.organisation)?;
    Ok(row.and_then(
        |(is_own, may_download, may_take_original)| {
            if is_own { Some((true, true)) } else { may_download.zip(may_take_original) }
        },
    ))
}

/// Lets a reader who may download take the exact bytes too.
pub(super) async fn let_take_original(
    tx: &mut Tx,
    paper: PaperId,
    person: PersonId,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE paper_reader SET may_take_original = $3 WHERE paper_id = $1 AND person_id = $2 AND may_download",
        paper, person, true)?;
    Ok(())
}

pub(super) async fn remove_readers(tx: &mut Tx, paper: PaperId) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM paper_reader WHERE paper_id = $1", paper)?;
    Ok(())
}

pub(super) async fn add_reader(
    tx: &mut Tx,
    paper: PaperId,
    person: PersonId,
    may_download: bool,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO paper_reader (paper_id, person_id, may_download) VALUES ($1, $2, $3)
         ON CONFLICT (paper_id, person_id) DO UPDATE SET may_download = excluded.may_download",
        paper, person, may_download)?;
    Ok(())
}

/// Notes the first time a person opened a version; later times change nothing.
pub(super) async fn note_opening(
    tx: &mut Tx,
    version: VersionId,
    person: PersonId,
    now: Timestamp,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO paper_opening (version_id, person_id, first_opened_at) VALUES ($1, $2, $3)
         ON CONFLICT (version_id, person_id) DO NOTHING", version, person, now)?;
    Ok(())
}

pub(super) async fn has_opened(tx: &mut Tx, version: VersionId, person: PersonId) -> Result<bool, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT first_opened_at FROM paper_opening WHERE version_id = $1 AND person_id = $2" as (i64,),
        version, person)?;
    Ok(row.is_some())
}

/// Keeps a page; one that is there already stays as it is.
pub(super) async fn insert_page(tx: &mut Tx, version: VersionId, page: &Page) -> Result<(), db::Error> {
    sql!(tx => execute
        "INSERT INTO paper_page (version_id, page, width, height, words, folded_text)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (version_id, page) DO NOTHING",
        version, page.page, page.width, page.height, page.words.as_str(), page.folded_text.as_str())?;
    Ok(())
}

/// Ends the deriving of a version, once.
pub(super) async fn end_deriving(
    tx: &mut Tx,
    version: VersionId,
    state: State,
    pages: i64,
) -> Result<(), db::Error> {
    sql!(tx => execute
        "UPDATE paper_version SET state = $2, pages = $3 WHERE id = $1 AND state = 'deriving'",
        version, state, pages)?;
    Ok(())
}

pub(super) async fn page_sizes(tx: &mut Tx, version: VersionId) -> Result<Vec<PageSize>, db::Error> {
    sql!(tx => fetch_all
        "SELECT page, width, height FROM paper_page WHERE version_id = $1 ORDER BY page" as PageSize, version)
}

/// The words of one page, as JSON.
pub(super) async fn words_of(
    tx: &mut Tx,
    version: VersionId,
    page: i64,
) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional
        "SELECT words FROM paper_page WHERE version_id = $1 AND page = $2" as (String,), version, page)?;
    Ok(row.map(|(words,)| words))
}

/// The words of every page, as JSON, in order.
pub(super) async fn all_words(tx: &mut Tx, version: VersionId) -> Result<Vec<(i64, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT page, words FROM paper_page WHERE version_id = $1 ORDER BY page" as (i64, String), version)
}

pub(super) async fn folded_pages(tx: &mut Tx, version: VersionId) -> Result<Vec<String>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT folded_text FROM paper_page WHERE version_id = $1 ORDER BY page" as (String,), version)?;
    Ok(rows.into_iter().map(|(text,)| text).collect())
}

/// Pages whose folded text holds `folded`, in order.
pub(super) async fn pages_with(
    tx: &mut Tx,
    version: VersionId,
    folded: &str,
    limit: i64,
) -> Result<Vec<(i64, String)>, db::Error> {
    // Folded text holds letters, digits and spaces only, so no sign of it means anything to LIKE.
    sql!(tx => fetch_all
        "SELECT page, words FROM paper_page
         WHERE version_id = $1 AND folded_text LIKE '%' || $2 || '%' ORDER BY page LIMIT $3" as (i64, String),
        version, folded, limit)
}
