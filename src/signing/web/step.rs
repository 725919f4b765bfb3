//! The form of one step: what is signed, with which certificate, and the PIN.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::ways::{Offered, OwnCertificate, authority, changes, deviation_word, own_certificate, refusals};
use super::{capacity, day};
use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, Section};
use crate::signing::actions::{self, SendBackError};
use crate::signing::keys::{self, KeyLine};
use crate::signing::rules::{DocumentState, Level, StepState, Validity};
use crate::signing::signature::{self, SignError};
use crate::signing::store::{self, Document, Status, StepStatus, acts};
use crate::signing::{Desk, DocumentId, urls};
use crate::web::{self, App, Form, Lang, Message, Now, Path};

#[derive(Template)]
#[template(path = "signing/step.html")]
struct StepPage {
    chrome: Chrome,
    title: String,
    capacity: String,
    link: String,
    file_url: String,
    sign_url: String,
    kib: i64,
    sha256: String,
    steps: Vec<StepLine>,
    certificate: Option<CertificateCard>,
    /// The signature can be made now.
    can_sign: bool,
    /// Why not, or what stands in the way of a whole signature.
    notice: Option<String>,
    /// What went wrong with the try just made.
    problem: Option<String>,
    /// When the reader signed this step.
    signed_at: Option<String>,
    has_time: bool,
    /// What was added since the drafter's version.
    changes: String,
    /// The documents before and after this one in the reader's queue.
    around: Neighbours,
    /// Signing with the reader's own certificate.
    own: Option<OwnCertificate>,
    /// The ways that are open to the reader here.
    offered: Offered,
    /// Where the desktop program listens on the reader's machine.
    desktop_port: u16,
    /// Signatures that came and were not accepted.
    refusals: Vec<String>,
    /// By whose authority it is signed, where it is not the signer's own.
    authority: Option<String>,
    /// Where the document is sent back, while it is the reader's turn.
    send_back_url: Option<String>,
    /// Who sent it back and why.
    returned: Option<String>,
}

/// Somebody's step, as the timeline shows it.
struct StepLine {
    is_signed: bool,
    name: String,
    capacity: String,
    when: String,
}

/// The certificate, shown before anyone signs with it (TT 15/2025, S1).
struct CertificateCard {
    holder: String,
    body: String,
    issuer: String,
    serial: String,
    from: String,
    until: String,
    is_test: bool,
}

pub(super) async fn show(
    chrome: Chrome,
    Path((document, number)): Path<(DocumentId, i64)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let page = page(chrome, &actor, &app, (document, number), None, now).await?;
    Ok(([(header::CONTENT_SECURITY_POLICY, web::POLICY_WITH_AGENT)], page).into_response())
}

#[derive(Deserialize)]
pub(super) struct PinForm {
    pin: String,
}

pub(super) async fn sign(
    chrome: Chrome,
    Path((document, number)): Path<(DocumentId, i64)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<PinForm>,
) -> Result<Response, web::Error> {
    let desk = Desk::of(&app);
    let signed = async {
        let made = signature::make(&desk, &actor, document, number, form.pin, now).await?;
        let mut tx = app.db.write().await?;
        signature::record(&mut tx, &actor, &made, now).await?;
        Ok(tx.commit().await?)
    };
    match signed.await {
        Ok(()) => {
            app.bell.notify_one();
            Ok(Redirect::to(&urls::step(document, number)).into_response())
        }
        Err(error) => {
            let (status, problem) = refusal(error)?;
            let page = page(chrome, &actor, &app, (document, number), Some(problem), now).await?;
            Ok((status, page).into_response())
        }
    }
}

/// For pages of other features on which people sign.
impl From<SignError> for web::Error {
    fn from(error: SignError) -> Self {
        match refusal(error) {
            Ok((StatusCode::CONFLICT, message)) => Self::Conflict(message),
            Ok((_, message)) => Self::Invalid(message),
            Err(error) => error,
        }
    }
}

pub(super) fn refusal(error: SignError) -> Result<(StatusCode, Message), web::Error> {
    let conflict = |key: &'static str| Ok((StatusCode::CONFLICT, Message::from(key)));
    let invalid = |key: &'static str| Ok((StatusCode::UNPROCESSABLE_ENTITY, Message::from(key)));
    match error {
        SignError::NotFound => Err(web::Error::NotFound),
        SignError::AlreadySigned => conflict("sign-already"),
        SignError::NotYourTurn => conflict("sign-not-your-turn"),
        SignError::Overtaken => conflict("sign-overtaken"),
        SignError::NoKey => invalid("sign-no-key"),
        SignError::TestKey => invalid("sign-test-key"),
        SignError::NotYetValid => invalid("sign-not-yet-valid"),
        SignError::Expired => invalid("sign-expired"),
        SignError::Locked => invalid("sign-locked"),
        SignError::WrongPin { left } => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Message::with("sign-wrong-pin", "left", left)))
        }
        SignError::KeyFile(_) => invalid("sign-key-file"),
        SignError::NotBound => invalid("sign-not-bound"),
        SignError::NoAuthority => conflict("sign-no-authority"),
        SignError::WayClosed => conflict("sign-way-closed"),
        SignError::NoCredential => invalid("service-no-credential"),
        SignError::TooManyAtOnce => conflict("service-too-many"),
        SignError::Service(error) => invalid(super::service::word(error.why())),
        SignError::SentBack => conflict("sign-sent-back"),
        SignError::TooLate => conflict("sign-too-late"),
        SignError::Refused(deviation) => invalid(deviation_word(deviation)),
        SignError::Picture(error) => Err(web::Error::internal(error)),
        SignError::Pdf(error) => {
            tracing::warn!(error = %crate::jobs::Failure::from_error(&error), "A document could not be signed");
            invalid("sign-not-signable")
        }
        SignError::Crypto(error) => Err(web::Error::internal(error)),
        SignError::Broken(error) => Err(web::Error::internal(error)),
        SignError::Storage(error) => Err(error.into()),
        SignError::Jobs(error) => Err(error.into()),
        SignError::Db(error) => Err(error.into()),
    }
}

pub(super) async fn page(
    chrome: Chrome,
    actor: &Actor,
    app: &App,
    (document, number): (DocumentId, i64),
    problem: Option<Message>,
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let (found, status, own) = load(&mut tx, actor, document, number).await?;
    let key = keys::key_of(&mut tx, actor.person).await.map_err(web::Error::internal)?;
    let lang = chrome.lang();
    let is_waiting = own.state == StepState::Waiting && found.state == DocumentState::Signing;
    let is_turn = is_waiting && before(&status, number).is_none();
    let certificate = own_certificate(&mut tx, actor, (document, number), now).await?.filter(|_| is_turn);
    let mut offered = Offered::to(&mut tx, actor, &own.capacity).await?;
    offered.desktop &= app.config.desktop_port != 0;
    offered.service &= !app.config.remote_signing.is_empty();
    let key = key.filter(|_| offered.kept_key || certificate.is_none());
    let stands_in_the_way = match offered.kept_key || !is_turn {
        true => obstacle(&status, number, key.as_ref(), app.config.test_authority, now),
        false => Some("sign-way-closed".into()),
    };
    let has_stamps = Desk::of(app).stamps.is_some();
    let notice = notice(stands_in_the_way.as_ref(), certificate.is_some(), has_stamps, lang);
    web::page(&StepPage {
        changes: changes(&found, &status.steps, lang),
        around: neighbours(&mut tx, actor, (document, number), lang).await?,
        title: found.title,
        capacity: capacity(&own.capacity, lang),
        link: found.link,
        file_url: urls::file(document),
        sign_url: urls::signatures(document, number),
        kib: (found.size + 1023) / 1024,
        sha256: found.sha256.to_string(),
        steps: status.steps.iter().map(|step| step_line(step, lang)).collect(),
        certificate: key.filter(|_| is_waiting).map(card),
        can_sign: is_waiting && stands_in_the_way.is_none(),
        notice: notice.filter(|_| is_waiting && problem.is_none()),
        problem: problem.map(|problem| problem.text(lang)),
        signed_at: own.signed_at.map(Timestamp::date_time),
        has_time: own.level == Some(Level::Bt),
        refusals: refusals(&mut tx, (document, number), lang).await?,
        authority: authority(&mut tx, (document, number), lang).await?,
        send_back_url: is_turn.then(|| urls::refusals(document, number)),
        returned: returned(&mut tx, document, lang).await?,
        own: certificate,
        offered,
        desktop_port: app.config.desktop_port,
        chrome: chrome.at(Section::Signing),
    })
}

/// What comes before and after a step in the reader's queue, and where it stands there.
struct Neighbours {
    previous_url: Option<String>,
    next_url: Option<String>,
    place: Option<String>,
}

async fn neighbours(
    tx: &mut Tx,
    actor: &Actor,
    step: (DocumentId, i64),
    lang: Lang,
) -> Result<Neighbours, web::Error> {
    let rows = store::waiting_for(tx, actor.person).await?;
    let steps: Vec<_> = rows.iter().map(|row| (row.document_id, row.number)).collect();
    let url = |step: &(DocumentId, i64)| urls::step(step.0, step.1);
    let Some(at) = steps.iter().position(|other| *other == step) else {
        // Signed just now: the next one waits at the front.
        return Ok(Neighbours { previous_url: None, next_url: steps.first().map(url), place: None });
    };
    let previous_url = at.checked_sub(1).and_then(|before| steps.get(before)).map(url);
    let gaps = [("place", (at + 1).to_string()), ("count", steps.len().to_string())];
    let gaps: Vec<(&'static str, &str)> = gaps.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let place = Some(lang.t_with("queue-place", &gaps));
    Ok(Neighbours { previous_url, next_url: steps.get(at + 1).map(url), place })
}

/// What stands in the way of a signature with the kept key, or of a whole one.
fn notice(
    stands_in_the_way: Option<&Message>,
    has_own_certificate: bool,
    has_stamps: bool,
    lang: Lang,
) -> Option<String> {
    match stands_in_the_way {
        // Whoever has a certificate of their own needs no key here.
        Some(_) if has_own_certificate => None,
        Some(message) => Some(message.text(lang)),
        None if !has_stamps => Some(lang.t("sign-no-time")),
        None => None,
    }
}

async fn returned(tx: &mut Tx, document: DocumentId, lang: Lang) -> Result<Option<String>, web::Error> {
    let found = acts::returned(tx, document).await?;
    Ok(found.map(|back| {
        let gaps = [
            ("name", back.full_name.as_str()),
            ("time", &back.returned_at.date_time()),
            ("reason", back.reason.as_str()),
        ];
        lang.t_with("sign-returned", &gaps)
    }))
}

#[derive(Deserialize)]
pub(super) struct SendBackForm {
    reason: String,
}

pub(super) async fn send_back(
    chrome: Chrome,
    Path((document, number)): Path<(DocumentId, i64)>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<SendBackForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let problem = match actions::send_back(&mut tx, &actor, (document, number), &form.reason, now).await {
        Ok(()) => {
            tx.commit().await?;
            app.bell.notify_one();
            return Ok(Redirect::to(&urls::queue()).into_response());
        }
        Err(SendBackError::NotFound) => return Err(web::Error::NotFound),
        Err(SendBackError::NotPossible) => return Err(web::Error::Conflict("sign-back-not-possible".into())),
        Err(SendBackError::Reason) => Message::from("sign-back-reason"),
        Err(SendBackError::Jobs(error)) => return Err(error.into()),
        Err(SendBackError::Db(error)) => return Err(error.into()),
    };
    drop(tx);
    let page = page(chrome, &actor, &app, (document, number), Some(problem), now).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The document and the actor's own step in it.
async fn load(
    tx: &mut Tx,
    actor: &Actor,
    document: DocumentId,
    number: i64,
) -> Result<(Document, Status, StepStatus), web::Error> {
    let found = store::document(tx, document).await?.ok_or(web::Error::NotFound)?;
    let status = store::status(tx, document).await?.ok_or(web::Error::NotFound)?;
    let own = status.steps.iter().find(|step| step.number == number && step.person == actor.person);
    let own = own.cloned().ok_or(web::Error::NotFound)?;
    Ok((found, status, own))
}

/// Whoever has to sign first.
fn before(status: &Status, number: i64) -> Option<&StepStatus> {
    status.steps.iter().find(|step| step.number < number && step.state == StepState::Waiting)
}

/// What keeps a waiting step from being signed now.
fn obstacle(
    status: &Status,
    number: i64,
    key: Option<&KeyLine>,
    accepts_test_keys: bool,
    now: Timestamp,
) -> Option<Message> {
    if let Some(before) = before(status, number) {
        return Some(Message::with("sign-wait-for", "name", &before.full_name));
    }
    let Some(key) = key else { return Some("sign-no-key".into()) };
    if key.is_test && !accepts_test_keys {
        return Some("sign-test-key".into());
    }
    if key.is_locked {
        return Some("sign-locked".into());
    }
    match key.certificate.validity(now) {
        Validity::Holds => None,
        Validity::NotYet => Some("sign-not-yet-valid".into()),
        Validity::Expired => Some("sign-expired".into()),
    }
}

fn step_line(step: &StepStatus, lang: Lang) -> StepLine {
    StepLine {
        is_signed: step.state == StepState::Signed,
        name: step.full_name.clone(),
        capacity: capacity(&step.capacity, lang),
        when: step.signed_at.map_or_else(|| lang.t("sign-waiting"), Timestamp::date_time),
    }
}

fn card(key: KeyLine) -> CertificateCard {
    CertificateCard {
        from: day(key.certificate.not_before),
        until: day(key.certificate.not_after),
        holder: key.certificate.holder,
        body: key.certificate.body,
        issuer: key.certificate.issuer,
        serial: key.certificate.serial,
        is_test: key.is_test,
    }
}
