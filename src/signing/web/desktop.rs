//! The desktop program of the Government's authority: what our page tells it,
//! and the two addresses it comes to (VGCA Sign Service, its local protocol).

use axum::extract::{DefaultBodyLimit, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Serialize;

use super::errand;
use super::file::{Disposition, pdf_response};
use super::step::refusal;
use super::ways::deviation_word;
use crate::identity::Actor;
use crate::signing::rules::ActState;
use crate::signing::store::acts as rows;
use crate::signing::{ActId, Desk, DocumentId, desktop, urls};
use crate::web::{self, App, Lang, Now, Parts, Path};

/// The field of the program's upload.
const UPLOADED: &str = "uploadfile";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/signing/{document}/{number}/desktop", post(hand_over))
        .route("/signing/acts/{act}/state", get(state))
        .route("/signing/desktop/{act}/{secret}/van-ban.pdf", get(file))
}

/// Where the program brings a file back. It is no browser and sends neither
/// cookie nor origin, so this stands outside the guard against foreign posts;
/// the secret in the address is what lets it in.
pub fn uploads() -> Router<App> {
    Router::new()
        .route("/signing/desktop/{act}/{secret}/uploads", post(take_back))
        // The upload itself counts its bytes and stops at the configured limit.
        .layer(DefaultBodyLimit::disable())
}

/// What the page sends to the program, in the program's own words.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    file_upload_handler: String,
    session_id: &'static str,
    #[serde(rename = "JWTToken")]
    token: &'static str,
    file_name: String,
    doc_number: &'static str,
    issued_date: &'static str,
    meta_data: [(); 0],
}

#[derive(Serialize)]
struct Offer {
    request: Request,
    state_url: String,
    /// Seconds after which nobody need wait any more.
    seconds: i64,
}

/// The step was handed over, or why not.
#[derive(Serialize)]
struct HandedOver {
    offer: Option<Offer>,
    why: Option<String>,
}

async fn hand_over(
    lang: Lang,
    Path((document, number)): Path<(DocumentId, i64)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Json<HandedOver>, web::Error> {
    let minutes = app.config.desktop_minutes;
    let given = match desktop::hand_over(&Desk::of(&app), &actor, (document, number), minutes, now).await {
        Ok(given) => given,
        Err(error) => {
            let why = Some(refusal(error)?.1.text(lang));
            return Ok(Json(HandedOver { offer: None, why }));
        }
    };
    let base = app.config.public_url();
    let request = Request {
        file_upload_handler: format!("{base}{}", urls::desktop_uploads(given.act, &given.secret)),
        file_name: format!("{base}{}", urls::desktop_file(given.act, &given.secret)),
        session_id: "",
        token: "",
        doc_number: "",
        issued_date: "",
        meta_data: [],
    };
    let (state_url, seconds) = (urls::act_state(given.act), given.expires_at.seconds_since(now));
    Ok(Json(HandedOver { offer: Some(Offer { request, state_url, seconds }), why: None }))
}

#[derive(Serialize)]
struct ActStanding {
    /// "open", "accepted" or "over".
    state: &'static str,
    /// Why what came last was refused.
    refused: Option<String>,
}

/// How far a step has come, for the page that waits for the program.
async fn state(
    lang: Lang,
    Path(act): Path<ActId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Json<ActStanding>, web::Error> {
    let mut tx = app.db.read().await?;
    let act = rows::find(&mut tx, act).await?.filter(|act| act.person_id == actor.person);
    let act = act.ok_or(web::Error::NotFound)?;
    let refusals = rows::refusals(&mut tx, act.document_id).await?;
    let is_own = |row: &&rows::RefusalRow| {
        row.number == act.number && row.way == act.way && row.refused_at >= act.given_at
    };
    let last = refusals.iter().rfind(is_own);
    let state = match act.state {
        ActState::Accepted => "accepted",
        ActState::Open if act.expires_at > now => "open",
        ActState::Open | ActState::Closed => "over",
    };
    Ok(Json(ActStanding { state, refused: last.map(|row| lang.t(deviation_word(row.deviation))) }))
}

/// The file, for whoever has the secret of the step, while it is awaited.
async fn file(
    Path((act, secret)): Path<(ActId, String)>,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let desk = Desk::of(&app);
    let admitted = desktop::admit(&desk, act, &secret, now).await?;
    desktop::must_be_open(&desk, &admitted, now).await?;
    pdf_response(&app.storage, admitted.given(), &admitted.title, Disposition::Attachment).await
}

/// What the program reads after its upload, in its own words.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Taken {
    status: bool,
    message: String,
    file_name: &'static str,
    file_server: &'static str,
}

impl Taken {
    fn of(refused: Option<String>) -> Self {
        Self {
            status: refused.is_none(),
            message: refused.unwrap_or_default(),
            file_name: "",
            file_server: "",
        }
    }
}

/// Takes what the program brings back. Also a refusal is answered with 200:
/// the program shows its user the message of the answer, not of a failure.
async fn take_back(
    lang: Lang,
    Path((act, secret)): Path<(ActId, String)>,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    let desk = Desk::of(&app);
    let outcome = async {
        // Before the body: a stranger's upload is not even read.
        let admitted = desktop::admit(&desk, act, &secret, now).await.map_err(refusal)?;
        let returned = errand::receive(&app, form, UPLOADED).await.map_err(Err)?;
        desktop::receive(&desk, &admitted, &returned, now).await.map_err(refusal)
    };
    let refused = match outcome.await {
        Ok(()) => None,
        Err(Ok((_, message))) => Some(message.text(lang)),
        Err(Err(web::Error::Invalid(message))) => Some(message.text(lang)),
        Err(Err(web::Error::NotFound)) => Some(lang.t("desktop-unknown-address")),
        Err(Err(error)) => return Err(error),
    };
    app.bell.notify_one();
    Ok(Json(Taken::of(refused)).into_response())
}
