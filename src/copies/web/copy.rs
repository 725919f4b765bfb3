//! One copy: how far it has come, and what is mine to do.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, Redirect, Response};
use serde::Deserialize;

use super::state_badge;
use crate::clock::Timestamp;
use crate::copies::actions::{self, CopyError};
use crate::copies::origin::Wanted;
use crate::copies::rules::{Act, Form as CopyForm, State, open_acts};
use crate::copies::store::{self, Copy, Step};
use crate::copies::{CopyId, desk, sealing, urls};
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, OrgRole, PersonId, Section};
use crate::incoming;
use crate::lights::{self, Badge};
use crate::outgoing::{self, sealing as seals};
use crate::papers;
use crate::registers::{self, Issued, SeriesKind};
use crate::signing::Desk;
use crate::signing::rules::Level;
use crate::signing::web::{Disposition, pdf_response};
use crate::web::{self, App, Form, Lang, Now, Path, StateBadge};

#[derive(Template)]
#[template(path = "copies/copy.html")]
struct CopyPage {
    chrome: Chrome,
    copy: Copy,
    title: String,
    number: String,
    badge: StateBadge,
    next: String,
    /// What the source is, in words.
    origin: String,
    asker: String,
    signer: String,
    capacity: Option<String>,
    /// What the source's signatures came to when it was asked for.
    verdict: Option<Badge>,
    warnings: Vec<String>,
    /// Where the source is, for those who may see it.
    source: Option<String>,
    source_url: String,
    file_url: Option<String>,
    reader_url: Option<String>,
    verdict_url: Option<String>,
    light: Option<Badge>,
    /// The seal has no trusted time, and whether one is on its way.
    seal_time: Option<String>,
    copies_url: Option<String>,
    may_approve: bool,
    may_return: bool,
    may_number: bool,
    reserved: Vec<Issued>,
    may_seal: bool,
    /// A device holds the key of the seal.
    is_in_module: bool,
    may_cancel: bool,
    events: Vec<Event>,
}

/// One line of the course.
struct Event {
    class: &'static str,
    icon: &'static str,
    title: String,
    step: Step,
}

pub(super) async fn show(
    Path(id): Path<CopyId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let copy = actions::find(&mut tx, &actor, id).await?;
    let is_in_module = outgoing::seal_is_in_module(&mut tx, &app, actor.organisation).await?;
    let is_stamped = Desk::of(&app).stamps.is_some();
    let seal_time = seal_time(&copy, is_stamped, chrome.lang());
    let page = load(&mut tx, chrome, &actor, copy, now).await?;
    web::page(&CopyPage { is_in_module, seal_time, ..page })
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    copy: Copy,
    now: Timestamp,
) -> Result<CopyPage, web::Error> {
    let lang = chrome.lang();
    let open = open_acts(copy.state, copy.hands(), actions::who(actor));
    let can = |act: Act| open.contains(&act);
    let asker = name(tx, actor, copy.asked_by).await?;
    let signer = name(tx, actor, copy.signer_id).await?;
    let file = match copy.version_id {
        Some(version) => papers::version(tx, actor.organisation, version).await?,
        None => None,
    };
    let light = match &file {
        Some(file) => lights::badge_of(tx, file.sha256).await?,
        None => None,
    };
    let reserved = match can(Act::Number) {
        true => registers::reserved(tx, actor, (SeriesKind::Copy, copy.form.code()), now).await?,
        false => Vec::new(),
    };
    let is_source = copy.state == State::Sealed && copy.form == CopyForm::CopyTrue;
    let back = urls::copy(copy.id);
    Ok(CopyPage {
        title: copy.title(),
        number: copy.number_and_symbol(),
        badge: state_badge(copy.state, lang),
        next: lang.t_with(&format!("copy-next-{}", copy.state.as_str()), &[("name", &signer)]),
        capacity: copy.capacity.map(|one| lang.t(&format!("outgoing-capacity-{}", one.as_str()))),
        verdict: copy.verdict.badge(),
        origin: lang.t(&format!("copy-origin-{}", copy.origin.as_str())),
        warnings: copy.warnings.split_whitespace().map(|word| warning(word, lang)).collect(),
        source: source_link(tx, actor, &copy).await,
        source_url: urls::source(copy.id),
        file_url: file.as_ref().map(|_| urls::file(copy.id)),
        reader_url: file.as_ref().map(|file| format!("{}?back={back}", papers::urls::reader(file.id))),
        verdict_url: file.as_ref().map(|file| papers::urls::verdict(file.id)),
        light,
        seal_time: None,
        copies_url: is_source.then(|| urls::of_copy(copy.id)),
        may_approve: can(Act::Approve),
        may_return: can(Act::Return),
        may_number: can(Act::Number),
        reserved,
        may_seal: can(Act::Seal),
        is_in_module: false,
        may_cancel: can(Act::Cancel),
        events: store::steps(tx, copy.id).await?.into_iter().map(|step| event(step, lang)).collect(),
        asker,
        signer,
        chrome: chrome.at(Section::Outgoing),
        copy,
    })
}

async fn name(tx: &mut Tx, actor: &Actor, person: PersonId) -> Result<String, web::Error> {
    let found = identity::store::person(tx, actor.organisation, person).await?;
    Ok(found.map(|person| person.full_name).unwrap_or_default())
}

/// Where the source is read, if it is for this person to see.
async fn source_link(tx: &mut Tx, actor: &Actor, copy: &Copy) -> Option<String> {
    match Wanted::of(copy)? {
        Wanted::Outgoing(id) => {
            let found = outgoing::actions::find(tx, actor, id).await;
            found.is_ok().then(|| outgoing::urls::document(id))
        }
        Wanted::Incoming(id) => {
            let found = incoming::actions::find(tx, actor, id).await;
            found.is_ok().then(|| incoming::urls::document(id))
        }
        Wanted::Copy(id) => actions::find(tx, actor, id).await.is_ok().then(|| urls::copy(id)),
    }
}

fn warning(word: &str, lang: Lang) -> String {
    lang.t(&format!("copy-warning-{}", word.replace('_', "-")))
}

/// That the seal has no trusted time; nothing when it has one, or there is no seal.
fn seal_time(copy: &Copy, has_authority: bool, lang: Lang) -> Option<String> {
    let word = if has_authority { "outgoing-seal-time-awaited" } else { "outgoing-seal-time-none" };
    (copy.seal_level == Some(Level::Bb)).then(|| lang.t(word))
}

fn event(step: Step, lang: Lang) -> Event {
    let (class, icon) = match step.act {
        Act::Ask => ("timeline__good", "edit"),
        Act::Approve => ("timeline__good", "sign"),
        Act::Number => ("timeline__good", "register"),
        Act::Seal => ("timeline__good", "seal"),
        Act::Return => ("timeline__warn", "undo"),
        Act::Cancel => ("timeline__bad", "bad"),
    };
    Event { class, icon, title: lang.t(&format!("copy-did-{}", step.act.as_str())), step }
}

#[derive(Debug, Deserialize)]
pub(super) struct ActForm {
    act: Act,
    #[serde(default)]
    note: String,
}

pub(super) async fn act(
    Path(id): Path<CopyId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<ActForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::act(&mut tx, &actor, id, (form.act, &form.note), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::copy(id)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct NumberForm {
    /// Empty: the next one.
    reserved: String,
}

pub(super) async fn number(
    Path(id): Path<CopyId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<NumberForm>,
) -> Result<Redirect, web::Error> {
    // What is no number of ours is refused, and the next one not taken for it.
    let reserved = match form.reserved.as_str() {
        "" => None,
        chosen => Some(chosen.parse().map_err(|_| web::Error::NotFound)?),
    };
    let mut tx = app.db.write().await?;
    desk::number(&mut tx, &actor, id, reserved, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::copy(id)))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SealForm {
    pin: String,
}

pub(super) async fn seal(
    Path(id): Path<CopyId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<SealForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.read().await?;
    actions::find(&mut tx, &actor, id).await?;
    drop(tx);
    actor.must_be(&[OrgRole::Clerk])?;
    let open = seals::open(&app, &actor, form.pin, now).await?;
    sealing::seal(&app, &actor, &open, id, now).await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::copy(id)))
}

/// The bytes that are to be sealed: the source's, or those of the pages taken out of it.
pub(super) async fn source(
    Path(id): Path<CopyId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let copy = actions::find(&mut tx, &actor, id).await?;
    drop(tx);
    pdf_response(&app.storage, copy.base_sha256, &copy.title(), Disposition::Inline).await
}

/// The sealed copy, exactly as it was made.
pub(super) async fn file(
    Path(id): Path<CopyId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let copy = actions::find(&mut tx, &actor, id).await?;
    let version = copy.version_id.ok_or(CopyError::NotSealed)?;
    let file = papers::version(&mut tx, actor.organisation, version).await?.ok_or(web::Error::NotFound)?;
    drop(tx);
    pdf_response(&app.storage, file.sha256, &file.title, Disposition::Attachment).await
}
