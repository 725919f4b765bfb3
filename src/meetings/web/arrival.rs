//! The code on the screen of the room, and the page behind it.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;

use crate::db::Db;
use crate::identity::{Actor, Chrome, Section};
use crate::meetings::store::Meeting;
use crate::meetings::{MeetingId, actions, arrival, conduct, urls};
use crate::web::{self, App, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/meetings/{meeting}/check-in-code", get(picture))
        .route("/meetings/{meeting}/arrival", get(arrive))
}

/// The picture of the code of this moment.
async fn picture(
    Path(id): Path<MeetingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let code = arrival::code(&mut tx, &actor, id, now).await?;
    tx.commit().await?;
    let address = format!("{}{}", app.config.public_url(), urls::arrival(id, &code));
    let picture = QrCode::with_error_correction_level(&address, EcLevel::M).map_err(web::Error::internal)?;
    let drawn = picture.render::<svg::Color<'_>>().min_dimensions(400, 400).quiet_zone(true).build();
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        // Where the code leads, for programs that cannot see.
        (header::LINK, format!("<{address}>; rel=\"related\"")),
    ];
    Ok((headers, drawn).into_response())
}

#[derive(Template)]
#[template(path = "meetings/arrival.html")]
struct ArrivalPage {
    chrome: Chrome,
    meeting: Meeting,
    code: String,
    takes_check_ins: bool,
    is_present: bool,
}

#[derive(Debug, Default, Deserialize)]
struct ArrivalQuery {
    code: String,
}

/// Where the code leads: one form, which a script sends by itself.
async fn arrive(
    Path(id): Path<MeetingId>,
    chrome: Chrome,
    actor: Actor,
    State(db): State<Db>,
    Query(query): Query<ArrivalQuery>,
) -> Result<Html<String>, web::Error> {
    let mut tx = db.read().await?;
    let (meeting, _) = actions::find(&mut tx, &actor, id).await?;
    let me = crate::meetings::store::participant(&mut tx, id, actor.person).await?;
    let me = me.ok_or(web::Error::NotFound)?;
    web::page(&ArrivalPage {
        takes_check_ins: conduct::takes_check_ins(&meeting),
        is_present: me.attendance == crate::meetings::rules::Attendance::Present,
        chrome: chrome.at(Section::Meetings),
        meeting,
        code: query.code,
    })
}
