//! One's own account: password, devices, signing out.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::db::Db;
use crate::identity::actions::{self, ChangePasswordError};
use crate::identity::rules::{SHORTEST_PASSWORD, device_name};
use crate::identity::store::{self, Device};
use crate::identity::{Actor, Chrome, session};
use crate::web::{self, App, Form, Message, Now, cookie};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/account", get(show))
        .route("/account/password", post(change_password))
        .route("/sign-out", post(sign_out))
        .route("/sign-out-everywhere", post(sign_out_everywhere))
}

#[derive(Template)]
#[template(path = "identity/account.html")]
struct AccountPage {
    chrome: Chrome,
    devices: Vec<Device>,
    shortest_password: usize,
    problem: Option<String>,
    changed: bool,
}

async fn show(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    account_page(chrome, &actor, &db, None, false).await
}

async fn account_page(
    chrome: Chrome,
    actor: &Actor,
    db: &Db,
    problem: Option<String>,
    changed: bool,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let mut devices = store::devices_of(&mut tx, actor.person).await?;
    for device in &mut devices {
        device.device = device_name(&device.device);
    }
    web::page(&AccountPage { chrome, devices, shortest_password: SHORTEST_PASSWORD, problem, changed })
}

#[derive(Debug, Deserialize)]
struct PasswordForm {
    old: String,
    new: String,
}

async fn change_password(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
    Form(form): Form<PasswordForm>,
) -> Result<Response, web::Error> {
    let problem = match actions::change_password(&db, &actor, form.old, form.new, now).await {
        Ok(()) => None,
        Err(ChangePasswordError::Wrong) => Some(Message::from("password-old-wrong")),
        Err(ChangePasswordError::TooShort) => {
            Some(Message::with("password-too-short", "count", SHORTEST_PASSWORD))
        }
        Err(ChangePasswordError::Password(error)) => return Err(web::Error::internal(error)),
        Err(ChangePasswordError::Db(error)) => return Err(error.into()),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let changed = problem.is_none();
    let problem = problem.map(|problem| problem.text(chrome.lang()));
    let page = account_page(chrome, &actor, &db, problem, changed).await?;
    Ok((status, page).into_response())
}

async fn sign_out(actor: Actor, Now(now): Now, State(app): State<App>) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::sign_out(&mut tx, &actor, now).await?;
    tx.commit().await?;
    Ok(goodbye(&app))
}

async fn sign_out_everywhere(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    actions::sign_out_everywhere(&mut tx, &actor, now).await?;
    tx.commit().await?;
    Ok(goodbye(&app))
}

fn goodbye(app: &App) -> Response {
    let line =
        cookie(session::cookie_name(&app.config), "", 0, session::is_secure(&app.config)) + "; HttpOnly";
    // The next person at this device finds nothing of the last one's, whatever the scripts managed to do.
    let forget = (HeaderName::from_static("clear-site-data"), "\"storage\"".to_owned());
    ([(header::SET_COOKIE, line), forget], Redirect::to("/sign-in")).into_response()
}
