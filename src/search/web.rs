//! The page of a search, its results as a workbook, and the searches one keeps.

mod table;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use super::actions::{self, Question, SearchError};
use super::rules::Register;
use super::store::{self, Hit};
use super::{SavedSearchId, urls};
use crate::clock::Timestamp;
use crate::identity::{Actor, Chrome, Section};
use crate::web::{self, App, Form, Lang, Now, Path, Query};
use crate::{incoming, outgoing};

pub fn router() -> Router<App> {
    Router::new()
        .route("/search", get(show))
        .route("/search/table.xlsx", get(table::xlsx))
        .route("/search/saved", post(save))
        .route("/search/saved/{saved_search}/removal", post(forget))
}

/// Documents on one page.
const PAGE: i64 = 50;

impl From<SearchError> for web::Error {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::NotFound => Self::NotFound,
            SearchError::NoName => Self::Invalid("search-no-name".into()),
            SearchError::TooMany => Self::Conflict("search-too-many".into()),
            SearchError::TooLong => Self::Invalid("search-too-long".into()),
            SearchError::Reader(error) => error.into(),
            SearchError::Db(error) => error.into(),
        }
    }
}

/// What stands behind the question mark; a field that cannot be read limits nothing.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    register: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    before: Option<i64>,
}

impl Asked {
    fn question(&self) -> Question {
        Question {
            typed: self.q.clone(),
            register: self.register.parse().ok(),
            from: Timestamp::from_date_input(&self.from),
            to: Timestamp::from_date_input(&self.to),
        }
    }

    /// The same search from its beginning, as an address says it; empty if nothing is asked.
    fn query(&self) -> String {
        let fields = [("q", &self.q), ("register", &self.register), ("from", &self.from), ("to", &self.to)];
        let said = |(name, value): (&str, &String)| {
            (!value.is_empty()).then(|| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        };
        fields.into_iter().filter_map(said).collect::<Vec<_>>().join("&")
    }
}

#[derive(Template)]
#[template(path = "search/search.html")]
struct SearchPage {
    chrome: Chrome,
    asked: Asked,
    registers: Vec<Choice>,
    saved: Vec<SavedView>,
    rows: Vec<Row>,
    /// Address of what is older, if there is more.
    older: Option<String>,
    /// The results as a workbook; `None`: nothing was found.
    table: Option<String>,
}

struct Choice {
    value: &'static str,
    label: String,
    is_chosen: bool,
}

struct SavedView {
    name: String,
    link: String,
    removal: String,
    is_current: bool,
}

/// A document as the page and the workbook show it.
struct Row {
    link: String,
    register: Register,
    /// The arrival number of an incoming document stands before its sender's.
    number: String,
    day: String,
    title: String,
    origin: String,
    state: String,
}

impl Row {
    fn icon(&self) -> &'static str {
        match self.register {
            Register::Outgoing => "outbox",
            Register::Incoming => "inbox",
        }
    }

    fn new(hit: Hit, lang: Lang) -> Self {
        let entry = hit.entry;
        let (link, state) = match entry.register {
            Register::Outgoing => (outgoing::urls::document(entry.subject_id.into()), "outgoing-state"),
            Register::Incoming => (incoming::urls::document(entry.subject_id.into()), "incoming-state"),
        };
        let arrival = entry.arrival_number.map(|number| number.to_string());
        let arrival = arrival.map(|number| lang.t_with("search-arrival", &[("number", &number)]));
        let parts = [arrival, Some(entry.number)].into_iter().flatten().filter(|part| !part.is_empty());
        Self {
            link,
            register: entry.register,
            number: parts.collect::<Vec<_>>().join(" · "),
            day: entry.day.date(),
            title: entry.title,
            origin: entry.origin,
            state: lang.t(&format!("{state}-{}", entry.state.replace('_', "-"))),
        }
    }
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, web::Error> {
    let mut found = actions::search(&app.db, &actor, &asked.question(), (asked.before, PAGE + 1)).await?;
    let is_more = found.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if is_more {
        found.pop();
    }
    let query = asked.query();
    let last = found.last().map(|hit| hit.id).filter(|_| is_more);
    let older = last.map(|last| urls::search(&format!("{query}&before={last}")));
    let lang = chrome.lang();
    let mut tx = app.db.read().await?;
    let saved = store::saved(&mut tx, actor.person).await?;
    let choice = |one: &Register| Choice {
        value: one.as_str(),
        label: lang.t(&format!("search-in-{}", one.as_str())),
        is_chosen: asked.question().register == Some(*one),
    };
    web::page(&SearchPage {
        registers: Register::ALL.iter().map(choice).collect(),
        saved: saved.into_iter().map(|one| saved_view(one, &query)).collect(),
        table: (!found.is_empty()).then(|| urls::table(&query)),
        rows: found.into_iter().map(|hit| Row::new(hit, lang)).collect(),
        older,
        asked,
        chrome: chrome.at(Section::Search),
    })
}

fn saved_view(saved: store::SavedSearch, current: &str) -> SavedView {
    SavedView {
        is_current: saved.query == current,
        link: urls::search(&saved.query),
        removal: urls::removal(saved.id),
        name: saved.name,
    }
}

#[derive(Debug, Deserialize)]
struct SaveForm {
    #[serde(default)]
    name: String,
    #[serde(flatten)]
    asked: Asked,
}

async fn save(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SaveForm>,
) -> Result<Redirect, web::Error> {
    let query = form.asked.query();
    let mut tx = app.db.write().await?;
    actions::save(&mut tx, &actor, (&form.name, &query), now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::search(&query)))
}

async fn forget(
    Path(id): Path<SavedSearchId>,
    actor: Actor,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::forget(&mut tx, &actor, id).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::search("")))
}
