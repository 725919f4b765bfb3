//! Web push: browsers that asked to be told, and messages only they can read.

mod sealing;

use std::time::Duration;

use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::pkey::Private;
use serde_json::json;

use super::actions::log;
use super::delivery::Handed;
use super::store::outbox::Delivery;
use crate::clock::Timestamp;
use crate::db::{self, Tx};
use crate::identity::{Actor, OrganisationId, PersonId};
use crate::jobs::Failure;
use crate::remote::{Post, Reach};
use crate::sql;
use crate::web::App;

const PATIENCE: Duration = Duration::from_secs(20);
/// A push service keeps a message for a device that is off so long, in seconds.
const KEPT: &str = "259200";
/// Most devices of one person; a browser that forgets its own each day must not fill the table.
const MOST_DEVICES: i64 = 20;
/// Longest address and longest keys that are taken, in characters.
const LONGEST: usize = 2_000;

#[derive(Debug, thiserror::Error)]
pub(super) enum DeviceError {
    #[error("the address or the keys are none")]
    Unreadable,
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// What a browser gives when a person wants to be told there.
#[derive(Clone, Debug, serde::Deserialize)]
pub(super) struct Device {
    pub endpoint: String,
    pub p256dh: String,
    pub auth: String,
}

/// Takes a device, until the session ends from which it was added. One that was somebody else's is this person's now:
/// a browser has one address for all who use it.
pub(super) async fn add(
    tx: &mut Tx,
    actor: &Actor,
    device: &Device,
    now: Timestamp,
) -> Result<(), DeviceError> {
    let is_address = device.endpoint.starts_with("https://") || device.endpoint.starts_with("http://");
    let has_keys = sealing::are_keys(&device.p256dh, &device.auth);
    if !is_address || device.endpoint.len() > LONGEST || !has_keys {
        return Err(DeviceError::Unreadable);
    }
    sql!(tx => execute
        "INSERT INTO push_device (endpoint, person_id, p256dh, auth, created_at, session_hash)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (endpoint) DO UPDATE SET person_id = excluded.person_id, p256dh = excluded.p256dh,
             auth = excluded.auth, created_at = excluded.created_at, session_hash = excluded.session_hash",
        device.endpoint.as_str(), actor.person, device.p256dh.as_str(), device.auth.as_str(), now,
        actor.session.as_slice())?;
    sql!(tx => execute
        "DELETE FROM push_device WHERE person_id = $1 AND endpoint NOT IN
             (SELECT endpoint FROM push_device WHERE person_id = $1 ORDER BY created_at DESC, endpoint LIMIT $2)",
        actor.person, MOST_DEVICES)?;
    Ok(log(tx, actor, "push_device_added", format!("person:{}", actor.person), now).await?)
}

/// Forgets a person's own device.
pub(super) async fn remove(
    tx: &mut Tx,
    actor: &Actor,
    endpoint: &str,
    now: Timestamp,
) -> Result<(), db::Error> {
    let removed = sql!(tx => execute
        "DELETE FROM push_device WHERE endpoint = $1 AND person_id = $2", endpoint, actor.person)?;
    if removed == 1 {
        log(tx, actor, "push_device_removed", format!("person:{}", actor.person), now).await?;
    }
    Ok(())
}

pub(super) async fn endpoints(tx: &mut Tx, person: PersonId) -> Result<Vec<String>, db::Error> {
    let rows = sql!(tx => fetch_all
        "SELECT endpoint FROM push_device WHERE person_id = $1 ORDER BY created_at, endpoint"
        as (String,), person)?;
    Ok(rows.into_iter().map(|(endpoint,)| endpoint).collect())
}

pub(super) async fn endpoints_of_all(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(PersonId, String)>, db::Error> {
    sql!(tx => fetch_all
        "SELECT push_device.person_id, push_device.endpoint FROM push_device
         JOIN person ON person.id = push_device.person_id
         WHERE person.organisation_id = $1 ORDER BY push_device.created_at, push_device.endpoint"
        as (PersonId, String), organisation)
}

async fn keys(tx: &mut Tx, endpoint: &str, person: PersonId) -> Result<Option<(String, String)>, db::Error> {
    sql!(tx => fetch_optional
        "SELECT p256dh, auth FROM push_device WHERE endpoint = $1 AND person_id = $2"
        as (String, String), endpoint, person)
}

async fn forget(tx: &mut Tx, endpoint: &str) -> Result<(), db::Error> {
    sql!(tx => execute "DELETE FROM push_device WHERE endpoint = $1", endpoint)?;
    Ok(())
}

/// The installation's key, made when it is first asked for.
pub(super) async fn own_key(app: &App) -> Result<EcKey<Private>, Failure> {
    let failed = |error: db::Error| Failure::from_error(&error);
    let broken = |error: ErrorStack| Failure::from_error(&error);
    let mut tx = app.db.read().await.map_err(failed)?;
    let stored = stored_key(&mut tx).await.map_err(failed)?;
    drop(tx);
    if let Some(pem) = stored {
        return EcKey::private_key_from_pem(pem.as_bytes()).map_err(broken);
    }
    let made = sealing::new_key().and_then(|key| key.private_key_to_pem()).map_err(broken)?;
    let made = String::from_utf8_lossy(&made).into_owned();
    let mut tx = app.db.write().await.map_err(failed)?;
    let kept = keep_key(&mut tx, &made).await.map_err(failed)?;
    tx.commit().await.map_err(failed)?;
    EcKey::private_key_from_pem(kept.as_bytes()).map_err(broken)
}

async fn stored_key(tx: &mut Tx) -> Result<Option<String>, db::Error> {
    let row = sql!(tx => fetch_optional "SELECT pem FROM push_key WHERE number = 1" as (String,))?;
    Ok(row.map(|(pem,)| pem))
}

/// Keeps the first key: of two nodes that make one at a time, both use that.
async fn keep_key(tx: &mut Tx, pem: &str) -> Result<String, db::Error> {
    sql!(tx => execute
        "INSERT INTO push_key (number, pem) VALUES (1, $1) ON CONFLICT (number) DO NOTHING", pem)?;
    Ok(stored_key(tx).await?.unwrap_or_else(|| pem.to_owned()))
}

/// The public part, as a browser wants it.
pub(super) async fn public_key(app: &App) -> Result<String, Failure> {
    let key = own_key(app).await?;
    sealing::public(&key).map_err(|error| Failure::from_error(&error))
}

/// Hands a message to the push service of its device. A device that is gone is forgotten.
pub(super) async fn send(app: &App, push: &Delivery) -> Result<Handed, Failure> {
    let failed = |error: db::Error| Failure::from_error(&error);
    let mut tx = app.db.read().await.map_err(failed)?;
    let keys = match push.person_id {
        Some(person) => keys(&mut tx, &push.recipient, person).await.map_err(failed)?,
        None => None,
    };
    drop(tx);
    let Some((p256dh, auth)) = keys else { return Ok(Handed::Refused("the device is gone".to_owned())) };
    let own = own_key(app).await?;
    let text = json!({ "id": push.id.to_string(), "title": push.subject, "link": push.link }).to_string();
    let sealed = sealing::seal(text.as_bytes(), &p256dh, &auth);
    let sealed = sealed.map_err(|error| Failure::from_error(&error))?;
    let vouched = sealing::vouch(&own, &push.recipient, &app.config.mail_from, app.clock.now());
    let vouched = vouched.map_err(|error| Failure::from_error(&error))?;
    let id = push.id.to_string();
    let post = Post {
        address: &push.recipient,
        // The address came from a browser, so it may not lead into the own network.
        reach: Reach::Outside,
        headers: &[
            ("content-type", "application/octet-stream"),
            ("content-encoding", "aes128gcm"),
            ("ttl", KEPT),
            // One that is sent twice takes the place of the first.
            ("topic", &id),
            ("authorization", &vouched),
        ],
        body: sealed,
    };
    Ok(match app.remote.post(post, PATIENCE).await {
        Err(reason) => Handed::Later(reason),
        Ok(200..=299) => Handed::Sent,
        Ok(status @ (404 | 410)) => {
            let mut tx = app.db.write().await.map_err(failed)?;
            forget(&mut tx, &push.recipient).await.map_err(failed)?;
            tx.commit().await.map_err(failed)?;
            Handed::Refused(format!("the device is gone: status {status}"))
        }
        Ok(status @ (400 | 413)) => {
            Handed::Refused(format!("the push service answered with status {status}"))
        }
        Ok(status) => Handed::Later(format!("the push service answered with status {status}")),
    })
}
