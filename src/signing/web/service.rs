//! Signing with a key at a remote service: what the review page offers, and the outcome.

use axum::Router;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::batch::{Outcomes, named, outcomes, review_page};
use super::step::refusal;
use crate::config::SecureAddress;
use crate::db::Tx;
use crate::identity::{Actor, Chrome};
use crate::signing::rules::{ServiceRefusal, SignerRole, Way};
use crate::signing::service::{Batch, CameBack, Course, Problem, Sent, Service, Typed};
use crate::signing::store::accounts;
use crate::signing::{Desk, policy, urls};
use crate::web::{self, App, Form, Now, Path, Query};

/// Letters of a name at a service.
const LONGEST_ACCOUNT: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/signing/services/{service}/batches", post(sign))
        .route("/signing/services/{service}/codes", post(send_code))
        .route("/signing/services/{service}/returns", get(come_back))
}

/// A service as the review page offers it.
pub(super) struct ServiceCard {
    pub name: String,
    pub title: String,
    pub url: String,
    /// By which name it knew the reader last.
    pub account: String,
    pub asks_pin: bool,
    pub asks_code: bool,
    /// Where it is asked to send its code.
    pub codes_url: Option<String>,
    /// What came of asking for one.
    pub told: Option<Told>,
    /// Where its own page is, on which some people are asked.
    pub page_origin: Option<String>,
}

/// What the page says of a code that was asked for.
pub(super) struct Told {
    /// The name of the service.
    pub by: String,
    pub words: String,
    /// There is a code to type now.
    pub is_sent: bool,
}

/// The services that people of these roles may sign with.
pub(super) async fn offered(
    tx: &mut Tx,
    app: &App,
    actor: &Actor,
    roles: &[SignerRole],
) -> Result<Vec<ServiceCard>, web::Error> {
    let mut is_open = false;
    for role in SignerRole::ALL.iter().filter(|role| roles.contains(role)) {
        is_open |= policy::open_ways(tx, actor.organisation, *role).await?.contains(&Way::Remote);
    }
    let mut cards = Vec::new();
    for settings in app.config.remote_signing.iter().filter(|_| is_open) {
        let name = settings.name.as_str();
        cards.push(ServiceCard {
            name: name.to_owned(),
            title: settings.title.clone(),
            url: urls::service_batches(&settings.name),
            account: accounts::of(tx, actor.person, name).await?,
            asks_pin: settings.asks_pin,
            asks_code: settings.asks_code,
            codes_url: settings.sends_code.then(|| urls::service_codes(&settings.name)),
            told: None,
            page_origin: settings.authorize_url.as_ref().map(SecureAddress::origin),
        });
    }
    Ok(cards)
}

/// Why the service did not sign, as a key of our texts. What it said itself is for the log.
pub(super) fn word(refusal: ServiceRefusal) -> &'static str {
    match refusal {
        ServiceRefusal::Unreachable => "service-unreachable",
        ServiceRefusal::NotAdmitted => "service-not-admitted",
        ServiceRefusal::WrongPin => "service-wrong-pin",
        ServiceRefusal::WrongCode => "service-wrong-code",
        ServiceRefusal::AsksMore => "service-asks-more",
        ServiceRefusal::OwnPage => "service-own-page",
        ServiceRefusal::Denied => "service-denied",
        ServiceRefusal::Disabled => "service-disabled",
        ServiceRefusal::Refused => "service-refused",
        ServiceRefusal::Unreadable => "service-unreadable",
    }
}

/// Has a service sign the chosen documents: one PIN or code, tried once, or
/// what the person says on a page of the service.
async fn sign(
    chrome: Chrome,
    Path(name): Path<String>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let service = Service::named(&app.config, &app.remote, &name).ok_or(web::Error::NotFound)?;
    let typed = typed(&fields)?;
    let steps = named(&fields);
    let (desk, returns) = (Desk::of(&app), returns(&app, &service));
    let batch = Batch { desk: &desk, service: &service, actor: &actor, returns: &returns, now };
    let found = match batch.sign(&steps, typed).await {
        Ok(Course::Elsewhere(page)) => return Ok(Redirect::to(&page).into_response()),
        Ok(Course::Done(done)) => Outcomes {
            problem: None,
            found: done.into_iter().map(|(step, done)| (step, Some(done))).collect(),
        },
        Err(error) => Outcomes {
            problem: Some(refusal(error)?.1.text(chrome.lang())),
            found: steps.into_iter().map(|step| (step, None)).collect(),
        },
    };
    app.bell.notify_one();
    Ok(outcomes(chrome, &app, &actor, found).await?.into_response())
}

/// Has a service send its code, and shows the page again on which it is typed.
async fn send_code(
    chrome: Chrome,
    Path(name): Path<String>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, web::Error> {
    let service = Service::named(&app.config, &app.remote, &name).ok_or(web::Error::NotFound)?;
    let (typed, lang) = (typed(&fields)?, chrome.lang());
    let (desk, returns) = (Desk::of(&app), returns(&app, &service));
    let batch = Batch { desk: &desk, service: &service, actor: &actor, returns: &returns, now };
    let (is_sent, words) = match batch.send_code(typed.account).await {
        Ok(Sent::Away) => (true, lang.t("service-code-sent")),
        Ok(Sent::Question(question)) => {
            (true, lang.t_with("service-code-question", &[("question", &question)]))
        }
        Ok(Sent::Nothing) => (false, lang.t("service-code-nothing")),
        Ok(Sent::TooSoon) => (false, lang.t("service-code-too-soon")),
        Err(error) => {
            tracing::warn!(%error, service = name.as_str(), "A remote signing service sent no code");
            (false, refusal(error)?.1.text(lang))
        }
    };
    review_page(chrome, &actor, &app, (&fields, Some(Told { by: name, words, is_sent })), now).await
}

/// Where the page of a service sends the browser back to, as the service knows it.
fn returns(app: &App, service: &Service) -> String {
    format!("{}{}", app.config.public_url(), urls::service_returns(&service.settings.name))
}

/// What a service's page adds to the address it sends the browser back to.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    state: String,
    code: String,
    error: String,
}

/// The browser comes back from a service's page. It may be sent here again, or
/// loaded anew; the answer is taken once.
async fn come_back(
    chrome: Chrome,
    Path(name): Path<String>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Query(Answer { state, code, error }): Query<Answer>,
) -> Result<Html<String>, web::Error> {
    let service = Service::named(&app.config, &app.remote, &name).ok_or(web::Error::NotFound)?;
    let (desk, returns) = (Desk::of(&app), returns(&app, &service));
    let batch = Batch { desk: &desk, service: &service, actor: &actor, returns: &returns, now };
    let came = CameBack { state: &state, code: &code, error: &error };
    let came_of_it = batch.come_back(came).await?;
    let came_of_it = came_of_it.ok_or_else(|| web::Error::Conflict("service-return-unknown".into()))?;
    app.bell.notify_one();
    let problem = came_of_it.problem.map(|problem| match problem {
        Problem::Expired => "service-return-expired",
        Problem::UnderWay => "service-return-under-way",
        Problem::Service(refusal) => word(refusal),
    });
    let problem = problem.map(|key| chrome.lang().t(key));
    outcomes(chrome, &app, &actor, Outcomes { problem, found: came_of_it.found }).await
}

fn typed(fields: &[(String, String)]) -> Result<Typed<'_>, web::Error> {
    let field = |key: &str| {
        fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.trim()).unwrap_or_default()
    };
    let account = field("account");
    if account.is_empty() || account.chars().count() > LONGEST_ACCOUNT {
        return Err(web::Error::Invalid("service-no-account".into()));
    }
    Ok(Typed { account, pin: field("pin"), code: field("code") })
}
