//! The list of trusted certificates, for system administrators.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::clock::Timestamp;
use crate::db::Tx;
use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::signing::certificate::Certificate;
use crate::verify::roots::{self, RootError};
use crate::verify::store::{self, RootRow};
use crate::verify::{self, RootId, RootState, trust, urls};
use crate::web::{self, App, Lang, Message, Now, Parts, Path};

/// Most bytes of certificates taken at once.
const MOST_TAKEN: usize = 1 << 20;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/trust", get(list))
        .route("/trust/roots", post(propose))
        .route("/trust/{root}/confirmation", post(confirm))
        .route("/trust/{root}/removal", post(ask_removal))
        .route("/trust/{root}/withdrawal", post(withdraw))
}

#[derive(Template)]
#[template(path = "verify/trust.html")]
struct TrustPage {
    chrome: Chrome,
    /// Names the list as it counts now; reports bear it.
    fingerprint: String,
    count: usize,
    configured: Vec<RootCard>,
    roots: Vec<RootLine>,
    problem: Option<String>,
}

/// What a certificate says of itself.
struct RootCard {
    name: String,
    issuer: String,
    from: String,
    until: String,
    is_expired: bool,
    fingerprint: String,
}

struct RootLine {
    card: RootCard,
    is_trusted: bool,
    /// Something about it waits for a second person.
    waits: Option<String>,
    /// What is known of who decided.
    history: String,
    /// The reader may agree to what waits.
    confirm_url: Option<String>,
    withdraw_url: Option<String>,
    removal_url: Option<String>,
}

async fn list(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let mut tx = app.db.read().await?;
    page(&mut tx, &app, chrome, &actor, (None, now)).await
}

async fn page(
    tx: &mut Tx,
    app: &App,
    chrome: Chrome,
    actor: &Actor,
    (problem, now): (Option<Message>, Timestamp),
) -> Result<Html<String>, web::Error> {
    let current = roots::current(tx, app).await.map_err(web::Error::internal)?;
    let rows = store::roots(tx).await?;
    let lang = chrome.lang();
    let lines = rows.iter().map(|row| line(row, actor, lang, now)).collect::<Result<_, _>>()?;
    let configured = app.roots.iter().map(|root| card(root, now)).collect::<Result<_, _>>()?;
    web::page(&TrustPage {
        fingerprint: current.fingerprint(),
        count: current.len(),
        configured,
        roots: lines,
        problem: problem.map(|problem| problem.text(lang)),
        chrome: chrome.at(Section::Trust),
    })
}

fn card(certificate: &openssl::x509::X509, now: Timestamp) -> Result<RootCard, web::Error> {
    let der = certificate.to_der().map_err(web::Error::internal)?;
    let read = Certificate::from_der(&der).map_err(web::Error::internal)?;
    let fingerprint = trust::sha256(certificate).map_err(web::Error::internal)?;
    Ok(RootCard {
        name: if read.holder.is_empty() { read.body.clone() } else { read.holder },
        issuer: read.issuer,
        from: read.not_before.date(),
        until: read.not_after.date(),
        is_expired: read.not_after < now,
        // In groups, to be compared by eye.
        fingerprint: fingerprint.chunks(2).map(hex::encode_upper).collect::<Vec<_>>().join(" "),
    })
}

fn line(row: &RootRow, actor: &Actor, lang: Lang, now: Timestamp) -> Result<RootLine, web::Error> {
    let certificate = openssl::x509::X509::from_der(&row.certificate).map_err(web::Error::internal)?;
    let (waits, asked_by) = match row.state {
        RootState::Proposed => (Some("trust-waits-in"), Some(row.proposed_by)),
        RootState::Leaving => (Some("trust-waits-out"), row.leaving_by),
        RootState::Trusted | RootState::Removed => (None, None),
    };
    let asker = row.leaver.as_ref().unwrap_or(&row.proposer);
    let history = match (&row.confirmer, row.confirmed_at) {
        (Some(confirmer), Some(at)) => {
            let gaps =
                [("first", row.proposer.as_str()), ("second", confirmer.as_str()), ("time", &at.date_time())];
            lang.t_with("trust-history", &gaps)
        }
        _ => {
            lang.t_with("trust-proposed", &[("name", &row.proposer), ("time", &row.proposed_at.date_time())])
        }
    };
    Ok(RootLine {
        card: card(&certificate, now)?,
        is_trusted: matches!(row.state, RootState::Trusted | RootState::Leaving),
        waits: waits.map(|key| lang.t_with(key, &[("name", asker)])),
        history,
        confirm_url: (waits.is_some() && asked_by != Some(actor.person)).then(|| urls::confirmation(row.id)),
        withdraw_url: waits.is_some().then(|| urls::withdrawal(row.id)),
        removal_url: (row.state == RootState::Trusted).then(|| urls::removal(row.id)),
    })
}

async fn propose(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    // All of it before the transaction: others must not wait for a slow line.
    let files = receive(form).await?;
    let mut tx = app.db.write().await?;
    let mut done = if files.is_empty() { Err(RootError::NoCertificate) } else { Ok(()) };
    for file in &files {
        if done.is_ok() {
            done = roots::propose(&mut tx, &actor, file, app.config.test_authority, now).await;
        }
    }
    answer(done, tx, (chrome, actor, now), &app).await
}

async fn receive(mut form: Parts) -> Result<Vec<Vec<u8>>, web::Error> {
    let (mut files, mut left) = (Vec::new(), MOST_TAKEN);
    while let Some(part) = form.next().await? {
        if part.name() == "file" {
            let file = part.bytes(left).await?.ok_or(web::Error::TooLarge("trust-too-large".into()))?;
            left -= file.len();
            files.push(file);
        }
    }
    Ok(files)
}

async fn confirm(
    chrome: Chrome,
    Path(root): Path<RootId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = roots::confirm(&mut tx, &actor, root, now).await;
    answer(done, tx, (chrome, actor, now), &app).await
}

async fn ask_removal(
    chrome: Chrome,
    Path(root): Path<RootId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = roots::ask_removal(&mut tx, &actor, root, now).await;
    answer(done, tx, (chrome, actor, now), &app).await
}

async fn withdraw(
    chrome: Chrome,
    Path(root): Path<RootId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    let done = roots::withdraw(&mut tx, &actor, root, now).await;
    answer(done, tx, (chrome, actor, now), &app).await
}

/// Commits and shows the list, or shows it with what stood in the way.
async fn answer(
    done: Result<(), RootError>,
    mut tx: Tx,
    (chrome, actor, now): (Chrome, Actor, Timestamp),
    app: &App,
) -> Result<Response, web::Error> {
    let refusal = match done {
        Ok(()) => {
            verify::refresh_lights(&mut tx, app).await.map_err(web::Error::internal)?;
            tx.commit().await?;
            app.bell.notify_one();
            return Ok(Redirect::to(&urls::trust()).into_response());
        }
        Err(error) => refusal(error)?,
    };
    drop(tx);
    let mut tx = app.db.read().await?;
    let page = page(&mut tx, app, chrome, &actor, (Some(refusal), now)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn refusal(error: RootError) -> Result<Message, web::Error> {
    Ok(match error {
        RootError::NotAllowed => return Err(web::Error::Forbidden("error-not-your-role".into())),
        RootError::NotFound => return Err(web::Error::NotFound),
        RootError::NoCertificate => Message::from("trust-no-certificate"),
        RootError::NoAuthority => Message::from("trust-no-authority"),
        RootError::TestAuthority => Message::from("trust-test-authority"),
        RootError::AlreadyThere => Message::from("trust-already"),
        RootError::SamePerson => Message::from("trust-same-person"),
        RootError::NothingWaits => Message::from("trust-nothing-waits"),
        RootError::Crypto(error) => return Err(web::Error::internal(error)),
        RootError::Db(error) => return Err(error.into()),
    })
}
