//! A paper that a clerk has in hand: its scan, and what it is.

use askama::Template;
use axum::extract::State as Service;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};

use super::ask::{Fields, Typed};
use super::said;
use crate::copies::actions::CopyError;
use crate::copies::asking::{self, Paper};
use crate::copies::urls;
use crate::identity::{Actor, Chrome, Section};
use crate::papers::{self, Upload};
use crate::web::{self, App, Now, Parts};

#[derive(Template)]
#[template(path = "copies/scan.html")]
struct ScanPage {
    chrome: Chrome,
    paper: Paper,
    obstacle: Option<String>,
    fields: Fields,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    asking::must_bring(&actor)?;
    page(&app, chrome, &actor, (Typed::default(), Sent::default().paper), None).await
}

async fn page(
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    (typed, paper): (Typed, Paper),
    problem: Option<String>,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let mut tx = app.db.read().await?;
    let fields = Fields::load(&mut tx, actor, (typed, None), (lang, app.clock.now())).await?;
    let obstacle = match fields.signers.is_empty() {
        true => Some(said(CopyError::NoSigner, lang)?),
        false => None,
    };
    let fields = Fields { looked: lang.t("copy-compared"), problem, ..fields };
    web::page(&ScanPage { chrome: chrome.at(Section::Outgoing), paper, obstacle, fields })
}

/// The form as it came.
struct Sent {
    upload: Option<Upload>,
    typed: Typed,
    paper: Paper,
}

impl Default for Sent {
    fn default() -> Self {
        let [symbol, dated_on, issuer, subject] = [(); 4].map(|()| String::new());
        let paper = Paper { symbol, dated_on, issuer, subject };
        Self { upload: None, typed: Typed::default(), paper }
    }
}

pub(super) async fn bring(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Service(app): Service<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    // Refused before a long upload is read, not after.
    asking::must_bring(&actor)?;
    let Sent { upload, typed, paper } = receive(&app, form).await?;
    let upload = upload.ok_or(web::Error::Invalid("outgoing-no-file".into()))?;
    let asked = match typed.read() {
        Ok(request) => asking::bring(&app, &actor, (&upload, &paper, &request), now).await,
        Err(error) => Err(error),
    };
    match asked {
        Ok(id) => {
            app.bell.notify_one();
            Ok(Redirect::to(&urls::copy(id)).into_response())
        }
        Err(error) => {
            let problem = Some(said(error, chrome.lang())?);
            let page = page(&app, chrome, &actor, (typed, paper), problem).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

async fn receive(app: &App, mut form: Parts) -> Result<Sent, web::Error> {
    let mut sent = Sent::default();
    while let Some(mut part) = form.next().await? {
        let name = part.name().to_owned();
        if name == "file" {
            sent.upload = Some(papers::web::receive(app, &mut part).await?);
            continue;
        }
        let value = part.text().await?;
        match name.as_str() {
            "symbol" => sent.paper.symbol = value,
            "dated_on" => sent.paper.dated_on = value,
            "issuer" => sent.paper.issuer = value,
            "subject" => sent.paper.subject = value,
            "form" => sent.typed.form = value,
            "pages" => sent.typed.pages = value,
            "recipient" => sent.typed.recipient = value,
            "purpose" => sent.typed.purpose = value,
            "signer" => sent.typed.signer = value,
            "looked" => sent.typed.looked = Some(value),
            "is_copy" => sent.typed.is_copy = Some(value),
            _ => {}
        }
    }
    Ok(sent)
}
