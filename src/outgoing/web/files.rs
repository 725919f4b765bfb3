//! The files of a document: what the check of their layout finds, and the bytes.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, Response};

use crate::identity::{Actor, Chrome, Section};
use crate::layout::{Finding, Severity};
use crate::outgoing::rules::{Act, open_acts};
use crate::outgoing::store::{self, Outgoing};
use crate::outgoing::{AttachmentId, OutgoingId, actions, preparing, urls};
use crate::signing::web::{Disposition, pdf_response};
use crate::web::{self, App, Path};
use crate::{papers, signing};

#[derive(Template)]
#[template(path = "outgoing/format.html")]
struct FormatPage {
    chrome: Chrome,
    document: Outgoing,
    findings: Vec<FindingLine>,
    is_blocked: bool,
    /// Why the file cannot go to its signer, whoever says yes.
    obstacle: Option<String>,
    may_approve: bool,
    file_url: String,
}

struct FindingLine {
    page: usize,
    sentence: String,
    citation: String,
    severity: String,
    kind: &'static str,
    icon: &'static str,
}

pub(super) async fn format(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let checked = preparing::check(&app, &actor, id).await?;
    let (lang, report) = (chrome.lang(), &checked.report);
    let line = |finding: &Finding| {
        let (kind, icon) = match finding.severity {
            Severity::Blocking => ("bad", "bad"),
            Severity::Warning => ("warn", "warn"),
            Severity::Note | Severity::Off => ("", "info"),
        };
        FindingLine {
            page: finding.page,
            sentence: finding.sentence(lang),
            citation: report.citation(finding, lang),
            severity: lang.t(&format!("layout-severity-{}", finding.severity.as_str())),
            kind,
            icon,
        }
    };
    let open = open_acts(checked.document.state, checked.document.hands(), actions::who(&actor));
    let obstacle = checked.places.obstacle();
    web::page(&FormatPage {
        findings: report.findings.iter().map(line).collect(),
        is_blocked: report.is_blocked(),
        may_approve: open.contains(&Act::ApproveFormat) && obstacle.is_none(),
        obstacle: obstacle.map(|key| lang.t(key)),
        file_url: urls::file(id),
        chrome: chrome.at(Section::Outgoing),
        document: checked.document,
    })
}

/// The newest bytes: sealed, signed, or the draft's.
pub(super) async fn file(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let document = actions::find(&mut tx, &actor, id).await?;
    let signing = match document.document_id {
        Some(id) => signing::status(&mut tx, id).await?,
        None => None,
    };
    let draft = papers::latest_version(&mut tx, actor.organisation, document.paper_id).await?;
    drop(tx);
    let hash = signing.map(|status| status.sha256).or(draft.map(|version| version.sha256));
    let hash = hash.ok_or(web::Error::NotFound)?;
    let title = format!("{} {}", document.number_and_symbol(), document.subject);
    pdf_response(&app.storage, hash, &title, Disposition::Inline).await
}

pub(super) async fn attachment(
    Path((id, attachment)): Path<(OutgoingId, AttachmentId)>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let document = actions::find(&mut tx, &actor, id).await?;
    let found = store::attachment(&mut tx, document.id, attachment).await?.ok_or(web::Error::NotFound)?;
    drop(tx);
    pdf_response(&app.storage, found.newest().0, &found.title, Disposition::Inline).await
}
