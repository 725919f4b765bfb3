//! What came by the exchange: to the door, or back to its sender.

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use crate::db::Tx;
use crate::exchange::{Message, MessageId};
use crate::identity::{Actor, Chrome};
use crate::incoming::{door, exchanged, urls};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/incoming/messages/{message}/arrival", post(take))
        .route("/incoming/messages/{message}/refusal", post(refuse))
}

/// A document that came and waits for the clerk.
pub(super) struct MessageLine {
    pub take: String,
    pub refuse: String,
    pub title: String,
    /// Number and symbol, day, sender.
    pub more: String,
    /// What it corrects or replaces; empty: it is new.
    pub remark: String,
    /// The document of ours it answers: number and symbol, address.
    pub answers: Option<(String, String)>,
    pub files: usize,
}

/// What came and waits, in words.
pub(super) async fn lines(
    tx: &mut Tx,
    chrome: &Chrome,
    actor: &Actor,
) -> Result<Vec<MessageLine>, web::Error> {
    let mut lines = Vec::new();
    for message in exchanged::waiting(tx, actor).await? {
        let answers = exchanged::answered(tx, actor, &message).await?;
        lines.push(MessageLine { answers, ..MessageLine::of(chrome, message) });
    }
    Ok(lines)
}

impl MessageLine {
    fn of(chrome: &Chrome, message: Message) -> Self {
        let sender = message.sender().to_owned();
        let row = message.row;
        let day = row.dated_on.map(|day| day.date()).unwrap_or_default();
        let came = chrome.t1("incoming-came-at", "at", row.arrived_at.date_time());
        let parts = [row.symbol, day, sender, came];
        Self {
            take: urls::take_message(row.id),
            refuse: urls::refuse_message(row.id),
            title: if row.subject.is_empty() { row.kind } else { row.subject },
            more: parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
            remark: row.remark,
            answers: None,
            files: message.files.len(),
        }
    }
}

async fn take(
    Path(message): Path<MessageId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    if let Some(id) = exchanged::taken(&app, &actor, message).await? {
        return Ok(Redirect::to(&urls::document(id)));
    }
    let opened = exchanged::open(&app, &actor, message).await?;
    let mut tx = app.db.write().await?;
    let id = exchanged::take(&mut tx, &actor, &opened, now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    door::judge(&app, &actor, id, now).await?;
    Ok(Redirect::to(&urls::document(id)))
}

#[derive(Debug, Deserialize)]
struct RefusalForm {
    reason: String,
}

async fn refuse(
    Path(message): Path<MessageId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<RefusalForm>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    exchanged::refuse(&mut tx, &actor, (message, &form.reason), now).await?;
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to(&urls::desk()))
}
