//! The page where someone of the office checks the layout of a PDF. The file
//! lies on the scratch disk while it is looked at, and goes with the answer.

mod view;

use askama::Template;
use axum::Router;
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use self::view::ReportView;
use super::actions::{self, CheckError};
use super::{Profile, Stage, urls};
use crate::config::Config;
use crate::identity::{Actor, Chrome, Section};
use crate::storage::{self, Incoming};
use crate::web::{self, App, Message, Parts};

const MIB: u64 = 1024 * 1024;
/// A document is text; larger files are scans and records.
const LARGEST_MIB: u64 = 100;
/// What a form may hold besides the file.
const FORM_EXTRA: u64 = MIB;
const LONGEST_NAME: usize = 120;
/// The profile that the form proposes, and what stands for the office's own.
const USUAL: &str = "nd30_state";
const OWN: &str = "own";

pub fn router(config: &Config) -> Router<App> {
    let limit = usize::try_from(limit_mib(config) * MIB + FORM_EXTRA).unwrap_or(usize::MAX);
    Router::new().route("/format-check", get(form).post(check)).layer(DefaultBodyLimit::max(limit))
}

fn limit_mib(config: &Config) -> u64 {
    config.upload_limit_mib.min(LARGEST_MIB)
}

#[derive(Template)]
#[template(path = "layout/check.html")]
struct CheckPage {
    chrome: Chrome,
    action: String,
    profiles: Vec<ProfileChoice>,
    is_unnumbered: bool,
    problem: Option<String>,
    report: Option<ReportView>,
}

struct ProfileChoice {
    name: &'static str,
    label: String,
    is_chosen: bool,
}

impl CheckPage {
    fn new(chrome: Chrome, config: &Config, chosen: Option<&str>) -> Self {
        let own = (!config.layout_profile.is_empty()).then_some(OWN);
        let chosen = chosen.or(own).unwrap_or(USUAL);
        let choice = |name: &'static str| ProfileChoice {
            name,
            label: chrome.t(&format!("layout-profile-{}", name.replace('_', "-"))),
            is_chosen: name == chosen,
        };
        Self {
            profiles: own.into_iter().chain(Profile::names()).map(choice).collect(),
            action: urls::check(),
            is_unnumbered: false,
            problem: None,
            report: None,
            chrome: chrome.at(Section::Layout),
        }
    }

    fn refused(self, problem: &str) -> Result<Response, web::Error> {
        let problem = Some(self.chrome.t(problem));
        let page = web::page(&Self { problem, ..self })?;
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
    }
}

async fn form(chrome: Chrome, _: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    web::page(&CheckPage::new(chrome, &app.config, None))
}

async fn check(
    chrome: Chrome,
    _: Actor,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    let sent = receive(&app, form).await?;
    let profile = profile(&app, &sent.profile).await?;
    let page = CheckPage {
        is_unnumbered: sent.is_unnumbered,
        ..CheckPage::new(chrome, &app.config, Some(&sent.profile))
    };
    let Some((name, file)) = sent.file else { return page.refused("layout-no-file") };
    let stage = Stage { is_unnumbered: sent.is_unnumbered };
    let report = match actions::check(&app.renderer, file.path(), &profile, stage).await {
        Ok(report) => report,
        Err(CheckError::Password) => return page.refused("layout-password"),
        Err(CheckError::Unreadable) => return page.refused("layout-unreadable"),
        Err(error @ CheckError::Start(_)) => return Err(web::Error::internal(error)),
    };
    let report = Some(ReportView::new(&app, &page.chrome, (&name, &file), &report).await);
    Ok(web::page(&CheckPage { report, ..page })?.into_response())
}

/// The rules a person chose.
async fn profile(app: &App, name: &str) -> Result<Profile, web::Error> {
    if name == OWN {
        let own = actions::own_profile(&app.config).await.map_err(web::Error::internal)?;
        return own.ok_or(web::Error::Invalid("error-form".into()));
    }
    Profile::named(name).map_err(|_| web::Error::Invalid("error-form".into()))
}

/// What a person sent.
struct Sent {
    file: Option<(String, Incoming)>,
    profile: String,
    is_unnumbered: bool,
}

async fn receive(app: &App, mut form: Parts) -> Result<Sent, web::Error> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(&app.config),
        _ => error.into(),
    };
    let mut sent = Sent { file: None, profile: USUAL.to_owned(), is_unnumbered: false };
    while let Some(mut part) = form.next().await.map_err(broken)? {
        match part.name() {
            "profile" => sent.profile = part.text().await?,
            "unnumbered" => sent.is_unnumbered = true,
            "file" if sent.file.is_none() => {
                let name: String = part.file_name().chars().take(LONGEST_NAME).collect();
                let mut file = app.storage.incoming(limit_mib(&app.config) * MIB).await?;
                while let Some(chunk) = part.chunk().await.map_err(broken)? {
                    take(&app.config, &mut file, &chunk).await?;
                }
                file.finish().await?;
                sent.file = (file.size() > 0).then_some((name, file));
            }
            _ => {}
        }
    }
    Ok(sent)
}

async fn take(config: &Config, file: &mut Incoming, chunk: &[u8]) -> Result<(), web::Error> {
    match file.write(chunk).await {
        Err(storage::Error::TooLarge { .. }) => Err(too_large(config)),
        done => Ok(done?),
    }
}

fn too_large(config: &Config) -> web::Error {
    web::Error::TooLarge(Message::with("layout-too-large", "limit", limit_mib(config)))
}
