//! The pages of a meeting under way and the acts of those who run it.

mod acts;
mod hall;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::cockpit::{self, Next};
use super::notes;
use super::session::{self, SessionView, Viewer};
use super::view::{self, RoomView};
use crate::db::{Db, Tx};
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings::actions::{self as meetings_actions, MeetingError, Standing};
use crate::meetings::rules::MeetingState;
use crate::meetings::rules::session::{Act, after};
use crate::meetings::store::Participant;
use crate::meetings::{MeetingId, conduct, desk_topic, topic, urls};
use crate::papers::VersionId;
use crate::speaking::actions::takes_requests;
use crate::voting;
use crate::web::{self, App, Now, Path, Query};

pub fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}", get(show))
        .route("/meetings/{meeting}/preview", get(preview))
        .route("/meetings/{meeting}/cockpit", get(show_cockpit))
        .route("/meetings/{meeting}/events", get(events))
        .route("/meetings/{meeting}/notes", get(notes::show))
        .merge(acts::router())
        .merge(hall::router())
}

#[derive(Template)]
#[template(path = "room/meeting.html")]
struct RoomPage {
    chrome: Chrome,
    view: RoomView,
    me: Option<Participant>,
    /// Whose eyes this is seen through, when it is a preview.
    preview_of: Option<String>,
    can_check_in: bool,
    is_present: bool,
    may_conduct: bool,
    is_organiser: bool,
    state: String,
    session: SessionView,
    /// The meeting is, or will be, one at which people speak.
    speaks: bool,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = meetings_actions::find(&mut tx, &actor, id).await?;
    let is_live = conduct::takes_check_ins(&meeting);
    // The chair never leaves one screen.
    if standing.is_chair() && is_live {
        return Ok(Redirect::to(&urls::cockpit(id)).into_response());
    }
    let view = view::load(&mut tx, &chrome, meeting, actor.person, false).await?;
    let viewer = Viewer { chrome: &chrome, person: actor.person, standing, now };
    let session = session::load(&mut tx, viewer, &view).await?;
    let page = room_page(chrome, view, session, (actor.person, standing), None);
    Ok(web::page(&page)?.into_response())
}

fn room_page(
    chrome: Chrome,
    view: RoomView,
    session: SessionView,
    (person, standing): (PersonId, Standing),
    preview_of: Option<String>,
) -> RoomPage {
    let me = view.people.iter().find(|one| one.person_id == person).cloned();
    let is_present = me.as_ref().is_some_and(|me| me.attendance.is_there());
    RoomPage {
        can_check_in: me.is_some() && !is_present && conduct::takes_check_ins(&view.meeting),
        is_present,
        speaks: takes_requests(&view.meeting) || view.meeting.state == MeetingState::Draft,
        session,
        may_conduct: standing.may_conduct(),
        is_organiser: standing.is_organiser,
        state: chrome.t(&format!("meeting-{}", view.meeting.state.as_str().replace('_', "-"))),
        chrome: chrome.at(Section::Meetings),
        view,
        me,
        preview_of,
    }
}

#[derive(Debug, Default, Deserialize)]
struct PreviewQuery {
    person: Option<PersonId>,
}

/// Shows those who prepare the meeting exactly what one participant will see.
async fn preview(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Query(query): Query<PreviewQuery>,
) -> Result<Html<String>, web::Error> {
    let person = query.person.ok_or(web::Error::NotFound)?;
    let mut tx = db.read().await?;
    let (meeting, standing) = meetings_actions::find(&mut tx, &actor, id).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let seen_by =
        identity::store::person(&mut tx, actor.organisation, person).await?.ok_or(web::Error::NotFound)?;
    let view = view::load(&mut tx, &chrome, meeting, person, true).await?;
    let as_member = Standing { role: None, is_organiser: false, is_conductor: false, is_deputy: false };
    let viewer = Viewer { chrome: &chrome, person, standing: as_member, now };
    let session = session::load(&mut tx, viewer, &view).await?;
    web::page(&room_page(chrome, view, session, (person, as_member), Some(seen_by.full_name)))
}

#[derive(Template)]
#[template(path = "room/cockpit.html")]
struct CockpitPage {
    chrome: Chrome,
    view: RoomView,
    next: Next,
    still_to_vote: String,
    voted_paper: Option<VersionId>,
    /// The secret vote that comes next has so few voters that its totals tell.
    few_voters: Option<usize>,
    is_present: bool,
    is_running: bool,
    /// Begun and not over, at rest or not.
    can_end: bool,
    can_adjourn: bool,
    session: SessionView,
}

async fn show_cockpit(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = meetings_actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let view = view::load(&mut tx, &chrome, meeting, actor.person, false).await?;
    let open = view.items.iter().flat_map(|item| &item.votes).find(|line| line.is_open);
    let turnout = match open {
        Some(line) => {
            let body = voting::actions::Body::load(&mut tx, id).await?;
            voting::actions::turnout(&mut tx, &line.vote, &body).await?
        }
        None => voting::actions::Turnout::default(),
    };
    let me = view.people.iter().find(|one| one.person_id == actor.person);
    let viewer = Viewer { chrome: &chrome, person: actor.person, standing, now };
    let session = session::load(&mut tx, viewer, &view).await?;
    let next = cockpit::next(&view, &session, &turnout);
    web::page(&CockpitPage {
        few_voters: few_voters(&mut tx, &view, &next).await?,
        next,
        still_to_vote: cockpit::still_to_vote(&view, &turnout).join(", "),
        voted_paper: view.items.iter().find(|item| item.is_current).and_then(cockpit::voted_paper),
        is_present: me.is_none_or(|me| me.attendance.is_there()),
        is_running: view.meeting.state == MeetingState::InProgress,
        can_end: view.meeting.state.has_begun_and_not_ended(),
        can_adjourn: after(view.meeting.state, Act::Adjourn).is_ok(),
        chrome: chrome.at(Section::Meetings),
        view,
        session,
    })
}

async fn few_voters(tx: &mut Tx, view: &RoomView, next: &Next) -> Result<Option<usize>, web::Error> {
    let Next::OpenPrepared { vote, .. } = next else { return Ok(None) };
    let mut lines = view.items.iter().flat_map(|item| &item.votes);
    match lines.find(|line| line.vote.id == *vote) {
        Some(line) => Ok(voting::secret::actions::few_voters(tx, &line.vote).await?),
        None => Ok(None),
    }
}

async fn events(
    Path(id): Path<MeetingId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let (_, standing) = meetings_actions::find(&mut tx, &actor, id).await?;
    drop(tx);
    let mut topics = vec![topic(id)];
    topics.extend(standing.may_conduct().then(|| desk_topic(id)));
    Ok(web::stream(&app.live, topics).into_response())
}
