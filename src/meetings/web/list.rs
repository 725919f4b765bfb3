//! The list of meetings, and making a new one.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::config::Config;
use crate::db::{Db, Tx};
use crate::identity::rules::fold;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings::actions::{self, Basics, MeetingError};
use crate::meetings::invitation::{self, InvitationError};
use crate::meetings::rooms::{self, RoomChoice};
use crate::meetings::rules::online_url;
use crate::meetings::store::{self, MeetingLine, MeetingType};
use crate::meetings::{MeetingId, series, urls};
use crate::web::{self, App, Form, Message, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings", get(list).post(create))
        .route("/meetings/new", get(new))
        .route("/meetings/{meeting}/copy", get(copy_form))
        .route("/meetings/{meeting}/copies", post(copy))
        .route("/meetings/{meeting}/invitation", get(show_invitation))
}

#[derive(Template)]
#[template(path = "meetings/list.html")]
struct ListPage {
    chrome: Chrome,
    search: String,
    past: bool,
    may_create: bool,
    meetings: Vec<MeetingLine>,
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    when: Option<String>,
    q: Option<String>,
}

async fn list(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, web::Error> {
    let past = query.when.as_deref() == Some("past");
    let search = query.q.unwrap_or_default();
    let folded = fold(&search);
    let may_create = actor.is(OrgRole::Secretary);
    let mut tx = db.read().await?;
    let meetings = if past {
        store::past(&mut tx, actor.organisation, actor.person, may_create, now, &folded).await?
    } else {
        // What ended within the day is still looked for under "upcoming".
        let (today, _) = now.day();
        store::upcoming(&mut tx, actor.organisation, actor.person, may_create, today, &folded).await?
    };
    web::page(&ListPage { chrome: chrome.at(Section::Meetings), search, past, may_create, meetings })
}

/// The form for title, time and place, as typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct BasicsForm {
    pub title: String,
    pub kind: String,
    pub room: String,
    pub starts_at: String,
    pub ends_at: String,
    pub online_url: Option<String>,
    pub restricted: Option<String>,
    pub version: Option<i64>,
    /// `following`: the meetings that follow in the series change too.
    pub scope: Option<String>,
}

impl BasicsForm {
    pub fn read(&self, config: &Config) -> Result<Basics, MeetingError> {
        let online = self.online_url.as_deref().unwrap_or_default();
        let time = |text: &str| Timestamp::from_input(text).ok_or(MeetingError::Time);
        let room = if self.room.is_empty() {
            None
        } else {
            Some(self.room.parse().map_err(|_| MeetingError::NotFound)?)
        };
        Ok(Basics {
            title: self.title.clone(),
            kind: self.kind.parse().map_err(|_| MeetingError::NotFound)?,
            room,
            starts_at: time(&self.starts_at)?,
            ends_at: time(&self.ends_at)?,
            online_url: online_url(online, &config.video_hosts).ok_or(MeetingError::OnlineUrl)?,
            restricted: self.restricted.is_some(),
        })
    }

    /// The time the form speaks of, as far as it can be read.
    pub fn time(&self) -> Option<(Timestamp, Timestamp)> {
        Some((Timestamp::from_input(&self.starts_at)?, Timestamp::from_input(&self.ends_at)?))
    }
}

/// A room as the form offers it: with its seats, and who has it then.
pub(super) struct RoomOption {
    pub id: String,
    pub label: String,
}

pub(super) async fn room_options(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
    form: &BasicsForm,
    except: Option<MeetingId>,
) -> Result<Vec<RoomOption>, MeetingError> {
    let now = Timestamp::from_micros(0);
    let choices = rooms::choices(tx, actor, form.time().unwrap_or((now, now)), except).await?;
    let option = |choice: RoomChoice| {
        let room = chrome.t2("room-option", "name", &choice.room.name, "seats", choice.room.seats);
        RoomOption {
            id: choice.room.id.to_string(),
            label: match choice.holder {
                Some(holder) => {
                    let time = format!("{} – {}", holder.starts_at.time(), holder.ends_at.time());
                    format!("{room}. {}", chrome.t2("room-option-taken", "title", holder.title, "time", time))
                }
                None => room,
            },
        }
    };
    let is_offered = |choice: &RoomChoice| !choice.room.is_retired || choice.room.id.to_string() == form.room;
    Ok(choices.into_iter().filter(is_offered).map(option).collect())
}

#[derive(Template)]
#[template(path = "meetings/new.html")]
struct NewPage {
    chrome: Chrome,
    kinds: Vec<MeetingType>,
    rooms: Vec<RoomOption>,
    form: BasicsForm,
    /// A new meeting stands alone.
    is_in_series: bool,
    problem: Option<String>,
}

async fn new(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Secretary])?;
    let (_, tomorrow) = now.day();
    let form = BasicsForm {
        starts_at: tomorrow.plus_seconds(8 * 3600).for_input(),
        ends_at: tomorrow.plus_seconds(11 * 3600).for_input(),
        ..BasicsForm::default()
    };
    new_page(chrome, &actor, &db, form, None).await
}

async fn new_page(
    chrome: Chrome,
    actor: &Actor,
    db: &Db,
    form: BasicsForm,
    problem: Option<Message>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let kinds = store::types(&mut tx, actor.organisation).await?;
    let rooms = room_options(&mut tx, &chrome, actor, &form, None).await?;
    let problem = problem.map(|problem| problem.text(chrome.lang()));
    let chrome = chrome.at(Section::Meetings);
    web::page(&NewPage { chrome, kinds, rooms, form, is_in_series: false, problem })
}

async fn create(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<BasicsForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let made = match form.read(&app.config) {
        Ok(basics) => actions::create(&mut tx, &actor, basics, now).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(meeting) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::preparation(meeting)).into_response())
        }
        Err(error) => {
            drop(tx);
            let (status, problem) = match web::Error::from(error) {
                web::Error::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
                web::Error::Conflict(problem) => (StatusCode::CONFLICT, problem),
                other => return Err(other),
            };
            let page = new_page(chrome, &actor, &app.db, form, Some(problem)).await?;
            Ok((status, page).into_response())
        }
    }
}

#[derive(Template)]
#[template(path = "meetings/copy.html")]
struct CopyPage {
    chrome: Chrome,
    meeting: MeetingId,
    title: String,
    starts_at: String,
}

async fn copy_form(
    Path(meeting): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Secretary])?;
    let mut tx = db.read().await?;
    let (model, _) = actions::find(&mut tx, &actor, meeting).await?;
    let (_, tomorrow) = now.day();
    let starts_at = tomorrow.plus_seconds(8 * 3600).for_input();
    web::page(&CopyPage { chrome: chrome.at(Section::Meetings), meeting, title: model.title, starts_at })
}

#[derive(Debug, Deserialize)]
struct CopyForm {
    starts_at: String,
}

async fn copy(
    Path(meeting): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<CopyForm>,
) -> Result<Redirect, web::Error> {
    let starts_at = Timestamp::from_input(&form.starts_at).ok_or(MeetingError::Time)?;
    let mut tx = db.write().await?;
    let copied = series::copy(&mut tx, &actor, meeting, starts_at, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::preparation(copied)))
}

/// The official invitation as a PDF.
async fn show_invitation(
    Path(meeting): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let pdf = invitation::pdf(&app, &actor, meeting, now).await?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}

impl From<InvitationError> for web::Error {
    fn from(error: InvitationError) -> Self {
        match error {
            InvitationError::Meeting(error) => error.into(),
            InvitationError::Typeset(error) => Self::internal(error),
            InvitationError::Task(error) => Self::internal(error),
            InvitationError::Random(error) => Self::internal(error),
            InvitationError::Storage(error) => error.into(),
            InvitationError::Job(error) => error.into(),
            InvitationError::Db(error) => error.into(),
        }
    }
}
