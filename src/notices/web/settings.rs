//! How a person wishes to be told, and on which devices.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::identity::{Actor, Chrome};
use crate::notices::push::{self, Device, DeviceError};
use crate::notices::rules::{self, Hours, Kind, Way, Wishes, clock_face};
use crate::notices::store::outbox;
use crate::notices::wishes::{self, Settings};
use crate::web::{self, App, Form, Now};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/notices/wishes", get(show).post(save))
        .route("/notices/devices", post(add_device))
        .route("/notices/devices/removals", post(remove_device))
}

#[derive(Template)]
#[template(path = "notices/wishes.html")]
struct WishesPage {
    chrome: Chrome,
    kinds: Vec<KindView>,
    quiet_from: String,
    quiet_until: String,
    digest_at: String,
    phone: String,
    has_sms: bool,
    devices: usize,
    push_key: String,
    /// An address of this person that took no mail.
    refused: Option<String>,
}

struct KindView {
    value: &'static str,
    label: String,
    ways: Vec<(&'static str, String, bool)>,
    sms: bool,
    push: bool,
}

async fn show(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    let push_key = push::public_key(&app).await.map_err(web::Error::internal)?;
    let mut tx = app.db.read().await?;
    let settings = wishes::all(&mut tx, actor.person).await?;
    let kind = |(kind, wishes): &(Kind, Wishes)| KindView {
        value: kind.as_str(),
        label: chrome.t(&format!("notice-kind-{}", kind.as_str())),
        ways: Way::ALL
            .iter()
            .map(|way| (way.as_str(), chrome.t(&format!("notice-way-{}", way.as_str())), *way == wishes.mail))
            .collect(),
        sms: wishes.sms,
        push: wishes.push,
    };
    web::page(&WishesPage {
        kinds: settings.wishes.iter().map(kind).collect(),
        quiet_from: clock_face(settings.hours.quiet_from),
        quiet_until: clock_face(settings.hours.quiet_until),
        digest_at: clock_face(settings.hours.digest_at),
        phone: settings.phone,
        has_sms: !app.config.sms_url.is_empty(),
        devices: push::endpoints(&mut tx, actor.person).await?.len(),
        refused: outbox::is_refused(&mut tx, actor.person).await?,
        push_key,
        chrome,
    })
}

async fn save(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, web::Error> {
    let settings = read(&fields).ok_or_else(|| web::Error::Invalid("notice-wishes-bad".into()))?;
    let mut tx = app.db.write().await?;
    wishes::save(&mut tx, &actor, &settings, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/notices/wishes"))
}

/// `mail-slip=digest`, `sms-slip=on`, …; what no box says is off.
fn read(fields: &[(String, String)]) -> Option<Settings> {
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let wishes = |kind: &Kind| {
        let mail: Way = field(&format!("mail-{}", kind.as_str()))?.parse().ok()?;
        let is_on = |channel: &str| field(&format!("{channel}-{}", kind.as_str())).is_some();
        Some((*kind, Wishes { mail, sms: is_on("sms"), push: is_on("push") }))
    };
    let minutes = |name: &str| rules::minutes(field(name)?);
    Some(Settings {
        wishes: Kind::ALL.iter().map(wishes).collect::<Option<_>>()?,
        hours: Hours {
            quiet_from: minutes("quiet_from")?,
            quiet_until: minutes("quiet_until")?,
            digest_at: minutes("digest_at")?,
        },
        phone: rules::phone(field("phone").unwrap_or_default())?,
    })
}

async fn add_device(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(device): Form<Device>,
) -> Result<StatusCode, web::Error> {
    let mut tx = app.db.write().await?;
    push::add(&mut tx, &actor, &device, now).await.map_err(|error| match error {
        DeviceError::Unreadable => web::Error::Invalid("notice-device-bad".into()),
        DeviceError::Db(error) => error.into(),
    })?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
struct RemovalForm {
    endpoint: String,
}

async fn remove_device(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RemovalForm>,
) -> Result<StatusCode, web::Error> {
    let mut tx = app.db.write().await?;
    push::remove(&mut tx, &actor, &form.endpoint, now).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
