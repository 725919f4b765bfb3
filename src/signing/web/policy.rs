//! The administrator's page of who may sign by which way.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::signing::policy::{self, PolicyError};
use crate::signing::rules::{SignerRole, Way};
use crate::signing::urls;
use crate::web::{self, App, Form, Lang, Now};

pub(super) fn router() -> Router<App> {
    Router::new().route("/signing/policy", get(show).post(set))
}

#[derive(Template)]
#[template(path = "signing/policy.html")]
struct PolicyPage {
    chrome: Chrome,
    roles: Vec<RoleLine>,
    problem: Option<String>,
}

struct RoleLine {
    role: &'static str,
    name: String,
    hint: String,
    ways: Vec<WayLine>,
}

struct WayLine {
    /// As the form names it: the role, a full stop, the way.
    value: String,
    name: String,
    is_open: bool,
}

async fn show(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    page(chrome, &actor, &app, None).await
}

async fn page(
    chrome: Chrome,
    actor: &Actor,
    app: &App,
    problem: Option<String>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let lang = chrome.lang();
    let mut roles = Vec::new();
    for role in SignerRole::ALL {
        let open = policy::open_ways(&mut tx, actor.organisation, *role).await?;
        roles.push(role_line(*role, &open, lang));
    }
    web::page(&PolicyPage { chrome: chrome.at(Section::Signing), roles, problem })
}

fn role_line(role: SignerRole, open: &[Way], lang: Lang) -> RoleLine {
    let (name, hint) = match role {
        SignerRole::Leader => ("signer-role-leader", "signer-role-leader-hint"),
        SignerRole::Secretary => ("signer-role-secretary", "signer-role-secretary-hint"),
        SignerRole::Member => ("signer-role-member", "signer-role-member-hint"),
        SignerRole::Clerk => ("signer-role-clerk", "signer-role-clerk-hint"),
    };
    let line = |way: &Way| WayLine {
        value: format!("{}.{}", role.as_str(), way.as_str()),
        name: lang.t(way_word(role, *way)),
        is_open: open.contains(way),
    };
    let ways = role.ways().iter().map(line).collect();
    RoleLine { role: role.as_str(), name: lang.t(name), hint: lang.t(hint), ways }
}

/// A way as people say it; a seal's ways have words of their own.
fn way_word(role: SignerRole, way: Way) -> &'static str {
    match way {
        Way::KeptKey if role == SignerRole::Clerk => "way-seal-file",
        Way::KeptKey => "way-kept-key",
        Way::BroughtBack => "way-brought-back",
        Way::Token => "way-token",
        Way::Desktop => "way-desktop",
        Way::Remote => "way-remote",
        Way::Module => "way-module",
    }
}

async fn set(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let read = |text: &str| {
        let (role, way) = text.split_once('.')?;
        Some((role.parse::<SignerRole>().ok()?, way.parse::<Way>().ok()?))
    };
    let open: Vec<_> =
        fields.iter().filter(|(name, _)| name == "open").filter_map(|(_, value)| read(value)).collect();
    let mut tx = app.db.write().await?;
    let problem = match policy::set(&mut tx, &actor, &open, now).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(Redirect::to(&urls::policy()).into_response());
        }
        Err(PolicyError::NotAllowed) => return Err(web::Error::Forbidden("error-not-your-role".into())),
        Err(PolicyError::NoWayLeft) => chrome.lang().t("policy-no-way-left"),
        Err(PolicyError::Db(error)) => return Err(error.into()),
    };
    drop(tx);
    let page = page(chrome, &actor, &app, Some(problem)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
