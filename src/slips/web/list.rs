//! The list of slips, and how each body asks.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::get;
use serde::Deserialize;

use super::state_badge;
use crate::clock::Timestamp;
use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings::store::MeetingType;
use crate::meetings::{self, MeetingTypeId};
use crate::slips::actions::{self, SlipError};
use crate::slips::rules::{State as SlipState, Terms, Unanswered};
use crate::slips::store::{self, Line};
use crate::slips::urls;
use crate::web::{self, App, Form, Now, StateBadge};

pub(super) fn router() -> Router<App> {
    Router::new().route("/slips", get(show)).route("/slips/rules", get(show_rules).post(set_rule))
}

#[derive(Template)]
#[template(path = "slips/list.html")]
struct ListPage {
    chrome: Chrome,
    waiting: Vec<LineView>,
    open: Vec<LineView>,
    ended: Vec<LineView>,
    may_set: bool,
}

struct LineView {
    line: Line,
    link: String,
    badge: StateBadge,
    /// In hundredths of those asked.
    progress: i64,
    is_late: bool,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let all = actor.is(OrgRole::Secretary);
    let lines = store::lines(&mut tx, actor.organisation, actor.person, all).await?;
    let (waiting, others): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|one| one.is_waiting);
    let is_ended = |one: &Line| matches!(one.state, SlipState::Reported | SlipState::Cancelled);
    let (ended, open): (Vec<Line>, Vec<Line>) = others.into_iter().partition(is_ended);
    let views = |lines: Vec<Line>| lines.into_iter().map(|line| view(&chrome, line, now)).collect();
    web::page(&ListPage {
        waiting: views(waiting),
        open: views(open),
        ended: views(ended),
        may_set: all || actor.is(OrgRole::SystemAdmin),
        chrome: chrome.at(Section::Slips),
    })
}

fn view(chrome: &Chrome, line: Line, now: Timestamp) -> LineView {
    LineView {
        link: urls::slip(line.id),
        badge: state_badge(chrome, line.state),
        progress: (line.back * 100).checked_div(line.asked).unwrap_or_default(),
        is_late: line.state == SlipState::Collecting && line.deadline < now,
        line,
    }
}

#[derive(Template)]
#[template(path = "slips/rules.html")]
struct RulesPage {
    chrome: Chrome,
    bodies: Vec<(MeetingType, Terms)>,
}

async fn show_rules(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    if !actor.is(OrgRole::Secretary) && !actor.is(OrgRole::SystemAdmin) {
        return Err(SlipError::Rule.into());
    }
    let mut tx = db.read().await?;
    let mut bodies = Vec::new();
    for body in meetings::store::types(&mut tx, actor.organisation).await? {
        let terms = store::terms(&mut tx, body.id).await?;
        bodies.push((body, terms));
    }
    web::page(&RulesPage { chrome: chrome.at(Section::Slips), bodies })
}

#[derive(Debug, Deserialize)]
struct RuleForm {
    body: MeetingTypeId,
    unanswered: Unanswered,
    signed: Option<String>,
    hours_before: i64,
    hours_after: i64,
}

async fn set_rule(
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<RuleForm>,
) -> Result<Redirect, web::Error> {
    let terms = Terms {
        unanswered: form.unanswered,
        is_signed: form.signed.is_some(),
        hours_before: form.hours_before,
        hours_after: form.hours_after,
    };
    let mut tx = db.write().await?;
    actions::set_rule(&mut tx, &actor, form.body, terms, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::rules()))
}
