//! Authority to sign in somebody's place: written down, confirmed, ended.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::clock::Timestamp;
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor, Chrome, Section};
use crate::outgoing::rules::Kind;
use crate::signing::delegations::{self, Delegation, DelegationError, NewDelegation};
use crate::signing::{DelegationId, urls};
use crate::web::{self, App, Form, Lang, Message, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/signing/delegations", get(show).post(record))
        .route("/signing/delegations/{delegation}/confirmation", post(confirm))
        .route("/signing/delegations/{delegation}/end", post(end))
}

#[derive(Template)]
#[template(path = "outgoing/delegations.html")]
struct DelegationsPage {
    chrome: Chrome,
    cards: Vec<Card>,
    may_record: bool,
    people: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    typed: Typed,
    problem: Option<String>,
}

/// What was typed into the form, to be shown again.
#[derive(Default)]
struct Typed {
    giver: String,
    holder: String,
    basis: String,
    scope: String,
    kinds: Vec<String>,
    from: String,
    until: String,
}

struct Card {
    holder: String,
    giver: String,
    basis: String,
    scope: String,
    kinds: String,
    days: String,
    /// Kind, icon and words of its state.
    mark: (&'static str, &'static str, String),
    confirm_url: Option<String>,
    end_url: Option<String>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    page(chrome, &actor, &app, (Typed::default(), None), now).await
}

async fn page(
    chrome: Chrome,
    actor: &Actor,
    app: &App,
    (typed, problem): (Typed, Option<Message>),
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let lang = chrome.lang();
    let found = delegations::list(&mut tx, actor).await?;
    let may_record = delegations::may_record(actor);
    let mut people = Vec::new();
    if may_record {
        let all = identity::store::people(&mut tx, actor.organisation).await?;
        let active = all.into_iter().filter(|person| person.active);
        people.extend(active.map(|one| (one.id.to_string(), format!("{}, {}", one.full_name, one.position))));
    }
    web::page(&DelegationsPage {
        cards: found.into_iter().map(|one| card(one, actor, lang, now)).collect(),
        may_record,
        people,
        kinds: Kind::ALL.iter().map(|kind| (kind.as_str(), kind.legal_name())).collect(),
        typed,
        problem: problem.map(|problem| problem.text(lang)),
        chrome: chrome.at(Section::Signing),
    })
}

fn card(one: Delegation, actor: &Actor, lang: Lang, now: Timestamp) -> Card {
    let names = Kind::ALL.iter().filter(|kind| one.covers(kind.as_str())).map(|kind| kind.legal_name());
    let kinds = if one.kinds.is_empty() {
        lang.t("delegation-every-kind")
    } else {
        names.collect::<Vec<_>>().join(", ")
    };
    // The day after the last is kept; people count to the last.
    let last = one.ends_at.plus_seconds(-1);
    let is_open = one.ended_at.is_none() && now < one.ends_at;
    Card {
        mark: mark(&one, lang, now),
        days: lang.t_with("delegation-days", &[("from", &one.starts_at.date()), ("until", &last.date())]),
        confirm_url: (is_open && one.confirmed_at.is_none() && one.giver_id == actor.person)
            .then(|| urls::delegation_confirmation(one.id)),
        end_url: (is_open && delegations::may_end(actor, &one)).then(|| urls::delegation_end(one.id)),
        kinds,
        holder: one.holder,
        giver: one.giver,
        basis: one.basis,
        scope: one.scope,
    }
}

fn mark(one: &Delegation, lang: Lang, now: Timestamp) -> (&'static str, &'static str, String) {
    let (kind, icon, key) = if one.ended_at.is_some() {
        ("bad", "cross", "delegation-ended")
    } else if now >= one.ends_at {
        ("", "clock", "delegation-over")
    } else if one.confirmed_at.is_none() {
        ("warn", "warn", "delegation-unconfirmed")
    } else if now < one.starts_at {
        ("", "clock", "delegation-to-come")
    } else {
        ("good", "good", "delegation-holds")
    };
    (kind, icon, lang.t(key))
}

async fn record(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let typed = Typed::of(fields);
    let mut tx = app.db.write().await?;
    let recorded = match typed.read() {
        Ok(new) => delegations::record(&mut tx, &actor, &new, now).await,
        Err(error) => Err(error),
    };
    if let Err(error) = recorded {
        drop(tx);
        let page = page(chrome, &actor, &app, (typed, Some(sentence(error)?)), now).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::delegations()).into_response())
}

impl Typed {
    fn of(fields: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "giver" => typed.giver = value,
                "holder" => typed.holder = value,
                "basis" => typed.basis = value,
                "scope" => typed.scope = value,
                "kinds" => typed.kinds.push(value),
                "from" => typed.from = value,
                "until" => typed.until = value,
                _ => {}
            }
        }
        typed
    }

    fn read(&self) -> Result<NewDelegation, DelegationError> {
        let day = |text: &str| Timestamp::from_date_input(text).ok_or(DelegationError::Days);
        let known = |word: &&String| Kind::ALL.iter().any(|kind| kind.as_str() == word.as_str());
        let kinds: Vec<&str> = self.kinds.iter().filter(known).map(String::as_str).collect();
        Ok(NewDelegation {
            giver: self.giver.parse().map_err(|_| DelegationError::NotFound)?,
            holder: self.holder.parse().map_err(|_| DelegationError::NotFound)?,
            basis: clean_line(&self.basis).unwrap_or_default(),
            scope: clean_line(&self.scope).unwrap_or_default(),
            kinds: kinds.join(" "),
            starts_at: day(&self.from)?,
            ends_at: day(&self.until)?.day().1,
        })
    }

    fn is_giver(&self, person: &str) -> bool {
        self.giver == person
    }

    fn is_holder(&self, person: &str) -> bool {
        self.holder == person
    }

    fn has(&self, kind: &str) -> bool {
        self.kinds.iter().any(|chosen| chosen == kind)
    }
}

async fn confirm(
    Path(delegation): Path<DelegationId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    delegations::confirm(&mut tx, &actor, delegation, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::delegations()))
}

async fn end(
    Path(delegation): Path<DelegationId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    delegations::end(&mut tx, &actor, delegation, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::delegations()))
}

/// What is wrong with the form, or why it is not for this person.
fn sentence(error: DelegationError) -> Result<Message, web::Error> {
    match web::Error::from(error) {
        web::Error::Invalid(message) => Ok(message),
        error => Err(error),
    }
}

impl From<DelegationError> for web::Error {
    fn from(error: DelegationError) -> Self {
        match error {
            DelegationError::NotAllowed => Self::Forbidden("error-not-your-role".into()),
            DelegationError::NotFound => Self::NotFound,
            DelegationError::Words => Self::Invalid("delegation-words".into()),
            DelegationError::Oneself => Self::Invalid("delegation-oneself".into()),
            DelegationError::Days => Self::Invalid("delegation-wrong-days".into()),
            DelegationError::HandedOn => Self::Invalid("delegation-handed-on".into()),
            DelegationError::NotNow => Self::Conflict("delegation-not-now".into()),
            DelegationError::Jobs(error) => error.into(),
            DelegationError::Db(error) => error.into(),
        }
    }
}
