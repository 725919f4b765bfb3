//! The list of tasks, from several sides, as lines or as a board.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use serde::Deserialize;

use super::{DAY, LineView, line_view};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings;
use crate::tasks::actions::sees_all;
use crate::tasks::rules::{State as TaskState, is_late};
use crate::tasks::store::{self, Scope};
use crate::tasks::urls;
use crate::web::{self, App, Now, Query};

/// How long what has ended stays in the lists, in seconds.
const LINGERS: i64 = 14 * DAY;

pub(super) fn router() -> Router<App> {
    Router::new().route("/tasks", get(show))
}

crate::words! {
    /// The sides from which one looks at tasks.
    View { Mine = "mine", Unit = "unit", Given = "given", Late = "late", Holders = "holders", Sources = "sources" }
}

#[derive(Template)]
#[template(path = "tasks/list.html")]
struct ListPage {
    chrome: Chrome,
    view: View,
    is_board: bool,
    views: Vec<ViewTab>,
    groups: Vec<Group>,
    /// How many are open and how many of them late.
    open: i64,
    late: i64,
    /// Said where there are more than the list holds.
    shortened: Option<String>,
    may_give: bool,
    may_set: bool,
}

struct ViewTab {
    href: String,
    label: String,
    is_current: bool,
}

struct Group {
    title: String,
    icon: &'static str,
    lines: Vec<LineView>,
}

#[derive(Debug, Default, Deserialize)]
struct ListQuery {
    view: Option<String>,
    #[serde(rename = "as")]
    shape: Option<String>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, web::Error> {
    let view = query.view.as_deref().and_then(|view| view.parse().ok()).unwrap_or(View::Mine);
    let is_board = query.shape.as_deref() == Some("board");
    let mut tx = app.db.read().await?;
    let sees_all = sees_all(&mut tx, &actor).await?;
    let scope = scope(&mut tx, &actor, view, sees_all, now).await?;
    let mut lines = store::lines(&mut tx, actor.organisation, scope).await?;
    if view == View::Late {
        lines.retain(|line| is_late(line.state, line.due_at, now));
    }
    let counts = store::counts(&mut tx, actor.organisation, scope, (now, now)).await?;
    let open = if view == View::Late { counts.late } else { counts.open };
    let lines: Vec<LineView> = lines.into_iter().map(|line| line_view(&chrome, line, now)).collect();
    web::page(&ListPage {
        open,
        late: counts.late,
        shortened: (open > store::MOST)
            .then(|| chrome.t2("task-shortened", "shown", store::MOST, "count", open)),
        groups: if is_board { columns(&chrome, lines) } else { groups(&chrome, view, lines, now) },
        views: tabs(&chrome, view, is_board),
        may_give: sees_all || actor.is(OrgRole::UnitAdmin),
        may_set: actor.is(OrgRole::SystemAdmin),
        chrome: chrome.at(Section::Tasks),
        view,
        is_board,
    })
}

async fn scope(
    tx: &mut Tx,
    actor: &Actor,
    view: View,
    sees_all: bool,
    now: Timestamp,
) -> Result<Scope, web::Error> {
    let ended_since = Some(now.plus_seconds(-LINGERS));
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let own_unit = (!sees_all).then_some(unit);
    Ok(match view {
        View::Mine => Scope { person: Some(actor.person), ended_since, ..Scope::default() },
        View::Unit => Scope { unit: Some(unit), ended_since, ..Scope::default() },
        View::Given => Scope { giver: Some(actor.person), ended_since, ..Scope::default() },
        View::Late => Scope { unit: own_unit, due_before: Some(now), ..Scope::default() },
        View::Holders => Scope { unit: own_unit, ..Scope::default() },
        View::Sources => Scope { unit: own_unit, ended_since, ..Scope::default() },
    })
}

fn tabs(chrome: &Chrome, current: View, is_board: bool) -> Vec<ViewTab> {
    let shape = if is_board { "&as=board" } else { "" };
    let tab = |view: &View| ViewTab {
        href: format!("{}?view={}{shape}", urls::list(), view.as_str()),
        label: chrome.t(&format!("task-view-{}", view.as_str())),
        is_current: *view == current,
    };
    View::ALL.iter().map(tab).collect()
}

/// A column for each part of the way.
fn columns(chrome: &Chrome, lines: Vec<LineView>) -> Vec<Group> {
    let column = |key: &'static str, icon, belongs: fn(TaskState) -> bool| Group {
        title: chrome.t(key),
        icon,
        lines: lines.iter().filter(|one| belongs(one.line.state)).cloned().collect(),
    };
    vec![
        column("task-column-new", "inbox", |state| state == TaskState::New),
        column("task-column-doing", "play", |state| state.awaits_holder() && state != TaskState::New),
        column("task-column-judged", "wait", TaskState::awaits_judge),
        column("task-column-done", "good", |state| !state.is_open()),
    ]
}

/// Groups with a title: by urgency, or by who holds it, or by where it comes from.
fn groups(chrome: &Chrome, view: View, lines: Vec<LineView>, now: Timestamp) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for one in lines {
        let (title, icon) = match view {
            View::Holders => holder(chrome, &one),
            View::Sources => source(chrome, &one),
            View::Mine | View::Unit | View::Given | View::Late => urgency(chrome, &one, now),
        };
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.lines.push(one),
            None => groups.push(Group { title, icon, lines: vec![one] }),
        }
    }
    groups
}

fn urgency(chrome: &Chrome, one: &LineView, now: Timestamp) -> (String, &'static str) {
    let (key, icon) = if !one.line.state.is_open() {
        ("task-group-ended", "good")
    } else if is_late(one.line.state, one.line.due_at, now) {
        ("task-group-late", "warn")
    } else if one.line.state.awaits_judge() {
        ("task-group-judged", "wait")
    } else if one.line.due_at < now.plus_seconds(7 * DAY) {
        ("task-group-week", "clock")
    } else {
        ("task-group-later", "calendar")
    };
    (chrome.t(key), icon)
}

fn holder(chrome: &Chrome, one: &LineView) -> (String, &'static str) {
    match &one.line.holder {
        Some(name) => (name.clone(), "person"),
        None => (chrome.t1("task-group-unheld", "unit", &one.line.unit), "people"),
    }
}

fn source(chrome: &Chrome, one: &LineView) -> (String, &'static str) {
    let kind = chrome.t(&format!("task-source-{}", one.line.source.as_str()));
    if one.line.source_title.is_empty() {
        return (kind, "edit");
    }
    (format!("{kind}: {}", one.line.source_title), "minutes")
}
