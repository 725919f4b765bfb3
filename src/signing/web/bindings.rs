//! The certificates bound to people and to the organisation: the
//! administrator's list, and everybody's own.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::day;
use crate::clock::Timestamp;
use crate::identity::{self, Actor, Chrome, OrgRole, PersonId, Section};
use crate::signing::certificate::Certificate;
use crate::signing::certificates::{self, BindError};
use crate::signing::rules::{BindingEnd, Validity, WARNING_DAYS};
use crate::signing::store::bound::{self, BindingLine};
use crate::signing::{BindingId, urls};
use crate::web::{self, App, Form, Lang, Message, Now, Parts, Path};

/// Most bytes of a certificate file.
const MOST_TAKEN: usize = 1 << 20;
/// What the form calls the organisation among the holders.
const ORGANISATION: &str = "organisation";

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/signing/certificates", get(list).post(bind))
        .route("/signing/certificates/own", get(own))
        .route("/signing/certificates/{binding}/end", post(end))
}

#[derive(Template)]
#[template(path = "signing/certificates.html")]
struct BindingsPage {
    chrome: Chrome,
    holds: Vec<BindingCard>,
    ended: Vec<BindingCard>,
    /// Whom a certificate may be bound to; empty on a person's own page.
    holders: Vec<(String, String)>,
    ends: Vec<(&'static str, String)>,
    is_own: bool,
    problem: Option<String>,
}

struct BindingCard {
    holder: String,
    /// What the certificate says of its holder, to be compared with the person.
    subject: String,
    issuer: String,
    serial: String,
    fingerprint: String,
    from: String,
    until: String,
    /// It ends soon or has ended: kind, icon and words of the mark.
    mark: Option<(&'static str, &'static str, String)>,
    bound_at: String,
    ended: Option<String>,
    end_url: Option<String>,
}

async fn list(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    page(chrome, &actor, &app, None, now).await
}

async fn page(
    chrome: Chrome,
    actor: &Actor,
    app: &App,
    problem: Option<Message>,
    now: Timestamp,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let lang = chrome.lang();
    let rows = bound::of_organisation(&mut tx, actor.organisation).await?;
    let people = identity::store::people(&mut tx, actor.organisation).await?;
    let organisation = (ORGANISATION.to_owned(), lang.t("binding-organisation"));
    let people = people.into_iter().filter(|person| person.active);
    let people =
        people.map(|person| (person.id.to_string(), format!("{}, {}", person.full_name, person.position)));
    let (ended, holds) = split(&rows, true, lang, now)?;
    web::page(&BindingsPage {
        holders: std::iter::once(organisation).chain(people).collect(),
        ends: BindingEnd::ALL.iter().map(|end| (end.as_str(), lang.t(end_word(*end)))).collect(),
        holds,
        ended,
        is_own: false,
        problem: problem.map(|problem| problem.text(lang)),
        chrome: chrome.at(Section::Signing),
    })
}

async fn own(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Html<String>, web::Error> {
    let mut tx = app.db.read().await?;
    let rows = bound::of_organisation(&mut tx, actor.organisation).await?;
    let rows: Vec<_> = rows.into_iter().filter(|row| row.person_id == Some(actor.person)).collect();
    let (ended, holds) = split(&rows, false, chrome.lang(), now)?;
    let (holders, ends) = (Vec::new(), Vec::new());
    let chrome = chrome.at(Section::Signing);
    web::page(&BindingsPage { chrome, holds, ended, holders, ends, is_own: true, problem: None })
}

/// Those that ended, and those that hold.
fn split(
    rows: &[BindingLine],
    may_end: bool,
    lang: Lang,
    now: Timestamp,
) -> Result<(Vec<BindingCard>, Vec<BindingCard>), web::Error> {
    let cards = rows.iter().map(|row| card(row, may_end, lang, now)).collect::<Result<Vec<_>, _>>()?;
    Ok(cards.into_iter().partition(|card| card.ended.is_some()))
}

fn card(row: &BindingLine, may_end: bool, lang: Lang, now: Timestamp) -> Result<BindingCard, web::Error> {
    let read = Certificate::from_der(&row.certificate).map_err(web::Error::internal)?;
    let ended = row.ended_at.zip(row.ended_because).map(|(at, because)| {
        lang.t_with("binding-ended", &[("time", &at.date_time()), ("why", &lang.t(end_word(because)))])
    });
    let subject = [read.holder.as_str(), read.body.as_str()];
    Ok(BindingCard {
        holder: row.full_name.clone().unwrap_or_else(|| lang.t("binding-organisation")),
        subject: subject.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        mark: mark(&read, lang, now).filter(|_| ended.is_none()),
        issuer: read.issuer,
        serial: read.serial,
        // In groups, to be compared by eye.
        fingerprint: grouped(&row.fingerprint.to_string()),
        from: day(read.not_before),
        until: day(read.not_after),
        bound_at: row.bound_at.date_time(),
        end_url: (may_end && ended.is_none()).then(|| urls::binding_end(row.id)),
        ended,
    })
}

fn mark(
    certificate: &Certificate,
    lang: Lang,
    now: Timestamp,
) -> Option<(&'static str, &'static str, String)> {
    let left = certificate.not_after.seconds_since(now).div_euclid(86_400);
    let first_warning = WARNING_DAYS.into_iter().max().unwrap_or(0);
    match certificate.validity(now) {
        Validity::Expired => Some(("bad", "bad", lang.t("binding-expired"))),
        Validity::NotYet => Some(("warn", "wait", lang.t("binding-not-yet"))),
        Validity::Holds if left <= first_warning => {
            Some(("warn", "warn", lang.t_with("binding-days-left", &[("days", &left.to_string())])))
        }
        Validity::Holds => None,
    }
}

fn grouped(hex: &str) -> String {
    let letters: Vec<char> = hex.to_uppercase().chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn end_word(end: BindingEnd) -> &'static str {
    match end {
        BindingEnd::Replaced => "binding-replaced",
        BindingEnd::Lost => "binding-lost",
        BindingEnd::Revoked => "binding-revoked",
        BindingEnd::Moved => "binding-moved",
    }
}

async fn bind(
    chrome: Chrome,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    form: Parts,
) -> Result<Response, web::Error> {
    actor.must_be(&[OrgRole::SystemAdmin])?;
    let (holder, file) = receive(form).await?;
    let person = match holder.as_str() {
        ORGANISATION => None,
        id => Some(id.parse::<PersonId>().map_err(|_| web::Error::NotFound)?),
    };
    let mut tx = app.db.write().await?;
    let bound = certificates::bind(&mut tx, &actor, (person, &file), app.config.test_authority, now).await;
    match bound {
        Ok(_) => {
            tx.commit().await?;
            app.bell.notify_one();
            Ok(Redirect::to(&urls::certificates()).into_response())
        }
        Err(error) => {
            drop(tx);
            let page = page(chrome, &actor, &app, Some(refusal(error)?), now).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// Holder and file of the form.
async fn receive(mut form: Parts) -> Result<(String, Vec<u8>), web::Error> {
    let (mut holder, mut file) = (String::new(), Vec::new());
    while let Some(part) = form.next().await? {
        match part.name() {
            "holder" => holder = part.text().await?,
            "file" => {
                let taken = part.bytes(MOST_TAKEN).await?;
                file = taken.ok_or(web::Error::TooLarge("trust-too-large".into()))?;
            }
            _ => {}
        }
    }
    Ok((holder, file))
}

#[derive(Deserialize)]
struct EndForm {
    because: BindingEnd,
}

async fn end(
    chrome: Chrome,
    Path(binding): Path<BindingId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
    Form(form): Form<EndForm>,
) -> Result<Response, web::Error> {
    let mut tx = app.db.write().await?;
    match certificates::end(&mut tx, &actor, binding, form.because, now).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(Redirect::to(&urls::certificates()).into_response())
        }
        Err(error) => {
            drop(tx);
            let page = page(chrome, &actor, &app, Some(refusal(error)?), now).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn refusal(error: BindError) -> Result<Message, web::Error> {
    Ok(match error {
        BindError::NotAllowed => return Err(web::Error::Forbidden("error-not-your-role".into())),
        BindError::NotFound => return Err(web::Error::NotFound),
        BindError::NoCertificate => "binding-no-certificate".into(),
        BindError::Expired => "binding-is-expired".into(),
        BindError::NotForSigning => "binding-not-for-signing".into(),
        BindError::TestCertificate => "binding-test".into(),
        BindError::Taken => "binding-taken".into(),
        BindError::Dead => "binding-dead".into(),
        BindError::Crypto(error) => return Err(web::Error::internal(error)),
        BindError::Jobs(error) => return Err(error.into()),
        BindError::Db(error) => return Err(error.into()),
    })
}
