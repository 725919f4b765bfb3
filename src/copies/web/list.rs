//! The copies that concern a person.

use askama::Template;
use axum::extract::State as Service;
use axum::response::Html;

use super::Row;
use crate::copies::actions::{self, READERS};
use crate::copies::{signers, urls};
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::web::{self, App};

#[derive(Template)]
#[template(path = "copies/list.html")]
struct ListPage {
    chrome: Chrome,
    rows: Vec<Row>,
    scans_url: Option<String>,
    settings_url: Option<String>,
    /// May print the register.
    reads_register: bool,
}

pub(super) async fn show(
    chrome: Chrome,
    actor: Actor,
    Service(app): Service<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let found = actions::list(&mut tx, &actor).await?;
    let setting = signers::setting(&mut tx, actor.organisation).await?;
    let lang = chrome.lang();
    web::page(&ListPage {
        chrome: chrome.at(Section::Outgoing),
        rows: found.into_iter().map(|line| Row::new((line, true), lang)).collect(),
        scans_url: actor.is(OrgRole::Clerk).then(urls::scans),
        settings_url: signers::may_keep(&actor, &setting).then(urls::settings),
        reads_register: READERS.iter().any(|role| actor.is(*role)),
    })
}
