//! Presence: checking in, and the secretary's list.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::rules::fold;
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings::actions::{self, MeetingError, Standing};
use crate::meetings::rules::presence::Whereabouts;
use crate::meetings::rules::{Attendance, MeetingRole, Presence};
use crate::meetings::store::{self, Meeting, Participant};
use crate::meetings::{MeetingId, arrival, conduct, topic, urls};
use crate::web::live::person_topic;
use crate::web::{self, App, Form, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/check-ins", post(check_in))
        .route("/meetings/{meeting}/attendance", get(list))
        .route("/meetings/{meeting}/attendance.csv", get(export))
        .route("/meetings/{meeting}/attendance/{person}", post(note))
        .route("/meetings/{meeting}/attendance/{person}/substitute", post(substitute))
}

/// The person says to be there; `online` from elsewhere.
#[derive(Debug, Deserialize)]
struct CheckInForm {
    online: Option<String>,
    /// What the screen of the room showed.
    code: Option<String>,
}

async fn check_in(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<CheckInForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    match form.code {
        Some(code) => arrival::check_in(&mut tx, &actor, id, &code, now).await?,
        None => conduct::check_in(&mut tx, &actor, id, form.online.is_some(), now).await?,
    }
    tx.commit().await?;
    say_who_came(&app, id, actor.person);
    Ok(Redirect::to(&urls::meeting(id)))
}

#[derive(Template)]
#[template(path = "meetings/attendance.html")]
struct AttendancePage {
    chrome: Chrome,
    meeting: Meeting,
    presence: Presence,
    has_quorum: bool,
    needed: i64,
    counts: Vec<Count>,
    lines: Vec<Line>,
    search: String,
    /// Those who are not invited and could sit in for someone.
    others: Vec<Person>,
    takes_notes: bool,
    may_name_substitutes: bool,
}

/// How many are there, late, away.
struct Count {
    whereabouts: Whereabouts,
    people: usize,
}

struct Line {
    person: Participant,
    whereabouts: Whereabouts,
    is_there: bool,
    may_be_deputy: bool,
}

impl Line {
    fn of(person: Participant, meeting: &Meeting) -> Self {
        Self {
            whereabouts: Whereabouts::of(person.attendance, person.checked_in_at, meeting.started_at),
            is_there: person.attendance.is_there(),
            may_be_deputy: person.member && person.role != MeetingRole::Chair,
            person,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
struct SearchQuery {
    #[serde(default)]
    q: String,
}

async fn list(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
    Query(query): Query<SearchQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = for_conductors(&mut tx, &actor, id).await?;
    let people = store::participants(&mut tx, id).await?;
    let presence =
        Presence::count(people.iter().map(|person| (person.role, person.member, &person.attendance)));
    let quorum = store::meeting_type(&mut tx, meeting.type_id).await?.terms.quorum;
    let takes_notes = conduct::takes_check_ins(&meeting);
    let others = others(&mut tx, &actor, &people).await?;
    let mut lines: Vec<Line> = people.into_iter().map(|person| Line::of(person, &meeting)).collect();
    let counts = counts(&lines);
    let wanted = fold(&query.q);
    lines.retain(|line| fold(&line.person.full_name).contains(&wanted));
    web::page(&AttendancePage {
        chrome: chrome.at(Section::Meetings),
        has_quorum: quorum.is_reached(presence.present_members, presence.total_members),
        needed: quorum.least(presence.total_members),
        presence,
        counts,
        lines,
        search: query.q,
        others,
        takes_notes,
        may_name_substitutes: takes_notes && standing.is_organiser,
        meeting,
    })
}

async fn for_conductors(
    tx: &mut Tx,
    actor: &Actor,
    id: MeetingId,
) -> Result<(Meeting, Standing), MeetingError> {
    let (meeting, standing) = actions::find(tx, actor, id).await?;
    if standing.may_conduct() { Ok((meeting, standing)) } else { Err(MeetingError::NotOrganiser) }
}

fn counts(lines: &[Line]) -> Vec<Count> {
    let count = |wanted| lines.iter().filter(|line| line.whereabouts == wanted).count();
    let all = Whereabouts::ALL.iter().map(|kind| Count { whereabouts: *kind, people: count(*kind) });
    all.filter(|count| count.people > 0).collect()
}

async fn others(tx: &mut Tx, actor: &Actor, invited: &[Participant]) -> Result<Vec<Person>, db::Error> {
    let everyone = identity::store::people(tx, actor.organisation).await?;
    let is_invited = |person: &Person| invited.iter().any(|known| known.person_id == person.id);
    let others = everyone.into_iter().filter(|person| person.active && !is_invited(person)).collect();
    Ok(identity::actions::sorted_by_name(others))
}

/// The list as a table for a spreadsheet.
async fn export(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Response, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, _) = for_conductors(&mut tx, &actor, id).await?;
    let head = ["full-name", "position", "role", "attendance", "time", "seat", "absence-reason"];
    let head = head.map(|key| chrome.t(key));
    let people = store::participants(&mut tx, id).await?;
    let lines = people.into_iter().map(|person| {
        let whereabouts = Whereabouts::of(person.attendance, person.checked_in_at, meeting.started_at);
        [
            person.full_name,
            person.position,
            chrome.t(&format!("meeting-role-{}", person.role.as_str())),
            chrome.t(whereabouts.text()),
            person.checked_in_at.map(Timestamp::date_time).unwrap_or_default(),
            person.seat.unwrap_or_default(),
            person.absence_reason,
        ]
    });
    web::csv("diem-danh.csv", std::iter::once(head).chain(lines))
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
    say_who_came(&app, id, person);
    Ok(Redirect::to(&urls::attendance(id)))
}

/// All see alike how many are there; what it means for one is on their page.
fn say_who_came(app: &App, id: MeetingId, person: PersonId) {
    app.live.changed_alike_often(topic(id));
    app.live.changed(person_topic(person));
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
