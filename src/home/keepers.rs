//! Pages for those who keep the installation running: jobs and the log.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};

use crate::audit::{self, Finding};
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::jobs::{self, JobId, JobRow};
use crate::web::{self, App, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/jobs", get(list))
        .route("/jobs/{job}/retry", post(retry))
        .route("/audit", get(check_log))
}

#[derive(Template)]
#[template(path = "home/jobs.html")]
struct JobsPage {
    chrome: Chrome,
    jobs: Vec<JobRow>,
}

async fn list(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    let jobs = jobs::stuck(&mut tx).await?;
    web::page(&JobsPage { chrome: chrome.at(Section::Jobs), jobs })
}

async fn retry(
    Path(job): Path<JobId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = app.db.write().await?;
    if !jobs::retry(&mut tx, job, now).await? {
        return Err(web::Error::NotFound);
    }
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to("/jobs"))
}

#[derive(Template)]
#[template(path = "home/audit.html")]
struct AuditPage {
    chrome: Chrome,
    finding: Finding,
    entries: Vec<audit::Line>,
}

async fn check_log(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Auditor, OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    let finding = audit::verify(&mut tx).await?;
    let mut entries = audit::latest(&mut tx, actor.organisation.into()).await?;
    for entry in &mut entries {
        entry.subject = subject_text(&chrome, &entry.subject);
    }
    web::page(&AuditPage { chrome: chrome.at(Section::Audit), finding, entries })
}

/// What an act was done to, in words: its kind and the end of its id, which
/// is enough to tell two of them apart.
fn subject_text(chrome: &Chrome, subject: &str) -> String {
    match subject.split_once(':') {
        Some((kind, id)) => {
            let end = id.len().saturating_sub(8);
            format!(
                "{} …{}",
                chrome.t(&format!("subject-{}", kind.replace('_', "-"))),
                id.get(end..).unwrap_or(id)
            )
        }
        None => subject.to_owned(),
    }
}
