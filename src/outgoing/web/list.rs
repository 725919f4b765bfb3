//! The list of outgoing documents.

use askama::Template;
use axum::extract::State as Service;
use axum::response::Html;
use serde::Deserialize;

use super::{dashed, state_badge};
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::outgoing::rules::{Priority, State};
use crate::outgoing::store::Line;
use crate::outgoing::{actions, book, urls};
use crate::registers::printed;
use crate::web::{self, App, Lang, Query, StateBadge};

#[derive(Template)]
#[template(path = "outgoing/list.html")]
struct ListPage {
    chrome: Chrome,
    states: Vec<Choice>,
    rows: Vec<Row>,
    is_clerk: bool,
    /// May print the register.
    reads_register: bool,
}

struct Choice {
    value: &'static str,
    label: String,
    is_chosen: bool,
}

/// A document as lists show it.
pub(super) struct Row {
    pub id: String,
    pub link: String,
    pub title: String,
    pub kind: &'static str,
    pub number: String,
    pub day: String,
    pub urgency: Option<String>,
    pub drafter: String,
    pub signer: String,
    pub badge: StateBadge,
}

impl Row {
    pub(super) fn new(line: Line, lang: Lang) -> Self {
        let number = line.number.map_or_else(|| "…".to_owned(), printed);
        let urgency = (line.priority != Priority::Normal)
            .then(|| lang.t(&format!("outgoing-priority-{}", dashed(line.priority.as_str()))));
        Self {
            id: line.id.to_string(),
            link: urls::document(line.id),
            title: line.subject,
            kind: line.kind.legal_name(),
            number: format!("{number}/{}", line.symbol),
            day: line.day.unwrap_or(line.created_at).date(),
            urgency,
            drafter: line.drafter,
            signer: line.signer,
            badge: state_badge(line.state, lang),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ListQuery {
    #[serde(default)]
    state: String,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, web::Error> {
    let state: Option<State> = query.state.parse().ok();
    let mut tx = app.db.read().await?;
    let found = actions::list(&mut tx, &actor, state).await?;
    let lang = chrome.lang();
    let choice = |one: &State| Choice {
        value: one.as_str(),
        label: lang.t(&format!("outgoing-state-{}", dashed(one.as_str()))),
        is_chosen: state == Some(*one),
    };
    web::page(&ListPage {
        chrome: chrome.at(Section::Outgoing),
        states: State::ALL.iter().map(choice).collect(),
        rows: found.into_iter().map(|line| Row::new(line, lang)).collect(),
        is_clerk: actor.is(OrgRole::Clerk),
        reads_register: book::READERS.iter().any(|role| actor.is(*role)),
    })
}
