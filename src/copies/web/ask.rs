//! The page of a source: the copies made of it, and asking for one more.

use askama::Template;
use axum::extract::State as Service;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{Row, said};
use crate::clock::Timestamp;
use crate::copies::actions::{self, CopyError};
use crate::copies::asking::{self, Request};
use crate::copies::origin::{self, Wanted};
use crate::copies::rules::{Form as CopyForm, Origin};
use crate::copies::{CopyId, signers, urls};
use crate::db::Tx;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::incoming::{self, IncomingId};
use crate::outgoing::{self, OutgoingId};
use crate::web::{self, App, Form, Lang, Now, Path};

/// What a form asks for, as it was typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    pub form: String,
    pub pages: String,
    pub recipient: String,
    pub purpose: String,
    pub signer: String,
    pub looked: Option<String>,
    pub is_copy: Option<String>,
}

impl Typed {
    pub(super) fn read(&self) -> Result<Request, CopyError> {
        Ok(Request {
            form: self.form.parse().map_err(|_| CopyError::WrongForm)?,
            is_copy: self.is_copy.is_some(),
            pages: self.pages.clone(),
            recipient: self.recipient.clone(),
            purpose: self.purpose.clone(),
            signer: self.signer.parse().map_err(|_| CopyError::NotASigner)?,
            has_looked: self.looked.is_some(),
        })
    }
}

/// The fields of a request, with what was typed.
pub(super) struct Fields {
    pub typed: Typed,
    pub forms: Vec<Choice>,
    pub signers: Vec<Choice>,
    /// May say that the source is a copy itself.
    pub may_say_copy: bool,
    pub looked: String,
    pub problem: Option<String>,
}

pub(super) struct Choice {
    pub value: String,
    pub label: String,
    pub is_chosen: bool,
}

impl Fields {
    /// For a source of which the system knows whether it is a copy, or not.
    pub(super) async fn load(
        tx: &mut Tx,
        actor: &Actor,
        (typed, is_copy): (Typed, Option<bool>),
        (lang, now): (Lang, Timestamp),
    ) -> Result<Self, web::Error> {
        let may_say_copy = is_copy.is_none() && actor.is(OrgRole::Clerk);
        let fits = |form: &&CopyForm| may_say_copy || form.fits(is_copy.unwrap_or(false));
        let form = |form: &CopyForm| Choice {
            value: form.as_str().to_owned(),
            label: lang.t(&format!("copy-form-{}", form.as_str().replace('_', "-"))),
            is_chosen: typed.form == form.as_str(),
        };
        let signer = |one: signers::Entitled| Choice {
            is_chosen: typed.signer == one.person.to_string(),
            value: one.person.to_string(),
            label: format!("{}, {}", one.full_name, one.position),
        };
        let signers = signers::entitled(tx, actor.organisation, now).await?;
        Ok(Self {
            forms: CopyForm::ALL.iter().filter(fits).map(form).collect(),
            signers: signers.into_iter().map(signer).collect(),
            may_say_copy,
            looked: lang.t("copy-looked"),
            problem: None,
            typed,
        })
    }
}

#[derive(Template)]
#[template(path = "copies/ask.html")]
struct AskPage {
    chrome: Chrome,
    /// Title and address of the source.
    back: (String, String),
    rows: Vec<Row>,
    action: String,
    /// Why there can be no copy now; else the form.
    obstacle: Option<String>,
    fields: Fields,
    /// Number, day and issuer of the source.
    about: String,
}

pub(super) async fn of_outgoing(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    page(&app, chrome, &actor, Wanted::Outgoing(id), (Typed::default(), None)).await
}

pub(super) async fn of_incoming(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    page(&app, chrome, &actor, Wanted::Incoming(id), (Typed::default(), None)).await
}

pub(super) async fn of_copy(
    Path(id): Path<CopyId>,
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    page(&app, chrome, &actor, Wanted::Copy(id), (Typed::default(), None)).await
}

pub(super) async fn ask_of_outgoing(
    Path(id): Path<OutgoingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    ask(&app, chrome, &actor, (Wanted::Outgoing(id), typed), now).await
}

pub(super) async fn ask_of_incoming(
    Path(id): Path<IncomingId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    ask(&app, chrome, &actor, (Wanted::Incoming(id), typed), now).await
}

pub(super) async fn ask_of_copy(
    Path(id): Path<CopyId>,
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    Form(typed): Form<Typed>,
) -> Result<Response, web::Error> {
    ask(&app, chrome, &actor, (Wanted::Copy(id), typed), now).await
}

async fn ask(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    (wanted, typed): (Wanted, Typed),
    now: Timestamp,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    // A source that is not for this person is not there, whatever the form says.
    named(&mut tx, actor, wanted).await?;
    drop(tx);
    let asked = match typed.read() {
        Ok(request) => asking::ask(app, actor, (wanted, &request), now).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(id) => {
            app.bell.notify_one();
            Ok(Redirect::to(&urls::copy(id)).into_response())
        }
        Err(error) => {
            let problem = Some(said(error, chrome.lang())?);
            let page = page(app, chrome, actor, wanted, (typed, problem)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Title and address of a source that this person may see.
async fn named(tx: &mut Tx, actor: &Actor, wanted: Wanted) -> Result<(String, String), CopyError> {
    Ok(match wanted {
        Wanted::Outgoing(id) => {
            let document = outgoing::actions::find(tx, actor, id).await?;
            (document.subject, outgoing::urls::document(id))
        }
        Wanted::Incoming(id) => {
            let found = incoming::actions::find(tx, actor, id).await?;
            (found.document.subject, incoming::urls::document(id))
        }
        Wanted::Copy(id) => (actions::find(tx, actor, id).await?.title(), urls::copy(id)),
    })
}

async fn page(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    wanted: Wanted,
    (typed, problem): (Typed, Option<String>),
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let mut tx = app.db.read().await?;
    let back = named(&mut tx, actor, wanted).await?;
    let source = origin::find(&mut tx, actor, wanted).await;
    let about = source
        .as_ref()
        .map(|source| format!("{} · {} · {}", source.symbol, source.day.date(), source.issuer));
    let about = about.unwrap_or_default();
    let (is_copy, mut obstacle) = match source {
        Ok(source) => (source.is_copy, None),
        Err(error) => (Some(wanted.origin() == Origin::Copy), Some(said(error, lang)?)),
    };
    let fields = Fields::load(&mut tx, actor, (typed, is_copy), (lang, app.clock.now())).await?;
    if fields.signers.is_empty() && obstacle.is_none() {
        obstacle = Some(said(CopyError::NoSigner, lang)?);
    }
    let made = actions::of_source(&mut tx, actor, wanted).await?;
    let section = if wanted.origin() == Origin::Incoming { Section::Incoming } else { Section::Outgoing };
    web::page(&AskPage {
        rows: made.into_iter().map(|line| Row::new(line, lang)).collect(),
        action: wanted.link(),
        fields: Fields { problem, ..fields },
        chrome: chrome.at(section),
        obstacle,
        about,
        back,
    })
}
