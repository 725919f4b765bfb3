//! The list of files of a year (danh mục hồ sơ).

use askama::Template;
use axum::extract::State as Service;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::form::{FormView, Typed};
use super::{Sign, hand_in_sign, state_sign};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::files::store::{self, Line};
use crate::files::{actions, urls};
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::meetings;
use crate::web::{self, App, Form, Now, Query};

#[derive(Template)]
#[template(path = "files/list.html")]
struct ListPage {
    chrome: Chrome,
    year: i64,
    years: Vec<i64>,
    words: String,
    is_own: bool,
    rows: Vec<Row>,
    page: i64,
    /// The page behind this one.
    next: Option<i64>,
    form: FormView,
    is_form_open: bool,
    problem: Option<String>,
    /// The clerk draws up the list; there is one of the year before.
    may_copy: bool,
}

/// A file in the list.
struct Row {
    line: Line,
    /// `None`: what is in it is not for this reader.
    link: Option<String>,
    retention: String,
    state: Sign,
    hand_in: Option<Sign>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    year: Option<i64>,
    q: String,
    /// Not empty: only one's own.
    own: String,
    page: i64,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let year = query.year.unwrap_or_else(|| this_year(now));
    let typed = Typed::new(&actor, year);
    web::page(&load(&mut tx, chrome, &actor, (query, typed, None), now).await?)
}

fn this_year(now: Timestamp) -> i64 {
    i64::from(now.in_office().year())
}

async fn load(
    tx: &mut Tx,
    chrome: Chrome,
    actor: &Actor,
    (query, typed, problem): (ListQuery, Typed, Option<String>),
    now: Timestamp,
) -> Result<ListPage, web::Error> {
    let (year, is_own, page) = (typed.year, !query.own.is_empty(), query.page.max(0));
    let (lines, has_more) = actions::list(tx, actor, year, (&query.q, is_own, page)).await?;
    let unit = meetings::store::unit_of(tx, actor.person).await?;
    let sees_all = [OrgRole::Clerk, OrgRole::Archivist, OrgRole::Auditor].iter().any(|role| actor.is(*role));
    let row = |line: Line| {
        let may_see = sees_all || line.keeper_id == actor.person || line.unit_id == unit;
        Row {
            link: may_see.then(|| urls::file(line.id)),
            retention: match line.retention.years() {
                Some(years) => chrome.t1("files-years", "count", years),
                None => chrome.t("files-permanent"),
            },
            state: state_sign(&chrome, line.state),
            hand_in: hand_in_sign(&chrome, (line.state, line.hand_in_by), now),
            line,
        }
    };
    let rows = lines.into_iter().map(row).collect();
    let mut years = store::years(tx, actor.organisation).await?;
    let may_copy = actor.is(OrgRole::Clerk) && years.contains(&(year - 1));
    for one in [this_year(now), this_year(now) + 1, year] {
        if !years.contains(&one) {
            years.push(one);
        }
    }
    years.sort_unstable_by(|one, other| other.cmp(one));
    Ok(ListPage {
        form: FormView::load(tx, &chrome, actor, typed).await?,
        is_form_open: problem.is_some(),
        next: has_more.then_some(page + 1),
        chrome: chrome.at(Section::Files),
        words: query.q,
        year,
        years,
        is_own,
        rows,
        page,
        problem,
        may_copy,
    })
}

/// Writes a file into the list; a refused form comes back as it was typed.
pub(super) async fn plan(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let planned = match typed.details() {
        Ok(details) => actions::plan(&mut tx, &actor, (&details, !typed.open.is_empty()), now).await,
        Err(error) => Err(error),
    };
    let error = match planned {
        Ok(id) => {
            tx.commit().await?;
            return Ok(Redirect::to(&urls::file(id)).into_response());
        }
        Err(error) => web::Error::from(error),
    };
    drop(tx);
    let (status, message) = error.of_form()?;
    let problem = Some(message.text(chrome.lang()));
    let mut tx = app.db.read().await?;
    let page = load(&mut tx, chrome, &actor, (ListQuery::default(), typed, problem), now).await?;
    Ok((status, web::page(&page)?).into_response())
}

#[derive(Debug, Deserialize)]
pub(super) struct CopyForm {
    year: i64,
}

/// Copies last year's list into a year.
pub(super) async fn copy(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<CopyForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::copy_last_year(&mut tx, &actor, form.year, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::year(form.year)))
}
