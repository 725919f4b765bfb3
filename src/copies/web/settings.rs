//! Who signs copies, and how they look.

use askama::Template;
use axum::Router;
use axum::extract::State as Service;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::said;
use crate::clock::Timestamp;
use crate::copies::actions::CopyError;
use crate::copies::store::{self, NewSigner, Setting, Signer};
use crate::copies::{CopySignerId, signers, urls};
use crate::identity::{self, Actor, Chrome, OrgRole, Section};
use crate::outgoing::rules::Capacity;
use crate::web::{self, App, Form, Lang, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/copies/settings", get(show).post(choose_look))
        .route("/copies/settings/head", post(name_head))
        .route("/copies/signers", post(name_signer))
        .route("/copies/signers/{copy_signer}/end", post(end))
}

#[derive(Template)]
#[template(path = "copies/settings.html")]
struct SettingsPage {
    chrome: Chrome,
    setting: Setting,
    head: Option<String>,
    /// The administrator says who the head is.
    may_name_head: bool,
    cards: Vec<Card>,
    people: Vec<(String, String)>,
    capacities: Vec<(&'static str, String)>,
    typed: Typed,
    problem: Option<String>,
}

struct Card {
    name: String,
    capacity: String,
    basis: String,
    days: String,
    named: String,
    /// Kind, icon and words of its state.
    mark: (&'static str, &'static str, String),
    end_url: Option<String>,
}

/// What was typed into the form, to be shown again.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    person: String,
    capacity: String,
    basis: String,
    from: String,
    until: String,
}

impl Typed {
    fn read(&self) -> Result<NewSigner, CopyError> {
        let day = |text: &str| Timestamp::from_date_input(text).ok_or(CopyError::Days);
        Ok(NewSigner {
            person: self.person.parse().map_err(|_| CopyError::NotFound)?,
            capacity: self.capacity.parse().map_err(|_| CopyError::Basis)?,
            basis: self.basis.clone(),
            starts_at: day(&self.from)?,
            ends_at: day(&self.until)?.day().1,
        })
    }
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    page(&app, chrome, &actor, (Typed::default(), None), now).await
}

async fn page(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    (typed, problem): (Typed, Option<String>),
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let mut tx = app.db.read().await?;
    let setting = signers::setting(&mut tx, actor.organisation).await?;
    if !signers::may_keep(actor, &setting) {
        return Err(web::Error::Forbidden("error-not-your-role".into()));
    }
    let people = identity::store::people(&mut tx, actor.organisation).await?;
    let head = people.iter().find(|one| Some(one.id) == setting.head_id);
    let head = head.map(|head| format!("{}, {}", head.full_name, head.position));
    let all = store::signers(&mut tx, actor.organisation).await?;
    let active = people.into_iter().filter(|person| person.active);
    web::page(&SettingsPage {
        may_name_head: actor.is(OrgRole::SystemAdmin),
        cards: all.into_iter().map(|one| card(one, lang, now)).collect(),
        people: active
            .map(|one| (one.id.to_string(), format!("{}, {}", one.full_name, one.position)))
            .collect(),
        capacities: capacities(lang),
        chrome: chrome.at(Section::Outgoing),
        setting,
        head,
        typed,
        problem,
    })
}

/// Those in which somebody other than the head signs.
fn capacities(lang: Lang) -> Vec<(&'static str, String)> {
    let words = [Capacity::Tl, Capacity::Kt, Capacity::Tuq, Capacity::Q];
    words.map(|one| (one.as_str(), lang.t(&format!("outgoing-capacity-{}", one.as_str())))).into()
}

fn card(one: Signer, lang: Lang, now: Timestamp) -> Card {
    // The day after the last is kept; people count to the last.
    let last = one.ends_at.plus_seconds(-1);
    let is_open = one.ended_at.is_none() && now < one.ends_at;
    Card {
        mark: mark(&one, lang, now),
        days: lang.t_with("delegation-days", &[("from", &one.starts_at.date()), ("until", &last.date())]),
        named: format!("{}, {}", one.named_by, one.named_at.date_time()),
        capacity: lang.t(&format!("outgoing-capacity-{}", one.capacity.as_str())),
        end_url: is_open.then(|| urls::signer_end(one.id)),
        name: format!("{}, {}", one.full_name, one.position),
        basis: one.basis,
    }
}

fn mark(one: &Signer, lang: Lang, now: Timestamp) -> (&'static str, &'static str, String) {
    let (kind, icon, key) = if one.ended_at.is_some() {
        ("bad", "cross", "copy-signer-ended")
    } else if now >= one.ends_at {
        ("", "clock", "copy-signer-over")
    } else if now < one.starts_at {
        ("", "clock", "copy-signer-to-come")
    } else {
        ("good", "good", "copy-signer-holds")
    };
    (kind, icon, lang.t(key))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HeadForm {
    person: String,
}

async fn name_head(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<HeadForm>,
) -> Result<Redirect, web::Error> {
    let head = form.person.parse().map_err(|_| web::Error::NotFound)?;
    let mut tx = app.db.write().await?;
    signers::name_head(&mut tx, &actor, head, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LookForm {
    symbol: String,
    shows_seal: Option<String>,
}

async fn choose_look(
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(form): Form<LookForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    signers::choose_look(&mut tx, &actor, (&form.symbol, form.shows_seal.is_some()), now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}

async fn name_signer(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let named = match typed.read() {
        Ok(new) => signers::name_signer(&mut tx, &actor, &new, now).await,
        Err(error) => Err(error),
    };
    if let Err(error) = named {
        drop(tx);
        let problem = Some(said(error, chrome.lang())?);
        let page = page(&app, chrome, &actor, (typed, problem), now).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()).into_response())
}

async fn end(
    Path(id): Path<CopySignerId>,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    signers::end(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::settings()))
}
