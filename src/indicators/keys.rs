//! Keys by which an operations centre reads the figures: made and revoked by the
//! administrator, shown once, and kept as a hash only.

use openssl::rand::rand_bytes;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::KeyId;
use super::actions::{IndicatorError, must_be_admin};
use super::store::{self, Key};
use crate::clock::Timestamp;
use crate::db::{self, Db, Tx};
use crate::identity::rules::clean_line;
use crate::identity::{self, Actor};

/// What every key begins with, so that one left lying about is known for what
/// it is.
const MARK: &str = "eck_";
/// Letters of a key that lists show.
const BEGINNING: usize = 10;
/// Longest name of a key, in characters.
const LONGEST_NAME: usize = 100;
/// The time of the last use is kept to the minute: a write a minute at most.
const MINUTE: i64 = 60;

/// Makes a key; gives its secret, which nobody sees again.
pub async fn make(tx: &mut Tx, actor: &Actor, name: &str, now: Timestamp) -> Result<String, IndicatorError> {
    must_be_admin(actor)?;
    let name = clean_line(name).filter(|name| name.chars().count() <= LONGEST_NAME);
    let name = name.ok_or(IndicatorError::Name)?;
    let mut random = [0_u8; 24];
    rand_bytes(&mut random)?;
    let secret = format!("{MARK}{}", hex(&random));
    let key = Key {
        id: KeyId::new(),
        organisation_id: actor.organisation,
        name: name.clone(),
        beginning: secret.chars().take(BEGINNING).collect(),
        created_by: actor.person,
        created_at: now,
        used_at: None,
        revoked_at: None,
    };
    store::insert_key(tx, &key, &hash(&secret)).await?;
    let subject = format!("indicator_key:{}", key.id);
    identity::actions::log(tx, actor, "indicator_key_made", subject, json!({ "name": name }), now).await?;
    Ok(secret)
}

/// Ends a key: the next question with it is refused.
pub async fn revoke(tx: &mut Tx, actor: &Actor, id: KeyId, now: Timestamp) -> Result<(), IndicatorError> {
    must_be_admin(actor)?;
    if !store::revoke_key(tx, actor.organisation, id, now).await? {
        return Err(IndicatorError::NotFound);
    }
    let subject = format!("indicator_key:{id}");
    Ok(identity::actions::log(tx, actor, "indicator_key_revoked", subject, json!({}), now).await?)
}

/// Who asks with this secret; `None`: nobody known.
pub async fn open(db: &Db, secret: &str, now: Timestamp) -> Result<Option<Key>, db::Error> {
    let mut tx = db.read().await?;
    let found = store::key_by_hash(&mut tx, &hash(secret)).await?;
    drop(tx);
    let Some(key) = found else { return Ok(None) };
    if key.used_at.is_none_or(|used| now.seconds_since(used) >= MINUTE) {
        let mut tx = db.write().await?;
        store::mark_used(&mut tx, key.id, now).await?;
        tx.commit().await?;
    }
    Ok(Some(key))
}

/// A secret of 192 random bits needs no slow hash: there is nothing to guess.
fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
