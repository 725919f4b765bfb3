//! A unit's own page: for which meetings it names people, and which papers it
//! prepares.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::{Html, Redirect};
use axum::routing::{get, post};

use crate::db::{Db, Tx};
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, PersonId, Section, UnitId};
use crate::lights::Badge;
use crate::meetings::actions::MeetingError;
use crate::meetings::rules::{PaperAct, PaperState};
use crate::meetings::store::{self, PaperStep, PreparedPaper, UnitInvitation, UnitItem};
use crate::meetings::{ItemId, MeetingId, documents, topic, units, urls};
use crate::papers::{self, PaperId};
use crate::web::{self, App, Form, Now, Parts, Path};

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/meetings/{meeting}/items/{item}/documents", post(bring))
        .route("/meetings/{meeting}/documents/{paper}/versions", post(bring_anew))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/unit", get(show))
        .route("/meetings/{meeting}/unit-invitations/{unit}/people", post(name_people))
}

#[derive(Template)]
#[template(path = "meetings/unit.html")]
struct UnitPage {
    chrome: Chrome,
    unit: String,
    asked: Vec<AskedLine>,
    items: Vec<ItemLine>,
}

struct AskedLine {
    asked: UnitInvitation,
    when: String,
    people: Vec<(Person, bool)>,
    is_open: bool,
    named: usize,
}

struct ItemLine {
    item: UnitItem,
    papers: Vec<PaperLine>,
}

/// A paper on its way, with what the reader may do with it.
pub(super) struct PaperLine {
    pub known: PreparedPaper,
    pub badge: Badge,
    pub acts: Vec<ActLine>,
    pub steps: Vec<StepLine>,
    pub takes_files: bool,
}

pub(super) struct ActLine {
    pub value: &'static str,
    pub label: String,
    pub icon: &'static str,
    /// The next thing to do, as opposed to a way back.
    pub is_main: bool,
    pub wants_reason: bool,
}

pub(super) struct StepLine {
    pub text: String,
    pub by: String,
    pub at: String,
    pub reason: String,
}

pub(super) fn state_badge(state: PaperState) -> Badge {
    let (kind, icon, word) = match state {
        PaperState::Draft => ("", "edit", "paper-state-draft"),
        PaperState::Submitted => ("now", "wait", "paper-state-submitted"),
        PaperState::Approved => ("good", "check", "paper-state-approved"),
        PaperState::Returned => ("bad", "previous", "paper-state-returned"),
        PaperState::Published => ("good", "eye", "paper-state-published"),
        PaperState::Withdrawn => ("warn", "minus", "paper-state-withdrawn"),
    };
    Badge { kind, icon, word }
}

pub(super) fn act_line(chrome: &Chrome, act: PaperAct) -> ActLine {
    let (icon, is_main) = match act {
        PaperAct::Submit => ("up", true),
        PaperAct::Approve => ("check", true),
        PaperAct::Publish => ("eye", true),
        PaperAct::Return => ("previous", false),
        PaperAct::Withdraw => ("minus", false),
    };
    ActLine {
        value: act.as_str(),
        label: chrome.t(&format!("paper-act-{}", act.as_str())),
        icon,
        is_main,
        wants_reason: matches!(act, PaperAct::Return | PaperAct::Withdraw),
    }
}

/// What happened to one paper. A draft that follows an approval says that the
/// approval is void: it was for other bytes.
pub(super) fn steps_of(chrome: &Chrome, steps: &[PaperStep], paper: PaperId) -> Vec<StepLine> {
    let own: Vec<&PaperStep> = steps.iter().filter(|step| step.paper_id == paper).collect();
    let before = std::iter::once(None).chain(own.iter().map(|step| Some(step.state)));
    let line = |(step, before): (&&PaperStep, Option<PaperState>)| {
        let is_void = matches!(before, Some(PaperState::Submitted | PaperState::Approved));
        let key = match step.state {
            PaperState::Draft if is_void => "paper-step-void".to_owned(),
            state => format!("paper-step-{}", state.as_str()),
        };
        StepLine {
            text: chrome.t1(&key, "version", step.version),
            by: step.full_name.clone(),
            at: step.at.date_time(),
            reason: step.reason.clone(),
        }
    };
    own.iter().zip(before).map(line).collect()
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let own = store::unit_of(&mut tx, actor.person).await?;
    let units = identity::store::units(&mut tx, actor.organisation).await?;
    let mut asked = Vec::new();
    for one in units::asked_of(&mut tx, &actor, now).await? {
        let is_open = now <= one.due_at;
        asked.push(asked_line(&mut tx, &actor, one, is_open).await?);
    }
    let mut items = Vec::new();
    for item in store::items_of_unit(&mut tx, actor.organisation, own, now).await? {
        items.push(item_line(&mut tx, &chrome, &actor, item).await?);
    }
    let unit = units.into_iter().find(|unit| unit.id == own).map(|unit| unit.name).unwrap_or_default();
    web::page(&UnitPage { chrome: chrome.at(Section::Unit), unit, asked, items })
}

async fn asked_line(
    tx: &mut Tx,
    actor: &Actor,
    asked: UnitInvitation,
    is_open: bool,
) -> Result<AskedLine, web::Error> {
    let nominees = store::nominees(tx, asked.meeting_id).await?;
    let is_named = |person: &Person| nominees.contains(&(asked.unit_id, person.id));
    let invited = store::participants(tx, asked.meeting_id).await?;
    let is_free = |person: &Person| !invited.iter().any(|known| known.person_id == person.id);
    let mut people = identity::store::people(tx, actor.organisation).await?;
    people.retain(|person| {
        person.unit_id == asked.unit_id && person.active && (is_free(person) || is_named(person))
    });
    let people: Vec<(Person, bool)> = identity::actions::sorted_by_name(people)
        .into_iter()
        .map(|person| {
            let named = is_named(&person);
            (person, named)
        })
        .collect();
    Ok(AskedLine {
        when: super::span(asked.starts_at, asked.ends_at),
        named: people.iter().filter(|(_, named)| *named).count(),
        people,
        is_open,
        asked,
    })
}

async fn item_line(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    item: UnitItem,
) -> Result<ItemLine, web::Error> {
    let meeting =
        store::meeting(tx, actor.organisation, item.meeting_id).await?.ok_or(web::Error::NotFound)?;
    let steps = store::steps(tx, item.meeting_id).await?;
    let mut papers = Vec::new();
    for paper in store::all_papers(tx, item.meeting_id, actor.person).await? {
        if paper.item_id != item.item_id {
            continue;
        }
        let Some(known) = store::prepared_paper(tx, item.meeting_id, paper.paper_id).await? else { continue };
        let acts = documents::open_acts(tx, actor, &meeting, &known).await?;
        papers.push(PaperLine {
            badge: state_badge(known.state),
            acts: acts.into_iter().map(|act| act_line(chrome, act)).collect(),
            steps: steps_of(chrome, &steps, known.paper_id),
            takes_files: known.state.takes_files_of_the_unit(),
            known,
        });
    }
    Ok(ItemLine { item, papers })
}

async fn bring(
    Path((id, item)): Path<(MeetingId, ItemId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.read().await?;
    documents::may_bring(&mut tx, &actor, id, item).await?;
    drop(tx);
    while let Some(mut part) = form.next().await? {
        if part.name() == "file" {
            let upload = papers::web::receive(&app, &mut part).await?;
            let mut tx = app.db.write().await?;
            documents::bring(&mut tx, &actor, id, item, &upload, now).await?;
            tx.commit().await?;
        }
    }
    Ok(back(&app, id))
}

async fn bring_anew(
    Path((id, paper)): Path<(MeetingId, PaperId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    mut form: Parts,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.read().await?;
    documents::may_bring_anew(&mut tx, &actor, id, paper).await?;
    drop(tx);
    while let Some(mut part) = form.next().await? {
        if part.name() == "file" {
            let upload = papers::web::receive(&app, &mut part).await?;
            let mut tx = app.db.write().await?;
            documents::bring_anew(&mut tx, &actor, id, paper, &upload, now).await?;
            tx.commit().await?;
            return Ok(back(&app, id));
        }
    }
    Err(web::Error::Invalid("error-form".into()))
}

fn back(app: &App, id: MeetingId) -> Redirect {
    app.bell.notify_one();
    app.live.changed(topic(id));
    Redirect::to(&urls::unit())
}

/// `person` may stand many times.
async fn name_people(
    Path((id, unit)): Path<(MeetingId, UnitId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let mut named: Vec<PersonId> = Vec::new();
    for (_, value) in fields.iter().filter(|(name, _)| name == "person") {
        named.push(value.parse().map_err(|_| MeetingError::NotFound)?);
    }
    let mut tx = app.db.write().await?;
    units::name_people(&mut tx, &actor, id, unit, &named, now).await?;
    tx.commit().await?;
    Ok(back(&app, id))
}
