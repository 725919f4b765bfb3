//! Many documents signed at once: looked over, one PIN, and an outcome for each.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use super::service::{self, ServiceCard, Told};
use super::step::refusal;
use super::ways::{changes, own_certificate};
use super::{capacity, day};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::signing::rules::{DocumentState, SignerRole, StepState, Way};
use crate::signing::signature::{self, MadeSignature, OpenedKey, SignError};
use crate::signing::store::{self, Document, StepStatus};
use crate::signing::{ActId, Desk, DocumentId, acts, keys, urls};
use crate::web::{self, App, Form, Lang, Now, Path, Query};

/// Documents of one batch; more are signed in a second one.
const MOST_AT_ONCE: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/signing/review", get(review))
        .route("/signing/batches", post(sign))
        .route("/signing/acts", post(hand_to_token))
        .route("/signing/acts/{act}/values", post(take_value))
}

/// A step as forms name it: the document, a full stop, the number.
pub(super) type StepName = (DocumentId, i64);

/// The steps that a form names, each once.
pub(super) fn named(fields: &[(String, String)]) -> Vec<StepName> {
    let read = |text: &str| {
        let (document, number) = text.split_once('.')?;
        Some((document.parse().ok()?, number.parse().ok()?))
    };
    let mut steps = Vec::new();
    for (_, value) in fields.iter().filter(|(name, _)| name == "step") {
        steps.extend(read(value).filter(|step| !steps.contains(step)));
    }
    steps.truncate(MOST_AT_ONCE);
    steps
}

#[derive(Template)]
#[template(path = "signing/review.html")]
struct ReviewPage {
    chrome: Chrome,
    lines: Vec<ReviewLine>,
    /// The kept key can sign: its certificate's holder and end.
    key: Option<(String, String)>,
    is_test_key: bool,
    /// The reader has a certificate on a token.
    token: Option<(String, String)>,
    /// Remote services that may have a key of the reader.
    services: Vec<ServiceCard>,
}

struct ReviewLine {
    step: String,
    title: String,
    capacity: String,
    read_url: String,
    step_url: String,
    changes: String,
}

/// The chosen documents once more, before the PIN; without a choice, all that wait.
async fn review(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    Query(fields): Query<Vec<(String, String)>>,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    review_page(chrome, &actor, &app, (&fields, None), now).await
}

/// The page of what a form names, with what a service just told of its code.
pub(super) async fn review_page(
    chrome: Chrome,
    actor: &Actor,
    app: &App,
    (fields, mut told): (&[(String, String)], Option<Told>),
    now: Timestamp,
) -> Result<Response, web::Error> {
    let mut tx = app.db.read().await?;
    let chosen = chosen(&mut tx, actor, fields).await?;
    let (lines, roles) = lines(&mut tx, actor, &chosen, chrome.lang()).await?;
    let key = keys::key_of(&mut tx, actor.person).await.map_err(web::Error::internal)?;
    let key = key.filter(|key| !key.is_locked && (!key.is_test || app.config.test_authority));
    let token = match chosen.first() {
        Some(step) => own_certificate(&mut tx, actor, *step, now).await?,
        None => None,
    };
    // Without a bound certificate nothing that a service signs would count.
    let mut services = match token {
        Some(_) => service::offered(&mut tx, app, actor, &roles).await?,
        None => Vec::new(),
    };
    for card in &mut services {
        card.told = told.take_if(|told| told.by == card.name);
    }
    let policy = web::policy_leading_to(services.iter().filter_map(|service| service.page_origin.as_deref()));
    let shown = |holder: String, until: Timestamp| (holder, day(until));
    let page = web::page(&ReviewPage {
        lines,
        is_test_key: key.as_ref().is_some_and(|key| key.is_test),
        key: key.map(|key| shown(key.certificate.holder, key.certificate.not_after)),
        services,
        token: token.map(|own| shown(own.certificate.holder, own.certificate.not_after)),
        chrome: chrome.at(Section::Signing),
    })?;
    Ok(([(header::CONTENT_SECURITY_POLICY, policy)], page).into_response())
}

async fn chosen(
    tx: &mut Tx,
    actor: &Actor,
    fields: &[(String, String)],
) -> Result<Vec<StepName>, web::Error> {
    let chosen = named(fields);
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let waiting = store::waiting_for(tx, actor.person).await?;
    Ok(waiting.into_iter().map(|row| (row.document_id, row.number)).take(MOST_AT_ONCE).collect())
}

/// What of the chosen waits for the actor, and in which roles they sign it.
async fn lines(
    tx: &mut Tx,
    actor: &Actor,
    chosen: &[StepName],
    lang: Lang,
) -> Result<(Vec<ReviewLine>, Vec<SignerRole>), web::Error> {
    let (mut lines, mut roles) = (Vec::new(), Vec::new());
    for step in chosen {
        if let Some((found, steps, own)) = waiting(tx, actor, *step).await? {
            lines.push(line(&found, &steps, &own, lang));
            roles.push(SignerRole::of_step(&own.capacity));
        }
    }
    Ok((lines, roles))
}

/// A step that waits for the actor now, with its document.
async fn waiting(
    tx: &mut Tx,
    actor: &Actor,
    (document, number): StepName,
) -> Result<Option<(Document, Vec<StepStatus>, StepStatus)>, web::Error> {
    let Some(found) = store::document(tx, document).await? else { return Ok(None) };
    let Some(status) = store::status(tx, document).await? else { return Ok(None) };
    let waits = |step: &&StepStatus| step.state == StepState::Waiting;
    let first = status.steps.iter().find(waits);
    let own = first.filter(|step| step.number == number && step.person == actor.person).cloned();
    let is_under_way = found.state == DocumentState::Signing;
    Ok(own.filter(|_| is_under_way).map(|own| (found, status.steps, own)))
}

fn line(found: &Document, steps: &[StepStatus], own: &StepStatus, lang: Lang) -> ReviewLine {
    ReviewLine {
        step: format!("{}.{}", found.id, own.number),
        title: found.title.clone(),
        capacity: capacity(&own.capacity, lang),
        read_url: urls::file(found.id),
        step_url: urls::step(found.id, own.number),
        changes: changes(found, steps, lang),
    }
}

#[derive(Template)]
#[template(path = "signing/outcomes.html")]
struct OutcomesPage {
    chrome: Chrome,
    summary: String,
    /// Nothing was signed, and why: a PIN or a key, not a document.
    problem: Option<String>,
    /// Where what still waits is looked over again.
    again_url: Option<String>,
    lines: Vec<OutcomeLine>,
}

struct OutcomeLine {
    title: String,
    url: String,
    is_signed: bool,
    /// It is the actor's turn still, and they may try again.
    still_waits: bool,
    words: String,
}

/// Signs the chosen documents with the kept key: one PIN, tried once.
async fn sign(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Html<String>, web::Error> {
    let desk = Desk::of(&app);
    let lang = chrome.lang();
    let pin = fields.iter().find(|(name, _)| name == "pin").map(|(_, pin)| pin.clone()).unwrap_or_default();
    let key = signature::open_key(&desk, &actor, pin, now).await;
    let (key, problem) = match key {
        Ok(key) => (Some(key), None),
        Err(error) => (None, Some(refusal(error)?.1.text(lang))),
    };
    let mut found = Vec::new();
    for step in named(&fields) {
        let outcome = match &key {
            Some(key) => Some(sign_one(&app, &actor, step, key, now).await),
            None => None,
        };
        found.push((step, outcome));
    }
    app.bell.notify_one();
    outcomes(chrome, &app, &actor, Outcomes { problem, found }).await
}

/// What became of a batch.
pub(super) struct Outcomes {
    /// Nothing was signed, and why: a PIN or a key, not a document.
    pub problem: Option<String>,
    /// `None`: not tried.
    pub found: Vec<(StepName, Option<Result<(), SignError>>)>,
}

pub(super) async fn outcomes(
    chrome: Chrome,
    app: &App,
    actor: &Actor,
    Outcomes { problem, found }: Outcomes,
) -> Result<Html<String>, web::Error> {
    let lang = chrome.lang();
    let (mut lines, mut left) = (Vec::new(), Vec::new());
    for (step, outcome) in found {
        let line = outcome_line(app, actor, step, outcome, lang).await?;
        left.extend(line.as_ref().filter(|line| line.still_waits).map(|_| step));
        lines.extend(line);
    }
    let signed = lines.iter().filter(|line| line.is_signed).count().to_string();
    let gaps = [("signed", signed.as_str()), ("all", &lines.len().to_string())];
    let summary = lang.t_with("batch-summary", &gaps);
    let again_url = (!left.is_empty()).then(|| urls::review(&left));
    web::page(&OutcomesPage { chrome: chrome.at(Section::Signing), summary, problem, again_url, lines })
}

async fn sign_one(
    app: &App,
    actor: &Actor,
    step: StepName,
    key: &OpenedKey,
    now: Timestamp,
) -> Result<(), SignError> {
    let made = signature::make_with(&Desk::of(app), actor, step, key, now).await?;
    record(app, actor, &made, now).await
}

async fn record(app: &App, actor: &Actor, made: &MadeSignature, now: Timestamp) -> Result<(), SignError> {
    let mut tx = app.db.write().await?;
    signature::record(&mut tx, actor, made, now).await?;
    Ok(tx.commit().await?)
}

/// What became of one document; nothing of one that is not the actor's.
///
/// Without an outcome it was not tried: the PIN was refused.
async fn outcome_line(
    app: &App,
    actor: &Actor,
    (document, number): StepName,
    outcome: Option<Result<(), SignError>>,
    lang: Lang,
) -> Result<Option<OutcomeLine>, web::Error> {
    let mut tx = app.db.read().await?;
    let Some(found) = store::document(&mut tx, document).await? else { return Ok(None) };
    let turns = store::turns(&mut tx, document).await?;
    if !turns.iter().any(|turn| turn.number == number && turn.person == actor.person) {
        return Ok(None);
    }
    let still_waits = waiting(&mut tx, actor, (document, number)).await?.is_some();
    let (is_signed, words) = match outcome {
        None => (false, lang.t("token-say-waiting")),
        Some(Ok(())) => (true, lang.t("batch-signed")),
        // One that fails for a reason of ours must not hide what became of the others.
        Some(Err(error)) => match refusal(error) {
            Ok((_, message)) => (false, message.text(lang)),
            Err(error) => {
                tracing::error!(?error, "A document of a batch could not be signed");
                (false, lang.t("batch-failed"))
            }
        },
    };
    let url = urls::step(document, number);
    Ok(Some(OutcomeLine { title: found.title, url, is_signed, still_waits, words }))
}

/// What the agent signs: the attributes, which hold the document's digest.
#[derive(Serialize)]
struct TokenAct {
    id: ActId,
    step: String,
    title: String,
    message: String,
    algorithm: pades::SignatureAlgorithm,
}

#[derive(Serialize)]
struct TokenRefusal {
    step: String,
    why: String,
}

#[derive(Serialize)]
struct TokenBatch {
    /// The bound certificate, DER in hex.
    certificate: String,
    acts: Vec<TokenAct>,
    refused: Vec<TokenRefusal>,
}

/// Lays the chosen documents out for the token of the reader's machine.
async fn hand_to_token(
    lang: Lang,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Json<TokenBatch>, web::Error> {
    let desk = Desk::of(&app);
    let mut batch = TokenBatch { certificate: String::new(), acts: Vec::new(), refused: Vec::new() };
    for (document, number) in named(&fields) {
        let step = format!("{document}.{number}");
        match acts::prepare(&desk, &actor, (document, number), Way::Token, now).await {
            Ok((act, prepared, certificate)) => {
                let mut tx = app.db.read().await?;
                let title = store::document(&mut tx, document).await?.map(|found| found.title);
                batch.certificate = hex::encode(certificate);
                let message = hex::encode(prepared.to_be_signed());
                let (id, title, algorithm) = (act.id, title.unwrap_or_default(), prepared.algorithm());
                batch.acts.push(TokenAct { id, step, title, message, algorithm });
            }
            Err(error) => {
                batch.refused.push(TokenRefusal { step, why: refusal(error)?.1.text(lang) });
            }
        }
    }
    Ok(Json(batch))
}

#[derive(Deserialize)]
struct ValueForm {
    value: String,
}

#[derive(Serialize)]
struct ValueOutcome {
    is_signed: bool,
    words: String,
}

/// Takes one value of the token: accepted and recorded, or refused in words.
async fn take_value(
    lang: Lang,
    Path(act): Path<ActId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<ValueForm>,
) -> Result<Json<ValueOutcome>, web::Error> {
    let value = hex::decode(form.value).map_err(|_| web::Error::Invalid("error-form".into()))?;
    let outcome = match acts::complete(&Desk::of(&app), &actor, act, value, now).await {
        Ok(made) => record(&app, &actor, &made, now).await,
        Err(error) => Err(error),
    };
    let (is_signed, words) = match outcome {
        Ok(()) => (true, lang.t("batch-signed")),
        Err(error) => (false, refusal(error)?.1.text(lang)),
    };
    app.bell.notify_one();
    Ok(Json(ValueOutcome { is_signed, words }))
}
