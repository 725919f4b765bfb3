//! Recording who holds whose mandate.

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::post;
use serde::Deserialize;

use super::super::actions;
use super::super::rules::Proxy;
use crate::identity::{Actor, PersonId};
use crate::meetings::{self, MeetingId};
use crate::web::{self, App, Form, Now, Path};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/proxies", post(give))
        .route("/meetings/{meeting}/proxies/{person}/removal", post(take_back))
}

#[derive(Debug, Deserialize)]
struct ProxyForm {
    giver: PersonId,
    holder: PersonId,
    #[serde(default)]
    reason: String,
}

async fn give(
    Path(meeting): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ProxyForm>,
) -> Result<Redirect, web::Error> {
    let proxy = Proxy { giver: form.giver, holder: form.holder };
    let mut tx = app.db.write().await?;
    actions::give_proxy(&mut tx, &actor, meeting, proxy, &form.reason, now).await?;
    tx.commit().await?;
    Ok(back(&app, meeting))
}

async fn take_back(
    Path((meeting, person)): Path<(MeetingId, PersonId)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    let mut tx = app.db.write().await?;
    actions::take_back_proxy(&mut tx, &actor, meeting, person, now).await?;
    tx.commit().await?;
    Ok(back(&app, meeting))
}

fn back(app: &App, meeting: MeetingId) -> Redirect {
    app.live.changed(meetings::topic(meeting));
    Redirect::to(&meetings::urls::attendance(meeting))
}
