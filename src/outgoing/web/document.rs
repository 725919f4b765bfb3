//! One document: how far it has come, who is next, and what is mine to do.

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, Redirect};
use serde::Deserialize;

use super::acts::{ActView, act_view, main_act, side_act};
use super::consulting::ConsultationsView;
use super::drafting::kept_edition;
use super::form::DraftForm;
use super::sent::{Sent, sent};
use super::{dashed, state_badge};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, Section};
use crate::lights::{self, Badge};
use crate::outgoing::judging::facts;
use crate::outgoing::rules::{Act, Deviation, Next, Priority, State, deviations, next, open_acts};
use crate::outgoing::store::{self, Attachment, Outgoing, Step};
use crate::outgoing::writing::Written;
use crate::outgoing::{
    OutgoingId, actions, answers, preparing, recipients_of, reviewing, seal, stamping, urls,
};
use crate::papers;
use crate::registers::{self, Issued, SeriesKind};
use crate::signing::rules::Level;
use crate::signing::{self, Desk, Status};
use crate::web::{self, App, Form, Lang, Now, Path, StateBadge};

#[derive(Template)]
#[template(path = "outgoing/document.html")]
struct DocumentPage {
    chrome: Chrome,
    document: Outgoing,
    badge: StateBadge,
    urgency: Option<String>,
    capacity: String,
    drafter: String,
    checker: String,
    signer: String,
    /// Who is next, in a sentence.
    next: String,
    /// Who returned the draft, and why.
    returned: Option<String>,
    main: Option<ActView>,
    others: Vec<ActView>,
    /// Where the reader signs; the number form; the seal form.
    sign_url: Option<String>,
    may_number: bool,
    reserved: Vec<Issued>,
    may_seal: bool,
    /// A device holds the key of the seal.
    is_in_module: bool,
    may_issue: bool,
    may_edit: bool,
    may_revise: bool,
    /// What was written of it, for the next edition to begin with.
    written: Written,
    kept: String,
    form: Option<DraftForm>,
    reader_url: Option<String>,
    /// The files (hồ sơ) it lies in.
    files_url: String,
    public_url: Option<String>,
    light: Option<Badge>,
    /// The seal has no trusted time, and whether one is on its way.
    seal_time: Option<String>,
    attachments: Vec<Attachment>,
    recipients: Vec<String>,
    dispatches: Vec<Sent>,
    events: Vec<Event>,
    /// `None`: not issued, so not judged yet.
    deviations: Option<Vec<String>>,
    replaced_by: Vec<(String, String)>,
    /// What it answers: title and address.
    answers: Option<(String, String)>,
    consultations: ConsultationsView,
    /// May draft what replaces or corrects it.
    may_follow: bool,
}

/// One line of the course.
struct Event {
    at: Timestamp,
    class: &'static str,
    icon: &'static str,
    title: String,
    who: String,
    note: String,
}

pub(super) async fn show(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let document = actions::find(&mut tx, &actor, id).await?;
    let is_in_module = seal::is_in_module(&mut tx, &app, actor.organisation).await?;
    let seal_time = seal_time(&mut tx, &document, Desk::of(&app).stamps.is_some(), chrome.lang()).await?;
    let page = load(&mut tx, chrome, &actor, (document, is_in_module), now).await?;
    web::page(&DocumentPage { seal_time, ..page })
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    (document, is_in_module): (Outgoing, bool),
    now: Timestamp,
) -> Result<DocumentPage, web::Error> {
    let lang = chrome.lang();
    let open = open_acts(document.state, document.hands(), actions::who(actor));
    let can = |act: Act| open.contains(&act);
    let [drafter, checker, signer] = names(tx, actor, &document).await?;
    let course = Course::load(tx, actor, &document).await?;
    let form = match can(Act::Submit) {
        true => Some(DraftForm::load(tx, actor, Some(&document), lang).await?),
        false => None,
    };
    Ok(DocumentPage {
        badge: state_badge(document.state, lang),
        urgency: (document.priority != Priority::Normal)
            .then(|| lang.t(&format!("outgoing-priority-{}", dashed(document.priority.as_str())))),
        capacity: lang.t(&format!("outgoing-capacity-{}", document.capacity.as_str())),
        next: next_sentence(&document, [&drafter, &checker, &signer], lang),
        returned: returned(&document, &course.steps, lang),
        main: main_act(&document, &open, lang),
        others: open.iter().filter_map(|act| side_act(*act, lang)).collect(),
        sign_url: sign_url(&document, course.signing.as_ref(), can(Act::Sign)),
        may_number: can(Act::Number),
        reserved: reserved(tx, actor, &document, now).await?,
        may_seal: can(Act::Seal),
        is_in_module,
        may_issue: can(Act::Issue),
        may_edit: can(Act::Submit),
        may_revise: can(Act::Revise),
        kept: kept_edition(actor, (document.id, document.edition)),
        written: store::text(tx, document.id, document.edition).await?.unwrap_or_default(),
        form,
        reader_url: course.reader_url,
        files_url: urls::files(document.id),
        public_url: course
            .signing
            .as_ref()
            .filter(|_| document.issued_at.is_some())
            .map(|status| signing::urls::public(&status.code)),
        light: course.light.and_then(lights::Light::badge),
        seal_time: None,
        recipients: recipients(tx, &document).await?,
        dispatches: sent(tx, &document, lang).await?,
        events: events(&course.steps, course.signing.as_ref(), lang),
        deviations: course.deviations.map(|found| found.iter().map(|one| deviation(*one, lang)).collect()),
        replaced_by: followers(tx, actor, &document, lang).await?,
        may_follow: document.issued_at.is_some()
            && (actions::sees_all(actor) || document.drafter_id == actor.person),
        consultations: ConsultationsView::load(tx, actor, (&document, can(Act::Submit)), (lang, now)).await?,
        answers: answers::named(tx, &document).await?.map(|to| (to.title, to.link)),
        attachments: course.attachments,
        drafter,
        checker,
        signer,
        chrome: chrome.at(Section::Outgoing),
        document,
    })
}

/// That the seal has no trusted time; nothing when it has one, or there is no seal.
async fn seal_time(
    tx: &mut Tx,
    document: &Outgoing,
    has_authority: bool,
    lang: Lang,
) -> Result<Option<String>, web::Error> {
    let level = stamping::seal_level(tx, document.id, document.document_id).await?;
    let word = if has_authority { "outgoing-seal-time-awaited" } else { "outgoing-seal-time-none" };
    Ok((level == Some(Level::Bb)).then(|| lang.t(word)))
}

/// What happened to a document so far.
struct Course {
    signing: Option<Status>,
    light: Option<lights::Light>,
    steps: Vec<Step>,
    attachments: Vec<Attachment>,
    /// `None`: not issued, so not judged yet.
    deviations: Option<Vec<Deviation>>,
    /// Until it is issued: where the draft is read.
    reader_url: Option<String>,
}

impl Course {
    async fn load(tx: &mut Tx, actor: &Actor, document: &Outgoing) -> Result<Self, web::Error> {
        let signing = match document.document_id {
            Some(id) => signing::status(tx, id).await?,
            None => None,
        };
        let light = match &signing {
            Some(status) => lights::of(tx, status.sha256).await?,
            None => None,
        };
        let steps = store::steps(tx, document.id).await?;
        let attachments = store::attachments(tx, document.id).await?;
        let is_out = document.issued_at.is_some();
        let judged = is_out.then(|| deviations(&facts(document, &steps, &attachments, light)));
        let version = papers::latest_version(tx, actor.organisation, document.paper_id).await?;
        let reader_url = version.filter(|_| !is_out).map(|version| papers::urls::reader(version.id));
        Ok(Self { signing, light, steps, attachments, deviations: judged, reader_url })
    }
}

/// The numbers kept free in the document's series, for who numbers it now.
async fn reserved(
    tx: &mut Tx,
    actor: &Actor,
    document: &Outgoing,
    now: Timestamp,
) -> Result<Vec<Issued>, web::Error> {
    let code = registers::series_code(tx, actor, document.kind.series()).await?;
    Ok(registers::reserved(tx, actor, (SeriesKind::Outgoing, &code), now).await?)
}

async fn names(tx: &mut Tx, actor: &Actor, document: &Outgoing) -> Result<[String; 3], web::Error> {
    let hands = document.hands();
    let mut names: [String; 3] = Default::default();
    for (name, person) in names.iter_mut().zip([hands.drafter, hands.checker, hands.signer]) {
        let found = identity::store::person(tx, actor.organisation, person).await?;
        *name = found.map(|person| person.full_name).unwrap_or_default();
    }
    Ok(names)
}

fn next_sentence(document: &Outgoing, [drafter, checker, signer]: [&str; 3], lang: Lang) -> String {
    let key = format!("outgoing-next-{}", dashed(document.state.as_str()));
    let name = match next(document.state) {
        Next::Drafter => drafter,
        Next::Checker => checker,
        Next::Signer => signer,
        Next::FormatCheckers | Next::Clerk | Next::Nobody => "",
    };
    lang.t_with(&key, &[("name", name)])
}

fn sign_url(document: &Outgoing, signing: Option<&Status>, may_sign: bool) -> Option<String> {
    let step = signing?.steps.iter().find(|step| step.signed_at.is_none())?;
    may_sign.then(|| document.document_id.map(|id| signing::urls::step(id, step.number)))?
}

fn deviation(deviation: Deviation, lang: Lang) -> String {
    lang.t(&format!("deviation-{}", dashed(deviation.as_str())))
}

/// Why it is a draft again, until it is submitted anew.
fn returned(document: &Outgoing, steps: &[Step], lang: Lang) -> Option<String> {
    let last = steps.iter().rfind(|step| matches!(step.act, Act::Submit | Act::Return | Act::Revise))?;
    let name = ("name", last.full_name.as_str());
    match last.act {
        _ if document.state != State::Draft => None,
        Act::Return => Some(lang.t_with("outgoing-returned", &[name, ("reason", &last.note)])),
        Act::Revise if last.person_id != document.drafter_id => {
            Some(lang.t_with("outgoing-rewritten", &[name]))
        }
        _ => None,
    }
}

async fn recipients(tx: &mut Tx, document: &Outgoing) -> Result<Vec<String>, web::Error> {
    let sent_to = recipients_of(tx, document.id).await?;
    let mut lines: Vec<String> = sent_to.into_iter().map(|one| one.name).collect();
    lines.extend(document.others.lines().map(str::to_owned));
    Ok(lines)
}

/// The steps with the signature at its place among them.
fn events(steps: &[Step], signing: Option<&Status>, lang: Lang) -> Vec<Event> {
    let mut events: Vec<Event> = steps.iter().map(|step| event(step, lang)).collect();
    for step in signing.iter().flat_map(|status| &status.steps) {
        if let Some(at) = step.signed_at {
            events.push(Event {
                at,
                class: "timeline__good",
                icon: "sign",
                title: lang.t("outgoing-did-sign"),
                who: step.full_name.clone(),
                note: String::new(),
            });
        }
    }
    events.sort_by_key(|event| event.at);
    events
}

fn event(step: &Step, lang: Lang) -> Event {
    let ActView { icon, .. } = act_view(step.act, lang);
    let class = match step.act {
        Act::Return | Act::Withdraw | Act::Revise | Act::TakeOut => "timeline__warn",
        Act::Cancel | Act::Recall => "timeline__bad",
        _ => "timeline__good",
    };
    Event {
        at: step.at,
        class,
        icon,
        title: lang.t(&format!("outgoing-did-{}", dashed(step.act.as_str()))),
        who: step.full_name.clone(),
        note: step.note.clone(),
    }
}

/// Issued documents that replace or correct this one: what they are, and where.
async fn followers(
    tx: &mut Tx,
    actor: &Actor,
    document: &Outgoing,
    lang: Lang,
) -> Result<Vec<(String, String)>, web::Error> {
    let mut lines = Vec::new();
    for id in store::followers(tx, document.id).await? {
        let Ok(follower) = actions::find(tx, actor, id).await else { continue };
        if let Some(relation) = follower.relation.filter(|_| follower.issued_at.is_some()) {
            let number = follower.number_and_symbol();
            let key = format!("outgoing-{}-by", relation.as_str());
            lines.push((lang.t_with(&key, &[("number", &number)]), urls::document(id)));
        }
    }
    Ok(lines)
}

#[derive(Debug, Deserialize)]
pub(super) struct ActForm {
    act: Act,
    #[serde(default)]
    note: String,
}

pub(super) async fn act(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<ActForm>,
) -> Result<Redirect, web::Error> {
    if form.act == Act::ApproveFormat {
        preparing::approve_format(&app, &actor, id, &form.note, now).await?;
    } else {
        let mut tx = app.db.write().await?;
        reviewing::act(&mut tx, &actor, id, (form.act, &form.note), now).await?;
        tx.commit().await?;
    }
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(id)))
}
