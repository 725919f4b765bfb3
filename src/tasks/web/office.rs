//! The page of those who answer for the office, and how it deals with tasks.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use super::{DAY, LineView, line_view};
use crate::db::{Db, Tx};
use crate::identity::store::Person;
use crate::identity::{self, Actor, Chrome, OrgRole, PersonId, Section};
use crate::meetings;
use crate::meetings::store::Holiday;
use crate::tasks::actions::{self, SettingsError, sees_all};
use crate::tasks::rules::{Reminders, is_late};
use crate::tasks::store::{self, Counts, Line, Retired, Scope, SwappedDay, UnitFigures};
use crate::tasks::urls;
use crate::web::{self, App, Form, Now};

/// Over how long punctuality is counted, in seconds.
const COUNTED: i64 = 90 * DAY;
/// Most late tasks shown at a glance.
const WORST: usize = 7;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/tasks/overview", get(overview))
        .route("/tasks/hand-overs", post(hand_over))
        .route("/tasks/settings", get(show_settings).post(set_rules))
        .route("/tasks/swapped-days", post(put_day))
        .route("/tasks/swapped-days/removals", post(remove_day))
}

#[derive(Template)]
#[template(path = "tasks/overview.html")]
struct OverviewPage {
    chrome: Chrome,
    counts: Counts,
    units: Vec<UnitLine>,
    worst: Vec<LineView>,
    to_judge: Vec<LineView>,
    retired: Vec<Retired>,
    people: Vec<Person>,
}

struct UnitLine {
    figures: UnitFigures,
    /// In hundredths of what was done; `None`: nothing was.
    in_time: Option<i64>,
    /// The late ones among the open, in hundredths.
    late_share: i64,
}

async fn overview(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let sees_all = sees_all(&mut tx, &actor).await?;
    if !sees_all && !actor.is(OrgRole::UnitAdmin) {
        return Err(web::Error::Forbidden("task-not-leader".into()));
    }
    let own_unit = meetings::store::unit_of(&mut tx, actor.person).await?;
    let scope = Scope { unit: (!sees_all).then_some(own_unit), ..Scope::default() };
    let late = Scope { due_before: Some(now), ..scope };
    let late = store::lines(&mut tx, actor.organisation, late).await?;
    let late = late.into_iter().filter(|line| is_late(line.state, line.due_at, now));
    let judged = store::lines(&mut tx, actor.organisation, Scope { is_judged: true, ..scope }).await?;
    let view = |line: Line| line_view(&chrome, line, now);
    let since = now.plus_seconds(-COUNTED);
    let mut units = store::unit_figures(&mut tx, actor.organisation, since, now).await?;
    let mut retired = store::retired_holders(&mut tx, actor.organisation).await?;
    if !sees_all {
        units.retain(|one| one.unit_id == own_unit);
        retired.retain(|one| one.unit_id == own_unit);
    }
    let people = identity::store::people(&mut tx, actor.organisation).await?;
    web::page(&OverviewPage {
        counts: store::counts(&mut tx, actor.organisation, scope, (now, now.plus_seconds(7 * DAY))).await?,
        units: units.into_iter().map(unit_line).collect(),
        worst: late.take(WORST).map(view).collect(),
        to_judge: judged.into_iter().take(WORST).map(view).collect(),
        people: identity::actions::sorted_by_name(people.into_iter().filter(|one| one.active).collect()),
        retired,
        chrome: chrome.at(Section::Tasks),
    })
}

fn unit_line(figures: UnitFigures) -> UnitLine {
    let share = |part: i64, whole: i64| (whole > 0).then(|| part * 100 / whole);
    UnitLine {
        in_time: share(figures.in_time, figures.done),
        late_share: share(figures.late, figures.open).unwrap_or_default(),
        figures,
    }
}

#[derive(Debug, Deserialize)]
struct HandOverForm {
    from: PersonId,
    to: PersonId,
}

/// Everything one person holds goes to another.
async fn hand_over(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<HandOverForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::hand_over_all(&mut tx, &actor, (form.from, form.to), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::overview()))
}

#[derive(Template)]
#[template(path = "tasks/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    reminders: Reminders,
    people: Vec<(Person, bool)>,
    swapped: Vec<(String, SwappedDay)>,
    holidays: Vec<(String, Holiday)>,
}

async fn show_settings(
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    if !actor.is(OrgRole::SystemAdmin) {
        return Err(SettingsError::NotKeeper.into());
    }
    let holidays = meetings::store::holidays(&mut tx, actor.organisation).await?;
    let swapped = store::swapped_days(&mut tx, actor.organisation).await?;
    web::page(&SettingsPage {
        reminders: store::reminders(&mut tx, actor.organisation).await?,
        people: possible_leaders(&mut tx, &actor).await?,
        swapped: swapped.into_iter().map(|one| (shown(&one.day), one)).collect(),
        holidays: holidays.into_iter().map(|one| (shown(&one.day), one)).collect(),
        chrome: chrome.at(Section::Tasks),
    })
}

async fn possible_leaders(tx: &mut Tx, actor: &Actor) -> Result<Vec<(Person, bool)>, web::Error> {
    let leaders = store::leaders(tx, actor.organisation).await?;
    let people = identity::store::people(tx, actor.organisation).await?;
    let people = identity::actions::sorted_by_name(people.into_iter().filter(|one| one.active).collect());
    let leads = |one: &Person| leaders.iter().any(|(person, ..)| *person == one.id);
    let mut people: Vec<(Person, bool)> =
        people.into_iter().map(|one| (leads(&one), one)).map(|(is, one)| (one, is)).collect();
    people.sort_by_key(|(_, is)| !*is);
    Ok(people)
}

/// `2026-09-02` as `02/09/2026`.
fn shown(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').rev().collect();
    parts.join("/")
}

/// `leader` may stand many times.
async fn set_rules(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let number = |name: &str| {
        let found = fields.iter().find(|(key, _)| key == name);
        found.and_then(|(_, value)| value.parse().ok()).unwrap_or(-1)
    };
    let reminders = Reminders {
        hours_before: number("hours_before"),
        hours_after: number("hours_after"),
        escalation_days: number("escalation_days"),
    };
    let leaders = fields.iter().filter(|(name, _)| name == "leader");
    let leaders = leaders.map(|(_, id)| id.parse().map_err(|_| SettingsError::NotFound));
    let leaders: Vec<PersonId> = leaders.collect::<Result<_, _>>()?;
    let mut tx = app.db.write().await?;
    actions::set_rules(&mut tx, &actor, reminders, &leaders, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

#[derive(Debug, Deserialize)]
struct DayForm {
    day: String,
    #[serde(default)]
    name: String,
}

async fn put_day(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<DayForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    actions::put_swapped_day(&mut tx, &actor, &form.day, &form.name, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

async fn remove_day(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<DayForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    actions::remove_swapped_day(&mut tx, &actor, &form.day, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}
