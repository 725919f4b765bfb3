//! The notices page, the outbox, and how a person wishes to be told.

mod outbox;
mod settings;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};

use super::NoticeId;
use super::store::{self, NoticeRow};
use crate::db::Db;
use crate::identity::{Actor, Chrome};
use crate::web::{self, App, Now, Path};

pub fn router() -> Router<App> {
    Router::new()
        .route("/notices", get(list))
        .route("/notices/{notice}/reading", post(read))
        .route("/notices/readings", post(read_all))
        .merge(outbox::router())
        .merge(settings::router())
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
