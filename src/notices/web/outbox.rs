//! What left the house, what waits, and what did not arrive.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{Html, Redirect};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::identity::{Actor, Chrome, OrgRole, Section};
use crate::notices::rules::{Channel, State as DeliveryState};
use crate::notices::store::outbox::{self, Delivery};
use crate::notices::{DeliveryId, actions};
use crate::web::{self, App, Now, Path, Query};

pub(super) fn router() -> Router<App> {
    Router::new().route("/mails", get(show)).route("/mails/{delivery}/sendings", post(send_again))
}

/// Who reads the outbox, and sends again.
const KEEPERS: &[OrgRole] = &[OrgRole::Secretary, OrgRole::SystemAdmin];

#[derive(Template)]
#[template(path = "notices/outbox.html")]
struct OutboxPage {
    chrome: Chrome,
    lines: Vec<Line>,
    states: Vec<(&'static str, String, bool)>,
    is_filtered: bool,
    has_server: bool,
}

struct Line {
    id: DeliveryId,
    icon: &'static str,
    subject: String,
    /// To whom and when.
    about: String,
    text: String,
    badge: (&'static str, &'static str, String),
    /// What went wrong last, and when it is tried again.
    trouble: Option<String>,
    may_send_again: bool,
}

#[derive(Debug, Default, Deserialize)]
struct Filter {
    state: Option<String>,
}

async fn show(
    chrome: Chrome,
    actor: Actor,
    State(app): State<App>,
    Query(filter): Query<Filter>,
) -> Result<Html<String>, web::Error> {
    actor.must_be(KEEPERS)?;
    let state: Option<DeliveryState> = filter.state.as_deref().and_then(|state| state.parse().ok());
    let mut tx = app.db.read().await?;
    let all = outbox::of_organisation(&mut tx, actor.organisation, state).await?;
    let address = app.config.public_url();
    let word = |one: &DeliveryState| {
        (one.as_str(), chrome.t(&format!("delivery-{}", dashed(*one))), Some(*one) == state)
    };
    web::page(&OutboxPage {
        lines: all.iter().map(|one| line(&chrome, one, &address)).collect(),
        states: DeliveryState::ALL.iter().map(word).collect(),
        is_filtered: state.is_some(),
        has_server: !app.config.smtp_url.reveal().is_empty(),
        chrome: chrome.at(Section::Mails),
    })
}

fn dashed(state: DeliveryState) -> String {
    state.as_str().replace('_', "-")
}

fn line(chrome: &Chrome, one: &Delivery, address: &str) -> Line {
    let is_ended = matches!(one.state, DeliveryState::Refused | DeliveryState::GivenUp);
    let is_device = one.channel == Channel::Push;
    // A device's address is a secret between it and us.
    let to = if is_device { chrome.t("delivery-device") } else { one.recipient.clone() };
    let (kind, icon) = match one.state {
        DeliveryState::Waiting if one.attempts > 0 => ("warn", "wait"),
        DeliveryState::Waiting | DeliveryState::Gathered => ("", "wait"),
        DeliveryState::Joined => ("", "check"),
        DeliveryState::Sent => ("good", "good"),
        DeliveryState::Refused | DeliveryState::GivenUp => ("bad", "bad"),
    };
    let word = match one.sent_at {
        Some(at) => chrome.t1("mail-sent", "time", at.time()),
        None if one.state == DeliveryState::Waiting && one.kept_at.is_some() => chrome.t("delivery-kept"),
        None => chrome.t(&format!("delivery-{}", dashed(one.state))),
    };
    let trouble = one.last_error.as_ref().map(|error| match one.state {
        DeliveryState::Waiting => {
            chrome.t2("delivery-trouble-next", "error", error, "time", one.due_at.date_time())
        }
        _ => chrome.t1("delivery-trouble", "error", error),
    });
    Line {
        id: one.id,
        icon: match one.channel {
            Channel::Mail => "mail",
            Channel::Sms => "opinion",
            Channel::Push => "bell",
        },
        subject: if one.channel == Channel::Sms { one.body.clone() } else { one.subject.clone() },
        about: format!("{}, {}", chrome.t1("mail-to", "address", to), one.created_at.date_time()),
        text: one.text(address),
        badge: (kind, icon, word),
        trouble,
        may_send_again: is_ended && !is_device,
    }
}

async fn send_again(
    Path(id): Path<DeliveryId>,
    actor: Actor,
    Now(now): Now,
    State(app): State<App>,
) -> Result<Redirect, web::Error> {
    actor.must_be(KEEPERS)?;
    let mut tx = app.db.write().await?;
    if !actions::send_again(&mut tx, &actor, id, now).await? {
        return Err(web::Error::NotFound);
    }
    tx.commit().await?;
    app.bell.notify_one();
    Ok(Redirect::to("/mails"))
}
