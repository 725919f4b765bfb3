//! The file that a request is about, wherever it lies: kept for a stranger,
//! behind the code on a paper, or among the papers of the office.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Extension, FromRequestParts};
use axum::http::request::Parts;

use super::{Desk, Peer};
use crate::identity::{Actor, OrganisationId};
use crate::papers::{self, VersionId};
use crate::signing::{self, DocumentState};
use crate::storage::{Hash, Incoming};
use crate::verify::shelf::Kept;
use crate::web::{self, App, Path};

/// A file under judgement, found for someone who may see it.
#[derive(Debug)]
pub(in crate::verify) struct Case {
    held: Held,
    pub hash: Hash,
    /// Its name, or the title people know it by.
    pub title: String,
    /// Where the page about it is; everything else stands below.
    pub base: String,
    pub may_download: bool,
    /// Not all who have to sign have done so; nobody is shown the file yet.
    pub is_unfinished: bool,
    pub kind: CaseKind,
    /// Whose file it is; nobody's, if a stranger sent it.
    pub organisation: Option<OrganisationId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verify) enum CaseKind {
    Kept,
    Public,
    Paper,
}

#[derive(Debug)]
enum Held {
    Kept(Arc<Kept>),
    Stored(papers::Copy),
    /// Not fetched: it will not be shown.
    Nothing,
}

impl Case {
    pub(super) fn file(&self) -> Result<&Incoming, web::Error> {
        match &self.held {
            Held::Kept(kept) => Ok(&kept.file),
            Held::Stored(copy) => copy.get().ok_or(web::Error::NotFound),
            Held::Nothing => Err(web::Error::NotFound),
        }
    }

    /// Until when it is kept, as people read it.
    pub(super) fn until(&self) -> Option<String> {
        match &self.held {
            Held::Kept(kept) => Some(kept.until.time()),
            Held::Stored(_) | Held::Nothing => None,
        }
    }

    pub(super) fn revision_url(&self, revision: usize) -> String {
        format!("{}/revisions/{revision}", self.base)
    }

    pub(super) fn picture_url(&self, revision: usize, page: i64) -> String {
        format!("{}/revisions/{revision}/pages/{page}", self.base)
    }

    pub(super) fn reports_url(&self) -> String {
        format!("{}/reports", self.base)
    }

    /// True for somebody of the office whose file it is.
    pub(super) fn belongs_to(&self, actor: &Actor) -> bool {
        self.organisation == Some(actor.organisation)
    }

    pub(super) fn report_url(&self, form: &str) -> String {
        format!("{}/reports/{form}", self.base)
    }

    fn kept(desk: &Desk, app: &App, secret: &str) -> Result<Self, web::Error> {
        let kept = desk.shelf.find(secret, app.clock.now()).ok_or(web::Error::NotFound)?;
        Ok(Self {
            hash: kept.file.hash(),
            title: kept.name.clone(),
            base: super::urls::kept(secret),
            may_download: true,
            is_unfinished: false,
            kind: CaseKind::Kept,
            organisation: None,
            held: Held::Kept(kept),
        })
    }

    async fn public(app: &App, code: &str) -> Result<Self, web::Error> {
        let document = super::by_code(app, code).await?;
        let is_unfinished = document.state != DocumentState::Complete;
        let held = if is_unfinished {
            Held::Nothing
        } else {
            Held::Stored(app.renderer.copy(&app.storage, document.sha256).await?)
        };
        Ok(Self {
            held,
            hash: document.sha256,
            title: document.title,
            base: signing::urls::public(code),
            may_download: !is_unfinished,
            is_unfinished,
            kind: CaseKind::Public,
            organisation: Some(document.organisation_id),
        })
    }

    async fn paper(app: &App, actor: &Actor, version: VersionId) -> Result<Self, web::Error> {
        let mut tx = app.db.read().await?;
        let reading =
            papers::actions::reader_of(&mut tx, actor, version).await?.ok_or(web::Error::NotFound)?;
        let found =
            papers::version(&mut tx, actor.organisation, version).await?.ok_or(web::Error::NotFound)?;
        drop(tx);
        Ok(Self {
            held: Held::Stored(app.renderer.copy(&app.storage, found.sha256).await?),
            hash: found.sha256,
            title: found.title,
            base: papers::urls::verdict(version),
            may_download: reading.may_take_original,
            is_unfinished: false,
            kind: CaseKind::Paper,
            organisation: Some(actor.organisation),
        })
    }
}

impl FromRequestParts<App> for Case {
    type Rejection = web::Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, web::Error> {
        let Path(names) = Path::<HashMap<String, String>>::from_request_parts(parts, app).await?;
        if let Some(version) = names.get("version") {
            let actor = Actor::from_request_parts(parts, app).await?;
            let version = version.parse().map_err(|_| web::Error::NotFound)?;
            return Self::paper(app, &actor, version).await;
        }
        let desk = parts.extensions.get::<Desk>().cloned().unwrap_or_default();
        // Strangers' requests are counted before anything is fetched for them.
        let peer: Peer = parts.extensions.get().copied().map(Extension);
        desk.admit_look(&peer, app.clock.now())?;
        match (names.get("kept"), names.get("code")) {
            (Some(secret), _) => Self::kept(&desk, app, secret),
            (_, Some(code)) => Self::public(app, code).await,
            _ => Err(web::Error::NotFound),
        }
    }
}
