//! Preparing a meeting: one page with everything, and its forms.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::list::{BasicsForm, RoomOption, room_options};
use super::planning::{self, PaperOnTheWay, PlanningView};
use crate::clock::Timestamp;
use crate::db::{Db, Tx};
use crate::identity::store::{Person, Unit};
use crate::identity::{self, Actor, Chrome, PersonId, Section};
use crate::meetings::actions::{self, MeetingError};
use crate::meetings::agenda::{self, ItemDetails};
use crate::meetings::rules::{Gap, MeetingRole, MeetingState};
use crate::meetings::store::{self, Item, Meeting, MeetingType, Participant, Plan};
use crate::meetings::{ItemId, MeetingId, series, topic, urls};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/preparation", get(show).post(edit))
        .route("/meetings/{meeting}/participants", post(set_participants))
        .route("/meetings/{meeting}/items", post(add_item))
        .route("/meetings/{meeting}/items/{item}", post(edit_item))
        .route("/meetings/{meeting}/items/{item}/removal", post(remove_item))
        .route("/meetings/{meeting}/agenda-order", post(reorder))
        .route("/meetings/{meeting}/publication", post(publish))
        .route("/meetings/{meeting}/cancellation", post(cancel))
}

#[derive(Template)]
#[template(path = "meetings/preparation.html")]
struct PreparationPage {
    chrome: Chrome,
    meeting: Meeting,
    is_draft: bool,
    is_editable: bool,
    kinds: Vec<MeetingType>,
    rooms: Vec<RoomOption>,
    form: BasicsForm,
    is_in_series: bool,
    planning: PlanningView,
    problem: Option<String>,
    items: Vec<PreparedItem>,
    units: Vec<PickerUnit>,
    members: usize,
    guests: usize,
    without_mail: usize,
    checks: Vec<CheckLine>,
    is_ready: bool,
    roles: &'static [MeetingRole],
    people: Vec<Participant>,
}

struct PreparedItem {
    number: usize,
    item: Item,
    papers: Vec<PaperOnTheWay>,
    /// Who prepares its papers, if a unit does.
    unit: Option<String>,
}

struct PickerUnit {
    name: String,
    chosen: usize,
    people: Vec<PickerPerson>,
}

struct PickerPerson {
    id: PersonId,
    full_name: String,
    position: String,
    role: Option<MeetingRole>,
}

struct CheckLine {
    text: String,
    is_met: bool,
}

async fn show(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, standing) = actions::find(&mut tx, &actor, id).await?;
    if !standing.is_organiser {
        return Err(MeetingError::NotOrganiser.into());
    }
    let page = load(&mut tx, chrome.at(Section::Meetings), &actor, meeting, now).await?;
    web::page(&page)
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    meeting: Meeting,
    now: Timestamp,
) -> Result<PreparationPage, web::Error> {
    let plan = store::plan(tx, meeting.id).await?;
    let form = form_of(&meeting, &plan);
    let units_of_office = identity::store::units(tx, actor.organisation).await?;
    let people = store::participants(tx, meeting.id).await?;
    let preparation = actions::preparation(tx, &meeting).await?;
    let checks = preparation
        .checks()
        .into_iter()
        .map(|check| CheckLine { text: chrome.t(check_key(check.gap)), is_met: check.is_met });
    let everyone = identity::actions::sorted_by_name(identity::store::people(tx, actor.organisation).await?);
    let units = picker(&units_of_office, &everyone, &people);
    Ok(PreparationPage {
        is_draft: meeting.state == MeetingState::Draft,
        is_editable: meeting.state.is_editable(),
        kinds: store::types(tx, actor.organisation).await?,
        rooms: room_options(tx, &chrome, actor, &form, Some(meeting.id)).await?,
        form,
        is_in_series: plan.series_id.is_some(),
        planning: planning::load(tx, &chrome, &meeting, &people, units_of_office, now).await?,
        problem: None,
        items: items(tx, &chrome, &meeting, actor).await?,
        units,
        members: people.iter().filter(|person| person.member).count(),
        guests: people.iter().filter(|person| person.role == MeetingRole::Guest).count(),
        without_mail: people.iter().filter(|person| person.email.is_empty()).count(),
        checks: checks.collect(),
        is_ready: preparation.is_ready(),
        roles: MeetingRole::ALL,
        people,
        chrome,
        meeting,
    })
}

fn form_of(meeting: &Meeting, plan: &Plan) -> BasicsForm {
    BasicsForm {
        title: meeting.title.clone(),
        kind: meeting.type_id.to_string(),
        room: meeting.room_id.map(|room| room.to_string()).unwrap_or_default(),
        starts_at: meeting.starts_at.for_input(),
        ends_at: meeting.ends_at.for_input(),
        online_url: Some(plan.online_url.clone()),
        restricted: plan.restricted.then(|| "on".to_owned()),
        version: Some(meeting.version),
        scope: None,
    }
}

async fn items(
    tx: &mut Tx,
    chrome: &Chrome,
    meeting: &Meeting,
    actor: &Actor,
) -> Result<Vec<PreparedItem>, web::Error> {
    let units = identity::store::units(tx, actor.organisation).await?;
    let mut papers = planning::papers(tx, chrome, meeting, actor).await?;
    let items = store::items(tx, meeting.id).await?.into_iter().zip(1..).map(|(item, number)| PreparedItem {
        number,
        papers: papers.extract_if(.., |one| one.paper.item_id == item.id).collect(),
        unit: units.iter().find(|unit| Some(unit.id) == item.unit_id).map(|unit| unit.name.clone()),
        item,
    });
    Ok(items.collect())
}

fn picker(units: &[Unit], everyone: &[Person], invited: &[Participant]) -> Vec<PickerUnit> {
    let role_of =
        |id: PersonId| invited.iter().find(|person| person.person_id == id).map(|person| person.role);
    let filled = units.iter().map(|unit| {
        let people: Vec<PickerPerson> = everyone
            .iter()
            .filter(|person| person.unit_id == unit.id && (person.active || role_of(person.id).is_some()))
            .map(|person| PickerPerson {
                id: person.id,
                full_name: person.full_name.clone(),
                position: person.position.clone(),
                role: role_of(person.id),
            })
            .collect();
        let chosen = people.iter().filter(|person| person.role.is_some()).count();
        PickerUnit { name: unit.name.clone(), chosen, people }
    });
    filled.filter(|unit| !unit.people.is_empty()).collect()
}

fn check_key(gap: Gap) -> &'static str {
    match gap {
        Gap::NoChair => "check-chair",
        Gap::NoSecretary => "check-secretary",
        Gap::NoMembers => "check-members",
        Gap::NoAgenda => "check-agenda",
        Gap::EndsBeforeStart => "check-time",
    }
}

async fn edit(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<BasicsForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let version = form.version.unwrap_or_default();
    let edited = match form.read(&app.config) {
        Ok(basics) if form.scope.as_deref() == Some("following") => {
            series::edit_following(&mut tx, &actor, id, basics, version, now).await
        }
        Ok(basics) => actions::edit(&mut tx, &actor, id, basics, version, now).await,
        Err(error) => Err(error),
    };
    let Err(refusal) = edited.map_err(web::Error::from) else {
        return Ok(done(&app, tx, id).await?.into_response());
    };
    drop(tx);
    let (status, problem) = match &refusal {
        web::Error::Invalid(problem) => (StatusCode::UNPROCESSABLE_ENTITY, problem),
        web::Error::Conflict(problem) => (StatusCode::CONFLICT, problem),
        _ => return Err(refusal),
    };
    let mut tx = app.db.read().await?;
    let (meeting, _) = actions::find(&mut tx, &actor, id).await?;
    let mut page = load(&mut tx, chrome.at(Section::Meetings), &actor, meeting, now).await?;
    page.problem = Some(problem.text(page.chrome.lang()));
    // What was typed stands again, on the version that is there now.
    page.form = BasicsForm { version: page.form.version, ..form };
    page.rooms = room_options(&mut tx, &page.chrome, &actor, &page.form, Some(id)).await?;
    Ok((status, web::page(&page)?).into_response())
}

/// Commits, tells the screens, and goes back to the page.
pub(super) async fn done(app: &App, tx: Tx, id: MeetingId) -> Result<Redirect, web::Error> {
    tx.commit().await?;
    app.bell.notify_one();
    app.live.changed(topic(id));
    Ok(Redirect::to(&urls::preparation(id)))
}

/// `person` may stand many times; the role of each is in `role-ID`.
async fn set_participants(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let roles: HashMap<&str, &str> = fields
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("role-")?, value.as_str())))
        .collect();
    let mut chosen = Vec::new();
    for (_, value) in fields.iter().filter(|(name, _)| name == "person") {
        let person: PersonId = value.parse().map_err(|_| MeetingError::NotFound)?;
        let role =
            roles.get(value.as_str()).and_then(|role| role.parse().ok()).unwrap_or(MeetingRole::Delegate);
        chosen.push((person, role));
    }
    let mut tx = app.db.write().await?;
    actions::set_participants(&mut tx, &actor, id, &chosen, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct ItemForm {
    title: String,
    presenter: Option<String>,
    minutes: Option<i64>,
    recurring: Option<String>,
    unit: Option<String>,
}

impl From<ItemForm> for ItemDetails {
    fn from(form: ItemForm) -> Self {
        Self {
            title: form.title,
            presenter: form.presenter.unwrap_or_default(),
            minutes_allotted: form.minutes.unwrap_or(15),
            recurring: form.recurring.is_some(),
            unit: form.unit.and_then(|unit| unit.parse().ok()),
        }
    }
}

async fn add_item(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ItemForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    agenda::add_item(&mut tx, &actor, id, form.into(), now).await?;
    done(&app, tx, id).await
}

async fn edit_item(
    Path((id, item)): Path<(MeetingId, ItemId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ItemForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    agenda::edit_item(&mut tx, &actor, id, item, form.into(), now).await?;
    done(&app, tx, id).await
}

async fn remove_item(
    Path((id, item)): Path<(MeetingId, ItemId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    agenda::remove_item(&mut tx, &actor, id, item, now).await?;
    done(&app, tx, id).await
}

#[derive(Debug, Deserialize)]
struct OrderForm {
    /// Ids with commas between them, the first item first.
    order: String,
}

async fn reorder(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<OrderForm>,
) -> Result<Redirect, web::Error> {
    let order: Vec<ItemId> = form.order.split(',').filter_map(|item| item.parse().ok()).collect();
    let mut tx = app.db.write().await?;
    agenda::reorder(&mut tx, &actor, id, &order, now).await?;
    done(&app, tx, id).await
}

async fn publish(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::publish(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}

async fn cancel(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::cancel(&mut tx, &actor, id, now).await?;
    done(&app, tx, id).await
}
