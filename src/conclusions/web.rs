//! The page of a notice, and the list of what is left of meetings.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::actions::{self, ConclusionError, Frame};
use super::search::{Found, search};
use super::store::{self, Conclusion, Notice};
use super::{ConclusionId, NoticeState, issue, urls};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::lights::{self, Badge};
use crate::meetings::store::Meeting;
use crate::meetings::{self, MeetingId};
use crate::minutes;
use crate::signing::{self, DocumentState, Status};
use crate::web::{self, App, Form, Now, Path, Query};

pub fn router() -> Router<App> {
    Router::new()
        .route("/conclusions", get(list))
        .route("/meetings/{meeting}/conclusions", get(show).post(draft))
        .route("/meetings/{meeting}/conclusions/frame", post(save_frame))
        .route("/meetings/{meeting}/conclusions/points", post(add))
        .route("/meetings/{meeting}/conclusions/points/{conclusion}", post(save))
        .route("/meetings/{meeting}/conclusions/points/{conclusion}/removal", post(remove))
        .route("/meetings/{meeting}/conclusions/preview", get(preview))
        .route("/meetings/{meeting}/conclusions/locking", post(lock))
}

impl From<ConclusionError> for web::Error {
    fn from(error: ConclusionError) -> Self {
        match error {
            ConclusionError::NotFound => Self::NotFound,
            ConclusionError::NotOver => Self::Conflict("conclusions-not-over".into()),
            ConclusionError::Exists => Self::Conflict("conclusions-exist".into()),
            ConclusionError::Locked => Self::Conflict("conclusions-locked-already".into()),
            ConclusionError::Stale => Self::Conflict("conclusions-stale".into()),
            ConclusionError::Text => Self::Invalid("conclusions-text".into()),
            ConclusionError::Date => Self::Invalid("conclusions-date".into()),
            ConclusionError::Empty => Self::Conflict("conclusions-empty".into()),
            ConclusionError::NoRoom => Self::internal(error),
            ConclusionError::Meeting(error) => error.into(),
            ConclusionError::Typeset(error) => Self::internal(error),
            ConclusionError::Task(error) => Self::internal(error),
            ConclusionError::Random(error) => Self::internal(error),
            ConclusionError::Storage(error) => error.into(),
            ConclusionError::Job(error) => error.into(),
            ConclusionError::Db(error) => error.into(),
        }
    }
}

#[derive(Template)]
#[template(path = "conclusions/list.html")]
struct ListPage {
    chrome: Chrome,
    search: String,
    found: Vec<Found>,
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    q: Option<String>,
}

async fn list(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, web::Error> {
    let typed = query.q.unwrap_or_default();
    let mut tx = app.db.read().await?;
    let found = search(&mut tx, &actor, &typed).await?;
    web::page(&ListPage { chrome: chrome.at(Section::Conclusions), search: typed, found })
}

#[derive(Template)]
#[template(path = "conclusions/notice.html")]
struct NoticePage {
    chrome: Chrome,
    meeting: Meeting,
    notice: Option<Notice>,
    points: Vec<Point>,
    units: Vec<Unit>,
    people: Vec<Person>,
    signer: String,
    may_write: bool,
    may_draft: bool,
    /// There are minutes that this person may see.
    has_minutes: bool,
    /// This person gives tasks from it.
    is_given: bool,
    signing: Option<SigningView>,
    stale: Option<StaleText>,
}

/// A conclusion as the page shows it.
struct Point {
    number: usize,
    one: Conclusion,
    lead: Option<String>,
    helping: Vec<String>,
    /// What a colleague saved meanwhile, beside what was typed.
    theirs: Option<String>,
}

impl Point {
    fn is_led_by(&self, unit: &Unit) -> bool {
        self.one.lead_unit == Some(unit.id)
    }

    fn is_helped_by(&self, unit: &Unit) -> bool {
        self.one.co_units.contains(&unit.id)
    }

    fn day(&self) -> String {
        self.one.deadline.map(day_for_input).unwrap_or_default()
    }
}

struct SigningView {
    status: Status,
    is_complete: bool,
    file: String,
    public: String,
    light: Option<Badge>,
}

/// What a refused form held.
enum StaleText {
    Frame(Frame),
    Point(Conclusion),
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    web::page(&load(&mut tx, chrome, &actor, id, None).await?)
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    id: MeetingId,
    stale: Option<StaleText>,
) -> Result<NoticePage, web::Error> {
    let (meeting, standing, mut notice) = actions::find(tx, actor, id).await?;
    let units = identity::store::units(tx, actor.organisation).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let (mut points, mut signing, mut signer) = (Vec::new(), None, String::new());
    if let Some(notice) = &mut notice {
        let conclusions = store::conclusions(tx, notice.id).await?;
        points = (1..).zip(conclusions).map(|(number, one)| point(number, one, &units, &stale)).collect();
        signing = signing_view(tx, notice).await?;
        let who = people.iter().find(|person| person.id == notice.signer_id);
        signer = who.map(|person| person.full_name.clone()).unwrap_or_default();
        if let Some(StaleText::Frame(typed)) = &stale {
            put_back(notice, typed);
        }
    }
    let is_draft = notice.as_ref().is_some_and(|notice| notice.state == NoticeState::Draft);
    Ok(NoticePage {
        may_write: is_draft && standing.is_organiser,
        is_given: standing.may_conduct(),
        has_minutes: minutes::actions::find(tx, actor, id).await.is_ok(),
        may_draft: notice.is_none() && standing.is_organiser && meeting.ended_at.is_some(),
        people: people.into_iter().filter(|person| person.active).collect(),
        chrome: chrome.at(Section::Conclusions),
        meeting,
        notice,
        points,
        units,
        signer,
        signing,
        stale,
    })
}

/// What was typed comes back to its fields, over the version that now stands.
fn put_back(notice: &mut Notice, typed: &Frame) {
    notice.subject.clone_from(&typed.subject);
    notice.opening.clone_from(&typed.opening);
    notice.closing.clone_from(&typed.closing);
    notice.capacity.clone_from(&typed.capacity);
    notice.recipients.clone_from(&typed.recipients);
    notice.signer_id = typed.signer;
}

fn point(number: usize, saved: Conclusion, units: &[Unit], stale: &Option<StaleText>) -> Point {
    let name = |id: &identity::UnitId| units.iter().find(|unit| unit.id == *id).map(|unit| unit.name.clone());
    let (one, theirs) = match stale {
        Some(StaleText::Point(typed)) if typed.id == saved.id => {
            (Conclusion { version: saved.version, ..typed.clone() }, Some(saved.text))
        }
        _ => (saved, None),
    };
    Point {
        number,
        lead: one.lead_unit.as_ref().and_then(name),
        helping: one.co_units.iter().filter_map(name).collect(),
        one,
        theirs,
    }
}

async fn signing_view(tx: &mut Tx, notice: &Notice) -> Result<Option<SigningView>, web::Error> {
    let Some(document) = notice.document_id else { return Ok(None) };
    let Some(status) = signing::status(tx, document).await? else { return Ok(None) };
    Ok(Some(SigningView {
        is_complete: status.state == DocumentState::Complete,
        file: signing::urls::file(document),
        public: signing::urls::public(&status.code),
        light: lights::badge_of(tx, status.sha256).await?,
        status,
    }))
}

/// Saves what a handler did, tells the screens, and shows the notice.
async fn done(app: &App, tx: Tx, id: MeetingId) -> Result<Response, web::Error> {
    tx.commit().await?;
    app.bell.notify_one();
    app.live.changed(meetings::desk_topic(id));
    Ok(Redirect::to(&urls::notice(id)).into_response())
}

async fn draft(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::draft(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct FrameForm {
    subject: String,
    opening: String,
    closing: String,
    capacity: String,
    recipients: String,
    signer: PersonId,
    version: i64,
}

async fn save_frame(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<FrameForm>,
) -> Result<Response, web::Error> {
    let FrameForm { subject, opening, closing, capacity, recipients, signer, version } = form;
    let frame = Frame { subject, opening, closing, capacity, recipients, signer, version };
    let mut tx = app.db.write().await?;
    match actions::save_frame(&mut tx, &actor, id, frame.clone(), now).await {
        Ok(()) => done(&app, tx, id).await,
        Err(ConclusionError::Stale) => both(&app, tx, chrome, &actor, id, StaleText::Frame(frame)).await,
        Err(error) => Err(error.into()),
    }
}

#[derive(Debug, Deserialize)]
struct TextForm {
    text: String,
}

async fn add(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<TextForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::add(&mut tx, &actor, id, &form.text, now).await?;
    done(&app, tx, id).await
}

/// `co` may stand many times: the units that help.
async fn save(
    Path((id, conclusion)): Path<(MeetingId, ConclusionId)>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let typed = conclusion_of(conclusion, &fields)?;
    let mut tx = app.db.write().await?;
    match actions::save(&mut tx, &actor, id, typed.clone(), now).await {
        Ok(()) => done(&app, tx, id).await,
        Err(ConclusionError::Stale) => both(&app, tx, chrome, &actor, id, StaleText::Point(typed)).await,
        Err(error) => Err(error.into()),
    }
}

fn conclusion_of(id: ConclusionId, fields: &[(String, String)]) -> Result<Conclusion, ConclusionError> {
    let field = |name: &str| {
        let found = fields.iter().find(|(key, value)| key == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let unit = |value: &str| value.parse().map_err(|_| ConclusionError::NotFound);
    let helping = fields.iter().filter(|(name, value)| name == "co" && !value.is_empty());
    Ok(Conclusion {
        id,
        text: field("text").unwrap_or_default().to_owned(),
        lead_unit: field("lead").map(unit).transpose()?,
        co_units: helping.map(|(_, value)| unit(value)).collect::<Result<_, _>>()?,
        deadline: field("deadline").map(|day| end_of_day(day).ok_or(ConclusionError::Date)).transpose()?,
        version: field("version").and_then(|version| version.parse().ok()).unwrap_or_default(),
    })
}

/// "2026-11-30" as its last minute.
fn end_of_day(day: &str) -> Option<Timestamp> {
    Timestamp::from_input(&format!("{day}T23:59"))
}

fn day_for_input(at: Timestamp) -> String {
    at.for_input().split('T').next().unwrap_or_default().to_owned()
}

/// The page with what was typed and what a colleague saved, for a person to choose.
async fn both(
    app: &App,
    tx: Tx,
    chrome: Chrome,
    actor: &Actor,
    id: MeetingId,
    stale: StaleText,
) -> Result<Response, web::Error> {
    drop(tx);
    let mut tx = app.db.read().await?;
    let page = web::page(&load(&mut tx, chrome, actor, id, Some(stale)).await?)?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

async fn remove(
    Path((id, conclusion)): Path<(MeetingId, ConclusionId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::remove(&mut tx, &actor, id, conclusion, now).await?;
    done(&app, tx, id).await
}

async fn preview(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let pdf = issue::preview(&app, &actor, id, now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

async fn lock(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    issue::lock(&app, &actor, id, now).await?;
    app.bell.notify_one();
    app.live.changed(meetings::topic(id));
    Ok(Redirect::to(&urls::notice(id)))
}
