//! Answering an invitation, and who answered what.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::planning::AnswerCounts;
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, PersonId, Section, UnitId};
use crate::lights::Badge;
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::rules::{Answer, MeetingRole, MeetingState};
use crate::meetings::store::{self, GivenAnswer, Meeting, Participant, UnitAsked, UnitInvitation};
use crate::meetings::{MeetingId, answers, desk_topic, topic, units, urls};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/answer", get(show_own))
        .route("/meetings/{meeting}/answers", get(show_all).post(answer))
        .route("/meetings/{meeting}/substitutes", post(send))
        .route("/meetings/{meeting}/substitutes/{person}/refusal", post(refuse))
        .route("/meetings/{meeting}/unit-invitations", post(ask))
        .route("/meetings/{meeting}/unit-invitations/{unit}/removal", post(take_back))
}

#[derive(Template)]
#[template(path = "meetings/answer.html")]
struct AnswerPage {
    chrome: Chrome,
    meeting: Meeting,
    when: String,
    room: Option<String>,
    chair: Option<String>,
    online_url: String,
    given: Option<(GivenAnswer, Badge)>,
    substitute: Option<String>,
    candidates: Vec<Person>,
    substitute_votes: bool,
    takes_answers: bool,
}

async fn show_own(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, _) = actions::find(&mut tx, &actor, id).await?;
    let page = own_page(&mut tx, chrome.at(Section::Meetings), &actor, meeting).await?;
    web::page(&page)
}

async fn own_page(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    meeting: Meeting,
) -> Result<AnswerPage, web::Error> {
    let people = store::participants(tx, meeting.id).await?;
    let me = people.iter().find(|one| one.person_id == actor.person).ok_or(MeetingError::NotFound)?;
    let given = store::answers(tx, meeting.id).await?;
    let given = given.into_iter().find(|given| given.person_id == actor.person);
    let substitute = people.iter().find(|one| one.substitute_for == Some(actor.person));
    let kind = store::meeting_type(tx, meeting.type_id).await?;
    let rooms = store::rooms(tx, actor.organisation).await?;
    Ok(AnswerPage {
        when: super::span(meeting.starts_at, meeting.ends_at),
        room: rooms.into_iter().find(|room| Some(room.id) == meeting.room_id).map(|room| room.name),
        chair: people.iter().find(|one| one.role == MeetingRole::Chair).map(|one| one.full_name.clone()),
        online_url: store::plan(tx, meeting.id).await?.online_url,
        given: given.map(|given| (given.clone(), answer_badge(Some(given.answer)))),
        substitute: substitute.map(|one| one.full_name.clone()),
        candidates: answers::candidates(tx, &meeting, me).await?,
        substitute_votes: kind.terms.substitutes_vote && me.role.is_member(),
        takes_answers: meeting.state == MeetingState::Published && me.checked_in_at.is_none(),
        chrome,
        meeting,
    })
}

fn answer_badge(answer: Option<Answer>) -> Badge {
    let (kind, icon, word) = match answer {
        Some(Answer::Accepted) => ("good", "check", "answer-accepted"),
        Some(Answer::Declined) => ("bad", "cross", "answer-declined"),
        Some(Answer::Substituted) => ("warn", "people", "answer-substituted"),
        None => ("", "wait", "answer-none"),
    };
    Badge { kind, icon, word }
}

#[derive(Debug, Deserialize)]
struct AnswerForm {
    answer: Answer,
    reason: Option<String>,
}

async fn answer(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<AnswerForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    answers::answer(&mut tx, &actor, id, form.answer, &form.reason.unwrap_or_default(), now).await?;
    tx.commit().await?;
    tell_screens(&app, id);
    Ok(Redirect::to(&urls::answer(id)))
}

fn tell_screens(app: &App, id: MeetingId) {
    app.bell.notify_one();
    app.live.changed(topic(id));
    app.live.changed(desk_topic(id));
}

#[derive(Debug, Deserialize)]
struct SubstituteForm {
    substitute: PersonId,
    reason: Option<String>,
}

async fn send(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SubstituteForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    let reason = form.reason.unwrap_or_default();
    answers::send_substitute(&mut tx, &actor, id, form.substitute, &reason, now).await?;
    tx.commit().await?;
    tell_screens(&app, id);
    Ok(Redirect::to(&urls::answer(id)))
}

#[derive(Template)]
#[template(path = "meetings/answers.html")]
struct AnswersPage {
    chrome: Chrome,
    meeting: Meeting,
    when: String,
    counts: AnswerCounts,
    lines: Vec<AnswerLine>,
    asked: Vec<AskedLine>,
    /// Units that could be asked yet.
    units: Vec<Unit>,
    /// What the form for asking a unit begins with.
    due_at: String,
    is_organiser: bool,
    may_refuse: bool,
    may_ask: bool,
}

struct AnswerLine {
    person: Participant,
    answer: Option<Answer>,
    badge: Badge,
    reason: String,
    at: String,
    /// For whom they come.
    instead_of: Option<String>,
    unread: i64,
}

struct AskedLine {
    asked: UnitInvitation,
    named: Vec<String>,
    is_late: bool,
}

async fn show_all(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.may_conduct() {
        return Err(MeetingError::NotOrganiser.into());
    }
    let chrome = chrome.at(Section::Meetings);
    web::page(&all_page(&mut tx, chrome, meeting, standing.is_organiser, now).await?)
}

async fn all_page(
    tx: &mut Tx,
    chrome: Chrome,
    meeting: Meeting,
    is_organiser: bool,
    now: Timestamp,
) -> Result<AnswersPage, web::Error> {
    let people = store::participants(tx, meeting.id).await?;
    let given = store::answers(tx, meeting.id).await?;
    let lines = lines(tx, meeting.id, &people, &given).await?;
    let asked = asked_lines(tx, meeting.id, &people, now).await?;
    let mut units = identity::store::units(tx, meeting.organisation_id).await?;
    units.retain(|unit| unit.parent_id.is_some() && !asked.iter().any(|line| line.asked.unit_id == unit.id));
    let is_before = matches!(meeting.state, MeetingState::Draft | MeetingState::Published);
    let all: Vec<Option<Answer>> = lines.iter().map(|line| line.answer).collect();
    Ok(AnswersPage {
        when: super::span(meeting.starts_at, meeting.ends_at),
        counts: AnswerCounts::of(&all),
        lines,
        asked,
        units,
        due_at: meeting.starts_at.plus_seconds(-86_400).for_input(),
        is_organiser,
        may_refuse: meeting.state == MeetingState::Published,
        may_ask: is_organiser && is_before,
        chrome,
        meeting,
    })
}

/// Those who have not answered first: they are whom the secretary looks for.
async fn lines(
    tx: &mut Tx,
    id: MeetingId,
    people: &[Participant],
    given: &[GivenAnswer],
) -> Result<Vec<AnswerLine>, web::Error> {
    let unread = store::unread_papers(tx, id).await?;
    let name_of =
        |person: PersonId| people.iter().find(|one| one.person_id == person).map(|one| one.full_name.clone());
    let asked = people.iter().filter(|one| matches!(one.role, MeetingRole::Delegate | MeetingRole::Guest));
    let mut lines: Vec<AnswerLine> = asked
        .map(|one| {
            let answer = given.iter().find(|given| given.person_id == one.person_id);
            AnswerLine {
                answer: answer.map(|given| given.answer),
                badge: answer_badge(answer.map(|given| given.answer)),
                reason: answer.map(|given| given.reason.clone()).unwrap_or_default(),
                at: answer.map(|given| given.answered_at.date_time()).unwrap_or_default(),
                instead_of: one.substitute_for.and_then(name_of),
                unread: unread.iter().find(|(of, _)| *of == one.person_id).map_or(0, |(_, count)| *count),
                person: one.clone(),
            }
        })
        .collect();
    lines.sort_by_key(|line| !line.at.is_empty());
    Ok(lines)
}

async fn asked_lines(
    tx: &mut Tx,
    id: MeetingId,
    people: &[Participant],
    now: Timestamp,
) -> Result<Vec<AskedLine>, web::Error> {
    let nominees = store::nominees(tx, id).await?;
    let asked = store::unit_invitations(tx, id).await?.into_iter().map(|asked| AskedLine {
        named: nominees
            .iter()
            .filter(|(unit, _)| *unit == asked.unit_id)
            .filter_map(|(_, person)| people.iter().find(|one| one.person_id == *person))
            .map(|one| one.full_name.clone())
            .collect(),
        is_late: asked.assigned_at.is_none() && now > asked.due_at,
        asked,
    });
    Ok(asked.collect())
}

#[derive(Debug, Deserialize)]
struct RefusalForm {
    reason: Option<String>,
}

async fn refuse(
    Path((id, person)): Path<(MeetingId, PersonId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RefusalForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    answers::refuse_substitute(&mut tx, &actor, id, person, &form.reason.unwrap_or_default(), now).await?;
    tx.commit().await?;
    tell_screens(&app, id);
    Ok(Redirect::to(&urls::answers(id)))
}

#[derive(Debug, Deserialize)]
struct AskForm {
    unit: UnitId,
    places: i64,
    role: MeetingRole,
    due_at: String,
    note: Option<String>,
}

async fn ask(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<AskForm>,
) -> Result<Redirect, web::Error> {
    let asked = UnitAsked {
        unit: form.unit,
        places: form.places,
        role: form.role,
        due_at: Timestamp::from_input(&form.due_at).ok_or(MeetingError::Deadline)?,
        note: form.note.unwrap_or_default(),
    };
    let mut tx = app.db.write().await?;
    units::ask(&mut tx, &actor, id, asked, now).await?;
    tx.commit().await?;
    tell_screens(&app, id);
    Ok(Redirect::to(&urls::answers(id)))
}

async fn take_back(
    Path((id, unit)): Path<(MeetingId, UnitId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    units::take_back(&mut tx, &actor, id, unit, now).await?;
    tx.commit().await?;
    tell_screens(&app, id);
    Ok(Redirect::to(&urls::answers(id)))
}
