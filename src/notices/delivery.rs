//! Handing over what lies in the outbox.

use serde::{Deserialize, Serialize};

use super::actions::put;
use super::rules::{Channel, State, next_try};
use super::store::outbox::{self, Delivery};
use super::{DeliveryId, Mailer, gateway, push};
use crate::clock::Timestamp;
use crate::identity::PersonId;
use crate::jobs::{self, Failure};
use crate::web::{App, Lang};

/// The kind of job that hands over one thing; its payload is its id. The name is from when there were only mails,
/// so that what an older version queued still goes.
pub const DELIVERY_JOB: &str = "mail";
/// The kind of job that joins what was gathered; its payload is a `Digest`.
pub const DIGEST_JOB: &str = "digest";

/// Whose digest, and of which moment.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Digest {
    pub(super) person: PersonId,
    pub(super) due_at: Timestamp,
}

/// What came of handing something over.
#[derive(Debug)]
pub(super) enum Handed {
    Sent,
    /// No way out is set: it stays where it can be read.
    Kept,
    /// This one not now; others may pass.
    Later(String),
    /// Nobody answers there: the rest need not try.
    Down(String),
    /// Never: the recipient is not to be had.
    Refused(String),
}

/// Hands over one thing, unless it went before.
///
/// It is marked after it left, so a process that dies in between sends it again: what the recipient gets has the
/// same id, by which programs know it for the same. Losing it would be worse.
pub async fn deliver(app: &App, mailer: &Mailer, id: DeliveryId) -> Result<(), Failure> {
    let failed = |error: jobs::Error| Failure::from_error(&error);
    let Some(delivery) = due(app, id).await.map_err(failed)? else { return Ok(()) };
    let handed = match delivery.channel {
        Channel::Mail => mailer.send(&delivery).await,
        Channel::Sms => gateway::send(app, &delivery).await,
        Channel::Push => push::send(app, &delivery).await?,
    };
    note(app, &delivery, handed).await.map_err(failed)
}

/// What waits under this id, if its moment has come and its way is open; otherwise it is queued for later.
async fn due(app: &App, id: DeliveryId) -> Result<Option<Delivery>, jobs::Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(delivery) = outbox::waiting(&mut tx, id).await? else { return Ok(None) };
    let paused = outbox::paused_until(&mut tx, delivery.channel).await?.unwrap_or(now);
    let open_at = paused.max(delivery.due_at);
    if open_at <= now {
        return Ok(Some(delivery));
    }
    jobs::queue_at(&mut tx, DELIVERY_JOB, &id, open_at, now).await?;
    tx.commit().await?;
    Ok(None)
}

async fn note(app: &App, delivery: &Delivery, handed: Handed) -> Result<(), jobs::Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (reason, is_down) = match handed {
        Handed::Kept => {
            outbox::keep(&mut tx, delivery.id, now).await?;
            return Ok(tx.commit().await?);
        }
        Handed::Sent => {
            outbox::mark_sent(&mut tx, delivery.id, now).await?;
            return Ok(tx.commit().await?);
        }
        Handed::Refused(reason) => {
            outbox::end(&mut tx, delivery.id, State::Refused, &reason).await?;
            return Ok(tx.commit().await?);
        }
        Handed::Later(reason) => (reason, false),
        Handed::Down(reason) => (reason, true),
    };
    let next = next_try(delivery.attempts + 1, now);
    tracing::warn!(delivery.id = %delivery.id, channel = delivery.channel.as_str(), %reason, "Not handed over");
    if is_down {
        outbox::pause(&mut tx, delivery.channel, next).await?;
    }
    if next > delivery.give_up_at {
        outbox::end(&mut tx, delivery.id, State::GivenUp, &reason).await?;
    } else {
        outbox::postpone(&mut tx, delivery.id, next, &reason).await?;
        jobs::queue_at(&mut tx, DELIVERY_JOB, &delivery.id, next, now).await?;
    }
    Ok(tx.commit().await?)
}

/// Queues again what was kept while no server was set, if one is now. For the
/// start: the settings do not change while the service runs.
pub async fn take_up(app: &App, mailer: &Mailer) -> Result<(), jobs::Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    for (channel, is_set) in [(Channel::Mail, mailer.is_set()), (Channel::Sms, gateway::is_set(app))] {
        if is_set {
            let kept = outbox::take_up(&mut tx, channel, now).await?;
            let due: Vec<_> = kept.into_iter().map(|id| (id, now)).collect();
            jobs::queue_all(&mut tx, DELIVERY_JOB, &due, now).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Joins what was gathered for a person into one mail, once.
pub async fn gather(app: &App, digest: Digest) -> Result<(), jobs::Error> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let joined = outbox::join(&mut tx, digest.person, digest.due_at).await?;
    let Some(first) = joined.first().cloned() else { return Ok(()) };
    let lines: Vec<String> =
        joined.iter().map(|one| format!("– {}\n  {{address}}{}", one.subject, one.link)).collect();
    let mail = Delivery {
        id: DeliveryId::new(),
        // The address may have changed since the first was laid aside.
        recipient: joined.last().map_or(first.recipient, |last| last.recipient.clone()),
        subject: Lang::Vi
            .t_with("notice-digest-subject", &[("count", &joined.len().to_string()), ("date", &now.date())]),
        body: lines.join("\n\n"),
        link: "/notices".to_owned(),
        state: State::Waiting,
        created_at: now,
        due_at: now,
        ..first
    };
    put(&mut tx, mail).await?;
    Ok(tx.commit().await?)
}
