//! The organisation's seal, for the administrator: where its key is, and its picture.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect, Response};

use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::outgoing::actions::OutgoingError;
use crate::outgoing::seal::picture::{self as pictures, DIAMETERS, MOST_BYTES};
use crate::outgoing::{seal, urls};
use crate::signing::certificate::Certificate;
use crate::signing::{self, certificates};
use crate::web::{self, App, Now, Parts};

#[derive(Template)]
#[template(path = "outgoing/seal.html")]
struct SealPage {
    chrome: Chrome,
    /// Kind, icon and sentence: where the key is.
    key: (&'static str, &'static str, String),
    /// The certificates that seal: holder and last day.
    certificates: Vec<String>,
    certificates_url: String,
    picture_url: Option<String>,
    diameter: Option<f64>,
    smallest: i64,
    largest: i64,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    let lang = chrome.lang();
    let mut shown = Vec::new();
    for der in certificates::of_seal(&mut tx, actor.organisation).await? {
        let read = Certificate::from_der(&der).map_err(web::Error::internal)?;
        let gaps = [("name", read.holder.as_str()), ("until", &read.not_after.date())];
        shown.push(lang.t_with("seal-certificate", &gaps));
    }
    let is_in_module = seal::is_in_module(&mut tx, &app, actor.organisation).await?;
    let picture = pictures::of(&mut tx, actor.organisation).await?;
    let key = match (&app.seal_module, is_in_module) {
        (Some(_), true) => ("good", "good", lang.t("seal-in-device")),
        (Some(_), false) => ("warn", "warn", lang.t("seal-device-unbound")),
        (None, _) => ("", "info", lang.t("seal-no-device")),
    };
    web::page(&SealPage {
        key,
        certificates: shown,
        certificates_url: signing::urls::certificates(),
        picture_url: picture.is_some().then(urls::seal_picture),
        diameter: picture.map(|picture| picture.diameter),
        smallest: *DIAMETERS.start(),
        largest: *DIAMETERS.end(),
        chrome: chrome.at(Section::Outgoing),
    })
}

/// The picture alone.
pub(super) async fn picture(actor: Actor, State(app): State<App>) -> Result<Response, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    let picture = pictures::of(&mut tx, actor.organisation).await?.ok_or(web::Error::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], picture.image).into_response())
}

pub(super) async fn take(
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Redirect, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let (image, diameter) = receive(form).await?;
    let mut tx = app.db.write().await?;
    pictures::set(&mut tx, &actor, &image, diameter, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&urls::seal()))
}

/// Picture and diameter of the form.
async fn receive(mut form: Parts) -> Result<(Vec<u8>, i64), web::Error> {
    let (mut image, mut diameter) = (Vec::new(), 0);
    while let Some(part) = form.next().await? {
        match part.name() {
            "diameter" => diameter = part.text().await?.trim().parse().unwrap_or(0),
            "file" => image = part.bytes(MOST_BYTES).await?.ok_or(OutgoingError::NoPicture)?,
            _ => {}
        }
    }
    Ok((image, diameter))
}
