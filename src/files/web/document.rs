//! The files that one document lies in, and the way into another.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, Redirect};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::files::store::{self, Of};
use crate::files::{WorkFileId, placing, urls};
use crate::identity::{Actor, Chrome, Section};
use crate::incoming::IncomingId;
use crate::outgoing::OutgoingId;
use crate::web::{self, App, Form, Now, Path};

#[derive(Template)]
#[template(path = "files/document.html")]
struct DocumentPage {
    chrome: Chrome,
    title: String,
    back: String,
    base: String,
    /// Where it lies; without a link, what is in that file is not for this reader.
    lies_in: Vec<(Option<String>, String, String)>,
    may_put: bool,
    /// It is not issued or registered yet.
    is_early: bool,
    /// Laid in a file while it was worked on, and done since: that file.
    to_settle: Option<WorkFileId>,
    files: Vec<Choice>,
    new_url: String,
}

struct Choice {
    id: WorkFileId,
    label: String,
    is_chosen: bool,
}

pub(super) async fn of_outgoing(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    show(&app, chrome.at(Section::Outgoing), &actor, Of::Outgoing(id)).await
}

pub(super) async fn of_incoming(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    show(&app, chrome.at(Section::Incoming), &actor, Of::Incoming(id)).await
}

async fn show(app: &App, chrome: Chrome, actor: &Actor, of: Of) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let filing = placing::filing(&mut tx, actor, of).await?;
    let held = store::files_of(&mut tx, of).await?;
    let lies_in = placing::files_of(&mut tx, actor, of).await?;
    let may_put = filing.may_put && filing.is_final;
    let files = if may_put { placing::open_files(&mut tx, actor).await? } else { Vec::new() };
    let latest = store::latest_for(&mut tx, actor.person).await?;
    let is_held = |id: WorkFileId| held.iter().any(|(one, ..)| *one == id);
    let to_settle = files.iter().map(|(id, ..)| *id).find(|id| filing.awaits_file && is_held(*id));
    let choice = |(id, year, notation, title): (WorkFileId, i64, String, String)| Choice {
        id,
        label: format!("{notation} ({year}): {title}"),
        is_chosen: latest == Some(id),
    };
    web::page(&DocumentPage {
        title: filing.title,
        back: urls::document(of),
        base: urls::of_document(of),
        lies_in: lies_in
            .into_iter()
            .map(|(id, notation, title)| (id.map(urls::file), notation, title))
            .collect(),
        may_put,
        is_early: filing.may_put && !filing.is_final,
        to_settle,
        files: files.into_iter().filter(|(id, ..)| !is_held(*id)).map(choice).collect(),
        new_url: urls::list(),
        chrome,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PutForm {
    file: String,
}

pub(super) async fn put_outgoing(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<PutForm>,
) -> Result<Redirect, web::Error> {
    put(&app, &actor, Of::Outgoing(id), &form.file, now).await
}

pub(super) async fn put_incoming(
    Path(id): Path<IncomingId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<PutForm>,
) -> Result<Redirect, web::Error> {
    put(&app, &actor, Of::Incoming(id), &form.file, now).await
}

async fn put(app: &App, actor: &Actor, of: Of, file: &str, now: Timestamp) -> Result<Redirect, web::Error> {
    let file: WorkFileId = file.parse().map_err(|_| web::Error::NotFound)?;
    let mut tx = app.db.write().await?;
    placing::put(&mut tx, actor, of, file, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::of_document(of)))
}
