//! What units are asked about a draft: on the document's page for its drafter,
//! and on a page of its own for the unit.

use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State as Service};
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::dashed;
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::Unit;
use crate::identity::{self, Actor, Chrome, PersonId, Section, UnitId};
use crate::outgoing::actions::OutgoingError;
use crate::outgoing::consulting::{self, Consulted, Said};
use crate::outgoing::rules::{Stage, stage};
use crate::outgoing::store::{Consultation, Outgoing};
use crate::outgoing::{ConsultationId, OutgoingId, urls};
use crate::papers::{self, Upload, VersionId};
use crate::signing::web::{Disposition, pdf_response};
use crate::web::{self, App, Form, Lang, Now, Parts, Path};

pub(super) fn router() -> Router<App> {
    let uploads = Router::new()
        .route("/outgoing/consultations/{consultation}/comment", post(comment))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable());
    Router::new()
        .merge(uploads)
        .route("/outgoing/{outgoing}/consultations", post(ask))
        .route("/outgoing/consultations/{consultation}", get(show))
        .route("/outgoing/consultations/{consultation}/assignment", post(assign))
        .route("/outgoing/consultations/{consultation}/reply", post(reply))
        .route("/outgoing/consultations/{consultation}/file", get(file))
}

/// A question to a unit, every word chosen.
pub(super) struct ConsultationView {
    pub link: String,
    pub line: Consultation,
    pub kind: &'static str,
    pub icon: &'static str,
    pub word: String,
    /// The drafter answers it now, on the document's page.
    pub may_reply: bool,
}

impl ConsultationView {
    fn of(line: Consultation, may_reply: bool, (lang, now): (Lang, Timestamp)) -> Self {
        let stage = stage(line.due_at, (line.commented_at, line.replied_at), now);
        let (kind, icon) = match stage {
            Stage::Asked => ("", "wait"),
            Stage::Late => ("bad", "warn"),
            Stage::Given => ("now", "note"),
            Stage::GivenLate => ("warn", "note"),
            Stage::Answered => ("good", "check"),
        };
        let word = lang.t(&format!("consultation-{}", dashed(stage.as_str())));
        Self { link: urls::consultation(line.id), kind, icon, word, may_reply, line }
    }
}

/// What units say on a document, and the form that asks them.
pub(super) struct ConsultationsView {
    pub lines: Vec<ConsultationView>,
    /// Units that can be asked; empty for all but the drafter of a draft.
    pub units: Vec<(UnitId, String)>,
    /// The day a form suggests.
    pub day: String,
}

impl ConsultationsView {
    pub(super) async fn load(
        tx: &mut Tx,
        actor: &Actor,
        (document, may_ask): (&Outgoing, bool),
        (lang, now): (Lang, Timestamp),
    ) -> Result<Self, web::Error> {
        let is_drafter = document.drafter_id == actor.person;
        let found = consulting::of_document(tx, actor, document.id).await?;
        let is_asked =
            |unit: UnitId| found.iter().any(|one| one.unit_id == unit && one.edition == document.edition);
        let units = match may_ask {
            true => identity::store::units(tx, actor.organisation).await?,
            false => Vec::new(),
        };
        // The organisation itself, above its units, says nothing as one of them.
        let has_parents = units.iter().any(|unit| unit.parent_id.is_some());
        let is_unit = |unit: &Unit| unit.parent_id.is_some() || !has_parents;
        let units = units.into_iter().filter(|unit| is_unit(unit) && !is_asked(unit.id));
        let units = units.map(|unit| (unit.id, unit.name)).collect();
        let day = now.plus_seconds(3 * 86_400).for_input();
        let line = |one: Consultation| {
            let may_reply = is_drafter && one.commented_at.is_some() && one.replied_at.is_none();
            ConsultationView::of(one, may_reply, (lang, now))
        };
        Ok(Self {
            lines: found.into_iter().map(line).collect(),
            units,
            day: day.split('T').next().unwrap_or_default().to_owned(),
        })
    }
}

/// `unit` may stand many times.
async fn ask(
    Path(id): Path<OutgoingId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let value =
        |name: &str| fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let named = fields.iter().filter(|(name, value)| name == "unit" && !value.is_empty());
    let units: Result<Vec<UnitId>, _> = named.map(|(_, id)| id.parse()).collect();
    let units = units.map_err(|_| OutgoingError::NoUnit)?;
    let due = Timestamp::from_input(&format!("{}T23:59", value("due"))).ok_or(OutgoingError::Deadline)?;
    let mut tx = app.db.write().await?;
    consulting::ask(&mut tx, &actor, id, (&units, value("question"), due), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(id)))
}

#[derive(Template)]
#[template(path = "outgoing/consultation.html")]
struct ConsultationPage {
    chrome: Chrome,
    document: Outgoing,
    view: ConsultationView,
    drafter: String,
    /// The file that is read, and commented on.
    version: Option<VersionId>,
    read_url: Option<String>,
    file_url: String,
    /// Also the document's own page, for those who see it.
    document_url: Option<String>,
    may_comment: bool,
    may_reply: bool,
    /// People of the unit it can be given to; chosen: it was.
    people: Vec<(PersonId, String, bool)>,
}

async fn show(
    Path(id): Path<ConsultationId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let found = consulting::consulted(&mut tx, &actor, id).await?;
    let people = people(&mut tx, &actor, &found).await?;
    let Consulted { question, document, may_comment, may_reply, .. } = found;
    let drafter = identity::store::person(&mut tx, actor.organisation, document.drafter_id).await?;
    let version = match question.version_id {
        Some(version) => Some(version),
        None => {
            let latest = papers::latest_version(&mut tx, actor.organisation, document.paper_id).await?;
            latest.map(|version| version.id)
        }
    };
    let sees = crate::outgoing::actions::may_see(&actor, &document);
    let back = urls::consultation(id);
    web::page(&ConsultationPage {
        view: ConsultationView::of(question, may_reply, (chrome.lang(), now)),
        drafter: drafter.map(|person| person.full_name).unwrap_or_default(),
        version,
        read_url: version.map(|version| format!("{}?back={back}", papers::urls::reader(version))),
        file_url: urls::consultation_file(id),
        document_url: sees.then(|| urls::document(document.id)),
        may_comment,
        may_reply,
        people,
        chrome: chrome.at(Section::Outgoing),
        document,
    })
}

/// The unit's people, for its head to give the question to one of them.
async fn people(
    tx: &mut Tx,
    actor: &Actor,
    found: &Consulted,
) -> Result<Vec<(PersonId, String, bool)>, web::Error> {
    if !found.may_assign {
        return Ok(Vec::new());
    }
    let question = &found.question;
    let people = identity::store::people(tx, actor.organisation).await?;
    let of_unit = people.into_iter().filter(|one| one.active && one.unit_id == question.unit_id);
    Ok(of_unit.map(|one| (one.id, one.full_name, question.assignee_id == Some(one.id))).collect())
}

#[derive(Debug, Deserialize)]
struct AssignForm {
    person: PersonId,
}

async fn assign(
    Path(id): Path<ConsultationId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<AssignForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    consulting::assign(&mut tx, &actor, id, form.person, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::consultation(id)))
}

async fn comment(
    Path(id): Path<ConsultationId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    form: Parts,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.read().await?;
    // Refused before a long upload is read, not after.
    consulting::consulted(&mut tx, &actor, id).await?;
    drop(tx);
    let (text, version, file) = read(&app, form).await?;
    let said = Said { text: &text, version, file: file.as_ref() };
    let mut tx = app.db.write().await?;
    consulting::comment(&mut tx, &actor, id, said, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::consultation(id)))
}

/// The words of a comment, what they are about, and the file that goes with
/// them; a browser sends an empty file for none.
async fn read(app: &App, mut form: Parts) -> Result<(String, VersionId, Option<Upload>), web::Error> {
    let (mut text, mut version, mut file) = (String::new(), String::new(), None);
    while let Some(mut part) = form.next().await? {
        match part.name() {
            "comment" => text = part.text().await?,
            "version" => version = part.text().await?,
            "file" if !part.file_name().is_empty() => {
                file = Some(papers::web::receive(app, &mut part).await?);
            }
            _ => {}
        }
    }
    Ok((text, version.parse().map_err(|_| web::Error::NotFound)?, file))
}

#[derive(Debug, Deserialize)]
struct ReplyForm {
    reply: String,
}

async fn reply(
    Path(id): Path<ConsultationId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<ReplyForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let document = consulting::reply(&mut tx, &actor, id, &form.reply, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::document(document)))
}

/// The file that goes with a comment.
async fn file(
    Path(id): Path<ConsultationId>,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let found = consulting::consulted(&mut tx, &actor, id).await?;
    drop(tx);
    let hash = found.question.file_sha256.ok_or(web::Error::NotFound)?;
    pdf_response(&app.storage, hash, &found.question.file_title, Disposition::Inline).await
}
