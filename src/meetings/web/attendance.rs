//! Presence: checking in, and the secretary's list.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::db::Db;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::rules::{Attendance, Presence};
use crate::meetings::store::{self, Meeting, Participant};
use crate::meetings::{MeetingId, conduct, topic, urls};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/check-ins", post(check_in))
        .route("/meetings/{meeting}/attendance", get(list))
        .route("/meetings/{meeting}/attendance/{person}", post(note))
        .route("/meetings/{meeting}/attendance/{person}/substitute", post(substitute))
}

/// The person says to be there; `online` from elsewhere.
#[derive(Debug, Deserialize)]
struct CheckInForm {
    online: Option<String>,
}

async fn check_in(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CheckInForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    conduct::check_in(&mut tx, &actor, id, form.online.is_some(), now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::meeting(id)))
}

#[derive(Template)]
#[template(path = "meetings/attendance.html")]
struct AttendancePage {
    chrome: Chrome,
    meeting: Meeting,
    presence: Presence,
    people: Vec<Participant>,
    /// Those who are not invited and could sit in for someone.
    others: Vec<Person>,
    takes_notes: bool,
    may_name_substitutes: bool,
}

async fn list(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let people = store::participants(&mut tx, id).await?;
    let presence =
        Presence::count(people.iter().map(|person| (person.role, person.member, &person.attendance)));
    let everyone = identity::store::people(&mut tx, actor.organisation).await?;
    let is_invited = |person: &Person| people.iter().any(|known| known.person_id == person.id);
    let others = everyone.into_iter().filter(|person| person.active && !is_invited(person)).collect();
    let takes_notes = conduct::takes_check_ins(&meeting);
    web::page(&AttendancePage {
        chrome: chrome.at(Section::Meetings),
        meeting,
        presence,
        others: identity::actions::sorted_by_name(others),
        people,
        takes_notes,
        may_name_substitutes: takes_notes && standing.is_organiser,
    })
}

#[derive(Debug, Deserialize)]
struct NoteForm {
    attendance: Attendance,
    reason: Option<String>,
}

async fn note(
    Path((id, person)): Path<(MeetingId, PersonId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<NoteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let reason = form.reason.unwrap_or_default();
    conduct::note_attendance(&mut tx, &actor, id, person, form.attendance, &reason, now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::attendance(id)))
}

#[derive(Debug, Deserialize)]
struct SubstituteForm {
    substitute: PersonId,
    reason: Option<String>,
}

async fn substitute(
    Path((id, member)): Path<(MeetingId, PersonId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SubstituteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let reason = form.reason.unwrap_or_default();
    conduct::substitute(&mut tx, &actor, id, member, form.substitute, &reason, now).await?;
    tx.commit().await?;
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::attendance(id)))
}
