//! The administrator's page: targets, keys, and counting anew.

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::collections::HashMap;

use super::{key, name};
use crate::db::Tx;
use crate::identity::{self, Actor, Chrome, Section};
use crate::indicators::rules::Indicator;
use crate::indicators::store::{self, Key, Progress};
use crate::indicators::{KeyId, actions, keys, urls};
use crate::web::{self, App, Form, Lang, Now, Path};

#[derive(Template)]
#[template(path = "indicators/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    targets: Vec<TargetView>,
    keys: Vec<KeyView>,
    /// A new key, shown this once.
    secret: Option<String>,
    api_url: String,
    is_rebuilding: bool,
    rebuilt_at: Option<String>,
    entries: i64,
}

struct TargetView {
    code: &'static str,
    name: String,
    norm: String,
    /// What is set; empty: the usual one.
    value: String,
    usual: String,
}

struct KeyView {
    key: Key,
    made: String,
    used: String,
    revoked: Option<String>,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    actions::must_be_admin(&actor)?;
    let mut tx = app.db.read().await?;
    web::page(&load(&mut tx, (chrome, &app), &actor, None).await?)
}

async fn load(
    tx: &mut Tx,
    (chrome, app): (Chrome, &App),
    actor: &Actor,
    secret: Option<String>,
) -> Result<SettingsPage, web::Error> {
    let lang = chrome.lang();
    let office = identity::store::organisation(tx, actor.organisation).await?;
    let set: HashMap<Indicator, i64> = store::targets(tx, actor.organisation).await?.into_iter().collect();
    let target = |one: &Indicator| TargetView {
        code: one.as_str(),
        name: name(*one, lang),
        norm: lang.t(&key("indicators-norm", one.as_str())),
        value: set.get(one).map(|percent| percent.to_string()).unwrap_or_default(),
        usual: one.usual_target(office.level).map(|percent| percent.to_string()).unwrap_or_default(),
    };
    let progress = store::progress(tx, actor.organisation).await?;
    Ok(SettingsPage {
        targets: Indicator::ALL.iter().filter(|one| !one.is_count()).map(target).collect(),
        keys: store::keys(tx, actor.organisation).await?.into_iter().map(|one| view(one, lang)).collect(),
        secret,
        api_url: format!("{}/api/v1/indicators", app.config.public_url()),
        is_rebuilding: progress.is_some_and(|progress| progress.rebuilt.is_some()),
        rebuilt_at: progress.and_then(|progress: Progress| progress.rebuilt_at).map(|at| at.date_time()),
        entries: progress.map_or(0, |progress| progress.sequence),
        chrome: chrome.at(Section::Indicators),
    })
}

fn view(key: Key, lang: Lang) -> KeyView {
    KeyView {
        made: key.created_at.date_time(),
        used: key.used_at.map_or_else(|| lang.t("indicators-key-unused"), |at| at.date_time()),
        revoked: key.revoked_at.map(|at| at.date_time()),
        key,
    }
}

pub(super) async fn set_targets(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(typed): Form<HashMap<String, String>>,
) -> Result<Redirect, web::Error> {
    let mut targets = Vec::new();
    for indicator in Indicator::ALL.iter().filter(|one| !one.is_count()) {
        let Some(text) = typed.get(indicator.as_str()).map(|text| text.trim()) else { continue };
        let percent = match text {
            "" => None,
            text => Some(text.parse().map_err(|_| actions::IndicatorError::Target)?),
        };
        targets.push((*indicator, percent));
    }
    let mut tx = app.db.write().await?;
    actions::set_targets(&mut tx, &actor, &targets, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

#[derive(Debug, Deserialize)]
pub(super) struct KeyForm {
    name: String,
}

/// Answers with the page itself: the key is in no address and no other page.
pub(super) async fn make_key(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<KeyForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let secret = keys::make(&mut tx, &actor, &form.name, now).await?;
    tx.commit().await?;
    let mut tx = app.db.read().await?;
    let page = web::page(&load(&mut tx, (chrome, &app), &actor, Some(secret)).await?)?;
    Ok(([(axum::http::header::CACHE_CONTROL, "no-store")], page).into_response())
}

pub(super) async fn revoke_key(
    Path(id): Path<KeyId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    keys::revoke(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

pub(super) async fn rebuild(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::begin_rebuild(&mut tx, &actor, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::settings()))
}
