//! The notices page and the mail outbox.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};

use super::NoticeId;
use super::store::{self, MailRow, NoticeRow};
use crate::db::Db;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::web::{self, App, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/notices", get(list))
        .route("/notices/{notice}/reading", post(read))
        .route("/notices/readings", post(read_all))
        .route("/mails", get(outbox))
}

#[derive(Template)]
#[template(path = "notices/list.html")]
struct NoticesPage {
    chrome: Chrome,
    notices: Vec<NoticeRow>,
}

async fn list(chrome: Chrome, actor: Actor, State(db): State<Db>) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let notices = store::notices_of(&mut tx, actor.person).await?;
    web::page(&NoticesPage { chrome, notices })
}

async fn read(
    Path(notice): Path<NoticeId>,
    actor: Actor,
    Now(now): Now,
    State(db): State<Db>,
) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    let link = store::mark_read(&mut tx, actor.person, notice, now).await?.ok_or(web::Error::NotFound)?;
    tx.commit().await?;
    Ok(Redirect::to(&link))
}

async fn read_all(actor: Actor, Now(now): Now, State(db): State<Db>) -> Result<Redirect, web::Error> {
    let mut tx = db.write().await?;
    store::mark_all_read(&mut tx, actor.person, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/notices"))
}

#[derive(Template)]
#[template(path = "notices/outbox.html")]
struct OutboxPage {
    chrome: Chrome,
    mails: Vec<MailRow>,
    has_server: bool,
}

async fn outbox(chrome: Chrome, actor: Actor, State(app): State<App>) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::Secretary, OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    let mut mails = store::mails_of(&mut tx, actor.organisation).await?;
    let address = app.config.public_url();
    for mail in &mut mails {
        mail.body = mail.body.replace("{address}", &address);
    }
    let has_server = !app.config.smtp_url.reveal().is_empty();
    web::page(&OutboxPage { chrome: chrome.at(Section::Mails), mails, has_server })
}
