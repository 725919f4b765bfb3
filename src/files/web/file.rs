//! One file: what is in it, and what is mine to do.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{FormView, Typed};
use super::{Sign, hand_in_sign, state_sign};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::files::actions::{self, FileError};
use crate::files::rules::{Act, Finding, may};
use crate::files::store::{self, Event, Paper, WorkFile};
use crate::files::{PlacementId, WorkFileId, keeping, placing, urls};
use crate::identity::{self, Actor, Chrome, Section};
use crate::registers::printed;
use crate::web::{self, App, Form, Now, Path};

#[derive(Template)]
#[template(path = "files/file.html")]
struct FilePage {
    chrome: Chrome,
    file: WorkFile,
    base: String,
    list_url: String,
    state: Sign,
    hand_in: Option<Sign>,
    keeper: String,
    unit: String,
    retention: String,
    access: String,
    /// Documents and pages in it.
    documents: usize,
    pages: i64,
    papers: Vec<PaperView>,
    events: Vec<EventView>,
    findings: Vec<(String, bool)>,
    is_blocked: bool,
    form: Option<FormView>,
    problem: Option<String>,
    may_open: bool,
    may_take_out: bool,
    may_close: bool,
    may_reopen: bool,
    may_hand_in: bool,
    may_export: bool,
}

/// A line of the table of contents.
struct PaperView {
    ordinal: usize,
    paper: Paper,
    /// Number and symbol, and whose.
    symbol: String,
    source: String,
    day: String,
    icon: &'static str,
    link: String,
}

struct EventView {
    icon: &'static str,
    class: &'static str,
    title: String,
    event: Event,
}

pub(super) async fn show(
    Path(id): Path<WorkFileId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&load(&mut tx, chrome, &actor, (id, None, None), now).await?)
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    (id, typed, problem): (WorkFileId, Option<Typed>, Option<String>),
    now: Timestamp,
) -> Result<FilePage, web::Error> {
    let (file, standing) = actions::find(tx, actor, id).await?;
    let can = |act: Act| may(file.state, act, standing).is_ok();
    let papers = store::contents(tx, id).await?;
    let findings = if can(Act::Close) { keeping::findings(&papers) } else { Vec::new() };
    let form = match can(Act::Change) {
        true => {
            let typed = typed.unwrap_or_else(|| Typed::of(&file));
            Some(FormView::load(tx, &chrome, actor, typed).await?)
        }
        false => None,
    };
    let people = identity::store::people(tx, actor.organisation).await?;
    let units = identity::store::units(tx, actor.organisation).await?;
    let keeper = people.into_iter().find(|one| one.id == file.keeper_id);
    let unit = units.into_iter().find(|one| one.id == file.unit_id);
    let events = store::events(tx, id).await?;
    Ok(FilePage {
        base: urls::file(id),
        list_url: urls::year(file.year),
        state: state_sign(&chrome, file.state),
        hand_in: hand_in_sign(&chrome, (file.state, file.hand_in_by), now),
        keeper: keeper.map(|one| one.full_name).unwrap_or_default(),
        unit: unit.map(|one| one.name).unwrap_or_default(),
        retention: match file.retention.years() {
            Some(years) => chrome.t1("files-years", "count", years),
            None => chrome.t("files-permanent"),
        },
        access: chrome.t(&format!("files-access-{}", file.access.as_str())),
        documents: papers.len(),
        pages: papers.iter().map(|paper| paper.pages).sum(),
        is_blocked: findings.iter().any(|finding| finding.is_blocking()),
        findings: findings.into_iter().map(|finding| finding_line(&chrome, finding)).collect(),
        events: events.into_iter().map(|event| event_view(&chrome, event)).collect(),
        may_open: can(Act::Open),
        may_take_out: can(Act::TakeOut),
        may_close: can(Act::Close),
        may_reopen: can(Act::Reopen),
        may_hand_in: can(Act::HandIn),
        may_export: can(Act::Export),
        papers: paper_views(&chrome, papers),
        form,
        problem,
        file,
        chrome: chrome.at(Section::Files),
    })
}

fn finding_line(chrome: &Chrome, finding: Finding) -> (String, bool) {
    (chrome.t(&format!("files-finding-{}", finding.as_str())), finding.is_blocking())
}

fn paper_views(chrome: &Chrome, papers: Vec<Paper>) -> Vec<PaperView> {
    let view = |(ordinal, paper): (usize, Paper)| {
        let is_outgoing = paper.outgoing_id.is_some();
        PaperView {
            ordinal,
            symbol: match paper.number {
                Some(number) if is_outgoing => format!("{}/{}", printed(number), paper.symbol),
                _ => paper.symbol.clone(),
            },
            source: paper.sender.clone().unwrap_or_else(|| chrome.organisation.clone()),
            day: paper.dated_on.map(|day| day.date()).unwrap_or_default(),
            icon: if is_outgoing { "outbox" } else { "inbox" },
            link: paper.of().map(urls::document).unwrap_or_default(),
            paper,
        }
    };
    (1..).zip(papers).map(view).collect()
}

fn event_view(chrome: &Chrome, event: Event) -> EventView {
    let (icon, class) = match event.act {
        Act::Plan => ("register", ""),
        Act::Change => ("edit", ""),
        Act::Open => ("plus", "timeline__good"),
        Act::Put => ("paper", ""),
        Act::TakeOut | Act::Reopen => ("undo", "timeline__warn"),
        Act::Close => ("lock", "timeline__good"),
        Act::HandIn => ("archive", "timeline__good"),
        Act::Export => ("download", ""),
    };
    let title = chrome.t(&format!("files-did-{}", event.act.as_str().replace('_', "-")));
    EventView { icon, class, title, event }
}

/// Changes the details; a refused form comes back as it was typed.
pub(super) async fn change(
    Path(id): Path<WorkFileId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::find(&mut tx, &actor, id).await?;
    let changed = match typed.details() {
        Ok(details) => actions::change(&mut tx, &actor, id, (&details, typed.version), now).await,
        Err(error) => Err(error),
    };
    let Err(error) = changed else {
        tx.commit().await?;
        return Ok(Redirect::to(&urls::file(id)).into_response());
    };
    drop(tx);
    let (status, message) = web::Error::from(error).of_form()?;
    let problem = Some(message.text(chrome.lang()));
    let mut tx = app.db.read().await?;
    let page = load(&mut tx, chrome, &actor, (id, Some(typed), problem), now).await?;
    Ok((status, web::page(&page)?).into_response())
}

/// Saves what was done and goes back to the file.
async fn saved(
    app: &App,
    tx: Tx,
    id: WorkFileId,
    done: Result<(), FileError>,
) -> Result<Redirect, web::Error> {
    done?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::file(id)))
}

pub(super) async fn open(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let done = keeping::open(&mut tx, &actor, id, now).await;
    saved(&app, tx, id, done).await
}

/// A word that goes with an act.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NoteForm {
    note: String,
}

pub(super) async fn close(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<NoteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let done = keeping::close(&mut tx, &actor, id, &form.note, now).await;
    saved(&app, tx, id, done).await
}

pub(super) async fn reopen(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<NoteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let done = keeping::reopen(&mut tx, &actor, id, &form.note, now).await;
    saved(&app, tx, id, done).await
}

pub(super) async fn hand_in(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let done = keeping::hand_in(&mut tx, &actor, id, now).await;
    saved(&app, tx, id, done).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TakeOutForm {
    placement: String,
    note: String,
}

pub(super) async fn take_out(
    Path(id): Path<WorkFileId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<TakeOutForm>,
) -> Result<Redirect, web::Error> {
    let placement: PlacementId = form.placement.parse().map_err(|_| web::Error::NotFound)?;
    let mut tx = app.db.write().await?;
    let done = placing::take_out(&mut tx, &actor, (id, placement), &form.note, now).await;
    saved(&app, tx, id, done).await
}
