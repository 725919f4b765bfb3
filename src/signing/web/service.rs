//! Signing with a key at a remote service: what the review page offers, and the outcome.

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::post;

use super::batch::{Outcomes, named, outcomes};
use super::step::refusal;
use crate::db::Tx;
use crate::identity::{Actor, Chrome};
use crate::signing::rules::{SignerRole, Way};
use crate::signing::service::{Batch, Service, ServiceError, Typed};
use crate::signing::store::accounts;
use crate::signing::{Desk, policy, urls};
use crate::web::{self, App, Form, Now, Path};

/// Letters of a name at a service.
const LONGEST_ACCOUNT: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new().route("/signing/services/{service}/batches", post(sign))
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
        });
    }
    Ok(cards)
}

/// Why the service did not sign, as a key of our texts. What it said itself is for the log.
pub(super) fn word(error: &ServiceError) -> &'static str {
    match error {
        ServiceError::Unreachable(_) => "service-unreachable",
        ServiceError::NotAdmitted(_) => "service-not-admitted",
        ServiceError::WrongPin => "service-wrong-pin",
        ServiceError::WrongCode => "service-wrong-code",
        ServiceError::AsksMore => "service-asks-more",
        ServiceError::OwnPage => "service-own-page",
        ServiceError::Disabled => "service-disabled",
        ServiceError::Refused(_) => "service-refused",
        ServiceError::Unreadable(_) => "service-unreadable",
    }
}

/// Has a service sign the chosen documents: one PIN or code, tried once.
async fn sign(
    chrome: Chrome,
    Path(name): Path<String>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Html<String>, web::Error> {
    let service = Service::named(&app.config, &app.remote, &name).ok_or(web::Error::NotFound)?;
    let typed = typed(&fields)?;
    let steps = named(&fields);
    let desk = Desk::of(&app);
    let batch = Batch { desk: &desk, service: &service, actor: &actor, now };
    let found = match batch.sign(&steps, typed).await {
        Ok(done) => Outcomes {
            problem: None,
            found: done.into_iter().map(|(step, done)| (step, Some(done))).collect(),
        },
        Err(error) => Outcomes {
            problem: Some(refusal(error)?.1.text(chrome.lang())),
            found: steps.into_iter().map(|step| (step, None)).collect(),
        },
    };
    app.bell.notify_one();
    outcomes(chrome, &app, &actor, found).await
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
